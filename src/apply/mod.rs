//! From a plan to a changed ReSim: schedule (pure), execute, verify, report.

mod earlier;
mod execute;
#[cfg(test)]
mod fixtures;
mod foreign;
mod ledger;
mod report;
mod residue;
mod run;
mod schedule;
#[cfg(test)]
mod tests;
mod verify;

pub use earlier::*;
pub use report::*;
pub use run::apply;

use std::path::Path;

use tokio::sync::watch;

use crate::client::ReSim;
use crate::desired::Desired;
use crate::plan::{Plan, Policy};
use crate::progress::Progress;
use crate::snapshot::Snapshot;

/// Everything that one apply needs.
pub struct ApplyRequest<'a> {
    /// The open project.
    pub resim: &'a ReSim,
    /// What is wanted, to plan again after the writes.
    pub desired: &'a Desired,
    /// How to plan again.
    pub policy: &'a Policy,
    /// What to do; not refused by the guard.
    pub plan: &'a Plan,
    /// The state that the plan was made from.
    pub current: &'a Snapshot,
    /// A JSON line per write, flushed before and after.
    pub ledger: Option<&'a Path>,
    /// Becomes a signal when the run is asked to stop; a second value hastens it.
    pub stop: watch::Receiver<Option<Stop>>,
    /// Told of what is being done.
    pub progress: &'a dyn Progress,
}

/// A request to stop, as the program's signal handler tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The first signal.
    pub signal: Interrupt,
    /// Requests in flight get the short grace: a termination, or a second signal.
    pub hurry: bool,
}
