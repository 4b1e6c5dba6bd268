//! The pure heart: `plan(desired, snapshot, policy)`. No network, clock, environment or logger.

mod canonical;
mod change;
mod comparison;
mod compute;
mod demand;
mod digest;
mod fields;
mod guard;
mod matching;
mod members;
mod membership;
mod model;
mod names;
mod note;
mod outcome;
mod policy;
mod references;
mod resemblance;
mod suites;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub(crate) use canonical::same_custom_field;
pub use change::*;
pub use compute::plan;
pub use demand::{Demand, Known, LiveLists, demand};
pub use digest::{DestructiveChange, DestructiveKind, destructive_changes, digest};
pub(crate) use fields::{differences as field_differences, is_as_wanted};
pub use model::*;
pub use note::Note;
pub use policy::*;
