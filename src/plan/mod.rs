//! The pure heart: `plan(desired, snapshot, policy)`. No network, clock, environment or logger.

mod model;

pub use model::*;
