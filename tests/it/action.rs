//! `action.yml` against the program: inputs, outputs, and who sees which credential.

use std::collections::BTreeSet;
use std::path::Path;

use resim_sync::github::Output;
use serde_json::Value;

const INPUTS: [&str; 27] = [
    "command",
    "project",
    "config",
    "working-directory",
    "client-id",
    "client-secret",
    "username",
    "password",
    "token",
    "api-url",
    "auth-url",
    "govcloud",
    "comment",
    "label",
    "no-archive",
    "archive-tag",
    "max-archive",
    "create-missing",
    "from-snapshot",
    "reviewed",
    "expect-digest",
    "fail-on",
    "branch",
    "base",
    "parallel",
    "github-token",
    "install",
];

fn text(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it is in the repository")
}

fn action() -> Value {
    serde_yaml::from_str(&text("action.yml")).expect("YAML")
}

fn step(id: &str) -> Value {
    let action = action();
    let steps = action["runs"]["steps"].as_array().expect("steps").clone();
    steps.into_iter().find(|step| step["id"] == id).expect("the step is there")
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().expect("a mapping").keys().map(String::as_str).collect()
}

#[test]
fn outputs_are_those_that_the_program_writes() {
    let action = action();
    assert_eq!(keys(&action["outputs"]), Output::ALL.into_iter().map(Output::name).collect());
    for output in Output::ALL.map(Output::name) {
        assert_eq!(action["outputs"][output]["value"], format!("${{{{ steps.run.outputs.{output} }}}}"));
    }
}

#[test]
fn every_input_is_a_variable_and_nothing_else() {
    let action = action();
    assert_eq!(keys(&action["inputs"]), BTreeSet::from(INPUTS));
    let variables = step("run")["env"].clone();
    let mut expected = BTreeSet::from(["RESIM_SYNC_BINARY".to_owned()]);
    for input in INPUTS.into_iter().filter(|input| !["working-directory", "install"].contains(input)) {
        let variable = format!("RESIM_SYNC_{}", input.to_uppercase().replace('-', "_"));
        assert_eq!(variables[&variable], format!("${{{{ inputs.{input} }}}}"));
        expected.insert(variable);
    }
    assert_eq!(keys(&variables), expected.iter().map(String::as_str).collect());
}

#[test]
fn install_step_sees_no_credential() {
    assert_eq!(keys(&step("install")["env"]), BTreeSet::from(["RESIM_SYNC_INSTALL"]));
}

#[test]
fn no_expression_is_pasted_into_a_script() {
    for id in ["install", "run"] {
        assert!(!step(id)["run"].as_str().expect("a script").contains("${{"), "{id}");
    }
}

#[test]
fn later_steps_are_not_influenced() {
    let script = text("action/install.sh");
    assert!(!script.contains("GITHUB_ENV") && !script.contains("GITHUB_PATH"));
}

#[test]
fn release_names_each_target_once_with_a_digest() {
    let release = text("action/RELEASE");
    let lines: Vec<&str> = release.lines().filter(|line| !line.starts_with('#')).collect();
    let version = lines[0].strip_prefix("version ").expect("the version comes first");
    let sources = text("Cargo.toml");
    assert!(sources.contains(&format!("version = \"{version}\"")), "the release is of another version: bump both");
    let mut targets = BTreeSet::new();
    for line in &lines[1..] {
        let (target, digest) = line.split_once(' ').expect("target and digest");
        assert!(targets.insert(target), "{target} twice");
        assert!(digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase()), "{line}");
    }
}
