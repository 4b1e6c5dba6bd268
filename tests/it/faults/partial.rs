//! Some of it is refused: the rest is done, and JSON, comment and summary say the same about it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::scenario::comparable;
use crate::ci_runner::Runner;
use crate::github::events;

const EXPERIENCES: usize = 100;
const NIGHTLY: &str = "77777777-0000-4000-8000-00000000000a";
const SYSTEM: &str = "55555555-0000-4000-8000-00000000000a";

fn name(number: usize) -> String {
    format!("e{number:03}")
}

fn id(number: usize) -> String {
    format!("eeeeeeee-0000-4000-8000-{number:012x}")
}

fn state() -> String {
    let experience = |number: usize| {
        json!({
            "id": id(number), "name": name(number), "description": "before", "locations": [format!("s3://x/{number}")], "profile": "",
            "environmentVariables": [], "containerTimeoutSeconds": 3600, "cacheExempt": false, "customFields": [], "archived": false
        })
    };
    let group = |id: &str, name: &str| json!({"id": id, "name": name, "description": "", "experiences": [], "archivedExperiences": []});
    json!({
        "formatVersion": "state/v1",
        "project": {"id": "99999999-0000-4000-8000-00000000000a", "name": "fleet"},
        "read": {"archivedExperiences": true, "archivedSuites": true},
        "experiences": (0..EXPERIENCES).map(experience).collect::<Vec<_>>(),
        "tags": [group(NIGHTLY, "nightly")],
        "systems": [group(SYSTEM, "arm")],
        "suites": []
    })
    .to_string()
}

/// A hundred updates, twenty of them with a tag, a creation and two suites.
fn config() -> String {
    let entries: String = (0..EXPERIENCES)
        .map(|number| {
            let tags = if number < 20 { ", tags: [nightly]" } else { "" };
            format!("- {{name: {}, description: after, locations: [s3://x/{number}]{tags}}}\n", name(number))
        })
        .collect();
    format!(
        "experiences:\n{entries}- {{name: extra, description: d, locations: [s3://x/extra]}}
managedExperienceTags: [nightly]
managedTestSuites:
- {{name: All Green, system: arm, experiences: [e000, e001]}}
- {{name: With Extra, system: arm, experiences: [e000, extra]}}
"
    )
}

/// The rows of a report's table that begin with this result.
fn rows<'a>(markdown: &'a str, result: &str) -> Vec<&'a str> {
    let begin = format!("| {result} |");
    markdown.lines().filter(|line| line.starts_with(&begin)).collect()
}

#[test]
fn refused_ones_are_told_alike_everywhere_and_stop_nothing_but_what_needs_them() {
    let runner = Runner::new(&config(), &state());
    runner.merged();
    runner.server.add_fault(&format!("PATCH experiences/{}=422:message=no such map", id(42)));
    runner.server.add_fault(&format!("POST experienceTags/addExperiences~{}=404:message=not this one", id(13)));
    runner.server.add_fault("POST experiences=400:message=quota of experiences used up");
    let ran = runner.ends(&events::push("refs/heads/main"), 1);
    assert_eq!((ran.outputs["result"].as_str(), ran.outputs["failure-reason"].as_str()), ("failed", "partial-apply"));

    let report = std::fs::read_to_string(&ran.outputs["report-file"]).expect("a report");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    // A hundred updates, twenty tags, a creation, two suites.
    assert_eq!(report["counts"], json!({"done": 119, "failed": 3, "blocked": 1, "notAttempted": 0, "unknown": 0}));
    let ended = |outcome: &str| -> BTreeSet<String> {
        let actions = report["actions"].as_array().expect("actions").iter().filter(|action| action["outcome"] == outcome);
        actions
            .map(|action| {
                let words = [&action["write"]["kind"], &action["subject"]["name"], &action["write"]["experience"]];
                words.iter().filter_map(|word| word.as_str()).collect::<Vec<_>>().join(" ")
            })
            .collect()
    };
    assert_eq!(ended("failed"), ["add-tag nightly e013", "create extra", "update e042"].map(str::to_owned).into());
    assert_eq!(ended("blocked"), ["create-suite With Extra".to_owned()].into());

    let headline = "Partly applied: 119 of 123 actions done, 3 failed, 1 blocked.";
    let bodies = runner.bodies();
    for (medium, text) in [("comment", bodies[0].as_str()), ("summary", ran.summary.as_str())] {
        assert!(text.contains(headline), "{medium}: {text}");
        let failed = rows(text, "**failed**");
        assert_eq!(failed.len(), 3, "{medium}: {failed:#?}");
        for (name, why) in [("e042", "no such map"), ("e013", "not this one"), ("extra", "quota of experiences used up")] {
            let told = failed.iter().any(|row| row.contains(&format!("`{name}`")) && row.contains(why));
            assert!(told, "{medium} on {name}: {failed:#?}");
        }
        let [blocked] = rows(text, "blocked")[..] else { panic!("{medium}: {text}") };
        assert!(blocked.contains("`With Extra`") && blocked.contains("`extra`"), "{medium}: {blocked}");
        assert!(text.contains("<b>Done</b> (119)"), "{medium}: {text}");
    }
    let log = format!("{}{}", ran.output.stdout, ran.output.stderr);
    assert!(log.contains(headline.trim_end_matches('.')), "{log}");

    // What the server has is what the report says: all but the refused ones.
    let state = runner.server.state();
    let described = state["experiences"].as_array().into_iter().flatten().filter(|row| row["description"] == "after");
    assert_eq!(described.count(), EXPERIENCES - 1);
    assert_eq!(state["tags"][0]["experiences"].as_array().map(Vec::len), Some(19));
    assert_eq!(state["suites"].as_array().map(Vec::len), Some(1));

    // Halving finds one of twenty in a few requests.
    let bulk =
        runner.server.writes().iter().filter(|entry| entry["path"].as_str().is_some_and(|path| path.ends_with("addExperiences"))).count();
    assert!(bulk <= 2 * 5 + 1, "{bulk} requests");

    runner.server.clear_faults();
    let before = runner.server.writes().len();
    assert_eq!(runner.ends(&events::push("refs/heads/main"), 0).outputs["result"], "ok");
    assert_eq!(runner.server.writes().len() - before, 4, "what is done is not done again");
    let last = comparable(&runner.server.state());
    assert_eq!(runner.ends(&events::push("refs/heads/main"), 0).outputs["changed"], "false");
    assert_eq!(comparable(&runner.server.state()), last);
}
