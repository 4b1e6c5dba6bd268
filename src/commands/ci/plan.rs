//! Planning, on pull requests and in the merge queue.

use super::job::{Job, Verdict};
use super::telling::Begin;
use super::validate;
use crate::commands::connect::{connect, credentials};
use crate::commands::planning::{self, Planned, Reading};
use crate::config::Loaded;
use crate::desired::Desired;
use crate::failure::{Failure, FailureKind};
use crate::github::{Event, PullRequest, allowed_archives};
use crate::plan::{Policy, destructive_changes, plan as pure_plan};
use crate::render::markdown::{
    Against, Basis, Context, Failed, FailureText, PlanText, Unread, ValidText, render_failure, render_invalid, render_plan, render_valid,
};

pub(super) async fn run(job: &mut Job<'_>, event: &Event, comment: bool) -> Result<Verdict, Failure> {
    let pull_request = event.pull_request().filter(|_| comment);
    let policy = job.policy(event.pull_request().and_then(allowed_archives))?;
    let (loaded, desired) = job.load().await?;
    let Some(desired) = desired else { return Err(validate::invalid(job, &loaded, pull_request).await) };
    let without_secrets = event.pull_request().filter(|open| open.gets_no_secrets() && job.args.online.sandbox.is_none());
    if let (Some(open), Err(missing)) = (without_secrets, credentials(&job.context.environment))
        && missing.kind == FailureKind::NoCredentials
    {
        return offline(job, open, loaded, desired, policy).await;
    }
    let current = match read(job, &desired, &policy).await {
        Ok(current) => current,
        Err(failure) => return Err(failed(job, pull_request, failure).await),
    };
    let planned = planned(job, pull_request, loaded, desired, current, policy).await?;
    let view = job.record_plan(&planned)?;
    let surroundings = job.surroundings(event.pull_request(), &view.project.name, pull_request.is_some());
    let destructive = destructive_changes(&planned.plan);
    let problems = Some(Job::shown(&planned.loaded.sources, &planned.loaded.diagnostics));
    let render = |context: &Context<'_>, previous: Option<&str>| {
        render_plan(context, &PlanText { view: &view, destructive: &destructive, basis: Basis::Live, problems, previous })
    };
    job.summarize(&surroundings, |context| render(context, None));
    if let Some(open) = pull_request {
        let begin = if view.is_empty() { Begin::IfAlways } else { Begin::Yes };
        let head = open.head_sha.clone();
        job.comment(open, Some(&head), begin, &surroundings, render).await;
    }
    if planned.plan.refusal.is_some() {
        return Err(Failure::new(FailureKind::Guard, "the plan archives more than is allowed; nothing was written"));
    }
    Ok(if view.is_empty() { Verdict::Ok } else { Verdict::Changes })
}

async fn read(job: &Job<'_>, desired: &Desired, policy: &Policy) -> Result<crate::snapshot::Snapshot, Failure> {
    let connection = connect(&job.args.online, job.context).await?;
    let read = planning::read(&connection, desired, policy, Reading::Demanded, job.context).await;
    connection.close(read)
}

/// Plans; a config that does not fit ReSim is told like an invalid one.
pub(super) async fn planned(
    job: &mut Job<'_>,
    pull_request: Option<&PullRequest>,
    loaded: Loaded,
    desired: Desired,
    current: crate::snapshot::Snapshot,
    policy: Policy,
) -> Result<Planned, Failure> {
    let diagnostics = match pure_plan(&desired, &current, &policy) {
        Ok(_) => return planning::planned(loaded, desired, current, policy, Job::PROBLEMS, job.context),
        Err(diagnostics) => diagnostics,
    };
    job.annotate(&loaded.sources, &diagnostics)?;
    let open = pull_request.is_some_and(|open| open.open);
    let surroundings = job.surroundings(pull_request, &current.project.name, open);
    let render = |context: &Context<'_>| render_invalid(context, Job::shown(&loaded.sources, &diagnostics), Against::ReSim);
    job.summarize(&surroundings, render);
    if let Some(pull_request) = pull_request {
        let head = open.then(|| pull_request.head_sha.clone());
        job.comment(pull_request, head.as_deref(), Begin::Yes, &surroundings, |context, _| render(context)).await;
    }
    Err(Failure::told(FailureKind::ConfigInvalid))
}

/// ReSim could not be read: the comment says so, and keeps the last good plan.
async fn failed(job: &mut Job<'_>, pull_request: Option<&PullRequest>, failure: Failure) -> Failure {
    let surroundings = job.surroundings(pull_request, job.project(), pull_request.is_some());
    let render = |context: &Context<'_>, previous: Option<&str>| {
        render_failure(context, &FailureText { what: Failed::Plan, message: &failure.message, help: &failure.hints, previous })
    };
    job.summarize(&surroundings, |context| render(context, None));
    if let Some(open) = pull_request {
        let head = open.head_sha.clone();
        job.comment(open, Some(&head), Begin::Yes, &surroundings, render).await;
    }
    failure
}

/// A fork or Dependabot: no secrets, so no live state. ReSim is not contacted.
async fn offline(job: &mut Job<'_>, open: &PullRequest, loaded: Loaded, desired: Desired, policy: Policy) -> Result<Verdict, Failure> {
    let head = open.head_sha.clone();
    if let Some(path) = job.args.from_snapshot.clone() {
        let current = planning::read_saved(&path, &desired, &policy)?;
        let taken = std::fs::metadata(&path).and_then(|metadata| metadata.modified()).ok().map(chrono::DateTime::<chrono::Utc>::from);
        let taken = taken.map(|time| time.format("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default();
        let planned = planned(job, Some(open), loaded, desired, current, policy).await?;
        let view = job.record_plan(&planned)?;
        let surroundings = job.surroundings(Some(open), &view.project.name, true);
        let destructive = destructive_changes(&planned.plan);
        let basis = Basis::Snapshot { taken: &taken, age: "" };
        let render = |context: &Context<'_>, previous: Option<&str>| {
            render_plan(context, &PlanText { view: &view, destructive: &destructive, basis, problems: None, previous })
        };
        job.summarize(&surroundings, |context| render(context, None));
        let begin = if view.is_empty() { Begin::IfAlways } else { Begin::Yes };
        job.comment(open, Some(&head), begin, &surroundings, render).await;
        return Ok(Verdict::Offline);
    }
    let surroundings = job.surroundings(Some(open), job.project(), true);
    let valid = ValidText {
        unread: Some(if open.is_dependabot() { Unread::Dependabot } else { Unread::Fork }),
        experiences: desired.experiences.len(),
        suites: desired.suites.len(),
        managed_tags: desired.managed_tags.len(),
        problems: Some(Job::shown(&loaded.sources, &loaded.diagnostics)),
    };
    job.summarize(&surroundings, |context| render_valid(context, &valid));
    job.comment(open, Some(&head), Begin::Yes, &surroundings, |context, _| render_valid(context, &valid)).await;
    Ok(Verdict::Offline)
}
