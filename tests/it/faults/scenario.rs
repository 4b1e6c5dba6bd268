//! One project and one config whose apply sends every kind of request once.

use serde_json::{Value, json};

pub(super) const PROJECT: &str = "99999999-0000-4000-8000-000000000001";
pub(super) const PROJECT_NAME: &str = "missions";
pub(super) const NEW: &str = "77777777-0000-4000-8000-000000000001";
pub(super) const OLD: &str = "77777777-0000-4000-8000-000000000002";
const TEAM: &str = "77777777-0000-4000-8000-000000000003";
const SYS: &str = "55555555-0000-4000-8000-000000000001";

pub(super) const CONFIG: &str = "experiences:
- {name: a, description: changed, locations: [s3://x/a]}
- {name: b, description: d, locations: [s3://x/b]}
- {name: c, description: d, locations: [s3://x/c], tags: [new]}
- {name: e, description: d, locations: [s3://x/e], tags: [new], systems: [sys]}
- {name: f, description: d, locations: [s3://x/f], tags: [fresh], systems: [sys]}
- {name: k, description: d, locations: [s3://x/k], tags: [team]}
- {name: n, description: d, locations: [s3://x/n], tags: [new], systems: [sys]}
managedExperienceTags: [new, old, fresh]
managedTestSuites:
- {name: N, system: sys, experiences: [n]}
- {name: R, experiences: [a]}
- {name: S, experiences: [a, c]}
";

/// One effect of the apply.
pub(super) struct Effect {
    /// As the report has it: kind of write, subject and experience.
    pub(super) key: &'static str,
    /// The effects that must be there before.
    pub(super) needs: &'static [&'static str],
    /// Effects of a later stage come after all of an earlier one.
    pub(super) stage: u8,
}

/// Everything that the apply does.
pub(super) const EFFECTS: [Effect; 15] = [
    Effect { key: "create-tag fresh", needs: &[], stage: 0 },
    Effect { key: "restore c", needs: &[], stage: 0 },
    Effect { key: "update a", needs: &[], stage: 0 },
    Effect { key: "create n", needs: &[], stage: 0 },
    Effect { key: "add-tag new c", needs: &["restore c"], stage: 1 },
    Effect { key: "add-tag new e", needs: &[], stage: 1 },
    Effect { key: "add-tag fresh f", needs: &["create-tag fresh"], stage: 1 },
    Effect { key: "remove-tag old b", needs: &[], stage: 1 },
    Effect { key: "register sys e", needs: &[], stage: 1 },
    Effect { key: "register sys f", needs: &[], stage: 1 },
    Effect { key: "create-suite N", needs: &["create n"], stage: 2 },
    Effect { key: "restore-suite R", needs: &[], stage: 2 },
    Effect { key: "revise-suite S", needs: &["restore c"], stage: 2 },
    Effect { key: "archive d", needs: &["revise-suite S"], stage: 3 },
    Effect { key: "archive g", needs: &[], stage: 3 },
];

/// The ID of an experience that is there from the start.
pub(super) fn id(name: &str) -> String {
    format!("eeeeeeee-0000-4000-8000-{:012x}", name.as_bytes()[0])
}

/// The project before the apply.
pub(super) fn before() -> Value {
    let experience = |name: &str| {
        json!({
            "id": id(name), "name": name, "description": "d", "locations": [format!("s3://x/{name}")], "profile": "",
            "environmentVariables": [], "containerTimeoutSeconds": 3600, "cacheExempt": false, "customFields": [],
            "archived": name == "c", "updatedAt": "2026-01-01T00:00:00Z"
        })
    };
    let group = |id: &str, name: &str, members: &[&str]| {
        let members: Vec<String> = members.iter().map(|name| self::id(name)).collect();
        json!({"id": id, "name": name, "description": "", "experiences": members, "archivedExperiences": []})
    };
    let suite = |number: u8, name: &str, revision: u8, archived: bool, members: &[&str]| {
        let members: Vec<String> = members.iter().map(|name| id(name)).collect();
        json!({
            "id": format!("66666666-0000-4000-8000-{number:012}"), "name": name, "description": "", "systemId": SYS,
            "revision": revision, "archived": archived, "experiences": members
        })
    };
    json!({
        "formatVersion": "state/v1",
        "project": {"id": PROJECT, "name": PROJECT_NAME},
        "read": {"archivedExperiences": true, "archivedSuites": true},
        "experiences": (["a", "b", "c", "d", "e", "f", "g", "k"].map(experience)),
        "tags": [group(NEW, "new", &[]), group(OLD, "old", &["b"]), group(TEAM, "team", &["k"])],
        "systems": [group(SYS, "sys", &["a"])],
        "suites": [suite(1, "R", 1, true, &["a"]), suite(2, "S", 3, false, &["a", "d"])],
    })
}

/// Whether an effect is there.
pub(super) fn holds(key: &str, state: &Value) -> bool {
    let words: Vec<&str> = key.split(' ').collect();
    let row = |list: &str, name: &str| state[list].as_array().into_iter().flatten().find(|row| row["name"] == name);
    let experience = |name: &str| row("experiences", name);
    let is_member = |list: &str, group: &str, name: &str| {
        let id = experience(name).map(|row| row["id"].clone()).unwrap_or_default();
        row(list, group).is_some_and(|row| row["experiences"].as_array().into_iter().flatten().any(|member| *member == id))
    };
    let members = |suite: &Value| suite["experiences"].as_array().map(Vec::len);
    match words.as_slice() {
        ["create-tag", tag] => row("tags", tag).is_some(),
        ["create", name] => {
            experience(name).is_some_and(|row| row["archived"] == false)
                && is_member("tags", "new", name)
                && is_member("systems", "sys", name)
        }
        ["restore", name] => experience(name).is_some_and(|row| row["archived"] == false),
        ["archive", name] => experience(name).is_some_and(|row| row["archived"] == true),
        ["update", name] => experience(name).is_some_and(|row| row["description"] == "changed"),
        ["add-tag", tag, name] => is_member("tags", tag, name),
        ["remove-tag", tag, name] => !is_member("tags", tag, name),
        ["register", system, name] => is_member("systems", system, name),
        ["create-suite", suite] => row("suites", suite).is_some() && is_member("suites", suite, "n"),
        ["restore-suite", suite] => row("suites", suite).is_some_and(|row| row["archived"] == false),
        ["revise-suite", suite] => {
            row("suites", suite).is_some_and(|row| members(row) == Some(2))
                && is_member("suites", suite, "a")
                && is_member("suites", suite, "c")
        }
        _ => panic!("no effect is called `{key}`"),
    }
}

/// A state without what differs from run to run: instants, and the order in which things came.
pub(super) fn comparable(state: &Value) -> Value {
    let mut state = state.clone();
    for list in ["experiences", "tags", "systems", "suites"] {
        let rows = state[list].as_array_mut().expect("a list");
        for row in rows.iter_mut() {
            row.as_object_mut().expect("a row").remove("updatedAt");
            for members in ["experiences", "archivedExperiences"] {
                if let Some(members) = row.get_mut(members).and_then(Value::as_array_mut) {
                    members.sort_by_key(ToString::to_string);
                }
            }
        }
        rows.sort_by_key(|row| row["id"].to_string());
    }
    state
}
