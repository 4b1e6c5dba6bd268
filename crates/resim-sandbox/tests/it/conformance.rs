//! Every operation answers as documented, body and status, whichever client asks.

use reqwest::Method;
use resim_sandbox::{Options, answer_schema, request_schema, success_status};
use serde_json::{Value, json};

use crate::support::{Answer, Api, system_body, text};

fn check(schema: Option<Value>, body: &Value, about: &str) {
    match schema {
        None => assert_eq!(body, &Value::Null, "{about}: no body is documented"),
        Some(schema) => {
            let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
            let errors: Vec<String> = validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(errors.is_empty(), "{about}: {errors:?} in {body}");
        }
    }
}

/// Sends, and holds request and answer against their schemas.
async fn call(api: &Api, method: &str, path: &str, body: Option<Value>) -> Answer {
    let whole = format!("/v1/{}", path.replace("{}/", &api.project));
    let bare = whole.split('?').next().unwrap_or_default().to_owned();
    if let Some(body) = &body {
        check(request_schema(method, &bare), body, &format!("request {method} {bare}"));
    }
    let answer = api.send(Method::from_bytes(method.as_bytes()).expect("works"), path, body).await;
    check(answer_schema(method, &bare, answer.0), &answer.1, &format!("answer {method} {bare} {}", answer.0));
    assert_eq!(Some(answer.0), success_status(method, &bare).filter(|_| answer.0 < 400).or(Some(answer.0)), "{method} {bare}");
    answer
}

#[tokio::test]
async fn every_operation_answers_as_documented() {
    let api = Api::with(&[]).await;
    for path in ["health", "quota", "projects", &api.project.clone()[..api.project.len() - 1]] {
        assert_eq!(call(&api, "GET", path, None).await.0, 200, "{path}");
    }
    let place = json!({ "location": "s3://bucket/x" });
    assert_eq!(call(&api, "POST", "validateExperienceLocation", Some(place)).await.0, 200);
    let tag = text(&call(&api, "POST", "{}/experienceTags", Some(json!({ "name": "t", "description": "" }))).await.1["experienceTagID"]);
    let system = text(&call(&api, "POST", "{}/systems", Some(system_body("s"))).await.1["systemID"]);
    let full = json!({
        "name": "full", "description": "d", "locations": ["s3://a", "s3://b"], "containerTimeoutSeconds": 60, "profile": "p",
        "environmentVariables": [{ "name": "A", "value": "1" }], "cacheExempt": true,
        "customFields": [{ "name": "n", "type": "number", "values": ["1"] }], "experienceTagIDs": [tag], "systemIDs": [system],
    });
    let a = text(&call(&api, "POST", "{}/experiences", Some(full)).await.1["experienceID"]);
    let b = text(&call(&api, "POST", "{}/experiences", Some(json!({ "name": "b", "description": "" }))).await.1["experienceID"]);
    let change = json!({ "experience": { "name": "c" }, "updateMask": ["name"] });
    assert_eq!(call(&api, "PATCH", &format!("{{}}/experiences/{b}"), Some(change)).await.0, 200);
    let suite = json!({ "name": "gate", "description": "", "systemID": system, "experiences": [a, b] });
    let suite = text(&call(&api, "POST", "{}/suites", Some(suite)).await.1["testSuiteID"]);
    let revise = json!({ "experiences": [a], "updateMetricsBuild": true, "updateMetricsSet": true, "metricsSetName": "m" });
    assert_eq!(call(&api, "PATCH", &format!("{{}}/suites/{suite}"), Some(revise)).await.1["testSuiteRevision"], json!(1));
    let bodies: [(&str, String, Value); 7] = [
        ("PATCH", format!("{{}}/suites/{suite}/addExperiences"), json!({ "experiences": [b] })),
        ("PATCH", format!("{{}}/suites/{suite}/removeExperiences"), json!({ "experiences": [b] })),
        ("POST", "{}/suites/addExperiences".to_owned(), json!({ "testSuiteIDs": [suite], "experiences": [b] })),
        ("POST", "{}/experienceTags/addExperiences".to_owned(), json!({ "experienceTagIDs": [tag], "experiences": [b] })),
        ("POST", "{}/systems/addExperiences".to_owned(), json!({ "systemIDs": [system], "experiences": [b] })),
        ("POST", "{}/systems/removeExperiences".to_owned(), json!({ "systemIDs": [system], "experiences": [b] })),
        ("POST", "{}/experiences/archive".to_owned(), json!({ "experienceIDs": [b] })),
    ];
    for (method, path, body) in bodies {
        let (status, answer) = call(&api, method, &path, Some(body)).await;
        assert!(status < 300, "{method} {path}: {status} {answer}");
    }
    let reads = [
        "experiences",
        "experiences?archived=true&includeCustomFields=true",
        "experiences?archived=",
        "experiences/customfields?type=number,text",
        &format!("experiences/{a}"),
        &format!("experiences/{a}/experienceTags"),
        &format!("experiences/{a}/systems"),
        "experienceTags?orderBy=rank&name=t",
        &format!("experienceTags/{tag}"),
        &format!("experienceTags/{tag}/experiences?archived=true"),
        "systems",
        &format!("systems/{system}"),
        &format!("systems/{system}/experiences?archived=false&includeCustomFields=true"),
        "suites?archived=false",
        &format!("suites/{suite}"),
        &format!("suites/{suite}/revisions"),
        &format!("suites/{suite}/revisions/0"),
        &format!("suites?experienceIDs={a}&systemID={system}"),
    ];
    for path in reads {
        assert_eq!(call(&api, "GET", &format!("{{}}/{path}"), None).await.0, 200, "{path}");
    }
    let bare = [
        ("POST", format!("experiences/{b}/restore"), 204),
        ("DELETE", format!("experiences/{b}"), 204),
        ("DELETE", format!("suites/{suite}"), 204),
        ("POST", format!("suites/{suite}/restore"), 204),
        ("DELETE", format!("experienceTags/{tag}/experiences/{a}"), 204),
        ("POST", format!("experienceTags/{tag}/experiences/{a}"), 201),
        ("DELETE", format!("systems/{system}/experiences/{a}"), 204),
        ("POST", format!("systems/{system}/experiences/{a}"), 201),
        ("DELETE", format!("experienceTags/{tag}"), 204),
    ];
    for (method, path, status) in bare {
        assert_eq!(call(&api, method, &format!("{{}}/{path}"), None).await, (status, Value::Null), "{method} {path}");
    }
}

#[tokio::test]
async fn every_refusal_has_a_message() {
    let mut api = Api::with(&[]).await;
    let none = "00000000-0000-4000-8000-000000000000";
    let cases = [
        ("GET", format!("experiences/{none}"), None, 404),
        ("GET", "experiences/x".to_owned(), None, 400),
        ("GET", "nothing".to_owned(), None, 404),
        ("PUT", "experiences".to_owned(), None, 405),
        ("POST", "experiences".to_owned(), Some(json!({ "name": "a" })), 400),
        ("POST", "experiences".to_owned(), Some(json!({ "name": "", "description": "" })), 400),
        ("POST", "experiences".to_owned(), Some(json!({ "name": "a", "description": "", "enviroment": [] })), 400),
        ("POST", "experiences".to_owned(), Some(json!([])), 400),
        ("POST", "experienceTags/addExperiences".to_owned(), Some(json!({ "experienceTagIDs": [none], "experiences": [none] })), 404),
        ("POST", "experiences/archive".to_owned(), Some(json!({ "experienceIDs": [none] })), 400),
        ("PATCH", format!("suites/{none}"), Some(json!({ "updateMetricsBuild": false })), 404),
    ];
    for (method, path, body, status) in cases {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let (got, answer) = api.send(method, &format!("{{}}/{path}"), body).await;
        assert_eq!(got, status, "{path}: {answer}");
        check(answer_schema("GET", "/v1/projects", got), &answer, &path);
    }
    api.token = "wrong".to_owned();
    assert_eq!(api.get("projects").await.0, 401);
}

#[tokio::test]
async fn runs_with_the_same_requests_give_the_same_bytes() {
    let mut states = Vec::new();
    for _ in 0..2 {
        let options =
            Options { generate: Some("experiences=20,archived=2,tags=3,systems=2,suites=2".to_owned()), seed: 4, ..Options::default() };
        let api = Api::start(options).await;
        api.experience("a").await;
        states.push((api.get("{}/experiences?includeCustomFields=true").await.1, api.sandbox.state_json()));
    }
    assert_eq!(states[0], states[1]);
}
