//! The server: one per test, on a port of its own. What the program sends wrong fails the test.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use resim_sync::github::{GitHub, GitHubOptions, Waits};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::data::Urls;
use super::schema::Schemas;
use super::state::{REPOSITORY, State};
use super::{graphql, rest};

pub(crate) const TOKEN: &str = "ghs_FAKEtokenOfTheWorkflow0123456789";

/// Which GitHub to be.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Setup {
    /// A GitHub Enterprise Server: `/api/v3` and `/api/graphql`.
    pub(crate) enterprise: bool,
    /// Version 2026-03-10 of the REST API.
    pub(crate) newest: bool,
}

/// What goes wrong, or what happens just before a request is handled.
pub(crate) enum Effect {
    /// This answer instead.
    Answer(u16, Vec<(&'static str, String)>, Value),
    /// The connection breaks before the request is handled.
    CutBefore,
    /// The request is handled, and the connection breaks before the answer.
    CutAfter,
    /// Somebody else does something first.
    First(Box<dyn FnOnce(&mut State) + Send>),
}

impl Effect {
    /// An error answer with GitHub's usual body.
    pub(crate) fn refuse(status: u16, message: &str) -> Self {
        Self::Answer(status, Vec::new(), json!({ "message": message, "documentation_url": "https://docs.github.com/rest" }))
    }

    /// The same with headers.
    pub(crate) fn refuse_with(status: u16, headers: &[(&'static str, &str)], message: &str) -> Self {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self::Answer(status, headers, json!({ "message": message, "documentation_url": "https://docs.github.com/rest" }))
    }
}

/// What a route answers.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
    pub(crate) link: Option<String>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, body: Some(body), link: None }
    }

    pub(crate) fn empty() -> Self {
        Self { status: 204, body: None, link: None }
    }

    pub(crate) fn error(status: u16, message: &str) -> Self {
        Self::json(status, json!({ "message": message, "documentation_url": "https://docs.github.com/rest", "status": status.to_string() }))
    }
}

struct Inner {
    state: State,
    effects: Vec<(String, Effect)>,
    /// `PATCH /repos/octo/config/issues/7`, `POST graphql FindComments`.
    requests: Vec<String>,
    wrong: Vec<String>,
    schemas: Schemas,
    setup: Setup,
    urls: Urls,
    prefix: &'static str,
    graphql_path: &'static str,
}

/// A running GitHub.
pub(crate) struct FakeGitHub {
    inner: Arc<Mutex<Inner>>,
    address: String,
    server: tokio::task::JoinHandle<()>,
}

impl FakeGitHub {
    pub(crate) async fn start() -> Self {
        Self::start_as(Setup::default()).await
    }

    pub(crate) async fn start_as(setup: Setup) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let (prefix, graphql_path) = if setup.enterprise { ("/api/v3", "/api/graphql") } else { ("", "/graphql") };
        let inner = Arc::new(Mutex::new(Inner {
            state: State::default(),
            effects: Vec::new(),
            requests: Vec::new(),
            wrong: Vec::new(),
            schemas: Schemas::new(setup.newest),
            setup,
            urls: Urls { api: format!("{address}{prefix}"), server: "https://github.example".to_owned() },
            prefix,
            graphql_path,
        }));
        let server = tokio::spawn(serve(listener, Arc::clone(&inner)));
        Self { inner, address, server }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the state, or changes it behind the program's back.
    pub(crate) fn state<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.inner().state)
    }

    /// The next request that begins like this goes wrong; of several faults that fit the first comes first.
    pub(crate) fn once(&self, request: &str, effect: Effect) {
        self.inner().effects.push((request.to_owned(), effect));
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.inner().requests.clone()
    }

    /// Those that change something.
    pub(crate) fn writes(&self) -> Vec<String> {
        let reads = ["GET ", "POST graphql FindComments", "POST graphql FindIssues", "POST graphql RepositoryId"];
        let requests = self.requests().into_iter();
        requests
            .filter(|request| !reads.iter().any(|read| request.starts_with(read)))
            .map(|request| request.replace("/repos/octo/config", ""))
            .collect()
    }

    /// How the program connects.
    pub(crate) fn options(&self) -> GitHubOptions {
        let inner = self.inner();
        GitHubOptions {
            api_url: inner.urls.api.parse().expect("a URL"),
            graphql_url: format!("{}{}", self.address, inner.graphql_path).parse().expect("a URL"),
            server_url: inner.urls.server.clone(),
            repository: REPOSITORY.parse().expect("a name"),
            token: SecretString::from(TOKEN),
            deadline: None,
            waits: Waits::recorded(),
        }
    }

    /// A connection whose waits take no time.
    pub(crate) async fn connect(&self) -> (GitHub, Waits) {
        let options = self.options();
        let waits = options.waits.clone();
        (GitHub::connect(options).await.expect("set up"), waits)
    }
}

impl Drop for FakeGitHub {
    fn drop(&mut self) {
        self.server.abort();
        if !std::thread::panicking() {
            let inner = self.inner();
            assert!(inner.wrong.is_empty(), "messages that GitHub's description does not allow:\n{}", inner.wrong.join("\n"));
            let left: Vec<&String> = inner.effects.iter().map(|(request, _)| request).collect();
            assert!(left.is_empty(), "faults that never happened: {left:?}");
        }
    }
}

async fn serve(listener: TcpListener, inner: Arc<Mutex<Inner>>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        let inner = Arc::clone(&inner);
        tokio::spawn(async move {
            let service = service_fn(move |request| handle(request, Arc::clone(&inner)));
            // A connection that a fault breaks ends with an error.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Breaks the connection.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut")
    }
}

impl std::error::Error for Cut {}

async fn handle(request: Request<Incoming>, inner: Arc<Mutex<Inner>>) -> Result<Response<Full<Bytes>>, Cut> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
    let mut inner = inner.lock().unwrap_or_else(PoisonError::into_inner);
    let inner = &mut *inner;
    let body: Option<Value> = if body.is_empty() { None } else { serde_json::from_slice(&body).ok() };
    let path = parts.uri.path();
    let is_graphql = path == inner.graphql_path;
    let operation = body.as_ref().filter(|_| is_graphql).and_then(|body| body["operationName"].as_str()).unwrap_or_default();
    let path = path.strip_prefix(inner.prefix).filter(|_| !is_graphql).unwrap_or(path);
    let name = if is_graphql { format!("POST graphql {operation}") } else { format!("{} {path}", parts.method) };
    inner.requests.push(name.clone());
    check_headers(&parts.headers, &name, &mut inner.wrong);

    let effect = inner.effects.iter().position(|(fits, _)| name.starts_with(fits.as_str())).map(|at| inner.effects.remove(at).1);
    let mut cut_after = false;
    match effect {
        Some(Effect::Answer(status, headers, body)) => return Ok(response(status, &headers, Some(&body))),
        Some(Effect::CutBefore) => return Err(Cut),
        Some(Effect::CutAfter) => cut_after = true,
        Some(Effect::First(act)) => act(&mut inner.state),
        None => {}
    }
    let reply = if is_graphql {
        Reply::json(200, graphql::answer(&mut inner.state, body.as_ref().unwrap_or(&Value::Null), &inner.urls))
    } else {
        route(inner, &parts.method, path, parts.uri.query().unwrap_or_default(), body.as_ref())
    };
    if cut_after {
        return Err(Cut);
    }
    let headers: Vec<(&str, String)> = reply.link.into_iter().map(|link| ("link", link)).collect();
    Ok(response(reply.status, &headers, reply.body.as_ref()))
}

fn route(inner: &mut Inner, method: &Method, path: &str, query: &str, body: Option<&Value>) -> Reply {
    let query: BTreeMap<String, String> =
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.to_owned(), rest::decoded(value))).collect();
    let path = rest::decoded(path);
    let Some((operation, arguments)) = rest::operation(method.as_str(), &path) else {
        inner.wrong.push(format!("{method} {path} is unknown"));
        return Reply::error(404, "Not Found");
    };
    inner.wrong.extend(inner.schemas.check_request(&operation, &query, body));
    let call = rest::Call { arguments, query: &query, body: body.unwrap_or(&Value::Null), urls: &inner.urls, newest: inner.setup.newest };
    let reply = rest::answer(&mut inner.state, &operation, &call);
    inner.wrong.extend(inner.schemas.check_answer(&operation, reply.status, reply.body.as_ref()));
    reply
}

fn check_headers(headers: &hyper::HeaderMap, request: &str, wrong: &mut Vec<String>) {
    let all = |name: &str| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default().to_owned()).collect::<Vec<_>>();
    for (name, expected) in [("authorization", format!("Bearer {TOKEN}")), ("x-github-api-version", "2022-11-28".to_owned())] {
        if all(name) != [expected] {
            wrong.push(format!("{request}: the header {name} is {:?}", all(name).len()));
        }
    }
    if all("user-agent").is_empty() {
        wrong.push(format!("{request}: GitHub refuses requests without a user-agent"));
    }
}

fn response(status: u16, headers: &[(&str, String)], body: Option<&Value>) -> Response<Full<Bytes>> {
    let mut text = String::new();
    if let Some(body) = body {
        write!(text, "{body}").expect("a String takes everything");
    }
    let mut response = Response::builder().status(status).header("content-type", "application/json; charset=utf-8");
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    response.body(Full::new(Bytes::from(text))).expect("a response")
}
