//! What the command line says about planning, and the guard's answer.

use crate::ids::TagName;

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
