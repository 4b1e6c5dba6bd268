//! Reads a project's state: everything asked for, in as few round trips as the API allows, or an error.
//!
//! The lists are read side by side, then what depends on them (members, archived ones); if they contradict each
//! other, those concerned are read once more.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;

use super::check::{Lists as Checked, Part, check};
use super::members::{Group, SearchProbes};
use super::pages::List;
use super::wire::{ExperienceRow, SuiteRow, SystemRow, TagRow};
use super::{ApiError, ApiErrorKind, ReSim, Scope};
use crate::ids::{ExperienceId, SuiteId, SystemId, SystemName, TagId, TagName};
use crate::plan::Demand;
use crate::snapshot::{CurrentExperience, CurrentSuite, CurrentSystem, CurrentTag, Lists, Members, Snapshot};

/// What one list turned out to hold.
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
        let mut read = BTreeSet::new();
        let mut wanted = first_parts(&scope);
        let mut again = false;
        loop {
            let unread: BTreeSet<Part> = wanted.difference(&read).copied().collect();
            self.load(&mut reading, &unread, &probes).await?;
            read.extend(unread);
            let more = further_parts(&scope, &reading);
            if !more.is_subset(&read) {
                wanted = more;
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
                    self.load(&mut reading, &contradiction.parts, &probes).await?;
                }
            }
        }
    }

    /// Reads these lists side by side.
    async fn load(&self, reading: &mut Reading, parts: &BTreeSet<Part>, probes: &SearchProbes) -> Result<(), ApiError> {
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
        let parts = parts.iter().map(|part| (*part, no_members(part)));
        let loads = parts.map(async |(part, empty)| {
            let loaded = if empty { Loaded::Members(BTreeSet::new()) } else { self.load_one(part, probes).await? };
            Ok((part, loaded))
        });
        for (part, loaded) in try_join_all(loads).await? {
            reading.store(part, loaded);
        }
        Ok(())
    }

    async fn load_one(&self, part: Part, probes: &SearchProbes) -> Result<Loaded, ApiError> {
        match part {
            Part::Live => self.load_experiences(false).await,
            Part::Archived => self.load_experiences(true).await,
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
                    (SystemId(*id), CurrentSystem { name: SystemName::new(name), description: description.clone(), members })
                };
                Ok(Loaded::Systems(live().map(system).collect(), empty))
            }
            Part::Members(group, archived) => Ok(Loaded::Members(self.connection.members(self.project.id, group, archived, probes).await?)),
        }
    }

    async fn load_experiences(&self, archived: bool) -> Result<Loaded, ApiError> {
        let rows: Vec<ExperienceRow> = self.list("experiences", &[("includeCustomFields", "true")], Some(archived), true).await?;
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
fn further_parts(scope: &Scope<'_>, reading: &Reading) -> BTreeSet<Part> {
    let Snapshot { project: _, read: _, experiences: _, tags, systems, suites: _ } = &reading.snapshot;
    let (tags, systems, archived_members, mut parts) = match scope {
        Scope::Demanded(demand) => {
            let Demand { archived_experiences, archived_suites, tags: wanted_tags, systems: wanted_systems, archived_members } =
                demand(&reading.snapshot);
            let lists = [(Part::Archived, archived_experiences), (Part::ArchivedSuites, archived_suites)];
            let parts = lists.into_iter().filter(|(_, wanted)| *wanted).map(|(part, _)| part).collect();
            let tags: Vec<TagId> = tags.keys().filter(|id| wanted_tags.contains(id)).copied().collect();
            let systems: Vec<SystemId> = systems.keys().filter(|id| wanted_systems.contains(id)).copied().collect();
            (tags, systems, archived_members, parts)
        }
        Scope::Live { archived_experiences: _ } => {
            (tags.keys().copied().collect(), systems.keys().copied().collect(), false, BTreeSet::new())
        }
        Scope::Everything => (tags.keys().copied().collect(), systems.keys().copied().collect(), true, BTreeSet::new()),
    };
    let groups = tags.into_iter().map(Group::Tag).chain(systems.into_iter().map(Group::System));
    for group in groups {
        parts.insert(Part::Members(group, false));
        if archived_members {
            parts.insert(Part::Members(group, true));
        }
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
