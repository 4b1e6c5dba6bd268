//! What happens to live experiences that the config does not list.

use super::{changes, keeping, planned_with, refused_with};
use crate::ids::TagName;
use crate::plan::testing::{config, state, summary};
use crate::plan::{ArchiveReason, ExperienceAction, Plan, Policy, Unlisted};

fn tagged(tag: &str) -> Policy {
    Policy { unlisted: Unlisted::ArchiveTagged(TagName::new(tag)), force: true, ..Policy::default() }
}

fn left_alone(plan: &Plan) -> Vec<&str> {
    plan.left_alone.iter().map(|name| name.as_str()).collect()
}

#[test]
fn unlisted_live_one_is_archived() {
    assert_eq!(changes(config().entry("a"), state().live(1, "a").live(2, "b")), ["archive b"]);
}

#[test]
fn unlisted_archived_one_stays_archived() {
    assert!(changes(config(), state().archived(1, "a")).is_empty());
}

#[test]
fn without_archiving_unlisted_ones_are_left_alone() {
    let plan = planned_with(&keeping(), config().entry("a"), state().live(3, "c").live(1, "a").live(2, "b").archived(4, "d"));
    assert!(plan.is_empty());
    assert_eq!(left_alone(&plan), ["b", "c"]);
}

#[test]
fn with_an_archive_tag_only_those_that_have_it_are_archived() {
    let state = state().live(1, "a").live(2, "b").live(3, "c").tag(1, "synced", &[1, 3]).tag(2, "other", &[2]);
    let plan = planned_with(&tagged("synced"), config().tagged("a", &["synced"]), state);
    assert_eq!(summary(&plan), ["archive c"]);
    assert_eq!(left_alone(&plan), ["b"]);
}

#[test]
fn unknown_archive_tag_is_an_error_even_if_no_entry_lists_it() {
    assert_eq!(refused_with(&tagged("synced"), config(), state().live(1, "a")), ["unknown-tag: ReSim has no tag `synced`"]);
}

#[test]
fn unknown_archive_tag_is_reported_once() {
    assert_eq!(refused_with(&tagged("synced"), config().tagged("a", &["synced"]), state()).len(), 1);
}

#[test]
fn archive_tag_that_is_created_archives_nothing_yet() {
    let policy = Policy { create_missing: true, ..tagged("synced") };
    let plan = planned_with(&policy, config().managed("synced").tagged("a", &["synced"]), state().live(1, "b"));
    assert_eq!(summary(&plan), ["create a", "create tag synced +a"]);
}

#[test]
fn archive_says_why() {
    let plan = planned_with(&Policy::default(), config().archived("a"), state().live(1, "a").live(2, "b"));
    let reasons: Vec<_> = plan.experiences.iter().map(|change| (change.action.clone(), change.origin.is_some())).collect();
    assert!(matches!(
        reasons[..],
        [
            (ExperienceAction::Archive { reason: ArchiveReason::Requested, .. }, true),
            (ExperienceAction::Archive { reason: ArchiveReason::Unlisted, .. }, false)
        ]
    ));
}
