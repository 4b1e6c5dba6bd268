//! What the config refers to and ReSim lacks.

use super::{creating, planned, planned_with, refused, refused_with};
use crate::plan::testing::{config, state, summary};
use crate::plan::{Policy, plan};

#[test]
fn everything_that_is_missing_is_reported_at_once() {
    let config = config().tagged("a", &["t"]).registered("b", &["s"]).entry_of(9, "c").managed("m").suite("u", &[]);
    let codes: Vec<String> =
        refused(config, state()).iter().map(|problem| problem.split(':').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(codes, ["unknown-tag", "unknown-system", "unknown-id", "unknown-tag", "unknown-suite"]);
}

#[test]
fn thing_that_many_entries_miss_is_reported_once_at_the_first() {
    let config = config().tagged("b", &["t"]).tagged("a", &["t"]).tagged("c", &["t"]).done();
    let problems = plan(&config, &state().done(), &Policy::default()).expect_err("the tag is missing");
    let problems = problems.sorted();
    let first = config.experiences[&crate::ids::ExperienceName::new("b")].origin;
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].labels[0].origin, problems[0].labels[0].text.as_str()), (first, "and in 2 more places"));
}

#[test]
fn near_names_are_suggested() {
    let config = config().tagged("a", &["nigthly"]).registered("b", &["planer"]).suite("bassic", &[]).done();
    let state = state().tag(1, "nightly", &[]).system(1, "planner", &[]).suite(1, "basic", &[]).done();
    let problems = plan(&config, &state, &Policy::default()).expect_err("all are misspelt");
    let help: Vec<&str> = problems.sorted().iter().map(|problem| problem.help[0].as_str()).collect();
    assert_eq!(help, ["did you mean `nightly`?", "did you mean `planner`?", "did you mean `basic`?"]);
}

#[test]
fn tags_and_systems_of_an_archived_entry_need_not_exist() {
    let config = config().entry_with("a", |entry| {
        entry.archived = true;
        entry.tags = [(crate::ids::TagName::new("gone"), entry.origin)].into_iter().collect();
        entry.systems = [(crate::ids::SystemName::new("gone"), entry.origin)].into_iter().collect();
    });
    assert!(planned(config, state().archived(1, "a")).is_empty());
}

#[test]
fn missing_managed_tag_is_created_where_that_is_wanted() {
    let config = || config().managed("t").tagged("a", &["t"]);
    assert_eq!(refused(config(), state().live(1, "a")).len(), 1);
    assert_eq!(summary(&planned_with(&creating(), config(), state().live(1, "a"))), ["create tag t +a"]);
}

#[test]
fn missing_unmanaged_tags_and_systems_are_never_created() {
    assert_eq!(refused_with(&creating(), config().tagged("a", &["t"]), state()), ["unknown-tag: ReSim has no tag `t`"]);
    assert_eq!(refused_with(&creating(), config().registered("a", &["s"]), state()), ["unknown-system: ReSim has no system `s`"]);
}

#[test]
fn missing_suite_needs_a_system_to_be_created() {
    assert_eq!(refused_with(&creating(), config().suite("u", &[]), state()), ["unknown-suite: ReSim has no live test suite `u`"]);
}

#[test]
fn missing_suite_needs_a_system_that_exists() {
    let problems = refused_with(&creating(), config().suite_on("u", &[], "s"), state());
    assert_eq!(problems, ["unknown-system: ReSim has no system `s`"]);
}

#[test]
fn system_of_an_existing_suite_need_not_exist() {
    assert!(planned(config().suite_on("u", &[], "s"), state().system(1, "planner", &[]).suite(1, "u", &[])).is_empty());
}

#[test]
fn archived_suite_is_missing_unless_it_may_be_restored() {
    let config = || config().suite("u", &[]);
    assert_eq!(refused(config(), state().archived_suite(1, "u", &[])).len(), 1);
    assert_eq!(summary(&planned_with(&creating(), config(), state().archived_suite(1, "u", &[]))), ["restore suite u from 0 to 0"]);
}
