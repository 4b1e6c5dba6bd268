//! Finding things, and saying what was not found or not read.

use uuid::Uuid;

use super::model::{Experience, Suite, System, Tag};
use super::project::Project;
use crate::reply::Refusal;

impl Project {
    /// One experience, live or archived.
    pub(crate) fn experience(&self, id: Uuid) -> Result<&Experience, Refusal> {
        self.experiences.get(&id).ok_or_else(|| Refusal::not_found(format!("experience {id} not found")))
    }

    /// One tag.
    pub(crate) fn tag(&self, id: Uuid) -> Result<&Tag, Refusal> {
        self.tags.get(&id).ok_or_else(|| Refusal::not_found(format!("experience tag {id} not found")))
    }

    /// One system.
    pub(crate) fn system(&self, id: Uuid) -> Result<&System, Refusal> {
        self.systems.get(&id).ok_or_else(|| Refusal::not_found(format!("system {id} not found")))
    }

    /// One suite, live or archived.
    pub(crate) fn suite(&self, id: Uuid) -> Result<&Suite, Refusal> {
        self.suites.get(&id).ok_or_else(|| Refusal::not_found(format!("test suite {id} not found")))
    }

    /// Refuses what needs archived experiences where the state file lacks them.
    pub(crate) fn need_archived_experiences(&self) -> Result<(), Refusal> {
        if self.read.archived_experiences { Ok(()) } else { Err(unread("archived experiences")) }
    }

    /// Refuses what needs archived suites where the state file lacks them.
    pub(crate) fn need_archived_suites(&self) -> Result<(), Refusal> {
        if self.read.archived_suites { Ok(()) } else { Err(unread("archived test suites")) }
    }
}

/// The refusal of what the state file does not hold: final, so that no client waits for it.
pub(crate) fn unread(what: &str) -> Refusal {
    Refusal::bad(format!("the state file was saved without {what}: this request needs them"))
}
