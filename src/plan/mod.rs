//! The pure heart: `plan(desired, snapshot, policy)`. No network, clock, environment or logger.

mod change;
mod compute;
mod demand;
mod digest;
mod model;
mod note;
mod policy;

pub use change::*;
pub use compute::plan;
pub use demand::{Demand, demand};
pub use digest::{DestructiveChange, DestructiveKind, destructive_changes, digest};
pub use model::*;
pub use note::Note;
pub use policy::*;
