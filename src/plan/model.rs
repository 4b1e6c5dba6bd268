//! The plan as data: what apply will do, what it will not, and why.
//!
//! Everything is sorted where it is made (`plan::plan`); an empty change cannot be built. What was
//! shown to a reviewer is what is scheduled: terminal, Markdown, JSON, digest and update masks all
//! derive from these values.

use std::collections::{BTreeMap, BTreeSet};

use crate::desired::{CustomField, EnvironmentVariable, ExperienceSettings};
use crate::ids::{ExperienceId, ExperienceName, SuiteId, SuiteName, SystemId, SystemName, TagId, TagName};
use crate::snapshot::{CurrentVariable, Observed, Project};
use crate::source::Origin;

/// The real differences between config and ReSim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The project it is for.
    pub project: Project,
    /// By kind of action (archive, rename, restore, update, create), then by name.
    pub experiences: Vec<ExperienceChange>,
    /// Tags created, put on and taken off, by name.
    pub tags: Vec<TagChange>,
    /// Registrations with systems, by name.
    pub systems: Vec<SystemChange>,
    /// Suites created, restored and revised, by name.
    pub suites: Vec<SuiteChange>,
    /// What the reader should know: suspicions, side effects, things not done.
    pub notes: Vec<Note>,
    /// Live experiences that the config does not list and that stay, by name.
    pub left_alone: Vec<ExperienceName>,
    /// Live experiences that stay as they are in every respect.
    pub unchanged: usize,
    /// Live experiences before the plan.
    pub live_before: usize,
    /// Why the plan must not be applied as it is, if so.
    pub refusal: Option<Refusal>,
}

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
        /// Its name today, equal to the new one unless renamed.
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
            Self::Existing { name, .. } | Self::New { name } => name,
        }
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

/// The guard's answer to a plan that archives too much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// How many experiences the plan archives.
    pub archives: usize,
    /// How many are live.
    pub live: usize,
    /// What was exceeded.
    pub limit: ExceededLimit,
}

/// The limit that a plan exceeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExceededLimit {
    /// More than this many.
    Number(u64),
    /// More than this percentage of the live ones, as written by the user.
    Percent(Percent),
    /// None would be left.
    NothingLeft,
}

/// A percentage with its decimals kept exact: `numerator / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent {
    /// The digits.
    pub numerator: u64,
    /// How many of them are decimals.
    pub scale: u32,
}

/// What the command line says about planning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What happens to live experiences that the config does not list.
    pub unlisted: Unlisted,
    /// How many archives are too many.
    pub max_archive: ArchiveLimit,
    /// Lifts the guard.
    pub force: bool,
    /// Lifts the guard up to this many archives (`ReSim-Allow-Archive: N`).
    pub permitted_archives: Option<u64>,
    /// Create managed tags and suites that ReSim lacks.
    pub create_missing: bool,
}

/// What happens to live experiences that the config does not list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unlisted {
    /// They are archived.
    Archive,
    /// They stay (`--no-archive`).
    Keep,
    /// Those with this tag are archived, the others stay (`--archive-tag`).
    ArchiveTagged(TagName),
}

/// `--max-archive`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveLimit {
    /// At most this many, always.
    Number(u64),
    /// At most this percentage of the live ones, once ten are live.
    Percent(Percent),
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            unlisted: Unlisted::Archive,
            max_archive: ArchiveLimit::Percent(Percent { numerator: 30, scale: 0 }),
            force: false,
            permitted_archives: None,
            create_missing: false,
        }
    }
}

/// What a plan still needs to read, beyond the live lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// The archived experiences.
    pub archived_experiences: bool,
    /// The archived suites.
    pub archived_suites: bool,
    /// Tags whose live members can matter.
    pub tags: BTreeSet<TagId>,
    /// Systems whose live members can matter.
    pub systems: BTreeSet<SystemId>,
    /// Whether the archived members of these tags and systems can matter too.
    pub archived_members: bool,
}

/// The plan's numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// New experiences.
    pub creates: usize,
    /// Live experiences whose fields other than the name change.
    pub updates: usize,
    /// Live experiences that get another name (whatever else changes).
    pub renames: usize,
    /// Archived experiences that become live.
    pub restores: usize,
    /// Live experiences that are archived.
    pub archives: usize,
    /// Tags put on experiences that exist, pairs.
    pub tags_added: usize,
    /// Tags taken off, pairs.
    pub tags_removed: usize,
    /// Tags created.
    pub tags_created: usize,
    /// Registrations with systems, pairs.
    pub systems_added: usize,
    /// Suites created, restored or revised.
    pub suites: usize,
}

impl Plan {
    /// Whether there is nothing to apply.
    pub fn is_empty(&self) -> bool {
        self.experiences.is_empty() && self.tags.is_empty() && self.systems.is_empty() && self.suites.is_empty()
    }

    /// The numbers of the summary line.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for change in &self.experiences {
            match &change.action {
                ExperienceAction::Archive { .. } => counts.archives += 1,
                ExperienceAction::Restore { .. } => counts.restores += 1,
                ExperienceAction::Create { .. } => counts.creates += 1,
                ExperienceAction::Update { fields, .. } if fields.renamed_from().is_some() => counts.renames += 1,
                ExperienceAction::Update { .. } => counts.updates += 1,
            }
        }
        for tag in &self.tags {
            counts.tags_created += usize::from(tag.id.is_none());
            counts.tags_added += tag.added.len();
            counts.tags_removed += tag.removed.len();
        }
        counts.systems_added = self.systems.iter().map(|system| system.added.len()).sum();
        counts.suites = self.suites.len();
        counts
    }

    /// The tags and systems that each created experience carries in its own request.
    pub fn carried_by_creations(&self) -> BTreeMap<&ExperienceName, (Vec<&TagChange>, Vec<&SystemChange>)> {
        let mut carried: BTreeMap<&ExperienceName, (Vec<&TagChange>, Vec<&SystemChange>)> = BTreeMap::new();
        for tag in &self.tags {
            for member in &tag.added {
                if let ExperienceRef::New { name } = member {
                    carried.entry(name).or_default().0.push(tag);
                }
            }
        }
        for system in &self.systems {
            for member in &system.added {
                if let ExperienceRef::New { name } = member {
                    carried.entry(name).or_default().1.push(system);
                }
            }
        }
        carried
    }
}
