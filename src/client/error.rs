//! What can go wrong with one request.

use thiserror::Error;

/// A request that did not end well, with the request and the reply in its words; never a secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{request}: {kind}")]
pub struct ApiError {
    /// Method and path, for people: `PATCH …/experiences/3f2a`.
    pub request: String,
    /// What happened.
    pub kind: ApiErrorKind,
}

/// What happened to a request.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ApiErrorKind {
    /// The server answered with an error; the message is the server's own, shortened, untrusted.
    #[error("{status} {reason}{}", message.as_ref().map(|message| format!(": {message}")).unwrap_or_default())]
    Status {
        /// HTTP status code.
        status: u16,
        /// Its canonical words.
        reason: String,
        /// The server's message, if it sent one.
        message: Option<String>,
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
    /// Credentials were refused.
    #[error("credentials refused: {0}")]
    Unauthorized(String),
    /// The run's deadline passed, or would pass while waiting.
    #[error("the deadline of the run passed: {0}")]
    Deadline(String),
    /// A read that contradicts itself twice: somebody is changing ReSim right now.
    #[error("the state moved while it was read: {0}")]
    StateMoved(String),
}

impl ApiError {
    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        match &self.kind {
            ApiErrorKind::Status { status, .. } => Some(*status),
            ApiErrorKind::Unauthorized(_) => Some(401),
            ApiErrorKind::Connect(_)
            | ApiErrorKind::NoAnswer(_)
            | ApiErrorKind::Malformed(_)
            | ApiErrorKind::Deadline(_)
            | ApiErrorKind::StateMoved(_) => None,
        }
    }

    /// The way out, for the user.
    pub fn hint(&self) -> Option<String> {
        None
    }

    /// Whether the request may have had its effect although no success was seen.
    pub fn may_have_happened(&self) -> bool {
        match &self.kind {
            ApiErrorKind::NoAnswer(_) | ApiErrorKind::Malformed(_) => true,
            ApiErrorKind::Status { status, .. } => *status >= 500,
            ApiErrorKind::Connect(_) | ApiErrorKind::Unauthorized(_) | ApiErrorKind::Deadline(_) | ApiErrorKind::StateMoved(_) => false,
        }
    }
}
