//! A project and a config that differ in changes of every kind, a swap and a chain of names among them.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{Folder, Server};

/// The least number of changes that [`config`] makes to [`state`].
pub(crate) const CHANGES: usize = 200;

const UPDATED: u32 = 48;
const UNTAGGED: u32 = 20;
const TAGGED: u32 = 20;
const REGISTERED: u32 = 10;
const GONE: u32 = 31;
const BACK: u32 = 10;
const NEW: u32 = 50;

fn id(kind: u32, number: u32) -> String {
    format!("{kind:08x}-0000-4000-8000-{number:012x}")
}

struct Experiences {
    rows: Vec<Value>,
    regression: Vec<String>,
    gone: Vec<String>,
}

impl Experiences {
    fn add(&mut self, kind: u32, number: u32, name: &str, archived: bool) -> String {
        let id = id(kind, number);
        self.rows.push(json!({
            "id": id, "name": name, "description": "as it was", "locations": [format!("s3://data/{name}")], "profile": "", "environmentVariables": [],
            "containerTimeoutSeconds": 3600, "cacheExempt": false, "customFields": [], "archived": archived, "updatedAt": "2026-01-01T00:00:00Z",
        }));
        id
    }
}

/// The project before the apply.
pub(crate) fn state() -> Value {
    let mut all = Experiences { rows: Vec::new(), regression: Vec::new(), gone: Vec::new() };
    for (number, name) in ["left", "right", "first", "second", "third"].into_iter().enumerate() {
        all.add(1, u32::try_from(number).expect("few"), name, false);
    }
    for number in 0..UPDATED {
        all.add(2, number, &format!("updated-{number:02}"), false);
    }
    for number in 0..UNTAGGED {
        let id = all.add(3, number, &format!("untagged-{number:02}"), false);
        all.regression.push(id);
    }
    for number in 0..TAGGED {
        all.add(4, number, &format!("tagged-{number:02}"), false);
    }
    for number in 0..REGISTERED {
        all.add(5, number, &format!("registered-{number:02}"), false);
    }
    for number in 0..GONE {
        let id = all.add(6, number, &format!("gone-{number:02}"), false);
        all.gone.push(id);
    }
    for number in 0..BACK {
        all.add(7, number, &format!("back-{number:02}"), true);
    }
    let Experiences { mut rows, regression, gone } = all;
    rows.sort_by_key(|row| row["id"].to_string());
    let planner = id(20, 0);
    let suite = |number: u32, name: &str, archived: bool, experiences: &[String]| json!({"id": id(30, number), "name": name, "description": "", "systemId": planner, "revision": 1, "archived": archived, "experiences": experiences});
    json!({
        "formatVersion": "state/v1",
        "project": {"id": id(9, 0), "name": "killed"},
        "read": {"archivedExperiences": true, "archivedSuites": true},
        "experiences": rows,
        "tags": [{"id": id(10, 0), "name": "regression", "description": "", "experiences": regression, "archivedExperiences": []}],
        "systems": [{"id": planner, "name": "planner", "description": "", "experiences": [], "archivedExperiences": []}],
        "suites": [
            suite(0, "Grows", false, &[id(2, 0)]),
            suite(1, "Rests", true, &[id(2, 1)]),
            suite(2, "Shrinks", false, &[id(2, 2), gone[0].clone()]),
            suite(3, "Unmanaged", false, &[id(2, 3), gone[1].clone()]),
        ],
    })
}

/// What is wanted.
pub(crate) fn config() -> String {
    let mut config = String::from("experiences:\n");
    let mut entry = |name: &str, location: &str, description: &str, more: &str| {
        writeln!(config, "  - {{name: {name}, description: {description}, locations: [\"s3://data/{location}\"]{more}}}")
            .expect("a String");
    };
    let same = "as it was";
    let moved = [("right", "left"), ("left", "right"), ("second", "first"), ("third", "second"), ("fourth", "third")];
    for (number, (name, before)) in moved.into_iter().enumerate() {
        let id = id(1, u32::try_from(number).expect("few"));
        entry(name, before, same, &format!(", experienceID: {id}"));
    }
    for number in 0..UPDATED {
        let name = format!("updated-{number:02}");
        entry(&name, &name, &format!("changed {number}"), "");
    }
    for number in 0..UNTAGGED {
        let name = format!("untagged-{number:02}");
        entry(&name, &name, same, "");
    }
    for number in 0..TAGGED {
        let name = format!("tagged-{number:02}");
        entry(&name, &name, same, if number % 2 == 0 { ", tags: [regression]" } else { ", tags: [regression, fresh]" });
    }
    for number in 0..REGISTERED {
        let name = format!("registered-{number:02}");
        entry(&name, &name, same, ", systems: [planner]");
    }
    for number in 0..BACK {
        let name = format!("back-{number:02}");
        entry(&name, &name, if number % 2 == 0 { same } else { "back again" }, "");
    }
    for number in 0..NEW {
        let name = format!("new-{number:02}");
        entry(&name, &name, "made", if number % 3 == 0 { ", tags: [fresh], systems: [planner]" } else { "" });
    }
    config.push_str(
        "managedExperienceTags: [regression, fresh]
managedTestSuites:
  - {name: Grows, experiences: [updated-00, left, new-00, back-01]}
  - {name: Rests, system: planner, experiences: [updated-01, new-01]}
  - {name: Shrinks, experiences: [updated-02]}
  - {name: Begins, system: planner, experiences: [new-02, fourth]}
",
    );
    config
}

/// A server and a folder where this is about to be applied.
pub(crate) fn start(faults: &[&str]) -> (Server, Folder) {
    (Server::start(Some(&state().to_string()), faults), Folder::with_config(&config()))
}
