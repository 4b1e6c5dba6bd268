//! What must be read before a plan can be made: as little as the config allows.

use std::collections::{BTreeMap, BTreeSet};

use super::matching::{Among, Entry, Matching, Target};
use super::{Policy, Unlisted, names};
use crate::desired::{Desired, DesiredExperience};
use crate::diagnostics::Diagnostics;
use crate::ids::{ExperienceId, ExperienceName, SuiteName, SystemId, SystemName, TagId, TagName};
use crate::snapshot::{CurrentExperience, Members, Snapshot};

/// What has been read so far: all tags and systems, the live experiences and suites.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The lists; members are not looked at.
    pub lists: &'a Snapshot,
    /// How far the live experiences and suites are among them.
    pub live: LiveLists,
    /// The archived experiences, where they have been read and the lists do not hold them.
    pub archived: Option<&'a BTreeMap<ExperienceId, CurrentExperience>>,
}

/// How far the live experiences and suites are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveLists {
    /// Not yet, only the tags and systems. What is demanded then is what the config is expected to need: it is asked
    /// for sooner than it can be certain, and may turn out not to matter.
    Unread {
        /// Whether the project has experiences, as far as its systems say.
        any: bool,
    },
    /// They are there, or the first of them.
    Read,
}

impl<'a> From<&'a Snapshot> for Known<'a> {
    fn from(lists: &'a Snapshot) -> Self {
        Self { lists, live: LiveLists::Read, archived: None }
    }
}

impl<'a> Known<'a> {
    fn has_archived(&self) -> bool {
        self.archived.is_some() || self.lists.read.archived_experiences
    }

    /// The experience, if it is known.
    pub(super) fn experience(&self, id: ExperienceId) -> Option<&'a CurrentExperience> {
        self.lists.experiences.get(&id).or_else(|| self.archived.and_then(|archived| archived.get(&id)))
    }

    /// All known experiences.
    pub(super) fn experiences(&self) -> impl Iterator<Item = (&'a ExperienceId, &'a CurrentExperience)> + use<'a> {
        self.lists.experiences.iter().chain(self.archived.into_iter().flatten())
    }
}

/// What a plan still needs to read, beyond the live lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// The archived experiences.
    pub archived_experiences: bool,
    /// The archived suites.
    pub archived_suites: bool,
    /// Tags whose live members can matter, each with how many of them the config lists.
    pub tags: BTreeMap<TagId, usize>,
    /// Systems whose live members can matter, likewise.
    pub systems: BTreeMap<SystemId, usize>,
    /// Tags whose archived members can matter: only where an archived experience is restored.
    pub archived_tags: BTreeSet<TagId>,
    /// Systems likewise.
    pub archived_systems: BTreeSet<SystemId>,
}

/// What must be read beyond the live lists before [`plan`](super::plan) can decide. As long as the archived
/// experiences are not known, what it says of archived members is not the last word.
pub fn demand<'a>(desired: &Desired, known: impl Into<Known<'a>>, policy: &Policy) -> Demand {
    let known = known.into();
    let live = known.lists;
    if let LiveLists::Unread { any } = known.live {
        // An ID says that its experience exists; a name most probably has one where there are experiences at all.
        let expected = desired.experiences.values().filter(|entry| !entry.archived && (any || entry.id.is_some()));
        let referred = Referred::of(expected, desired);
        return Demand { tags: referred.tags_of(live), systems: referred.systems_of(live), ..Demand::default() };
    }
    let among = if known.has_archived() { Among::All } else { Among::Live };
    // What cannot be matched is for the plan to report, once it has read everything.
    let matching = Matching::new(desired, known, among, &mut Vec::new(), &mut Diagnostics::default());
    let is_live = |entry: &Entry<'_>| entry.existing().is_some_and(|(_, current)| !current.archived);
    let unmatched = matching.entries.iter().any(|entry| match entry.target {
        Target::Existing(_, current) => current.archived,
        Target::New | Target::Nothing | Target::Unknown => true,
    });
    let gives_name = matching.entries.iter().any(|entry| names::given(entry).is_some());

    // New experiences have no memberships yet, and those that end archived keep theirs.
    let listed = matching.entries.iter().filter(|entry| entry.wants_live());
    let mut referred = Referred::of(listed.clone().filter(|entry| is_live(entry)).map(|entry| entry.desired), desired);
    let restored = listed.filter(|entry| entry.existing().is_some() && !is_live(entry));
    let restored = Referred::of(restored.map(|entry| entry.desired), desired);
    let mut unlisted = live.experiences.iter().filter(|(id, experience)| !experience.archived && matching.entry_of(**id).is_none());
    if let Unlisted::ArchiveTagged(tag) = &policy.unlisted
        && unlisted.next().is_some()
    {
        referred.tags.entry(tag).or_default();
    }
    Demand {
        archived_experiences: unmatched || gives_name || has_other_members(desired, live),
        archived_suites: policy.create_missing && lacks_suite(desired, live),
        tags: referred.tags_of(live),
        systems: referred.systems_of(live),
        archived_tags: restored.tags_of(live).into_keys().collect(),
        archived_systems: restored.systems_of(live).into_keys().collect(),
    }
}

/// Tags and systems that matter to some entries, with how many of these list them.
#[derive(Default)]
struct Referred<'a> {
    tags: BTreeMap<&'a TagName, usize>,
    systems: BTreeMap<&'a SystemName, usize>,
}

impl<'a> Referred<'a> {
    fn of(entries: impl Iterator<Item = &'a DesiredExperience>, desired: &'a Desired) -> Self {
        let mut referred = Self::default();
        let mut any = false;
        for entry in entries {
            any = true;
            entry.tags.keys().for_each(|tag| *referred.tags.entry(tag).or_default() += 1);
            entry.systems.keys().for_each(|system| *referred.systems.entry(system).or_default() += 1);
        }
        if any {
            for tag in desired.managed_tags.keys() {
                referred.tags.entry(tag).or_default();
            }
        }
        referred
    }

    /// Those that ReSim has.
    fn tags_of(&self, lists: &Snapshot) -> BTreeMap<TagId, usize> {
        lists.tags.iter().filter_map(|(id, tag)| Some((*id, *self.tags.get(&tag.name)?))).collect()
    }

    /// Those that ReSim has.
    fn systems_of(&self, lists: &Snapshot) -> BTreeMap<SystemId, usize> {
        lists.systems.iter().filter_map(|(id, system)| Some((*id, *self.systems.get(&system.name)?))).collect()
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
        let Self { archived_experiences, archived_suites, tags, systems, archived_tags, archived_systems } = self;
        let tag = |id| snapshot.tags.get(id).map(|tag| &tag.members);
        let system = |id| snapshot.systems.get(id).map(|system| &system.members);
        let live = |members: Option<&Members>| members.is_some_and(|members| members.live.is_some());
        let archived = |members: Option<&Members>| members.is_some_and(|members| members.archived.is_some());
        (snapshot.read.archived_experiences || !archived_experiences)
            && (snapshot.read.archived_suites || !archived_suites)
            && tags.keys().all(|id| live(tag(id)))
            && systems.keys().all(|id| live(system(id)))
            && archived_tags.iter().all(|id| archived(tag(id)))
            && archived_systems.iter().all(|id| archived(system(id)))
    }
}
