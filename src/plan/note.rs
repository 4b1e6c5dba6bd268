//! What a plan tells its reader beside the changes.

use crate::ids::{ExperienceId, ExperienceName, SuiteName};
use crate::source::Origin;

/// What a reader of the plan should know and the plan does not do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// An archived and a created experience that look like one renamed.
    LooksLikeRename {
        /// The one that would be archived.
        archived: ExperienceName,
        /// Its ID: `experienceID: <this>` in the new entry makes it a rename.
        id: ExperienceId,
        /// The one that would be created.
        created: ExperienceName,
        /// The entry to which the line belongs.
        origin: Origin,
    },
    /// A suite outside the config that loses an archived experience.
    UnmanagedSuiteLoses {
        /// The suite.
        suite: SuiteName,
        /// The experiences, by name.
        experiences: Vec<ExperienceName>,
        /// Whether none is left in it.
        becomes_empty: bool,
    },
    /// A managed suite that ends without members.
    SuiteBecomesEmpty {
        /// The suite.
        suite: SuiteName,
    },
    /// `locations` differ in their order alone.
    LocationOrder {
        /// The experience.
        experience: ExperienceName,
    },
    /// An entry `archived: true` without a match.
    NothingToArchive {
        /// The entry's name.
        experience: ExperienceName,
        /// The entry.
        origin: Origin,
    },
    /// Several archived ones had the entry's name; the last updated is restored.
    AmbiguousArchived {
        /// The entry's name.
        experience: ExperienceName,
        /// The one that is restored.
        restored: ExperienceId,
        /// The others.
        others: Vec<ExperienceId>,
    },
    /// An existing suite's system or description is not the config's; neither is ever changed.
    SuiteDiffers {
        /// The suite.
        suite: SuiteName,
        /// `system` or `description`.
        field: &'static str,
        /// What ReSim has.
        current: String,
        /// What the config says.
        desired: String,
    },
}
