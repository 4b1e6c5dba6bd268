//! Managed suites end with exactly the live experiences that they list.

use super::{changes, creating, keeping, planned, planned_with, refused, refused_with};
use crate::plan::SuiteAction;
use crate::plan::testing::{config, notes, state, suite_id, summary, system_id};

#[test]
fn suite_of_the_same_members_is_not_revised() {
    let state = state().live(1, "a").live(2, "b").suite(1, "basic", &[2, 1]);
    assert!(changes(config().entry("a").entry("b").suite("basic", &["a", "b"]), state).is_empty());
}

#[test]
fn suite_gains_and_loses_members() {
    let state = state().live(1, "a").live(2, "b").suite(1, "basic", &[1]);
    let config = config().entry("a").entry("b").suite("basic", &["b"]);
    assert_eq!(changes(config, state), ["revise suite basic from 1 to 1 +b -a"]);
}

#[test]
fn revision_is_of_the_suite_as_it_is() {
    let plan = planned(config().entry("a").suite("basic", &["a"]), state().live(1, "a").suite(1, "basic", &[]));
    assert_eq!(plan.suites[0].action, SuiteAction::Revise { id: suite_id(1), revision: 7 });
}

#[test]
fn suite_loses_an_unlisted_live_one_that_stays() {
    let plan = planned_with(&keeping(), config().suite("basic", &[]), state().live(1, "a").suite(1, "basic", &[1]));
    assert_eq!(summary(&plan), ["revise suite basic from 1 to 0 -a"]);
}

#[test]
fn archived_members_are_not_compared() {
    let state = state().live(1, "a").archived(2, "b").suite(1, "basic", &[1, 2]);
    assert!(changes(config().entry("a").suite("basic", &["a"]), state).is_empty());
}

#[test]
fn members_that_the_plan_archives_are_not_compared() {
    let state = state().live(1, "a").live(2, "b").suite(1, "basic", &[1, 2]);
    assert_eq!(changes(config().entry("a").suite("basic", &["a"]), state), ["archive b"]);
}

#[test]
fn members_that_the_plan_archives_are_told_apart_from_those_taken_out() {
    let state = state().live(1, "a").live(2, "b").live(3, "c").archived(4, "d").suite(1, "basic", &[1, 2, 3, 4]);
    let config = config().entry("a").entry("c").suite("basic", &["a"]);
    assert_eq!(changes(config, state), ["archive b", "revise suite basic from 3 to 1 -c xb"]);
}

#[test]
fn restored_member_counts_as_live() {
    let kept = state().archived(1, "a").suite(1, "basic", &[1]);
    assert_eq!(changes(config().entry("a").suite("basic", &["a"]), kept), ["restore a"]);
    let lost = state().archived(1, "a").suite(1, "basic", &[]);
    assert_eq!(changes(config().entry("a").suite("basic", &["a"]), lost), ["restore a", "revise suite basic from 0 to 1 +a"]);
}

#[test]
fn created_and_renamed_members_are_listed_by_their_new_names() {
    let state = state().live(1, "a").suite(1, "basic", &[1]);
    let config = config().entry_of(1, "b").entry("new").suite("basic", &["b", "new"]);
    assert_eq!(changes(config, state), ["rename a to b", "create new", "revise suite basic from 1 to 2 +new"]);
}

#[test]
fn without_archiving_a_suite_may_list_unlisted_live_ones() {
    let plan = planned_with(&keeping(), config().suite("basic", &["a"]), state().live(1, "a").suite(1, "basic", &[]));
    assert_eq!(summary(&plan), ["revise suite basic from 0 to 1 +a"]);
}

#[test]
fn with_archiving_a_suite_may_not_list_unlisted_ones() {
    let problems = refused(config().suite("basic", &["a"]), state().live(1, "a").suite(1, "basic", &[]));
    assert_eq!(problems, ["unknown-member: test suite `basic` lists `a`, which the config does not list"]);
}

#[test]
fn unknown_members_are_told_by_what_became_of_them() {
    let state = state().live(1, "old").archived(2, "gone").suite(1, "basic", &[]);
    let config = config().entry_of(1, "new").suite("basic", &["gone", "nobody", "old"]);
    let expected = [
        "unknown-member: test suite `basic` lists `gone`, which the config does not list",
        "unknown-member: test suite `basic` lists `nobody`, which neither the config nor ReSim has",
        "unknown-member: test suite `basic` lists `old`, which gets another name",
    ];
    assert_eq!(refused_with(&keeping(), config, state), expected);
}

#[test]
fn member_that_may_be_one_of_two_is_an_error() {
    let state = state().live(1, "a").live(2, "a").suite(1, "basic", &[]);
    assert_eq!(refused_with(&keeping(), config().suite("basic", &["a"]), state).len(), 1);
}

#[test]
fn member_that_is_to_be_archived_is_an_error() {
    let problems = refused(config().archived("a").suite("basic", &["a"]), state().live(1, "a").suite(1, "basic", &[]));
    assert_eq!(problems, ["archived-member: test suite `basic` lists `a`, which is to be archived"]);
}

#[test]
fn two_live_suites_of_a_managed_name_are_an_error_with_their_ids() {
    let problems = refused(config().suite("basic", &[]), state().suite(1, "basic", &[]).suite(2, "basic", &[]));
    let expected = "ambiguous-suite: 2 live test suites are called `basic`: \
                    00000000-0000-0000-0000-000000000001, 00000000-0000-0000-0000-000000000002";
    assert_eq!(problems, [expected]);
}

#[test]
fn two_suites_of_an_unmanaged_name_are_of_no_account() {
    assert!(planned(config(), state().suite(1, "basic", &[]).suite(2, "basic", &[])).is_empty());
}

#[test]
fn archived_suite_of_the_name_is_not_the_live_one() {
    assert!(planned(config().suite("basic", &[]), state().suite(1, "basic", &[]).archived_suite(2, "basic", &[])).is_empty());
}

#[test]
fn missing_suite_is_created_on_its_system() {
    let config = config().entry("a").suite_on("basic", &["a"], "planner");
    let plan = planned_with(&creating(), config, state().live(1, "a").system(5, "planner", &[]));
    assert_eq!(summary(&plan), ["create suite on planner basic from 0 to 1 +a"]);
    let expected =
        SuiteAction::Create { system: system_id(5), system_name: crate::ids::SystemName::new("planner"), description: String::new() };
    assert_eq!(plan.suites[0].action, expected);
}

#[test]
fn archived_suite_is_restored_and_revised_if_its_members_differ() {
    let config = || config().entry("a").suite("basic", &["a"]);
    let same = planned_with(&creating(), config(), state().live(1, "a").archived_suite(1, "basic", &[1]));
    assert_eq!(summary(&same), ["restore suite basic from 1 to 1"]);
    let other = planned_with(&creating(), config(), state().live(1, "a").archived_suite(1, "basic", &[]));
    assert_eq!(summary(&other), ["restore and revise suite basic from 0 to 1 +a"]);
}

#[test]
fn one_of_two_archived_suites_is_not_chosen() {
    let state = state().archived_suite(1, "basic", &[]).archived_suite(2, "basic", &[]);
    assert_eq!(refused_with(&creating(), config().suite("basic", &[]), state).len(), 1);
}

#[test]
fn system_and_description_of_an_existing_suite_are_notes() {
    let config = config().suite_with("basic", &[], |suite| {
        suite.description = Some("new".into());
        suite.system = Some(crate::source::Located { value: crate::ids::SystemName::new("rig"), origin: suite.origin });
    });
    let plan = planned(config, state().system(1, "planner", &[]).suite(1, "basic", &[]));
    assert!(plan.is_empty());
    assert_eq!(notes(&plan), ["basic has description ``, not `new`", "basic has system `planner`, not `rig`"]);
}
