//! The read after the writes: is a second plan empty, and if not, what is left?

use tokio::sync::watch;

use super::execute::Execution;
use super::report::{Interrupt, Verification};
use super::residue::residues;
use super::schedule::Schedule;
use super::{ApplyRequest, Stop};
use crate::client::Scope;
use crate::plan::{Known, demand, plan};

/// Why nothing is read after a signal.
pub(super) const INTERRUPTED: &str = "the run was interrupted";

/// Reads and plans again, unless the run is asked to stop meanwhile.
pub(super) async fn verify(request: &ApplyRequest<'_>, schedule: &Schedule, execution: &Execution) -> (Verification, Option<Interrupt>) {
    let ApplyRequest { resim, desired, policy, plan: first, current: _, ledger: _, stop, progress: _ } = request;
    let demanded = |known: Known<'_>| demand(desired, known, policy);
    let mut stop = stop.clone();
    let current = tokio::select! {
        read = resim.read(Scope::Demanded(&demanded)) => match read {
            Ok(current) => current,
            Err(error) => return (Verification::NotRead(error.to_string()), None),
        },
        signal = asked_to_stop(&mut stop) => return (Verification::NotRead(INTERRUPTED.to_owned()), Some(signal)),
    };
    let verification = match plan(desired, &current, policy) {
        Ok(left) if left.is_empty() => Verification::Verified,
        Ok(left) => {
            let residues = residues(&left, first, schedule, execution);
            Verification::NotConverged { left: Box::new(left), residues }
        }
        Err(diagnostics) => Verification::NoLongerValid(diagnostics),
    };
    (verification, None)
}

async fn asked_to_stop(stop: &mut watch::Receiver<Option<Stop>>) -> Interrupt {
    match stop.wait_for(Option::is_some).await.map(|stop| *stop) {
        Ok(Some(stop)) => stop.signal,
        // Nobody listens for signals any more, so none can come.
        Ok(None) | Err(_) => std::future::pending().await,
    }
}
