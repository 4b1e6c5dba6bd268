//! State files: what is loaded is served, what is saved can be loaded, what was not read is said.

use std::path::{Path, PathBuf};

use resim_sandbox::{Options, Sandbox};
use serde_json::{Value, json};

use crate::support::{Api, column, text};

const P: &str = "00000000-0000-4000-8000-0000000000f0";
const LIVE: &str = "00000000-0000-4000-8000-000000000001";
const GONE: &str = "00000000-0000-4000-8000-000000000002";
const TAG: &str = "00000000-0000-4000-8000-000000000011";
const SYSTEM: &str = "00000000-0000-4000-8000-000000000021";
const SUITE: &str = "00000000-0000-4000-8000-000000000031";

fn experience(id: &str, name: &str, archived: bool) -> Value {
    json!({
        "id": id, "name": name, "description": "", "locations": ["s3://a", { "hidden": true }], "profile": "",
        "environmentVariables": [{ "name": "API_KEY", "value": { "hidden": true } }, { "name": "A", "value": "1" }],
        "containerTimeoutSeconds": 60, "cacheExempt": false, "customFields": [], "archived": archived, "updatedAt": "2026-03-01T08:00:00Z",
    })
}

fn state() -> Value {
    json!({
        "formatVersion": "state/v1", "project": { "id": P, "name": "p" },
        "read": { "archivedExperiences": true, "archivedSuites": true },
        "experiences": [experience(LIVE, "live", false), experience(GONE, "gone", true)],
        "tags": [{ "id": TAG, "name": "t", "description": "", "experiences": [LIVE], "archivedExperiences": [GONE] }],
        "systems": [{ "id": SYSTEM, "name": "s", "description": "", "experiences": [LIVE], "archivedExperiences": [] }],
        "suites": [{ "id": SUITE, "name": "gate", "description": "", "systemId": SYSTEM, "revision": 3, "archived": false, "experiences": [LIVE] }],
    })
}

fn write(folder: &Path, state: &Value) -> PathBuf {
    let path = folder.join("state.json");
    std::fs::write(&path, state.to_string()).expect("works");
    path
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("works")).expect("works")
}

async fn open(path: &Path) -> Api {
    Api::start(Options { state: Some(path.to_owned()), ..Options::default() }).await
}

#[tokio::test]
async fn saved_state_is_the_loaded_one_but_for_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), &state());
    let api = open(&path).await;
    let served = api.get(&format!("{{}}/experiences/{LIVE}")).await.1;
    assert_eq!(served["environmentVariables"][0], json!({ "name": "API_KEY", "value": "(hidden)" }));
    assert_eq!(served["locations"], json!(["s3://a", "(hidden)"]));
    assert_eq!(served["updateTimestamp"], json!("2026-03-01T08:00:00Z"));
    // Comes back as it was served for one, overwritten for the other.
    let sent = json!([{ "name": "API_KEY", "value": "(hidden)" }, { "name": "A", "value": "2" }]);
    let change = json!({ "experience": { "environmentVariables": sent }, "updateMask": ["environmentVariables"] });
    let updated = api.patch(&format!("{{}}/experiences/{LIVE}"), change).await.1;
    assert!(text(&updated["updateTimestamp"]).as_str() > "2026-03-01T08:00:00Z");
    api.sandbox.save().unwrap();
    let mut expected = state();
    expected["experiences"][0]["environmentVariables"][1]["value"] = json!("2");
    expected["experiences"][0]["updatedAt"] = updated["updateTimestamp"].clone();
    assert_eq!(read(&path), expected);

    let over = json!([{ "name": "API_KEY", "value": "new" }]);
    let change = json!({ "experience": { "environmentVariables": over }, "updateMask": ["environmentVariables"] });
    api.patch(&format!("{{}}/experiences/{LIVE}"), change).await;
    drop(api);
    assert_eq!(read(&path)["experiences"][0]["environmentVariables"], over, "saved at the end too");
}

#[tokio::test]
async fn untouched_file_keeps_its_bytes_and_new_one_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), &state());
    let before = std::fs::read(&path).unwrap();
    let api = open(&path).await;
    api.get("{}/experiences").await;
    drop(api);
    assert_eq!(std::fs::read(&path).unwrap(), before);

    let fresh = folder.path().join("new.json");
    let sandbox =
        Sandbox::start(Options { state: Some(fresh.clone()), project: Some("mine".to_owned()), ..Options::default() }).await.unwrap();
    sandbox.save().unwrap();
    assert_eq!(read(&fresh)["project"]["name"], json!("mine"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&fresh).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = Api::start(Options { state: Some(fresh), project: Some("another".to_owned()), ..Options::default() }).await;
    assert_eq!(column(&again.get("projects").await.1, "projects", "name"), ["mine"]);
}

#[tokio::test]
async fn saved_state_fits_the_published_schema() {
    let folder = tempfile::tempdir().unwrap();
    let schema = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/state-v1.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_slice(&schema).unwrap()).unwrap();
    let generated = Options { generate: Some("experiences=40,archived=9,tags=3,systems=2,suites=3".to_owned()), ..Options::default() };
    for api in [Api::start(generated).await, open(&write(folder.path(), &state())).await] {
        let errors: Vec<String> = validator.iter_errors(&api.sandbox.state_json()).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

#[tokio::test]
async fn request_for_a_list_that_was_not_read_names_it_and_the_rest_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let mut partial = state();
    partial["read"] = json!({ "archivedExperiences": false, "archivedSuites": false });
    partial["experiences"] = json!([experience(LIVE, "live", false)]);
    partial["tags"] = json!([{ "id": TAG, "name": "t", "description": "" }]);
    partial["systems"][0].as_object_mut().unwrap().remove("archivedExperiences");
    let path = write(folder.path(), &partial);
    let api = open(&path).await;
    for (path, named) in [
        ("experiences?archived=true".to_owned(), "archived experiences"),
        ("experiences?archived=".to_owned(), "archived experiences"),
        ("suites?archived=true".to_owned(), "archived test suites"),
        (format!("experienceTags/{TAG}/experiences?archived=false"), "tag `t`"),
        (format!("systems/{SYSTEM}/experiences?archived=true"), "system `s`"),
        (format!("experiences/{GONE}"), "archived experiences"),
        (format!("experiences?search=tag_id%20IN%20(%22{TAG}%22)"), "tag `t`"),
        (format!("experiences/{LIVE}/experienceTags"), "tag `t`"),
    ] {
        let (status, body) = api.get(&format!("{{}}/{path}")).await;
        assert!(status == 400 && text(&body["message"]).contains(named), "{path}: {status} {body}");
    }
    let bulk = json!({ "experienceTagIDs": [TAG], "experiences": [LIVE] });
    assert_eq!(api.post("{}/experienceTags/addExperiences", bulk).await.0, 400);
    for path in [
        "experiences".to_owned(),
        "experienceTags".to_owned(),
        "suites?archived=false".to_owned(),
        format!("systems/{SYSTEM}/experiences?archived=false"),
    ] {
        assert_eq!(api.get(&format!("{{}}/{path}")).await.0, 200, "{path}");
    }
    api.experience("new").await;
    api.sandbox.save().unwrap();
    let saved = read(&path);
    assert_eq!((&saved["read"], &saved["tags"]), (&partial["read"], &partial["tags"]));
    assert!(saved["systems"][0].get("archivedExperiences").is_none());
    assert_eq!(saved["experiences"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn broken_state_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let with = |pointer: &str, value: Value| {
        let mut state = state();
        *state.pointer_mut(pointer).unwrap() = value;
        state.to_string()
    };
    let cases = [
        "{".to_owned(),
        with("/formatVersion", json!("state/v2")),
        with("/experiences/1/id", json!(LIVE)),
        with("/tags/0/experiences", json!([GONE])),
        with("/tags/0/experiences", json!([SUITE])),
        with("/suites/0/experiences", json!([TAG])),
        with("/suites/0/revision", json!(-1)),
        with("/experiences/0/updatedAt", json!("yesterday")),
        with("/experiences/0/containerTimeoutSeconds", json!(4_000_000_000_u64)),
        with("/experiences/0/customFields", json!([{ "name": "a", "type": "color", "values": [] }])),
        with("/experiences/0/locations", json!([{ "hidden": false }])),
        state().to_string().replace("\"profile\"", "\"profil\""),
    ];
    for bytes in cases {
        let path = folder.path().join("bad.json");
        std::fs::write(&path, &bytes).unwrap();
        let error = Sandbox::start(Options { state: Some(path.clone()), ..Options::default() }).await.expect_err(&bytes).to_string();
        assert!(error.starts_with("state file ") && error.contains("bad.json"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), bytes);
    }
    let path = write(folder.path(), &state());
    let options = Options { state: Some(path), generate: Some("experiences=1".to_owned()), ..Options::default() };
    assert!(Sandbox::start(options).await.is_err());
}
