//! Whether the lists of one read fit each other. Pure.
//!
//! They are read at different moments; whoever changes ReSim in between makes them contradict each other, and
//! a plan from such a state would be wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::members::Group;
use crate::ids::{ExperienceId, SuiteId};
use crate::snapshot::{CurrentExperience, CurrentSuite};

/// A list of one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Live experiences.
    Live,
    /// Archived experiences.
    Archived,
    Tags,
    Systems,
    /// Live suites.
    Suites,
    ArchivedSuites,
    /// Members of a tag or system, live or archived ones.
    Members(Group, bool),
}

/// What the lists of one read hold, as far as they were read.
#[derive(Clone, Copy)]
pub(crate) struct Lists<'a> {
    pub(crate) live: &'a BTreeMap<ExperienceId, CurrentExperience>,
    pub(crate) archived: Option<&'a BTreeMap<ExperienceId, CurrentExperience>>,
    pub(crate) suites: &'a BTreeMap<SuiteId, CurrentSuite>,
    pub(crate) archived_suites: Option<&'a BTreeMap<SuiteId, CurrentSuite>>,
    pub(crate) members: &'a BTreeMap<(Group, bool), BTreeSet<ExperienceId>>,
}

/// Lists that contradict each other.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Contradiction {
    /// The first one, for people.
    pub(crate) what: String,
    /// All lists that take part in any.
    pub(crate) parts: BTreeSet<Part>,
}

/// Checks that nothing is both live and archived, and that every member is among the experiences that were read.
pub(crate) fn check(lists: Lists<'_>) -> Result<(), Contradiction> {
    let mut found = Contradiction { what: String::new(), parts: BTreeSet::new() };
    // Experiences that changed sides meanwhile: every list that has them may be as old as the one that gave it away.
    let mut moved: BTreeSet<ExperienceId> = BTreeSet::new();
    let Lists { live, archived, suites, archived_suites, members } = lists;
    for id in archived.into_iter().flat_map(|archived| archived.keys()).filter(|id| live.contains_key(id)) {
        found.add([Part::Live, Part::Archived], || format!("experience {id} is both live and archived"));
        moved.insert(*id);
    }
    if let Some(archived_suites) = archived_suites
        && let Some(id) = suites.keys().find(|id| archived_suites.contains_key(id))
    {
        found.add([Part::Suites, Part::ArchivedSuites], || format!("suite {id} is both live and archived"));
    }
    for (&(group, of_archived), ids) in members {
        let is_stranger = |id: &&ExperienceId| match (of_archived, archived) {
            (false, _) => !live.contains_key(id),
            (true, Some(archived)) => !archived.contains_key(id),
            // The archived ones were not read: all that can be told is that they are not among the live ones.
            (true, None) => live.contains_key(id),
        };
        for id in ids.iter().filter(is_stranger) {
            found.add([Part::Members(group, of_archived), Part::Live], || {
                let what = if of_archived { "an archived member" } else { "a live member" };
                let whose = match group {
                    Group::Tag(tag) => format!("tag {tag}"),
                    Group::System(system) => format!("system {system}"),
                };
                format!("{whose} has {what} {id} that the list of experiences does not have so")
            });
            found.parts.extend(archived.map(|_| Part::Archived));
            moved.insert(*id);
        }
    }
    let holding = members.iter().filter(|(_, ids)| !moved.is_disjoint(ids));
    found.parts.extend(holding.map(|((group, of_archived), _)| Part::Members(*group, *of_archived)));
    // A member that is not live can only be told from an unknown one where the archived ones were read.
    if let Some(archived) = archived {
        let lists = [(Part::Suites, Some(suites)), (Part::ArchivedSuites, archived_suites)];
        for (part, suites) in lists.into_iter().filter_map(|(part, suites)| suites.map(|suites| (part, suites))) {
            let unknown = |id: &&ExperienceId| !live.contains_key(id) && !archived.contains_key(id);
            if let Some((suite, id)) = suites.iter().find_map(|(suite, current)| current.members.iter().find(unknown).map(|id| (suite, id)))
            {
                found
                    .add([part, Part::Live, Part::Archived], || format!("suite {suite} has a member {id} that no list of experiences has"));
            }
        }
    }
    if found.parts.is_empty() { Ok(()) } else { Err(found) }
}

impl Contradiction {
    fn add(&mut self, parts: impl IntoIterator<Item = Part>, what: impl FnOnce() -> String) {
        if self.what.is_empty() {
            self.what = what();
        }
        self.parts.extend(parts);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{ExperienceName, SuiteName, SystemId, TagId};

    #[derive(Default)]
    struct World {
        live: BTreeMap<ExperienceId, CurrentExperience>,
        archived: Option<BTreeMap<ExperienceId, CurrentExperience>>,
        suites: BTreeMap<SuiteId, CurrentSuite>,
        archived_suites: Option<BTreeMap<SuiteId, CurrentSuite>>,
        members: BTreeMap<(Group, bool), BTreeSet<ExperienceId>>,
    }

    impl World {
        fn check(&self) -> Result<(), BTreeSet<Part>> {
            let Self { live, archived, suites, archived_suites, members } = self;
            let lists = Lists { live, archived: archived.as_ref(), suites, archived_suites: archived_suites.as_ref(), members };
            check(lists).map_err(|contradiction| contradiction.parts)
        }
    }

    fn id(number: u128) -> ExperienceId {
        ExperienceId(Uuid::from_u128(number))
    }

    fn experiences<const N: usize>(numbers: [u128; N]) -> BTreeMap<ExperienceId, CurrentExperience> {
        let experience = |number: u128| CurrentExperience {
            name: ExperienceName::new(number.to_string()),
            description: String::new(),
            locations: Vec::new(),
            profile: String::new(),
            environment_variables: Vec::new(),
            container_timeout_seconds: 0,
            cache_exempt: false,
            custom_fields: Vec::new(),
            archived: false,
            updated_at: String::new(),
        };
        numbers.into_iter().map(|number| (id(number), experience(number))).collect()
    }

    fn suites<const N: usize>(members: [u128; N]) -> BTreeMap<SuiteId, CurrentSuite> {
        let suite = CurrentSuite {
            name: SuiteName::new("s"),
            description: String::new(),
            system: SystemId(Uuid::nil()),
            revision: 0,
            archived: false,
            members: members.into_iter().map(id).collect(),
        };
        BTreeMap::from([(SuiteId(Uuid::nil()), suite)])
    }

    fn members<const N: usize>(archived: bool, numbers: [u128; N]) -> BTreeMap<(Group, bool), BTreeSet<ExperienceId>> {
        BTreeMap::from([((tag(), archived), numbers.into_iter().map(id).collect())])
    }

    fn tag() -> Group {
        Group::Tag(TagId(Uuid::nil()))
    }

    #[test]
    fn lists_that_fit_are_accepted() {
        let world = World {
            live: experiences([1, 2]),
            archived: Some(experiences([3])),
            suites: suites([1, 3]),
            archived_suites: Some(BTreeMap::new()),
            members: members(false, [2]),
        };
        assert_eq!(world.check(), Ok(()));
    }

    #[test]
    fn live_and_archived_at_once_is_a_contradiction() {
        let world = World { live: experiences([1]), archived: Some(experiences([1])), ..World::default() };
        assert_eq!(world.check(), Err([Part::Live, Part::Archived].into()));
        let world = World { suites: suites([]), archived_suites: Some(suites([])), ..World::default() };
        assert_eq!(world.check(), Err([Part::Suites, Part::ArchivedSuites].into()));
    }

    #[test]
    fn a_member_that_was_not_read_is_a_contradiction() {
        let world = World { live: experiences([1]), members: members(false, [1, 9]), ..World::default() };
        assert_eq!(world.check(), Err([Part::Members(tag(), false), Part::Live].into()));
        let archived = Some(experiences([2]));
        let world = World { live: experiences([1]), archived, members: members(true, [1]), ..World::default() };
        assert_eq!(world.check(), Err([Part::Members(tag(), true), Part::Live, Part::Archived].into()));
    }

    #[test]
    fn every_list_that_holds_one_that_changed_sides_is_concerned() {
        let other = Group::System(SystemId(Uuid::nil()));
        let both = BTreeMap::from([
            ((tag(), false), BTreeSet::from([id(1)])),
            ((other, false), BTreeSet::from([id(2)])),
            ((other, true), BTreeSet::from([id(2), id(3)])),
        ]);
        let archived = Some(experiences([3]));
        let world = World { live: experiences([1, 2]), archived, members: both, ..World::default() };
        let concerned = [Part::Members(other, true), Part::Members(other, false), Part::Live, Part::Archived];
        assert_eq!(world.check(), Err(concerned.into()), "2 was archived meanwhile: its live membership is as old as the lists");
    }

    #[test]
    fn an_archived_member_must_not_be_live_even_if_the_archived_ones_are_unread() {
        let world = World { live: experiences([1]), members: members(true, [5]), ..World::default() };
        assert_eq!(world.check(), Ok(()));
        let world = World { live: experiences([1]), members: members(true, [1]), ..World::default() };
        assert_eq!(world.check(), Err([Part::Members(tag(), true), Part::Live].into()));
    }

    #[test]
    fn a_suite_member_is_judged_once_the_archived_ones_are_read() {
        let mut world = World { live: experiences([1]), suites: suites([1, 9]), ..World::default() };
        assert_eq!(world.check(), Ok(()));
        world.archived = Some(experiences([2]));
        assert_eq!(world.check(), Err([Part::Suites, Part::Live, Part::Archived].into()));
    }
}
