//! Names of the outcome: any set of renames works that ends with unique ones.

use super::{changes, keeping, planned, refused, refused_with};
use crate::plan::plan;
use crate::plan::testing::{config, experience_id, state};
use crate::source::Located;

#[test]
fn swap_of_names_is_two_renames() {
    let state = state().live(1, "a").live(2, "b");
    assert_eq!(changes(config().entry_of(1, "b").entry_of(2, "a"), state), ["rename b to a", "rename a to b"]);
}

#[test]
fn chain_is_renames() {
    let state = state().live(1, "a").live(2, "b").live(3, "c");
    let config = config().entry_of(1, "b").entry_of(2, "c").entry_of(3, "d");
    assert_eq!(changes(config, state), ["rename a to b", "rename b to c", "rename c to d"]);
}

#[test]
fn cycle_of_live_and_archived_ones_is_renames_and_restores() {
    let state = state().live(1, "a").archived(2, "b").live(3, "c");
    let config = config().entry_of(1, "b").entry_of(2, "c").entry_of(3, "a");
    assert_eq!(changes(config, state), ["rename c to a", "rename a to b", "restore b as c"]);
}

#[test]
fn rename_keeps_the_other_fields_in_the_same_change() {
    let config = config().entry_with("b", |entry| {
        entry.id = Some(Located { value: experience_id(1), origin: entry.origin });
        entry.settings.description = "new".into();
    });
    assert_eq!(changes(config, state().live(1, "a")), ["rename a to b description"]);
}

#[test]
fn name_that_is_left_is_free_for_a_creation() {
    assert_eq!(changes(config().entry_of(1, "b").entry("a"), state().live(1, "a")), ["rename a to b", "create a"]);
}

#[test]
fn name_that_is_left_is_free_for_a_restore() {
    let config = config().entry_of(1, "b").entry_of(2, "a");
    assert_eq!(changes(config, state().live(1, "a").archived(2, "c")), ["rename a to b", "restore c as a"]);
}

#[test]
fn rename_onto_the_name_of_an_archived_one_is_an_error_naming_both() {
    let problems = refused(config().entry_of(1, "b"), state().live(1, "a").archived(2, "b"));
    let expected = "name-taken: renaming `a` (00000000-0000-0000-0000-000000000001) to `b` is impossible: \
                    the name belongs to 00000000-0000-0000-0000-000000000002, which is archived and keeps its name";
    assert_eq!(problems, [expected]);
}

#[test]
fn name_error_tells_the_ways_out() {
    let (config, state) = (config().entry_of(1, "b").done(), state().live(1, "a").archived(2, "b").done());
    let problems = plan(&config, &state, &keeping()).expect_err("the name is taken");
    let help = problems.sorted()[0].help.join("\n");
    assert!(help.contains("another name") && help.contains("experienceID: 00000000-0000-0000-0000-000000000002"), "{help}");
}

#[test]
fn rename_onto_the_name_of_one_that_this_plan_archives_is_an_error() {
    let problems = refused(config().entry_of(1, "b"), state().live(1, "a").live(2, "b"));
    assert!(problems[0].ends_with("which is archived by this plan and keeps its name"), "{problems:?}");
}

#[test]
fn rename_onto_the_name_of_one_that_is_left_alone_is_an_error() {
    let problems = refused_with(&keeping(), config().entry_of(1, "b"), state().live(1, "a").live(2, "b"));
    assert!(problems[0].ends_with("which stays live"), "{problems:?}");
}

#[test]
fn creation_under_the_name_of_an_archived_entry_is_an_error_with_both_places() {
    let archived = |entry: &mut crate::desired::DesiredExperience| {
        entry.archived = true;
        entry.id = Some(Located { value: experience_id(1), origin: entry.origin });
    };
    let (config, state) = (config().entry("a").entry_with("b", archived).done(), state().live(1, "a").done());
    let problems = plan(&config, &state, &keeping()).expect_err("the name is taken");
    assert_eq!(problems.sorted()[0].labels.len(), 2);
}

#[test]
fn restored_one_keeps_its_name_beside_archived_namesakes() {
    assert_eq!(changes(config().entry_of(1, "a"), state().archived(1, "a").archived(2, "a")), ["restore a"]);
}

#[test]
fn restored_one_cannot_keep_the_name_that_a_live_one_has() {
    assert_eq!(refused(config().entry_of(1, "a"), state().archived(1, "a").live(2, "a")).len(), 1);
}

#[test]
fn restored_one_cannot_be_renamed_onto_an_archived_one() {
    assert_eq!(refused(config().entry_of(1, "b"), state().archived(1, "a").archived(2, "b")).len(), 1);
}

#[test]
fn archived_namesake_of_a_live_one_is_of_no_account() {
    assert!(planned(config().entry_of(1, "a"), state().live(1, "a").archived(2, "a")).is_empty());
}

#[test]
fn all_taken_names_are_reported_at_once() {
    let state = state().live(1, "a").live(2, "b").archived(3, "c").archived(4, "d");
    assert_eq!(refused(config().entry_of(1, "c").entry_of(2, "d"), state).len(), 2);
}
