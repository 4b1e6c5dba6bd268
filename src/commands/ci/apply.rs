//! Applying after a merge: only the config at the branch's tip, and with the result on the merged pull request.

use super::job::{Job, Verdict};
use super::surroundings::Surroundings;
use super::telling::Begin;
use super::{plan, validate};
use crate::apply::{ApplyRequest, Report, Verification, apply};
use crate::cli::ReviewedChoice;
use crate::commands::apply::ending;
use crate::commands::connect::{Connection, connect};
use crate::commands::permissions;
use crate::commands::planning::{self, Planned, Reading};
use crate::commands::progress::Shown;
use crate::config::Loaded;
use crate::failure::{Failure, FailureKind};
use crate::github::{Event, EventKind, PullRequest, Tip, TipCheck, TipQuestion, allowed_archives, check_tip, sort_by_review};
use crate::plan::{DestructiveChange, destructive_changes};
use crate::render::markdown::{ApplyResult, ApplyText, Context, Failed, FailureText, Marker, render_apply, render_failure};
use crate::render::view::PlanView;

pub(super) async fn run(job: &mut Job<'_>, event: &Event) -> Result<Verdict, Failure> {
    let (loaded, desired) = job.load().await?;
    let merged = merged_pull_request(job, event).await;
    let merged = merged.as_ref();
    let Some(desired) = desired else { return Err(validate::invalid(job, &loaded, merged).await) };
    let check = tip(job, &loaded).await;
    job.generated = check.as_ref().is_some_and(|check| check.generated);
    if job.generated {
        job.warn("Git does not hold the config as it was read: the commit was compared with the branch instead");
    }
    let surroundings = job.surroundings(merged, job.project(), false);
    if let Some(check) = check
        && let Some(ended) = stale(job, check.tip, merged, &surroundings).await
    {
        return ended;
    }
    let policy = job.policy(merged.and_then(allowed_archives))?;
    let opened = async {
        let connection = connect(&job.args.online, job.context).await?;
        let read = planning::read(&connection, &desired, &policy, Reading::Demanded, job.context).await;
        Ok((connection, read))
    };
    let (connection, current) = match opened.await {
        Ok((connection, Ok(current))) => (connection, current),
        Ok((connection, Err(failure))) => return connection.close(Err(failed(job, merged, &surroundings, failure).await)),
        Err(failure) => return Err(failed(job, merged, &surroundings, failure).await),
    };
    let outcome = async {
        let planned = plan::planned(job, merged, loaded, desired, current, policy).await?;
        let surroundings = job.surroundings(merged, &planned.plan.project.name, false);
        write(job, &planned, merged, &surroundings, &connection).await
    };
    let outcome = outcome.await;
    connection.close(outcome)
}

async fn merged_pull_request(job: &mut Job<'_>, event: &Event) -> Option<PullRequest> {
    let EventKind::Push(push) = &event.kind else { return None };
    let (github, commit) = (job.github.as_ref()?, job.runner.sha.clone()?);
    match github.merged_pull_request(&commit, event.branch.as_deref()?, push.message.as_deref()).await {
        Ok(found) => found,
        Err(error) => {
            let text = format!("the merged pull request cannot be looked up: {error}");
            job.warn(&text);
            None
        }
    }
}

/// How the config stands to the branch's tip; nothing to ask without GitHub under the embedded API.
async fn tip(job: &Job<'_>, loaded: &Loaded) -> Option<TipCheck> {
    let question = |full_ref, commit| TipQuestion {
        checkout: job.checkout.as_ref(),
        patterns: &job.args.config.config,
        loaded,
        full_ref,
        commit,
        rerun: job.runner.is_rerun(),
    };
    match (&job.github, &job.runner.full_ref, &job.runner.sha) {
        (Some(github), Some(full_ref), Some(commit)) => Some(check_tip(github, &question(full_ref, commit)).await),
        _ if job.args.online.sandbox.is_some() => None,
        _ => Some(TipCheck { tip: Tip::Stale { tip: String::new() }, generated: false }),
    }
}

/// Ends the run if the tip's config is another one; nothing is written then.
async fn stale(job: &mut Job<'_>, tip: Tip, merged: Option<&PullRequest>, surroundings: &Surroundings) -> Option<Result<Verdict, Failure>> {
    let refused = |message: String| Err(Failure::new(FailureKind::StaleCommit, message));
    let (result, ended) = match &tip {
        Tip::Same => return None,
        Tip::Superseded { tip } => (ApplyResult::Superseded { tip: Some(tip) }, Ok(Verdict::Superseded)),
        Tip::Stale { tip } if tip.is_empty() => (
            ApplyResult::Stale { tip: None },
            refused("the tip of the branch cannot be read without a GitHub token; nothing was written".to_owned()),
        ),
        Tip::Stale { tip } => (
            ApplyResult::Stale { tip: Some(tip) },
            refused("the config at the branch's tip is a newer one, and this is an old run; nothing was written".to_owned()),
        ),
        Tip::Unreadable(error) => {
            (ApplyResult::Stale { tip: None }, refused(format!("the tip of the branch cannot be read: {error}; nothing was written")))
        }
    };
    tell(job, merged, surroundings, result, &[]).await;
    Some(ended)
}

/// The result, in summary and comment.
async fn tell(
    job: &mut Job<'_>,
    merged: Option<&PullRequest>,
    surroundings: &Surroundings,
    result: ApplyResult<'_>,
    unreviewed: &[DestructiveChange],
) {
    job.summarize(surroundings, |context| render_apply(context, &ApplyText { result, unreviewed, previous: None }));
    if let Some(merged) = merged {
        let begin = if matches!(result, ApplyResult::NothingToDo(_)) { Begin::IfAlways } else { Begin::Yes };
        let render = |context: &Context<'_>, previous: Option<&str>| render_apply(context, &ApplyText { result, unreviewed, previous });
        job.comment(merged, None, begin, surroundings, render).await;
    }
}

async fn failed(job: &mut Job<'_>, merged: Option<&PullRequest>, surroundings: &Surroundings, failure: Failure) -> Failure {
    let render = |context: &Context<'_>, previous: Option<&str>| {
        render_failure(context, &FailureText { what: Failed::Apply, message: &failure.message, help: &failure.hints, previous })
    };
    job.summarize(surroundings, |context| render(context, None));
    if let Some(merged) = merged {
        job.comment(merged, None, Begin::Yes, surroundings, render).await;
    }
    failure
}

async fn write(
    job: &mut Job<'_>,
    planned: &Planned,
    merged: Option<&PullRequest>,
    surroundings: &Surroundings,
    connection: &Connection,
) -> Result<Verdict, Failure> {
    let view = job.record_plan(planned)?;
    if let Some(expected) = job.args.expect_digest.as_deref().filter(|expected| *expected != planned.digest) {
        tell(job, merged, surroundings, ApplyResult::PlanChanged { view: &view, expected }, &[]).await;
        let message = format!("the plan is not the one asked for: its digest is {}, not {expected}; nothing was written", planned.digest);
        return Err(Failure::new(FailureKind::PlanChanged, message));
    }
    if view.is_empty() {
        tell(job, merged, surroundings, ApplyResult::NothingToDo(&view), &[]).await;
        return Ok(Verdict::Ok);
    }
    let unreviewed = unreviewed(job, planned, merged).await;
    let by_review = job.args.reviewed == ReviewedChoice::Guard && !unreviewed.is_empty();
    if planned.plan.refusal.is_some() || by_review {
        return Err(refuse(job, merged, surroundings, &view, &unreviewed, by_review).await);
    }
    if let Err(failure) = permissions::check(&planned.plan, connection.permissions.as_deref()) {
        return Err(failed(job, merged, surroundings, failure).await);
    }
    let request = ApplyRequest {
        resim: &connection.resim,
        desired: &planned.desired,
        policy: &planned.policy,
        plan: &planned.plan,
        current: &planned.current,
        ledger: None,
        stop: job.context.stop.clone(),
        progress: &Shown::on(&job.context.console),
    };
    let report = apply(request).await.map_err(|error| Failure::new(FailureKind::Local, error.to_string()))?;
    let shown = job.record_report(&report, planned)?;
    let style = job.context.console.stdout_style;
    let width = job.context.console.stdout_width;
    job.context.console.out(|out| crate::render::text::render_report(&shown, style, width, out))?;
    tell(job, merged, surroundings, ApplyResult::Report(&shown), &unreviewed).await;
    ending(&report).map(|_| Verdict::Ok).map_err(|failure| with_message(failure, &report))
}

/// Destructive changes that the comment has no record of; none if nobody asks, or the plan itself was approved.
async fn unreviewed(job: &mut Job<'_>, planned: &Planned, merged: Option<&PullRequest>) -> Vec<DestructiveChange> {
    if job.args.reviewed == ReviewedChoice::Off || job.args.expect_digest.is_some() {
        return Vec::new();
    }
    let body = match merged {
        Some(merged) => job.comment_body(merged).await,
        None => None,
    };
    let recorded = body.as_deref().and_then(Marker::parse).and_then(|marker| marker.destructive).map(|record| record.fingerprints);
    let new = sort_by_review(&destructive_changes(&planned.plan), recorded.as_ref()).new;
    if !new.is_empty() {
        let count = crate::render::sentence::count(new.len(), "destructive change");
        job.warn(&format!("{count} that no reviewer saw: see the job summary"));
    }
    new
}

async fn refuse(
    job: &mut Job<'_>,
    merged: Option<&PullRequest>,
    surroundings: &Surroundings,
    view: &PlanView,
    unreviewed: &[DestructiveChange],
    by_review: bool,
) -> Failure {
    tell(job, merged, surroundings, ApplyResult::Refused(view), if by_review { unreviewed } else { &[] }).await;
    if by_review {
        Failure::new(FailureKind::Guard, "the plan has destructive changes that no reviewer saw; nothing was written")
            .hint(format!("review them, then dispatch the workflow with expect-digest: {}", view.digest))
    } else {
        Failure::new(FailureKind::Guard, "the plan archives more than is allowed; nothing was written")
    }
}

/// After the first write an interruption is a partial apply too; the exit code stays the signal's.
fn with_message(failure: Failure, report: &Report) -> Failure {
    let message = match &report.verification {
        Verification::NotConverged { .. } => "ReSim still differs from the config: see the job summary",
        Verification::NoLongerValid(_) => "the config no longer fits ReSim: see the job summary",
        Verification::NotRead(_) => "ReSim was not read again after the writes: see the job summary",
        Verification::NotNeeded if report.interrupted.is_some() => "interrupted; nothing was written",
        Verification::NotNeeded | Verification::Verified => "not everything was done: see the job summary",
    };
    Failure { message: message.to_owned(), ..failure }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::apply::Interrupt;
    use crate::ids::ProjectId;
    use crate::snapshot::Project;

    #[test]
    fn stop_between_reading_and_the_first_write_is_an_interruption_that_wrote_nothing() {
        let report = Report {
            project: Project { id: ProjectId(Uuid::nil()), name: "drones".to_owned() },
            digest: String::new(),
            actions: Vec::new(),
            meanwhile: Vec::new(),
            verification: Verification::NotNeeded,
            interrupted: Some(Interrupt::Term),
            requests: 0,
            retries: 0,
            earlier: Vec::new(),
        };
        let failure = ending(&report).map_err(|failure| with_message(failure, &report)).expect_err("it was stopped");
        assert_eq!(failure.kind, FailureKind::Interrupted(Interrupt::Term));
        assert_eq!(failure.message, "interrupted; nothing was written");
    }
}
