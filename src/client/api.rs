//! One method for each operation that the program uses.
//!
//! What is safe to repeat is repeated here. A creation or a suite revision is repeated only when it
//! certainly did not happen; otherwise the error says so ([`ApiError::may_have_happened`]) and the
//! caller looks before it sends again.

use std::collections::BTreeSet;
use std::sync::Arc;

use reqwest::Method;
use tokio::time::{Instant, sleep_until};

use super::bodies::{AddSystemsBody, AddTagsBody, ArchiveBody, ExperienceBody, ReviseBody, SuiteBody, TagBody, UpdateBody};
use super::connection::{Connection, display_name};
use super::members::{Group, SearchProbes};
use super::retry::Repeat;
use super::wire::{ExperienceRow, SuiteRow, TagRow};
use super::{ApiError, ApiErrorKind};
use crate::desired::ExperienceSettings;
use crate::ids::{ExperienceId, ExperienceName, SuiteId, SuiteName, SystemId, TagId, TagName};
use crate::plan::FieldChange;
use crate::snapshot::{CurrentExperience, CurrentSuite, Project};

/// A connection to one project of one ReSim deployment. Cheap to clone; all clones share the
/// connection pool, the token, the limit on requests in flight and the deadline.
#[derive(Clone, Debug)]
pub struct ReSim {
    pub(crate) connection: Arc<Connection>,
    pub(crate) project: Arc<Project>,
}

/// The body of an experience's creation.
#[derive(Clone, Debug, PartialEq)]
pub struct NewExperience {
    /// Its name.
    pub name: ExperienceName,
    /// All other fields.
    pub settings: ExperienceSettings,
    /// Tags it gets in the same request.
    pub tags: Vec<TagId>,
    /// Systems it is registered with in the same request.
    pub systems: Vec<SystemId>,
}

/// The body of a suite's creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSuite {
    /// Its name.
    pub name: SuiteName,
    /// May be empty.
    pub description: String,
    /// The one system it runs on.
    pub system: SystemId,
    /// Its members.
    pub experiences: BTreeSet<ExperienceId>,
}

impl ReSim {
    /// Requests in flight at most.
    pub fn parallel(&self) -> usize {
        self.connection.transport.parallel
    }
}

/// Writes. Their errors are those of the request; an answer that cannot be understood is one too.
impl ReSim {
    /// `POST experiences`. Not repeated if it may have happened.
    pub async fn create_experience(&self, new: &NewExperience) -> Result<(ExperienceId, CurrentExperience), ApiError> {
        let path = self.path("experiences");
        let row = self.connection.write(Method::POST, &path, &ExperienceBody::new(new), Repeat::IfNotDone).await?;
        self.current(row, &Method::POST, &path)
    }

    /// `PATCH experiences/{id}` with exactly these fields in mask and body; without any field nothing is
    /// written, and the experience is read instead.
    pub async fn update_experience(&self, id: ExperienceId, fields: &[FieldChange]) -> Result<CurrentExperience, ApiError> {
        if fields.is_empty() {
            let path = self.path(&format!("experiences/{id}"));
            let row = self.connection.get(&path, &[]).await?;
            return self.current(row, &Method::GET, &path).map(|(_, current)| current);
        }
        self.patch_experience(id, &UpdateBody::new(fields)).await
    }

    /// `PATCH experiences/{id}` with the name alone.
    pub async fn rename_experience(&self, id: ExperienceId, name: &ExperienceName) -> Result<CurrentExperience, ApiError> {
        self.patch_experience(id, &UpdateBody::rename(name)).await
    }

    async fn patch_experience(&self, id: ExperienceId, body: &UpdateBody<'_>) -> Result<CurrentExperience, ApiError> {
        let path = self.path(&format!("experiences/{id}"));
        let row = self.connection.write(Method::PATCH, &path, body, Repeat::Safe).await?;
        self.current(row, &Method::PATCH, &path).map(|(_, current)| current)
    }

    /// `POST experiences/{id}/restore`. A repeat may be refused because the first attempt was done after all:
    /// look at the experience before taking such a refusal for a failure.
    pub async fn restore_experience(&self, id: ExperienceId) -> Result<(), ApiError> {
        self.connection.act(Method::POST, &self.path(&format!("experiences/{id}/restore")), Repeat::Safe).await
    }

    /// `POST experiences/archive`, never with an empty list; returns how many the server says it archived.
    pub async fn archive_experiences(&self, ids: &[ExperienceId]) -> Result<u64, ApiError> {
        if ids.is_empty() {
            return Ok(0);
        }
        self.connection.write(Method::POST, &self.path("experiences/archive"), &ArchiveBody::new(ids), Repeat::Safe).await
    }

    /// `POST experienceTags` with an empty description. Not repeated if it may have happened.
    pub async fn create_tag(&self, name: &TagName) -> Result<TagId, ApiError> {
        let body = TagBody { name: name.as_str(), description: "" };
        let row: TagRow = self.connection.write(Method::POST, &self.path("experienceTags"), &body, Repeat::IfNotDone).await?;
        Ok(TagId(row.id))
    }

    /// `POST experienceTags/addExperiences`: every tag on every experience; nothing is sent for none. A repeat may be
    /// answered with 409 because the first attempt was done after all: look at the members.
    pub async fn tag_experiences(&self, tags: &[TagId], experiences: &[ExperienceId]) -> Result<(), ApiError> {
        if tags.is_empty() || experiences.is_empty() {
            return Ok(());
        }
        let body = AddTagsBody::new(tags, experiences);
        self.connection.write_only(Method::POST, &self.path("experienceTags/addExperiences"), &body, Repeat::Safe).await
    }

    /// `DELETE experienceTags/{tag}/experiences/{id}`. A repeat may be answered with 404 because the first attempt was
    /// done after all: look at the members.
    pub async fn untag_experience(&self, tag: TagId, experience: ExperienceId) -> Result<(), ApiError> {
        let path = self.path(&format!("experienceTags/{tag}/experiences/{experience}"));
        self.connection.act(Method::DELETE, &path, Repeat::Safe).await
    }

    /// `POST systems/addExperiences`: every experience with every system; nothing is sent for none. A repeat may be
    /// answered with 409, as with tags.
    pub async fn register_experiences(&self, systems: &[SystemId], experiences: &[ExperienceId]) -> Result<(), ApiError> {
        if systems.is_empty() || experiences.is_empty() {
            return Ok(());
        }
        let body = AddSystemsBody::new(systems, experiences);
        self.connection.write_only(Method::POST, &self.path("systems/addExperiences"), &body, Repeat::Safe).await
    }

    /// `POST suites`. Not repeated if it may have happened.
    pub async fn create_suite(&self, new: &NewSuite) -> Result<(SuiteId, CurrentSuite), ApiError> {
        let row: SuiteRow = self.connection.write(Method::POST, &self.path("suites"), &SuiteBody::new(new), Repeat::IfNotDone).await?;
        Ok(row.into_current(false))
    }

    /// `PATCH suites/{id}` with exactly these members. Not repeated if it may have happened: each makes a revision.
    pub async fn revise_suite(&self, id: SuiteId, experiences: &BTreeSet<ExperienceId>) -> Result<CurrentSuite, ApiError> {
        let path = self.path(&format!("suites/{id}"));
        let row: SuiteRow = self.connection.write(Method::PATCH, &path, &ReviseBody::new(experiences), Repeat::IfNotDone).await?;
        Ok(row.into_current(false).1)
    }

    /// `POST suites/{id}/restore`. Not repeated if it may have happened.
    pub async fn restore_suite(&self, id: SuiteId) -> Result<(), ApiError> {
        self.connection.act(Method::POST, &self.path(&format!("suites/{id}/restore")), Repeat::IfNotDone).await
    }
}

/// Lookups, always of the present state.
impl ReSim {
    /// `GET experiences/{id}`, archived ones too; `None` if there is none.
    pub async fn experience(&self, id: ExperienceId) -> Result<Option<CurrentExperience>, ApiError> {
        let path = self.path(&format!("experiences/{id}"));
        match or_none(self.connection.get(&path, &[]).await)? {
            Some(row) => self.current(row, &Method::GET, &path).map(|(_, current)| Some(current)),
            None => Ok(None),
        }
    }

    /// The experience of exactly this name, a live one before an archived one.
    pub async fn experience_named(&self, name: &ExperienceName) -> Result<Option<(ExperienceId, CurrentExperience)>, ApiError> {
        let find = async |archived| -> Result<Option<(ExperienceId, CurrentExperience)>, ApiError> {
            // The server's filter is not exact; it only makes the list short.
            let query = [("name", name.as_str()), ("includeCustomFields", "true")];
            let rows: Vec<ExperienceRow> = self.list("experiences", &query, Some(archived), false).await?;
            for row in rows {
                let (id, current) = self.current(row, &Method::GET, &self.path("experiences"))?;
                if current.name == *name {
                    return Ok(Some((id, current)));
                }
            }
            Ok(None)
        };
        let (live, archived) = tokio::try_join!(find(false), find(true))?;
        Ok(live.or(archived))
    }

    /// The tag of exactly this name.
    pub async fn tag_named(&self, name: &TagName) -> Result<Option<TagId>, ApiError> {
        // Without the server's filter, which ranks words rather than compares names.
        let rows: Vec<TagRow> = self.list("experienceTags", &[], None, false).await?;
        Ok(rows.into_iter().find(|row| row.name == name.as_str()).map(|row| TagId(row.id)))
    }

    /// `GET suites/{id}`; `None` if there is none.
    pub async fn suite(&self, id: SuiteId) -> Result<Option<CurrentSuite>, ApiError> {
        let row: Option<SuiteRow> = or_none(self.connection.get(&self.path(&format!("suites/{id}")), &[]).await)?;
        Ok(row.map(|row| row.into_current(false).1))
    }

    /// The live suites of exactly this name.
    pub async fn suites_named(&self, name: &SuiteName) -> Result<Vec<(SuiteId, CurrentSuite)>, ApiError> {
        let rows: Vec<SuiteRow> = self.list("suites", &[], Some(false), false).await?;
        Ok(rows.into_iter().map(|row| row.into_current(false)).filter(|(_, suite)| suite.name == *name).collect())
    }

    /// All members of a tag, live and archived.
    pub async fn tag_members(&self, id: TagId) -> Result<BTreeSet<ExperienceId>, ApiError> {
        self.all_members(Group::Tag(id)).await
    }

    /// All members of a system, live and archived.
    pub async fn system_members(&self, id: SystemId) -> Result<BTreeSet<ExperienceId>, ApiError> {
        self.all_members(Group::System(id)).await
    }

    async fn all_members(&self, group: Group) -> Result<BTreeSet<ExperienceId>, ApiError> {
        let probes = SearchProbes::default();
        let members = |archived| self.connection.members(self.project.id, group, archived, 0, &probes);
        let (mut all, archived) = tokio::try_join!(members(false), members(true))?;
        all.extend(archived);
        Ok(all)
    }

    /// Waits before a further attempt at a request that the caller repeats (`attempt` counts from 1), or
    /// fails if attempts or the deadline are used up.
    pub async fn back_off(&self, attempt: u32, last: &ApiError) -> Result<(), ApiError> {
        let transport = &self.connection.transport;
        if attempt >= transport.timing.attempts {
            return Err(last.clone());
        }
        let delay = transport.timing.delays().nth(attempt.saturating_sub(1) as usize).unwrap_or_default();
        let Some(until) = Instant::now().checked_add(delay).filter(|until| *until < transport.deadline) else {
            return Err(ApiError { request: last.request.clone(), kind: ApiErrorKind::Deadline(last.kind.to_string()) });
        };
        sleep_until(until).await;
        Ok(())
    }

    fn current(&self, row: ExperienceRow, method: &Method, path: &str) -> Result<(ExperienceId, CurrentExperience), ApiError> {
        row.into_current(false, self.connection.hidden_placeholder)
            .map_err(|what| ApiError { request: display_name(method, path), kind: ApiErrorKind::Malformed(what) })
    }
}

/// What is not there is an answer, not an error.
fn or_none<T>(outcome: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.status() == Some(404) => Ok(None),
        Err(error) => Err(error),
    }
}
