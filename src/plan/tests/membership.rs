//! Tags and systems.

use super::{changes, creating, keeping, planned_with};
use crate::plan::testing::{config, state, summary};

#[test]
fn listed_tag_is_put_on() {
    assert_eq!(changes(config().tagged("a", &["nightly"]), state().live(1, "a").tag(1, "nightly", &[])), ["tag nightly +a"]);
}

#[test]
fn listed_tag_that_is_there_is_no_change() {
    assert!(changes(config().tagged("a", &["nightly"]), state().live(1, "a").tag(1, "nightly", &[1])).is_empty());
}

#[test]
fn managed_tag_is_taken_off_where_it_is_not_listed() {
    assert_eq!(changes(config().managed("nightly").entry("a"), state().live(1, "a").tag(1, "nightly", &[1])), ["tag nightly -a"]);
}

#[test]
fn unmanaged_tag_is_never_taken_off() {
    assert!(changes(config().entry("a"), state().live(1, "a").tag(1, "nightly", &[1])).is_empty());
}

#[test]
fn managed_tag_is_not_taken_off_what_the_config_does_not_list() {
    let state = state().live(1, "a").archived(2, "b").tag(1, "nightly", &[1, 2]);
    assert!(planned_with(&keeping(), config().managed("nightly"), state).is_empty());
}

#[test]
fn managed_tag_is_not_taken_off_what_ends_archived() {
    let state = state().live(1, "a").live(2, "b").archived(3, "c").tag(1, "nightly", &[1, 2, 3]);
    let config = config().managed("nightly").archived("a").archived("c");
    assert_eq!(changes(config, state), ["archive a", "archive b"]);
}

#[test]
fn restored_one_gets_its_tags_and_loses_managed_ones() {
    let state = state().archived(1, "a").tag(1, "kept", &[1]).tag(2, "lost", &[1]).tag(3, "new", &[]).tag(4, "other", &[1]);
    let config = config().managed("kept").managed("lost").managed("new").tagged("a", &["kept", "new"]);
    assert_eq!(changes(config, state), ["restore a", "tag lost -a", "tag new +a"]);
}

#[test]
fn created_one_gets_its_tags_and_systems() {
    let config = config().entry_with("a", |entry| {
        entry.tags = [(crate::ids::TagName::new("nightly"), entry.origin)].into_iter().collect();
        entry.systems = [(crate::ids::SystemName::new("planner"), entry.origin)].into_iter().collect();
    });
    let state = state().tag(1, "nightly", &[]).system(1, "planner", &[]);
    assert_eq!(changes(config, state), ["create a", "tag nightly +a", "system planner +a"]);
}

#[test]
fn renamed_one_is_told_by_its_new_name() {
    let config = config().managed("nightly").entry_of(1, "b");
    assert_eq!(changes(config, state().live(1, "a").tag(1, "nightly", &[1])), ["rename a to b", "tag nightly -b"]);
}

#[test]
fn listed_system_is_added_and_no_system_is_ever_removed() {
    let state = state().live(1, "a").system(1, "planner", &[]).system(2, "rig", &[1]);
    assert_eq!(changes(config().registered("a", &["planner"]), state), ["system planner +a"]);
}

#[test]
fn restored_one_keeps_the_systems_that_it_has() {
    let state = state().archived(1, "a").system(1, "planner", &[1]);
    assert_eq!(changes(config().registered("a", &["planner"]), state), ["restore a"]);
}

#[test]
fn managed_tag_that_is_created_is_a_change_even_if_nobody_lists_it() {
    assert_eq!(summary(&planned_with(&creating(), config().managed("nightly"), state())), ["create tag nightly"]);
}

#[test]
fn members_are_told_by_name_created_ones_among_existing() {
    let config = config().tagged("a", &["t"]).tagged("b", &["t"]).tagged("c", &["t"]);
    assert_eq!(changes(config, state().live(9, "a").live(1, "c").tag(1, "t", &[])), ["create b", "tag t +a +b +c"]);
}
