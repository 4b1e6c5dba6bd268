//! How a run ends: the only table of exit codes and failure reasons.

use crate::apply::Interrupt;
use crate::client::{ApiError, ApiErrorKind, ProjectError};

/// A run that ended as it should, though perhaps not with "nothing to say".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Done, or no changes.
    Done,
    /// Changes are pending, and the caller asked to be told.
    ChangesPending,
}

impl Ending {
    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::ChangesPending => 2,
        }
    }
}

/// Why a run failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What kind of failure, for exit code and `failure-reason`.
    pub kind: FailureKind,
    /// A lower-case fragment that fits "failed to …: {message}"; empty if everything has been said. May
    /// hold untrusted text, never a secret.
    pub message: String,
    /// What the message is about, one a line; untrusted like the message.
    pub details: Vec<String>,
    /// Ways out, one a line.
    pub hints: Vec<String>,
}

/// The kinds of failure, as the action's output `failure-reason` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The config is invalid, in itself or against ReSim.
    ConfigInvalid,
    /// No credentials, or half a pair.
    NoCredentials,
    /// Credentials were refused, or lack a permission.
    AuthFailed,
    /// The network or the API failed.
    ApiError,
    /// ReSim's state changed while it was read, twice.
    StateMoved,
    /// The plan is not the one that was asked for.
    PlanChanged,
    /// The config is not the one at the branch's tip.
    StaleCommit,
    /// A person's commit is on the clone's branch.
    BranchTaken,
    /// The plan archives too much, or destroys what nobody reviewed.
    Guard,
    /// The event must never write.
    EventCannotWrite,
    /// Some writes were done, some were not.
    PartialApply,
    /// All writes were done, and a difference is left.
    NotConverged,
    /// GitHub failed.
    GitHubError,
    /// A signal, before the first write.
    Interrupted(Interrupt),
    /// A signal, after the first write.
    InterruptedApply(Interrupt),
    /// Wrong usage.
    Usage,
    /// A local file, or anything else.
    Local,
}

impl FailureKind {
    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::ConfigInvalid => 3,
            Self::PlanChanged | Self::StaleCommit | Self::BranchTaken | Self::Guard => 4,
            Self::EventCannotWrite | Self::Usage => 64,
            Self::Interrupted(Interrupt::Int) | Self::InterruptedApply(Interrupt::Int) => 130,
            Self::Interrupted(Interrupt::Term) | Self::InterruptedApply(Interrupt::Term) => 143,
            Self::NoCredentials
            | Self::AuthFailed
            | Self::ApiError
            | Self::StateMoved
            | Self::PartialApply
            | Self::NotConverged
            | Self::GitHubError
            | Self::Local => 1,
        }
    }

    /// The stable word of the action's output `failure-reason`.
    pub fn reason(self) -> &'static str {
        match self {
            Self::ConfigInvalid => "config-invalid",
            Self::NoCredentials => "no-credentials",
            Self::AuthFailed => "auth-failed",
            Self::ApiError | Self::Local => "api-error",
            Self::StateMoved => "state-moved",
            Self::PlanChanged => "plan-changed",
            Self::StaleCommit => "stale-commit",
            Self::BranchTaken => "branch-taken",
            Self::Guard => "guard",
            Self::EventCannotWrite => "event-cannot-write",
            Self::PartialApply | Self::InterruptedApply(_) => "partial-apply",
            Self::NotConverged => "not-converged",
            Self::GitHubError => "github-error",
            Self::Interrupted(_) => "interrupted",
            Self::Usage => "usage",
        }
    }
}

impl Failure {
    /// A failure with its message.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), details: Vec::new(), hints: Vec::new() }
    }

    /// A failure that has been told in full already.
    pub fn told(kind: FailureKind) -> Self {
        Self::new(kind, "")
    }

    /// Wrong usage.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Usage, message)
    }

    /// Adds what it is about.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Says what was being done: `reading the state: {message}`.
    #[must_use]
    pub fn context(mut self, context: &str) -> Self {
        self.message = format!("{context}: {}", self.message);
        self
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let kind = match &error.kind {
            ApiErrorKind::Unauthorized(_) | ApiErrorKind::Status { status: 401 | 403, .. } => FailureKind::AuthFailed,
            ApiErrorKind::StateMoved(_) => FailureKind::StateMoved,
            ApiErrorKind::Status { .. }
            | ApiErrorKind::Connect(_)
            | ApiErrorKind::NoAnswer(_)
            | ApiErrorKind::Malformed(_)
            | ApiErrorKind::Deadline(_) => FailureKind::ApiError,
        };
        let hints = error.hint().into_iter().collect();
        Self { kind, message: error.to_string(), details: Vec::new(), hints }
    }
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        let message = error.to_string();
        match error {
            ProjectError::Api(error) => error.into(),
            ProjectError::NotFound { near, .. } => {
                let failure = Self::new(FailureKind::ApiError, message);
                if near.is_empty() {
                    failure.hint("check the name, and that these credentials may see the project")
                } else {
                    failure.hint(format!("did you mean {}?", list_of_names(&near)))
                }
            }
            ProjectError::Ambiguous { candidates, .. } => {
                let ids: Vec<String> = candidates.iter().map(|project| project.id.to_string()).collect();
                Self::new(FailureKind::ApiError, message).hint(format!("name the one you mean by its ID: {}", ids.join(", ")))
            }
        }
    }
}

/// `a`, `b` or `c`, each in backquotes.
fn list_of_names(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interruption_after_a_write_is_a_partial_apply_with_the_signals_exit_code() {
        let before = FailureKind::Interrupted(Interrupt::Term);
        let after = FailureKind::InterruptedApply(Interrupt::Term);
        assert_eq!((before.exit_code(), before.reason()), (143, "interrupted"));
        assert_eq!((after.exit_code(), after.reason()), (143, "partial-apply"));
    }

    #[test]
    fn near_projects_are_named_in_one_hint() {
        let error = ProjectError::NotFound { asked: "a".to_owned(), near: vec!["b".to_owned(), "c".to_owned()] };
        assert_eq!(Failure::from(error).hints, ["did you mean `b` or `c`?"]);
    }
}
