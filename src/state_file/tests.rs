use super::*;
use crate::snapshot::{Observed, Snapshot};

fn demo() -> Snapshot {
    read(include_str!("../../examples/demo/state.json")).expect("the example is a state file")
}

#[test]
fn what_was_written_reads_back_equal() {
    let snapshot = demo();
    let text = write(&snapshot, Secrets::Kept);
    assert_eq!(read(&text).expect("readable"), snapshot);
    assert_eq!(write(&read(&text).expect("readable"), Secrets::Kept), text);
}

#[test]
fn written_state_acts_on_no_terminal_and_no_runner() {
    let mut snapshot = demo();
    snapshot.project.name = "\u{9b}2J\u{202e}##[error]\n::error::x\u{7f}".to_owned();
    let text = write(&snapshot, Secrets::Kept);
    let active = |c: char| c != '\n' && crate::render::quote::is_active(c);
    assert!(!text.contains(active) && !text.contains("##["), "{text}");
    assert_eq!(read(&text).expect("readable"), snapshot);
}

#[test]
fn written_state_fits_its_schema() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../schemas/state-v1.schema.json")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for secrets in [Secrets::Kept, Secrets::Hidden] {
        let state = serde_json::from_str(&write(&secretive(), secrets)).expect("JSON");
        assert!(validator.is_valid(&state), "{:?}", validator.iter_errors(&state).map(|error| error.to_string()).collect::<Vec<_>>());
    }
}

/// The example with a token in its first experience.
fn secretive() -> Snapshot {
    let mut snapshot = demo();
    let experience = snapshot.experiences.values_mut().next().expect("the example has experiences");
    experience
        .environment_variables
        .push(crate::snapshot::CurrentVariable { name: "API_TOKEN".to_owned(), value: Observed::Known("canary".to_owned()) });
    experience.locations.push(Observed::Known("https://user:canary@host/path".to_owned()));
    snapshot
}

#[test]
fn values_that_look_secret_are_hidden_unless_kept() {
    let hidden = write(&secretive(), Secrets::Hidden);
    assert!(!hidden.contains("canary") && hidden.contains("\"hidden\": true"));
    assert!(write(&secretive(), Secrets::Kept).contains("canary"));
    let back = read(&hidden).expect("readable");
    let first = back.experiences.values().next().expect("there is one");
    assert_eq!(first.locations.last(), Some(&Observed::Hidden));
}

#[test]
fn list_that_was_not_read_stays_unread() {
    let mut snapshot = demo();
    for tag in snapshot.tags.values_mut() {
        tag.members.live = None;
    }
    let back = read(&write(&snapshot, Secrets::Kept)).expect("readable");
    assert_eq!(back, snapshot);
    let need = missing_list(&back, Need::Clone { archived_experiences: false });
    assert!(need.is_some_and(|list| list.starts_with("the members of the tag `")));
}

#[test]
fn other_versions_and_contradictions_are_told() {
    let error = |text: &str| read(text).expect_err("refused").to_string();
    assert!(error("").contains("not a state file"));
    assert!(error("{\"formatVersion\": \"state/v2\", \"more\": 1}").contains("state/v2"));
    let twice = include_str!("../../examples/demo/state.json").replacen(
        "3d0c9f6e-51a7-4c1e-8f5b-0a6a1c9d7e02",
        "3d0c9f6e-51a7-4c1e-8f5b-0a6a1c9d7e01",
        1,
    );
    assert!(error(&twice).contains("twice"), "{}", error(&twice));
}
