//! Everything that the program sends and the embedded API answers, held against schemas of the real API.

use std::collections::BTreeSet;

use resim_sandbox::{answer_schema, request_schema, success_status};
use serde_json::Value;

use crate::support::{Folder, Program, Server};

const CONFIG: &str = include_str!("../../examples/demo/experiences.yaml");
const STATE: &str = include_str!("../../examples/demo/state.json");

fn fits(schema: &Value, body: &Value) -> Result<(), String> {
    let validator = jsonschema::validator_for(schema).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.join("\n")) }
}

#[test]
fn every_request_and_every_answer_is_as_the_api_documents() {
    let server = Server::start(Some(STATE), &["journal-answers=yes"]);
    let folder = Folder::with_config(CONFIG);
    let swap = "experiences:\n  - {name: planner-smoke, description: d, locations: [s3://x], experienceID: 3d0c9f6e-51a7-4c1e-8f5b-0a6a1c9d7e01, tags: [smoke], customFields: [{name: N, type: number, values: [1]}]}\n  - {name: survey-alpha, description: d, locations: [s3://y], experienceID: 3d0c9f6e-51a7-4c1e-8f5b-0a6a1c9d7e02, environmentVariables: []}\n  - {name: canyon-low, description: d, locations: [], archived: true}\nmanagedTestSuites:\n  - {name: Merge Gate, experiences: []}\nmanagedExperienceTags: [smoke]\n";
    Program::new(&folder, &["apply", "--create-missing"]).with(&server).ends_with(0);
    folder.write("experiences.yaml", swap);
    Program::new(&folder, &["apply", "--force"]).with(&server).ends_with(0);
    Program::new(&folder, &["snapshot", "--out", "state.json"]).with(&server).ends_with(0);

    let journal = server.journal();
    let mut operations = BTreeSet::new();
    for entry in &journal {
        let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let (method, path) = (text("method"), text("path"));
        let status = u16::try_from(entry["status"].as_u64().unwrap_or_default()).unwrap_or_default();
        let shown = format!("{method} {path} {status}");
        assert_eq!(success_status(&method, &path), Some(status), "{shown}");
        match request_schema(&method, &path) {
            Some(schema) => {
                fits(&schema, &entry["request"]).unwrap_or_else(|error| panic!("{shown}: request: {error}\n{}", entry["request"]))
            }
            None => assert!(entry["request"].is_null(), "{shown} takes no body: {}", entry["request"]),
        }
        if let Some(schema) = answer_schema(&method, &path, status) {
            fits(&schema, &entry["answer"]).unwrap_or_else(|error| panic!("{shown}: answer: {error}"));
        }
        let kind: Vec<&str> = path.split('/').filter(|part| part.len() != 36).collect();
        operations.insert(format!("{method} {}", kind.join("/")));
    }
    // Every kind of write that an apply knows, but for those that are never needed here.
    for needed in [
        "POST /v1/projects/experiences",
        "PATCH /v1/projects/experiences",
        "POST /v1/projects/experiences/restore",
        "POST /v1/projects/experiences/archive",
        "POST /v1/projects/experienceTags",
        "POST /v1/projects/experienceTags/addExperiences",
        "DELETE /v1/projects/experienceTags/experiences",
        "POST /v1/projects/systems/addExperiences",
        "POST /v1/projects/suites",
        "PATCH /v1/projects/suites",
        "POST /oauth/token",
    ] {
        assert!(operations.contains(needed), "{needed} is not among {operations:#?}");
    }
    // What could reach further than the config.
    for entry in journal.iter().filter(|entry| entry["method"] != "GET") {
        let body = entry["request"].to_string();
        assert!(!body.contains("allExperiences") && !body.contains("filters"), "{body}");
    }
}
