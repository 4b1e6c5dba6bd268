//! As little is read as the config allows.

use super::{creating, keeping};
use crate::ids::{SystemName, TagName};
use crate::plan::testing::{ConfigBuilder, StateBuilder, config, experience_id, state, system_id, tag_id};
use crate::plan::{Demand, Known, LiveLists, Policy, Unlisted, demand};
use crate::source::Located;

fn demanded(config: ConfigBuilder, state: StateBuilder) -> Demand {
    demand(&config.done(), &state.done(), &Policy::default())
}

#[test]
fn steady_state_needs_the_members_of_listed_and_managed_tags_and_listed_systems_alone() {
    let config = config().managed("managed").tagged("a", &["listed"]).registered("b", &["planner"]);
    let state = state().live(1, "a").live(2, "b").tag(1, "listed", &[]).tag(2, "managed", &[]).tag(3, "other", &[]);
    let expected = Demand { tags: [(tag_id(1), 1), (tag_id(2), 0)].into(), systems: [(system_id(1), 1)].into(), ..Demand::default() };
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
    assert_eq!(tags(state().live(1, "a").live(2, "b")), [(tag_id(1), 0)].into());
}

/// The same before the archived ones are read.
fn demanded_at_first(config: ConfigBuilder, state: StateBuilder) -> Demand {
    let mut live = state.done();
    live.experiences.retain(|_, experience| !experience.archived);
    live.read.archived_experiences = false;
    demand(&config.done(), &live, &Policy::default())
}

fn tags_and_systems(state: StateBuilder) -> StateBuilder {
    state.tag(1, "listed", &[]).tag(2, "managed", &[]).tag(3, "other", &[]).system(1, "planner", &[]).system(2, "rig", &[])
}

#[test]
fn unmatched_name_or_id_needs_the_archived_ones_first() {
    for config in [config().entry("a"), config().entry_of(1, "a")] {
        let demand = demanded_at_first(config.managed("managed"), tags_and_systems(state().archived(1, "a")));
        assert_eq!(demand, Demand { archived_experiences: true, ..Demand::default() });
    }
}

#[test]
fn restored_one_needs_its_archived_memberships_and_no_others() {
    let restored = |id: Option<u128>| {
        config().managed("managed").entry_with("a", |entry| {
            entry.id = id.map(|id| Located { value: experience_id(id), origin: entry.origin });
            entry.tags = [(TagName::new("listed"), entry.origin)].into_iter().collect();
            entry.systems = [(SystemName::new("planner"), entry.origin)].into_iter().collect();
        })
    };
    let expected = Demand {
        archived_experiences: true,
        archived_tags: [tag_id(1), tag_id(2)].into(),
        archived_systems: [system_id(1)].into(),
        ..Demand::default()
    };
    for id in [None, Some(1)] {
        assert_eq!(demanded(restored(id), tags_and_systems(state().archived(1, "a"))), expected);
    }
}

#[test]
fn archived_ones_are_known_from_a_list_of_their_own_too() {
    let desired = config().managed("managed").entry("a").done();
    let full = tags_and_systems(state().archived(1, "a")).done();
    let mut lists = full.clone();
    lists.experiences.clear();
    lists.read.archived_experiences = false;
    let known = Known { lists: &lists, live: LiveLists::Read, archived: Some(&full.experiences) };
    let policy = Policy::default();
    assert_eq!(demand(&desired, known, &policy), demand(&desired, &full, &policy));
}

#[test]
fn new_one_needs_no_memberships() {
    let config = config().managed("managed").tagged("a", &["listed"]).registered("b", &["planner"]);
    let demand = demanded(config, tags_and_systems(state().live(1, "c").archived(2, "d")));
    assert_eq!(demand, Demand { archived_experiences: true, ..Demand::default() });
}

#[test]
fn unmatched_archived_entry_and_one_that_stays_archived_need_no_memberships() {
    for state in [state(), state().archived(1, "a")] {
        let demand = demanded(config().managed("managed").archived("a"), tags_and_systems(state));
        assert_eq!(demand, Demand { archived_experiences: true, ..Demand::default() });
    }
}

#[test]
fn rename_needs_the_archived_ones_without_their_memberships() {
    let demand = demanded(config().managed("managed").entry_of(1, "b"), tags_and_systems(state().live(1, "a")));
    assert_eq!(demand, Demand { archived_experiences: true, tags: [(tag_id(2), 0)].into(), ..Demand::default() });
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

#[test]
fn before_the_live_ones_are_known_ids_count_and_names_where_there_is_anything() {
    let config = config().managed("managed").tagged("a", &["listed"]).registered("b", &["planner"]).archived("z");
    let named = config.done();
    let mut identified = named.clone();
    for entry in identified.experiences.values_mut() {
        entry.id = Some(Located { value: experience_id(1), origin: entry.origin });
    }
    let lists = tags_and_systems(state()).done();
    let asked =
        |desired, any| demand(desired, Known { lists: &lists, live: LiveLists::Unread { any }, archived: None }, &Policy::default());
    let expected = Demand { tags: [(tag_id(1), 1), (tag_id(2), 0)].into(), systems: [(system_id(1), 1)].into(), ..Demand::default() };
    assert_eq!(asked(&named, false), Demand::default(), "a first apply needs none");
    assert_eq!([asked(&named, true), asked(&identified, false), asked(&identified, true)], [&expected; 3].map(Clone::clone));
    let mut archived = identified.clone();
    archived.experiences.values_mut().for_each(|entry| entry.archived = true);
    assert_eq!(asked(&archived, true), Demand::default());
}
