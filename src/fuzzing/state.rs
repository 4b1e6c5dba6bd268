//! State files: what can be read can be written and read again, and a clone of it plans as empty.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::inert::lines_are_inert;
use crate::clone::{CloneError, CloneOptions, clone_new};
use crate::config::{LoadOptions, load_texts};
use crate::plan::{Policy, demand, digest, plan};
use crate::snapshot::Snapshot;
use crate::state_file::{Need, Secrets, missing_list, read, write};

/// One file.
pub fn state(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let snapshot = match read(text) {
        Ok(snapshot) => snapshot,
        Err(error) => return lines_are_inert(&crate::render::terminal_safe(&error.to_string())),
    };
    let kept = write(&snapshot, Secrets::Kept);
    assert!(read(&kept).is_ok_and(|again| again == snapshot), "not read back: {kept}");
    lines_are_inert(&kept);
    let hidden = write(&snapshot, Secrets::Hidden);
    let Ok(masked) = read(&hidden) else { panic!("not read back: {hidden}") };
    assert_eq!(write(&masked, Secrets::Hidden), hidden);
    for keep_secrets in [true, false] {
        clone_plans_as_empty(&snapshot, keep_secrets);
    }
}

fn clone_plans_as_empty(snapshot: &Snapshot, keep_secrets: bool) {
    if has_doubled_names(snapshot) || missing_list(snapshot, Need::Clone { archived_experiences: false }).is_some() {
        return;
    }
    let load = LoadOptions::default();
    let options = CloneOptions {
        manage_suites: true,
        manage_tags: true,
        ids: true,
        only_tagged: None,
        keep_secrets,
        defaults: false,
        load: load.clone(),
    };
    let outcome = match clone_new(snapshot, "a.yaml", PathBuf::from("a.yaml"), &options) {
        Ok(outcome) => outcome,
        Err(CloneError::Unsayable(_)) => return,
        Err(error @ (CloneError::Edit(_) | CloneError::NoSuchFile(_))) => panic!("{error}"),
    };
    let files = outcome.files.iter().map(|file| (file.path.clone(), file.new.clone())).collect();
    let loaded = load_texts(files, &load);
    let Some(desired) = &loaded.desired else { panic!("{:?}", outcome.files) };
    let policy = Policy { force: true, ..Policy::default() };
    if missing_list(snapshot, Need::Plan(&demand(desired, snapshot, &policy))).is_some() {
        return;
    }
    match plan(desired, snapshot, &policy) {
        Ok(plan) => assert!(plan.is_empty(), "{}: {:?}", digest(&plan), outcome.files),
        Err(problems) => panic!("a clone does not plan: {:?}", problems.sorted()),
    }
}

/// ReSim has no two of a name, whatever a file says.
fn has_doubled_names(snapshot: &Snapshot) -> bool {
    fn doubled<'a>(names: impl Iterator<Item = &'a str>) -> bool {
        let mut seen = BTreeSet::new();
        names.into_iter().any(|name| !seen.insert(name))
    }
    doubled(snapshot.tags.values().map(|tag| tag.name.as_str()))
        || doubled(snapshot.systems.values().map(|system| system.name.as_str()))
        || doubled(snapshot.experiences.values().map(|experience| experience.name.as_str()))
}
