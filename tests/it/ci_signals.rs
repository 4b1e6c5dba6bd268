//! `ci` that the runner or a person asks to stop: outputs, summary and comment tell how far it came, and the next run does the rest.

use std::process::{Child, Command};

use crate::ci_runner::{Ran, Runner, state_with};
use crate::github::events;
use crate::runner_protocol::read_outputs;
use crate::support::Output;

/// No answer ever comes to the fourth creation and those after it.
const HELD: &str = "POST experiences#4-=hang-before";

/// A merged config that archives nothing and creates seven experiences.
fn runner() -> Runner {
    let entries: String = (0..8).map(|index| format!("  - {{name: e{index}, description: d, locations: [s3://{index}]}}\n")).collect();
    let runner = Runner::new(&format!("experiences:\n{entries}"), &state_with("e0"));
    runner.merged();
    runner
}

fn start(runner: &Runner) -> Child {
    runner.program(&events::push("refs/heads/main")).env("RESIM_SYNC_PARALLEL", "1").start()
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill runs").success());
}

fn ended(runner: &Runner, child: Child, code: i32) -> Ran {
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let output = Output { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) };
    assert_eq!(output.code, Some(code), "{output:?}");
    let outputs = read_outputs(&runner.folder.read("output")).expect("the runner can read the outputs");
    Ran { output, outputs, summary: runner.folder.read("summary") }
}

/// The next run of the same commit completes the job, and the one after it has nothing to do.
fn rerun_completes(runner: &Runner) {
    runner.server.clear_faults();
    let ran = runner.ends(&events::push("refs/heads/main"), 0);
    assert_eq!((ran.outputs["result"].as_str(), ran.outputs["changed"].as_str()), ("ok", "true"));
    assert!(matches!(runner.bodies().as_slice(), [body] if body.contains("verified")), "{:?}", runner.bodies());
    let ran = runner.ends(&events::push("refs/heads/main"), 0);
    assert_eq!((ran.outputs["result"].as_str(), ran.outputs["changed"].as_str()), ("ok", "false"));
    let state = runner.server.state();
    let names: Vec<&str> = state["experiences"].as_array().into_iter().flatten().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names.len(), 8, "nothing is made twice: {names:?}");
}

#[test]
fn apply_stopped_after_its_first_write_is_partial_and_tells_the_pull_request_what_is_left() {
    for (name, code, word) in [("-TERM", 143, "SIGTERM"), ("-INT", 130, "SIGINT")] {
        let runner = runner();
        runner.server.add_fault(HELD);
        let child = start(&runner);
        runner.server.wait_for_fault(HELD);
        signal(&child, name);
        let ran = ended(&runner, child, code);
        assert_eq!((ran.outputs["result"].as_str(), ran.outputs["failure-reason"].as_str()), ("failed", "partial-apply"));
        let report = std::fs::read_to_string(&ran.outputs["report-file"]).expect("the report is there");
        let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
        assert_eq!(report["interrupted"], word, "{report}");
        for text in [&runner.bodies()[0], &ran.summary] {
            assert!(
                text.contains("not attempted") && text.contains("e7") && !text.to_lowercase().contains("nothing was written"),
                "{text}"
            );
        }
        rerun_completes(&runner);
    }
}

#[test]
fn apply_stopped_before_its_first_write_says_that_nothing_was_written() {
    let held = "GET experiences#1-=hang-before";
    for (name, code) in [("-TERM", 143), ("-INT", 130)] {
        let runner = runner();
        runner.server.add_fault(held);
        let child = start(&runner);
        runner.server.wait_for_fault(held);
        signal(&child, name);
        let ran = ended(&runner, child, code);
        assert_eq!((ran.outputs["result"].as_str(), ran.outputs["failure-reason"].as_str()), ("failed", "interrupted"));
        assert_eq!(ran.outputs["changed"], "false");
        for text in [&runner.bodies()[0], &ran.summary, &ran.output.stdout] {
            assert!(text.contains("nothing was written"), "{text}");
        }
        runner.wrote_nothing();
        rerun_completes(&runner);
    }
}

#[test]
fn second_signal_shortens_the_wait_for_answers() {
    let (patient, hurried) = (runner(), runner());
    let start = |runner: &Runner| {
        runner.server.add_fault(HELD);
        let child = start(runner);
        runner.server.wait_for_fault(HELD);
        child
    };
    let (mut told_once, mut told_again) = (start(&patient), start(&hurried));
    signal(&told_again, "-INT");
    signal(&told_once, "-INT");
    // Signals of one kind that come together count as one, so that it takes more than two; they never prolong the wait.
    while told_again.try_wait().expect("it is a child").is_none() {
        signal(&told_again, "-INT");
    }
    assert_eq!(told_once.try_wait().expect("it is a child"), None, "one signal waits as briefly as two");
    let ran = ended(&hurried, told_again, 130);
    assert_eq!(ran.outputs["failure-reason"], "partial-apply");
    assert!(ran.summary.contains("unknown"), "{}", ran.summary);
    while told_once.try_wait().expect("it is a child").is_none() {
        signal(&told_once, "-TERM");
    }
    ended(&patient, told_once, 130);
    rerun_completes(&hurried);
}
