//! Which entry stands for which experience.

use super::{changes, keeping, planned, planned_with, refused};
use crate::plan::testing::{config, experience_id, notes, state, summary};
use crate::source::Located;

#[test]
fn equal_config_and_state_are_an_empty_plan() {
    assert!(planned(config().entry("a").entry("b"), state().live(1, "a").live(2, "b")).is_empty());
}

#[test]
fn unknown_name_is_created() {
    assert_eq!(changes(config().entry("a"), state()), ["create a"]);
}

#[test]
fn names_differ_in_case() {
    assert_eq!(changes(config().entry("A"), state().live(1, "a")), ["archive a", "create A"]);
}

#[test]
fn id_is_followed_whatever_the_name() {
    assert_eq!(changes(config().entry_of(1, "b"), state().live(1, "a")), ["rename a to b"]);
}

#[test]
fn ids_take_before_names_whatever_the_order() {
    // By name alone, `a` would take the experience that the later entry follows.
    let state = || state().live(1, "a");
    assert_eq!(changes(config().entry("a").entry_of(1, "z"), state()), ["rename a to z", "create a"]);
    assert_eq!(changes(config().entry_of(1, "0").entry("a"), state()), ["rename a to 0", "create a"]);
}

#[test]
fn id_is_followed_even_where_another_has_the_name() {
    let state = state().live(1, "a").live(2, "b");
    assert_eq!(changes(config().entry_of(1, "b").entry_of(2, "c"), state), ["rename a to b", "rename b to c"]);
}

#[test]
fn unknown_id_is_an_error() {
    let expected = ["unknown-id: experience `a` follows the ID 00000000-0000-0000-0000-000000000009, which the project does not have"];
    assert_eq!(refused(config().entry_of(9, "a"), state().live(1, "a")), expected);
}

#[test]
fn live_one_is_taken_before_an_archived_one_of_its_name() {
    assert!(planned(config().entry("a"), state().archived(1, "a").live(2, "a").archived(3, "a")).is_empty());
}

#[test]
fn archived_one_of_the_name_is_restored() {
    assert_eq!(changes(config().entry("a"), state().archived(1, "a")), ["restore a"]);
}

#[test]
fn restored_one_gets_the_fields_of_its_entry() {
    let config = config().entry_with("a", |entry| entry.settings.description = "new".into());
    assert_eq!(changes(config, state().archived(1, "a")), ["restore a description"]);
}

#[test]
fn archived_one_is_restored_by_its_id_under_a_new_name() {
    assert_eq!(changes(config().entry_of(1, "b"), state().archived(1, "a")), ["restore a as b"]);
}

#[test]
fn last_updated_of_several_archived_is_restored_with_a_note() {
    let updated = |at: &'static str| {
        move |experience: &mut crate::snapshot::CurrentExperience| {
            experience.archived = true;
            experience.updated_at = at.into();
        }
    };
    let state = state().experience(1, "a", updated("")).experience(2, "a", updated("2026-01-01T23:00:00-02:00")).experience(
        3,
        "a",
        updated("2026-01-02T00:30:00Z"),
    );
    let plan = planned(config().entry("a"), state);
    assert_eq!((summary(&plan), notes(&plan)), (vec!["restore a".into()], vec!["a restored as 2 of 3".into()]));
}

#[test]
fn archived_one_that_an_id_took_is_not_taken_by_name() {
    assert_eq!(changes(config().entry("a").entry_of(1, "b"), state().archived(1, "a")), ["restore a as b", "create a"]);
}

#[test]
fn two_live_ones_of_a_name_need_an_id() {
    let state = || state().live(1, "a").live(2, "a");
    let message = "name-taken: 2 live experiences are called `a`: \
                   00000000-0000-0000-0000-000000000001, 00000000-0000-0000-0000-000000000002";
    assert_eq!(refused(config().entry("a"), state()), [message]);
    assert_eq!(changes(config().entry_of(2, "a"), state()), ["archive a"]);
}

#[test]
fn archived_entry_archives_its_match_and_changes_nothing_else_of_it() {
    let config = config().managed("nightly").entry_with("a", |entry| {
        entry.archived = true;
        entry.settings.description = "other".into();
    });
    assert_eq!(changes(config, state().live(1, "a").tag(1, "nightly", &[1])), ["archive a"]);
}

#[test]
fn archived_entry_archives_by_id_and_leaves_the_name() {
    let config = config().entry_with("b", |entry| {
        entry.archived = true;
        entry.id = Some(Located { value: experience_id(1), origin: entry.origin });
    });
    assert_eq!(changes(config, state().live(1, "a")), ["archive a"]);
}

#[test]
fn archived_entry_archives_even_where_unlisted_ones_stay() {
    let plan = planned_with(&keeping(), config().archived("a"), state().live(1, "a").live(2, "b"));
    assert_eq!(summary(&plan), ["archive a"]);
}

#[test]
fn archived_entry_of_an_archived_one_is_done() {
    let plan = planned(config().archived("a"), state().archived(1, "a").archived(2, "a"));
    assert!(plan.is_empty() && plan.notes.is_empty());
}

#[test]
fn archived_entry_without_a_match_is_a_note() {
    let plan = planned(config().archived("a"), state());
    assert_eq!((summary(&plan), notes(&plan)), (vec![], vec!["nothing to archive as a".into()]));
}

#[test]
fn unknown_id_of_an_archived_entry_is_an_error() {
    let config = config().entry_with("a", |entry| {
        entry.archived = true;
        entry.id = Some(Located { value: experience_id(9), origin: entry.origin });
    });
    assert_eq!(refused(config, state()).len(), 1);
}
