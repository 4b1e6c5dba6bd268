//! One apply from beginning to end.

use std::collections::BTreeMap;
use std::io;

use super::ApplyRequest;
use super::earlier::earlier_runs;
use super::execute::{Execution, Grace, execute};
use super::ledger::Ledger;
use super::report::{Action, Report, Subject, Verification};
use super::schedule::{Schedule, ScheduledAction, schedule};
use super::verify::{INTERRUPTED, verify};
use crate::ids::{ExperienceId, ExperienceName};
use crate::plan::digest;

/// Writes the plan's changes, reads again, and tells what happened to each of them.
///
/// # Errors
/// Only before the first write: a ledger that cannot be opened.
pub async fn apply(request: ApplyRequest<'_>) -> io::Result<Report> {
    apply_within(request, Grace::default()).await
}

/// The same with other times for requests in flight after the wish to stop.
pub(super) async fn apply_within(request: ApplyRequest<'_>, grace: Grace) -> io::Result<Report> {
    let ApplyRequest { resim, desired: _, policy: _, plan, current, ledger, ref stop, progress } = request;
    let digest = digest(plan);
    let earlier = ledger.map_or(Ok(Vec::new()), |path| earlier_runs(path, plan.project.id))?;
    let ledger = ledger.map(|path| Ledger::open(path, &plan.project, &digest)).transpose()?;
    let schedule = schedule(plan, current);
    let execution = execute(resim, &schedule, current, ledger.as_ref(), progress, stop.clone(), grace).await;
    let (verification, interrupted) = if !execution.written {
        (Verification::NotNeeded, execution.interrupted)
    } else if execution.interrupted.is_some() {
        (Verification::NotRead(INTERRUPTED.to_owned()), execution.interrupted)
    } else {
        progress.begin("reading again", None);
        let verified = verify(&request, &schedule, &execution).await;
        progress.end();
        verified
    };
    let traffic = resim.traffic();
    let Execution { outcomes, created, experiences: _, suites: _, meanwhile, written: _, interrupted: _ } = execution;
    let Schedule { actions, steps: _ } = schedule;
    let actions = actions
        .into_iter()
        .zip(outcomes)
        .map(|(ScheduledAction { subject, write, origin, needs: _ }, outcome)| Action {
            subject: with_id(subject, &created),
            write,
            outcome,
            origin,
        })
        .collect();
    let report = Report {
        project: plan.project.clone(),
        digest,
        actions,
        meanwhile,
        verification,
        interrupted,
        requests: traffic.requests,
        retries: traffic.retries,
        earlier,
    };
    if let Some(ledger) = ledger {
        // The report says the same; a ledger that cannot be written has been told of already.
        let _ = ledger.finished(report.succeeded()).await;
    }
    Ok(report)
}

/// A created experience has an ID by now.
fn with_id(subject: Subject, created: &BTreeMap<ExperienceName, ExperienceId>) -> Subject {
    match subject {
        Subject::Experience(name, None) => {
            let id = created.get(&name).copied();
            Subject::Experience(name, id)
        }
        Subject::Experience(..) | Subject::Tag(_) | Subject::System(_) | Subject::Suite(_) => subject,
    }
}
