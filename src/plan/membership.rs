//! Who gets and who loses a tag, and who is registered with a system.
//!
//! Only listed experiences that end live are touched; only managed tags are ever taken off.

use std::collections::BTreeSet;

use super::matching::{Entry, Matching};
use super::references::References;
use super::{ExperienceRef, SystemChange, TagChange};
use crate::desired::Desired;
use crate::ids::TagName;
use crate::snapshot::Members;

/// The changes of tags, by name. A managed tag that ReSim lacks is a change even if nobody lists it.
pub(super) fn tags(desired: &Desired, references: &References<'_>, matching: &Matching<'_>) -> Vec<TagChange> {
    let changes = references.tags.iter().map(|(name, tag)| {
        let managed = desired.managed_tags.contains_key(*name);
        let members = tag.existing.map(|(_, current)| &current.members);
        let added = missing_members(&tag.listed_by, members, matching);
        let removed = match members {
            Some(members) if managed => unlisted_members(name, members, matching),
            Some(_) | None => BTreeSet::new(),
        };
        TagChange { name: (*name).clone(), id: tag.existing.map(|(id, _)| id), managed, added, removed }
    });
    changes.filter(|change| change.id.is_none() || !change.added.is_empty() || !change.removed.is_empty()).collect()
}

/// The registrations with systems, by name.
pub(super) fn systems(references: &References<'_>, matching: &Matching<'_>) -> Vec<SystemChange> {
    let changes = references.systems.iter().filter_map(|(name, system)| {
        let (id, current) = system.existing?;
        let added = missing_members(&system.listed_by, Some(&current.members), matching);
        (!added.is_empty()).then(|| SystemChange { name: (*name).clone(), id, added })
    });
    changes.collect()
}

/// Those that list it and lack it.
fn missing_members(listed_by: &[usize], members: Option<&Members>, matching: &Matching<'_>) -> BTreeSet<ExperienceRef> {
    let entries = listed_by.iter().map(|index| &matching.entries[*index]);
    let lacks = |entry: &&Entry<'_>| match (entry.existing(), members) {
        (Some((id, _)), Some(members)) => !members.contains(id),
        (None, _) | (_, None) => true,
    };
    entries.filter(lacks).map(Entry::reference).collect()
}

/// Those that have a tag and do not list it, though the config lists them.
fn unlisted_members(tag: &TagName, members: &Members, matching: &Matching<'_>) -> BTreeSet<ExperienceRef> {
    let Members { live, archived } = members;
    let ids = [live, archived].into_iter().flatten().flatten();
    let entries = ids.filter_map(|id| matching.entry_of(*id));
    entries.filter(|entry| entry.wants_live() && !entry.desired.tags.contains_key(tag)).map(Entry::reference).collect()
}
