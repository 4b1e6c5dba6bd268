//! The changes of a plan, as data: what happens to experiences, tags, systems and suites.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::desired::{CustomField, EnvironmentVariable, ExperienceSettings};
use crate::ids::{ExperienceId, ExperienceName, SuiteId, SuiteName, SystemId, SystemName, TagId, TagName};
use crate::snapshot::{CurrentVariable, Observed};
use crate::source::Origin;

/// What happens to one experience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExperienceChange {
    /// Its name in the outcome; for an archived one its present name.
    pub name: ExperienceName,
    /// What happens.
    pub action: ExperienceAction,
    /// The config entry, unless the config does not list it.
    pub origin: Option<Origin>,
}

/// The action on one experience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExperienceAction {
    /// A live one is archived.
    Archive {
        /// Which.
        id: ExperienceId,
        /// Why.
        reason: ArchiveReason,
    },
    /// Fields of a live one change; a [`FieldChange::Name`] among them makes it a rename.
    Update {
        /// Which.
        id: ExperienceId,
        /// At least one, in the order of the enum.
        fields: FieldChanges,
    },
    /// An archived one becomes live; its fields may change too.
    Restore {
        /// Which.
        id: ExperienceId,
        /// What differs from the config beyond that, if anything.
        fields: Option<FieldChanges>,
    },
    /// A new one.
    Create {
        /// All its fields but the name.
        settings: ExperienceSettings,
    },
}

/// Why an experience is archived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveReason {
    /// The config does not list it.
    Unlisted,
    /// Its entry says `archived: true`.
    Requested,
}

/// The changed fields of one experience: never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChanges(Vec<FieldChange>);

impl FieldChanges {
    /// `None` if nothing differs.
    pub fn new(changes: Vec<FieldChange>) -> Option<Self> {
        (!changes.is_empty()).then_some(Self(changes))
    }

    /// The changes, in the order of the enum.
    pub fn iter(&self) -> impl Iterator<Item = &FieldChange> {
        self.0.iter()
    }

    /// The name before, if the name changes.
    pub fn renamed_from(&self) -> Option<&ExperienceName> {
        self.0.iter().find_map(|change| match change {
            FieldChange::Name(delta) => Some(&delta.before),
            FieldChange::Description(_)
            | FieldChange::Locations(_)
            | FieldChange::Profile(_)
            | FieldChange::EnvironmentVariables(_)
            | FieldChange::ContainerTimeoutSeconds(_)
            | FieldChange::CacheExempt(_)
            | FieldChange::CustomFields(_) => None,
        })
    }
}

/// A value before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta<Before, After = Before> {
    /// What ReSim has.
    pub before: Before,
    /// What the config wants.
    pub after: After,
}

/// One field of an experience that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldChange {
    /// The experience is renamed.
    Name(Delta<ExperienceName>),
    /// `description`.
    Description(Delta<String>),
    /// `locations`, compared as a set.
    Locations(Delta<Vec<Observed<String>>, Vec<String>>),
    /// `profile`.
    Profile(Delta<String>),
    /// `environmentVariables`, compared by name.
    EnvironmentVariables(Delta<Vec<CurrentVariable>, Vec<EnvironmentVariable>>),
    /// `containerTimeoutSeconds`.
    ContainerTimeoutSeconds(Delta<i64, i32>),
    /// `cacheExempt`.
    CacheExempt(Delta<bool>),
    /// `customFields`, compared by folded name and canonical values.
    CustomFields(Delta<Vec<CustomField>>),
}

impl FieldChange {
    /// The field's JSON name, in bodies and in `updateMask` (ReSim API, schema `UpdateExperience`).
    pub fn json_name(&self) -> &'static str {
        match self {
            Self::Name(_) => "name",
            Self::Description(_) => "description",
            Self::Locations(_) => "locations",
            Self::Profile(_) => "profile",
            Self::EnvironmentVariables(_) => "environmentVariables",
            Self::ContainerTimeoutSeconds(_) => "containerTimeoutSeconds",
            Self::CacheExempt(_) => "cacheExempt",
            Self::CustomFields(_) => "customFields",
        }
    }
}

/// An experience that a plan speaks of: one that exists, or one that the plan creates.
///
/// Ordered by name, as lists of them are shown; two that exist under one name by their IDs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExperienceRef {
    /// It has an ID; the name is for display only (its name in the outcome).
    Existing {
        /// For display.
        name: ExperienceName,
        /// Which.
        id: ExperienceId,
    },
    /// The plan creates it under this name.
    New {
        /// Unique in the plan.
        name: ExperienceName,
    },
}

impl ExperienceRef {
    /// The name in the outcome.
    pub fn name(&self) -> &ExperienceName {
        match self {
            Self::Existing { name, id: _ } | Self::New { name } => name,
        }
    }

    /// The ID, unless the plan creates it.
    pub fn id(&self) -> Option<ExperienceId> {
        match self {
            Self::Existing { name: _, id } => Some(*id),
            Self::New { name: _ } => None,
        }
    }
}

impl Ord for ExperienceRef {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name().cmp(other.name()).then_with(|| self.id().cmp(&other.id()))
    }
}

impl PartialOrd for ExperienceRef {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What happens to one tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagChange {
    /// Its name.
    pub name: TagName,
    /// Its ID, or `None` if the plan creates it.
    pub id: Option<TagId>,
    /// Whether the config manages it: only then is it ever removed.
    pub managed: bool,
    /// Put on these, sorted by name.
    pub added: BTreeSet<ExperienceRef>,
    /// Taken off these, sorted by name.
    pub removed: BTreeSet<ExperienceRef>,
}

/// New registrations with one system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemChange {
    /// Its name.
    pub name: SystemName,
    /// Its ID.
    pub id: SystemId,
    /// Registered with it, sorted by name; never empty.
    pub added: BTreeSet<ExperienceRef>,
}

/// What happens to one managed suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuiteChange {
    /// Its name.
    pub name: SuiteName,
    /// Create, restore or revise.
    pub action: SuiteAction,
    /// Members before that the outcome compares (those that end live, and those that the plan archives).
    pub size_before: usize,
    /// Every member in the outcome, sorted by name.
    pub members: BTreeSet<ExperienceRef>,
    /// Members gained.
    pub added: BTreeSet<ExperienceRef>,
    /// Members lost that stay live; those that the plan archives are in `archived`.
    pub removed: BTreeSet<ExperienceRef>,
    /// Members lost because the plan archives them: ReSim revises the suite for that.
    pub archived: BTreeSet<ExperienceRef>,
    /// The config entry.
    pub origin: Origin,
}

/// How a suite comes to its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SuiteAction {
    /// A new one, with the system and description of the config.
    Create {
        /// The system it runs on.
        system: SystemId,
        /// That system's name.
        system_name: SystemName,
        /// `""` where the config gives none.
        description: String,
    },
    /// An archived one becomes live, then gets its members.
    Restore {
        /// Which.
        id: SuiteId,
        /// Its revision today.
        revision: i64,
        /// Whether its members must also be revised.
        revise: bool,
    },
    /// A new revision of a live one.
    Revise {
        /// Which.
        id: SuiteId,
        /// Its revision today.
        revision: i64,
    },
}
