//! Faults on demand, and answers to what the real API leaves open.

use reqwest::Method;
use resim_sandbox::{Options, Sandbox, fault_help};
use serde_json::json;

use crate::support::Api;

const NEW: &str = r#"{"name":"a","description":""}"#;

fn new() -> serde_json::Value {
    serde_json::from_str(NEW).expect("JSON")
}

#[tokio::test]
async fn fault_hits_the_request_that_it_names_and_no_other() {
    let api = Api::with(&["POST experiences#2=503"]).await;
    assert_eq!(api.post("{}/experiences", new()).await.0, 201);
    assert_eq!(api.post("{}/experiences", json!({"name": "b", "description": ""})).await.0, 503);
    assert_eq!(api.post("{}/experiences", json!({"name": "b", "description": ""})).await.0, 201);
    assert_eq!(api.get("{}/experiences?archived=false").await.1["experiences"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn cut_after_has_its_effect_and_cut_before_has_none() {
    for (fault, made) in [("POST experiences#1=cut-after", 1), ("POST experiences#1=cut-before", 0)] {
        let api = Api::with(&[fault]).await;
        assert!(api.try_send(Method::POST, "{}/experiences", Some(new())).await.is_err(), "{fault}");
        assert_eq!(api.get("{}/experiences?archived=false").await.1["experiences"].as_array().map(Vec::len), Some(made), "{fault}");
    }
}

#[tokio::test]
async fn held_write_can_be_waited_for_before_and_after_its_effect() {
    for (fault, made) in [("WRITE projects/**#2-=hang-before", 1), ("WRITE projects/**#2-=hang-after", 2)] {
        let api = Api::with(&[fault]).await;
        api.experience("a").await;
        let b = json!({"name": "b", "description": ""});
        let held = tokio::select! {
            answer = api.try_send(Method::POST, "{}/experiences", Some(b)) => panic!("{fault}: {answer:?}"),
            held = api.sandbox.wait_for(|entry| entry.faults.iter().any(|hit| hit == fault)) => held,
        };
        assert_eq!((held.method.as_str(), held.status, &held.request["name"]), ("POST", None, &json!("b")));
        assert_eq!(api.get("{}/experiences?archived=false").await.1["experiences"].as_array().map(Vec::len), Some(made), "{fault}");
    }
}

#[tokio::test]
async fn after_its_latency_a_request_is_answered_as_ever() {
    let api = Api::with(&["*=latency:1ms"]).await;
    assert_eq!(api.post("{}/experiences", new()).await.0, 201);
    assert_eq!(api.get("{}/experiences?archived=false").await.1["experiences"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn shut_door_refuses_connections_and_opens_again() {
    let api = Api::with(&["GET projects/*#1=refuse:2m"]).await;
    let connect = || async { tokio::net::TcpStream::connect(api.sandbox.address()).await.map(drop).map_err(|error| error.kind()) };
    connect().await.expect("the door is open");
    assert_eq!(api.get(api.project.trim_end_matches('/')).await.0, 200, "the request itself is answered");
    assert_eq!(connect().await, Err(std::io::ErrorKind::ConnectionRefused));
    let error = api.try_send(Method::GET, "projects", None).await.expect_err("no connection");
    assert!(error.is_connect(), "{error:?}");
    api.sandbox.clear_faults();
    while api.try_send(Method::GET, "projects", None).await.is_err() {}

    let api = Api::with(&["POST experiences#1=refuse:50ms"]).await;
    assert_eq!(api.post("{}/experiences", new()).await.0, 201);
    while api.try_send(Method::GET, "projects", None).await.is_err() {}
    assert_eq!(api.sandbox.state_json()["experiences"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn name_clash_answers_as_it_is_told() {
    for (switch, status) in [("name-clash=409", 409), ("name-clash=400", 400)] {
        let api = Api::with(&[switch]).await;
        api.experience("a").await;
        assert_eq!(api.post("{}/experiences", new()).await.0, status, "{switch}");
    }
}

#[tokio::test]
async fn wrong_specification_says_what_is_known() {
    for fault in ["nonsense", "page-cap=x", "POST experiences=explode", "="] {
        let options = Options { faults: vec![fault.to_owned()], ..Options::default() };
        let error = Sandbox::start(options).await.expect_err("refused").to_string();
        assert!(error.contains("fault") && error.len() > 20, "{fault}: {error}");
    }
    assert!(fault_help().contains("cut-after"));
}

#[tokio::test]
async fn only_loopback_is_served() {
    let options = Options { listen: Some("0.0.0.0:0".parse().expect("an address")), ..Options::default() };
    assert!(Sandbox::start(options).await.is_err());
}

#[tokio::test]
async fn journal_names_requests_and_hides_secrets() {
    let api = Api::with(&[]).await;
    api.experience("a").await;
    let journal = format!("{:?}", api.sandbox.journal());
    assert!(journal.contains("experiences") && !journal.contains("hush-hush") && !journal.contains(&api.token), "{journal}");
}
