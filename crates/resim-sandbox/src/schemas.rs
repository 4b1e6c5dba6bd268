//! JSON Schemas of the bodies that this API takes and gives, for tests of both sides.

use serde_json::{Value, json};

const SCHEMAS: &str = include_str!("../schemas/api.schema.json");

/// All schemas as the definitions of one document (draft 2020-12).
pub fn schemas() -> Value {
    serde_json::from_str(SCHEMAS).unwrap_or_else(|error| json!({ "broken": error.to_string() }))
}

/// The schema of one request body: its method, and its path as sent.
///
/// `None` where the operation takes no body, or is unknown.
pub fn request_schema(method: &str, path: &str) -> Option<Value> {
    reference(operation(method, path)?.request?)
}

/// The schema of one answer: method and path of its request, and its status.
///
/// `None` where the answer has no body, or is not documented.
pub fn answer_schema(method: &str, path: &str, status: u16) -> Option<Value> {
    let Some(operation) = operation(method, path) else { return (status >= 400).then(|| reference("Error")).flatten() };
    if status == operation.status {
        return reference(operation.answer?);
    }
    let error = if path.starts_with("/oauth/") { "OAuthError" } else { "Error" };
    if status >= 400 { reference(error) } else { None }
}

/// The status of success of an operation, as documented; `None` if it is unknown.
pub fn success_status(method: &str, path: &str) -> Option<u16> {
    operation(method, path).map(|operation| operation.status)
}

struct Operation {
    status: u16,
    request: Option<&'static str>,
    answer: Option<&'static str>,
}

fn reference(name: &str) -> Option<Value> {
    let mut schema = schemas();
    schema.as_object_mut()?.insert("$ref".to_owned(), json!(format!("#/$defs/{name}")));
    Some(schema)
}

fn operation(method: &str, path: &str) -> Option<Operation> {
    let path = path.strip_prefix("/v1").unwrap_or(path);
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let (status, request, answer) = match (method, &segments[..]) {
        ("POST", ["oauth", "token"]) => (200, Some("TokenRequest"), Some("TokenResponse")),
        ("GET", ["health"]) => (200, None, Some("Health")),
        ("GET", ["quota"]) => (200, None, Some("Quota")),
        ("POST", ["validateExperienceLocation"]) => (200, Some("ExperienceLocation"), Some("ExperienceLocationContents")),
        ("GET", ["projects"]) => (200, None, Some("ProjectPage")),
        ("GET", ["projects", _]) => (200, None, Some("Project")),
        (method, ["projects", _, rest @ ..]) => in_project(method, rest)?,
        _ => return None,
    };
    Some(Operation { status, request, answer })
}

type Names = (u16, Option<&'static str>, Option<&'static str>);

fn in_project(method: &str, rest: &[&str]) -> Option<Names> {
    Some(match (method, rest) {
        ("GET", ["experiences"]) => (200, None, Some("ExperiencePage")),
        ("POST", ["experiences"]) => (201, Some("CreateExperience"), Some("Experience")),
        ("POST", ["experiences", "archive"]) => (200, Some("BulkArchiveExperiences"), Some("Count")),
        ("GET", ["experiences", "customfields"]) => (200, None, Some("CustomFields")),
        ("GET", ["experiences", _]) => (200, None, Some("Experience")),
        ("PATCH", ["experiences", _]) => (200, Some("UpdateExperience"), Some("Experience")),
        ("DELETE", ["experiences", _]) | ("POST", ["experiences", _, "restore"]) => (204, None, None),
        ("GET", ["experiences", _, "experienceTags"]) => (200, None, Some("ExperienceTagPage")),
        ("GET", ["experiences", _, "systems"]) => (200, None, Some("SystemPage")),
        ("GET", ["experienceTags"]) => (200, None, Some("ExperienceTagPage")),
        ("POST", ["experienceTags"]) => (201, Some("CreateExperienceTag"), Some("ExperienceTag")),
        ("POST", ["experienceTags", "addExperiences"]) => (201, Some("AddTagsToExperiences"), None),
        ("GET", ["experienceTags", _]) => (200, None, Some("ExperienceTag")),
        ("DELETE", ["experienceTags", _]) => (204, None, None),
        ("GET", ["experienceTags" | "systems", _, "experiences"]) => (200, None, Some("ExperiencePage")),
        ("POST", ["experienceTags" | "systems", _, "experiences", _]) => (201, None, None),
        ("DELETE", ["experienceTags" | "systems", _, "experiences", _]) => (204, None, None),
        ("GET", ["systems"]) => (200, None, Some("SystemPage")),
        ("POST", ["systems"]) => (201, Some("CreateSystem"), Some("System")),
        ("POST", ["systems", "addExperiences" | "removeExperiences"]) => (201, Some("SystemsAndExperiences"), None),
        ("GET", ["systems", _]) => (200, None, Some("System")),
        ("GET", ["suites"]) => (200, None, Some("TestSuitePage")),
        ("POST", ["suites"]) => (201, Some("CreateTestSuite"), Some("TestSuite")),
        ("POST", ["suites", "addExperiences"]) => (201, Some("AddSuitesToExperiences"), None),
        ("GET", ["suites", _]) => (200, None, Some("TestSuite")),
        ("PATCH", ["suites", _]) => (200, Some("ReviseTestSuite"), Some("TestSuite")),
        ("PATCH", ["suites", _, "addExperiences" | "removeExperiences"]) => (200, Some("SelectExperiences"), Some("TestSuite")),
        ("DELETE", ["suites", _]) | ("POST", ["suites", _, "restore"]) => (204, None, None),
        ("GET", ["suites", _, "revisions"]) => (200, None, Some("TestSuiteRevisionPage")),
        ("GET", ["suites", _, "revisions", _]) => (200, None, Some("TestSuite")),
        _ => return None,
    })
}
