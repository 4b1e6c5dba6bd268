//! What a plan tells beside its changes.

use super::{keeping, planned, planned_with};
use crate::plan::Note;
use crate::plan::testing::{config, experience_id, notes, state};
use crate::snapshot::Observed;

#[test]
fn archived_and_created_ones_of_equal_locations_look_like_a_rename() {
    let plan = planned(config().entry("b"), state().live(7, "a"));
    assert_eq!(notes(&plan), ["a looks renamed to b"]);
    assert!(matches!(&plan.notes[0], Note::LooksLikeRename { id, .. } if *id == experience_id(7)));
}

#[test]
fn locations_in_another_order_look_like_a_rename_too() {
    let config = config().entry_with("b", |entry| entry.settings.locations = vec!["2".into(), "1".into()]);
    let state = state().experience(1, "a", |current| current.locations = vec![Observed::Known("1".into()), Observed::Known("2".into())]);
    assert_eq!(notes(&planned(config, state)), ["a looks renamed to b"]);
}

#[test]
fn other_none_or_hidden_locations_look_like_nothing() {
    let other = |locations: &'static [&'static str], current: &'static [Observed<String>]| {
        let config = config().entry_with("b", |entry| entry.settings.locations = locations.iter().map(|text| (*text).into()).collect());
        notes(&planned(config, state().experience(1, "a", |experience| experience.locations = current.to_vec())))
    };
    assert!(other(&["s3://other"], &[]).is_empty());
    assert!(other(&[], &[]).is_empty());
    assert!(other(&["s3://other"], &[Observed::Hidden]).is_empty());
}

#[test]
fn one_archived_looks_like_one_created_alone() {
    let plan = planned(config().entry("x").entry("y").entry("z"), state().live(2, "a").live(1, "b"));
    assert_eq!(notes(&plan), ["a looks renamed to x", "b looks renamed to y"]);
}

#[test]
fn what_is_to_be_archived_by_its_entry_looks_like_no_rename() {
    assert!(planned(config().archived("a").entry("b"), state().live(1, "a")).notes.is_empty());
}

#[test]
fn what_stays_looks_like_no_rename() {
    assert!(planned_with(&keeping(), config().entry("b"), state().live(1, "a")).notes.is_empty());
}

#[test]
fn unmanaged_suites_that_lose_archived_ones_are_named() {
    let state = state().live(1, "a").live(2, "b").live(3, "c").suite(1, "full", &[1, 2, 3]).suite(2, "small", &[2]).suite(3, "other", &[1]);
    let plan = planned(config().entry("a"), state);
    assert_eq!(notes(&plan), ["full loses b c", "small loses b and is empty"]);
}

#[test]
fn unmanaged_suite_with_archived_ones_only_is_empty() {
    let plan = planned(config(), state().live(1, "a").archived(2, "b").suite(1, "full", &[1, 2]));
    assert_eq!(notes(&plan), ["full loses a and is empty"]);
}

#[test]
fn archived_suites_are_not_named() {
    assert!(planned(config(), state().live(1, "a").archived_suite(1, "full", &[1])).notes.is_empty());
}

#[test]
fn managed_suite_that_becomes_empty_is_named() {
    let taken_out = planned(config().entry("a").suite("basic", &[]), state().live(1, "a").suite(1, "basic", &[1]));
    assert_eq!(notes(&taken_out), ["basic becomes empty"]);
    let archived = planned(config().suite("basic", &[]), state().live(1, "a").suite(1, "basic", &[1]));
    assert_eq!(notes(&archived), ["basic becomes empty"]);
}

#[test]
fn managed_suite_that_is_empty_already_is_not_named() {
    let plan = planned(config().suite("basic", &[]), state().archived(1, "a").suite(1, "basic", &[1]).suite(2, "none", &[]));
    assert!(plan.notes.is_empty());
}
