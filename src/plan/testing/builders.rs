//! Configs and states in which a test shows only what matters to it.
//!
//! Without more being said, an entry and an experience of any names are equal in all other fields.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::desired::{Desired, DesiredExperience, DesiredSuite, ExperienceSettings, Setting};
use crate::ids::{ExperienceId, ExperienceName, ProjectId, SuiteId, SuiteName, SystemId, SystemName, TagId, TagName};
use crate::listed::Listed;
use crate::snapshot::{CurrentExperience, CurrentSuite, CurrentSystem, CurrentTag, Lists, Members, Observed, Project, Snapshot};
use crate::source::{Located, Origin, SourceId, Span};

const DESCRIPTION: &str = "a flight";
const LOCATION: &str = "s3://data/flight";

/// The ID that tests write as a number.
pub(crate) fn experience_id(number: u128) -> ExperienceId {
    ExperienceId(Uuid::from_u128(number))
}

/// The ID that tests write as a number.
pub(crate) fn tag_id(number: u128) -> TagId {
    TagId(Uuid::from_u128(number))
}

/// The ID that tests write as a number.
pub(crate) fn system_id(number: u128) -> SystemId {
    SystemId(Uuid::from_u128(number))
}

/// The ID that tests write as a number.
pub(crate) fn suite_id(number: u128) -> SuiteId {
    SuiteId(Uuid::from_u128(number))
}

/// A config without anything.
pub(crate) fn config() -> ConfigBuilder {
    ConfigBuilder::default()
}

/// A project without anything, of which every list was read.
pub(crate) fn state() -> StateBuilder {
    let project = Project { id: ProjectId(Uuid::from_u128(0xfeed)), name: "drones".into() };
    let read = Lists { archived_experiences: true, archived_suites: true };
    StateBuilder(Snapshot {
        project,
        read,
        experiences: BTreeMap::new(),
        tags: BTreeMap::new(),
        systems: BTreeMap::new(),
        suites: BTreeMap::new(),
    })
}

/// Builds a [`Desired`]; every name in it has a place of its own.
#[derive(Default)]
pub(crate) struct ConfigBuilder {
    desired: Desired,
    places: usize,
}

impl ConfigBuilder {
    /// An entry without ID, tags and systems.
    pub(crate) fn entry(self, name: &str) -> Self {
        self.entry_with(name, |_| {})
    }

    /// An entry that follows an ID.
    pub(crate) fn entry_of(self, id: u128, name: &str) -> Self {
        self.entry_with(name, |entry| entry.id = Some(Located { value: experience_id(id), origin: entry.origin }))
    }

    /// An entry that says `archived: true`.
    pub(crate) fn archived(self, name: &str) -> Self {
        self.entry_with(name, |entry| entry.archived = true)
    }

    /// An entry with these tags.
    pub(crate) fn tagged(self, name: &str, tags: &[&str]) -> Self {
        self.entry_with(name, |entry| entry.tags = tags.iter().map(|tag| (TagName::new(*tag), entry.origin)).collect())
    }

    /// An entry that is changed as wanted.
    pub(crate) fn entry_with(mut self, name: &str, change: impl FnOnce(&mut DesiredExperience)) -> Self {
        let settings = ExperienceSettings {
            description: DESCRIPTION.into(),
            locations: vec![LOCATION.into()],
            profile: Setting::Keep,
            environment_variables: Setting::Keep,
            container_timeout_seconds: Setting::Keep,
            cache_exempt: Setting::Keep,
            custom_fields: Setting::Keep,
        };
        let mut entry = DesiredExperience {
            origin: self.place(),
            id: None,
            settings,
            tags: Listed::default(),
            systems: Listed::default(),
            archived: false,
        };
        change(&mut entry);
        self.desired.experiences.insert(ExperienceName::new(name), entry);
        self
    }

    /// An entry with these systems.
    pub(crate) fn registered(self, name: &str, systems: &[&str]) -> Self {
        self.entry_with(name, |entry| {
            entry.systems = systems.iter().map(|system| (SystemName::new(*system), entry.origin)).collect();
        })
    }

    /// A managed tag.
    pub(crate) fn managed(mut self, tag: &str) -> Self {
        let place = self.place();
        self.desired.managed_tags.insert(TagName::new(tag), place);
        self
    }

    /// A managed suite.
    pub(crate) fn suite(self, name: &str, members: &[&str]) -> Self {
        self.suite_with(name, members, |_| {})
    }

    /// A managed suite that can be created.
    pub(crate) fn suite_on(self, name: &str, members: &[&str], system: &str) -> Self {
        self.suite_with(name, members, |suite| {
            suite.system = Some(Located { value: SystemName::new(system), origin: suite.origin });
        })
    }

    /// A managed suite that is changed as wanted.
    pub(crate) fn suite_with(mut self, name: &str, members: &[&str], change: impl FnOnce(&mut DesiredSuite)) -> Self {
        let origin = self.place();
        let experiences = members.iter().map(|member| (ExperienceName::new(*member), self.place())).collect();
        let mut suite = DesiredSuite { origin, experiences, system: None, description: None };
        change(&mut suite);
        self.desired.suites.insert(SuiteName::new(name), suite);
        self
    }

    /// What was built.
    pub(crate) fn done(self) -> Desired {
        self.desired
    }

    fn place(&mut self) -> Origin {
        self.places += 1;
        Origin { source: SourceId(0), span: Span { start: self.places * 10, end: self.places * 10 + 5 } }
    }
}

/// Builds a [`Snapshot`].
pub(crate) struct StateBuilder(Snapshot);

impl StateBuilder {
    /// A live experience.
    pub(crate) fn live(self, id: u128, name: &str) -> Self {
        self.experience(id, name, |_| {})
    }

    /// Live experiences with these IDs, of names that no config has.
    pub(crate) fn others(self, ids: std::ops::Range<u128>) -> Self {
        ids.fold(self, |state, id| state.live(id, &format!("other-{id:04}")))
    }

    /// An archived experience.
    pub(crate) fn archived(self, id: u128, name: &str) -> Self {
        self.experience(id, name, |experience| experience.archived = true)
    }

    /// A live experience that is changed as wanted.
    pub(crate) fn experience(mut self, id: u128, name: &str, change: impl FnOnce(&mut CurrentExperience)) -> Self {
        let mut experience = CurrentExperience {
            name: ExperienceName::new(name),
            description: DESCRIPTION.into(),
            locations: vec![Observed::Known(LOCATION.into())],
            profile: String::new(),
            environment_variables: Vec::new(),
            container_timeout_seconds: 3600,
            cache_exempt: false,
            custom_fields: Vec::new(),
            archived: false,
            updated_at: String::new(),
        };
        change(&mut experience);
        self.0.experiences.insert(experience_id(id), experience);
        self
    }

    /// A tag with its members; experiences must be there before.
    pub(crate) fn tag(mut self, id: u128, name: &str, members: &[u128]) -> Self {
        let members = self.members(members);
        self.0.tags.insert(tag_id(id), CurrentTag { name: TagName::new(name), description: String::new(), members });
        self
    }

    /// A system with what is registered with it; experiences must be there before.
    pub(crate) fn system(mut self, id: u128, name: &str, members: &[u128]) -> Self {
        let members = self.members(members);
        self.0.systems.insert(system_id(id), CurrentSystem { name: SystemName::new(name), description: String::new(), members });
        self
    }

    /// A live suite on the system 1.
    pub(crate) fn suite(self, id: u128, name: &str, members: &[u128]) -> Self {
        self.suite_with(id, name, members, |_| {})
    }

    /// An archived suite on the system 1.
    pub(crate) fn archived_suite(self, id: u128, name: &str, members: &[u128]) -> Self {
        self.suite_with(id, name, members, |suite| suite.archived = true)
    }

    /// A suite that is changed as wanted.
    pub(crate) fn suite_with(mut self, id: u128, name: &str, members: &[u128], change: impl FnOnce(&mut CurrentSuite)) -> Self {
        let mut suite = CurrentSuite {
            name: SuiteName::new(name),
            description: String::new(),
            system: system_id(1),
            revision: 7,
            archived: false,
            members: members.iter().map(|id| experience_id(*id)).collect(),
        };
        change(&mut suite);
        self.0.suites.insert(suite_id(id), suite);
        self
    }

    /// What was built.
    pub(crate) fn done(self) -> Snapshot {
        self.0
    }

    fn members(&self, ids: &[u128]) -> Members {
        let (archived, live): (BTreeSet<ExperienceId>, BTreeSet<ExperienceId>) =
            ids.iter().map(|id| experience_id(*id)).partition(|id| self.0.experiences[id].archived);
        Members { live: Some(live), archived: Some(archived) }
    }
}
