//! What clients, networks and somebody else can do.

use resim_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Api, column, text};

/// Sends bytes and returns what comes back until the connection ends.
async fn raw(sandbox: &Sandbox, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(sandbox.address()).await.expect("works");
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn garbage_ends_one_connection_and_nothing_else() {
    let api = Api::with(&[]).await;
    let long = format!("GET /v1/projects HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(200_000));
    let deep = "[".repeat(100_000);
    let nested = format!(
        "POST /v1/{}experiences HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{deep}",
        api.project,
        api.token,
        deep.len()
    );
    for bytes in [
        &b"\x00\xff\xfe"[..],
        b"GET",
        b"GET / HTTP/9.9\r\n\r\n",
        long.as_bytes(),
        nested.as_bytes(),
        &get("/%00%ff/../x?%zz&=&a", &api.token),
    ] {
        let answer = raw(&api.sandbox, bytes).await;
        assert!(!answer.contains(" 200 ") && !answer.contains(" 500 "), "{answer}");
    }
    assert_eq!(api.get("projects").await.0, 200);
}

#[tokio::test]
async fn foreign_host_name_is_refused() {
    let api = Api::with(&[]).await;
    let evil = b"GET /v1/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert!(raw(&api.sandbox, evil).await.starts_with("HTTP/1.1 421 "));
    for host in ["localhost:80", "127.0.0.1", "[::1]:9"] {
        let request = format!("GET /v1/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        assert!(raw(&api.sandbox, request.as_bytes()).await.starts_with("HTTP/1.1 200 "), "{host}");
    }
}

#[tokio::test]
async fn body_beyond_the_limit_is_refused() {
    let api = Api::with(&[]).await;
    let url = format!("{}{}experiences", api.sandbox.api_url(), api.project);
    let sent = api.http.post(url).bearer_auth(&api.token).body(vec![b' '; 65 * 1024 * 1024]).send().await;
    // The server may hang up before all was sent.
    assert!(sent.map_or(true, |reply| reply.status() == 413));
    assert_eq!(api.get("projects").await.0, 200);
}

#[tokio::test]
async fn ten_thousand_rows_come_in_one_page_or_in_hundreds() {
    let generate = "experiences=10000,archived=2000,tags=50,systems=5,suites=20".to_owned();
    let api = Api::start(Options { generate: Some(generate), seed: 1, ..Options::default() }).await;
    let all = api.get("{}/experiences?pageSize=100000&includeCustomFields=true").await.1;
    assert_eq!(
        (all["experiences"].as_array().map(Vec::len), &all["total"], &all["nextPageToken"]),
        (Some(10_000), &json!(10_000), &json!(""))
    );
    let (mut token, mut rows) = (String::new(), 0);
    loop {
        let page = api.get(&format!("{{}}/experiences?pageSize=100&archived=true&pageToken={token}")).await.1;
        rows += page["experiences"].as_array().map_or(0, Vec::len);
        token = text(&page["nextPageToken"]);
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(rows, 2000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_creations_of_one_name_make_one_experience() {
    let api = Api::with(&[]).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let request = api.http.post(format!("{}{}experiences", api.sandbox.api_url(), api.project)).bearer_auth(&api.token);
        let request = request.json(&json!({ "name": "a", "description": "" }));
        tasks.spawn(async move { request.send().await.unwrap().status().as_u16() });
    }
    let mut codes = tasks.join_all().await;
    codes.sort_unstable();
    assert_eq!((codes[0], codes.iter().filter(|code| **code == 409).count()), (201, 63));
}

async fn one(api: &Api, path: &str) -> Result<(u16, reqwest::header::HeaderMap, String), reqwest::Error> {
    let reply = api.http.get(format!("{}{}{path}", api.sandbox.api_url(), api.project)).bearer_auth(&api.token).send().await?;
    Ok((reply.status().as_u16(), reply.headers().clone(), reply.text().await?))
}

#[tokio::test]
async fn refusals_carry_what_they_are_told_to() {
    for (kind, status, content, body) in [
        ("429:2", 429, "application/json", "Too Many Requests"),
        ("503:html", 503, "text/html", "<html>"),
        ("502:empty", 502, "text/plain", ""),
        ("403:message=no, never", 403, "application/json", "no, never"),
        ("content-type:text/plain", 200, "text/plain", "experiences"),
        ("body:[]", 200, "application/json", "[]"),
        ("status:202", 202, "application/json", "experiences"),
        ("redirect:/elsewhere", 307, "application/json", ""),
    ] {
        let mut api = Api::with(&[&format!("GET experiences={kind}")]).await;
        api.http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let (got, headers, text) = one(&api, "experiences").await.unwrap();
        assert_eq!(got, status, "{kind}");
        assert_eq!(headers["content-type"], content, "{kind}");
        assert!(text.contains(body), "{kind}: {text}");
        assert_eq!(headers.get("retry-after").is_some(), kind == "429:2", "{kind}");
        assert_eq!(headers.get("location").is_some(), kind.starts_with("redirect"), "{kind}");
    }
    let api = Api::with(&["GET experiences=429:60,date"]).await;
    assert!(one(&api, "experiences").await.unwrap().1["retry-after"].to_str().unwrap().ends_with(" GMT"));
}

#[tokio::test]
async fn refusal_after_has_its_effect() {
    let api = Api::with(&["POST experiences#1=503:after"]).await;
    assert_eq!(api.post("{}/experiences", json!({ "name": "a", "description": "" })).await.0, 503);
    assert_eq!(column(&api.get("{}/experiences").await.1, "experiences", "name"), ["a"]);
}

#[tokio::test]
async fn broken_deliveries_do_not_look_whole() {
    let api = Api::with(&["GET experiences#1=truncate", "GET experiences#2=truncate:0", "GET experiences#3=slow:40ms"]).await;
    assert!(one(&api, "experiences").await.is_err());
    assert!(one(&api, "experiences").await.is_err());
    let (_, headers, slow) = one(&api, "experiences").await.unwrap();
    assert_eq!(headers["content-length"].to_str().unwrap(), slow.len().to_string());
    assert!(serde_json::from_str::<Value>(&slow).is_ok());
}

#[tokio::test]
async fn silence_is_in_the_journal_with_or_without_its_effect() {
    for (fault, made) in [("POST experiences=hang-before", 0), ("POST experiences=hang-after", 1), ("POST experiences=stall", 1)] {
        let api = Api::with(&[fault]).await;
        let url = format!("{}{}experiences", api.sandbox.api_url(), api.project);
        let request = api.http.post(url).bearer_auth(&api.token).json(&json!({ "name": "a", "description": "" }));
        let sent = tokio::spawn(async move { request.send().await?.bytes().await });
        let entry = loop {
            let found = api.sandbox.journal().into_iter().find(|entry| entry.method == "POST" && entry.path.ends_with("experiences"));
            match found {
                Some(entry) => break entry,
                None => tokio::task::yield_now().await,
            }
        };
        assert_eq!(api.get("{}/experiences").await.1["total"], json!(made), "{fault}");
        assert!(!sent.is_finished(), "{fault}");
        sent.abort();
        assert_eq!(entry.faults, [fault]);
    }
}

#[tokio::test]
async fn pages_can_lie() {
    let api = Api::with(&[
        "GET experiences?case=array=no-array",
        "GET experiences?case=token=repeat-token",
        "GET experiences?case=none=no-token",
        "GET experiences?case=twice=repeat-row",
        "GET experiences?case=lost=lose-row",
        "GET experiences?case=total=total:+1",
    ])
    .await;
    api.experience("a").await;
    api.experience("b").await;
    let page = async |query: &str| api.get(&format!("{{}}/experiences?{query}")).await.1;
    assert!(page("case=array").await.get("experiences").is_none());
    let first = text(&page("case=token").await["nextPageToken"]);
    assert_eq!(page(&format!("case=token&pageToken={first}")).await["nextPageToken"], json!(first));
    assert_eq!(page("case=none&pageSize=1").await["nextPageToken"], json!(""));
    assert_eq!(column(&page("case=twice").await, "experiences", "name").len(), 3);
    assert_eq!(column(&page("case=lost").await, "experiences", "name").len(), 1);
    assert_eq!(page("case=total").await["total"], json!(3));
    assert_eq!(page("").await["total"], json!(2));
}

#[tokio::test]
async fn token_ends_in_mid_run_and_a_fresh_one_is_good() {
    let mut api = Api::with(&["GET experiences#2=expire-token"]).await;
    assert_eq!(api.get("{}/experiences").await.0, 200);
    assert_eq!(api.get("{}/experiences").await.0, 401);
    assert_eq!(api.get("{}/experiences").await.0, 401);
    api.token = api.new_token().await;
    assert_eq!(api.get("{}/experiences").await.0, 200);
}

#[tokio::test]
async fn rate_beyond_the_limit_is_refused() {
    let api = Api::with(&["GET experiences=rate:2/10m"]).await;
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(api.get("{}/experiences").await.0);
    }
    assert_eq!(codes, [200, 200, 429]);
}

#[tokio::test]
async fn somebody_else_writes_before_or_after_the_request() {
    let rename = r#"PATCH experiences/{experience:a b} {"experience":{"name":"c"},"updateMask":["name"]}"#;
    for (when, seen) in [("edit", "c"), ("edit-after", "a b")] {
        let api = Api::with(&[&format!("GET experiences#1={when}:{rename}")]).await;
        let id = api.experience("a b").await;
        assert_eq!(column(&api.get("{}/experiences").await.1, "experiences", "name"), [seen], "{when}");
        let after = api.get(&format!("{{}}/experiences/{id}")).await.1;
        assert_eq!((&after["name"], &after["updateUserID"]), (&json!("c"), &json!("somebody-else")));
        assert!(api.sandbox.edit(rename).unwrap_err().to_string().contains("`a b`"));
        assert!(api.sandbox.edit("GET experiences").is_err());
    }
    let api = Api::with(&["GET projects=edit:DELETE experiences/{experience:nobody}"]).await;
    api.get("projects").await;
    assert!(api.sandbox.journal().iter().any(|entry| entry.faults.iter().any(|fault| fault.starts_with("edit failed"))));
}

#[tokio::test]
async fn journal_file_has_a_line_per_request_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let options = Options {
        journal: Some(path.clone()),
        faults: vec!["journal-answers=yes".to_owned(), "GET experiences=503".to_owned()],
        ..Options::default()
    };
    let api = Api::start(options).await;
    api.experience("a").await;
    api.get("{}/experiences?archived=true").await;
    let lines: Vec<Value> = std::fs::read_to_string(&path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["request"]["client_secret"], json!("***"));
    assert_eq!(lines[0]["answer"]["access_token"], json!("***"));
    assert_eq!((&lines[2]["request"]["name"], &lines[2]["answer"]["name"]), (&json!("a"), &json!("a")));
    assert_eq!(
        (&lines[3]["status"], &lines[3]["query"], &lines[3]["faults"]),
        (&json!(503), &json!("archived=true"), &json!(["GET experiences=503"]))
    );
    assert!(!std::fs::read_to_string(&path).unwrap().contains("hush-hush"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn server_is_gone_when_dropped() {
    let api = Api::with(&[]).await;
    let address = api.sandbox.address();
    let Api { sandbox, http, token: _, project: _ } = api;
    drop((sandbox, http));
    // The accept task ends at its next turn.
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
    assert!(TcpStream::connect(address).await.is_err());
}
