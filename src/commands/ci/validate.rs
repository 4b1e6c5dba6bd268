//! Validating, on events that plan nothing.

use super::job::{Job, Verdict};
use super::telling::Begin;
use crate::config::Loaded;
use crate::failure::{Failure, FailureKind};
use crate::github::{Event, PullRequest};
use crate::render::markdown::{Against, ValidText, render_invalid, render_valid};

pub(super) async fn run(job: &mut Job<'_>, event: &Event) -> Result<Verdict, Failure> {
    let (loaded, desired) = job.load().await?;
    let Some(desired) = desired else { return Err(invalid(job, &loaded, event.pull_request()).await) };
    let surroundings = job.surroundings(event.pull_request(), job.project(), event.pull_request().is_some());
    let valid = ValidText {
        unread: None,
        experiences: desired.experiences.len(),
        suites: desired.suites.len(),
        managed_tags: desired.managed_tags.len(),
        problems: Some(Job::shown(&loaded.sources, &loaded.diagnostics)),
    };
    job.summarize(&surroundings, |context| render_valid(context, &valid));
    Ok(Verdict::Ok)
}

/// An invalid config, told in comment and summary; ReSim was not contacted.
pub(super) async fn invalid(job: &mut Job<'_>, loaded: &Loaded, pull_request: Option<&PullRequest>) -> Failure {
    let surroundings = job.surroundings(pull_request, job.project(), pull_request.is_some_and(|open| open.open));
    let render = |context: &crate::render::markdown::Context<'_>| {
        render_invalid(context, Job::shown(&loaded.sources, &loaded.diagnostics), Against::Itself)
    };
    job.summarize(&surroundings, render);
    if let Some(open) = pull_request {
        let head = open.open.then(|| open.head_sha.clone());
        job.comment(open, head.as_deref(), Begin::Yes, &surroundings, |context, _| render(context)).await;
    }
    Failure::told(FailureKind::ConfigInvalid)
}
