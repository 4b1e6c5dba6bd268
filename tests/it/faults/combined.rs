//! Several things go wrong in one run.

use std::sync::Mutex;

use serde_json::Value;

use super::cell::{Complaints, apply, outcomes, untrue};
use super::journal;
use super::scenario::{CONFIG, before, comparable};
use crate::support::{Folder, Program, Server};

/// What goes wrong, and how the run ends.
struct Case {
    name: &'static str,
    args: &'static [&'static str],
    faults: &'static [&'static str],
    code: i32,
    /// Whether anything is written at all.
    writes: bool,
}

const fn recovers(name: &'static str, faults: &'static [&'static str]) -> Case {
    Case { name, args: &[], faults, code: 0, writes: true }
}

const fn fails(name: &'static str, writes: bool, faults: &'static [&'static str]) -> Case {
    Case { name, args: &[], faults, code: 1, writes }
}

const CASES: [Case; 19] = [
    // One at a time: a token that ends again before its first use is final.
    Case {
        args: &["--parallel", "1"],
        ..recovers(
            "token ends in each bulk request",
            &[
                "POST experienceTags/addExperiences#1=expire-token",
                "POST systems/addExperiences#1=expire-token",
                "POST experiences/archive#1=expire-token",
            ],
        )
    },
    Case { args: &["--parallel", "2"], ..recovers("tokens that are good for a few requests", &["token-ttl=4req"]) },
    recovers(
        "token ends, and its tenant is down for a moment",
        &["GET experiences?archived=true#1=expire-token", "POST oauth/token#2=503"],
    ),
    fails(
        "token ends while reading, and there is no other",
        false,
        &["GET experiences?archived=true#1=expire-token", "POST oauth/token#2-=401"],
    ),
    fails("token ends while writing, and there is no other", true, &["POST suites#1=expire-token", "POST oauth/token#2-=401"]),
    recovers(
        "lost creation that cannot be looked up at once",
        &[
            "POST experiences#1=cut-after",
            "GET experiences?name=n#1-2=503",
            "POST suites#1=500:after",
            "GET suites?archived=false#2=cut-before",
        ],
    ),
    recovers(
        "lost creation that is not listed yet, then a conflict with it",
        &[
            "POST experiences#1=cut-after",
            r#"GET experiences?name=n#1-2=body:{"experiences":[],"total":0,"nextPageToken":""}"#,
            "POST experienceTags#1=cut-after",
            r#"GET experienceTags#2=body:{"experienceTags":[],"nextPageToken":""}"#,
        ],
    ),
    recovers(
        "lost creation that is found only after a refusal for the token",
        &["POST experiences#1=cut-after", "GET experiences?name=n#1=401"],
    ),
    recovers("lost revision that cannot be looked up at once", &["PATCH suites/*#1=cut-after", "GET suites/*#1-2=502:html"]),
    recovers(
        "lost bulk requests, and conflicts with them",
        &[
            "POST experienceTags/addExperiences#1-2=cut-after",
            "POST systems/addExperiences#1=truncate",
            "POST experiences/archive#1=500:after",
        ],
    ),
    recovers("lost removal, and its repeat refused", &["DELETE experienceTags/*/experiences/*#1=cut-after"]),
    recovers(
        "refused bulk request whose members cannot be read",
        &[
            "GET experienceTags/77777777-0000-4000-8000-000000000001/experiences#3=403",
            "POST experienceTags/addExperiences~77777777-0000-4000-8000-000000000001#1=409",
        ],
    ),
    fails("archive that is lost, and cannot be looked at", true, &["POST experiences/archive#1=500:after", "GET experiences/*=403"]),
    recovers("total that shrinks once", &["GET experiences?archived=false#1=total:-1", "GET suites?archived=false#1=total:-1"]),
    fails("total that stays wrong", false, &["GET experiences?archived=false#1-2=total:-1"]),
    Case { args: &["--parallel", "4"], ..recovers("few requests in a second", &["*=rate:12/1s"]) },
    recovers(
        "experience that comes between two pages",
        &[
            "page-cap=3:clamp",
            "page-tokens=offset",
            r#"GET experiences?archived=false&pageToken=*#1=edit:POST experiences {"name":"late","description":"d","locations":["s3://x/late"]}"#,
        ],
    ),
    recovers(
        "experience that goes between two pages",
        &["page-cap=3:clamp", "page-tokens=offset", "GET experiences?archived=false&pageToken=*#1=edit:DELETE experiences/{experience:k}"],
    ),
    fails(
        "list that changes at each reading",
        false,
        &[
            "page-cap=3:clamp",
            r#"GET experiences?archived=false&pageToken=*#1=edit:POST experiences {"name":"late 1","description":"d","locations":["s3://x/1"]}"#,
            r#"GET experiences?archived=false&pageToken=*#2-=edit:POST experiences {"name":"late 2","description":"d","locations":["s3://x/2"]}"#,
        ],
    ),
];

#[test]
fn several_things_that_go_wrong_lose_nothing_either() {
    let complaints = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for case in &CASES {
            scope.spawn(|| {
                let found = play(case);
                if !found.is_empty() {
                    complaints.lock().expect("no thread died").push(format!("{}\n    {}", case.name, found.join("\n    ")));
                }
            });
        }
    });
    let complaints = complaints.into_inner().expect("no thread died");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn play(case: &Case) -> Complaints {
    let server = Server::start(Some(&before().to_string()), case.faults);
    let folder = Folder::with_config(CONFIG);
    let output = apply(&server, &folder).args(case.args).run();
    let mut complaints = Vec::new();
    if output.code != Some(case.code) {
        complaints.push(format!("exit {:?}, not {}: {}", output.code, case.code, output.stderr));
    }
    let journal = server.journal();
    for fault in case.faults.iter().filter(|fault| fault.contains([' ', '*'])) {
        if !journal.iter().any(|entry| entry["faults"].as_array().is_some_and(|hit| hit.iter().any(|hit| hit == fault))) {
            complaints.push(format!("{fault} hit nothing"));
        }
    }
    complaints.extend(journal::complaints(&journal, 5));
    if !case.writes && !server.writes().is_empty() {
        complaints.push("something was written".to_owned());
    }
    if case.writes {
        match serde_json::from_str::<Value>(&output.stdout) {
            Ok(report) => complaints.extend(untrue(&outcomes(&report), &server.state(), case.code != 0)),
            Err(error) => complaints.push(format!("no report: {error}")),
        }
    }
    server.clear_faults();
    let next = apply(&server, &folder).run();
    if next.code != Some(0) {
        complaints.push(format!("the next run ends with {:?}: {}", next.code, next.stderr));
    }
    let plan = Program::new(&folder, &["plan", "--create-missing", "--detailed-exitcode"]).with(&server).run();
    if plan.code != Some(0) {
        complaints.push(format!("the next plan is not empty: {}", plan.stdout));
    }
    let state = comparable(&server.state());
    for (list, most) in [("suites", 3), ("tags", 4)] {
        if state[list].as_array().map(Vec::len) != Some(most) {
            complaints.push(format!("{list}: {:#}", state[list]));
        }
    }
    let revised = state["suites"].as_array().into_iter().flatten().find(|suite| suite["name"] == "S");
    if revised.is_none_or(|suite| suite["revision"] != 4) {
        complaints.push(format!("S was revised more than once: {revised:?}"));
    }
    complaints
}
