//! From what is wanted and what there is to what changes.

use super::{Plan, Policy};
use crate::desired::Desired;
use crate::diagnostics::Diagnostics;
use crate::snapshot::Snapshot;

/// Compares what is wanted with what ReSim has.
///
/// # Errors
/// What the config says that cannot be with this state: unknown tags, systems, suites and IDs, names
/// that are taken; all of them at once.
pub fn plan(desired: &Desired, current: &Snapshot, policy: &Policy) -> Result<Plan, Diagnostics> {
    let _ = (desired, current, policy);
    todo!()
}
