//! From ReSim's live state to config files: new ones, or edits of existing ones that keep what people wrote.
//!
//! Pure but for [`write_files`]: texts in, texts out, each read again and checked before anyone may write it.

mod fresh;
mod live;
mod onto;
mod outcome;
mod write;

pub use fresh::clone_new;
pub use onto::clone_onto;
pub use outcome::{CloneError, CloneOutcome, CloneSummary, Unsayable};
pub use write::{WriteError, write_files};

use crate::config::LoadOptions;
use crate::ids::TagName;

/// How to clone.
#[derive(Clone, Debug)]
pub struct CloneOptions {
    /// Onto nothing: whether all live suites become managed.
    pub manage_suites: bool,
    /// Onto nothing: whether all tags become managed.
    pub manage_tags: bool,
    /// Onto nothing: whether entries have their IDs.
    pub ids: bool,
    /// Add only experiences with this tag.
    pub only_tagged: Option<TagName>,
    /// Write values that look secret.
    pub keep_secrets: bool,
    /// Write optional keys of new entries although they hold nothing but defaults: an undo needs them.
    pub defaults: bool,
    /// How the files were loaded, and are to be read again.
    pub load: LoadOptions,
}

#[cfg(test)]
mod tests;
