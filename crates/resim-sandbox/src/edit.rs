//! What somebody else does meanwhile: requests of the API that no client sent.

use serde_json::Value;
use uuid::Uuid;

use crate::reply::{Refusal, Reply};
use crate::request::Request;
use crate::routes::{dispatch, find};
use crate::service::Service;
use crate::store::Project;

/// Who did it.
const SOMEBODY: &str = "somebody-else";

/// An edit: `METHOD PATH [JSON]`, the path within the project. `{experience:NAME}`, `{tag:NAME}`,
/// `{system:NAME}` and `{suite:NAME}` stand for IDs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    text: String,
}

impl Edit {
    /// Looks at the method alone: names are known only when it happens.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text.split_once(' ') {
            Some(("POST" | "PATCH" | "DELETE", path)) if !path.trim().is_empty() => Ok(Self { text: text.to_owned() }),
            _ => Err(format!("`{text}` is not an edit: METHOD PATH JSON, with POST, PATCH or DELETE")),
        }
    }

    /// Does it.
    pub(crate) fn apply(&self, service: &Service) -> Result<Value, String> {
        let reply = self.request(service).and_then(|request| {
            let route = find(&request)?;
            dispatch(&service.store, route, &request)
        });
        let Reply { status: _, body } = reply.map_err(|Refusal { status, message }| format!("{}: {status} {message}", self.text))?;
        Ok(serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    fn request(&self, service: &Service) -> Result<Request, Refusal> {
        let store = service.store();
        let Some(project) = store.main() else { return Err(Refusal::not_found("no project")) };
        let text = with_ids(project, &self.text)?;
        let mut words = text.splitn(3, char::is_whitespace);
        let (method, path, body) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/v1/projects/{}/{path}", project.id) };
        Ok(Request { method: method.to_owned(), path, query: Vec::new(), body: body.as_bytes().to_vec(), user: SOMEBODY.to_owned() })
    }
}

/// Puts IDs in the place of names.
fn with_ids(project: &Project, text: &str) -> Result<String, Refusal> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let named = from.strip_prefix('{').and_then(|inner| inner.split_once('}')).and_then(|(inner, after)| {
            let (kind, name) = inner.split_once(':')?;
            ["experience", "tag", "system", "suite"].contains(&kind).then_some((kind, name, after))
        });
        match named {
            Some((kind, name, after)) => {
                let id = id_of(project, kind, name).ok_or_else(|| Refusal::not_found(format!("no {kind} is called `{name}`")))?;
                out.push_str(&id.to_string());
                rest = after;
            }
            None => {
                out.push('{');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// The live thing of a name, else an archived one.
fn id_of(project: &Project, kind: &str, name: &str) -> Option<Uuid> {
    match kind {
        "experience" => {
            let holders = project.by_name.get(name)?;
            holders.iter().copied().min_by_key(|id| project.experiences.get(id).is_none_or(|one| one.archived))
        }
        "tag" => project.tags.values().find(|tag| tag.name == name).map(|tag| tag.id),
        "system" => project.systems.values().find(|system| system.name == name).map(|system| system.id),
        _ => {
            let named = project.suites.values().filter(|suite| suite.latest.name == name);
            named.min_by_key(|suite| suite.archived).map(|suite| suite.id)
        }
    }
}
