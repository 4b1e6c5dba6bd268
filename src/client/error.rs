//! What can go wrong with one request.

use thiserror::Error;

/// A request that did not end well, with the request and the reply in its words; never a secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{request}: {kind}")]
pub struct ApiError {
    /// Method and path, for people: `PATCH …/experiences/3f2a1b2c…`.
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

    /// Whether the request may have had its effect although no success was seen.
    pub fn may_have_happened(&self) -> bool {
        match &self.kind {
            ApiErrorKind::NoAnswer(_) | ApiErrorKind::Malformed(_) => true,
            ApiErrorKind::Status { status, .. } => *status >= 500,
            ApiErrorKind::Connect(_) | ApiErrorKind::Unauthorized(_) | ApiErrorKind::Deadline(_) | ApiErrorKind::StateMoved(_) => false,
        }
    }

    /// The way out, where there is one to tell: what to check, set or do. A line of its own, without untrusted text.
    pub fn hint(&self) -> Option<String> {
        let hint = match &self.kind {
            ApiErrorKind::Status { status: 300..=399, .. } => {
                "redirects are not followed, so that credentials stay with the host they are for: check RESIM_URL and RESIM_AUTH_URL"
            }
            ApiErrorKind::Status { status: 403, .. } => {
                "the credentials lack a permission that this needs; ask whoever manages your ReSim organisation for it"
            }
            ApiErrorKind::Status { status: 404, .. } if self.is_entrance() => {
                "is RESIM_URL the base of a ReSim API? it usually ends in `/v1/`; RESIM_AUTH_URL is the address of the OAuth tenant alone"
            }
            ApiErrorKind::Status { status: 429, .. } => "too many requests: lower `--parallel`, or run again later",
            ApiErrorKind::Status { status: 500.., .. } => "ReSim has trouble; run again later",
            ApiErrorKind::Status { .. } => return None,
            ApiErrorKind::Connect(cause) if cause.contains("certificate") => {
                "if a proxy or server has a certificate of its own, name the file of its authority in SSL_CERT_FILE"
            }
            ApiErrorKind::Connect(_) => "check RESIM_URL and RESIM_AUTH_URL, the network, and HTTPS_PROXY and NO_PROXY if there is a proxy",
            ApiErrorKind::NoAnswer(why) if why.contains("deadline of the run") => "allow more time with `--deadline`",
            ApiErrorKind::NoAnswer(_) => "the network or ReSim is slow or failing; run again",
            ApiErrorKind::Malformed(_) => "is RESIM_URL the base of a ReSim API, and no proxy in between that answers in its place?",
            ApiErrorKind::Unauthorized(_) => {
                "check RESIM_TOKEN, or RESIM_CLIENT_ID and RESIM_CLIENT_SECRET, or RESIM_USERNAME and RESIM_PASSWORD, and that they belong to this deployment"
            }
            // What kept failing until then is what to look at.
            ApiErrorKind::Deadline(why) if why.starts_with("cannot connect") => {
                "check RESIM_URL and RESIM_AUTH_URL, the network, and HTTPS_PROXY and NO_PROXY if there is a proxy"
            }
            ApiErrorKind::Deadline(_) => "allow more time with `--deadline`",
            ApiErrorKind::StateMoved(_) => "somebody or something else is changing this project; run again when it is done",
        };
        Some(hint.to_owned())
    }

    /// Whether this is one of the first requests, which a wrong address makes fail.
    fn is_entrance(&self) -> bool {
        self.request.ends_with("/projects") || self.request.ends_with("/oauth/token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(request: &str, kind: ApiErrorKind) -> ApiError {
        ApiError { request: request.into(), kind }
    }

    fn status(status: u16, message: Option<&str>) -> ApiErrorKind {
        ApiErrorKind::Status { status, reason: "Conflict".into(), message: message.map(Into::into) }
    }

    #[test]
    fn an_error_is_the_request_and_the_reply() {
        let shown = error("PATCH …/experiences/3f2a1b2c…", status(409, Some("name already exists"))).to_string();
        assert_eq!(shown, "PATCH …/experiences/3f2a1b2c…: 409 Conflict: name already exists");
        assert_eq!(error("GET …/projects", status(409, None)).to_string(), "GET …/projects: 409 Conflict");
    }

    #[test]
    fn a_hint_fits_what_happened() {
        let hint = |request: &str, kind| error(request, kind).hint().unwrap_or_default();
        assert!(hint("GET …/projects", status(404, None)).contains("/v1/"));
        assert_eq!(hint("GET …/experiences/3f2a1b2c…", status(404, None)), "");
        assert!(hint("GET …/tags", ApiErrorKind::Connect("invalid peer certificate: UnknownIssuer".into())).contains("SSL_CERT_FILE"));
        assert!(hint("GET …/tags", ApiErrorKind::Connect("refused".into())).contains("RESIM_URL"));
        assert!(hint("GET …/tags", ApiErrorKind::Unauthorized("x".into())).contains("RESIM_CLIENT_SECRET"));
        assert!(hint("GET …/tags", ApiErrorKind::Deadline("x".into())).contains("--deadline"));
        assert!(hint("GET …/tags", status(302, None)).contains("redirects"));
    }
}
