//! What a request is answered with, before it becomes HTTP.

use serde::Serialize;

/// An answer: status and JSON body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    /// HTTP status code.
    pub(crate) status: u16,
    /// JSON, or empty.
    pub(crate) body: Vec<u8>,
}

/// What a handler returns.
pub(crate) type Answer = Result<Reply, Refusal>;

/// Why a request is refused, with the status that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// HTTP status code.
    pub(crate) status: u16,
    /// For the `message` of the body.
    pub(crate) message: String,
}

impl Reply {
    /// 200 with a body.
    pub(crate) fn ok(body: &impl Serialize) -> Answer {
        Self::json(200, body)
    }

    /// 201 with a body.
    pub(crate) fn created(body: &impl Serialize) -> Answer {
        Self::json(201, body)
    }

    /// A status without a body.
    pub(crate) fn empty(status: u16) -> Answer {
        Ok(Self { status, body: Vec::new() })
    }

    /// A status with a body.
    pub(crate) fn json(status: u16, body: &impl Serialize) -> Answer {
        match serde_json::to_vec(body) {
            Ok(body) => Ok(Self { status, body }),
            Err(error) => Err(Refusal { status: 500, message: format!("the embedded API cannot write its answer: {error}") }),
        }
    }
}

impl Refusal {
    /// 400.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self { status: 400, message: message.into() }
    }

    /// 404.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self { status: 404, message: message.into() }
    }

    /// 409.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self { status: 409, message: message.into() }
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        let Refusal { status, message } = refusal;
        Self { status, body: serde_json::json!({ "message": message }).to_string().into_bytes() }
    }
}
