//! What the config only refers to: tags and systems, which must exist.

use std::collections::BTreeMap;

use super::matching::Matching;
use super::{Policy, Unlisted};
use crate::config::brief;
use crate::desired::Desired;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity};
use crate::ids::{SystemId, SystemName, TagId, TagName};
use crate::near::Suggester;
use crate::snapshot::{CurrentSystem, CurrentTag, Snapshot};
use crate::source::Origin;

/// A tag or system that the config refers to, with the entries that list it.
#[derive(Debug)]
pub(super) struct Referred<Existing> {
    /// What ReSim has; `None` if it lacks it.
    pub(super) existing: Option<Existing>,
    /// Indices of the entries, ascending: those that end live.
    pub(super) listed_by: Vec<usize>,
}

/// All tags and systems that the plan can touch.
#[derive(Debug)]
pub(super) struct References<'a> {
    pub(super) tags: BTreeMap<&'a TagName, Referred<(TagId, &'a CurrentTag)>>,
    pub(super) systems: BTreeMap<&'a SystemName, Referred<(SystemId, &'a CurrentSystem)>>,
    known_tags: BTreeMap<&'a TagName, (TagId, &'a CurrentTag)>,
    known_systems: BTreeMap<&'a SystemName, (SystemId, &'a CurrentSystem)>,
}

impl<'a> References<'a> {
    /// Finds everything that entries refer to.
    pub(super) fn new(desired: &'a Desired, current: &'a Snapshot, matching: &Matching<'a>) -> Self {
        let known_tags = first_of_each(current.tags.iter().map(|(id, tag)| (&tag.name, (*id, tag))));
        let known_systems = first_of_each(current.systems.iter().map(|(id, system)| (&system.name, (*id, system))));
        let mut tags: BTreeMap<&TagName, Referred<_>> = BTreeMap::new();
        let mut systems: BTreeMap<&SystemName, Referred<_>> = BTreeMap::new();
        for name in desired.managed_tags.keys() {
            tags.insert(name, Referred::to(known_tags.get(name)));
        }
        for (index, entry) in matching.entries.iter().enumerate().filter(|(_, entry)| entry.wants_live()) {
            for name in entry.desired.tags.keys() {
                tags.entry(name).or_insert_with(|| Referred::to(known_tags.get(name))).listed_by.push(index);
            }
            for name in entry.desired.systems.keys() {
                systems.entry(name).or_insert_with(|| Referred::to(known_systems.get(name))).listed_by.push(index);
            }
        }
        Self { tags, systems, known_tags, known_systems }
    }

    /// The system of a name.
    pub(super) fn system(&self, name: &SystemName) -> Option<SystemId> {
        self.known_systems.get(name).map(|(id, _)| *id)
    }

    /// Reports what ReSim lacks and the plan may not create, each thing once.
    pub(super) fn check(
        &self,
        desired: &Desired,
        policy: &Policy,
        matching: &Matching<'_>,
        near: &mut Suggester,
        problems: &mut Diagnostics,
    ) {
        for (name, tag) in self.tags.iter().filter(|(_, tag)| tag.existing.is_none()) {
            let managed = desired.managed_tags.get(name);
            if managed.is_some() && policy.create_missing {
                continue;
            }
            let places = tag.listed_by.iter().map(|index| matching.entries[*index].desired.tags[*name]).chain(managed.copied());
            problems.push(self.unknown_tag(name, places, managed.is_some(), near));
        }
        if let Unlisted::ArchiveTagged(name) = &policy.unlisted
            && !self.known_tags.contains_key(name)
            && !self.tags.contains_key(name)
        {
            problems.push(self.unknown_tag(name, std::iter::empty(), false, near));
        }
        for (name, system) in self.systems.iter().filter(|(_, system)| system.existing.is_none()) {
            let places = system.listed_by.iter().map(|index| matching.entries[*index].desired.systems[*name]);
            problems.push(self.unknown_system(name, places, near));
        }
    }

    /// That a system is missing which these places name.
    pub(super) fn unknown_system(&self, name: &SystemName, places: impl Iterator<Item = Origin>, near: &mut Suggester) -> Diagnostic {
        let nearest = near.nearest(name.as_str(), self.known_systems.keys().map(|known| known.as_str()));
        let diagnostic = missing(Code::UnknownSystem, format!("ReSim has no system `{}`", brief(name.as_str())), places);
        suggest(diagnostic, nearest).help("systems are never created here: create it in ReSim, or take it out of the config")
    }

    fn unknown_tag(&self, name: &TagName, places: impl Iterator<Item = Origin>, managed: bool, near: &mut Suggester) -> Diagnostic {
        let nearest = near.nearest(name.as_str(), self.known_tags.keys().map(|known| known.as_str()));
        let diagnostic = missing(Code::UnknownTag, format!("ReSim has no tag `{}`", brief(name.as_str())), places);
        suggest(diagnostic, nearest).help(match managed {
            true => "create it in ReSim, or let `--create-missing` create managed tags",
            false => "create it in ReSim (`--create-missing` creates managed tags only)",
        })
    }
}

impl<Existing: Copy> Referred<Existing> {
    fn to(existing: Option<&Existing>) -> Self {
        Self { existing: existing.copied(), listed_by: Vec::new() }
    }
}

/// Where one name is held twice, the smallest ID counts.
fn first_of_each<K: Ord, V>(items: impl Iterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    for (name, value) in items {
        map.entry(name).or_insert(value);
    }
    map
}

/// One diagnostic for all places that name a missing thing: it points at the first.
fn missing(code: Code, message: String, places: impl Iterator<Item = Origin>) -> Diagnostic {
    let mut places: Vec<Origin> = places.collect();
    places.sort_unstable();
    let diagnostic = Diagnostic::new(Severity::Error, code, message);
    match places.as_slice() {
        [] => diagnostic,
        [first] => diagnostic.at(*first, ""),
        [first, _] => diagnostic.at(*first, "and in one more place"),
        [first, others @ ..] => diagnostic.at(*first, format!("and in {} more places", others.len())),
    }
}

fn suggest(diagnostic: Diagnostic, nearest: Option<&str>) -> Diagnostic {
    match nearest {
        Some(name) => diagnostic.help(format!("did you mean `{}`?", brief(name))),
        None => diagnostic,
    }
}
