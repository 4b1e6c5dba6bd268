//! One run's connection to one deployment: makes requests out of paths and bodies, and sends them.

use std::sync::atomic::AtomicBool;

use reqwest::{Method, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::answer::Answer;
use super::auth::Auth;
use super::hosts::{as_base, check_url};
use super::http::http_client;
use super::retry::{Repeat, Timing};
use super::transport::{Body, Call, Transport};
use super::{ApiError, ApiErrorKind, ConnectOptions};

/// What all clones of a session or project share.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) transport: Transport,
    pub(crate) auth: Auth,
    /// Whether `(hidden)` stands for a value that is not to be had.
    pub(crate) hidden_placeholder: bool,
    /// Whether the deployment gives no large pages: the other lists then do not ask for one.
    pub(crate) small_pages: AtomicBool,
    client: reqwest::Client,
    base: Url,
}

impl Connection {
    pub(crate) async fn open(options: &ConnectOptions, timing: Timing) -> Result<Self, ApiError> {
        let ConnectOptions { api_url, auth_url, credentials, parallel, deadline, hidden_placeholder } = options;
        let unusable = |why: String| ApiError { request: "ReSim".into(), kind: ApiErrorKind::Connect(why) };
        for url in [Some(api_url), auth_url.as_ref()].into_iter().flatten() {
            check_url(url).map_err(unusable)?;
        }
        let client = http_client(api_url).map_err(unusable)?;
        let auth_client = match auth_url {
            Some(auth_url) => http_client(auth_url).map_err(unusable)?,
            None => client.clone(),
        };
        let transport = Transport::new(timing, *parallel, *deadline);
        let auth = Auth::open(&transport, auth_client, auth_url.as_ref(), credentials).await?;
        let hidden_placeholder = *hidden_placeholder;
        Ok(Self { transport, auth, hidden_placeholder, small_pages: AtomicBool::new(false), client, base: as_base(api_url) })
    }

    /// `GET`, as a value of the API.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<T, ApiError> {
        self.send(&self.call(Method::GET, path, query, Body::Empty, Repeat::Safe)?, Answer::json).await
    }

    /// Sends a body and reads the answer as a value of the API.
    pub(crate) async fn write<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &(impl Serialize + Sync),
        repeat: Repeat,
    ) -> Result<T, ApiError> {
        self.send(&self.call(method, path, &[], json_body(body), repeat)?, Answer::json).await
    }

    /// Sends a body; only the success of the answer matters.
    pub(crate) async fn write_only(
        &self,
        method: Method,
        path: &str,
        body: &(impl Serialize + Sync),
        repeat: Repeat,
    ) -> Result<(), ApiError> {
        self.send(&self.call(method, path, &[], json_body(body), repeat)?, Answer::nothing).await
    }

    /// Sends no body; only the success of the answer matters.
    pub(crate) async fn act(&self, method: Method, path: &str, repeat: Repeat) -> Result<(), ApiError> {
        self.send(&self.call(method, path, &[], Body::Empty, repeat)?, Answer::nothing).await
    }

    async fn send<T>(&self, call: &Call, decode: impl Fn(&Answer) -> Result<T, ApiErrorKind>) -> Result<T, ApiError> {
        self.auth.run(&self.transport, call, decode).await
    }

    fn call(&self, method: Method, path: &str, query: &[(&str, &str)], body: Body, repeat: Repeat) -> Result<Call, ApiError> {
        let name = display_name(&method, path);
        let unusable = |error: url::ParseError| ApiError { request: name.clone(), kind: ApiErrorKind::Connect(error.to_string()) };
        let mut url = self.base.join(path).map_err(unusable)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(Call { client: self.client.clone(), method, url, name, body, repeat })
    }
}

/// A request for people: without the project, IDs by their beginning.
pub(crate) fn display_name(method: &Method, path: &str) -> String {
    let mut segments = path.split('/').peekable();
    let mut name = format!("{method} …");
    let mut first = true;
    while let Some(segment) = segments.next() {
        let project = first && segment == "projects" && segments.clone().count() > 1;
        first = false;
        if project {
            segments.next();
            continue;
        }
        name.push('/');
        match Uuid::try_parse(segment) {
            Ok(id) => {
                let id = id.hyphenated().to_string();
                name.push_str(id.split('-').next().unwrap_or_default());
                name.push('…');
            }
            Err(_) => name.push_str(segment),
        }
    }
    name
}

fn json_body(body: &impl Serialize) -> Body {
    Body::Json(serde_json::to_vec(body).expect("request bodies are plain structs, lists and text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_named_for_people() {
        let id = "3f2a1b2c-0000-4000-8000-000000000000";
        let name = |path: &str| display_name(&Method::GET, path);
        assert_eq!(name("projects"), "GET …/projects");
        assert_eq!(name(&format!("projects/{id}")), "GET …/projects/3f2a1b2c…");
        assert_eq!(name(&format!("projects/{id}/experiences")), "GET …/experiences");
        assert_eq!(name(&format!("projects/{id}/experiences/{id}/restore")), "GET …/experiences/3f2a1b2c…/restore");
    }
}
