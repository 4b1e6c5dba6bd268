//! Drift on a schedule: one issue that is opened, kept up to date and closed.

use super::job::{Job, Verdict};
use super::surroundings::Surroundings;
use super::validate;
use crate::commands::connect::connect;
use crate::commands::planning::{self, Planned, Reading};
use crate::commands::policy;
use crate::failure::{Failure, FailureKind};
use crate::github::{DriftIssue, GitHubError};
use crate::plan::destructive_changes;
use crate::render::markdown::{Basis, DriftText, Failed, Medium, PlanText, render_drift, render_drift_gone, render_plan};
use crate::render::view::PlanView;

pub(super) async fn run(job: &mut Job<'_>) -> Result<Verdict, Failure> {
    let planned = match look_twice(job).await {
        Ok(planned) => planned,
        Err(failure) => return Err(job.summarize_failure(Failed::Plan, failure)),
    };
    let view = job.record_plan(&planned)?;
    let surroundings = job.surroundings(None, &view.project.name, false);
    let destructive = destructive_changes(&planned.plan);
    let text = PlanText { view: &view, destructive: &destructive, basis: Basis::Live, problems: None, previous: None };
    job.summarize(&surroundings, |context| render_plan(context, &text));
    if let Err(error) = report(job, &planned, &view, &surroundings).await {
        let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
        let message = format!("the issue was not written: {error}{hint}");
        if !error.is_no_issues() {
            return Err(Failure::new(FailureKind::GitHubError, message));
        }
        job.warn(&message);
    }
    Ok(if view.is_empty() { Verdict::Ok } else { Verdict::Changes })
}

async fn look_twice(job: &mut Job<'_>) -> Result<Planned, Failure> {
    let planned = look(job).await?;
    if planned.plan.is_empty() || has_open_issue(job).await {
        return Ok(planned);
    }
    // Before people are bothered: it may have been somebody's work half done.
    look(job).await
}

async fn look(job: &mut Job<'_>) -> Result<Planned, Failure> {
    let policy = policy::unguarded(&job.args.scope, job.args.create_missing)?;
    let (loaded, desired) = job.load().await?;
    let Some(desired) = desired else { return Err(validate::invalid(job, &loaded, None).await) };
    let connection = connect(&job.args.online, job.context).await?;
    let read = planning::read(&connection, &desired, &policy, Reading::Demanded, job.context).await;
    let current = connection.close(read)?;
    super::plan::planned(job, None, loaded, desired, current, policy).await
}

/// An issue that cannot be read counts as none: the second look does no harm.
async fn has_open_issue(job: &Job<'_>) -> bool {
    let Some(github) = &job.github else { return false };
    DriftIssue::find(github, &job.args.label).await.is_ok_and(|issue| issue.is_open())
}

async fn report(job: &Job<'_>, planned: &Planned, view: &PlanView, surroundings: &Surroundings) -> Result<(), GitHubError> {
    let Some(github) = &job.github else { return Ok(()) };
    let issue = DriftIssue::find(github, &job.args.label).await?;
    let context = surroundings.context(Medium::Comment);
    if view.is_empty() {
        return issue.close(&render_drift_gone(&context)).await.map(|_| ());
    }
    let destructive = destructive_changes(&planned.plan);
    let page = format!("{}/actions", github.repository_page());
    let drift = DriftText { view, destructive: &destructive, apply_url: Some(&page), clone_url: Some(&page) };
    let label = if job.args.label.is_empty() { String::new() } else { format!(" ({})", job.args.label) };
    let title = format!("ReSim and the config of {} differ{label}", view.project.name);
    issue.report(&title, &render_drift(&context, &drift)).await.map(|_| ())
}
