//! What can go wrong between the program and GitHub.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

/// A request to GitHub that did not end well, with the request and the reply in its words; never a secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{request}: {kind}")]
pub struct GitHubError {
    /// Method and path, for people: `PATCH /repos/octo/config/issues/comments/5`.
    pub request: String,
    /// What happened.
    pub kind: GitHubErrorKind,
}

/// What happened to a request. Messages are GitHub's own, shortened, untrusted.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum GitHubErrorKind {
    /// An error without a special meaning.
    #[error("{status} {reason}{}", colon(message))]
    Status {
        /// HTTP status code.
        status: u16,
        /// Its canonical words.
        reason: String,
        /// GitHub's message; may be empty.
        message: String,
    },
    /// The token lacks a right. Asking again does not help.
    #[error("the token lacks {permission}{}", colon(message))]
    MissingPermission {
        /// What it lacks.
        permission: Permission,
        /// GitHub's message; may be empty.
        message: String,
    },
    /// A limit on requests that lasts longer than the run can wait.
    #[error("GitHub limits requests for another {} s{}", wait.as_secs(), colon(message))]
    RateLimited {
        /// How long.
        wait: Duration,
        /// GitHub's message; may be empty.
        message: String,
    },
    /// The GraphQL API refused a document or a mutation.
    #[error("{}{message}", code.as_ref().map(|code| format!("{code}: ")).unwrap_or_default())]
    GraphQl {
        /// GitHub's word for the kind of error: `NOT_FOUND`.
        code: Option<String>,
        /// GitHub's message.
        message: String,
    },
    /// No connection: certainly nothing was done.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The connection broke or timed out after the request was sent: it may have been done.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// The answer is not what the API documents.
    #[error("answer not understood: {0}")]
    Malformed(String),
    /// The run's deadline passed.
    #[error("the deadline of the run passed")]
    Deadline,
    /// The connection cannot even be tried: a URL or token that is none, no certificates.
    #[error("{0}")]
    Setup(String),
}

/// A right or a setting that a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// To read files and commits.
    ContentsRead,
    /// To commit.
    ContentsWrite,
    /// To write issues.
    IssuesWrite,
    /// To comment on pull requests and to open them.
    PullRequestsWrite,
    /// The repository's setting without which no workflow opens a pull request.
    PullRequestsSetting,
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ContentsRead => "the permission `contents: read`",
            Self::ContentsWrite => "the permission `contents: write`",
            Self::IssuesWrite => "the permission `issues: write`",
            Self::PullRequestsWrite => "the permission `pull-requests: write`",
            Self::PullRequestsSetting => "the setting \"Allow GitHub Actions to create and approve pull requests\"",
        })
    }
}

impl Permission {
    /// The way out, a sentence without an end.
    fn hint(self) -> String {
        match self {
            Self::ContentsRead | Self::ContentsWrite | Self::IssuesWrite | Self::PullRequestsWrite => {
                format!("give the job {self} under `permissions:`")
            }
            Self::PullRequestsSetting => format!("tick {self} under Settings, Actions, General, of the repository or its organisation"),
        }
    }
}

impl GitHubError {
    /// The HTTP status of a plain refusal.
    pub fn status(&self) -> Option<u16> {
        match &self.kind {
            GitHubErrorKind::Status { status, .. } => Some(*status),
            GitHubErrorKind::MissingPermission { .. } => Some(403),
            GitHubErrorKind::RateLimited { .. }
            | GitHubErrorKind::GraphQl { .. }
            | GitHubErrorKind::Connect(_)
            | GitHubErrorKind::NoAnswer(_)
            | GitHubErrorKind::Malformed(_)
            | GitHubErrorKind::Deadline
            | GitHubErrorKind::Setup(_) => None,
        }
    }

    /// A way out, if there is one.
    pub fn hint(&self) -> Option<String> {
        match &self.kind {
            GitHubErrorKind::MissingPermission { permission, .. } => Some(permission.hint()),
            GitHubErrorKind::Status { status: 401, .. } => Some("check the action's input `github-token`".to_owned()),
            GitHubErrorKind::Status { status: 300..=399, .. } => {
                Some("the repository may have been renamed; redirects are not followed with credentials".to_owned())
            }
            GitHubErrorKind::Status { .. }
            | GitHubErrorKind::RateLimited { .. }
            | GitHubErrorKind::GraphQl { .. }
            | GitHubErrorKind::Connect(_)
            | GitHubErrorKind::NoAnswer(_)
            | GitHubErrorKind::Malformed(_)
            | GitHubErrorKind::Deadline
            | GitHubErrorKind::Setup(_) => None,
        }
    }

    /// Whether the request may have had its effect although no success was seen.
    pub fn may_have_happened(&self) -> bool {
        match &self.kind {
            GitHubErrorKind::NoAnswer(_) | GitHubErrorKind::Malformed(_) | GitHubErrorKind::Deadline => true,
            GitHubErrorKind::Status { status, .. } => *status >= 500,
            GitHubErrorKind::MissingPermission { .. }
            | GitHubErrorKind::RateLimited { .. }
            | GitHubErrorKind::GraphQl { .. }
            | GitHubErrorKind::Connect(_)
            | GitHubErrorKind::Setup(_) => false,
        }
    }
}

fn colon(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}
