//! Reads a project's state: everything asked for, in as few round trips as the API allows, or an error.
//!
//! Each list is read by a task of its own, as soon as it is known to be wanted: members of tags and systems that are
//! wanted whatever the live experiences turn out to be, once the tags and systems are known; those that the first
//! live experiences call for, beside the later pages of these; all others, archived ones included, once all live
//! lists are there. What was begun early and turns out not to be wanted leaves no trace. If lists contradict each
//! other, those concerned are read once more.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Lists as Checked, Part, check};
use super::load::{Experiences, Loaded};
use super::members::Group;
use super::tasks::{Tasks, Wanted};
use super::{ApiError, ApiErrorKind, ReSim, Scope};
use crate::ids::{ExperienceId, SuiteId, SystemId};
use crate::plan::{Demand, Known, LiveLists};
use crate::snapshot::{CurrentSuite, Lists, Members, Project, Snapshot};

/// How much has been read, as far as it decides what else is wanted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    /// Less than the next.
    Nothing,
    /// Tags and systems.
    Groups,
    /// These, and the first of the live experiences.
    FirstExperiences,
    /// All lists that are read in any case.
    Lists,
    /// These, and the archived experiences.
    Archived,
}

/// The read so far.
struct Reading {
    /// What is read in any case.
    first_parts: BTreeSet<Part>,
    /// The lists that are there.
    read: BTreeSet<Part>,
    /// The live lists, without members.
    snapshot: Snapshot,
    archived: Option<Experiences>,
    archived_suites: Option<BTreeMap<SuiteId, CurrentSuite>>,
    members: BTreeMap<(Group, bool), BTreeSet<ExperienceId>>,
    /// How many experiences systems have, where their own rows say so.
    system_sizes: BTreeMap<SystemId, i64>,
}

impl ReSim {
    /// Reads the project's state: everything asked for, or an error; never a part.
    ///
    /// # Errors
    /// Any request that fails, and [`ApiErrorKind::StateMoved`] where the lists contradict each other twice.
    pub async fn read(&self, scope: Scope<'_>) -> Result<Snapshot, ApiError> {
        let mut reading = Reading::new((*self.project).clone(), &scope);
        let mut tasks = Tasks::new(self);
        reading.first_parts.iter().for_each(|part| tasks.begin(*part, 0));
        let mut known = Extent::Nothing;
        let mut again = false;
        loop {
            while let Some((part, loaded)) = tasks.next().await? {
                reading.store(part, loaded);
                if reading.extent() > known {
                    known = reading.extent();
                    let wanted = further_parts(&scope, &reading);
                    if known >= Extent::Lists {
                        tasks.settle(&wanted)?.into_iter().for_each(|part| reading.forget(part));
                    }
                    begin_new(wanted, &mut tasks, &mut reading);
                }
            }
            // A list that was read once more may want more than it did.
            if again && begin_new(further_parts(&scope, &reading), &mut tasks, &mut reading) {
                continue;
            }
            match check(reading.lists()) {
                Ok(()) => return Ok(reading.finish()),
                Err(contradiction) if again => {
                    let request = "reading the project".to_owned();
                    return Err(ApiError { request, kind: ApiErrorKind::StateMoved(contradiction.what) });
                }
                Err(contradiction) => {
                    again = true;
                    contradiction.parts.into_iter().for_each(|part| tasks.repeat(part));
                }
            }
        }
    }
}

/// Begins what was not begun before; until all lists are there it is a guess. Returns whether there is any.
fn begin_new(mut wanted: Wanted, tasks: &mut Tasks, reading: &mut Reading) -> bool {
    let guess = reading.extent() < Extent::Lists;
    wanted.retain(|part, _| !tasks.has_begun(*part));
    for (part, expected) in &wanted {
        match (guess, reading.is_empty(*part)) {
            (true, false) => tasks.guess(*part, *expected),
            (false, false) => tasks.begin(*part, *expected),
            // No request is needed, and nothing waits for it.
            (true, true) => {}
            (false, true) => {
                tasks.skip(*part);
                reading.store(*part, Loaded::Members(BTreeSet::new()));
            }
        }
    }
    !wanted.is_empty()
}

/// What is read in any case.
fn first_parts(scope: &Scope<'_>) -> BTreeSet<Part> {
    let mut parts = BTreeSet::from([Part::Live, Part::Tags, Part::Systems, Part::Suites]);
    match scope {
        Scope::Demanded(_) | Scope::Live { archived_experiences: false } => {}
        Scope::Live { archived_experiences: true } => parts.extend([Part::Archived]),
        Scope::Everything => parts.extend([Part::Archived, Part::ArchivedSuites]),
    }
    parts
}

/// What is wanted besides, given what is known. Before all lists are there, that is members alone.
fn further_parts(scope: &Scope<'_>, reading: &Reading) -> Wanted {
    let extent = reading.extent();
    let Reading { snapshot, archived, system_sizes, .. } = reading;
    let Snapshot { tags, systems, .. } = snapshot;
    let mut parts = Wanted::new();
    match scope {
        Scope::Demanded(demand) => {
            let live = if extent >= Extent::FirstExperiences {
                LiveLists::Read
            } else {
                LiveLists::Unread { any: system_sizes.values().any(|size| *size > 0) }
            };
            let known = Known { lists: snapshot, live, archived: archived.as_ref() };
            let Demand { archived_experiences, archived_suites, tags, systems, archived_tags, archived_systems } = demand(known);
            let lists = [(Part::Archived, archived_experiences), (Part::ArchivedSuites, archived_suites)];
            parts.extend(lists.into_iter().filter(|(_, wanted)| *wanted).map(|(part, _)| (part, 0)));
            parts.extend(tags.into_iter().map(|(id, listed)| (Part::Members(Group::Tag(id), false), listed)));
            parts.extend(systems.into_iter().map(|(id, listed)| (Part::Members(Group::System(id), false), listed)));
            // Whether anything is restored is known once the archived ones are.
            if archived.is_some() {
                parts.extend(archived_tags.into_iter().map(|id| (Part::Members(Group::Tag(id), true), 0)));
                parts.extend(archived_systems.into_iter().map(|id| (Part::Members(Group::System(id), true), 0)));
            }
        }
        Scope::Live { archived_experiences: _ } | Scope::Everything => {
            parts.extend(tags.keys().map(|id| (Part::Members(Group::Tag(*id), false), 0)));
            parts.extend(systems.keys().map(|id| (Part::Members(Group::System(*id), false), 0)));
        }
    }
    if matches!(scope, Scope::Everything) {
        parts.extend(tags.keys().map(|id| (Part::Members(Group::Tag(*id), true), 0)));
        parts.extend(systems.keys().map(|id| (Part::Members(Group::System(*id), true), 0)));
    }
    if extent < Extent::Lists {
        parts.retain(|part, _| matches!(part, Part::Members(..)));
    }
    parts
}

impl Reading {
    fn new(project: Project, scope: &Scope<'_>) -> Self {
        let snapshot = Snapshot {
            project,
            read: Lists::default(),
            experiences: BTreeMap::new(),
            tags: BTreeMap::new(),
            systems: BTreeMap::new(),
            suites: BTreeMap::new(),
        };
        Self {
            first_parts: first_parts(scope),
            read: BTreeSet::new(),
            snapshot,
            archived: None,
            archived_suites: None,
            members: BTreeMap::new(),
            system_sizes: BTreeMap::new(),
        }
    }

    fn extent(&self) -> Extent {
        let has = |part: &Part| self.read.contains(part);
        if !has(&Part::Tags) || !has(&Part::Systems) {
            Extent::Nothing
        } else if !self.first_parts.iter().all(has) {
            if self.snapshot.experiences.is_empty() { Extent::Groups } else { Extent::FirstExperiences }
        } else if has(&Part::Archived) {
            Extent::Archived
        } else {
            Extent::Lists
        }
    }

    /// Forgets members that nobody wants after all.
    fn forget(&mut self, part: Part) {
        if let Part::Members(group, archived) = part {
            self.members.remove(&(group, archived));
            self.read.remove(&part);
        }
    }

    /// Whether a list is known to hold nothing.
    fn is_empty(&self, part: Part) -> bool {
        match part {
            Part::Members(Group::System(id), false) => self.system_sizes.get(&id) == Some(&0),
            Part::Members(Group::System(_) | Group::Tag(_), _)
            | Part::Live
            | Part::Archived
            | Part::Tags
            | Part::Systems
            | Part::Suites
            | Part::ArchivedSuites => false,
        }
    }

    fn store(&mut self, part: Part, loaded: Loaded) {
        match (part, loaded) {
            // They can be told later than the whole list.
            (_, Loaded::FirstExperiences(first)) => {
                if !self.read.contains(&Part::Live) {
                    self.snapshot.experiences = first;
                }
                return;
            }
            (Part::Archived, Loaded::Experiences(experiences)) => self.archived = Some(experiences),
            (_, Loaded::Experiences(experiences)) => self.snapshot.experiences = experiences,
            (Part::ArchivedSuites, Loaded::Suites(suites)) => self.archived_suites = Some(suites),
            (_, Loaded::Suites(suites)) => self.snapshot.suites = suites,
            (_, Loaded::Tags(tags)) => self.snapshot.tags = tags,
            (_, Loaded::Systems(systems, sizes)) => {
                self.snapshot.systems = systems;
                self.system_sizes = sizes;
            }
            (Part::Members(group, archived), Loaded::Members(members)) => {
                self.members.insert((group, archived), members);
            }
            (Part::Live | Part::Archived | Part::Tags | Part::Systems | Part::Suites | Part::ArchivedSuites, Loaded::Members(_)) => {}
        }
        self.read.insert(part);
    }

    fn lists(&self) -> Checked<'_> {
        Checked {
            live: &self.snapshot.experiences,
            archived: self.archived.as_ref(),
            suites: &self.snapshot.suites,
            archived_suites: self.archived_suites.as_ref(),
            members: &self.members,
        }
    }

    fn finish(self) -> Snapshot {
        let Self { mut snapshot, archived, archived_suites, members, first_parts: _, read: _, system_sizes: _ } = self;
        snapshot.read = Lists { archived_experiences: archived.is_some(), archived_suites: archived_suites.is_some() };
        snapshot.experiences.extend(archived.into_iter().flatten());
        snapshot.suites.extend(archived_suites.into_iter().flatten());
        for ((group, archived), ids) in members {
            let of = match group {
                Group::Tag(id) => snapshot.tags.get_mut(&id).map(|tag| &mut tag.members),
                Group::System(id) => snapshot.systems.get_mut(&id).map(|system| &mut system.members),
            };
            if let Some(Members { live, archived: of_archived }) = of {
                *(if archived { of_archived } else { live }) = Some(ids);
            }
        }
        snapshot
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use uuid::Uuid;

    use super::*;
    use crate::ids::{ProjectId, SystemName, TagId, TagName};
    use crate::plan::testing::state;
    use crate::snapshot::{CurrentSystem, CurrentTag};

    const TAG: TagId = TagId(Uuid::from_u128(1));
    const SYSTEM: SystemId = SystemId(Uuid::from_u128(2));

    fn experiences(names: &[&str]) -> Experiences {
        names.iter().zip(1..).fold(state(), |state, (name, number)| state.live(number, name)).done().experiences
    }

    fn tags() -> Loaded {
        let tag = CurrentTag { name: TagName::new("t"), description: String::new(), members: Members::default() };
        Loaded::Tags([(TAG, tag)].into())
    }

    fn systems(size: Option<i64>) -> Loaded {
        let system = CurrentSystem { name: SystemName::new("s"), description: String::new(), members: Members::default() };
        Loaded::Systems([(SYSTEM, system)].into(), size.map(|size| (SYSTEM, size)).into_iter().collect())
    }

    /// What is wanted after each list, by a demand that wants the tag's members and the archived experiences, and how
    /// far the live ones were known when that was asked.
    fn wanted(lists: Vec<(Part, Loaded)>) -> Vec<(Vec<Part>, LiveLists)> {
        let project = Project { id: ProjectId(Uuid::nil()), name: "p".into() };
        let demanded = |_: Known<'_>| Demand { tags: [(TAG, 1)].into(), archived_experiences: true, ..Demand::default() };
        let mut reading = Reading::new(project, &Scope::Demanded(&demanded));
        let mut asked = Vec::new();
        for (part, loaded) in lists {
            let before = reading.extent();
            reading.store(part, loaded);
            if reading.extent() > before {
                let seen = Mutex::new(LiveLists::Read);
                let recording = |known: Known<'_>| {
                    *seen.lock().unwrap() = known.live;
                    demanded(known)
                };
                let parts = further_parts(&Scope::Demanded(&recording), &reading);
                asked.push((parts.into_keys().collect(), seen.into_inner().unwrap()));
            }
        }
        asked
    }

    const MEMBERS: Part = Part::Members(Group::Tag(TAG), false);

    #[test]
    fn until_all_lists_are_there_only_members_are_wanted() {
        let live = || Loaded::Experiences(experiences(&["a", "b"]));
        let first = (Part::Live, Loaded::FirstExperiences(experiences(&["a"])));
        let lists = vec![
            (Part::Tags, tags()),
            (Part::Systems, systems(Some(2))),
            first,
            (Part::Live, live()),
            (Part::Suites, Loaded::Suites(BTreeMap::new())),
            (Part::Archived, Loaded::Experiences(experiences(&[]))),
        ];
        let expected = [
            (vec![MEMBERS], LiveLists::Unread { any: true }),
            (vec![MEMBERS], LiveLists::Read),
            (vec![Part::Archived, MEMBERS], LiveLists::Read),
            (vec![Part::Archived, MEMBERS], LiveLists::Read),
        ];
        assert_eq!(wanted(lists), expected);
    }

    #[test]
    fn a_project_has_experiences_if_a_system_says_so() {
        for (size, any) in [(Some(1), true), (Some(0), false), (None, false)] {
            let asked = wanted(vec![(Part::Systems, systems(size)), (Part::Tags, tags())]);
            assert_eq!(asked, [(vec![MEMBERS], LiveLists::Unread { any })]);
        }
    }

    #[test]
    fn first_experiences_that_are_told_late_change_nothing() {
        let demanded = |_: Known<'_>| Demand::default();
        let mut reading = Reading::new(Project { id: ProjectId(Uuid::nil()), name: "p".into() }, &Scope::Demanded(&demanded));
        reading.store(Part::Live, Loaded::Experiences(experiences(&["a", "b"])));
        reading.store(Part::Live, Loaded::FirstExperiences(experiences(&["a"])));
        assert_eq!(reading.snapshot.experiences.len(), 2);
    }
}
