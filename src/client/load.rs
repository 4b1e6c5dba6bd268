//! Reads one list of a project, to its end.

use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::mpsc::UnboundedSender;

use super::check::Part;
use super::members::SearchProbes;
use super::pages::{List, Row};
use super::wire::{ExperienceRow, SuiteRow, SystemRow, TagRow};
use super::{ApiError, ApiErrorKind, ReSim};
use crate::ids::{ExperienceId, SuiteId, SystemId, SystemName, TagId, TagName};
use crate::snapshot::{CurrentExperience, CurrentSuite, CurrentSystem, CurrentTag, Members};

pub(super) type Experiences = BTreeMap<ExperienceId, CurrentExperience>;

/// What one list turned out to hold.
pub(super) enum Loaded {
    /// The first of the live experiences; more are to come.
    FirstExperiences(Experiences),
    Experiences(Experiences),
    Tags(BTreeMap<TagId, CurrentTag>),
    /// The live ones, each with how many live experiences it has where its own row says so.
    Systems(BTreeMap<SystemId, CurrentSystem>, BTreeMap<SystemId, i64>),
    Suites(BTreeMap<SuiteId, CurrentSuite>),
    Members(BTreeSet<ExperienceId>),
}

impl ReSim {
    /// Reads a list; for members, with how many there may be. Tells the first of the live experiences as soon as
    /// they are there, if there are more.
    pub(super) async fn load(
        &self,
        part: Part,
        expected: usize,
        probes: &SearchProbes,
        tell: UnboundedSender<Experiences>,
    ) -> Result<Loaded, ApiError> {
        match part {
            Part::Live => self.load_live(tell).await,
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
                let sizes = live().filter_map(|row| Some((SystemId(row.id), row.num_experiences?))).collect();
                let system = |row: &SystemRow| {
                    let SystemRow { id, name, description, archived: _, num_experiences: _ } = row;
                    let members = Members::default();
                    (SystemId(*id), CurrentSystem { name: SystemName::new(name.as_str()), description: description.clone(), members })
                };
                Ok(Loaded::Systems(live().map(system).collect(), sizes))
            }
            Part::Members(group, archived) => {
                Ok(Loaded::Members(self.connection.members(self.project.id, group, archived, expected, probes).await?))
            }
        }
    }

    async fn load_live(&self, tell: UnboundedSender<Experiences>) -> Result<Loaded, ApiError> {
        let hidden = self.connection.hidden_placeholder;
        let tell = |rows: &[ExperienceRow]| {
            // What cannot be read fails with the whole list.
            let rows = rows.iter().filter_map(|row| row.clone().into_current(false, hidden).ok());
            // Nobody listens if another list could not be read.
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
    pub(crate) async fn list<R: Row>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        archived: Option<bool>,
        large: bool,
    ) -> Result<Vec<R>, ApiError> {
        self.connection.list(&List { path: &self.path(path), query, archived, large }).await
    }
}
