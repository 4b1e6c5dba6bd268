//! Tokens: which are asked for, when they are renewed, and that nothing secret comes back.

use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures_util::future::join_all;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::ids::ExperienceId;

const ID: ExperienceId = ExperienceId(Uuid::from_u128(7));
const TOKEN_PATH: &str = "/oauth/token";

/// A token whose signature tells which one it is.
fn jwt(number: usize, permissions: &[&str]) -> String {
    format!("e30.{}.number{number}", URL_SAFE_NO_PAD.encode(json!({"permissions": permissions}).to_string()))
}

fn client(url: &Url) -> ConnectOptions {
    let credentials = Credentials::Client { id: "client-id".into(), secret: SecretString::from("c4nary/s+cret") };
    ConnectOptions { auth_url: Some(url.clone()), credentials, ..options(url) }
}

/// Issues tokens 1, 2, … and lets the function say whether the API takes the token of that number.
async fn issuer(takes: impl Fn(usize) -> bool + Send + Sync + 'static) -> Server {
    let issued = AtomicUsize::new(0);
    Server::start(move |seen, _| {
        if seen.path == TOKEN_PATH {
            let number = issued.fetch_add(1, Ordering::SeqCst) + 1;
            return Reply::Json(200, json!({"access_token": jwt(number, &["projects:read"]), "token_type": "Bearer", "expires_in": 86400}));
        }
        let number = seen.headers["authorization"].rsplit_once("number").unwrap().1.parse().unwrap();
        if !takes(number) {
            return Reply::Json(401, json!({"message": "token ended"}));
        }
        let experience = json!({"experienceID": ID.0, "name": "survey"});
        Reply::Json(200, if seen.path.contains("experiences") { experience } else { project_json() })
    })
    .await
}

#[tokio::test]
async fn sixteen_requests_renew_one_token_once() {
    let least = Arc::new(AtomicUsize::new(1));
    let valid_from = least.clone();
    let server = issuer(move |number| number >= valid_from.load(Ordering::SeqCst)).await;
    let resim = open_with(&client(&server.url), quick()).await;
    assert_eq!(server.count(TOKEN_PATH), 1);
    for ended in [2, 3] {
        least.store(ended, Ordering::SeqCst);
        for outcome in join_all((0..16).map(|_| resim.experience(ID))).await {
            outcome.unwrap();
        }
        assert_eq!(server.count(TOKEN_PATH), ended, "one more for each that ended");
    }
}

#[tokio::test]
async fn a_refused_fresh_token_is_final() {
    let server = issuer(|_| false).await;
    let session = Session::connect_with(&client(&server.url), quick()).await.unwrap();
    let ProjectError::Api(error) = session.open_project(PROJECT).await.unwrap_err() else { panic!() };
    assert_eq!(error.kind, ApiErrorKind::Unauthorized("401 Unauthorized: token ended".into()));
    assert_eq!((server.count(TOKEN_PATH), server.count("/projects")), (2, 2));
}

#[tokio::test]
async fn a_fresh_token_that_ends_while_its_first_request_is_on_its_way_is_renewed() {
    const OTHER: ExperienceId = ExperienceId(Uuid::from_u128(2));
    let issued = AtomicUsize::new(0);
    let server = Server::start(move |seen, _| {
        if seen.path == TOKEN_PATH {
            return Reply::Json(200, json!({"access_token": jwt(issued.fetch_add(1, Ordering::SeqCst), &["x"])}));
        }
        let number: usize = seen.headers["authorization"].rsplit_once("number").unwrap().1.parse().unwrap();
        let found = |id: ExperienceId| Reply::Json(200, json!({"experienceID": id.0, "name": "survey"}));
        let other = |seen: &Seen| seen.path.ends_with(&OTHER.to_string());
        match (seen.path.contains("experiences"), number, other(seen)) {
            (false, ..) => Reply::Json(200, project_json()),
            // The first has ended, the second is good for one request, whose answer is late.
            (true, 0, _) | (true, 1, true) => Reply::Json(401, json!({})),
            (true, 1, false) => {
                let refused = move |all: &[Seen]| all.iter().filter(|seen| other(seen)).count() == 2;
                Reply::Once(Box::new(refused), Box::new(found(ID)))
            }
            (true, ..) => found(OTHER),
        }
    })
    .await;
    let resim = open_with(&client(&server.url), quick()).await;
    let outcomes = join_all([ID, OTHER].map(|id| resim.experience(id))).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(server.count(TOKEN_PATH), 3);
}

#[tokio::test]
async fn one_endpoint_that_refuses_every_token_does_not_renew_for_ever() {
    let issued = AtomicUsize::new(0);
    let server = Server::start(move |seen, _| {
        if seen.path == TOKEN_PATH {
            return Reply::Json(200, json!({"access_token": jwt(issued.fetch_add(1, Ordering::SeqCst), &["x"])}));
        }
        if seen.path.contains("experiences") { Reply::Json(401, json!({})) } else { Reply::Json(200, project_json()) }
    })
    .await;
    let session = Session::connect_with(&client(&server.url), quick()).await.unwrap();
    let resim = session.open_project(PROJECT).await.unwrap();
    assert!(matches!(resim.experience(ID).await.unwrap_err().kind, ApiErrorKind::Unauthorized(_)));
    assert_eq!(server.count(TOKEN_PATH), 2);
}

#[tokio::test]
async fn a_ready_token_is_not_renewed() {
    let server = Server::start(|_, _| Reply::Json(401, json!({"message": "no"}))).await;
    let options = ConnectOptions { auth_url: Some(server.url.clone()), ..options(&server.url) };
    let session = Session::connect_with(&options, quick()).await.unwrap();
    assert_eq!(session.traffic().requests, 0, "nothing is sent for it");
    let ProjectError::Api(error) = session.open_project(PROJECT).await.unwrap_err() else { panic!() };
    assert!(matches!(error.kind, ApiErrorKind::Unauthorized(_)), "{error}");
    assert_eq!(session.traffic().requests, 1);
}

#[tokio::test]
async fn a_token_without_permissions_is_asked_for_once_more() {
    for (first, second, requests, expected) in [
        (jwt(1, &[]), jwt(2, &["b", "a"]), 2, Some(vec!["a".to_owned(), "b".to_owned()])),
        (jwt(1, &[]), jwt(2, &[]), 2, None),
        ("opaque".into(), jwt(2, &["a"]), 2, Some(vec!["a".to_owned()])),
        (jwt(1, &["a"]), jwt(2, &["b"]), 1, Some(vec!["a".to_owned()])),
    ] {
        let server = Server::start(move |_, number| {
            let token = if number == 0 { &first } else { &second };
            Reply::Json(200, json!({"access_token": token, "expires_in": 86400}))
        })
        .await;
        let session = Session::connect_with(&client(&server.url), quick()).await.unwrap();
        assert_eq!((server.count(""), session.permissions()), (requests, expected));
    }
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    let server = Server::start(|seen, number| {
        if seen.path == TOKEN_PATH {
            return Reply::Json(200, json!({"access_token": jwt(number, &["x"]), "expires_in": 0.000_001}));
        }
        Reply::Json(200, project_json())
    })
    .await;
    let session = Session::connect_with(&client(&server.url), quick()).await.unwrap();
    session.open_project(PROJECT).await.unwrap();
    assert_eq!(server.count(TOKEN_PATH), 2);
}

#[tokio::test]
async fn refused_credentials_are_said_in_the_tenants_words() {
    for status in [400, 401, 403] {
        let server =
            Server::start(move |_, _| Reply::Json(status, json!({"error": "access_denied", "error_description": "Wrong secret"}))).await;
        let error = Session::connect_with(&client(&server.url), quick()).await.unwrap_err();
        assert!(matches!(&error.kind, ApiErrorKind::Unauthorized(words) if words.ends_with(": Wrong secret")), "{error}");
        assert!(error.hint().unwrap().contains("RESIM_CLIENT_SECRET"));
        assert_eq!(server.count(""), 1);
    }
}

#[tokio::test]
async fn a_tenant_in_trouble_is_asked_again() {
    let server = Server::start(|_, number| match number {
        0 => Reply::Cut,
        1 => Reply::Raw(503, vec![], String::new()),
        _ => Reply::Json(200, json!({"access_token": jwt(1, &["x"])})),
    })
    .await;
    Session::connect_with(&client(&server.url), quick()).await.unwrap();
    assert_eq!(server.count(TOKEN_PATH), 3);
}

#[tokio::test]
async fn each_kind_of_credentials_has_its_form() {
    let server = Server::start(|_, _| Reply::Json(200, json!({"access_token": jwt(1, &["x"])}))).await;
    Session::connect_with(&client(&server.url), quick()).await.unwrap();
    let password = Credentials::Password { username: "me".into(), password: SecretString::from("pw") };
    Session::connect_with(&ConnectOptions { credentials: password, ..client(&server.url) }, quick()).await.unwrap();
    let seen = server.seen();
    assert!(seen.iter().all(|seen| seen.method == "POST" && seen.headers["content-type"] == "application/x-www-form-urlencoded"));
    assert!(seen[0].body.contains("grant_type=client_credentials&client_id=client-id&client_secret=c4nary%2Fs%2Bcret"), "{}", seen[0].body);
    assert!(seen[1].body.contains("realm=cli-users&username=me&password=pw"), "{}", seen[1].body);
    assert!(seen[1].body.contains("client_id=0Ip5"), "loopback stands for production");
}

#[tokio::test]
async fn what_cannot_work_is_said_before_anything_is_sent() {
    let local = Url::parse("http://127.0.0.1:9/").unwrap();
    let foreign = Url::parse("https://login.example/").unwrap();
    let password = || Credentials::Password { username: "me".into(), password: SecretString::from("pw") };
    let cases = [
        (ConnectOptions { auth_url: None, ..client(&local) }, "RESIM_AUTH_URL"),
        (ConnectOptions { auth_url: Some(foreign.clone()), credentials: password(), ..options(&local) }, "`login.example` is none"),
        (ConnectOptions { api_url: Url::parse("http://api.example/").unwrap(), ..options(&local) }, "not https"),
        (ConnectOptions { auth_url: Some(Url::parse("http://login.example/").unwrap()), ..client(&local) }, "not https"),
        (ConnectOptions { credentials: Credentials::Token(SecretString::from(" \n")), ..options(&local) }, "empty"),
    ];
    for (options, words) in cases {
        let error = Session::connect_with(&options, quick()).await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn no_credential_comes_back() {
    let secret = "c4nary/s+cret";
    let canaries =
        [secret.to_owned(), "c4nary%2Fs%2Bcret".into(), STANDARD.encode(secret), "number".into(), "client-id".into(), jwt(1, &["x"])];
    let clean = |shown: String| {
        for canary in &canaries {
            assert!(!shown.contains(canary.as_str()), "{canary} in {shown}");
        }
        assert!(shown.contains("echo") || shown.contains("Session") || shown.contains("ReSim"), "{shown}");
    };
    let echo = move |seen: &Seen, status| {
        let authorization = seen.headers.get("authorization").cloned().unwrap_or_default();
        let words = format!("echo {authorization} {} {secret} {}", seen.body, STANDARD.encode(secret));
        Reply::Json(status, json!({"message": words}))
    };
    // The tenant refuses, with an echo.
    let server = Server::start(move |seen, _| echo(seen, 403)).await;
    let error = Session::connect_with(&client(&server.url), quick()).await.unwrap_err();
    clean(error.to_string());
    clean(format!("{error:?}"));
    // The API refuses, with an echo.
    for status in [400, 401, 500] {
        let server = Server::start(move |seen, _| {
            if seen.path == TOKEN_PATH { Reply::Json(200, json!({"access_token": jwt(1, &["x"])})) } else { echo(seen, status) }
        })
        .await;
        let ready = ConnectOptions { credentials: Credentials::Token(SecretString::from(secret)), ..options(&server.url) };
        for options in [client(&server.url), ready] {
            let session = Session::connect_with(&options, quick()).await.unwrap();
            clean(format!("{session:?}"));
            let error = session.open_project(PROJECT).await.unwrap_err();
            clean(format!("{error:?} {error}"));
        }
    }
}
