//! GitHub-flavoured Markdown: comments, issues, pull request bodies and job summaries.

mod changes;
mod context;
mod diffs;
mod escape;
#[cfg(test)]
mod github;
#[cfg(test)]
mod golden;
mod ladder;
mod marker;
mod members;
mod page;
mod plan;
#[cfg(test)]
mod sample;
mod warnings;

pub use context::{Context, FileLinks, Medium, Run};
pub use marker::{Destructive, Marker, MarkerKind, RunId};
pub use plan::{Basis, PlanText, render_plan};
