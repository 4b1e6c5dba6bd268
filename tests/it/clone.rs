//! `clone`, through the binary: the config says what ReSim has, and nothing else changes.

use crate::support::{Folder, Program, Server};

const STATE: &str = include_str!("../../examples/demo/state.json");

fn clone(folder: &Folder, server: &Server, args: &[&str]) -> Program {
    Program::new(folder, &["clone"]).args(args).with(server)
}

fn assert_converged(folder: &Folder, server: &Server, args: &[&str]) {
    Program::new(folder, &["plan", "--detailed-exitcode"]).args(args).with(server).ends_with(0);
}

/// Clones twice: the second time changes no byte; a plan is empty then.
fn settled(folder: &Folder, server: &Server) -> String {
    let ran = clone(folder, server, &[]).ends_with(0);
    let text = folder.read("experiences.yaml");
    assert_converged(folder, server, &[]);
    assert!(clone(folder, server, &[]).ends_with(0).stdout.contains("No changes"));
    assert_eq!(folder.read("experiences.yaml"), text);
    ran.stdout
}

/// The lines that are in one text and not in the other, both ways.
fn changed_lines(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (lines(before), lines(after));
    let only = |one: &[String], other: &[String]| one.iter().filter(|line| !other.contains(line)).cloned().collect::<Vec<_>>();
    (only(&before, &after), only(&after, &before))
}

/// A state with these live experiences, each with its variables.
fn state(rows: &[(&str, &[(&str, &str)])]) -> String {
    let rows: Vec<serde_json::Value> = rows
        .iter()
        .enumerate()
        .map(|(index, (name, variables))| {
            serde_json::json!({
                "id": format!("{:08x}-0000-4000-8000-000000000000", index + 1), "name": name, "description": "d",
                "locations": [format!("s3://b/{index}")], "profile": "", "containerTimeoutSeconds": 3600, "cacheExempt": false,
                "environmentVariables": variables.iter().map(|(name, value)| serde_json::json!({"name": name, "value": value})).collect::<Vec<_>>(),
                "customFields": [], "archived": false,
            })
        })
        .collect();
    serde_json::json!({
        "formatVersion": "state/v1", "project": {"id": "22222222-2222-4222-8222-222222222222", "name": "drones"},
        "read": {"archivedExperiences": true, "archivedSuites": true}, "experiences": rows, "tags": [], "systems": [], "suites": [],
    })
    .to_string()
}

#[test]
fn onto_nothing_everything_becomes_managed() {
    let (folder, server) = (Folder::new(), Server::with_state(STATE));
    settled(&folder, &server);
    let text = folder.read("experiences.yaml");
    for expected in ["managedTestSuites:", "managedExperienceTags:", "experienceID: 3d0c9f6e-51a7-4c1e-8f5b-0a6a1c9d7e01", "Field Nightly"]
    {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    assert!(!text.contains("cacheExempt") && !text.contains("profile: \"\""), "defaults are left out:\n{text}");
    assert!(!text.contains("ridge-wind"), "archived ones are no part of it");
    let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("  - name: ")).collect();
    let mut sorted = names[..4].to_vec();
    sorted.sort_unstable();
    assert_eq!(names[..4], sorted);
}

#[test]
fn what_is_managed_and_ids_are_a_choice() {
    let server = Server::with_state(STATE);
    for (choice, suites, tags) in [("none", false, false), ("suites", true, false), ("tags", false, true)] {
        let folder = Folder::new();
        clone(&folder, &server, &["--manage", choice, "--no-ids"]).ends_with(0);
        let text = folder.read("experiences.yaml");
        assert_eq!((text.contains("managedTestSuites:\n"), text.contains("managedExperienceTags:\n")), (suites, tags), "{choice}\n{text}");
        assert!(!text.contains("experienceID"));
        assert_converged(&folder, &server, &[]);
    }
}

#[test]
fn commented_file_of_older_keys_and_anchors_changes_in_the_touched_lines_alone() {
    let config = "# Ours.\nx-base: &base\n  container_timeout_seconds: 60 # short\nexperiences:\n  # The first.\n  - <<: *base\n    name: a # by hand\n    description: \"d\"\n    locations:\n      - s3://b/0\n    environment_variables: [{name: MODE, value: fast}]\n  - {name: b, description: other, locations: [s3://b/1]}  # flow\n# The end.\n";
    let folder = Folder::with_config(config);
    let server = Server::with_state(&state(&[("a", &[("MODE", "slow")]), ("b", &[])]));
    settled(&folder, &server);
    let (gone, new) = changed_lines(config, &folder.read("experiences.yaml"));
    assert_eq!(gone.len(), 2, "{gone:#?}\n{new:#?}");
    assert!(new.iter().any(|line| line.contains("value: slow")) && new.iter().any(|line| line.contains("description: d,")), "{new:#?}");
    // The anchor may be others': the entry overrides it.
    assert!(new.iter().any(|line| line.trim() == "container_timeout_seconds: 3600"), "{new:#?}");
    assert!(folder.read("experiences.yaml").contains("container_timeout_seconds: 60 # short"));
}

#[test]
fn gone_entries_go_with_their_comments_and_new_ones_come_last() {
    let config = "experiences:\n  # About the one that is gone.\n  - name: gone\n    description: d\n    locations: [s3://x]\n  - name: kept\n    description: d\n    locations: [s3://b/0]\n  # Wanted archived, and archived it is.\n  - name: old\n    description: d\n    locations: [s3://old]\n    archived: true\n";
    let folder = Folder::with_config(config);
    let server = Server::with_state(&state(&[("kept", &[]), ("brand new", &[])]));
    let told = settled(&folder, &server);
    let text = folder.read("experiences.yaml");
    assert!(!text.contains("gone") && text.contains("archived: true") && !text.contains("experienceID"), "{text}");
    assert!(text.find("brand new") > text.find("name: old"), "{text}");
    assert!(told.contains("removed") && told.contains("`gone`") && told.contains("added: `brand new`"), "{told}");
}

#[test]
fn listed_suites_and_tags_that_resim_lacks_are_taken_out_and_others_named() {
    let config = "experiences: []\nmanagedTestSuites:\n  - name: Merge Gate\n    experiences: []\n  - name: No Such Suite\n    experiences: []\nmanagedExperienceTags: [regression, no-such-tag]\n";
    let folder = Folder::with_config(config);
    let server = Server::with_state(STATE);
    let told = settled(&folder, &server);
    let text = folder.read("experiences.yaml");
    assert!(!text.contains("No Such Suite") && !text.contains("no-such-tag"), "{text}");
    for named in ["No Such Suite", "no-such-tag", "Field Nightly", "smoke"] {
        assert!(told.contains(named), "{named}\n{told}");
    }
}

#[test]
fn new_entries_go_to_the_file_that_is_named() {
    let folder = Folder::new();
    folder.write("one.yaml", "experiences:\n  - {name: a, description: d, locations: [s3://b/0]}\n");
    folder.write("two.yaml", "experiences:\n  - {name: b, description: d, locations: [s3://b/1]}\n");
    let server = Server::with_state(&state(&[("a", &[]), ("b", &[]), ("c", &[])]));
    let files = ["--config", "one.yaml", "--config", "two.yaml"];
    clone(&folder, &server, &files).args(&["--add-to", "two.yaml"]).ends_with(0);
    assert!(folder.read("two.yaml").contains("name: c") && !folder.read("one.yaml").contains("name: c"));
    assert_converged(&folder, &server, &files);
    clone(&folder, &server, &files).args(&["--add-to", "three.yaml"]).ends_with(64);
}

#[test]
fn secret_looking_values_stay_out_unless_asked_for() {
    let server = Server::with_state(&state(&[("a", &[("API_TOKEN", "canary-1"), ("MODE", "fast")])]));
    let folder = Folder::new();
    let told = settled(&folder, &server);
    assert!(!folder.read("experiences.yaml").contains("canary") && told.contains("`a`") && told.contains("looks secret"), "{told}");
    let folder = Folder::new();
    clone(&folder, &server, &["--show-values", "all"]).ends_with(0);
    assert!(folder.read("experiences.yaml").contains("canary-1"));
}

#[test]
fn secret_looking_locations_fail_and_are_listed() {
    let state = state(&[("a", &[]), ("b", &[]), ("c", &[])])
        .replace("s3://b/1", "https://user:canary@host/x")
        .replace("s3://b/2", "https://host/x?X-Amz-Signature=canary");
    let (folder, server) = (Folder::new(), Server::with_state(&state));
    let error = clone(&folder, &server, &[]).ends_with(1).stderr;
    assert!(error.contains("`b`") && error.contains("`c`") && !error.contains("`a`") && !error.contains("canary"), "{error}");
    assert!(!folder.file("experiences.yaml").exists());
    clone(&folder, &server, &["--show-values", "all"]).ends_with(0);
    assert!(folder.read("experiences.yaml").contains("https://user:canary@host/x"));
    assert_converged(&folder, &server, &[]);
}

#[test]
fn names_that_no_config_can_say_are_listed_together() {
    let (folder, server) =
        (Folder::new(), Server::start(Some(&state(&[("  ", &[]), ("two", &[]), ("two", &[]), ("ok", &[])])), &["unique-names=none"]));
    let error = clone(&folder, &server, &[]).ends_with(1).stderr;
    for expected in ["00000001", "blank", "00000002", "00000003", "same name"] {
        assert!(error.contains(expected), "{expected}: {error}");
    }
    assert!(!error.contains("00000004") && !folder.file("experiences.yaml").exists(), "{error}");
}

#[test]
fn awkward_names_survive_the_way_there_and_back() {
    let names = [
        "yes",
        "1e3",
        "- dash",
        "a: b",
        "x # y",
        "it's \"q\"",
        "{flow}",
        "2026-01-01",
        " blanks ",
        "tab\there",
        "two\nlines",
        "é🚁",
        "0x1F",
        "~",
    ];
    let rows: Vec<(&str, &[(&str, &str)])> = names.iter().map(|name| (*name, &[("V", "a\nb: c\n")][..])).collect();
    let (folder, server) = (Folder::new(), Server::with_state(&state(&rows)));
    settled(&folder, &server);
}

#[test]
fn windows_line_ends_and_a_missing_last_one_stay() {
    let config = "experiences:\r\n  - name: a\r\n    description: other # note\r\n    locations: [s3://b/0]";
    let (folder, server) = (Folder::with_config(config), Server::with_state(&state(&[("a", &[]), ("b", &[])])));
    settled(&folder, &server);
    let text = folder.read("experiences.yaml");
    assert!(text.contains("description: d # note\r\n") && !text.replace("\r\n", "").contains('\n'), "{text:?}");
}

#[test]
fn invalid_and_read_only_files_are_left_whole() {
    let server = Server::with_state(STATE);
    let folder = Folder::with_config("experiences: 5\n");
    clone(&folder, &server, &[]).ends_with(3);
    assert_eq!(folder.read("experiences.yaml"), "experiences: 5\n");

    let folder = Folder::with_config("experiences: []\n");
    let mut permissions = std::fs::metadata(folder.file("experiences.yaml")).expect("there").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(folder.file("experiences.yaml"), permissions).expect("settable");
    let error = clone(&folder, &server, &[]).ends_with(1).stderr;
    assert!(error.contains("read-only"), "{error}");
    assert_eq!(folder.read("experiences.yaml"), "experiences: []\n");
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("readable").map(|entry| entry.expect("readable").file_name()).collect();
    assert_eq!(left, ["experiences.yaml"], "no temporary file is left");
}

#[test]
fn only_tagged_experiences_are_added() {
    let (folder, server) = (Folder::new(), Server::with_state(STATE));
    clone(&folder, &server, &["--archive-tag", "regression", "--manage", "none"]).ends_with(0);
    let text = folder.read("experiences.yaml");
    assert!(text.contains("survey-a") && text.matches("\n  - name:").count() == 3 && !text.contains("hover-legacy"), "{text}");
    assert_converged(&folder, &server, &["--archive-tag", "regression"]);
}

#[test]
fn saved_state_is_cloned_with_defaults_for_an_undo() {
    let (folder, server) = (Folder::new(), Server::with_state(STATE));
    Program::new(&folder, &["snapshot", "--out", "saved.json"]).with(&server).ends_with(0);
    Program::new(&folder, &["clone", "--from-snapshot", "saved.json"]).ends_with(0);
    assert!(folder.read("experiences.yaml").contains("cacheExempt: false"));
    assert_converged(&folder, &server, &[]);
}

#[test]
fn location_that_a_saved_state_hides_is_kept_where_the_entry_has_one_and_never_made_up() {
    let saved = state(&[("a", &[]), ("b", &[])]).replace("\"s3://b/0\"", "{\"hidden\":true}");
    let folder = Folder::new();
    folder.write("saved.json", &saved);
    let clone = || Program::new(&folder, &["clone", "--from-snapshot", "saved.json"]);
    let error = clone().ends_with(1).stderr;
    // One a line, below what is wrong.
    assert!(error.lines().any(|line| line.starts_with("  - 00000001-") && line.contains("hidden")), "{error}");
    folder.write("experiences.yaml", "experiences:\n  - {name: a, description: d, locations: [https://u:p@h/x]}\n");
    clone().ends_with(0);
    let text = folder.read("experiences.yaml");
    assert!(text.contains("https://u:p@h/x") && text.contains("name: b"), "{text}");
    Program::new(&folder, &["plan", "--from-snapshot", "saved.json", "--detailed-exitcode"]).ends_with(0);
}

#[test]
fn entry_whose_experience_lost_the_archive_tag_is_taken_out() {
    let config = "experiences:\n  - {name: survey-a, description: old, locations: [s3://x], tags: [smoke]}\n";
    let (folder, server) = (Folder::with_config(config), Server::with_state(STATE));
    let told = clone(&folder, &server, &["--archive-tag", "smoke"]).ends_with(0).stdout;
    let text = folder.read("experiences.yaml");
    assert!(!text.contains("survey-a") && text.contains("canyon-low") && told.contains("survey-a"), "{told}\n{text}");
    assert_converged(&folder, &server, &["--archive-tag", "smoke"]);
}
