//! The rules that every workflow keeps: this repository's own, the examples, and those that pages show.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::pages::{PAGES, text};
use crate::support::repository_file;

/// The action, as a user's workflow names it.
const OURS: &str = "resim-sync/resim-sync@";

/// A permission that a job asks for.
pub(crate) struct Permission {
    /// The job.
    pub(crate) job: String,
    /// Its environment.
    pub(crate) environment: String,
    /// What of.
    pub(crate) scope: String,
    /// `read` or `write`.
    pub(crate) access: String,
    /// The comment beside it.
    pub(crate) reason: String,
}

/// The example workflows, by path.
pub(crate) fn examples() -> Vec<String> {
    files("examples/workflows")
}

fn files(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(repository_file(folder)).expect("readable");
    let mut paths: Vec<String> =
        entries.map(|entry| format!("{folder}/{}", entry.expect("readable").file_name().to_str().expect("UTF-8"))).collect();
    paths.sort();
    paths
}

fn all() -> Vec<String> {
    let mut paths = examples();
    paths.extend(files(".github/workflows"));
    paths
}

fn parsed(name: &str, yaml: &str) -> Value {
    serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn mapping<'a>(name: &str, value: &'a Value) -> &'a serde_json::Map<String, Value> {
    value.as_object().unwrap_or_else(|| panic!("{name}: no mapping: {value}"))
}

/// The permissions that the jobs of a workflow ask for, in its order.
pub(crate) fn permissions(path: &str) -> Vec<Permission> {
    let yaml = text(path);
    let workflow = parsed(path, &yaml);
    let mut found = Vec::new();
    let (mut job, mut inside) = (String::new(), false);
    for line in yaml.lines() {
        let indent = line.len() - line.trim_start().len();
        let words = line.trim();
        match indent {
            2 => job = words.trim_end_matches(':').to_owned(),
            4 => inside = words == "permissions:",
            6 if inside => {
                let (permission, reason) = words.split_once(" # ").unwrap_or_else(|| panic!("{path}: `{words}` without a reason"));
                let (scope, access) = permission.split_once(": ").expect("scope and access");
                let environment = &workflow["jobs"][&job]["environment"];
                let environment = environment.as_str().or_else(|| environment["name"].as_str()).unwrap_or_default().to_owned();
                found.push(Permission {
                    job: job.clone(),
                    environment,
                    scope: scope.to_owned(),
                    access: access.to_owned(),
                    reason: reason.to_owned(),
                });
            }
            _ => {}
        }
    }
    let asked: usize = mapping(path, &workflow["jobs"]).values().map(|job| mapping(path, &job["permissions"]).len()).sum();
    assert_eq!(found.len(), asked, "{path}: a permission that this test does not see");
    found
}

/// Fails if a workflow breaks a rule that holds for all of them.
pub(crate) fn check_workflow(name: &str, yaml: &str) {
    let workflow = parsed(name, yaml);
    assert_eq!(workflow["permissions"], serde_json::json!({}), "{name}: the workflow as a whole gets no permission");
    let triggers = mapping(name, &workflow["on"]);
    for trigger in triggers.keys() {
        let privileged = ["pull_request_target", "workflow_run", "issue_comment"].contains(&trigger.as_str());
        assert!(!privileged, "{name}: {trigger} runs other people's content with secrets");
    }
    assert!(workflow["concurrency"]["group"].is_string(), "{name}: no concurrency group");
    assert!(workflow["concurrency"]["cancel-in-progress"].is_boolean(), "{name}: says not whether runs are cancelled");
    let inputs = parsed("action.yml", &text("action.yml"))["inputs"].clone();
    for (id, job) in mapping(name, &workflow["jobs"]) {
        let name = format!("{name}: job {id}");
        assert!(job["timeout-minutes"].is_u64(), "{name}: no time-out");
        assert!(job["permissions"].is_object(), "{name}: does not say what it may");
        assert!(job["runs-on"].as_str().is_some_and(|runner| !runner.contains("latest")), "{name}: a runner that changes");
        for step in job["steps"].as_array().unwrap_or_else(|| panic!("{name}: no steps")) {
            assert!(step["run"].as_str().is_none_or(|script| !script.contains("${{")), "{name}: an expression in a script");
            let Some(uses) = step["uses"].as_str() else { continue };
            if uses.starts_with("actions/checkout@") {
                assert_eq!(step["with"]["persist-credentials"], false, "{name}: the token stays on disk");
            }
            if uses.starts_with(OURS) {
                let strategy = &job["strategy"];
                let cancels = !strategy.is_null() && strategy["fail-fast"] != false;
                assert!(!cancels, "{name}: a failure cancels its neighbours in the middle of their writes");
                for (input, value) in mapping(&name, &step["with"]) {
                    assert!(inputs.get(input).is_some(), "{name}: the action has no input {input}");
                    assert!(value.is_string(), "{name}: {input} is no text");
                }
            }
        }
    }
    for line in yaml.lines().map(str::trim).filter_map(|line| line.strip_prefix("- ").unwrap_or(line).strip_prefix("uses: ")) {
        if line == "./" || line.starts_with("./ #") {
            continue;
        }
        let (pinned, version) = line.split_once(" # v").unwrap_or_else(|| panic!("{name}: {line}: no version beside the pin"));
        let (_, commit) = pinned.split_once('@').unwrap_or_else(|| panic!("{name}: {line}: not pinned"));
        assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}: {line}: not pinned by a commit");
        assert!(version.starts_with(|first: char| first.is_ascii_digit()), "{name}: {line}: no version beside the pin");
    }
}

#[test]
fn every_workflow_keeps_the_rules() {
    assert!(all().len() >= 7);
    for path in all() {
        check_workflow(&path, &text(&path));
    }
}

#[test]
fn one_action_has_one_pin() {
    let mut pins: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in all().into_iter().chain(PAGES.map(str::to_owned)) {
        for line in text(&path).lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: ")) {
            let (action, pin) = line.split_once('@').unwrap_or((line, ""));
            pins.entry(action.to_owned()).or_default().insert(pin.to_owned());
        }
    }
    for (action, pins) in pins {
        assert_eq!(pins.len(), 1, "{action}: {pins:?}");
    }
}

#[test]
fn only_what_writes_may_write() {
    let mut writes = BTreeSet::new();
    for path in examples() {
        for permission in permissions(&path) {
            assert!(["read", "write"].contains(&permission.access.as_str()));
            if permission.access == "write" {
                writes.insert(format!("{path} {} {}", permission.job, permission.scope));
            }
        }
    }
    let expected = [
        "examples/workflows/apply-approved.yml apply pull-requests",
        "examples/workflows/apply.yml apply pull-requests",
        "examples/workflows/clone.yml clone contents",
        "examples/workflows/clone.yml clone pull-requests",
        "examples/workflows/drift.yml drift issues",
        "examples/workflows/plan.yml plan pull-requests",
    ];
    assert_eq!(writes, expected.map(str::to_owned).into());
}

#[test]
fn credentials_that_write_belong_to_apply_alone() {
    for path in examples() {
        for permission in permissions(&path) {
            let expected = if permission.job == "apply" { "resim-production" } else { "resim-read" };
            assert_eq!(permission.environment, expected, "{path}: job {}", permission.job);
        }
    }
}

#[test]
fn apply_runs_one_at_a_time_and_is_never_cancelled() {
    let mut groups: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    for path in examples() {
        let workflow = parsed(&path, &text(&path));
        let group = workflow["concurrency"]["group"].as_str().expect("a group");
        assert!(group.contains("my-project"), "{path}: two projects would share the group {group}");
        let applies = path.contains("/apply");
        groups.entry(group.to_owned()).or_default().insert(applies);
        if applies {
            assert_eq!(workflow["concurrency"]["cancel-in-progress"], false, "{path}");
        }
        for (id, job) in mapping(&path, &workflow["jobs"]) {
            assert!(job["concurrency"].is_null(), "{path}: job {id} has a group of its own");
            // A source build takes its time, and a whole apply may take its default deadline after it.
            let least = if id == "apply" { 50 } else { 30 };
            assert!(job["timeout-minutes"].as_u64() >= Some(least), "{path}: job {id} may end in the middle");
        }
    }
    assert_eq!(groups.values().filter(|applies| applies.contains(&true)).count(), 1, "one group for what writes: {groups:?}");
    assert!(groups.values().all(|applies| applies.len() == 1), "apply shares its group: {groups:?}");
    assert_eq!(groups.len(), 4, "{groups:?}");
}

#[test]
fn dispatched_apply_takes_the_digest_that_a_refusal_names() {
    let apply = parsed("apply.yml", &text("examples/workflows/apply.yml"));
    let inputs = &apply["on"]["workflow_dispatch"]["inputs"];
    // Without the action's own `command`, a dispatch applies on the default branch only.
    assert_eq!(inputs["command"]["options"], serde_json::json!(["apply"]));
    assert!(inputs["expect-digest"].is_object());
    let steps = apply["jobs"]["apply"]["steps"].as_array().expect("steps");
    let step = steps.iter().find(|step| step["uses"].as_str().is_some_and(|uses| uses.starts_with(OURS))).expect("our step");
    assert_eq!(step["with"]["expect-digest"], "${{ inputs.expect-digest }}");
    assert!(step["with"]["command"].is_null());
}

#[test]
fn approved_plan_is_the_one_that_is_applied() {
    let workflow = parsed("apply-approved.yml", &text("examples/workflows/apply-approved.yml"));
    let jobs = &workflow["jobs"];
    assert_eq!(jobs["apply"]["needs"], "plan");
    assert_eq!(jobs["plan"]["outputs"]["digest"], "${{ steps.plan.outputs.plan-digest }}");
    let steps = jobs["apply"]["steps"].as_array().expect("steps");
    assert_eq!(steps.last().expect("a step")["with"]["expect-digest"], "${{ needs.plan.outputs.digest }}");
}
