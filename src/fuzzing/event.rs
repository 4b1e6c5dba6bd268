//! Events and markers: whatever a payload holds, only some events may write, and only on the default branch.

use super::inert::lines_are_inert;
use super::texts;
use crate::github::{Command, Event, EventKind, Job, RunnerEnv, allowed_archives, decide, write_permission};
use crate::render::markdown::{Marker, inert::check};
use crate::render::terminal_safe;

/// The events that may write.
const WRITERS: [&str; 4] = ["push", "workflow_dispatch", "schedule", "repository_dispatch"];

/// The event's name and ref in the first line, the payload below it; a comment's body after a form feed.
pub fn event(data: &[u8]) {
    let texts = texts(data, 2);
    for text in &texts {
        marker(text);
    }
    let Some((first, payload)) = texts[0].split_once('\n') else { return };
    let (name, full_ref) = first.split_once(' ').unwrap_or((first, ""));
    let Ok(payload) = serde_json::from_str(payload) else { return };
    let env = RunnerEnv { actions: true, full_ref: Some(full_ref.to_owned()), ..RunnerEnv::default() };
    let event = match Event::of(name.to_owned(), Some(payload), &env) {
        Ok(event) => event,
        Err(error) => return lines_are_inert(&terminal_safe(&error.to_string())),
    };
    for input in [Command::Auto, Command::Validate, Command::Plan, Command::Apply, Command::Clone, Command::Drift] {
        let job = match decide(&event, input) {
            Ok(job) => job,
            Err(error) => {
                lines_are_inert(&terminal_safe(&error.to_string()));
                continue;
            }
        };
        if job == Job::Apply && write_permission(&event, &job, input).is_ok() {
            assert!(WRITERS.contains(&name), "{name} may write: {event:?}");
            let on_default = event.default_branch.as_ref().is_some_and(|branch| full_ref == format!("refs/heads/{branch}"));
            assert!(input == Command::Apply || on_default, "{full_ref} may write: {event:?}");
        }
        if matches!(event.kind, EventKind::PullRequest { .. }) && input == Command::Auto {
            assert!(job != Job::Apply && job != Job::Clone, "a pull request asks for {job:?}");
        }
    }
    if let Some(pull_request) = event.pull_request() {
        let allowed = allowed_archives(pull_request);
        assert!(allowed.is_none() || !pull_request.fork, "a fork's description allows {allowed:?}");
        if let Some(number) = allowed {
            assert!(pull_request.body.contains(&number.to_string()) || pull_request.body.contains('0'), "{number}");
        }
        marker(&pull_request.body);
    }
}

/// What is read as a marker is written as one that reads the same, in a text of one comment.
fn marker(body: &str) {
    let Some(marker) = Marker::parse(body) else {
        assert_eq!(Marker::visible(body), body);
        return;
    };
    let line = marker.render();
    assert_eq!(Marker::parse(&line).as_ref(), Some(&marker), "{line}");
    assert!(!line.contains('\n'), "{line}");
    check(&format!("{line}\n### Title\n"));
    assert!(Marker::visible(body).len() < body.len());
}
