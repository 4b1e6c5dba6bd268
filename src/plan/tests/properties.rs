//! What holds for every config and every state.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::desired::{CustomField, CustomFieldKind};
use crate::ids::ExperienceId;
use crate::plan::testing::{Case, Server, apply_to, case, only_demanded, respelt, summary};
use crate::plan::{
    ArchiveLimit, ArchiveReason, Counts, ExceededLimit, ExperienceAction, ExperienceChange, ExperienceRef, FieldChanges, Plan, SuiteAction,
    Unlisted, demand, destructive_changes, digest, plan,
};
use crate::snapshot::{CurrentExperience, Members, Snapshot};

fn many() -> ProptestConfig {
    ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() }
}

/// A plan, or the next case.
macro_rules! fitting {
    ($case:expr) => {
        match plan(&$case.desired, &$case.current, &$case.policy) {
            Ok(plan) => plan,
            Err(_) => return Ok(()),
        }
    };
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn what_was_applied_is_not_planned_again(case in case()) {
        let first = fitting!(case);
        let after = apply_to(&first, &case.current, case.server);
        let second = plan(&case.desired, &after, &case.policy).expect("a config that fitted fits after it was applied");
        prop_assert!(second.is_empty(), "{:?}", summary(&second));
        prop_assert_eq!(second.refusal, None);
    }

    #[test]
    fn no_field_and_no_membership_is_changed_without_need(case in case()) {
        let whole = fitting!(case);
        for less in with_one_change_less(&whole) {
            let after = apply_to(&less, &case.current, case.server);
            if let Ok(second) = plan(&case.desired, &after, &case.policy) {
                prop_assert!(!second.is_empty(), "not needed: {:?} without {:?}", summary(&whole), summary(&less));
            }
        }
    }

    #[test]
    fn what_is_demanded_is_enough(case in case()) {
        let demanded = demand(&case.desired, &case.current, &case.policy);
        let least = only_demanded(&case.current, &demanded);
        prop_assert_eq!(plan(&case.desired, &least, &case.policy), plan(&case.desired, &case.current, &case.policy));
        prop_assert_eq!(demand(&case.desired, &least, &case.policy), demanded);
    }

    #[test]
    fn what_the_config_does_not_list_keeps_everything_but_its_life(case in case()) {
        let first = fitting!(case);
        let after = apply_to(&first, &case.current, case.server);
        let listed = listed(&case);
        for (id, before) in &case.current.experiences {
            let wanted_live = listed.get(id);
            if wanted_live == Some(&true) {
                continue;
            }
            let in_scope = match &case.policy.unlisted {
                Unlisted::Archive => true,
                Unlisted::Keep => false,
                Unlisted::ArchiveTagged(tag) => case.current.tags.values().any(|known| known.name == *tag && known.members.contains(*id)),
            };
            let archived = before.archived || wanted_live == Some(&false) || in_scope;
            prop_assert_eq!(&after.experiences[id], &CurrentExperience { archived, ..before.clone() });
            prop_assert_eq!(memberships(&after, *id), memberships(&case.current, *id));
        }
    }

    #[test]
    fn only_managed_tags_and_no_systems_lose_members(case in case()) {
        let first = fitting!(case);
        let after = apply_to(&first, &case.current, case.server);
        for (id, tag) in case.current.tags.iter().filter(|(_, tag)| !case.desired.managed_tags.contains_key(&tag.name)) {
            prop_assert!(all(&after.tags[id].members).is_superset(&all(&tag.members)));
        }
        for (id, system) in &case.current.systems {
            prop_assert!(all(&after.systems[id].members).is_superset(&all(&system.members)));
        }
    }

    #[test]
    fn listed_experiences_have_their_tags_and_no_other_managed_ones(case in case()) {
        let first = fitting!(case);
        let after = apply_to(&first, &case.current, case.server);
        for (name, entry) in case.desired.experiences.iter().filter(|(_, entry)| !entry.archived) {
            let (id, _) = after.experiences.iter().find(|(_, experience)| !experience.archived && experience.name == *name).expect("it is live");
            for tag in after.tags.values() {
                let (has, lists) = (tag.members.contains(*id), entry.tags.contains_key(&tag.name));
                prop_assert!(has || !lists);
                prop_assert!(!has || lists || !case.desired.managed_tags.contains_key(&tag.name));
            }
            prop_assert!(after.systems.values().all(|system| system.members.contains(*id) || !entry.systems.contains_key(&system.name)));
        }
    }

    #[test]
    fn managed_suites_hold_exactly_the_live_experiences_that_they_list(case in case()) {
        let first = fitting!(case);
        let after = apply_to(&first, &case.current, case.server);
        for (name, wanted) in &case.desired.suites {
            let suite = after.suites.values().find(|suite| !suite.archived && suite.name == *name).expect("it is live");
            let live: BTreeSet<_> = suite.members.iter().map(|id| &after.experiences[id]).filter(|member| !member.archived).map(|member| &member.name).collect();
            prop_assert_eq!(live, wanted.experiences.keys().collect::<BTreeSet<_>>());
        }
        for (id, suite) in case.current.suites.iter().filter(|(_, suite)| suite.archived || !case.desired.suites.contains_key(&suite.name)) {
            if suite.archived && case.desired.suites.contains_key(&suite.name) {
                continue;
            }
            let lost: BTreeSet<_> = suite.members.difference(&after.suites[id].members).collect();
            prop_assert!(lost.iter().all(|id| after.experiences[id].archived) && after.suites[id].members.is_subset(&suite.members));
        }
    }

    #[test]
    fn names_that_the_plan_gives_are_held_by_one_experience(case in case()) {
        let first = fitting!(case);
        let after = apply_to(&first, &case.current, case.server);
        for change in &first.experiences {
            let holders = |live_only: bool| after.experiences.values().filter(|other| other.name == change.name && !(live_only && other.archived)).count();
            match &change.action {
                ExperienceAction::Create { .. } => prop_assert_eq!(holders(false), 1),
                ExperienceAction::Update { fields, .. } if fields.renamed_from().is_some() => prop_assert_eq!(holders(false), 1),
                ExperienceAction::Restore { fields: Some(fields), .. } if fields.renamed_from().is_some() => prop_assert_eq!(holders(false), 1),
                ExperienceAction::Restore { .. } => prop_assert_eq!(holders(true), 1),
                ExperienceAction::Update { .. } | ExperienceAction::Archive { .. } => {}
            }
        }
    }

    #[test]
    fn the_numbers_are_those_of_the_outcome(case in case()) {
        let first = fitting!(case);
        let after = apply_to(&first, &case.current, Server { reformats: false, suites_keep_archived: true });
        let Counts { creates, restores, archives, .. } = first.counts();
        let live = |state: &Snapshot| state.experiences.values().filter(|experience| !experience.archived).count();
        prop_assert_eq!(first.live_before, live(&case.current));
        prop_assert_eq!(first.live_before + creates + restores, live(&after) + archives);
        let same = |id: &ExperienceId, before: &CurrentExperience| after.experiences[id] == *before && memberships(&after, *id) == memberships(&case.current, *id);
        let unchanged = case.current.experiences.iter().filter(|(id, before)| !before.archived && same(id, before)).count();
        prop_assert_eq!(first.unchanged, unchanged);
        let listed = listed(&case);
        let left: usize = case.current.experiences.keys().filter(|id| !listed.contains_key(id) && !after.experiences[id].archived).count();
        prop_assert_eq!(first.left_alone.len(), left);
    }

    #[test]
    fn the_guard_is_exact(case in case()) {
        let first = fitting!(case);
        let Counts { creates, restores, archives, .. } = first.counts();
        let (archived, live) = (archives as u128, first.live_before as u128);
        let lifted = case.policy.force || case.policy.permitted_archives.is_some_and(|permitted| archived <= u128::from(permitted));
        let exceeded = match case.policy.max_archive {
            ArchiveLimit::Number(number) => archived > u128::from(number),
            // The most that may go, rounded down.
            ArchiveLimit::Percent(percent) => {
                live >= 10 && archived > live * u128::from(percent.numerator) / (100 * 10_u128.pow(percent.scale))
            }
        };
        let nothing_left = live > 0 && first.live_before - archives + creates + restores == 0;
        prop_assert_eq!(first.refusal.is_some(), !lifted && (exceeded || nothing_left));
        if let Some(refusal) = &first.refusal {
            prop_assert_eq!((refusal.archives, refusal.live), (archives, first.live_before));
            prop_assert_eq!(refusal.limit == ExceededLimit::NothingLeft, nothing_left);
        }
    }

    #[test]
    fn order_and_spelling_of_the_server_and_places_of_the_config_change_no_effect(case in case()) {
        let first = fitting!(case);
        let moved = elsewhere(&case);
        let second = plan(&moved.desired, &moved.current, &moved.policy).expect("it fitted");
        prop_assert_eq!(summary(&first), summary(&second));
        prop_assert_eq!(digest(&first), digest(&second));
        prop_assert_eq!(destructive_changes(&first), destructive_changes(&second));
    }

    #[test]
    fn every_change_counts_for_the_digest(case in case()) {
        let whole = fitting!(case);
        for less in with_one_change_less(&whole) {
            prop_assert_ne!(digest(&whole), digest(&less), "{:?} and {:?}", summary(&whole), summary(&less));
        }
    }

    #[test]
    fn destructive_changes_are_told_apart(case in case()) {
        let changes = destructive_changes(&fitting!(case));
        let fingerprints: BTreeSet<[u8; 6]> = changes.iter().map(|change| change.fingerprint).collect();
        prop_assert_eq!(fingerprints.len(), changes.len());
    }
}

/// Without it the properties above could hold for want of cases.
#[test]
fn random_cases_hold_everything_that_a_plan_can_do() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..1000 {
        let case = case().new_tree(&mut runner).expect("nothing is filtered").current();
        match plan(&case.desired, &case.current, &case.policy) {
            Ok(plan) => kinds(&plan, &case).into_iter().for_each(|kind| *seen.entry(kind).or_default() += 1),
            Err(problems) => problems.sorted().iter().for_each(|problem| *seen.entry(problem.code.as_str()).or_default() += 1),
        }
    }
    let fit = seen.remove("fits").unwrap_or_default();
    assert!(fit > 400, "{fit}");
    for kind in [
        "ambiguous-suite",
        "archive requested",
        "archive unlisted",
        "create",
        "create suite",
        "create tag",
        "less than everything demanded",
        "name-taken",
        "register",
        "rename",
        "restore",
        "restore renamed",
        "restore suite",
        "revise suite",
        "rename onto a name that another leaves",
        "tag",
        "untag",
        "unknown-id",
        "unknown-member",
        "unknown-suite",
        "unknown-system",
        "unknown-tag",
        "update",
    ] {
        assert!(seen.get(kind).is_some_and(|count| *count >= 2), "{kind}: {seen:?}");
    }
}

fn kinds(plan: &Plan, case: &Case) -> BTreeSet<&'static str> {
    let mut kinds = BTreeSet::from(["fits"]);
    for change in &plan.experiences {
        let held = || case.current.experiences.values().any(|other| other.name == change.name);
        kinds.insert(match &change.action {
            ExperienceAction::Archive { reason: ArchiveReason::Unlisted, .. } => "archive unlisted",
            ExperienceAction::Archive { reason: ArchiveReason::Requested, .. } => "archive requested",
            ExperienceAction::Update { fields, .. } if fields.renamed_from().is_some() && held() => {
                "rename onto a name that another leaves"
            }
            ExperienceAction::Update { fields, .. } if fields.renamed_from().is_some() => "rename",
            ExperienceAction::Update { .. } => "update",
            ExperienceAction::Restore { fields: Some(fields), .. } if fields.renamed_from().is_some() => "restore renamed",
            ExperienceAction::Restore { .. } => "restore",
            ExperienceAction::Create { .. } => "create",
        });
    }
    for tag in &plan.tags {
        kinds.extend(tag.id.is_none().then_some("create tag"));
        kinds.extend((!tag.added.is_empty()).then_some("tag"));
        kinds.extend((!tag.removed.is_empty()).then_some("untag"));
    }
    kinds.extend((!plan.systems.is_empty()).then_some("register"));
    for suite in &plan.suites {
        kinds.insert(match suite.action {
            SuiteAction::Create { .. } => "create suite",
            SuiteAction::Restore { .. } => "restore suite",
            SuiteAction::Revise { .. } => "revise suite",
        });
    }
    let demanded = demand(&case.desired, &case.current, &case.policy);
    kinds.extend((only_demanded(&case.current, &demanded) != case.current).then_some("less than everything demanded"));
    kinds
}

/// What the entries stand for, found in the plainest way: the ID, and whether it is wanted live.
fn listed(case: &Case) -> BTreeMap<ExperienceId, bool> {
    let entries = case.desired.experiences.iter();
    let mut listed: BTreeMap<ExperienceId, bool> =
        entries.clone().filter_map(|(_, entry)| Some((entry.id.as_ref()?.value, !entry.archived))).collect();
    for (name, entry) in entries.filter(|(_, entry)| entry.id.is_none()) {
        let same = |archived: bool| {
            let free = case.current.experiences.iter().filter(|(id, _)| !listed.contains_key(id));
            free.filter(move |(_, experience)| experience.archived == archived && experience.name == *name).collect::<Vec<_>>()
        };
        let latest = |(id, experience): &(&ExperienceId, &CurrentExperience)| {
            (crate::config::parse_timestamp(&experience.updated_at).ok(), std::cmp::Reverse(**id))
        };
        let target = same(false).into_iter().next().or_else(|| same(true).into_iter().max_by_key(latest));
        if let Some((id, _)) = target {
            listed.insert(*id, !entry.archived);
        }
    }
    listed
}

fn all(members: &Members) -> BTreeSet<ExperienceId> {
    [&members.live, &members.archived].into_iter().flatten().flatten().copied().collect()
}

/// The names of an experience's tags and systems.
fn memberships(state: &Snapshot, id: ExperienceId) -> (Vec<&str>, Vec<&str>) {
    let tags = state.tags.values().filter(|tag| tag.members.contains(id)).map(|tag| tag.name.as_str());
    let systems = state.systems.values().filter(|system| system.members.contains(id)).map(|system| system.name.as_str());
    (tags.collect(), systems.collect())
}

/// The plan without one field, one pair, one suite or one archive, for each of them.
fn with_one_change_less(plan: &Plan) -> Vec<Plan> {
    let mut plans = Vec::new();
    for (index, change) in plan.experiences.iter().enumerate() {
        match &change.action {
            ExperienceAction::Archive { .. } => {
                let mut less = plan.clone();
                less.experiences.remove(index);
                plans.push(less);
            }
            ExperienceAction::Update { id, fields } => {
                for left in with_one_field_less(fields) {
                    let mut less = plan.clone();
                    match left {
                        Some(fields) => less.experiences[index].action = ExperienceAction::Update { id: *id, fields },
                        None => drop(less.experiences.remove(index)),
                    }
                    plans.push(less);
                }
            }
            ExperienceAction::Restore { id, fields } => {
                for left in fields.iter().flat_map(with_one_field_less) {
                    let mut less = plan.clone();
                    less.experiences[index].action = ExperienceAction::Restore { id: *id, fields: left };
                    plans.push(less);
                }
            }
            ExperienceAction::Create { .. } => {}
        }
    }
    for (index, tag) in plan.tags.iter().enumerate() {
        let mut push = |change: &dyn Fn(&mut BTreeSet<ExperienceRef>, &mut BTreeSet<ExperienceRef>)| {
            let mut less = plan.clone();
            let tag = &mut less.tags[index];
            change(&mut tag.added, &mut tag.removed);
            plans.push(less);
        };
        tag.added.iter().for_each(|member| {
            push(&|added, _| {
                added.remove(member);
            })
        });
        tag.removed.iter().for_each(|member| {
            push(&|_, removed| {
                removed.remove(member);
            })
        });
        if tag.id.is_none() {
            let mut less = plan.clone();
            less.tags.remove(index);
            plans.push(less);
        }
    }
    for (index, system) in plan.systems.iter().enumerate() {
        for member in &system.added {
            let mut less = plan.clone();
            less.systems[index].added.remove(member);
            plans.push(less);
        }
    }
    for index in 0..plan.suites.len() {
        let mut less = plan.clone();
        less.suites.remove(index);
        plans.push(less);
    }
    plans
}

fn with_one_field_less(fields: &FieldChanges) -> Vec<Option<FieldChanges>> {
    let fields: Vec<_> = fields.iter().cloned().collect();
    let without = |index: usize| {
        let mut left = fields.clone();
        left.remove(index);
        FieldChanges::new(left)
    };
    (0..fields.len()).map(without).collect()
}

/// The same config at other places, against the same state listed in another order and spelling.
fn elsewhere(case: &Case) -> Case {
    let mut moved = case.clone();
    for entry in moved.desired.experiences.values_mut() {
        entry.origin.span.start += 1000;
        entry.settings.locations.reverse();
    }
    for experience in moved.current.experiences.values_mut() {
        experience.locations.reverse();
        experience.environment_variables.reverse();
        experience.custom_fields.reverse();
        for CustomField { name, kind, values } in &mut experience.custom_fields {
            *name = name.to_lowercase();
            values.reverse();
            values.iter_mut().for_each(|value| *value = respelt(*kind, value));
            assert!(*kind != CustomFieldKind::Json);
        }
    }
    moved.current.suites.values_mut().for_each(|suite| suite.revision += 3);
    moved
}

/// Changes are in the order in which they are shown.
#[test]
fn a_plan_is_sorted_by_kind_and_name() {
    use crate::plan::testing::{config, state};
    let config =
        config().entry("new").entry("back").entry_of(1, "renamed").entry_with("kept", |entry| entry.settings.description = "other".into());
    let state = state().live(1, "zero").live(2, "kept").live(3, "gone").live(4, "away").archived(5, "back");
    let plan = plan(&config.done(), &state.done(), &crate::plan::Policy::default()).expect("it fits");
    let names: Vec<&str> = plan.experiences.iter().map(|ExperienceChange { name, .. }| name.as_str()).collect();
    assert_eq!(names, ["away", "gone", "renamed", "back", "kept", "new"]);
}
