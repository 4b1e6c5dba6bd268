//! The whole way of the example: plan, apply, verified, an empty plan, clone, an empty plan.

use crate::support::{Folder, Program, Server};

const CONFIG: &str = include_str!("../../examples/demo/experiences.yaml");
const STATE: &str = include_str!("../../examples/demo/state.json");

/// The program, allowed to create what the example's config manages and its state lacks.
fn example(folder: &Folder, args: &[&str]) -> Program {
    Program::new(folder, args).env("RESIM_SYNC_CREATE_MISSING", "true")
}

#[test]
fn example_is_applied_verified_and_cloned() {
    let server = Server::with_state(STATE);
    let folder = Folder::with_config(CONFIG);
    example(&folder, &["plan", "--detailed-exitcode"]).with(&server).ends_with(2);
    assert!(server.writes().is_empty(), "a plan writes nothing");

    let applied = example(&folder, &["apply"]).with(&server).ends_with(0);
    assert!(applied.stdout.contains("verified"), "{}", applied.stdout);
    let writes = server.writes().len();

    example(&folder, &["plan", "--detailed-exitcode"]).with(&server).ends_with(0);
    example(&folder, &["apply"]).with(&server).ends_with(0);
    assert_eq!(server.writes().len(), writes, "a second apply writes nothing");

    example(&folder, &["clone", "--config", "cloned.yaml"]).with(&server).ends_with(0);
    example(&folder, &["plan", "--detailed-exitcode", "--config", "cloned.yaml"]).with(&server).ends_with(0);
}

#[test]
fn other_programs_spelling_does_the_same() {
    let server = Server::with_state(STATE);
    let folder = Folder::with_config(CONFIG);
    let line = ["experiences", "sync", "--project", &server.project(), "--experiences-config", "experiences.yaml"];
    example(&folder, &line).with(&server).ends_with(0);
    example(&folder, &["plan", "--detailed-exitcode"]).with(&server).ends_with(0);

    example(&folder, &line).args(&["--clone"]).with(&server).ends_with(0);
    assert_eq!(folder.read("experiences.yaml"), CONFIG, "a clone of what was just applied changes no byte");
    example(&folder, &line).args(&["--clone", "--update-config"]).with(&server).ends_with(64);
    example(&folder, &line).args(&["--clone"]).env("RESIM_UPDATE_CONFIG", "true").with(&server).ends_with(0);
}

#[test]
fn sandbox_in_the_process_keeps_its_state_in_the_file() {
    let folder = Folder::with_config(CONFIG);
    folder.write("state.json", STATE);
    example(&folder, &["plan", "--sandbox=state.json", "--detailed-exitcode"]).ends_with(2);
    example(&folder, &["apply", "--sandbox=state.json"]).ends_with(0);
    example(&folder, &["plan", "--sandbox=state.json", "--detailed-exitcode"]).ends_with(0);
}

#[test]
fn empty_project_is_filled_from_nothing() {
    let config = "experiences:\n  - {name: a, description: d, locations: [s3://b/a]}\n";
    let folder = Folder::with_config(config);
    example(&folder, &["apply", "--sandbox=fresh.json", "--project", "new"]).ends_with(0);
    example(&folder, &["plan", "--sandbox=fresh.json", "--project", "new", "--detailed-exitcode"]).ends_with(0);
}

/// The shape of a config in real use: many experiences of one system with custom fields, three suites.
fn large_config() -> String {
    let mut config = String::from("experiences:\n");
    let rooms = ["Lobby", "North Hall", "Ward: East", "Loading Dock", "Canteen", "Yes", "Stairs # 2"];
    for (index, room) in rooms.iter().cycle().take(42).enumerate() {
        let light = ["Bright", "Dark"][index % 2];
        config.push_str(&format!(
            "- name: 'Drive through {room}, {light}, run {index}'\n  description: The robot crosses {index} times.\n  systems:\n  - Robot Arm\n  containerTimeoutSeconds: 1800\n  locations:\n  - /scenes/{index}.yaml\n  customFields:\n  - name: Lighting\n    type: text\n    values:\n    - {light}\n  - name: People\n    type: text\n    values:\n    - 'Yes'\n  - name: Run\n    type: number\n    values: [{index}]\n"
        ));
    }
    config.push_str("managedTestSuites:\n");
    for (suite, step) in [("All Rooms", 1), ("Every Third", 3), ("Every Seventh", 7)] {
        config.push_str(&format!("- name: {suite}\n  system: Robot Arm\n  experiences:\n"));
        for (index, room) in rooms.iter().cycle().take(42).enumerate().step_by(step) {
            let light = ["Bright", "Dark"][index % 2];
            config.push_str(&format!("  - 'Drive through {room}, {light}, run {index}'\n"));
        }
    }
    config
}

/// A project that holds one system and nothing else.
fn only_the_system() -> String {
    r#"{"formatVersion":"state/v1","project":{"id":"22222222-2222-4222-8222-222222222222","name":"hospital"},
        "read":{"archivedExperiences":true,"archivedSuites":true},"experiences":[],"tags":[],
        "systems":[{"id":"33333333-3333-4333-8333-333333333333","name":"Robot Arm","description":"","experiences":[],"archivedExperiences":[]}],
        "suites":[]}"#
        .to_owned()
}

#[test]
fn config_of_real_size_goes_the_whole_way() {
    let folder = Folder::with_config(&large_config());
    Program::new(&folder, &["validate"]).ends_with(0);

    let empty = Server::empty();
    let missing = Program::new(&folder, &["plan"]).with(&empty).ends_with(3);
    for name in ["Robot Arm", "All Rooms", "Every Third", "Every Seventh"] {
        assert!(missing.stderr.contains(name), "{name} is not told:\n{}", missing.stderr);
    }

    let server = Server::with_state(&only_the_system());
    Program::new(&folder, &["apply", "--create-missing"]).with(&server).ends_with(0);
    assert_eq!(server.writes().len(), 42 + 3, "a request for each experience and each suite");
    Program::new(&folder, &["plan", "--detailed-exitcode"]).with(&server).ends_with(0);
    Program::new(&folder, &["clone", "--config", "cloned.yaml"]).with(&server).ends_with(0);
    Program::new(&folder, &["plan", "--detailed-exitcode", "--config", "cloned.yaml"]).with(&server).ends_with(0);

    let before = server.writes().len();
    folder.write("experiences.yaml", &large_config().replace("crosses 17 times", "crosses slowly"));
    let plan = Program::new(&folder, &["plan", "--format", "json"]).with(&server).ends_with(0);
    let plan: serde_json::Value = serde_json::from_str(&plan.stdout).expect("JSON");
    assert_eq!(plan["counts"]["updates"], 1, "{plan:#}");
    Program::new(&folder, &["apply"]).with(&server).ends_with(0);
    let writes = server.writes();
    let [patch] = &writes[before..] else { panic!("one request, not {:#?}", &writes[before..]) };
    assert_eq!(patch["method"], "PATCH");
    assert_eq!(patch["request"]["updateMask"], serde_json::json!(["description"]));
    assert_eq!(patch["request"]["experience"], serde_json::json!({"description": "The robot crosses slowly."}));
}

#[test]
fn older_example_with_tabs_is_told_what_to_do_and_works_with_spaces() {
    let tabs = "experiences:\n    - name: survey\n      description: Survey\n      locations:\n        - s3://b/survey\n\t  tags:\n\t    - regression\n      environment_variables:\n        - name: MODE\n          value: \"120\"\nmanaged_test_suites:\n    - name: Basic Suite\n      experiences:\n        - survey\nmanaged_experience_tags:\n    - regression\n";
    let folder = Folder::with_config(tabs);
    let error = Program::new(&folder, &["validate"]).ends_with(3).stderr;
    assert!(error.contains("experiences.yaml:6:1") && error.contains("tab") && error.contains("spaces"), "{error}");

    folder.write("experiences.yaml", &tabs.replace("\t  tags", "      tags").replace("\t    -", "        -"));
    assert!(Program::new(&folder, &["validate"]).ends_with(0).stdout.contains("1 experience, 1 managed suite, 1 managed tag"));
}
