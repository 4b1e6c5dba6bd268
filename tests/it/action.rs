//! `action.yml` against the program: inputs, outputs, and who sees which credential.

use std::collections::BTreeSet;
use std::ffi::OsString;

use resim_sync::cli::{Environment, parse};
use resim_sync::github::Output;
use serde_json::Value;

use crate::pages::text;
use crate::support::{Folder, Program};

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

/// What workflows may read; the order is that of the documentation.
const OUTPUTS: [&str; 15] = [
    "result",
    "changed",
    "creates",
    "updates",
    "renames",
    "restores",
    "archives",
    "plan-digest",
    "plan-file",
    "report-file",
    "comment-url",
    "pr-number",
    "pr-url",
    "failure-reason",
    "version",
];
/// Inputs that no option of `ci` stands for: the steps' own, and credentials, which no command line ever holds.
const NO_OPTIONS: [&str; 8] =
    ["working-directory", "install", "client-id", "client-secret", "username", "password", "token", "github-token"];
/// Options of `ci` that the action does not offer.
const NO_INPUTS: [&str; 8] = ["deadline", "show-values", "sandbox", "verbose", "quiet", "color", "no-progress", "help"];

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
    assert_eq!(keys(&action["outputs"]), BTreeSet::from(OUTPUTS));
    assert_eq!(Output::ALL.map(Output::name), OUTPUTS);
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
fn every_input_is_an_option_of_ci_and_the_other_way_round() {
    let help = Program::new(&Folder::new(), &["ci", "--help"]).ends_with(0).stdout;
    let options: BTreeSet<&str> = help
        .lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with('-'))
        .filter_map(|line| line.split("--").nth(1)?.split(|c: char| !(c.is_ascii_lowercase() || c == '-')).next())
        .collect();
    let offered = INPUTS.into_iter().filter(|input| !NO_OPTIONS.contains(input));
    assert_eq!(options, offered.chain(NO_INPUTS).collect::<BTreeSet<_>>());
}

/// What the run step gives to the program if a workflow sets no inputs, but for the expressions of the runner.
fn defaults() -> Vec<(String, String)> {
    let action = action();
    let inputs = action["inputs"].as_object().expect("inputs").iter();
    inputs
        .map(|(input, about)| {
            let default = about["default"].as_str().unwrap_or_else(|| panic!("{input} has no default, or one that is no text"));
            let value = if default.contains("${{") { "something" } else { default };
            (format!("RESIM_SYNC_{}", input.to_uppercase().replace('-', "_")), value.to_owned())
        })
        .collect()
}

#[test]
fn inputs_that_nobody_sets_are_understood() {
    let environment: Environment = defaults().into_iter().collect();
    parse(["resim-sync", "ci"].map(OsString::from).to_vec(), &environment).expect("the defaults are right");
}

#[test]
fn each_input_reaches_the_program() {
    let wrong = [
        ("command", "everything"),
        ("comment", "perhaps"),
        ("govcloud", "perhaps"),
        ("no-archive", "perhaps"),
        ("create-missing", "perhaps"),
        ("max-archive", "some"),
        ("reviewed", "perhaps"),
        ("expect-digest", "abc"),
        ("fail-on", "everything"),
        ("parallel", "many"),
    ];
    for (input, value) in wrong {
        let name = format!("RESIM_SYNC_{}", input.to_uppercase().replace('-', "_"));
        let variables = defaults().into_iter().filter(|(known, _)| *known != name).chain([(name.clone(), value.to_owned())]);
        let environment: Environment = variables.collect();
        let error = parse(["resim-sync", "ci"].map(OsString::from).to_vec(), &environment).expect_err(input).to_string();
        assert!(error.contains(&name), "{error}");
    }
}

#[test]
fn action_is_two_steps_of_bash_and_nothing_that_others_could_change() {
    let action = action();
    assert_eq!(action["runs"]["using"], "composite");
    let steps = action["runs"]["steps"].as_array().expect("steps");
    assert_eq!(steps.iter().map(|step| step["id"].as_str()).collect::<Vec<_>>(), [Some("install"), Some("run")]);
    for step in steps {
        assert_eq!(step["shell"], "bash");
        assert!(step["uses"].is_null() && step["if"].is_null(), "{step}");
    }
    // The path of an expression is wrong in containers; the variable is not.
    assert!(step("install")["run"].as_str().is_some_and(|script| script.contains("$GITHUB_ACTION_PATH/action/install.sh")));
    assert!(!text("action.yml").contains("toJSON") && !text("action.yml").contains("github.action_"));
}

#[test]
fn marketplace_has_what_it_needs() {
    let action = action();
    for key in ["name", "description", "author"] {
        assert!(action[key].as_str().is_some_and(|text| !text.is_empty()), "{key}");
    }
    assert!(action["description"].as_str().is_some_and(|text| text.len() <= 125));
    assert!(action["branding"]["icon"].is_string() && action["branding"]["color"].is_string());
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
    for path in ["action.yml", "action/install.sh"] {
        let script = text(path);
        for forbidden in ["GITHUB_ENV", "GITHUB_PATH", "set-env", "add-path", "set-output"] {
            assert!(!script.contains(forbidden), "{path}: {forbidden}");
        }
    }
    for (path, source) in crate::pages::sources("src") {
        let writes = source.contains("\"GITHUB_ENV\"") || source.contains("\"GITHUB_PATH\"");
        assert!(!writes, "{}", path.display());
    }
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

/// The job of this repository's CI that runs the action, with its build left out: the program is the one under test.
#[test]
fn job_that_runs_the_action_sees_the_outputs_that_it_demands() {
    let workflow: Value = serde_yaml::from_str(&text(".github/workflows/ci.yml")).expect("YAML");
    let job = &workflow["jobs"]["action"];
    let steps = job["steps"].as_array().expect("steps");
    let step = |id: &str| steps.iter().find(|step| step["id"] == id || step["name"] == id).expect("the step is there");
    let (run, check) = (step("plan"), step("its outputs"));
    assert_eq!((run["uses"].as_str(), run["with"]["install"].as_str()), (Some("./"), Some("source")));

    let folder = Folder::new();
    for path in ["examples/demo/state.json", "examples/demo/experiences.yaml"] {
        folder.write(path, &text(path));
    }
    folder.write("event.json", "{}");
    folder.write("output", "");
    let place = |path: &str| folder.file(path).to_str().expect("UTF-8").to_owned();
    let given: Vec<(String, String)> = run["with"]
        .as_object()
        .expect("inputs")
        .iter()
        .map(|(input, value)| (format!("RESIM_SYNC_{}", input.to_uppercase().replace('-', "_")), value.as_str().expect("text").to_owned()))
        .chain(
            job["env"].as_object().expect("variables").iter().map(|(name, value)| (name.clone(), value.as_str().expect("text").to_owned())),
        )
        .collect();
    let program = Program::new(&folder, &["ci"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_EVENT_NAME", "push")
        .env("GITHUB_EVENT_PATH", &place("event.json"))
        .env("GITHUB_REPOSITORY", "resim-sync/resim-sync")
        .env("GITHUB_REF", "refs/heads/main")
        .env("GITHUB_SHA", "cccccccccccccccccccccccccccccccccccccccc")
        .env("GITHUB_WORKSPACE", &place(""))
        .env("RUNNER_TEMP", &place("temp"))
        .env("GITHUB_OUTPUT", &place("output"));
    folder.write("temp/keep", "");
    given.iter().fold(program, |program, (name, value)| program.env(name, value)).ends_with(0);

    let outputs = crate::runner_protocol::read_outputs(&folder.read("output")).expect("outputs");
    for (name, value) in check["env"].as_object().expect("variables") {
        let output =
            value.as_str().and_then(|value| value.strip_prefix("${{ steps.plan.outputs.")?.strip_suffix(" }}")).expect("an output");
        assert!(!outputs[output].is_empty(), "{name}");
    }
    assert_eq!(outputs["result"], "changes");
    assert!(std::path::Path::new(&outputs["plan-file"]).exists());
}
