//! Health, quota and the check of a location.

use serde_json::json;

use crate::reply::{Answer, Reply};
use crate::request::Request;
use crate::store::Store;
use crate::wire::Location;

pub(crate) fn health() -> Answer {
    Reply::ok(&json!({ "status": "healthy" }))
}

pub(crate) fn quota() -> Answer {
    Reply::ok(&json!({ "availableTokens": 1000, "maxTokens": 1000, "secondsUntilRefresh": 60, "orgID": "sandbox" }))
}

/// Nothing lies at any location here; only its form is looked at.
pub(crate) fn check_location(store: &Store, request: &Request) -> Answer {
    let Location { location, project_id } = request.json()?;
    if let Some(project) = project_id {
        store.project(project)?;
    }
    let cloud = location.unwrap_or_default().starts_with("s3://");
    Reply::ok(&json!({ "isCloud": cloud, "objectCount": 0, "objects": [], "totalSizeBytes": 0 }))
}
