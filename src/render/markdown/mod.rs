//! GitHub-flavoured Markdown: comments, issues, pull request bodies and job summaries.

mod apply;
mod changes;
mod clone;
mod context;
mod diffs;
mod drift;
pub(crate) mod escape;
mod failure;
#[cfg(any(test, fuzzing))]
pub(crate) mod github;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod hostile;
#[cfg(any(test, fuzzing))]
pub(crate) mod inert;
mod kept;
mod ladder;
mod marker;
mod members;
mod page;
mod plan;
mod problems;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod size;
mod valid;
mod warnings;

pub use apply::{ApplyResult, ApplyText, render_apply};
pub use clone::{CloneChange, CloneText, render_clone};
pub use context::{Context, FileLinks, Medium, Run};
pub use drift::{DriftText, render_drift, render_drift_gone};
pub use failure::{Failed, FailureText, render_failure};
pub use marker::{Destructive, Marker, MarkerKind, RunId};
pub use plan::{Basis, PlanText, render_plan};
pub use problems::{Against, Problems, render_invalid};
pub use valid::{Unread, ValidText, render_valid};
