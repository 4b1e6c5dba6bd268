//! A client that knows nothing but HTTP.

use reqwest::{Method, StatusCode};
use resim_sandbox::{Options, Sandbox};
use serde_json::{Value, json};

/// A running server with one project and a client that has a token.
pub(crate) struct Api {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
    /// The path of the project: `projects/<ID>/`.
    pub(crate) project: String,
}

/// A status and its JSON; `null` for an empty body.
pub(crate) type Answer = (u16, Value);

impl Api {
    /// With faults and answers to open questions.
    pub(crate) async fn with(faults: &[&str]) -> Self {
        Self::start(Options { faults: faults.iter().map(|&fault| fault.to_owned()).collect(), ..Options::default() }).await
    }

    pub(crate) async fn start(options: Options) -> Self {
        Self::of(Sandbox::start(options).await.expect("the server starts")).await
    }

    pub(crate) async fn of(sandbox: Sandbox) -> Self {
        // Another package of the workspace builds reqwest without a provider of its own; a second call changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().expect("the server answers");
        let mut api = Self { sandbox, http, token: String::new(), project: String::new() };
        api.token = api.new_token().await;
        let (status, projects) = api.get("projects").await;
        assert_eq!(status, 200, "{projects}");
        api.project = format!("projects/{}/", text(&projects["projects"][0]["projectID"]));
        api
    }

    pub(crate) async fn new_token(&self) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "tester"),
            ("client_secret", "hush-hush"),
            ("audience", "https://api.resim.ai"),
        ];
        let url = format!("{}oauth/token", self.sandbox.auth_url());
        let reply = self.http.post(url).form(&form).send().await.expect("the server answers");
        assert_eq!(reply.status(), StatusCode::OK);
        let body: Value = reply.json().await.expect("the server answers");
        text(&body["access_token"])
    }

    /// A request whose path is below `/v1/`; `{}` stands for the project.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.try_send(method, path, body).await.expect("an answer")
    }

    pub(crate) async fn try_send(&self, method: Method, path: &str, body: Option<Value>) -> Result<Answer, reqwest::Error> {
        let url = format!("{}{}", self.sandbox.api_url(), path.replace("{}/", &self.project));
        let mut request = self.http.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let reply = request.send().await?;
        let status = reply.status().as_u16();
        assert_eq!(reply.headers()["content-type"], "application/json");
        let bytes = reply.bytes().await?;
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).expect("JSON") };
        Ok((status, body))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    pub(crate) async fn experience(&self, name: &str) -> String {
        text(&self.created("{}/experiences", json!({ "name": name, "description": "" })).await["experienceID"])
    }

    pub(crate) async fn tag(&self, name: &str) -> String {
        text(&self.created("{}/experienceTags", json!({ "name": name, "description": "" })).await["experienceTagID"])
    }

    pub(crate) async fn system(&self, name: &str) -> String {
        text(&self.created("{}/systems", system_body(name)).await["systemID"])
    }

    pub(crate) async fn suite(&self, name: &str, system: &str, experiences: &[&str]) -> String {
        let body = json!({ "name": name, "description": "", "systemID": system, "experiences": experiences });
        text(&self.created("{}/suites", body).await["testSuiteID"])
    }

    async fn created(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.post(path, body).await;
        assert_eq!(status, 201, "{answer}");
        answer
    }
}

pub(crate) fn system_body(name: &str) -> Value {
    json!({
        "name": name, "description": "", "build_vcpus": 1, "build_gpus": 0, "build_memory_mib": 1, "build_shared_memory_mb": 1,
        "metrics_build_vcpus": 1, "metrics_build_gpus": 0, "metrics_build_memory_mib": 1, "metrics_build_shared_memory_mb": 1,
    })
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a string, not {value}")).to_owned()
}

/// One field of all rows, sorted.
pub(crate) fn column(answer: &Value, list: &str, field: &str) -> Vec<String> {
    let rows = answer[list].as_array().unwrap_or_else(|| panic!("no {list} in {answer}"));
    let mut column: Vec<String> = rows.iter().map(|row| text(&row[field])).collect();
    column.sort();
    column
}
