//! `apply`: plan, then do it; never asks.

use std::path::Path;

use super::begin::begin;
use super::connect::Connection;
use super::load::{self, Problems};
use super::planning::{self, Planned, Reading};
use super::progress::Shown;
use super::{Context, ci, permissions, policy, show, update_config};
use crate::apply::{ApplyRequest, Outcome, Report, Verification, apply, earlier_runs};
use crate::cli::{ApplyArgs, Format};
use crate::failure::{Ending, Failure, FailureKind};
use crate::github::{RunnerEnv, plain_apply_permission};
use crate::private_file;
use crate::render::compare::{SavedPlan, read_saved_plan};
use crate::render::text;
use crate::state_file;

pub(super) async fn run(args: &ApplyArgs, context: &Context) -> Result<Ending, Failure> {
    may_write(args, context)?;
    let policy = policy::guarded(&args.scope, &args.guard, args.create_missing)?;
    let problems = if args.format == Format::Json { Problems::Json } else { Problems::Told };
    // The approved plan first: nothing is asked of ReSim if it cannot be read.
    let saved = args.plan.as_deref().map(saved_plan).transpose()?;
    let options = load::options(&args.config, &args.scope, &context.environment)?;
    let (loaded, desired, connection) = begin(&options, &args.online, problems, context).await?;
    let outcome = async {
        let reading = if args.snapshot_out.is_some() { Reading::Everything } else { Reading::Demanded };
        let current = planning::read(&connection, &desired, &policy, reading, context).await?;
        let mut planned = planning::planned(loaded, desired, current, policy, problems, context)?;
        apply_planned(args, &mut planned, saved.as_ref(), &connection, context).await
    };
    let outcome = outcome.await;
    connection.close(outcome)
}

/// In a GitHub job, only events that come after a review may write; the embedded API in this process may
/// always be written to.
fn may_write(args: &ApplyArgs, context: &Context) -> Result<(), Failure> {
    if args.online.sandbox.is_some() {
        return Ok(());
    }
    plain_apply_permission(&RunnerEnv::new(&context.environment)).map_err(|refusal| ci::refused(&refusal))
}

fn saved_plan(path: &Path) -> Result<SavedPlan, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| Failure::new(FailureKind::Local, format!("cannot read {shown}: {error}")))?;
    read_saved_plan(&text).map_err(|error| {
        Failure::new(FailureKind::Local, format!("{shown}: {error}")).hint("make a plan file with `resim-sync plan --out FILE`")
    })
}

async fn apply_planned(
    args: &ApplyArgs,
    planned: &mut Planned,
    saved: Option<&SavedPlan>,
    connection: &Connection,
    context: &Context,
) -> Result<Ending, Failure> {
    if let Some(ledger) = &args.ledger {
        earlier(ledger, planned, context)?;
    }
    let view = show::view(planned, args.show.show_values);
    expected(args, planned, saved, &view, context)?;
    if args.format != Format::Json || planned.plan.refusal.is_some() {
        show::plan(&view, args.format.into(), context)?;
    }
    if planned.plan.refusal.is_some() {
        return Err(Failure::told(FailureKind::Guard));
    }
    permissions::check(&planned.plan, connection.permissions.as_deref())?;
    if let Some(path) = &args.snapshot_out {
        let text = state_file::write(&planned.current, policy::secrets(args.show.show_values));
        private_file::write(path, text.as_bytes())
            .map_err(|error| Failure::new(FailureKind::Local, format!("cannot write {}: {error}; nothing was applied", path.display())))?;
    }
    let request = ApplyRequest {
        resim: &connection.resim,
        desired: &planned.desired,
        policy: &planned.policy,
        plan: &planned.plan,
        current: &planned.current,
        ledger: args.ledger.as_deref(),
        stop: context.stop.clone(),
        progress: &Shown::on(&context.console),
    };
    let report = apply(request)
        .await
        .map_err(|error| Failure::new(FailureKind::Local, format!("cannot open the ledger: {error}; nothing was applied")))?;
    show::report(&report, planned, args.show.show_values, args.format, context)?;
    if args.update_config {
        update_config::run(planned, &report, context)?;
    }
    ending(&report)
}

/// Tells what earlier runs of the same job did, however this one goes on.
fn earlier(ledger: &Path, planned: &Planned, context: &Context) -> Result<(), Failure> {
    let shown = ledger.display();
    let runs = earlier_runs(ledger, planned.plan.project.id)
        .map_err(|error| Failure::new(FailureKind::Local, format!("cannot read the ledger {shown}: {error}; nothing was applied")))?;
    let console = &context.console;
    console.err(|err| text::render_earlier(&shown.to_string(), &runs, console.stderr_style, console.stderr_width, err));
    Ok(())
}

/// Fails if the plan is not the one that was asked for.
fn expected(
    args: &ApplyArgs,
    planned: &Planned,
    saved: Option<&SavedPlan>,
    view: &crate::render::view::PlanView,
    context: &Context,
) -> Result<(), Failure> {
    let wanted = saved.map(|saved| saved.digest.as_str());
    let wrong = [wanted, args.expect_digest.as_deref()].into_iter().flatten().find(|wanted| *wanted != planned.digest);
    let Some(wrong) = wrong else { return Ok(()) };
    show::plan(view, args.format.into(), context)?;
    if let Some(saved) = saved {
        show::plan_difference(saved, view, context)?;
    }
    let message = format!("the plan is not the one asked for: its digest is {}, not {wrong}; nothing was written", planned.digest);
    Err(Failure::new(FailureKind::PlanChanged, message).hint("review the plan above; to apply it, pass its digest"))
}

/// How a report ends the run.
pub(super) fn ending(report: &Report) -> Result<Ending, Failure> {
    if let Some(signal) = report.interrupted {
        let kind = match report.verification {
            Verification::NotNeeded => FailureKind::Interrupted(signal),
            Verification::Verified | Verification::NotConverged { .. } | Verification::NoLongerValid(_) | Verification::NotRead(_) => {
                FailureKind::InterruptedApply(signal)
            }
        };
        return Err(Failure::told(kind));
    }
    if report.actions.iter().any(|action| action.outcome != Outcome::Done) {
        return Err(Failure::told(FailureKind::PartialApply));
    }
    match &report.verification {
        Verification::NotNeeded | Verification::Verified => Ok(Ending::Done),
        Verification::NotConverged { .. } | Verification::NoLongerValid(_) => Err(Failure::told(FailureKind::NotConverged)),
        Verification::NotRead(_) => Err(Failure::told(FailureKind::ApiError)),
    }
}
