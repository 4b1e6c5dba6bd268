//! What must be read before a plan can be made: as little as the config allows.

use std::collections::BTreeSet;

use super::matching::{Among, Matching, Target};
use super::{Policy, Unlisted, names};
use crate::desired::Desired;
use crate::diagnostics::Diagnostics;
use crate::ids::{ExperienceName, SuiteName, SystemId, SystemName, TagId, TagName};
use crate::snapshot::{Members, Snapshot};

/// What a plan still needs to read, beyond the live lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// The archived experiences.
    pub archived_experiences: bool,
    /// The archived suites.
    pub archived_suites: bool,
    /// Tags whose live members can matter.
    pub tags: BTreeSet<TagId>,
    /// Systems whose live members can matter.
    pub systems: BTreeSet<SystemId>,
    /// Whether the archived members of these tags and systems can matter too.
    pub archived_members: bool,
}

/// What must be read beyond the live lists before [`plan`](super::plan) can decide; `live` holds the live
/// experiences, all tags, systems and live suites. Whatever else it holds is not looked at.
pub fn demand(desired: &Desired, live: &Snapshot, policy: &Policy) -> Demand {
    // What cannot be matched is for the plan to report, once it has read everything.
    let matching = Matching::new(desired, live, Among::Live, &mut Vec::new(), &mut Diagnostics::default());
    let unmatched = |target: Target<'_>| matches!(target, Target::New | Target::Nothing | Target::Unknown);
    let may_restore = matching.entries.iter().any(|entry| entry.wants_live() && unmatched(entry.target));
    let unmatched = matching.entries.iter().any(|entry| unmatched(entry.target));
    let gives_name = matching.entries.iter().any(|entry| names::given(entry).is_some());

    let mut tags: BTreeSet<&TagName> = BTreeSet::new();
    let mut systems: BTreeSet<&SystemName> = BTreeSet::new();
    for entry in matching.entries.iter().filter(|entry| entry.wants_live()) {
        tags.extend(entry.desired.tags.keys());
        systems.extend(entry.desired.systems.keys());
    }
    if matching.entries.iter().any(|entry| entry.wants_live()) {
        tags.extend(desired.managed_tags.keys());
    }
    let mut unlisted = live.experiences.iter().filter(|(id, experience)| !experience.archived && matching.entry_of(**id).is_none());
    if let Unlisted::ArchiveTagged(tag) = &policy.unlisted
        && unlisted.next().is_some()
    {
        tags.insert(tag);
    }
    Demand {
        archived_experiences: unmatched || gives_name || has_other_members(desired, live),
        archived_suites: policy.create_missing && lacks_suite(desired, live),
        tags: live.tags.iter().filter(|(_, tag)| tags.contains(&tag.name)).map(|(id, _)| *id).collect(),
        systems: live.systems.iter().filter(|(_, system)| systems.contains(&system.name)).map(|(id, _)| *id).collect(),
        archived_members: may_restore,
    }
}

/// Whether a suite has or is to have a member that is not live.
fn has_other_members(desired: &Desired, live: &Snapshot) -> bool {
    let is_live = |experience: &crate::snapshot::CurrentExperience| !experience.archived;
    let mut members = live.suites.values().filter(|suite| !suite.archived).flat_map(|suite| &suite.members);
    if members.any(|id| !live.experiences.get(id).is_some_and(is_live)) {
        return true;
    }
    let unlisted: BTreeSet<&ExperienceName> = desired
        .suites
        .values()
        .flat_map(|suite| suite.experiences.keys())
        .filter(|name| !desired.experiences.contains_key(*name))
        .collect();
    if unlisted.is_empty() {
        return false;
    }
    let names: BTreeSet<&ExperienceName> =
        live.experiences.values().filter(|experience| is_live(experience)).map(|experience| &experience.name).collect();
    !unlisted.is_subset(&names)
}

fn lacks_suite(desired: &Desired, live: &Snapshot) -> bool {
    let names: BTreeSet<&SuiteName> = live.suites.values().filter(|suite| !suite.archived).map(|suite| &suite.name).collect();
    desired.suites.keys().any(|name| !names.contains(name))
}

impl Demand {
    /// Whether a snapshot holds all that is demanded.
    pub(super) fn is_met_by(&self, snapshot: &Snapshot) -> bool {
        let Self { archived_experiences, archived_suites, tags, systems, archived_members } = self;
        let read = |members: &Members| members.live.is_some() && (members.archived.is_some() || !archived_members);
        (snapshot.read.archived_experiences || !archived_experiences)
            && (snapshot.read.archived_suites || !archived_suites)
            && tags.iter().all(|id| snapshot.tags.get(id).is_some_and(|tag| read(&tag.members)))
            && systems.iter().all(|id| snapshot.systems.get(id).is_some_and(|system| read(&system.members)))
    }
}
