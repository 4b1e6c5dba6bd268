//! `ci`: what the action runs. Picks a job from the GitHub event, does it, and tells GitHub.

mod apply;
mod clone;
mod drift;
mod job;
mod plan;
mod run;
mod surroundings;
mod telling;
mod validate;

pub use run::ci_wrong_usage;
pub(super) use run::{refused, run};
