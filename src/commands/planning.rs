//! From what is wanted and what there is to a plan: the part that plan, apply and drift share.

use std::path::Path;
use std::time::Duration;

use super::Context;
use super::connect::Connection;
use super::load::{self, Problems};
use super::progress::Shown;
use crate::client::Scope;
use crate::config::Loaded;
use crate::desired::Desired;
use crate::failure::{Failure, FailureKind};
use crate::plan::{Known, Plan, Policy, demand, digest, plan};
use crate::progress::Progress;
use crate::snapshot::Snapshot;
use crate::state_file::{self, Need};

/// A bar moves this often.
const TICK: Duration = Duration::from_millis(100);

/// A plan with what it was made from.
pub(super) struct Planned {
    /// The config's files, for places.
    pub(super) loaded: Loaded,
    /// What is wanted.
    pub(super) desired: Desired,
    /// What there is.
    pub(super) current: Snapshot,
    /// How it was planned.
    pub(super) policy: Policy,
    /// The differences.
    pub(super) plan: Plan,
    /// Its digest.
    pub(super) digest: String,
}

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// What the plan demands.
    Demanded,
    /// Everything, because the state is saved too.
    Everything,
}

/// Reads ReSim's state, as far as the plan needs it.
pub(super) async fn read(
    connection: &Connection,
    desired: &Desired,
    policy: &Policy,
    reading: Reading,
    context: &Context,
) -> Result<Snapshot, Failure> {
    let demanded = |known: Known<'_>| demand(desired, known, policy);
    let scope = match reading {
        Reading::Demanded => Scope::Demanded(&demanded),
        Reading::Everything => Scope::Everything,
    };
    let reading = async { connection.resim.read(scope).await.map_err(|error| Failure::from(error).context("reading ReSim's state")) };
    context.unless_stopped(watched(connection, reading, context)).await
}

/// Shows on a terminal how many requests a read has made; elsewhere a read says nothing.
async fn watched<T>(connection: &Connection, reading: impl Future<Output = T>, context: &Context) -> T {
    if !context.console.bars || context.console.quiet {
        return reading.await;
    }
    let shown = Shown::on(&context.console);
    let before = connection.resim.traffic().requests;
    shown.begin("reading ReSim, requests:", None);
    // Dropped with the read when the run is stopped, so that no half line stays.
    let shown = Ending(&shown);
    let mut reading = std::pin::pin!(reading);
    loop {
        tokio::select! {
            read = &mut reading => return read,
            () = tokio::time::sleep(TICK) => {
                let made = connection.resim.traffic().requests.saturating_sub(before);
                shown.0.advance(usize::try_from(made).unwrap_or(usize::MAX));
            }
        }
    }
}

/// Ends a stage when it is dropped.
struct Ending<'a>(&'a dyn Progress);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Reads a saved state, which must hold what the plan needs.
pub(super) fn read_saved(path: &Path, desired: &Desired, policy: &Policy) -> Result<Snapshot, Failure> {
    let snapshot = saved_state(path)?;
    let needed = demand(desired, &snapshot, policy);
    require(path, &snapshot, Need::Plan(&needed))?;
    Ok(snapshot)
}

/// Reads a state file.
pub(super) fn saved_state(path: &Path) -> Result<Snapshot, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| Failure::new(FailureKind::Local, format!("cannot read {shown}: {error}")))?;
    state_file::read(&text).map_err(|error| {
        Failure::new(FailureKind::Local, format!("{shown}: {error}")).hint("make a state file with `resim-sync snapshot --out FILE`")
    })
}

/// Fails if a list is missing that the command needs.
pub(super) fn require(path: &Path, snapshot: &Snapshot, need: Need<'_>) -> Result<(), Failure> {
    match state_file::missing_list(snapshot, need) {
        None => Ok(()),
        Some(list) => Err(Failure::new(FailureKind::Local, format!("{} does not hold {list}, which this needs", path.display()))
            .hint("save a whole state with `resim-sync snapshot --out FILE`")),
    }
}

/// Plans; what the config says that cannot be is told like an invalid config.
pub(super) fn planned(
    loaded: Loaded,
    desired: Desired,
    current: Snapshot,
    policy: Policy,
    problems: Problems,
    context: &Context,
) -> Result<Planned, Failure> {
    match plan(&desired, &current, &policy) {
        Ok(plan) => {
            let digest = digest(&plan);
            Ok(Planned { loaded, desired, current, policy, plan, digest })
        }
        Err(diagnostics) => Err(load::invalid(&loaded.sources, &diagnostics, problems, context)?),
    }
}
