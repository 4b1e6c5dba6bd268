//! GitHub-flavoured Markdown: comments, issues, pull request bodies and job summaries.

mod escape;
#[cfg(test)]
mod github;
mod marker;

pub use marker::{Destructive, Marker, MarkerKind, RunId};
