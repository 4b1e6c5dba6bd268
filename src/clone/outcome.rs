//! What a clone came to: the files, and what a reader should know of them.

use std::fmt::Write as _;

use crate::config::{EditError, FileEdit};
use crate::render::sentence::count;

/// The files that a clone changes, and what it did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloneOutcome {
    /// Those that differ from what is there, in order.
    pub files: Vec<FileEdit>,
    /// What was done and what was not.
    pub summary: CloneSummary,
}

/// What a clone did and did not do, by name; names are untrusted text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloneSummary {
    /// Experiences that got an entry.
    pub added: Vec<String>,
    /// Experiences whose entry changed.
    pub changed: Vec<String>,
    /// Entries taken out, because no live experience is theirs.
    pub removed: Vec<String>,
    /// Suites whose members changed.
    pub changed_suites: Vec<String>,
    /// Listed suites taken out, because ReSim has no live one of that name.
    pub removed_suites: Vec<String>,
    /// Managed tags taken out, because ReSim lacks them.
    pub removed_tags: Vec<String>,
    /// Live suites that the files do not list.
    pub unlisted_suites: Vec<String>,
    /// Tags that the files do not manage.
    pub unlisted_tags: Vec<String>,
    /// Experiences whose environment variables were left out, because a value looks secret or is hidden.
    pub without_variables: Vec<String>,
    /// Anything else left out, a sentence each.
    pub warnings: Vec<String>,
}

impl CloneSummary {
    /// Whether the files say what ReSim has already.
    pub fn is_unchanged(&self) -> bool {
        [&self.added, &self.changed, &self.removed, &self.changed_suites, &self.removed_suites, &self.removed_tags]
            .iter()
            .all(|names| names.is_empty())
    }

    /// The summary, a line for each kind of thing; names are neither escaped nor shortened by much.
    pub fn lines(&self) -> Vec<String> {
        let Self {
            added,
            changed,
            removed,
            changed_suites,
            removed_suites,
            removed_tags,
            unlisted_suites,
            unlisted_tags,
            without_variables,
            warnings,
        } = self;
        let kinds = [
            (added, "experience", "added"),
            (changed, "experience", "changed"),
            (removed, "entry", "removed, because no live experience is theirs"),
            (changed_suites, "suite", "changed"),
            (removed_suites, "suite", "taken out, because ReSim has no live one of that name"),
            (removed_tags, "managed tag", "taken out, because ReSim lacks it"),
            (unlisted_suites, "live suite", "not listed"),
            (unlisted_tags, "tag", "not managed"),
            (without_variables, "experience", "written without environment variables, because a value looks secret or is hidden"),
        ];
        let mut lines: Vec<String> = kinds
            .iter()
            .filter(|(names, _, _)| !names.is_empty())
            .map(|(names, noun, what)| format!("{} {what}: {}", count(names.len(), noun), listed(names)))
            .collect();
        lines.extend(warnings.iter().cloned());
        lines
    }
}

/// Some names, and how many more.
fn listed(names: &[String]) -> String {
    const MOST: usize = 20;
    let mut text = names.iter().take(MOST).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        // Writing to a String cannot fail.
        let _ = write!(text, " and {} more", names.len() - MOST);
    }
    text
}

/// Something that no config can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsayable {
    /// The experience's ID.
    pub id: String,
    /// Its name; untrusted.
    pub name: String,
    /// What cannot be said.
    pub what: &'static str,
}

impl std::fmt::Display for Unsayable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, name, what } = self;
        write!(f, "{id} `{name}`: {what}")
    }
}

/// Why a clone was not made; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CloneError {
    /// Experiences that no config can say.
    #[error("no config can say {} of ReSim's", count(.0.len(), "experience"))]
    Unsayable(Vec<Unsayable>),
    /// The file for new entries is none of the config's.
    #[error("`{0}` is none of the config files, so nothing can be added to it")]
    NoSuchFile(String),
    /// The files could not be edited.
    #[error(transparent)]
    Edit(#[from] EditError),
}
