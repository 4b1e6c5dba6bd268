//! The state saved before an apply is its undo: every live experience, managed tag and suite comes back, and what
//! cannot is known.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::{Folder, Program, Server};

/// Eight digits tell one from another.
fn id(kind: &str, number: u8) -> String {
    format!("{kind}{kind}{kind}{kind}{kind}{kind}{kind}{kind}-0000-4000-8000-{number:012}")
}

fn before() -> Value {
    let experience = |number: u8, name: &str, archived: bool| {
        json!({
            "id": id("e", number), "name": name, "description": "d", "locations": [format!("s3://x/{name}")], "profile": "",
            "environmentVariables": [], "containerTimeoutSeconds": 3600, "cacheExempt": false, "customFields": [], "archived": archived
        })
    };
    let mut full = experience(6, "full", false);
    full["profile"] = json!("p");
    full["locations"] = json!(["s3://x/1", "s3://x/2"]);
    full["environmentVariables"] = json!([{"name": "MODE", "value": "1"}, {"name": "API_KEY", "value": "hush"}]);
    full["customFields"] = json!([{"name": "Light", "type": "text", "values": ["dark"]}]);
    let mut plain = experience(7, "plain", false);
    plain["environmentVariables"] = json!([{"name": "MODE", "value": "1"}]);
    let group = |kind: &str, number: u8, name: &str, members: &[u8]| {
        let members: Vec<String> = members.iter().map(|member| id("e", *member)).collect();
        json!({"id": id(kind, number), "name": name, "description": "", "experiences": members, "archivedExperiences": []})
    };
    let suite = |number: u8, name: &str, archived: bool, members: &[u8]| {
        let members: Vec<String> = members.iter().map(|member| id("e", *member)).collect();
        json!({
            "id": id("6", number), "name": name, "description": "", "systemId": id("5", 1), "revision": 0, "archived": archived,
            "experiences": members
        })
    };
    json!({
        "formatVersion": "state/v1",
        "project": {"id": id("9", 1), "name": "missions"},
        "read": {"archivedExperiences": true, "archivedSuites": true},
        "experiences": [
            experience(1, "swap 1", false), experience(2, "swap 2", false), experience(3, "chain 1", false), experience(4, "chain 2", false),
            experience(5, "gone", false), full, plain, experience(8, "back", true)
        ],
        "tags": [group("7", 1, "nightly", &[1, 5, 6]), group("7", 2, "smoke", &[2])],
        "systems": [group("5", 1, "arm", &[1])],
        "suites": [
            suite(1, "Gate", false, &[1, 5]), suite(2, "Emptied", false, &[6]), suite(3, "Old", true, &[1]), suite(4, "Unmanaged", false, &[3, 5])
        ],
    })
}

/// A swap, a chain, a creation, an archive, a restore, every field, tags on and off, a suite of each kind.
fn config() -> String {
    let entry = |number: u8, name: &str, rest: &str| format!("- {{experienceID: {}, name: {name}, {rest}}}\n", id("e", number));
    let plain = "description: d, locations: [s3://x/l]";
    let entries = [
        entry(1, "swap 2", "description: d, locations: [s3://x/l], tags: [smoke]"),
        entry(2, "swap 1", "description: d, locations: [s3://x/l], tags: [nightly]"),
        entry(3, "chain 2", plain),
        entry(4, "chain 3", plain),
        entry(
            6,
            "full",
            "description: D, locations: [s3://x/2, s3://x/3], profile: '', containerTimeoutSeconds: 60, cacheExempt: true, \
             environmentVariables: [{name: MODE, value: '2'}], customFields: [{name: Light, type: text, values: [bright]}], tags: [fresh], systems: [arm]",
        ),
        entry(7, "plain", "description: d, locations: [s3://x/plain], environmentVariables: []"),
        entry(8, "back", "description: changed, locations: [s3://x/back], tags: [nightly]"),
        format!("- {{name: made, {plain}, tags: [nightly]}}\n"),
    ];
    format!(
        "experiences:\n{}managedExperienceTags: [nightly, smoke, fresh]
managedTestSuites:
- {{name: Gate, experiences: [swap 1, made]}}
- {{name: Emptied, experiences: []}}
- {{name: Old, experiences: [swap 2]}}
- {{name: Born, system: arm, experiences: [made, back]}}
",
        entries.concat()
    )
}

/// What an undo brings back: live experiences by ID, tags and suites of before by their live members.
fn restorable(state: &Value) -> BTreeMap<String, Value> {
    let rows = |list: &str| state[list].as_array().cloned().unwrap_or_default();
    let mut out = BTreeMap::new();
    let live: BTreeSet<String> =
        rows("experiences").iter().filter(|row| row["archived"] == false).map(|row| row["id"].to_string()).collect();
    for mut row in rows("experiences") {
        if row["archived"] == false {
            let fields = row.as_object_mut().expect("a row");
            fields.remove("updatedAt");
            for key in ["locations", "environmentVariables"] {
                fields[key].as_array_mut().expect("a list").sort_by_key(Value::to_string);
            }
            out.insert(format!("experience {}", row["id"]), row);
        }
    }
    for (list, row) in ["tags", "suites"].into_iter().flat_map(|list| rows(list).into_iter().map(move |row| (list, row))) {
        if row["archived"] == true {
            continue;
        }
        let members = row["experiences"].as_array().cloned().unwrap_or_default();
        let members: BTreeSet<String> = members.iter().map(Value::to_string).filter(|member| live.contains(member)).collect();
        out.insert(format!("{list} {}", row["name"]), json!(members));
    }
    out
}

#[test]
fn every_kind_of_change_is_taken_back_and_what_cannot_be_is_known() {
    let server = Server::with_state(&before().to_string());
    let folder = Folder::with_config(&config());
    let state = server.state();
    let saving = ["apply", "--create-missing", "--max-archive", "100%", "--snapshot-out", "before.json"];
    Program::new(&folder, &saving).with(&server).ends_with(0);
    Program::new(&folder, &["plan", "--create-missing", "--detailed-exitcode"]).with(&server).ends_with(0);
    assert_ne!(restorable(&server.state()), restorable(&state));

    let clone = Program::new(&folder, &["clone", "--from-snapshot", "before.json", "--config", "undo.yaml"]).ends_with(0);
    // The value is in no snapshot, so nothing can bring it back: the clone says whose it was.
    assert!(clone.stdout.contains("without environment variables, because a value looks secret or is hidden: `full`"), "{}", clone.stdout);
    Program::new(&folder, &["apply", "--config", "undo.yaml", "--max-archive", "100%"]).with(&server).ends_with(0);
    Program::new(&folder, &["plan", "--config", "undo.yaml", "--detailed-exitcode"]).with(&server).ends_with(0);

    let (mut wanted, mut is) = (restorable(&state), restorable(&server.state()));
    let full = format!("experience \"{}\"", id("e", 6));
    let variables = is.get_mut(&full).and_then(|row| row.as_object_mut()?.remove("environmentVariables"));
    assert_eq!(variables, Some(json!([{"name": "MODE", "value": "2"}])), "secret-looking: they stay as the apply left them");
    wanted.get_mut(&full).and_then(|row| row.as_object_mut()?.remove("environmentVariables"));
    // Tags and suites that the apply made, or made live, are not in the saved state, so nobody takes them away.
    let left: Vec<String> = is.keys().filter(|key| !wanted.contains_key(*key)).cloned().collect();
    assert_eq!(left, ["suites \"Born\"", "suites \"Old\"", "tags \"fresh\""]);
    is.retain(|key, _| !left.contains(key));
    for (key, value) in &wanted {
        assert_eq!(is.get(key), Some(value), "{key}");
    }
    assert_eq!(is.len(), wanted.len());

    // Nothing vanishes: what was made is archived, what was archived keeps what it got, a registration stays.
    let after = server.state();
    let row = |list: &str, name: &str| after[list].as_array().into_iter().flatten().find(|row| row["name"] == name).cloned().expect(name);
    assert_eq!(row("experiences", "made")["archived"], true);
    let back = row("experiences", "back");
    assert_eq!((&back["archived"], &back["description"]), (&json!(true), &json!("changed")));
    assert!(row("systems", "arm")["experiences"].as_array().is_some_and(|members| members.contains(&json!(id("e", 6)))));
}

#[test]
fn name_that_a_creation_took_stands_in_the_way_and_is_told_before_anything_is_written() {
    let state = before();
    let server = Server::with_state(&state.to_string());
    // One leaves its name, and a new one takes it.
    let text = |name: &str| format!("{{name: {name}, description: d, locations: [s3://x/l]}}");
    let config = format!(
        "experiences:\n- {{experienceID: {}, name: left, description: d, locations: [s3://x/l]}}\n- {}\n",
        id("e", 1),
        text("swap 1")
    );
    let folder = Folder::with_config(&config);
    let saving = ["apply", "--no-archive", "--snapshot-out", "before.json"];
    Program::new(&folder, &saving).with(&server).ends_with(0);
    Program::new(&folder, &["clone", "--from-snapshot", "before.json", "--config", "undo.yaml"]).ends_with(0);
    let writes = server.writes().len();
    let refused = Program::new(&folder, &["apply", "--config", "undo.yaml", "--max-archive", "100%"]).with(&server).ends_with(3);
    assert!(refused.stderr.contains("swap 1"), "{}", refused.stderr);
    assert_eq!(server.writes().len(), writes);
}
