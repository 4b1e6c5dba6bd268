//! Which entry of the config stands for which experience of ReSim.
//!
//! IDs first, over all entries of all files, then names: so the order of files and entries is of no
//! account, and a name that an ID's experience leaves is free for another entry.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{ExperienceRef, Known, Note};
use crate::config::{brief, parse_timestamp};
use crate::desired::{Desired, DesiredExperience};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::ids::{ExperienceId, ExperienceName};
use crate::snapshot::CurrentExperience;
use crate::source::Origin;

/// An experience that ReSim has, with its ID.
pub(super) type Existing<'a> = (ExperienceId, &'a CurrentExperience);

/// What an entry stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target<'a> {
    /// This one, live or archived.
    Existing(ExperienceId, &'a CurrentExperience),
    /// One that is to be created.
    New,
    /// None: the entry says `archived: true`, and there is nothing to archive.
    Nothing,
    /// It cannot be told, which was reported.
    Unknown,
}

/// An entry and what it stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a ExperienceName,
    pub(super) desired: &'a DesiredExperience,
    pub(super) target: Target<'a>,
}

impl<'a> Entry<'a> {
    /// Whether its experience is to be live in the outcome.
    pub(super) fn wants_live(&self) -> bool {
        !self.desired.archived
    }

    /// The experience that the entry follows, if it exists.
    pub(super) fn existing(&self) -> Option<Existing<'a>> {
        match self.target {
            Target::Existing(id, current) => Some((id, current)),
            Target::New | Target::Nothing | Target::Unknown => None,
        }
    }

    /// The experience of the outcome; meaningful where the entry wants it live.
    pub(super) fn reference(&self) -> ExperienceRef {
        match self.existing() {
            Some((id, _)) => ExperienceRef::Existing { name: self.name.clone(), id },
            None => ExperienceRef::New { name: self.name.clone() },
        }
    }
}

/// Among which experiences to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Among {
    /// Among the live ones, as long as the archived ones may not be known.
    Live,
    /// Among all.
    All,
}

/// All entries with what they stand for.
#[derive(Debug)]
pub(super) struct Matching<'a> {
    /// By name.
    pub(super) entries: Vec<Entry<'a>>,
    /// For each experience that an entry stands for, the entry.
    taken: BTreeMap<ExperienceId, usize>,
}

impl<'a> Matching<'a> {
    /// Matches all entries.
    pub(super) fn new(
        desired: &'a Desired,
        known: impl Into<Known<'a>>,
        among: Among,
        notes: &mut Vec<Note>,
        problems: &mut Diagnostics,
    ) -> Self {
        let known = known.into();
        let considered = |experience: &&CurrentExperience| among == Among::All || !experience.archived;
        let find = |id: ExperienceId| known.experience(id).filter(considered);
        let mut taken = BTreeMap::new();
        for (index, entry) in desired.experiences.values().enumerate() {
            if let Some(id) = entry.id.as_ref().filter(|id| find(id.value).is_some()) {
                taken.insert(id.value, index);
            }
        }
        let free = known.experiences().filter(|(id, experience)| considered(experience) && !taken.contains_key(id));
        let named = Named::new(free.map(|(id, experience)| (*id, experience)));
        let mut entries = Vec::with_capacity(desired.experiences.len());
        for (index, (name, entry)) in desired.experiences.iter().enumerate() {
            let target = match &entry.id {
                Some(id) => match find(id.value) {
                    Some(current) => Target::Existing(id.value, current),
                    None => {
                        problems.push(unknown_id(name, id.value, id.origin));
                        Target::Unknown
                    }
                },
                None => by_name(name, entry, &named, notes, problems),
            };
            if let Target::Existing(id, _) = target {
                taken.insert(id, index);
            }
            entries.push(Entry { name, desired: entry, target });
        }
        Self { entries, taken }
    }

    /// The entry that stands for an existing experience.
    pub(super) fn entry_of(&self, id: ExperienceId) -> Option<&Entry<'a>> {
        self.taken.get(&id).map(|index| &self.entries[*index])
    }

    /// The entry of a name.
    pub(super) fn entry_named(&self, name: &ExperienceName) -> Option<&Entry<'a>> {
        self.entries.binary_search_by(|entry| entry.name.cmp(name)).ok().map(|index| &self.entries[index])
    }
}

/// The experiences that no ID took, by name, live ones first.
struct Named<'a>(Vec<Existing<'a>>);

impl<'a> Named<'a> {
    fn new(experiences: impl Iterator<Item = Existing<'a>>) -> Self {
        let mut sorted: Vec<Existing<'a>> = experiences.collect();
        sorted.sort_unstable_by_key(|(id, current)| (&current.name, current.archived, *id));
        Self(sorted)
    }

    /// Live and archived ones of a name.
    fn get(&self, name: &ExperienceName) -> (&[Existing<'a>], &[Existing<'a>]) {
        let start = self.0.partition_point(|(_, current)| current.name < *name);
        let count = self.0[start..].partition_point(|(_, current)| current.name == *name);
        let all: Range<usize> = start..start + count;
        let same = &self.0[all];
        same.split_at(same.partition_point(|(_, current)| !current.archived))
    }
}

fn by_name<'a>(
    name: &ExperienceName,
    entry: &DesiredExperience,
    named: &Named<'a>,
    notes: &mut Vec<Note>,
    problems: &mut Diagnostics,
) -> Target<'a> {
    match named.get(name) {
        ([(id, current)], _) => Target::Existing(*id, current),
        ([], archived) => match last_updated(archived) {
            Some((id, current)) => {
                if archived.len() > 1 && !entry.archived {
                    let others = archived.iter().map(|(id, _)| *id).filter(|other| *other != id).collect();
                    notes.push(Note::AmbiguousArchived { experience: name.clone(), restored: id, others });
                }
                Target::Existing(id, current)
            }
            None if entry.archived => {
                notes.push(Note::NothingToArchive { experience: name.clone(), origin: entry.origin });
                Target::Nothing
            }
            None => Target::New,
        },
        (several, _) => {
            problems.push(ambiguous(name, entry, several));
            Target::Unknown
        }
    }
}

/// The one that was updated last; of equal ones that with the smallest ID. Unreadable times count as the oldest.
fn last_updated<'a>(archived: &[Existing<'a>]) -> Option<Existing<'a>> {
    archived.iter().copied().reduce(|best, next| {
        let updated = |existing: &Existing<'a>| parse_timestamp(&existing.1.updated_at).ok();
        if updated(&next) > updated(&best) { next } else { best }
    })
}

fn unknown_id(name: &ExperienceName, id: ExperienceId, origin: Origin) -> Diagnostic {
    let message = format!("experience `{}` follows the ID {id}, which the project does not have", brief(name.as_str()));
    Diagnostic::error(Code::UnknownId, origin, message)
        .help("correct the ID, or leave `experienceID` out: then the name decides, and an unknown name is created")
}

fn ambiguous(name: &ExperienceName, entry: &DesiredExperience, several: &[Existing<'_>]) -> Diagnostic {
    let ids: Vec<String> = several.iter().map(|(id, _)| id.to_string()).collect();
    let message = format!("{} live experiences are called `{}`: {}", several.len(), brief(name.as_str()), ids.join(", "));
    Diagnostic::error(Code::NameTaken, entry.origin, message).help("say which one is meant: add its ID to the entry as `experienceID`")
}
