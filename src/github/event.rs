//! What happened: the event that started the workflow, read from the runner's variables and the payload.
//!
//! Tolerant to what GitHub leaves out or sets to null; a payload that is missing where it is needed, or
//! that is no JSON, is an error. Decides nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::pull_request::{PullRequestWire, RepositoryWire};
use super::{PullRequest, RunnerEnv};

/// GitHub's payloads are smaller by far.
const MAX_PAYLOAD: u64 = 64 << 20;

/// The event that started the workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `GITHUB_EVENT_NAME`.
    pub name: String,
    /// What happened.
    pub kind: EventKind,
    /// The repository's default branch, where the payload tells.
    pub default_branch: Option<String>,
    /// The branch of `GITHUB_REF`; `None` on a tag and on a pull request.
    pub branch: Option<String>,
}

/// What happened, with what the program needs to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// `pull_request`.
    PullRequest {
        /// `opened`, `synchronize`, `closed`, …
        action: String,
        /// Which.
        pull_request: PullRequest,
    },
    /// `merge_group`: an entry of the merge queue.
    MergeGroup,
    /// `push`.
    Push(Push),
    /// `workflow_dispatch`.
    WorkflowDispatch {
        /// The workflow's own inputs, as texts.
        inputs: BTreeMap<String, String>,
    },
    /// `schedule`.
    Schedule,
    /// `repository_dispatch`.
    RepositoryDispatch,
    /// Any other event.
    Other {
        /// The pull request that the payload holds, if any.
        pull_request: Option<PullRequest>,
    },
}

/// A push, or the deletion of a branch or tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// What was pushed to, in full: `refs/heads/main`.
    pub full_ref: String,
    /// Whether it was deleted.
    pub deleted: bool,
    /// The message of the commit at its tip; `None` on a deletion.
    pub message: Option<String>,
}

/// Why the event is not known.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// No `GITHUB_EVENT_NAME`: this is no workflow.
    #[error("GITHUB_EVENT_NAME is not set: this command runs in GitHub Actions")]
    NoEvent,
    /// The payload is needed, and there is none.
    #[error("the event `{event}` has no payload: GITHUB_EVENT_PATH is not set or its file is missing")]
    NoPayload {
        /// The event's name.
        event: String,
    },
    /// The payload's file cannot be read.
    #[error("cannot read the event's payload: {0}")]
    Unreadable(io::Error),
    /// The payload is not what GitHub documents.
    #[error("the payload of the event `{event}` is not understood: {reason}")]
    Malformed {
        /// The event's name.
        event: String,
        /// What does not fit.
        reason: String,
    },
}

#[derive(Deserialize)]
struct PullRequestPayload {
    action: Option<String>,
    pull_request: PullRequestWire,
}

#[derive(Deserialize)]
struct PushPayload {
    #[serde(rename = "ref")]
    full_ref: Option<String>,
    deleted: Option<bool>,
    after: Option<String>,
    head_commit: Option<CommitPayload>,
}

#[derive(Deserialize)]
struct CommitPayload {
    message: Option<String>,
}

#[derive(Deserialize)]
struct DispatchPayload {
    inputs: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct RepositoryPayload {
    repository: Option<RepositoryWire>,
}

impl Event {
    /// Reads the event of this run.
    ///
    /// # Errors
    /// No event, or a payload that is needed and missing, unreadable or not understood.
    pub fn read(env: &RunnerEnv) -> Result<Self, EventError> {
        let name = env.event_name.clone().ok_or(EventError::NoEvent)?;
        let value = read_payload(&name, env.event_path.as_deref())?;
        Self::of(name, value, env)
    }

    /// The event of that name with this payload.
    ///
    /// # Errors
    /// As for [`Event::read`].
    pub(crate) fn of(name: String, payload: Option<Value>, env: &RunnerEnv) -> Result<Self, EventError> {
        let payload = Payload { event: &name, value: payload };
        let mut default_branch = payload.optional::<RepositoryPayload>()?.and_then(|payload| payload.repository?.default_branch);
        let kind = match name.as_str() {
            "pull_request" => {
                let PullRequestPayload { action, pull_request } = payload.required()?;
                default_branch = default_branch.or_else(|| pull_request.default_branch().map(str::to_owned));
                EventKind::PullRequest { action: action.unwrap_or_default(), pull_request: pull_request.into() }
            }
            "merge_group" => EventKind::MergeGroup,
            "push" => EventKind::Push(read_push(&payload, env)?),
            "workflow_dispatch" => EventKind::WorkflowDispatch { inputs: read_inputs(&payload)? },
            "schedule" => EventKind::Schedule,
            "repository_dispatch" => EventKind::RepositoryDispatch,
            _ => EventKind::Other { pull_request: payload.pull_request()? },
        };
        let branch = env.branch().map(str::to_owned);
        // These run on the default branch alone, and a schedule's payload does not name it.
        if matches!(kind, EventKind::Schedule | EventKind::RepositoryDispatch) {
            default_branch = default_branch.or_else(|| branch.clone());
        }
        Ok(Self { name, kind, default_branch, branch })
    }

    /// The pull request that the event is about.
    pub fn pull_request(&self) -> Option<&PullRequest> {
        match &self.kind {
            EventKind::PullRequest { pull_request, .. } => Some(pull_request),
            EventKind::Other { pull_request } => pull_request.as_ref(),
            EventKind::MergeGroup
            | EventKind::Push(_)
            | EventKind::WorkflowDispatch { .. }
            | EventKind::Schedule
            | EventKind::RepositoryDispatch => None,
        }
    }

    /// Whether `GITHUB_REF` is the default branch.
    pub fn is_on_default_branch(&self) -> bool {
        self.branch.is_some() && self.branch == self.default_branch
    }
}

impl Push {
    /// The branch pushed to; `None` for a tag.
    pub fn branch(&self) -> Option<&str> {
        self.full_ref.strip_prefix("refs/heads/")
    }
}

struct Payload<'a> {
    event: &'a str,
    value: Option<Value>,
}

impl Payload<'_> {
    fn optional<T: DeserializeOwned>(&self) -> Result<Option<T>, EventError> {
        let Some(value) = &self.value else { return Ok(None) };
        let malformed = |error: serde_json::Error| EventError::Malformed { event: self.event.to_owned(), reason: error.to_string() };
        T::deserialize(value).map(Some).map_err(malformed)
    }

    fn required<T: DeserializeOwned>(&self) -> Result<T, EventError> {
        self.optional()?.ok_or_else(|| EventError::NoPayload { event: self.event.to_owned() })
    }

    /// Events of which nothing is demanded may hold anything.
    fn pull_request(&self) -> Result<Option<PullRequest>, EventError> {
        let holds_one = self.value.as_ref().is_some_and(|value| value["pull_request"]["head"].is_object());
        if !holds_one {
            return Ok(None);
        }
        let payload: Option<PullRequestPayload> = self.optional()?;
        Ok(payload.map(|payload| payload.pull_request.into()))
    }
}

fn read_payload(event: &str, path: Option<&Path>) -> Result<Option<Value>, EventError> {
    let Some(path) = path else { return Ok(None) };
    let mut text = String::new();
    match File::open(path).and_then(|file| file.take(MAX_PAYLOAD).read_to_string(&mut text)) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(EventError::Unreadable(error)),
    }
    let malformed = |error: serde_json::Error| EventError::Malformed { event: event.to_owned(), reason: error.to_string() };
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map(Some).map_err(malformed)
}

fn read_push(payload: &Payload<'_>, env: &RunnerEnv) -> Result<Push, EventError> {
    // On a deletion GITHUB_REF is the default branch, not what was deleted: the payload comes first.
    let Some(push) = payload.optional::<PushPayload>()? else {
        let full_ref = env.full_ref.clone().ok_or_else(|| EventError::NoPayload { event: payload.event.to_owned() })?;
        return Ok(Push { full_ref, deleted: false, message: None });
    };
    let PushPayload { full_ref, deleted, after, head_commit } = push;
    let full_ref = full_ref.or_else(|| env.full_ref.clone());
    let full_ref = full_ref.ok_or_else(|| EventError::Malformed { event: payload.event.to_owned(), reason: "no `ref`".to_owned() })?;
    let gone = after.is_some_and(|sha| !sha.is_empty() && sha.bytes().all(|byte| byte == b'0'));
    Ok(Push { full_ref, deleted: deleted.unwrap_or(false) || gone, message: head_commit.and_then(|commit| commit.message) })
}

fn read_inputs(payload: &Payload<'_>) -> Result<BTreeMap<String, String>, EventError> {
    let inputs = payload.optional::<DispatchPayload>()?.and_then(|payload| payload.inputs).unwrap_or_default();
    let text = |value: Value| match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => other.to_string(),
    };
    Ok(inputs.into_iter().map(|(name, value)| (name, text(value))).collect())
}
