//! What the store holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use uuid::Uuid;

use crate::clock::{Timestamp, start};

/// A text that a state file may hide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// The text.
    Shown(String),
    /// Left out of the state file because it looked secret.
    Hidden,
}

/// How a hidden text is served.
pub(crate) const HIDDEN: &str = "(hidden)";

impl Text {
    /// The text as clients see it.
    pub(crate) fn served(&self) -> &str {
        match self {
            Self::Shown(text) => text,
            Self::Hidden => HIDDEN,
        }
    }
}

/// When something came to be and last changed, and through whom.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    /// Creation.
    pub(crate) created: Timestamp,
    /// Who created it.
    pub(crate) created_by: Arc<str>,
    /// Last change; `None` where the state file does not say.
    pub(crate) updated: Option<Timestamp>,
    /// Who changed it last.
    pub(crate) updated_by: Arc<str>,
}

impl Stamp {
    /// The stamp of something new.
    pub(crate) fn new(at: Timestamp, user: &str) -> Self {
        let user: Arc<str> = user.into();
        Self { created: at, created_by: user.clone(), updated: Some(at), updated_by: user }
    }

    /// The stamp of something from a state file.
    pub(crate) fn loaded(updated: Option<Timestamp>) -> Self {
        let user: Arc<str> = "state-file".into();
        Self { created: start(), created_by: user.clone(), updated, updated_by: user }
    }

    /// Marks a change.
    pub(crate) fn touch(&mut self, at: Timestamp, user: &str) {
        self.updated = Some(at);
        if *self.updated_by != *user {
            self.updated_by = user.into();
        }
    }

    /// The last change as served.
    pub(crate) fn updated_or_created(&self) -> Timestamp {
        self.updated.unwrap_or(self.created)
    }
}

/// An environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: String,
    /// Its value.
    pub(crate) value: Text,
}

/// A custom field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CustomField {
    /// As sent; names are equal without regard to case.
    pub(crate) name: String,
    /// What its values are.
    pub(crate) kind: FieldKind,
    /// As sent.
    pub(crate) values: Vec<String>,
}

/// The type of a custom field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FieldKind {
    /// `text`.
    Text,
    /// `number`.
    Number,
    /// `timestamp`.
    Timestamp,
    /// `json`.
    Json,
}

impl FieldKind {
    /// Its word in the API.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Timestamp => "timestamp",
            Self::Json => "json",
        }
    }

    /// The kind that a word stands for.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Text, Self::Number, Self::Timestamp, Self::Json].into_iter().find(|kind| kind.word() == word)
    }
}

/// An experience.
#[derive(Clone, Debug)]
pub(crate) struct Experience {
    /// Its ID.
    pub(crate) id: Uuid,
    /// Its name.
    pub(crate) name: String,
    /// May be empty.
    pub(crate) description: String,
    /// As sent.
    pub(crate) locations: Vec<Text>,
    /// `""` for none.
    pub(crate) profile: String,
    /// As sent.
    pub(crate) environment_variables: Vec<Variable>,
    /// Seconds.
    pub(crate) container_timeout_seconds: i32,
    /// Whether results are never taken from the cache.
    pub(crate) cache_exempt: bool,
    /// As sent.
    pub(crate) custom_fields: Vec<CustomField>,
    /// Archived ones are listed apart and can be restored.
    pub(crate) archived: bool,
    /// History.
    pub(crate) stamp: Stamp,
    /// Its tags, the other direction of [`Members`].
    pub(crate) tags: BTreeSet<Uuid>,
    /// Its systems, likewise.
    pub(crate) systems: BTreeSet<Uuid>,
    /// Suites that dropped it when it was archived.
    pub(crate) left_suites: BTreeSet<Uuid>,
}

impl Experience {
    /// Its place in the order of creation, newest first.
    pub(crate) fn age(&self) -> (i64, Uuid) {
        (self.stamp.created.timestamp_millis().saturating_neg(), self.id)
    }
}

/// Who carries a tag or is registered with a system. A half that the state file did not hold is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Members {
    /// Live ones.
    pub(crate) live: Option<BTreeSet<Uuid>>,
    /// Archived ones.
    pub(crate) archived: Option<BTreeSet<Uuid>>,
}

impl Members {
    /// Nobody, and that is known.
    pub(crate) fn none() -> Self {
        Self { live: Some(BTreeSet::new()), archived: Some(BTreeSet::new()) }
    }

    /// One half.
    pub(crate) fn half(&self, archived: bool) -> Option<&BTreeSet<Uuid>> {
        if archived { self.archived.as_ref() } else { self.live.as_ref() }
    }

    /// One half, to change it.
    pub(crate) fn half_mut(&mut self, archived: bool) -> Option<&mut BTreeSet<Uuid>> {
        if archived { self.archived.as_mut() } else { self.live.as_mut() }
    }
}

/// A tag.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    /// Its ID.
    pub(crate) id: Uuid,
    /// Its name.
    pub(crate) name: String,
    /// May be empty.
    pub(crate) description: String,
    /// History.
    pub(crate) stamp: Stamp,
    /// Who carries it.
    pub(crate) members: Members,
}

/// A system.
#[derive(Clone, Debug)]
pub(crate) struct System {
    /// Its ID.
    pub(crate) id: Uuid,
    /// Its name.
    pub(crate) name: String,
    /// May be empty.
    pub(crate) description: String,
    /// `AMD64` or `ARM64`.
    pub(crate) architecture: Architecture,
    /// What its builds get.
    pub(crate) build: Resources,
    /// What its metrics builds get.
    pub(crate) metrics_build: Resources,
    /// History.
    pub(crate) stamp: Stamp,
    /// Who is registered with it.
    pub(crate) members: Members,
}

/// A processor architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Architecture {
    /// `AMD64`.
    Amd64,
    /// `ARM64`.
    Arm64,
}

/// Resources of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resources {
    /// Processors.
    pub(crate) vcpus: i64,
    /// Graphics processors.
    pub(crate) gpus: i64,
    /// MiB.
    pub(crate) memory_mib: i64,
    /// MB.
    pub(crate) shared_memory_mb: i64,
}

impl Resources {
    /// Where the state file does not say.
    pub(crate) const SMALL: Self = Self { vcpus: 4, gpus: 0, memory_mib: 16_384, shared_memory_mb: 64 };
}

/// A suite with its revisions.
#[derive(Clone, Debug)]
pub(crate) struct Suite {
    /// Its ID.
    pub(crate) id: Uuid,
    /// Archived ones are listed apart and can be restored.
    pub(crate) archived: bool,
    /// Made on the fly for one run; lists may leave it out.
    pub(crate) adhoc: bool,
    /// History.
    pub(crate) stamp: Stamp,
    /// The number of the revision that counts.
    pub(crate) number: i32,
    /// The revision that counts.
    pub(crate) latest: Revision,
    /// Those before it, as far as this server saw them.
    pub(crate) past: BTreeMap<i32, (Revision, Stamp)>,
}

/// One revision of a suite.
#[derive(Clone, Debug)]
pub(crate) struct Revision {
    /// Its name.
    pub(crate) name: String,
    /// May be empty.
    pub(crate) description: String,
    /// The one system it runs on.
    pub(crate) system: Uuid,
    /// Its members; shared between revisions that have the same.
    pub(crate) experiences: Arc<BTreeSet<Uuid>>,
    /// Metrics build.
    pub(crate) metrics_build: Option<Uuid>,
    /// Metrics set.
    pub(crate) metrics_set: Option<String>,
    /// Whether the project's summary shows it.
    pub(crate) show_on_summary: bool,
    /// From when on, in RFC 3339, as sent.
    pub(crate) summary_reference_date: Option<String>,
}
