//! What the config wants, valid: the outcome of loading, the input of planning.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{ExperienceId, ExperienceName, SuiteName, SystemName, TagName};
use crate::listed::Listed;
use crate::source::{Located, Origin};

/// Everything the config files of one run want, merged and checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired {
    /// By name; names are unique over all files.
    pub experiences: BTreeMap<ExperienceName, DesiredExperience>,
    /// Tags that are removed from listed experiences which do not list them.
    pub managed_tags: BTreeMap<TagName, Origin>,
    /// Suites whose members are exactly the listed experiences.
    pub suites: BTreeMap<SuiteName, DesiredSuite>,
}

/// One entry under `experiences`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredExperience {
    /// The entry's name in its file.
    pub origin: Origin,
    /// Follow this experience, whatever its name is.
    pub id: Option<Located<ExperienceId>>,
    /// What the experience is to be.
    pub settings: ExperienceSettings,
    /// Tags it must have, each once, sorted.
    pub tags: Listed<TagName>,
    /// Systems it must be registered with, each once, sorted.
    pub systems: Listed<SystemName>,
    /// Wanted archived: its match is archived and not touched otherwise.
    pub archived: bool,
}

/// The fields of an experience that a config can say, but for its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExperienceSettings {
    /// Free text.
    pub description: String,
    /// Where its data lies; compared as a set.
    pub locations: Vec<String>,
    /// Run profile.
    pub profile: Setting<String>,
    /// Replaced whole; compared by name.
    pub environment_variables: Setting<Vec<EnvironmentVariable>>,
    /// Seconds, from 1.
    pub container_timeout_seconds: Setting<i32>,
    /// Whether results are never taken from the cache.
    pub cache_exempt: Setting<bool>,
    /// Replaced whole; compared by name without case.
    pub custom_fields: Setting<Vec<CustomField>>,
}

/// An optional field: an absent key keeps what ReSim has, a present one sets it (`[]` and `""` clear).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting<T> {
    /// The config does not speak of it.
    Keep,
    /// The config wants this value.
    Set(T),
}

impl<T> Setting<T> {
    /// The wanted value, if there is one.
    pub fn as_set(&self) -> Option<&T> {
        match self {
            Setting::Keep => None,
            Setting::Set(value) => Some(value),
        }
    }
}

/// One environment variable of an experience.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EnvironmentVariable {
    /// Unique in its experience.
    pub name: String,
    /// May look secret: see [`crate::secrets`].
    pub value: String,
}

/// One custom field of an experience.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CustomField {
    /// Unique in its experience, whatever the case.
    pub name: String,
    /// What the values are.
    pub kind: CustomFieldKind,
    /// Always text on the wire, whatever the type; compared as a multiset.
    pub values: Vec<String>,
}

/// The type of a custom field's values (ReSim API, schema `CustomFieldType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CustomFieldKind {
    /// Any text.
    Text,
    /// A decimal number.
    Number,
    /// An ISO 8601 instant.
    Timestamp,
    /// JSON text.
    Json,
}

impl CustomFieldKind {
    /// All of them, in the order of the API's description.
    pub const ALL: [CustomFieldKind; 4] = [Self::Text, Self::Number, Self::Timestamp, Self::Json];

    /// The word in config and API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Timestamp => "timestamp",
            Self::Json => "json",
        }
    }

    /// The type of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One entry under `managedTestSuites`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredSuite {
    /// The entry's name in its file.
    pub origin: Origin,
    /// The exact members, each once, sorted.
    pub experiences: Listed<ExperienceName>,
    /// Used only to create the suite.
    pub system: Option<Located<SystemName>>,
    /// Used only to create the suite.
    pub description: Option<String>,
}

impl Desired {
    /// Every tag that the plan can touch: managed ones and those that an entry lists.
    pub fn touched_tags(&self) -> BTreeSet<&TagName> {
        let listed = self.experiences.values().flat_map(|experience| experience.tags.keys());
        self.managed_tags.keys().chain(listed).collect()
    }

    /// Every system that an entry lists.
    pub fn touched_systems(&self) -> BTreeSet<&SystemName> {
        self.experiences.values().flat_map(|experience| experience.systems.keys()).collect()
    }
}
