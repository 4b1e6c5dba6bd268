//! A request, read as far as every route needs it.

use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::reply::Refusal;

/// One request to the API.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Upper case.
    pub(crate) method: String,
    /// As sent, from the first slash to the question mark.
    pub(crate) path: String,
    /// Decoded pairs in the order sent.
    pub(crate) query: Vec<(String, String)>,
    /// As sent.
    pub(crate) body: Vec<u8>,
    /// Who asks, for `userID` and `updateUserID`.
    pub(crate) user: String,
}

impl Request {
    /// The segments of the path below `/v1`; `None` outside it.
    pub(crate) fn segments(&self) -> Option<Vec<&str>> {
        Some(self.path.strip_prefix("/v1/")?.split('/').collect())
    }

    /// The first value of a parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A boolean parameter.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.parameter(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(invalid_parameter(name)),
        }
    }

    /// Parses the body.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(&self.body).map_err(|error| Refusal::bad(format!("can't parse JSON body: {error}")))
    }
}

/// Parses an ID of a path or query.
pub(crate) fn parse_id(name: &str, text: &str) -> Result<Uuid, Refusal> {
    // Uuid also reads braces and URNs, which no server of ReSim's kind does.
    if text.len() == 36 { Uuid::try_parse(text).map_err(|_| invalid_parameter(name)) } else { Err(invalid_parameter(name)) }
}

/// The refusal of a malformed parameter.
pub(crate) fn invalid_parameter(name: &str) -> Refusal {
    Refusal::bad(format!("Invalid format for parameter {name}"))
}
