//! A clone of any state that a config can say plans as empty, and a second one changes nothing.

use std::path::PathBuf;

use proptest::prelude::*;

use super::{CloneError, CloneOptions, CloneOutcome, clone_new, clone_onto};
use crate::config::{FileEdit, LoadOptions, Loaded, load_texts};
use crate::plan::testing::{case, summary};
use crate::plan::{Policy, plan};
use crate::snapshot::Snapshot;

fn options(keep_secrets: bool) -> CloneOptions {
    CloneOptions {
        manage_suites: true,
        manage_tags: true,
        ids: true,
        only_tagged: None,
        keep_secrets,
        defaults: false,
        load: LoadOptions::default(),
    }
}

fn load(files: &[(String, String)]) -> Loaded {
    load_texts(files.to_vec(), &LoadOptions::default())
}

/// What a plan with these files would still do.
fn left(files: &[(String, String)], snapshot: &Snapshot) -> Vec<String> {
    let loaded = load(files);
    let desired = loaded.desired.as_ref().unwrap_or_else(|| panic!("{:?}\n{files:?}", loaded.diagnostics));
    let policy = Policy { force: true, ..Policy::default() };
    match plan(desired, snapshot, &policy) {
        Ok(plan) => summary(&plan),
        Err(diagnostics) => panic!("{diagnostics:?}\n{files:?}"),
    }
}

/// `None` for a state that no config can say.
fn sayable(outcome: Result<CloneOutcome, CloneError>) -> Option<CloneOutcome> {
    match outcome {
        Ok(outcome) => Some(outcome),
        Err(CloneError::Unsayable(_)) => None,
        Err(error) => panic!("{error}"),
    }
}

fn after(files: &[(String, String)], edits: &[FileEdit]) -> Vec<(String, String)> {
    let edited = |path: &str| edits.iter().find(|edit| edit.path == path).map(|edit| edit.new.clone());
    files.iter().map(|(path, text)| (path.clone(), edited(path).unwrap_or_else(|| text.clone()))).collect()
}

fn fresh(snapshot: &Snapshot, keep_secrets: bool) -> Option<Vec<(String, String)>> {
    let outcome = sayable(clone_new(snapshot, "a.yaml", PathBuf::from("a.yaml"), &options(keep_secrets)))?;
    Some(outcome.files.into_iter().map(|edit| (edit.path, edit.new)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn clone_onto_nothing_plans_as_empty(case in case(), keep_secrets: bool) {
        let Some(files) = fresh(&case.current, keep_secrets) else { return Ok(()) };
        prop_assert_eq!(left(&files, &case.current), Vec::<String>::new());
        let again = sayable(clone_onto(&load(&files), &case.current, None, &options(keep_secrets))).expect("sayable");
        prop_assert_eq!(again.files, vec![]);
    }

    #[test]
    fn clone_onto_the_config_of_another_state_plans_as_empty(one in case(), other in case()) {
        let Some(files) = fresh(&one.current, true) else { return Ok(()) };
        let Some(outcome) = sayable(clone_onto(&load(&files), &other.current, None, &options(true))) else { return Ok(()) };
        let files = after(&files, &outcome.files);
        prop_assert_eq!(left(&files, &other.current), Vec::<String>::new());
        let again = sayable(clone_onto(&load(&files), &other.current, None, &options(true))).expect("sayable");
        prop_assert_eq!(again.files, vec![]);
    }
}

#[test]
fn generated_states_are_sayable_often_enough() {
    use proptest::strategy::{Strategy as _, ValueTree as _};
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let said = (0..100).filter(|_| {
        let case = case().new_tree(&mut runner).expect("a case").current();
        fresh(&case.current, true).is_some()
    });
    assert!(said.count() >= 30);
}
