//! How many requests each command takes: the fewest that the API allows, whatever the size of what it does not need.

use serde_json::{Value, json};

use crate::support::{Folder, Program, Server};

/// More than a page of members.
const LIVE: usize = 130;
const ARCHIVED: usize = 40;

fn id(kind: usize, number: usize) -> String {
    format!("{kind:08}-0000-4000-8000-{number:012}")
}

/// All live experiences have the first tag and system, every tenth one the others, as have some archived ones.
fn state() -> Value {
    let experience = |number: usize| {
        json!({
            "id": id(1, number), "name": format!("e{number:03}"), "description": "d", "locations": ["s3://b/k"], "profile": "",
            "environmentVariables": [], "containerTimeoutSeconds": 3600, "cacheExempt": false, "customFields": [],
            "archived": number >= LIVE
        })
    };
    let members = |step: usize, archived: bool| {
        let all = if archived { LIVE..LIVE + ARCHIVED } else { 0..LIVE };
        all.step_by(step).map(|number| id(1, number)).collect::<Vec<_>>()
    };
    let group = |kind: usize, number: usize, step: usize| {
        json!({
            "id": id(kind, number), "name": format!("g{number}"), "description": "",
            "experiences": members(step, false), "archivedExperiences": members(step, true)
        })
    };
    json!({
        "formatVersion": "state/v1",
        "project": {"id": id(9, 1), "name": "p"},
        "read": {"archivedExperiences": true, "archivedSuites": true},
        "experiences": (0..LIVE + ARCHIVED).map(experience).collect::<Vec<_>>(),
        // The third tag is named by no config here.
        "tags": [group(2, 1, 1), group(2, 2, 10), group(2, 3, 7)],
        "systems": [group(3, 1, 1), group(3, 2, 10)],
        "suites": [{
            "id": id(4, 1), "name": "s1", "description": "", "systemId": id(3, 1), "revision": 1, "archived": false,
            "experiences": members(1, false)
        }]
    })
}

/// The live experiences as they are, with their first two tags and their systems, and what the test adds.
fn config(more: &str) -> String {
    let mut config = String::from("managedExperienceTags: [g1, g2]\nexperiences:\n");
    for number in 0..LIVE {
        let groups = if number % 10 == 0 { "[g1, g2]" } else { "[g1]" };
        config.push_str(&format!("- {{name: e{number:03}, description: d, locations: [s3://b/k], tags: {groups}, systems: {groups}}}\n"));
    }
    config.push_str(more);
    config.push_str("managedTestSuites:\n- name: s1\n  experiences:\n");
    (0..LIVE).for_each(|number| config.push_str(&format!("  - e{number:03}\n")));
    config
}

/// Token and project.
const OPENING: usize = 2;
/// Experiences, tags, systems, suites.
const LISTS: usize = 4;
/// Two tags and two systems that the config names; the first of each has more than a page, and so takes a search.
const MEMBERS: usize = 4 + 2;

/// Runs the command against the state, and counts.
fn count(config: &str, args: &[&str]) -> (usize, usize) {
    let server = Server::with_state(&state().to_string());
    let folder = Folder::with_config(config);
    Program::new(&folder, args).with(&server).ends_with(0);
    (server.journal().len(), server.writes().len())
}

#[test]
fn plan_and_empty_apply_read_once_and_nothing_archived() {
    for command in ["plan", "apply", "drift"] {
        assert_eq!(count(&config(""), &[command]), (OPENING + LISTS + MEMBERS, 0), "{command}");
    }
}

#[test]
fn change_of_one_field_is_one_request_between_two_reads() {
    let changed = config("").replacen("description: d", "description: other", 1);
    assert_eq!(count(&changed, &["apply"]), (OPENING + 2 * (LISTS + MEMBERS) + 1, 1));
}

#[test]
fn clone_reads_the_members_of_every_tag_and_system() {
    assert_eq!(count(&config(""), &["clone", "--config", "cloned.yaml"]), (OPENING + LISTS + MEMBERS + 1, 0));
}

#[test]
fn new_experience_reads_the_archived_ones_and_none_of_their_memberships() {
    let more = config("- {name: new, description: d, locations: [s3://b/k], tags: [g1], systems: [g1]}\n");
    assert_eq!(count(&more, &["plan"]), (OPENING + LISTS + MEMBERS + 1, 0));
    assert_eq!(count(&more, &["apply"]), (OPENING + 2 * (LISTS + MEMBERS) + 1 + 1, 1));
}

#[test]
fn restored_experience_reads_the_archived_memberships_that_its_entry_can_change() {
    let more = config(&format!("- {{name: e{LIVE:03}, description: d, locations: [s3://b/k], tags: [g1, g2], systems: [g1, g2]}}\n"));
    assert_eq!(count(&more, &["plan"]), (OPENING + LISTS + MEMBERS + 1 + 4, 0));
}

#[test]
fn first_apply_reads_no_memberships_before_it_writes() {
    let mut empty = state();
    for list in ["tags", "systems", "suites"] {
        empty[list].as_array_mut().expect("a list").iter_mut().for_each(|one| one["experiences"] = json!([]));
    }
    empty["experiences"].as_array_mut().expect("a list").retain(|experience| experience["archived"] == json!(true));
    let server = Server::with_state(&empty.to_string());
    let folder = Folder::with_config(&config(""));
    Program::new(&folder, &["apply"]).with(&server).ends_with(0);
    assert_eq!(server.writes().len(), LIVE + 1, "each experience with its tags and systems, then the suite");
    assert_eq!(server.journal().len(), OPENING + LISTS + 1 + LIVE + 1 + LISTS + MEMBERS);
}
