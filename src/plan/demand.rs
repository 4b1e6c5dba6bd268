//! What must be read before a plan can be made.

use std::collections::BTreeSet;

use super::Policy;
use crate::desired::Desired;
use crate::ids::{SystemId, TagId};
use crate::snapshot::Snapshot;

/// What a plan still needs to read, beyond the live lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// The archived experiences.
    pub archived_experiences: bool,
    /// The archived suites.
    pub archived_suites: bool,
    /// Tags whose live members can matter.
    pub tags: BTreeSet<TagId>,
    /// Systems whose live members can matter.
    pub systems: BTreeSet<SystemId>,
    /// Whether the archived members of these tags and systems can matter too.
    pub archived_members: bool,
}

/// What must be read beyond the live lists before [`plan`](super::plan) can decide; `live` holds the live
/// experiences, all tags, systems and live suites, and no members of tags and systems.
pub fn demand(desired: &Desired, live: &Snapshot, policy: &Policy) -> Demand {
    let _ = (desired, live, policy);
    todo!()
}
