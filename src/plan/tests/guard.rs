//! Plans that archive too much are refused.

use super::planned_with;
use crate::plan::testing::{config, state};
use crate::plan::{ArchiveLimit, ExceededLimit, Percent, Policy, Refusal};

/// The refusal of a plan that archives the first ones of so many live experiences.
fn refusal(policy: &Policy, archives: u128, live: u128) -> Option<Refusal> {
    let kept = (archives + 1..live + 1).fold(config(), |config, id| config.entry(&format!("other-{id:04}")));
    planned_with(policy, kept, state().others(1..live + 1)).refusal
}

fn number(number: u64) -> Policy {
    Policy { max_archive: ArchiveLimit::Number(number), ..Policy::default() }
}

fn percent(numerator: u64, scale: u32) -> Policy {
    Policy { max_archive: ArchiveLimit::Percent(Percent { numerator, scale }), ..Policy::default() }
}

#[test]
fn percentage_says_nothing_of_nine_live_ones() {
    assert_eq!(refusal(&Policy::default(), 8, 9), None);
}

#[test]
fn percentage_holds_from_ten_live_ones_on() {
    let limit = ExceededLimit::Percent(Percent { numerator: 30, scale: 0 });
    assert_eq!(refusal(&Policy::default(), 3, 10), None);
    assert_eq!(refusal(&Policy::default(), 4, 10), Some(Refusal { archives: 4, live: 10, limit }));
}

#[test]
fn percentage_is_exact_to_its_last_decimal() {
    // A third of 12 is 4, which is more than 33.3333 % and not more than 33.3334 %.
    assert!(refusal(&percent(333_333, 4), 4, 12).is_some());
    assert!(refusal(&percent(333_334, 4), 4, 12).is_none());
}

#[test]
fn percentage_of_zero_permits_nothing_and_of_a_hundred_all_but_the_last() {
    assert!(refusal(&percent(0, 0), 0, 10).is_none());
    assert!(refusal(&percent(0, 0), 1, 10).is_some());
    assert!(refusal(&percent(100, 0), 9, 10).is_none());
}

#[test]
fn number_holds_always() {
    assert_eq!(refusal(&number(2), 2, 9), None);
    assert_eq!(refusal(&number(2), 3, 9), Some(Refusal { archives: 3, live: 9, limit: ExceededLimit::Number(2) }));
    assert!(refusal(&number(2), 3, 10).is_some());
}

#[test]
fn number_of_zero_permits_no_archive_at_all() {
    assert!(refusal(&number(0), 1, 2).is_some());
}

#[test]
fn nothing_left_is_refused_whatever_the_limit() {
    for policy in [number(100), percent(100, 0)] {
        assert_eq!(refusal(&policy, 1, 1), Some(Refusal { archives: 1, live: 1, limit: ExceededLimit::NothingLeft }));
    }
    assert!(refusal(&percent(100, 0), 10, 10).is_some());
}

#[test]
fn nothing_at_all_may_stay_nothing() {
    assert_eq!(refusal(&number(0), 0, 0), None);
}

#[test]
fn outcome_with_created_or_restored_ones_is_not_nothing() {
    assert_eq!(planned_with(&number(1), config().entry("new"), state().live(1, "a")).refusal, None);
    assert_eq!(planned_with(&number(1), config().entry("b"), state().live(1, "a").archived(2, "b")).refusal, None);
}

#[test]
fn requested_archives_count_too() {
    assert!(planned_with(&number(0), config().entry("b").archived("a"), state().live(1, "a").live(2, "b")).refusal.is_some());
}

#[test]
fn archived_experiences_count_neither_as_live_nor_as_archives() {
    let state = state().live(1, "a").archived(2, "b").archived(3, "c");
    assert_eq!(planned_with(&number(0), config().entry("a"), state).refusal, None);
}

#[test]
fn force_lifts_every_limit() {
    assert_eq!(refusal(&Policy { force: true, ..number(0) }, 10, 10), None);
}

#[test]
fn permission_lifts_the_limits_up_to_its_number() {
    let permitting = |permitted| Policy { permitted_archives: Some(permitted), ..number(0) };
    assert!(refusal(&permitting(3), 3, 10).is_none());
    assert!(refusal(&permitting(3), 4, 10).is_some());
    assert!(refusal(&permitting(10), 10, 10).is_none());
}

#[test]
fn permission_never_narrows_the_limit() {
    assert!(refusal(&Policy { permitted_archives: Some(1), ..number(5) }, 4, 10).is_none());
}

#[test]
fn permission_is_told_where_it_was_needed_and_nowhere_else() {
    let permitted = |policy: &Policy| {
        let state = state().live(1, "a").live(2, "b").live(3, "c");
        planned_with(policy, config().entry("a"), state).permitted.map(|permitted| (permitted.archives, permitted.limit))
    };
    let permitting = |number_permitted, most| Policy { permitted_archives: Some(number_permitted), ..number(most) };
    assert_eq!(permitted(&permitting(2, 0)), Some((2, ExceededLimit::Number(0))));
    assert_eq!(permitted(&permitting(2, 2)), None);
    assert_eq!(permitted(&permitting(1, 0)), None);
    assert_eq!(permitted(&Policy { force: true, ..permitting(2, 0) }), None);
}

#[test]
fn refused_plan_is_a_whole_plan() {
    let plan = planned_with(&number(0), config().entry("new").entry("b"), state().live(1, "a").live(2, "b"));
    assert!(plan.refusal.is_some() && plan.experiences.len() == 2);
}
