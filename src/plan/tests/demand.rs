//! As little is read as the config allows.

use super::{creating, keeping};
use crate::ids::TagName;
use crate::plan::testing::{ConfigBuilder, StateBuilder, config, state, system_id, tag_id};
use crate::plan::{Demand, Policy, Unlisted, demand};

fn demanded(config: ConfigBuilder, state: StateBuilder) -> Demand {
    demand(&config.done(), &state.done(), &Policy::default())
}

#[test]
fn steady_state_needs_the_members_of_listed_and_managed_tags_and_listed_systems_alone() {
    let config = config().managed("managed").tagged("a", &["listed"]).registered("b", &["planner"]);
    let state = state().live(1, "a").live(2, "b").tag(1, "listed", &[]).tag(2, "managed", &[]).tag(3, "other", &[]);
    let expected = Demand {
        tags: [tag_id(1), tag_id(2)].into(),
        systems: [system_id(1)].into(),
        archived_experiences: false,
        archived_suites: false,
        archived_members: false,
    };
    assert_eq!(demanded(config, state.system(1, "planner", &[]).system(2, "rig", &[])), expected);
}

#[test]
fn config_without_live_entries_needs_no_tag() {
    let state = state().live(1, "a").tag(1, "managed", &[1]);
    assert_eq!(demanded(config().managed("managed").archived("a"), state), Demand::default());
}

#[test]
fn unlisted_live_ones_need_nothing() {
    assert_eq!(demanded(config(), state().live(1, "a")), Demand::default());
}

#[test]
fn archive_tag_is_needed_if_there_are_unlisted_ones() {
    let policy = Policy { unlisted: Unlisted::ArchiveTagged(TagName::new("synced")), ..Policy::default() };
    let tags = |state: StateBuilder| demand(&config().entry("a").done(), &state.tag(1, "synced", &[]).done(), &policy).tags;
    assert!(tags(state().live(1, "a")).is_empty());
    assert_eq!(tags(state().live(1, "a").live(2, "b")), [tag_id(1)].into());
}

#[test]
fn unmatched_name_or_id_needs_the_archived_ones_and_their_memberships() {
    for config in [config().entry("a"), config().entry_of(1, "a")] {
        let demand = demanded(config, state().archived(1, "a"));
        assert!(demand.archived_experiences && demand.archived_members);
    }
}

#[test]
fn unmatched_archived_entry_needs_no_memberships() {
    let demand = demanded(config().archived("a"), state());
    assert!(demand.archived_experiences && !demand.archived_members);
}

#[test]
fn rename_needs_the_archived_ones_without_their_memberships() {
    let demand = demanded(config().entry_of(1, "b"), state().live(1, "a"));
    assert!(demand.archived_experiences && !demand.archived_members);
}

#[test]
fn id_of_a_live_one_that_keeps_its_name_needs_nothing() {
    assert_eq!(demanded(config().entry_of(1, "a"), state().live(1, "a")), Demand::default());
}

#[test]
fn suite_with_a_member_that_is_not_live_needs_the_archived_ones() {
    assert!(demanded(config(), state().archived(1, "a").suite(1, "basic", &[1])).archived_experiences);
    assert!(!demanded(config(), state().live(1, "a").suite(1, "basic", &[1])).archived_experiences);
    assert!(!demanded(config(), state().archived(1, "a").archived_suite(1, "basic", &[1])).archived_experiences);
}

#[test]
fn suite_that_lists_one_that_is_not_live_needs_the_archived_ones() {
    let demand = |state: StateBuilder| demand(&config().suite("basic", &["a"]).done(), &state.suite(1, "basic", &[]).done(), &keeping());
    assert!(demand(state()).archived_experiences);
    assert!(!demand(state().live(1, "a")).archived_experiences);
}

#[test]
fn missing_suite_needs_the_archived_ones_if_it_may_be_restored() {
    let demand = |policy: &Policy, state: StateBuilder| demand(&config().suite("basic", &[]).done(), &state.done(), policy);
    assert!(demand(&creating(), state()).archived_suites);
    assert!(!demand(&creating(), state().suite(1, "basic", &[])).archived_suites);
    assert!(!demand(&Policy::default(), state()).archived_suites);
}
