//! `ci` as a runner starts it: an event, a fake GitHub, the embedded ReSim API.

use std::path::Path;

use crate::ci_runner::{Runner, state_with};
use crate::github::{Delivery, Effect, State, Who, events};
use crate::support::Program;

const CONFIG: &str = include_str!("../../examples/demo/experiences.yaml");
const STATE: &str = include_str!("../../examples/demo/state.json");
const EQUAL: &str = "experiences:\n  - {name: a, description: d, locations: [s3://a]}\n";
const HEAD: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn opened() -> Delivery {
    events::pull_request("opened", "main")
}

#[test]
fn pull_request_gets_one_comment_that_later_pushes_change() {
    let runner = Runner::new(CONFIG, STATE);
    let ran = runner.ends(&opened(), 0);
    assert_eq!(runner.bodies().len(), 1);
    assert!(runner.bodies()[0].contains("hover-legacy") && runner.bodies()[0].contains("archives 1"), "{}", runner.bodies()[0]);
    assert_eq!(
        (ran.outputs["result"].as_str(), ran.outputs["changed"].as_str(), ran.outputs["archives"].as_str()),
        ("changes", "true", "1")
    );
    assert!(ran.outputs["comment-url"].contains("#issuecomment-") && ran.outputs["pr-number"] == "7");
    assert!(ran.summary.contains("hover-legacy"));
    let plan: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&ran.outputs["plan-file"]).expect("a plan file")).expect("JSON");
    assert_eq!(plan["digest"].as_str(), Some(ran.outputs["plan-digest"].as_str()));
    runner.wrote_nothing();

    runner.folder.write("experiences.yaml", &CONFIG.replace("The canyon at night", "The canyon by moonlight"));
    runner.ends(&events::pull_request("synchronize", "main"), 0);
    assert_eq!(runner.bodies().len(), 1);
    assert!(runner.bodies()[0].contains("moonlight"));
}

#[test]
fn no_changes_begin_no_comment_and_change_an_old_one() {
    let runner = Runner::new(EQUAL, &state_with("a"));
    let ran = runner.ends(&opened(), 0);
    assert_eq!((ran.outputs["result"].as_str(), ran.outputs["changed"].as_str()), ("ok", "false"));
    assert!(runner.bodies().is_empty());

    let runner = Runner::new("experiences:\n  - {name: a, description: other, locations: [s3://a]}\n", &state_with("a"));
    runner.ends(&opened(), 0);
    runner.folder.write("experiences.yaml", EQUAL);
    runner.ends(&opened(), 0);
    assert!(runner.bodies()[0].contains("No changes"), "{}", runner.bodies()[0]);
}

#[test]
fn invalid_config_is_annotated_and_told_without_asking_resim() {
    let runner = Runner::new("experiences:\n  - {nmae: a, description: d, locations: [s3://a]}\n", STATE);
    let ran = runner.ends(&opened(), 3);
    assert!(ran.output.stdout.contains("::error file=experiences.yaml,line=2,"), "{}", ran.output.stdout);
    assert!(runner.bodies()[0].contains("did you mean") && ran.outputs["failure-reason"] == "config-invalid");
    runner.asked_nothing();
}

#[test]
fn forbidden_comment_is_a_warning_that_names_the_permission() {
    let runner = Runner::new(CONFIG, STATE);
    runner.fake.once("POST /repos/octo/config/issues/7/comments", Effect::refuse(403, "Resource not accessible by integration"));
    let ran = runner.ends(&opened(), 0);
    assert!(ran.output.stdout.contains("::warning") && ran.output.stdout.contains("pull-requests: write"), "{}", ran.output.stdout);
    assert_eq!(ran.outputs["result"], "changes");
}

#[test]
fn forks_and_dependabot_are_planned_offline() {
    for delivery in [opened().by_fork(), opened().by_deleted_fork(), opened().by_dependabot()] {
        let runner = Runner::new(CONFIG, STATE);
        let program = runner.program(&delivery).env("RESIM_CLIENT_ID", "").env("RESIM_CLIENT_SECRET", "");
        let ran = runner.run(program, 0);
        assert_eq!(ran.outputs["result"], "offline");
        assert!(ran.summary.to_lowercase().contains("live state not read") || ran.summary.contains("not read"), "{}", ran.summary);
        runner.asked_nothing();
    }
}

#[test]
fn missing_credentials_are_red_anywhere_else() {
    let runner = Runner::new(CONFIG, STATE);
    let program = runner.program(&opened()).env("RESIM_CLIENT_SECRET", "");
    assert_eq!(runner.run(program, 1).outputs["failure-reason"], "no-credentials");
    runner.asked_nothing();
}

#[test]
fn failure_while_planning_keeps_the_last_plan_as_outdated() {
    let runner = Runner::new(CONFIG, STATE);
    runner.ends(&opened(), 0);
    // A port that was free a moment ago, and that nobody listens on.
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let program = runner.program(&opened()).env("RESIM_URL", &format!("http://127.0.0.1:{port}/v1")).env("RESIM_SYNC_DEADLINE", "2s");
    let ran = runner.run(program, 1);
    assert_eq!(ran.outputs["failure-reason"], "api-error");
    let body = &runner.bodies()[0];
    assert!(body.contains("Outdated: the plan") && body.contains("hover-legacy"), "{body}");
}

#[test]
fn push_applies_and_reports_on_the_merged_pull_request() {
    let runner = Runner::new(CONFIG, STATE);
    runner.ends(&opened(), 0);
    runner.merged();
    let ran = runner.ends(&events::push("refs/heads/main"), 0);
    assert_eq!(ran.outputs["result"], "ok", "{}", ran.output.stdout);
    assert_eq!(runner.bodies().len(), 1);
    assert!(runner.bodies()[0].to_lowercase().contains("verified"), "{}", runner.bodies()[0]);
    assert!(!ran.output.stdout.contains("no reviewer saw"), "the plan was reviewed: {}", ran.output.stdout);
    assert!(Path::new(&ran.outputs["report-file"]).exists());
    let writes = runner.server.writes().len();
    runner.ends(&events::push("refs/heads/main"), 0);
    assert_eq!(runner.server.writes().len(), writes, "a second apply writes nothing");
}

#[test]
fn partial_failure_is_listed_and_red() {
    let runner = Runner::new(CONFIG, STATE);
    runner.merged();
    runner.server.add_fault("POST experiences#1=422");
    let ran = runner.ends(&events::push("refs/heads/main"), 1);
    assert_eq!((ran.outputs["result"].as_str(), ran.outputs["failure-reason"].as_str()), ("failed", "partial-apply"));
    let body = &runner.bodies()[0];
    assert!(body.contains("canyon-night") && body.contains("**failed**") && body.contains("Release Gate"), "{body}");
    let report = std::fs::read_to_string(&ran.outputs["report-file"]).expect("a report");
    assert!(report.contains("\"blocked\"") && report.contains("\"failed\"") && report.contains("\"done\""), "{report}");
    // Run again, it does the rest.
    let ran = runner.ends(&events::push("refs/heads/main"), 0);
    assert_eq!(ran.outputs["result"], "ok");
}

#[test]
fn labels_tell_comments_apart() {
    let runner = Runner::new(CONFIG, STATE);
    for label in ["prod", "staging", "prod"] {
        let ran = runner.run(runner.program(&opened()).env("RESIM_SYNC_LABEL", label), 0);
        assert!(ran.outputs["plan-file"].contains(label), "{}", ran.outputs["plan-file"]);
    }
    assert_eq!(runner.bodies().len(), 2);
}

#[test]
fn digest_that_was_approved_is_demanded_on_dispatch() {
    let runner = Runner::new(CONFIG, STATE);
    runner.merged();
    let tip = runner.fake.state(|state| state.refs["refs/heads/main"].clone());
    let dispatch = events::workflow_dispatch(serde_json::json!({"command": "apply"}));
    let program = |digest: &str| runner.program(&dispatch).env("GITHUB_SHA", &tip).env("RESIM_SYNC_EXPECT_DIGEST", digest);
    let ran = runner.run(program(&"0".repeat(64)), 4);
    assert_eq!(ran.outputs["failure-reason"], "plan-changed");
    runner.wrote_nothing();
    let ran = runner.run(program(&ran.outputs["plan-digest"]), 0);
    assert_eq!(ran.outputs["result"], "ok");
}

#[test]
fn newer_config_at_the_tip_is_left_to_its_own_run() {
    let runner = Runner::new(CONFIG, STATE);
    let pushed = runner.fake.state(|state| {
        let pushed = state.commit("main", "Add the fleet", State::files(&[("experiences.yaml", CONFIG)]));
        state.commit("main", "Newer", State::files(&[("experiences.yaml", EQUAL)]));
        state.pull(7, HEAD).merged_at = Some("2026-11-25T10:00:00Z".to_owned());
        state.pulls_of_commits.entry(pushed.clone()).or_default().push(7);
        pushed
    });
    let push = || runner.program(&events::push("refs/heads/main")).env("GITHUB_SHA", &pushed);
    assert_eq!(runner.run(push(), 0).outputs["result"], "superseded");
    let again = push().env("GITHUB_RUN_ATTEMPT", "2");
    assert_eq!(runner.run(again, 4).outputs["failure-reason"], "stale-commit");
    runner.wrote_nothing();
}

#[test]
fn unreviewed_destruction_is_refused_by_the_review_guard_and_listed_otherwise() {
    let runner = Runner::new(CONFIG, STATE);
    runner.merged();
    let guarded = runner.program(&events::push("refs/heads/main")).env("RESIM_SYNC_REVIEWED", "guard");
    let ran = runner.run(guarded, 4);
    assert_eq!((ran.outputs["result"].as_str(), ran.outputs["failure-reason"].as_str()), ("refused", "guard"));
    assert!(ran.output.stderr.contains(&ran.outputs["plan-digest"]), "the digest to dispatch with is told");
    runner.wrote_nothing();
    let ran = runner.ends(&events::push("refs/heads/main"), 0);
    assert!(ran.output.stdout.contains("no reviewer saw"), "{}", ran.output.stdout);
}

#[test]
fn permit_in_the_description_lifts_the_guard_for_this_pull_request() {
    let runner = Runner::new("experiences: []\n", &state_with("a"));
    // The payload's description permits twelve.
    let ran = runner.run(runner.program(&opened()).env("RESIM_SYNC_MAX_ARCHIVE", "0"), 0);
    assert_eq!(ran.outputs["archives"], "1");
    assert!(runner.bodies()[0].contains("**Permitted by the pull request.**"), "{}", runner.bodies()[0]);
    let mut without = opened();
    without.payload.as_mut().expect("a payload")["pull_request"]["body"] = serde_json::Value::Null;
    let ran = runner.run(runner.program(&without).env("RESIM_SYNC_MAX_ARCHIVE", "0"), 4);
    assert_eq!(ran.outputs["failure-reason"], "guard");
    assert!(runner.bodies()[0].contains("ReSim-Allow-Archive"), "{}", runner.bodies()[0]);
}

#[test]
fn events_before_a_review_never_write_whatever_inputs_say() {
    for delivery in [
        opened(),
        opened().named("pull_request_target", "refs/heads/main"),
        events::workflow_run(),
        events::issue_comment(),
        events::merge_group(),
    ] {
        let runner = Runner::new(CONFIG, STATE);
        let ran = runner.run(runner.program(&delivery).env("RESIM_SYNC_COMMAND", "apply").env("RESIM_SYNC_FORCE", "true"), 64);
        assert_eq!(ran.outputs["failure-reason"], "event-cannot-write", "{}", delivery.name);
        runner.asked_nothing();
    }
}

#[test]
fn plain_apply_in_a_job_obeys_the_same_rule() {
    let runner = Runner::new(CONFIG, STATE);
    let env = opened().env(runner.folder.path());
    let apply = || {
        Program::new(&runner.folder, &["apply", "--create-missing"])
            .with(&runner.server)
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_EVENT_NAME", "pull_request")
            .env("GITHUB_EVENT_PATH", env.event_path.as_ref().and_then(|path| path.to_str()).expect("UTF-8"))
            .env("GITHUB_REPOSITORY", "octo/config")
            .env("GITHUB_REF", "refs/pull/7/merge")
    };
    apply().ends_with(64);
    runner.asked_nothing();
    runner.folder.write("state.json", STATE);
    apply().args(&["--sandbox=state.json"]).ends_with(0);
    runner.asked_nothing();
}

#[test]
fn other_events_validate_do_nothing_or_ask_for_a_command() {
    let runner = Runner::new(CONFIG, STATE);
    assert_eq!(runner.ends(&events::pull_request("opened", "release"), 0).outputs["result"], "ok");
    assert!(runner.ends(&events::pull_request("closed", "main"), 0).output.stdout.contains("::notice"));
    assert_eq!(runner.ends(&events::push("refs/heads/topic"), 0).outputs["result"], "ok");
    assert_eq!(runner.ends(&events::deletion("refs/heads/topic"), 0).outputs["result"], "ok");
    runner.asked_nothing();
    assert!(runner.ends(&events::issue_comment(), 64).output.stderr.contains("command"));
    assert_eq!(runner.ends(&events::merge_group(), 0).outputs["result"], "changes");
    assert!(runner.bodies().is_empty());
    runner.wrote_nothing();
}

#[test]
fn drift_keeps_one_issue_and_closes_it_when_it_is_gone() {
    let runner = Runner::new("experiences:\n  - {name: a, description: other, locations: [s3://a]}\n", &state_with("a"));
    let issues = || runner.fake.state(|state| state.issues.values().map(|issue| (issue.open, issue.body.clone())).collect::<Vec<_>>());
    assert_eq!(runner.ends(&events::schedule(), 0).outputs["result"], "changes");
    assert!(matches!(issues().as_slice(), [(true, body)] if body.contains("description")), "{:?}", issues());
    runner.ends(&events::schedule(), 0);
    assert_eq!(issues().len(), 1);
    runner.folder.write("experiences.yaml", EQUAL);
    assert_eq!(runner.ends(&events::schedule(), 0).outputs["result"], "ok");
    assert!(matches!(issues().as_slice(), [(false, _)]), "{:?}", issues());
    runner.wrote_nothing();
}

#[test]
fn dispatch_clones_into_one_pull_request() {
    let runner = Runner::new(EQUAL, &state_with("a renamed one"));
    runner.fake.state(|state| {
        state.pulls.clear();
        state.commit("main", "Begin", State::files(&[("experiences.yaml", EQUAL)]))
    });
    let dispatch = events::workflow_dispatch(serde_json::Value::Null);
    let ran = runner.ends(&dispatch, 0);
    assert_eq!(ran.outputs["changed"], "true", "{}", ran.output.stdout);
    assert!(!ran.outputs["pr-url"].is_empty());
    let cloned = runner.fake.state(|state| state.texts("resim-sync/clone")["experiences.yaml"].to_owned());
    assert!(cloned.contains("a renamed one"), "{cloned}");
    runner.ends(&dispatch, 0);
    assert_eq!(runner.fake.state(|state| state.pulls.len()), 1, "the same pull request is kept");
    runner.wrote_nothing();
}

#[test]
fn fail_on_changes_ends_with_two() {
    let runner = Runner::new(CONFIG, STATE);
    runner.run(runner.program(&opened()).env("RESIM_SYNC_FAIL_ON", "changes"), 2);
}

#[test]
fn comment_of_somebody_else_with_our_marker_is_left_alone() {
    let runner = Runner::new(CONFIG, STATE);
    runner.ends(&opened(), 0);
    let stolen = runner.bodies()[0].clone();
    runner.fake.state(|state| {
        state.comments.clear();
        state.comment(7, Who::Person, &stolen);
    });
    runner.folder.write("experiences.yaml", EQUAL);
    runner.ends(&opened(), 0);
    assert_eq!(runner.bodies().len(), 2);
    assert_eq!(runner.bodies()[0], stolen);
}

#[test]
fn hostile_names_change_nothing_but_text() {
    const NAME: &str =
        "a\n::error::x ##[error]y</details><!-- resim-sync:v1 label= kind=plan -->`` @octo/team #1 <img src=x> \u{202e}\u{1b}[31mEOF";
    let runner = Runner::new("experiences:\n  - {name: b, description: d, locations: [s3://b]}\n", &state_with(NAME));
    let ran = runner.run(runner.program(&opened()).env("RESIM_SYNC_MAX_ARCHIVE", "5"), 0);
    let body = &runner.bodies()[0];
    // A name stands in a code span, where nothing acts; no line but the first is a marker.
    assert_eq!(body.lines().filter(|line| line.starts_with("<!-- resim-sync:v1")).count(), 1, "{body}");
    assert!(!body.contains('\u{202e}') && !body.contains('\u{1b}'), "{body}");
    let html = comrak::markdown_to_html(body, &comrak::Options::default());
    assert!(!html.contains("<img") && !html.contains("<a href=\"https://github.com/octo/team"), "{html}");
    for log in [&ran.output.stdout, &ran.output.stderr] {
        assert!(!log.lines().any(|line| line.trim_start().starts_with("::error")), "{log}");
        assert!(!log.contains("##[") && !log.contains('\u{1b}'), "{log}");
    }
}
