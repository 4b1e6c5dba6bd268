//! One method for each operation that the program uses.
//!
//! What is safe to repeat is repeated here. A creation or a suite revision is repeated only when it
//! certainly did not happen; otherwise the error says so ([`ApiError::may_have_happened`]) and the
//! caller looks before it sends again.

use std::collections::BTreeSet;

use crate::desired::ExperienceSettings;
use crate::ids::{ExperienceId, ExperienceName, SuiteId, SuiteName, SystemId, TagId, TagName};
use crate::plan::FieldChange;
use crate::snapshot::{CurrentExperience, CurrentSuite};

use super::ApiError;

/// A connection to one project of one ReSim deployment. Cheap to clone; all clones share the
/// connection pool, the token, the limit on requests in flight and the deadline.
#[derive(Clone, Debug)]
pub struct ReSim {}

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
    /// `POST experiences`.
    pub async fn create_experience(&self, new: &NewExperience) -> Result<(ExperienceId, CurrentExperience), ApiError> {
        let _ = new;
        todo!()
    }
    /// `PATCH experiences/{id}` with exactly these fields in mask and body.
    pub async fn update_experience(&self, id: ExperienceId, fields: &[FieldChange]) -> Result<CurrentExperience, ApiError> {
        let _ = (id, fields);
        todo!()
    }
    /// `PATCH experiences/{id}` with the name alone.
    pub async fn rename_experience(&self, id: ExperienceId, name: &ExperienceName) -> Result<CurrentExperience, ApiError> {
        let _ = (id, name);
        todo!()
    }
    /// `POST experiences/{id}/restore`.
    pub async fn restore_experience(&self, id: ExperienceId) -> Result<(), ApiError> {
        let _ = id;
        todo!()
    }
    /// `POST experiences/archive`, never with an empty list; returns how many the server says it archived.
    pub async fn archive_experiences(&self, ids: &[ExperienceId]) -> Result<u64, ApiError> {
        let _ = ids;
        todo!()
    }
    /// `POST experienceTags` with an empty description.
    pub async fn create_tag(&self, name: &TagName) -> Result<TagId, ApiError> {
        let _ = name;
        todo!()
    }
    /// `POST experienceTags/addExperiences`: every tag on every experience.
    pub async fn tag_experiences(&self, tags: &[TagId], experiences: &[ExperienceId]) -> Result<(), ApiError> {
        let _ = (tags, experiences);
        todo!()
    }
    /// `DELETE experienceTags/{tag}/experiences/{id}`.
    pub async fn untag_experience(&self, tag: TagId, experience: ExperienceId) -> Result<(), ApiError> {
        let _ = (tag, experience);
        todo!()
    }
    /// `POST systems/addExperiences`: every experience with every system.
    pub async fn register_experiences(&self, systems: &[SystemId], experiences: &[ExperienceId]) -> Result<(), ApiError> {
        let _ = (systems, experiences);
        todo!()
    }
    /// `POST suites`.
    pub async fn create_suite(&self, new: &NewSuite) -> Result<(SuiteId, CurrentSuite), ApiError> {
        let _ = new;
        todo!()
    }
    /// `PATCH suites/{id}` with exactly these members.
    pub async fn revise_suite(&self, id: SuiteId, experiences: &BTreeSet<ExperienceId>) -> Result<CurrentSuite, ApiError> {
        let _ = (id, experiences);
        todo!()
    }
    /// `POST suites/{id}/restore`.
    pub async fn restore_suite(&self, id: SuiteId) -> Result<(), ApiError> {
        let _ = id;
        todo!()
    }

    /// `GET experiences/{id}`, archived ones too; `None` if there is none.
    pub async fn experience(&self, id: ExperienceId) -> Result<Option<CurrentExperience>, ApiError> {
        let _ = id;
        todo!()
    }
    /// The experience of exactly this name, a live one before an archived one.
    pub async fn experience_named(&self, name: &ExperienceName) -> Result<Option<(ExperienceId, CurrentExperience)>, ApiError> {
        let _ = name;
        todo!()
    }
    /// The tag of exactly this name.
    pub async fn tag_named(&self, name: &TagName) -> Result<Option<TagId>, ApiError> {
        let _ = name;
        todo!()
    }
    /// `GET suites/{id}`; `None` if there is none.
    pub async fn suite(&self, id: SuiteId) -> Result<Option<CurrentSuite>, ApiError> {
        let _ = id;
        todo!()
    }
    /// The live suites of exactly this name.
    pub async fn suites_named(&self, name: &SuiteName) -> Result<Vec<(SuiteId, CurrentSuite)>, ApiError> {
        let _ = name;
        todo!()
    }
    /// All members of a tag, live and archived.
    pub async fn tag_members(&self, id: TagId) -> Result<BTreeSet<ExperienceId>, ApiError> {
        let _ = id;
        todo!()
    }
    /// All members of a system, live and archived.
    pub async fn system_members(&self, id: SystemId) -> Result<BTreeSet<ExperienceId>, ApiError> {
        let _ = id;
        todo!()
    }

    /// Waits before a further attempt at a request that the caller repeats (`attempt` counts from 1), or
    /// fails if attempts or the deadline are used up.
    pub async fn back_off(&self, attempt: u32, last: &ApiError) -> Result<(), ApiError> {
        let _ = attempt;
        Err(last.clone())
    }
}
