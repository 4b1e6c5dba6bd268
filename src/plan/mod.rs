//! The pure heart: `plan(desired, snapshot, policy)`. No network, clock, environment or logger.

mod model;

pub use model::*;

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

/// What must be read beyond the live lists before [`plan`] can decide; `live` holds the live experiences,
/// all tags, systems and live suites, and no members of tags and systems.
pub fn demand(desired: &Desired, live: &Snapshot, policy: &Policy) -> Demand {
    let _ = (desired, live, policy);
    todo!()
}

/// The plan's digest, in lower-case hexadecimal: SHA-256 over the RFC 8785 JSON of its changes.
pub fn digest(plan: &Plan) -> String {
    let _ = plan;
    todo!()
}

/// One change that takes something away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DestructiveChange {
    /// What it is, as data for messages.
    pub kind: DestructiveKind,
    /// The first 6 bytes of the SHA-256 of the change, as it enters the digest.
    pub fingerprint: [u8; 6],
}

/// What a destructive change takes away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DestructiveKind {
    /// An experience is archived.
    Archive(crate::ids::ExperienceName),
    /// A tag is taken off an experience.
    TagRemoval(crate::ids::TagName, crate::ids::ExperienceName),
    /// An experience that stays live is taken out of a suite.
    SuiteRemoval(crate::ids::SuiteName, crate::ids::ExperienceName),
}

/// All destructive changes of a plan, sorted.
pub fn destructive_changes(plan: &Plan) -> Vec<DestructiveChange> {
    let _ = plan;
    todo!()
}
