//! Sends requests: again where that is safe, one write after another, with nothing secret in what it reports.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use octocrab::Octocrab;
use reqwest::header::{HeaderMap, LINK, LOCATION};
use reqwest::{Method, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::options::{header_token, setup};
use super::pause::{ATTEMPTS, PATIENCE, Pause, after_refusal};
use super::{Document, GitHubError, GitHubErrorKind, GitHubOptions, Permission, Request, Waits};
use crate::client::{Scrubber, cause, http_client};
use crate::github::RepositoryName;

/// A request whose answer takes longer is broken off.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// No list of ours is longer; a server that goes on and on is stopped.
pub(crate) const MAX_PAGES: usize = 1_000;

/// GitHub, for one repository. `Debug` shows no secret.
pub struct GitHub {
    rest: Octocrab,
    graphql: Octocrab,
    repository_url: Url,
    graphql_url: Url,
    server_url: String,
    repository: RepositoryName,
    scrubber: Scrubber,
    deadline: Option<Instant>,
    waits: Waits,
    /// Held while something is written: GitHub asks for one write at a time.
    writing: Mutex<()>,
    requests: AtomicU64,
}

/// A success.
struct Answer {
    body: String,
    next: Option<String>,
}

/// An attempt that failed, and what may come next.
struct Refused {
    kind: GitHubErrorKind,
    pause: Pause,
}

#[derive(Deserialize)]
struct ErrorBody {
    message: Option<String>,
    errors: Option<Vec<Value>>,
}

#[derive(Deserialize)]
struct GraphQlBody {
    data: Option<Value>,
    errors: Option<Vec<GraphQlErrorBody>>,
}

#[derive(Deserialize)]
struct GraphQlErrorBody {
    #[serde(rename = "type")]
    code: Option<String>,
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection<T> {
    nodes: Vec<Option<T>>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl GitHub {
    /// Sets up a connection; sends nothing yet. Belongs to the present tokio runtime.
    ///
    /// # Errors
    /// No certificates, or a token that cannot be one.
    // Async because octocrab panics outside a runtime.
    #[expect(clippy::unused_async, reason = "octocrab spawns a task when it is built, which takes a runtime")]
    pub async fn connect(options: GitHubOptions) -> Result<Self, GitHubError> {
        let GitHubOptions { api_url, graphql_url, server_url, repository, token, deadline, waits } = options;
        let token = header_token(&token)?;
        let scrubber = Scrubber::default();
        scrubber.add(&token);
        // Two clients, as octocrab puts the base's path before every other path, absolute URLs included.
        let octocrab = |base: &Url| {
            let client = http_client(base).map_err(|why| setup(&why))?;
            Octocrab::builder()
                .base_uri(base.as_str())
                .map_err(|_| setup("a URL of GitHub's is not understood"))?
                .personal_token(token.clone())
                .build_with_reqwest(client)
                .map_err(|_| setup("the GitHub client cannot be set up"))
        };
        let (rest, graphql) = (octocrab(&api_url)?, octocrab(&graphql_url)?);
        let mut repository_url = api_url;
        if let Ok(mut segments) = repository_url.path_segments_mut() {
            segments.pop_if_empty().extend(["repos", repository.owner(), repository.name()]);
        }
        let (writing, requests) = (Mutex::new(()), AtomicU64::new(0));
        Ok(Self { rest, graphql, repository_url, graphql_url, server_url, repository, scrubber, deadline, waits, writing, requests })
    }

    /// The repository that all requests are about.
    pub fn repository(&self) -> &RepositoryName {
        &self.repository
    }

    /// The repository's page: `https://github.com/octo/config`.
    pub fn repository_page(&self) -> String {
        format!("{}/{}", self.server_url, self.repository)
    }

    /// Requests sent so far, repeats included.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(crate) fn waits(&self) -> &Waits {
        &self.waits
    }

    /// The error for an answer of 2xx that is not what the API documents.
    pub(crate) fn malformed(&self, request: &Request, why: &str) -> GitHubError {
        GitHubError { request: request.name.clone(), kind: GitHubErrorKind::Malformed(self.scrubber.message(why)) }
    }

    /// Sends, and reads the answer as JSON.
    pub(crate) async fn json<T: DeserializeOwned>(&self, request: &Request) -> Result<T, GitHubError> {
        let answer = self.send(request, None).await?;
        self.parse(request, &answer.body)
    }

    /// Sends, and expects an answer without a body.
    pub(crate) async fn done(&self, request: &Request) -> Result<(), GitHubError> {
        self.send(request, None).await.map(drop)
    }

    /// Reads a list to its end.
    pub(crate) async fn list<T: DeserializeOwned>(&self, request: Request) -> Result<Vec<T>, GitHubError> {
        let request = request.with("per_page", "100");
        let mut all = Vec::new();
        let mut page = None;
        for _ in 0..MAX_PAGES {
            let answer = self.send(&request, page.as_ref()).await?;
            all.append(&mut self.parse::<Vec<T>>(&request, &answer.body)?);
            let Some(next) = answer.next else { return Ok(all) };
            let next = self.own_url(&next).ok_or_else(|| self.malformed(&request, "the next page is on another host"))?;
            if page.as_ref() == Some(&next) {
                return Err(self.malformed(&request, "a page names itself as the next one"));
            }
            page = Some(next);
        }
        Err(self.malformed(&request, "the list does not end"))
    }

    /// Sends a GraphQL document, and reads the answer's `data`.
    pub(crate) async fn data<T: DeserializeOwned>(&self, request: &Request) -> Result<T, GitHubError> {
        let answer = self.send(request, None).await?;
        let body: GraphQlBody = self.parse(request, &answer.body)?;
        let data = body.data.ok_or_else(|| self.malformed(request, "no `data`"))?;
        T::deserialize(data).map_err(|error| self.malformed(request, &error.to_string()))
    }

    /// Reads a GraphQL connection, found in `data` at a JSON pointer: to its end, or so many pages.
    pub(crate) async fn connection<T: DeserializeOwned>(
        &self,
        document: Document,
        mut variables: Value,
        at: &str,
        needs: Permission,
        pages: usize,
    ) -> Result<Vec<T>, GitHubError> {
        let mut all = Vec::new();
        for _ in 0..pages {
            let request = Request::query(document, &variables, needs);
            let data: Value = self.data(&request).await?;
            let connection = data.pointer(at).ok_or_else(|| self.malformed(&request, "the list is missing"))?;
            let connection = Connection::<T>::deserialize(connection).map_err(|error| self.malformed(&request, &error.to_string()))?;
            all.extend(connection.nodes.into_iter().flatten());
            let PageInfo { has_next_page, end_cursor } = connection.page_info;
            if !has_next_page {
                break;
            }
            let next = Value::from(end_cursor);
            if next.is_null() || variables["after"] == next {
                return Err(self.malformed(&request, "a page names itself as the next one"));
            }
            variables["after"] = next;
        }
        Ok(all)
    }

    fn parse<T: DeserializeOwned>(&self, request: &Request, body: &str) -> Result<T, GitHubError> {
        serde_json::from_str(body).map_err(|error| self.malformed(request, &error.to_string()))
    }

    /// A URL from an answer, if credentials may be sent there.
    fn own_url(&self, text: &str) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        (url.origin() == self.repository_url.origin()).then_some(url)
    }

    /// Sends until it succeeds or must not be repeated.
    async fn send(&self, request: &Request, page: Option<&Url>) -> Result<Answer, GitHubError> {
        let _turn = if request.writes() { Some(self.writing.lock().await) } else { None };
        let url = page.cloned().unwrap_or_else(|| request.url(&self.repository_url, &self.graphql_url));
        let error = |kind| GitHubError { request: request.name.clone(), kind };
        let mut waited = Duration::ZERO;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let Refused { kind, pause } = match self.attempt(request, &url).await {
                Ok(answer) => return Ok(answer),
                Err(refused) => refused,
            };
            let Some(wait) = pause.length(attempts) else { return Err(error(kind)) };
            let in_time = self.deadline.is_none_or(|deadline| Instant::now().checked_add(wait).is_some_and(|then| then < deadline));
            waited = waited.saturating_add(wait);
            if attempts >= ATTEMPTS || waited > PATIENCE || !in_time {
                return Err(error(match (pause, kind) {
                    (Pause::Asked(wait), GitHubErrorKind::Status { status: 403 | 429, message, .. }) => {
                        GitHubErrorKind::RateLimited { wait, message }
                    }
                    (_, kind) => kind,
                }));
            }
            tracing::info!(request = request.name, seconds = wait.as_secs_f32(), "GitHub request failed; it is sent again");
            self.waits.wait(wait).await;
        }
    }

    async fn attempt(&self, request: &Request, url: &Url) -> Result<Answer, Refused> {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            return Err(Refused { kind: GitHubErrorKind::Deadline, pause: Pause::Final });
        }
        self.requests.fetch_add(1, Ordering::Relaxed);
        let limit = left.map_or(ANSWER_TIMEOUT, |left| left.min(ANSWER_TIMEOUT));
        let repeat = if request.repeatable { Pause::Backoff } else { Pause::Final };
        match timeout(limit, self.exchange(request, url)).await {
            Ok(Ok((status, headers, body))) => self.judge(request, url, status, &headers, body),
            Ok(Err(error)) => Err(self.broken(&error, repeat)),
            Err(_) => {
                let kind = GitHubErrorKind::NoAnswer(format!("none within {} s", limit.as_secs()));
                Err(Refused { kind, pause: repeat })
            }
        }
    }

    async fn exchange(&self, request: &Request, url: &Url) -> octocrab::Result<(StatusCode, HeaderMap, String)> {
        let crab = if request.path.is_some() { &self.rest } else { &self.graphql };
        let (url, body) = (url.as_str(), request.body.as_ref());
        let response = match request.method {
            Method::GET => crab._get(url).await?,
            Method::PATCH => crab._patch(url, body).await?,
            Method::DELETE => crab._delete(url, body).await?,
            _ => crab._post(url, body).await?,
        };
        let (status, headers) = (response.status(), response.headers().clone());
        Ok((status, headers, crab.body_to_string(response).await?))
    }

    /// A whole answer: a success, or a refusal and whether to ask again.
    fn judge(&self, request: &Request, url: &Url, status: StatusCode, headers: &HeaderMap, body: String) -> Result<Answer, Refused> {
        if status.is_success() {
            if request.path.is_none()
                && let Some(refused) = self.graphql_refusal(request, headers, &body)
            {
                return Err(refused);
            }
            return Ok(Answer { next: next_page(headers), body });
        }
        let message = if status.is_redirection() { redirection(url, headers) } else { error_message(&body) };
        let message = self.scrubber.message(&message);
        let pause = after_refusal(status.as_u16(), headers, &message, request.repeatable);
        let reason = status.canonical_reason().unwrap_or("(no standard status)").to_owned();
        let kind = match missing_permission(status, &message, request.needs) {
            Some(permission) if pause == Pause::Final => GitHubErrorKind::MissingPermission { permission, message },
            _ => GitHubErrorKind::Status { status: status.as_u16(), reason, message },
        };
        Err(Refused { kind, pause })
    }

    /// GraphQL answers 200 to what it refuses.
    fn graphql_refusal(&self, request: &Request, headers: &HeaderMap, body: &str) -> Option<Refused> {
        let errors = serde_json::from_str::<GraphQlBody>(body).ok()?.errors?;
        let first = errors.into_iter().next()?;
        let message = self.scrubber.message(&first.message.unwrap_or_default());
        let code = first.code.map(|code| self.scrubber.message(&code));
        let kind = match code.as_deref() {
            Some("RATE_LIMITED") => {
                let reason = "Too Many Requests".to_owned();
                let pause = after_refusal(429, headers, &message, request.repeatable);
                return Some(Refused { kind: GitHubErrorKind::Status { status: 429, reason, message }, pause });
            }
            Some("FORBIDDEN") => GitHubErrorKind::MissingPermission { permission: request.needs, message },
            _ => GitHubErrorKind::GraphQl { code, message },
        };
        Some(Refused { kind, pause: Pause::Final })
    }

    /// A request without an answer.
    fn broken(&self, error: &octocrab::Error, repeat: Pause) -> Refused {
        let Some(error) = transport_error(error) else {
            return Refused { kind: GitHubErrorKind::NoAnswer("the connection broke".to_owned()), pause: repeat };
        };
        let why = self.scrubber.message(&cause(error));
        if error.is_builder() {
            return Refused { kind: GitHubErrorKind::Setup(why), pause: Pause::Final };
        }
        if error.is_connect() {
            return Refused { kind: GitHubErrorKind::Connect(why), pause: Pause::Backoff };
        }
        Refused { kind: GitHubErrorKind::NoAnswer(why), pause: repeat }
    }
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHub").field("repository", &self.repository).finish_non_exhaustive()
    }
}

/// What reqwest said, below octocrab's layers.
fn transport_error(error: &octocrab::Error) -> Option<&reqwest::Error> {
    if let octocrab::Error::Reqwest { source, .. } = error {
        return Some(source);
    }
    let octocrab::Error::Service { source, .. } = error else { return None };
    source.downcast_ref().and_then(transport_error)
}

/// The message of a refusal, with what GitHub says of single fields.
fn error_message(body: &str) -> String {
    let Ok(ErrorBody { message, errors }) = serde_json::from_str(body) else { return String::new() };
    let details = errors.unwrap_or_default().into_iter().filter_map(|error| match error {
        Value::String(text) => Some(text),
        Value::Object(fields) => fields.get("message").or_else(|| fields.get("code"))?.as_str().map(str::to_owned),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    });
    message.into_iter().chain(details).collect::<Vec<_>>().join(": ")
}

/// Where a redirect leads, without path and query, which may hold anything.
fn redirection(url: &Url, headers: &HeaderMap) -> String {
    let target = headers.get(LOCATION).and_then(|location| location.to_str().ok()).and_then(|location| url.join(location).ok());
    target.map_or_else(String::new, |target| format!("not followed to {}", target.host_str().unwrap_or_default()))
}

/// The right that a refusal is about, if it is about one.
fn missing_permission(status: StatusCode, message: &str, needs: Permission) -> Option<Permission> {
    if status != StatusCode::FORBIDDEN {
        return None;
    }
    if message.contains("not permitted to create or approve pull requests") {
        return Some(Permission::PullRequestsSetting);
    }
    message.contains("Resource not accessible by").then_some(needs)
}

/// The address in `Link: <…>; rel="next"`.
fn next_page(headers: &HeaderMap) -> Option<String> {
    let links = headers.get(LINK)?.to_str().ok()?;
    links.split(',').find_map(|link| {
        let (address, parameters) = link.split_once(';')?;
        let next = parameters.split(';').any(|parameter| matches!(parameter.trim(), "rel=\"next\"" | "rel=next"));
        let address = address.trim().strip_prefix('<')?.strip_suffix('>')?;
        next.then(|| address.to_owned())
    })
}
