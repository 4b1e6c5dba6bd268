//! Reads a project's state: everything asked for, in as few round trips as the API allows, or an error.
//!
//! The lists are read side by side, then what depends on them (members, archived ones). What can be wanted of
//! members before the live experiences are read to their end is read beside their later pages. If lists
//! contradict each other, those concerned are read once more.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{try_join, try_join_all, try_join3};
use tokio::sync::oneshot;

use super::check::{Lists as Checked, Part, check};
use super::members::{Group, SearchProbes};
use super::pages::List;
use super::wire::{ExperienceRow, SuiteRow, SystemRow, TagRow};
use super::{ApiError, ApiErrorKind, ReSim, Scope};
use crate::ids::{ExperienceId, SuiteId, SystemId, SystemName, TagId, TagName};
use crate::plan::{Demand, Known};
use crate::snapshot::{CurrentExperience, CurrentSuite, CurrentSystem, CurrentTag, Lists, Members, Snapshot};

/// The first rows of the live experiences, where there are more.
type FirstRows = oneshot::Sender<BTreeMap<ExperienceId, CurrentExperience>>;

/// Lists to read; for members, with how many there may be.
type Wanted = BTreeMap<Part, usize>;

/// What one list turned out to hold.
#[derive(Clone)]
enum Loaded {
    Experiences(BTreeMap<ExperienceId, CurrentExperience>),
    Tags(BTreeMap<TagId, CurrentTag>),
    Systems(BTreeMap<SystemId, CurrentSystem>, BTreeSet<SystemId>),
    Suites(BTreeMap<SuiteId, CurrentSuite>),
    Members(BTreeSet<ExperienceId>),
}

/// The read so far.
struct Reading {
    /// The live lists, without members.
    snapshot: Snapshot,
    archived: Option<BTreeMap<ExperienceId, CurrentExperience>>,
    archived_suites: Option<BTreeMap<SuiteId, CurrentSuite>>,
    members: BTreeMap<(Group, bool), BTreeSet<ExperienceId>>,
    /// Systems that have no experiences, as their own rows say.
    empty_systems: BTreeSet<SystemId>,
}

impl ReSim {
    /// Reads the project's state: everything asked for, or an error; never a part.
    ///
    /// # Errors
    /// Any request that fails, and [`ApiErrorKind::StateMoved`] where the lists contradict each other twice.
    pub async fn read(&self, scope: Scope<'_>) -> Result<Snapshot, ApiError> {
        let probes = SearchProbes::default();
        let mut reading = Reading::new(self);
        let mut read = self.load_lists(&mut reading, &scope, &probes).await?;
        let mut again = false;
        loop {
            let mut unread = further_parts(&scope, &reading);
            unread.retain(|part, _| !read.contains_key(part));
            if !unread.is_empty() {
                self.load(&mut reading, &unread, &probes).await?;
                read.extend(unread);
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
                    let parts = contradiction.parts.iter().map(|part| (*part, read.get(part).copied().unwrap_or_default())).collect();
                    self.load(&mut reading, &parts, &probes).await?;
                }
            }
        }
    }

    /// Reads the lists that need nothing to be known, and beside the later pages of long ones the members that are
    /// wanted in any case. Returns what was read.
    async fn load_lists(&self, reading: &mut Reading, scope: &Scope<'_>, probes: &SearchProbes) -> Result<Wanted, ApiError> {
        let (tell, told) = oneshot::channel();
        let live = async { Ok((Part::Live, self.load_live(tell).await?)) };
        let groups = async {
            let (tags, systems) = try_join(self.load_one(Part::Tags, 0, probes), self.load_one(Part::Systems, 0, probes)).await?;
            let mut loaded = vec![(Part::Tags, tags), (Part::Systems, systems)];
            let first_rows = match (told.await, scope) {
                (Ok(first_rows), _) => first_rows,
                // All live experiences are there by now: what is wanted can be told exactly.
                (Err(_), Scope::Demanded(_)) => return Ok((loaded, Wanted::new())),
                (Err(_), Scope::Live { .. } | Scope::Everything) => BTreeMap::new(),
            };
            let mut begun = Reading::new(self);
            begun.store(Part::Live, Loaded::Experiences(first_rows));
            loaded.iter().cloned().for_each(|(part, loaded)| begun.store(part, loaded));
            let mut members = further_parts(scope, &begun);
            members.retain(|part, _| matches!(part, Part::Members(..)));
            loaded.extend(self.load_all(&begun, &members, probes).await?);
            Ok((loaded, members))
        };
        let lists = first_parts(scope);
        let others = lists.iter().filter(|part| !matches!(part, Part::Live | Part::Tags | Part::Systems)).map(|part| (*part, 0)).collect();
        let others = self.load_all(reading, &others, probes);
        let (live, (groups, members), others) = try_join3(live, groups, others).await?;
        groups.into_iter().chain(others).chain([live]).for_each(|(part, loaded)| reading.store(part, loaded));
        Ok(lists.into_iter().map(|part| (part, 0)).chain(members).collect())
    }

    /// Reads these lists side by side.
    async fn load(&self, reading: &mut Reading, parts: &Wanted, probes: &SearchProbes) -> Result<(), ApiError> {
        let loaded = self.load_all(reading, parts, probes).await?;
        loaded.into_iter().for_each(|(part, loaded)| reading.store(part, loaded));
        Ok(())
    }

    async fn load_all(&self, reading: &Reading, parts: &Wanted, probes: &SearchProbes) -> Result<Vec<(Part, Loaded)>, ApiError> {
        let no_members = |part: &Part| match part {
            Part::Members(Group::System(id), false) => reading.empty_systems.contains(id),
            Part::Members(Group::System(_) | Group::Tag(_), _)
            | Part::Live
            | Part::Archived
            | Part::Tags
            | Part::Systems
            | Part::Suites
            | Part::ArchivedSuites => false,
        };
        let parts = parts.iter().map(|(part, expected)| (*part, *expected, no_members(part)));
        let loads = parts.map(async |(part, expected, empty)| {
            let loaded = if empty { Loaded::Members(BTreeSet::new()) } else { self.load_one(part, expected, probes).await? };
            Ok((part, loaded))
        });
        try_join_all(loads).await
    }

    async fn load_one(&self, part: Part, expected: usize, probes: &SearchProbes) -> Result<Loaded, ApiError> {
        match part {
            Part::Live => self.load_experiences(false, |_| {}).await,
            Part::Archived => self.load_experiences(true, |_| {}).await,
            Part::Suites => self.load_suites(false).await,
            Part::ArchivedSuites => self.load_suites(true).await,
            Part::Tags => {
                let rows: Vec<TagRow> = self.list("experienceTags", &[], None, false).await?;
                let tag = |TagRow { id, name, description }| {
                    (TagId(id), CurrentTag { name: TagName::new(name), description, members: Members::default() })
                };
                Ok(Loaded::Tags(rows.into_iter().map(tag).collect()))
            }
            Part::Systems => {
                let rows: Vec<SystemRow> = self.list("systems", &[], None, false).await?;
                let live = || rows.iter().filter(|row| row.archived != Some(true));
                let empty = live().filter(|row| row.num_experiences == Some(0)).map(|row| SystemId(row.id)).collect();
                let system = |row: &SystemRow| {
                    let SystemRow { id, name, description, archived: _, num_experiences: _ } = row;
                    let members = Members::default();
                    (SystemId(*id), CurrentSystem { name: SystemName::new(name.as_str()), description: description.clone(), members })
                };
                Ok(Loaded::Systems(live().map(system).collect(), empty))
            }
            Part::Members(group, archived) => {
                Ok(Loaded::Members(self.connection.members(self.project.id, group, archived, expected, probes).await?))
            }
        }
    }

    async fn load_live(&self, tell: FirstRows) -> Result<Loaded, ApiError> {
        let hidden = self.connection.hidden_placeholder;
        let tell = |rows: &[ExperienceRow]| {
            // What cannot be read fails with the whole list.
            let rows = rows.iter().filter_map(|row| row.clone().into_current(false, hidden).ok());
            // Nobody listens if the tags could not be read.
            let _ = tell.send(rows.collect());
        };
        self.load_experiences(false, tell).await
    }

    async fn load_experiences(&self, archived: bool, tell: impl FnOnce(&[ExperienceRow])) -> Result<Loaded, ApiError> {
        let path = self.path("experiences");
        let list = List { path: &path, query: &[("includeCustomFields", "true")], archived: Some(archived), large: true };
        let rows: Vec<ExperienceRow> = self.connection.list_telling(&list, tell).await?;
        let hidden = self.connection.hidden_placeholder;
        let experiences = rows.into_iter().map(|row| row.into_current(archived, hidden)).collect::<Result<_, _>>();
        experiences.map(Loaded::Experiences).map_err(|what| {
            let request = "GET …/experiences".to_owned();
            ApiError { request, kind: ApiErrorKind::Malformed(what) }
        })
    }

    async fn load_suites(&self, archived: bool) -> Result<Loaded, ApiError> {
        let rows: Vec<SuiteRow> = self.list("suites", &[], Some(archived), false).await?;
        Ok(Loaded::Suites(rows.into_iter().map(|row| row.into_current(archived)).collect()))
    }

    /// A list below the project.
    pub(crate) async fn list<R: super::pages::Row>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        archived: Option<bool>,
        large: bool,
    ) -> Result<Vec<R>, ApiError> {
        self.connection.list(&List { path: &self.path(path), query, archived, large }).await
    }
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

/// What is read once the live lists are known.
fn further_parts(scope: &Scope<'_>, reading: &Reading) -> Wanted {
    let Reading { snapshot, archived, archived_suites: _, members: _, empty_systems: _ } = reading;
    let Snapshot { project: _, read: _, experiences: _, tags, systems, suites: _ } = snapshot;
    let mut parts = Wanted::new();
    match scope {
        Scope::Demanded(demand) => {
            let known = Known { lists: snapshot, archived: archived.as_ref() };
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
    parts
}

impl Reading {
    fn new(resim: &ReSim) -> Self {
        let snapshot = Snapshot {
            project: (*resim.project).clone(),
            read: Lists::default(),
            experiences: BTreeMap::new(),
            tags: BTreeMap::new(),
            systems: BTreeMap::new(),
            suites: BTreeMap::new(),
        };
        Self { snapshot, archived: None, archived_suites: None, members: BTreeMap::new(), empty_systems: BTreeSet::new() }
    }

    fn store(&mut self, part: Part, loaded: Loaded) {
        match (part, loaded) {
            (Part::Archived, Loaded::Experiences(experiences)) => self.archived = Some(experiences),
            (_, Loaded::Experiences(experiences)) => self.snapshot.experiences = experiences,
            (Part::ArchivedSuites, Loaded::Suites(suites)) => self.archived_suites = Some(suites),
            (_, Loaded::Suites(suites)) => self.snapshot.suites = suites,
            (_, Loaded::Tags(tags)) => self.snapshot.tags = tags,
            (_, Loaded::Systems(systems, empty)) => {
                self.snapshot.systems = systems;
                self.empty_systems = empty;
            }
            (Part::Members(group, archived), Loaded::Members(members)) => {
                self.members.insert((group, archived), members);
            }
            (Part::Live | Part::Archived | Part::Tags | Part::Systems | Part::Suites | Part::ArchivedSuites, Loaded::Members(_)) => {}
        }
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
        let Self { mut snapshot, archived, archived_suites, members, empty_systems: _ } = self;
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
