//! What a digest depends on, and what not.

use super::{creating, keeping, planned, planned_with};
use crate::desired::{EnvironmentVariable, Setting};
use crate::plan::testing::{ConfigBuilder, StateBuilder, config, state};
use crate::plan::{DestructiveKind, Plan, Policy, destructive_changes, digest};
use crate::snapshot::{CurrentVariable, Observed};

fn of(config: ConfigBuilder, state: StateBuilder) -> String {
    digest(&planned(config, state))
}

/// A plan that does everything that plans do.
fn everything() -> Plan {
    let config = config()
        .managed("managed")
        .managed("made")
        .tagged("a", &["managed"])
        .entry_with("b", |entry| {
            entry.settings.description = "new".into();
            entry.settings.environment_variables =
                Setting::Set(vec![EnvironmentVariable { name: "API_KEY".into(), value: "s3cr3t".into() }]);
        })
        .entry_of(3, "renamed")
        .entry("restored")
        .entry("ä \"new\" one")
        .registered("d", &["planner"])
        .suite("basic", &["a"])
        .suite_on("made", &["ä \"new\" one"], "planner");
    let state = state()
        .live(1, "a")
        .live(2, "b")
        .live(3, "c")
        .live(4, "d")
        .live(5, "gone")
        .archived(6, "restored")
        .tag(1, "managed", &[2])
        .system(1, "planner", &[])
        .suite(1, "basic", &[2]);
    planned_with(&creating(), config, state)
}

#[test]
fn digest_stays_what_it_is() {
    // A difference here makes every reviewed plan stale: raise the digest version.
    assert_eq!(digest(&everything()), "d1935f2bce575792bc2a0fa290165e5e6ac028f954ca74cceda8c91fcf0b4d75");
}

#[test]
fn hashed_text_is_canonical_json_of_the_changes() {
    let text = crate::plan::digest::document(&everything());
    assert_eq!(serde_json_canonicalizer::pipe(&text).expect("it is JSON"), text);
    insta::assert_snapshot!(text.replace("},{\"a", "},\n{\"a"));
}

proptest::proptest! {
    #[test]
    fn hashed_text_is_canonical_json_whatever_stands_in_it(texts in proptest::collection::vec(proptest::prelude::any::<String>(), 4)) {
        let config = config().entry_with(&format!("b{}", texts[0]), |entry| {
            entry.settings.description = texts[1].clone();
            entry.settings.locations = vec![texts[2].clone(), "\u{0}\u{1b}\u{7f}\u{2028}\"\\/\t\r\n\u{8}\u{c}".to_owned()];
            entry.settings.container_timeout_seconds = Setting::Set(i32::MAX);
            entry.settings.environment_variables =
                Setting::Set(vec![EnvironmentVariable { name: "MODE".to_owned(), value: texts[3].clone() }]);
        });
        let text = crate::plan::digest::document(&planned(config, state()));
        proptest::prop_assert_eq!(serde_json_canonicalizer::pipe(&text).expect("it is JSON"), text);
    }
}

#[test]
fn digest_does_not_depend_on_policy_places_and_times() {
    let state = || state().live(1, "a").live(2, "b");
    let policy = Policy { force: true, permitted_archives: Some(9), create_missing: true, ..Policy::default() };
    let other = planned_with(&policy, config().managed("x").entry("z").entry("a"), state().tag(1, "x", &[]));
    assert_eq!(digest(&other), of(config().entry("a").entry("z"), state()));
}

#[test]
fn digest_depends_on_the_project() {
    let mut plan = planned(config(), state());
    let before = digest(&plan);
    plan.project.id.0 = uuid::Uuid::from_u128(1);
    assert_ne!(digest(&plan), before);
}

#[test]
fn secret_values_are_in_no_digest() {
    let digest = |before: Observed<String>, after: &'static str, visible: &'static str| {
        let variable = |name: &str, value: &str| EnvironmentVariable { name: name.into(), value: value.into() };
        let config = config().entry_with("a", |entry| {
            entry.settings.environment_variables = Setting::Set(vec![variable("API_KEY", after), variable("PORT", visible)]);
        });
        let state = state().experience(1, "a", |experience| {
            experience.environment_variables = vec![CurrentVariable { name: "API_KEY".into(), value: before }];
        });
        of(config, state)
    };
    let known = |value: &str| Observed::Known(value.to_owned());
    assert_eq!(digest(known("one"), "two", "1"), digest(known("three"), "four", "1"));
    assert_eq!(digest(known("one"), "two", "1"), digest(Observed::Hidden, "two", "1"));
    assert_ne!(digest(known("one"), "two", "1"), digest(known("one"), "two", "2"));
}

#[test]
fn secret_locations_are_in_no_digest() {
    let digest = |location: &'static str| of(config().entry_with("a", |entry| entry.settings.locations = vec![location.into()]), state());
    assert_eq!(digest("https://user:one@host/x"), digest("https://user:two@host/x"));
    assert_ne!(digest("https://host/x"), digest("https://host/y"));
}

#[test]
fn destructive_changes_are_archives_and_removals() {
    let config = config().managed("nightly").entry("a").entry("b").suite("basic", &["a"]).suite("full", &["a", "b", "new"]).entry("new");
    let state =
        state().live(1, "a").live(2, "b").live(3, "c").tag(1, "nightly", &[1, 3]).suite(1, "basic", &[1, 2, 3]).suite(2, "full", &[1]);
    let kinds: Vec<DestructiveKind> = destructive_changes(&planned(config, state)).into_iter().map(|change| change.kind).collect();
    let experience = crate::ids::ExperienceName::new;
    let expected = [
        DestructiveKind::Archive(experience("c")),
        DestructiveKind::TagRemoval(crate::ids::TagName::new("nightly"), experience("a")),
        DestructiveKind::SuiteRemoval(crate::ids::SuiteName::new("basic"), experience("b")),
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn fingerprint_is_of_the_change_alone() {
    let alone = planned(config(), state().live(1, "a"));
    let among = planned(config().entry("new"), state().live(1, "a").live(2, "b"));
    assert_eq!(destructive_changes(&alone)[0], destructive_changes(&among)[0]);
}

#[test]
fn fingerprint_follows_the_id_and_not_the_name() {
    let fingerprint = |id, name: &str| destructive_changes(&planned(config(), state().live(id, name)))[0].fingerprint;
    assert_eq!(fingerprint(1, "a"), fingerprint(1, "b"));
    assert_ne!(fingerprint(1, "a"), fingerprint(2, "a"));
}

#[test]
fn removal_from_a_suite_is_the_same_whether_it_is_restored_or_not() {
    let config = || config().entry("a").suite("basic", &[]);
    let live = planned(config(), state().live(1, "a").suite(1, "basic", &[1]));
    let archived = planned_with(&creating(), config(), state().live(1, "a").archived_suite(1, "basic", &[1]));
    assert_eq!(destructive_changes(&live), destructive_changes(&archived));
}

#[test]
fn nothing_is_destroyed_by_what_is_left_alone() {
    assert!(destructive_changes(&planned_with(&keeping(), config(), state().live(1, "a"))).is_empty());
}
