//! Somebody else writes between the read and our write: it is seen in the answers, for no further request.

use serde_json::{Value, json};

use super::scenario::{before, id};
use crate::support::{Folder, Output, Program, Server};

/// Two updates and a revision.
const CONFIG: &str = "experiences:
- {name: a, description: ours, locations: [s3://x/a]}
- {name: b, description: d, locations: [s3://x/b], tags: [old]}
- {name: d, description: d, locations: [s3://x/d]}
- {name: e, description: ours, locations: [s3://x/e], profile: ours}
- {name: f, description: d, locations: [s3://x/f]}
- {name: g, description: d, locations: [s3://x/g]}
- {name: k, description: d, locations: [s3://x/k], tags: [team]}
managedExperienceTags: [old]
managedTestSuites:
- {name: S, experiences: [a, b]}
";

struct Ran {
    server: Server,
    report: Value,
    output: Output,
}

/// An apply while this happens.
fn apply(config: &str, faults: &[&str]) -> Ran {
    let server = Server::start(Some(&before().to_string()), faults);
    let folder = Folder::with_config(config);
    let output = Program::new(&folder, &["apply", "--format", "json"]).with(&server).run();
    let report = serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let failed = server.journal().iter().any(|entry| entry["faults"].to_string().contains("edit failed"));
    assert!(!failed, "{faults:?} could not happen");
    Ran { server, report, output }
}

impl Ran {
    /// The requests up to the last write, without what differs by parallelism.
    fn requests(&self) -> Vec<String> {
        let journal = self.server.journal();
        let last = journal.iter().rposition(|entry| entry["method"] != "GET").expect("a write");
        let mut requests: Vec<String> = journal[..=last].iter().map(|entry| format!("{} {}", entry["method"], entry["path"])).collect();
        requests.sort();
        requests
    }

    /// What was seen of others: the subject, with the field or the revisions.
    fn meanwhile(&self) -> Vec<Value> {
        let seen = self.report["meanwhile"].as_array().expect("a list").iter();
        seen.map(|change| {
            let what = if change["field"].is_null() { &change["revision"] } else { &change["field"] };
            json!([change["subject"]["name"], what])
        })
        .collect()
    }

    /// What is left: the subject, what of it, and whether others did it.
    fn residues(&self) -> Vec<Value> {
        let residues = self.report["verification"]["residues"].as_array().expect("a list").iter();
        residues.map(|residue| json!([residue["subject"]["name"], residue["what"], residue["byOthers"]])).collect()
    }

    fn ends(&self, code: i32, verification: &str) {
        assert_eq!(self.output.code, Some(code), "{:#}", self.report);
        assert_eq!(self.report["verification"]["kind"], verification, "{:#}", self.report);
        assert!(self.report["actions"].as_array().expect("actions").iter().all(|action| action["outcome"] == "done"));
    }
}

/// An edit of the experience `a`, at the moment of our own update of it.
fn on_update(when: &str, edit: &str) -> String {
    format!("PATCH experiences/{}#1={when}:{edit}", id("a"))
}

#[test]
fn change_of_what_the_config_does_not_say_is_told_and_left_alone() {
    let quiet = apply(CONFIG, &[]);
    quiet.ends(0, "verified");
    let edit = on_update("edit", r#"PATCH experiences/{experience:a} {"experience":{"profile":"theirs"},"updateMask":["profile"]}"#);
    let ran = apply(CONFIG, &[&edit]);
    ran.ends(0, "verified");
    assert_eq!(ran.meanwhile(), [json!(["a", "profile"])]);
    assert_eq!(ran.requests(), quiet.requests());
    let state = ran.server.state();
    let a = state["experiences"].as_array().into_iter().flatten().find(|row| row["name"] == "a").expect("a is there");
    assert_eq!((&a["profile"], &a["description"]), (&json!("theirs"), &json!("ours")));
}

#[test]
fn change_of_what_the_config_says_is_left_to_the_next_run_and_called_theirs() {
    // In the config as it is in ReSim, so that our own update does not touch it.
    let config = CONFIG.replace("[s3://x/a]", "[s3://x/a], profile: ''");
    let edit = on_update("edit", r#"PATCH experiences/{experience:a} {"experience":{"profile":"theirs"},"updateMask":["profile"]}"#);
    let ran = apply(&config, &[&edit]);
    ran.ends(1, "not-converged");
    assert_eq!(ran.meanwhile(), [json!(["a", "profile"])]);
    assert_eq!(ran.residues(), [json!(["a", "profile", true])]);
    assert_eq!(ran.requests(), apply(&config, &[]).requests());
}

#[test]
fn change_after_our_write_is_told_from_what_we_sent() {
    let edit =
        on_update("edit-after", r#"PATCH experiences/{experience:a} {"experience":{"description":"theirs"},"updateMask":["description"]}"#);
    let ran = apply(CONFIG, &[&edit]);
    ran.ends(1, "not-converged");
    assert_eq!(ran.residues(), [json!(["a", "description", true])]);
    let residue = &ran.report["verification"]["residues"][0];
    assert_eq!((&residue["sent"], &residue["returned"]), (&json!("ours"), &json!("theirs")));
}

#[test]
fn value_that_does_not_stick_is_nobody_elses() {
    // The answer is that of a server that keeps what it had.
    let edit = format!(
        "PATCH experiences/{}#1=edit-after:PATCH experiences/{{experience:a}} {{\"experience\":{{\"description\":\"d\"}},\"updateMask\":[\"description\"]}}",
        id("a")
    );
    let row = before()["experiences"][0].clone();
    let mut answer = json!({"experienceID": row["id"], "projectID": super::scenario::PROJECT, "location": "s3://x/a", "creationTimestamp": "2026-01-01T00:00:00Z",
        "updateTimestamp": "2026-01-01T00:00:00Z", "updateUserID": "u", "userID": "u", "orgID": "o"});
    for (key, value) in row.as_object().expect("a row") {
        answer[key] = value.clone();
    }
    let body = format!("PATCH experiences/{}#1=body:{answer}", id("a"));
    let ran = apply(CONFIG, &[&edit, &body]);
    ran.ends(1, "not-converged");
    assert_eq!(ran.residues(), [json!(["a", "description", false])]);
    assert!(ran.meanwhile().is_empty(), "{:?}", ran.meanwhile());
}

#[test]
fn experience_renamed_by_others_is_told_whether_the_config_follows_its_id_or_its_name() {
    let edit = on_update("edit", r#"PATCH experiences/{experience:a} {"experience":{"name":"theirs"},"updateMask":["name"]}"#);
    let config = CONFIG.replace("{name: a,", &format!("{{name: a, experienceID: {},", id("a")));
    let ran = apply(&config, &[&edit]);
    ran.ends(1, "not-converged");
    assert_eq!(ran.meanwhile(), [json!(["a", "name"])]);
    assert_eq!(ran.residues(), [json!(["a", "name", true])]);
    assert_eq!(ran.requests(), apply(&config, &[]).requests());

    let ran = apply(CONFIG, &[&edit]);
    ran.ends(1, "not-converged");
    assert_eq!(ran.meanwhile(), [json!(["a", "name"])]);
    // By its name it is another one: what is called `theirs` now is not in the config, and `a` is not there.
    let left = ran.residues();
    assert!(left.contains(&json!(["a", "experience", true])) && left.contains(&json!(["theirs", "archived", true])), "{left:?}");
}

#[test]
fn experience_archived_by_others_is_told() {
    let edit = on_update("edit", r#"POST experiences/archive {"experienceIDs":["{experience:a}"]}"#);
    let ran = apply(CONFIG, &[&edit]);
    assert_eq!(ran.output.code, Some(1));
    assert_eq!(ran.meanwhile()[0], json!(["a", "archived"]), "{:?}", ran.meanwhile());
    assert!(ran.residues().contains(&json!(["a", "archived", true])), "{:?}", ran.residues());
    assert_eq!(ran.requests(), apply(CONFIG, &[]).requests());
}

#[test]
fn suite_revised_by_others_is_told_by_its_revision() {
    let edit = r#"PATCH suites/*#1=edit:PATCH suites/{suite:S} {"experiences":["{experience:g}"],"updateMetricsBuild":false}"#;
    let ran = apply(CONFIG, &[edit]);
    ran.ends(0, "verified");
    assert_eq!(ran.meanwhile(), [json!(["S", {"read": 3, "answered": 5}])]);
    assert_eq!(ran.requests(), apply(CONFIG, &[]).requests());

    let edit = r#"PATCH suites/*#1=edit-after:PATCH suites/{suite:S} {"experiences":["{experience:g}"],"updateMetricsBuild":false}"#;
    let ran = apply(CONFIG, &[edit]);
    ran.ends(1, "not-converged");
    assert_eq!(ran.residues(), [json!(["S", "experiences", true])]);
}
