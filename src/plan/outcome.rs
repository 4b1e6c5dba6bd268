//! How each existing experience ends, and under which name.

use super::matching::Matching;
use super::{ExperienceRef, Policy, Unlisted};
use crate::ids::{ExperienceId, ExperienceName};
use crate::snapshot::{CurrentTag, Snapshot};

/// How an existing experience ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It stays live, or is restored.
    Live,
    /// The plan archives it.
    Archives,
    /// It is archived and stays so.
    StaysArchived,
}

/// An existing experience in the outcome.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fate<'a> {
    pub(super) id: ExperienceId,
    /// Its name in the outcome.
    pub(super) name: &'a ExperienceName,
    pub(super) end: End,
    /// Whether the config has an entry for it.
    pub(super) listed: bool,
}

impl Fate<'_> {
    /// The experience as the plan speaks of it.
    pub(super) fn reference(&self) -> ExperienceRef {
        ExperienceRef::Existing { name: self.name.clone(), id: self.id }
    }
}

/// All existing experiences in the outcome.
#[derive(Debug)]
pub(super) struct Outcome<'a> {
    /// By ID.
    pub(super) fates: Vec<Fate<'a>>,
    /// Live ones that the config does not list and that stay, by name.
    pub(super) left_alone: Vec<(&'a ExperienceName, ExperienceId)>,
}

impl<'a> Outcome<'a> {
    /// Decides for every experience.
    pub(super) fn new(current: &'a Snapshot, matching: &Matching<'a>, policy: &Policy) -> Self {
        let scope = Scope::new(current, policy);
        let mut left_alone = Vec::new();
        let mut fates = Vec::with_capacity(current.experiences.len());
        for (id, experience) in &current.experiences {
            let fate = match matching.entry_of(*id) {
                Some(entry) if !entry.desired.archived => Fate { id: *id, name: entry.name, end: End::Live, listed: true },
                entry => {
                    let leaves = entry.is_some() || scope.archives(*id);
                    let end = match (experience.archived, leaves) {
                        (true, _) => End::StaysArchived,
                        (false, true) => End::Archives,
                        (false, false) => End::Live,
                    };
                    Fate { id: *id, name: &experience.name, end, listed: entry.is_some() }
                }
            };
            if fate.end == End::Live && !fate.listed {
                left_alone.push((fate.name, fate.id));
            }
            fates.push(fate);
        }
        left_alone.sort_unstable();
        Self { fates, left_alone }
    }

    /// What becomes of an experience; `None` if it is not known, which only archived ones may be.
    pub(super) fn fate(&self, id: ExperienceId) -> Option<&Fate<'a>> {
        self.fates.binary_search_by_key(&id, |fate| fate.id).ok().map(|index| &self.fates[index])
    }

    /// The live ones of a name that the config does not list and that stay.
    pub(super) fn left_alone_named(&self, name: &ExperienceName) -> &[(&'a ExperienceName, ExperienceId)] {
        let start = self.left_alone.partition_point(|(other, _)| *other < name);
        let count = self.left_alone[start..].partition_point(|(other, _)| *other == name);
        &self.left_alone[start..start + count]
    }
}

/// Which live experiences are archived because the config does not list them.
enum Scope<'a> {
    All,
    None,
    Tagged(&'a CurrentTag),
}

impl<'a> Scope<'a> {
    fn new(current: &'a Snapshot, policy: &Policy) -> Self {
        match &policy.unlisted {
            Unlisted::Archive => Self::All,
            Unlisted::Keep => Self::None,
            Unlisted::ArchiveTagged(name) => current.tags.values().find(|tag| tag.name == *name).map_or(Self::None, Self::Tagged),
        }
    }

    fn archives(&self, id: ExperienceId) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Tagged(tag) => tag.members.contains(id),
        }
    }
}
