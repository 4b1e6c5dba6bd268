//! What ReSim has: the outcome of reading, the other input of planning.

use std::collections::{BTreeMap, BTreeSet};

use crate::desired::CustomField;
use crate::ids::{ExperienceId, ExperienceName, ProjectId, SuiteId, SuiteName, SystemId, SystemName, TagId, TagName};

/// One project's state, as far as it was read: lists that were not read say so instead of looking empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Whose state this is.
    pub project: Project,
    /// Which lists were read in full.
    pub read: Lists,
    /// Live ones always; archived ones where `read.archived_experiences`.
    pub experiences: BTreeMap<ExperienceId, CurrentExperience>,
    /// All tags of the project.
    pub tags: BTreeMap<TagId, CurrentTag>,
    /// All live systems of the project.
    pub systems: BTreeMap<SystemId, CurrentSystem>,
    /// Live ones always; archived ones where `read.archived_suites`.
    pub suites: BTreeMap<SuiteId, CurrentSuite>,
}

/// A project, by its ID and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its ID.
    pub id: ProjectId,
    /// Its name; untrusted text.
    pub name: String,
}

/// The optional lists that a snapshot holds in full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// Archived experiences.
    pub archived_experiences: bool,
    /// Archived suites.
    pub archived_suites: bool,
}

/// A value that was read, or that a snapshot file hides because it looks secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Observed<T> {
    /// The value.
    Known(T),
    /// Not to be had: compared with nothing.
    Hidden,
}

/// An experience as ReSim has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentExperience {
    /// Unique among live and archived ones.
    pub name: ExperienceName,
    /// Free text; may be empty.
    pub description: String,
    /// In the server's order.
    pub locations: Vec<Observed<String>>,
    /// `""` where there is none.
    pub profile: String,
    /// In the server's order.
    pub environment_variables: Vec<CurrentVariable>,
    /// Seconds.
    pub container_timeout_seconds: i64,
    /// Whether results are never taken from the cache.
    pub cache_exempt: bool,
    /// In the server's order.
    pub custom_fields: Vec<CustomField>,
    /// Archived ones are kept by ReSim and can be restored.
    pub archived: bool,
    /// RFC 3339, as sent; empty where unknown.
    pub updated_at: String,
}

/// An environment variable as ReSim has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CurrentVariable {
    /// Its name.
    pub name: String,
    /// Its value, unless hidden.
    pub value: Observed<String>,
}

/// Who has a tag or is registered with a system; `None` where that was not read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// Live members.
    pub live: Option<BTreeSet<ExperienceId>>,
    /// Archived members, which the API lists apart.
    pub archived: Option<BTreeSet<ExperienceId>>,
}

impl Members {
    /// Whether the experience is known to be a member.
    pub fn contains(&self, id: ExperienceId) -> bool {
        [&self.live, &self.archived].into_iter().flatten().any(|members| members.contains(&id))
    }
}

/// A tag as ReSim has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentTag {
    /// Unique in the project.
    pub name: TagName,
    /// Free text.
    pub description: String,
    /// Who has it.
    pub members: Members,
}

/// A system as ReSim has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentSystem {
    /// Unique in the project.
    pub name: SystemName,
    /// Free text.
    pub description: String,
    /// Who is registered with it.
    pub members: Members,
}

/// A test suite at its latest revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentSuite {
    /// Usually unique; ReSim does not promise it.
    pub name: SuiteName,
    /// Free text.
    pub description: String,
    /// The one system it runs on.
    pub system: SystemId,
    /// Counts from 0.
    pub revision: i64,
    /// Archived suites can be restored.
    pub archived: bool,
    /// Members of this revision; may include archived experiences.
    pub members: BTreeSet<ExperienceId>,
}
