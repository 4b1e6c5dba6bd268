//! `ci` at its edges: wrong usage, folders, secrets, hostile names, what GitHub refuses.

use serde_json::{Value, json};

use crate::ci_runner::{Ran, Runner, state_with};
use crate::github::{Effect, State, Who, events};
use crate::runner_protocol::carried_out;
use crate::support::{Folder, Program};

const CONFIG: &str = include_str!("../../examples/demo/experiences.yaml");
const STATE: &str = include_str!("../../examples/demo/state.json");
const CANARY: &str = "canary-5be0a7d91c";

fn config(description: &str) -> String {
    format!("experiences:\n  - {{name: a, description: {description}, locations: [s3://a]}}\n")
}

/// Every byte that a run and GitHub hold of it.
fn everything(runner: &Runner, ran: &Ran) -> String {
    let mut all = format!("{}\n{}\n{}\n{:?}", ran.output.stdout, ran.output.stderr, ran.summary, ran.outputs);
    for name in ["plan-file", "report-file"] {
        all.extend(ran.outputs.get(name).and_then(|path| std::fs::read_to_string(path).ok()));
    }
    all.push_str(&runner.fake.state(|state| format!("{:?}{:?}{:?}", state.comments, state.issues, state.pulls)));
    let texts = runner
        .fake
        .state(|state| state.refs.contains_key("refs/heads/resim-sync/clone").then(|| format!("{:?}", state.texts("resim-sync/clone"))));
    all.extend(texts);
    all
}

fn commit_config(runner: &Runner) -> String {
    let config = runner.folder.read("experiences.yaml");
    runner.fake.state(|state| state.commit("main", "Begin", State::files(&[("experiences.yaml", &config)])))
}

#[test]
fn wrong_usage_has_outputs_and_carries_out_no_command() {
    for (name, value) in [
        ("RESIM_SYNC_COMMENT", "x\n::add-mask::changes"),
        ("RESIM_SYNC_EXPECT_DIGEST", "x\r\n  ::set-env name=a::b"),
        ("RESIM_SYNC_CREATE_MISSING", "x ##[add-mask]changes"),
    ] {
        let runner = Runner::new(CONFIG, STATE);
        let ran = runner.run(runner.program(&events::push("refs/heads/main")).env(name, value), 64);
        let told = [&ran.outputs["result"], &ran.outputs["failure-reason"], &ran.outputs["changed"], &ran.outputs["archives"]];
        assert_eq!(told, ["failed", "usage", "false", "0"]);
        assert_eq!(carried_out(&ran.output.stderr), []);
        let commands = carried_out(&ran.output.stdout);
        assert!(matches!(commands.as_slice(), [error] if error.name == "error" && error.data.contains(name)), "{commands:?}");
        runner.asked_nothing();
    }
}

#[test]
fn wrong_usage_of_other_commands_has_no_outputs() {
    let runner = Runner::new(CONFIG, STATE);
    let output = runner.folder.file("output");
    Program::new(&runner.folder, &["plan", "--nonsense"]).env("GITHUB_OUTPUT", output.to_str().expect("UTF-8")).ends_with(64);
    assert!(!output.exists());
}

#[test]
fn config_lies_in_the_workspace_or_in_a_folder_that_the_job_made() {
    let temp = Folder::new();
    for path in ["made/experiences.yaml", "_runner_file_commands/experiences.yaml", "experiences.yaml"] {
        temp.write(path, &config("d"));
    }
    let path = |name: &str| temp.file(name).to_str().expect("UTF-8").to_owned();
    let validate = |config: &str, code: i32| {
        let runner = Runner::new(CONFIG, STATE);
        let ci = runner.program(&events::push("refs/heads/topic"));
        runner.run(ci.env("RUNNER_TEMP", &path("")).env("RESIM_SYNC_CONFIG", &path(config)), code);
        // The plain command has the same limits.
        let workspace = runner.folder.path().to_str().expect("UTF-8").to_owned();
        Program::new(&runner.folder, &["validate", "--config", &path(config)])
            .env("GITHUB_WORKSPACE", &workspace)
            .env("RUNNER_TEMP", &path(""))
            .ends_with(code);
    };
    validate("made/experiences.yaml", 0);
    validate("_runner_file_commands/experiences.yaml", 3);
    validate("experiences.yaml", 3);
}

#[test]
fn config_that_git_does_not_hold_is_applied_with_a_warning_and_without_links() {
    let body = |generated: bool| {
        let runner = Runner::new(CONFIG, STATE);
        runner.merged();
        let tip = runner.fake.state(|state| {
            let tip = state.refs["refs/heads/main"].clone();
            state.pulls_of_commits.insert(tip.clone(), vec![7]);
            tip
        });
        if generated {
            runner.folder.write("experiences.yaml", &format!("{CONFIG}# made by the job\n"));
        }
        runner.server.add_fault("POST experiences#1=422");
        let ran = runner.run(runner.program(&events::push("refs/heads/main")).env("GITHUB_SHA", &tip), 1);
        assert_eq!(ran.output.stdout.contains("Git does not hold the config"), generated, "{}", ran.output.stdout);
        runner.bodies()[0].clone()
    };
    assert!(body(false).contains("/blob/"));
    assert!(!body(true).contains("/blob/"));
}

#[test]
fn missing_scopes_are_told_before_the_first_write() {
    let runner = Runner::new(CONFIG, STATE);
    runner.merged();
    runner.server.add_fault("permissions=projects:read,experiences:read,experienceTags:read,systems:read,batches:read");
    let ran = runner.ends(&events::push("refs/heads/main"), 1);
    assert_eq!(ran.outputs["failure-reason"], "auth-failed");
    assert!(ran.summary.contains("experiences:write"), "{}", ran.summary);
    assert!(runner.bodies()[0].contains("experiences:write"), "{}", runner.bodies()[0]);
    runner.wrote_nothing();
}

#[test]
fn snapshot_is_for_forks_without_credentials_alone() {
    let without = |runner: &Runner, delivery| {
        runner.folder.write("snapshot.json", &state_with("a"));
        let program = runner.program(&delivery).env("RESIM_SYNC_FROM_SNAPSHOT", "snapshot.json");
        program.env("RESIM_CLIENT_ID", "").env("RESIM_CLIENT_SECRET", "")
    };
    let opened = || events::pull_request("opened", "main");

    let runner = Runner::new(&config("from a fork"), &state_with("a"));
    let ran = runner.run(without(&runner, opened().by_fork()), 0);
    assert_eq!((ran.outputs["result"].as_str(), ran.outputs["updates"].as_str()), ("offline", "1"));
    assert!(ran.summary.contains("from a fork") && ran.summary.to_lowercase().contains("not read"), "{}", ran.summary);
    runner.asked_nothing();

    let ran = runner.run(without(&runner, opened()), 1);
    assert_eq!(ran.outputs["failure-reason"], "no-credentials");

    // The state file lacks what ReSim has: with credentials it is not looked at.
    let runner = Runner::new(&config("d"), &state_with("another"));
    runner.folder.write("snapshot.json", "no state");
    let program = runner.program(&opened().by_fork()).env("RESIM_SYNC_FROM_SNAPSHOT", "snapshot.json");
    assert_eq!(runner.run(program, 0).outputs["archives"], "1");
}

#[test]
fn invalid_config_of_a_fork_is_red() {
    let runner = Runner::new("experiences: 7\n", STATE);
    let program =
        runner.program(&events::pull_request("opened", "main").by_fork()).env("RESIM_CLIENT_ID", "").env("RESIM_CLIENT_SECRET", "");
    assert_eq!(runner.run(program, 3).outputs["failure-reason"], "config-invalid");
    runner.asked_nothing();
}

#[test]
fn secrets_of_resim_are_in_no_byte_of_any_job() {
    let mut state: Value = serde_json::from_str(&state_with("a")).expect("JSON");
    state["experiences"][0]["environmentVariables"] = json!([{ "name": "API_TOKEN", "value": format!("{CANARY}-before") }]);
    let state = state.to_string();
    let config = format!(
        "experiences:\n  - {{name: a, description: new, locations: [s3://a], environmentVariables: [{{name: API_TOKEN, value: {CANARY}-after}}]}}\n"
    );
    let clean = |runner: &Runner, ran: &Ran| {
        let all = everything(runner, ran);
        let at = all.find(CANARY).map(|at| all[at.saturating_sub(200)..].chars().take(300).collect::<String>());
        assert_eq!(at, None);
    };
    let runner = Runner::new(&config, &state);
    let ran = runner.ends(&events::pull_request("opened", "main"), 0);
    assert_eq!(ran.outputs["updates"], "1");
    clean(&runner, &ran);
    let ran = runner.ends(&events::schedule(), 0);
    assert_eq!(ran.outputs["result"], "changes");
    clean(&runner, &ran);
    runner.merged();
    // ReSim repeats a secret in its words.
    runner.server.add_fault(&format!("PATCH experiences/*#1=422:message=https://user:{CANARY}@example.com is refused"));
    let ran = runner.ends(&events::push("refs/heads/main"), 1);
    assert!(runner.bodies()[0].contains("is refused"), "{}", runner.bodies()[0]);
    clean(&runner, &ran);

    let runner = Runner::new("experiences: []\n", &state);
    runner.fake.state(|state| state.pulls.clear());
    commit_config(&runner);
    let ran = runner.ends(&events::workflow_dispatch(Value::Null), 0);
    assert_eq!(ran.outputs["changed"], "true");
    clean(&runner, &ran);
}

#[test]
fn hostile_names_carry_out_no_command_in_any_job() {
    const NAME: &str = "a\n::add-mask::changes\r ::set-env name=a::b ##[add-mask]ok\u{2028}::stop-commands::x</details>@octo/team";
    let only_ours = |ran: &Ran| {
        for command in carried_out(&ran.output.stdout).iter().chain(&carried_out(&ran.output.stderr)) {
            let ours = matches!(command.name.as_str(), "group" | "endgroup" | "error" | "warning" | "notice");
            let titled =
                command.name.contains("group") || command.properties.contains_key("file") || command.properties.contains_key("title");
            assert!(ours && titled, "{command:?}");
        }
    };
    let hostile = format!("experiences:\n  - {{name: {}, description: d, locations: [s3://a]}}\n", Value::from(NAME));
    let runner = Runner::new(&hostile, &state_with("b"));
    let program = |delivery| runner.program(&delivery).env("RESIM_SYNC_MAX_ARCHIVE", "5");
    only_ours(&runner.run(program(events::pull_request("opened", "main")), 0));
    only_ours(&runner.run(program(events::schedule()), 0));
    runner.merged();
    runner.server.add_fault("POST experiences#1=422:message=::add-mask::changes ##[add-mask]ok");
    only_ours(&runner.run(program(events::push("refs/heads/main")), 1));

    let runner = Runner::new("experiences: []\n", &state_with(NAME));
    runner.fake.state(|state| state.pulls.clear());
    commit_config(&runner);
    let ran = runner.ends(&events::workflow_dispatch(Value::Null), 0);
    assert_eq!(ran.outputs["changed"], "true");
    only_ours(&ran);
}

#[test]
fn drift_without_issues_is_a_warning_and_a_summary() {
    let runner = Runner::new(&config("other"), &state_with("a"));
    runner.fake.state(|state| state.issues_disabled = true);
    let ran = runner.ends(&events::schedule(), 0);
    assert_eq!(ran.outputs["result"], "changes");
    assert!(ran.output.stdout.contains("::warning") && ran.summary.contains("description"), "{}", ran.output.stdout);
}

#[test]
fn drift_that_is_gone_at_the_second_look_opens_no_issue() {
    let runner = Runner::new(&config("d"), &state_with("a"));
    // Seen at the first look; somebody undoes it before the second one.
    let id = "experiences/33333333-3333-4333-8333-333333333333";
    runner.server.add_fault(&format!(
        "GET experiences#1=edit:PATCH {id} {}",
        json!({ "experience": {"description": "half done"}, "updateMask": ["description"] })
    ));
    runner.server.add_fault(&format!(
        "GET experiences#2=edit:PATCH {id} {}",
        json!({ "experience": {"description": "d"}, "updateMask": ["description"] })
    ));
    let ran = runner.ends(&events::schedule(), 0);
    let looks =
        runner.server.journal().iter().filter(|entry| entry["path"].as_str().is_some_and(|path| path.ends_with("/experiences"))).count();
    assert_eq!((ran.outputs["result"].as_str(), looks), ("ok", 2), "{}", ran.output.stdout);
    assert!(runner.fake.state(|state| state.issues.is_empty()));
}

#[test]
fn failures_of_drift_and_clone_are_in_the_summary() {
    let runner = Runner::new(&config("d"), &state_with("a"));
    commit_config(&runner);
    for (delivery, what) in [(events::schedule(), "plan"), (events::workflow_dispatch(Value::Null), "clone")] {
        let ran = runner.run(runner.program(&delivery).env("RESIM_PROJECT", "no-such-project"), 1);
        assert_eq!(ran.outputs["failure-reason"], "api-error");
        assert!(ran.summary.contains(&format!("ReSim {what}")) && ran.summary.contains("no-such-project"), "{}", ran.summary);
    }
    runner.folder.write("experiences.yaml", "experiences: 7\n");
    let ran = runner.ends(&events::schedule(), 3);
    assert!(ran.summary.contains("experiences.yaml:1"), "{}", ran.summary);
}

#[test]
fn clone_leaves_a_persons_branch_alone_and_closes_what_is_not_needed() {
    let dispatch = events::workflow_dispatch(Value::Null);
    let runner = Runner::new(&config("d"), &state_with("new"));
    runner.fake.state(|state| state.pulls.clear());
    commit_config(&runner);
    let persons = runner.fake.state(|state| state.commit("resim-sync/clone", "Mine", State::files(&[("x", "y")])));
    let ran = runner.ends(&dispatch, 4);
    assert_eq!((ran.outputs["result"].as_str(), ran.outputs["failure-reason"].as_str()), ("refused", "branch-taken"));
    assert_eq!(runner.fake.state(|state| state.refs["refs/heads/resim-sync/clone"].clone()), persons);

    let runner = Runner::new(&config("d"), &state_with("new"));
    runner.fake.state(|state| state.pulls.clear());
    commit_config(&runner);
    runner.ends(&dispatch, 0);
    let cloned = runner.fake.state(|state| state.texts("resim-sync/clone")["experiences.yaml"].to_owned());
    runner.folder.write("experiences.yaml", &cloned);
    commit_config(&runner);
    let ran = runner.ends(&dispatch, 0);
    assert_eq!(ran.outputs["changed"], "false");
    assert!(runner.fake.state(|state| state.pulls.values().all(|pull| !pull.open)));
}

#[test]
fn forbidden_clone_names_the_setting() {
    let runner = Runner::new(&config("d"), &state_with("new"));
    runner.fake.state(|state| state.pulls.clear());
    commit_config(&runner);
    let words = "GitHub Actions is not permitted to create or approve pull requests.";
    runner.fake.once("POST /repos/octo/config/pulls", Effect::refuse(403, words));
    let ran = runner.ends(&events::workflow_dispatch(Value::Null), 1);
    assert_eq!(ran.outputs["failure-reason"], "github-error");
    assert!(ran.output.stderr.contains("Allow GitHub Actions to create"), "{}", ran.output.stderr);
}

#[test]
fn older_run_leaves_the_comment_of_a_newer_commit_alone() {
    let runner = Runner::new(CONFIG, STATE);
    runner.fake.state(|state| {
        state.comment(7, Who::Workflow, "unrelated");
        state.pull(7, "").head_sha = "d".repeat(40);
    });
    let ran = runner.ends(&events::pull_request("synchronize", "main"), 0);
    assert_eq!(runner.bodies(), ["unrelated"]);
    assert_eq!(ran.outputs["result"], "changes");
}

#[test]
fn comment_is_written_always_never_or_for_changes() {
    for (choice, expected) in [("always", 1), ("never", 0), ("changes", 0)] {
        let runner = Runner::new(&config("d"), &state_with("a"));
        runner.run(runner.program(&events::pull_request("opened", "main")).env("RESIM_SYNC_COMMENT", choice), 0);
        assert_eq!(runner.bodies().len(), expected, "{choice}");
    }
    let runner = Runner::new(CONFIG, STATE);
    runner.run(runner.program(&events::pull_request("opened", "main")).env("RESIM_SYNC_COMMENT", "never"), 0);
    assert!(runner.bodies().is_empty() && runner.fake.writes().is_empty());
}

#[test]
fn warnings_end_with_two_where_asked_for() {
    let config = "experiences:\n  - {name: a, description: d, locations: [s3://a], tags: []}\nmanagedExperienceTags: [unused]\n";
    let mut state: Value = serde_json::from_str(&state_with("a")).expect("JSON");
    state["tags"] = json!([{ "id": "44444444-4444-4444-8444-444444444444", "name": "unused", "description": "", "experiences": [] }]);
    for (fail_on, code) in [("error", 0), ("changes", 0), ("warnings", 2)] {
        let runner = Runner::new(config, &state.to_string());
        runner.run(runner.program(&events::pull_request("opened", "main")).env("RESIM_SYNC_FAIL_ON", fail_on), code);
    }
}
