use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::apply::fixtures::*;
use crate::plan::{ExperienceAction, ExperienceChange, SuiteAction};
use crate::snapshot::CurrentExperience;

fn scheduled(plan: &Plan, experiences: Vec<(u32, CurrentExperience)>) -> Schedule {
    schedule(plan, &snapshot(experiences))
}

/// Each step in a few words, with the positions of the actions that its own need.
fn steps(schedule: &Schedule) -> Vec<String> {
    schedule.steps.iter().map(|step| format!("{} {}", words(&step.request), needs(schedule, step))).collect()
}

fn needs(schedule: &Schedule, step: &Step) -> String {
    let needs: BTreeSet<usize> =
        schedule.actions[step.actions.clone()].iter().flat_map(|action| &action.needs).map(|need| need.0).collect();
    format!("{needs:?}")
}

fn words(request: &Request) -> String {
    let number = |id: &ExperienceId| (id.0.as_u128() >> 96).to_string();
    match request {
        Request::CreateTag(name) => format!("create tag {name}"),
        Request::Restore(id) => format!("restore {}", number(id)),
        Request::Park { id, parking } => format!("park {} as {parking}", number(id)),
        Request::Update { id, fields } => {
            format!("patch {} {}", number(id), fields.iter().map(FieldChange::json_name).collect::<Vec<_>>().join("+"))
        }
        Request::Create { name, settings: _, tags, systems } => format!("create {name} tags {} systems {}", tags.len(), systems.len()),
        Request::AddTags(pairs) => format!("tag {}", pairs.iter().map(|(_, id)| number(id)).collect::<Vec<_>>().join(",")),
        Request::RemoveTag { tag: _, experience } => format!("untag {}", number(experience)),
        Request::Register(pairs) => format!("register {}", pairs.iter().map(|(_, id)| number(id)).collect::<Vec<_>>().join(",")),
        Request::RestoreSuite(_) => "restore suite".to_owned(),
        Request::CreateSuite { members, .. } => format!("create suite of {}", members.len()),
        Request::ReviseSuite { members, .. } => format!("revise suite to {}", members.len()),
        Request::Archive(ids) => format!("archive {}", ids.iter().map(number).collect::<Vec<_>>().join(",")),
    }
}

#[test]
fn empty_plan_has_no_steps() {
    assert_eq!(scheduled(&plan(Vec::new()), vec![(1, current("a", false))]), Schedule::default());
}

#[test]
fn chain_of_renames_waits_for_who_leaves_the_name() {
    let plan = plan(vec![rename("a", "b", 1), rename("b", "c", 2), create("a")]);
    let schedule = scheduled(&plan, vec![(1, current("a", false)), (2, current("b", false))]);
    assert_eq!(steps(&schedule), ["patch 1 name {1}", "patch 2 name {}", "create a tags 0 systems 0 {0}"]);
    assert!(schedule.steps.iter().all(|step| step.cycle.is_none()));
}

#[test]
fn swap_is_opened_by_the_smallest_id_with_the_name_alone() {
    let mut changes = vec![rename("b", "a", 9), rename("a", "b", 5), rename("x", "y", 1)];
    changes[1].action = ExperienceAction::Update { id: id(5), fields: field_changes(Some("a"), "b", true).expect("two fields") };
    let schedule = scheduled(&plan(changes), vec![(9, current("b", false)), (5, current("a", false)), (1, current("x", false))]);
    let expected = ["park 5 as b~00000005 {}", "patch 9 name {0}", "patch 5 name+profile {0, 1}", "patch 1 name {}"];
    assert_eq!(steps(&schedule), expected);
    assert_eq!(schedule.steps.iter().map(|step| step.cycle).collect::<Vec<_>>(), [Some(0), Some(0), Some(0), None]);
    assert_eq!(schedule.actions[0].write, Write::Park { parking: name("b~00000005") });
}

#[test]
fn taken_parking_name_gets_a_suffix() {
    let plan = plan(vec![rename("b", "a", 9), rename("a", "b", 5), create("b~00000005~2")]);
    let state = vec![(9, current("b", false)), (5, current("a", false)), (7, current("b~00000005", true))];
    assert_eq!(steps(&scheduled(&plan, state))[0], "park 5 as b~00000005~3 {}");
}

#[test]
fn cycle_with_an_archived_member_is_opened_after_its_restore() {
    let plan = plan(vec![rename("a", "b", 1), restore("b", "a", 2, false)]);
    let schedule = scheduled(&plan, vec![(1, current("a", false)), (2, current("b", true))]);
    assert_eq!(steps(&schedule), ["restore 2 {}", "park 1 as b~00000001 {0}", "patch 1 name {1, 3}", "patch 2 name {0, 1}"]);
    assert!(schedule.steps.iter().all(|step| step.cycle == Some(0)));
}

#[test]
fn restored_experience_is_restored_before_its_fields_change() {
    let schedule = scheduled(&plan(vec![restore("a", "a", 1, true)]), vec![(1, current("a", true))]);
    assert_eq!(steps(&schedule), ["restore 1 {}", "patch 1 profile {0}"]);
}

#[test]
fn restore_waits_for_a_live_namesake_that_is_renamed() {
    let plan = plan(vec![rename("a", "b", 1), restore("a", "a", 2, false)]);
    let schedule = scheduled(&plan, vec![(1, current("a", false)), (2, current("a", true))]);
    assert_eq!(steps(&schedule), ["restore 2 {1}", "patch 1 name {}"]);
}

#[test]
fn archived_namesake_of_an_experience_that_stays_is_renamed_before_it_is_restored() {
    let plan = plan(vec![restore("a", "b", 2, true), archive("c", 3), restore("c", "d", 4, false)]);
    let schedule =
        scheduled(&plan, vec![(1, current("a", false)), (2, current("a", true)), (3, current("c", false)), (4, current("c", true))]);
    assert_eq!(steps(&schedule), ["restore 2 {2}", "restore 4 {3}", "patch 2 name+profile {}", "patch 4 name {}", "archive 3 {}"]);
}

#[test]
fn archived_namesakes_become_live_one_after_the_other() {
    let plan = plan(vec![restore("a", "b", 1, false), restore("a", "c", 2, false), restore("a", "a", 3, false)]);
    let state = (1..=3).map(|number| (number, current("a", true))).collect();
    let expected = ["restore 1 {}", "restore 2 {3}", "restore 3 {3, 4}", "patch 1 name {0}", "patch 2 name {1}"];
    assert_eq!(steps(&scheduled(&plan, state)), expected);
}

#[test]
fn creation_carries_tags_and_systems_and_waits_for_created_tags() {
    let mut plan = plan(vec![create("a")]);
    plan.tags = vec![tag("fresh", None, &[new("a"), existing("b", 1)], &[]), tag("old", Some(1), &[new("a")], &[])];
    plan.systems = vec![system("s", 1, &[new("a")])];
    let schedule = scheduled(&plan, vec![(1, current("b", false))]);
    assert_eq!(steps(&schedule), ["create tag fresh {}", "create a tags 2 systems 1 {0}", "tag 1 {0}"]);
    assert_eq!(schedule.actions[1].write, Write::Create { tags: 2, systems: 1 });
}

#[test]
fn experiences_that_lack_the_same_tags_share_a_request() {
    let mut plan = plan(vec![restore("d", "d", 4, false)]);
    plan.tags = vec![
        tag("t", Some(1), &[existing("a", 1), existing("b", 2), existing("c", 3)], &[existing("d", 4)]),
        tag("u", Some(2), &[existing("a", 1), existing("c", 3)], &[]),
    ];
    plan.systems = vec![system("s", 1, &[existing("d", 4)])];
    let schedule = scheduled(&plan, vec![(4, current("d", true))]);
    assert_eq!(steps(&schedule), ["restore 4 {}", "tag 2 {}", "tag 1,3,1,3 {}", "untag 4 {0}", "register 4 {0}"]);
}

#[test]
fn bulk_requests_are_cut_into_chunks() {
    let members: Vec<ExperienceRef> = (0..1201).map(|number| existing(&format!("e{number:05}"), number)).collect();
    let mut plan = plan((2000..2501).map(|number| archive(&format!("x{number}"), number)).collect());
    plan.tags = vec![tag("t", Some(1), &members, &[])];
    let schedule = scheduled(&plan, Vec::new());
    assert_eq!(schedule.steps.iter().map(|step| step.actions.len()).collect::<Vec<_>>(), [500, 500, 201, 500, 1]);
}

#[test]
fn suite_waits_for_members_made_live_and_archives_wait_for_the_suite() {
    let mut plan = plan(vec![archive("gone", 1), archive("other", 2), restore("r", "r", 3, true), create("n")]);
    let members = [new("n"), existing("r", 3), existing("stays", 4)];
    plan.suites = vec![suite(revise(), &members, &[new("n"), existing("r", 3)], &[existing("gone", 1)])];
    let schedule = scheduled(&plan, Vec::new());
    let expected = ["restore 3 {}", "patch 3 profile {0}", "create n tags 0 systems 0 {}", "revise suite to 3 {0, 2}", "archive 1,2 {3}"];
    assert_eq!(steps(&schedule), expected);
    assert_eq!((schedule.actions[4].needs.len(), schedule.actions[5].needs.len()), (1, 0));
}

#[test]
fn next_revision_is_foretold_only_where_nothing_else_makes_one() {
    let revision = |schedule: &Schedule| {
        schedule
            .steps
            .iter()
            .find_map(|step| if let Request::ReviseSuite { revision, .. } = &step.request { Some(*revision) } else { None })
    };
    for (member, expected) in [("stays", Some(3)), ("r", None)] {
        let members = [existing(member, if member == "r" { 3 } else { 4 })];
        let mut plan = plan(vec![restore("r", "r", 3, false)]);
        plan.suites = vec![suite(revise(), &members, &members, &[])];
        assert_eq!(revision(&scheduled(&plan, Vec::new())), Some(expected));
    }
}

#[test]
fn suite_that_only_loses_archived_members_is_left_to_the_archive() {
    let mut plan = plan(vec![archive("gone", 1)]);
    plan.suites = vec![suite(revise(), &[existing("stays", 4)], &[], &[existing("gone", 1)])];
    assert_eq!(steps(&scheduled(&plan, Vec::new())), ["archive 1 {}"]);
}

#[test]
fn archived_suite_is_restored_before_it_is_revised() {
    let id = SuiteId(uuid::Uuid::from_u128(9));
    let mut plan = plan(vec![archive("gone", 1)]);
    let lost = [existing("gone", 1)];
    let action = |revise| SuiteAction::Restore { id, revision: 4, revise };
    plan.suites = vec![suite(action(true), &[existing("a", 2)], &[existing("a", 2)], &lost)];
    assert_eq!(steps(&scheduled(&plan, Vec::new())), ["restore suite {}", "revise suite to 1 {0}", "archive 1 {1}"]);
    plan.suites = vec![suite(action(false), &[existing("a", 2)], &[], &lost)];
    assert_eq!(steps(&scheduled(&plan, Vec::new())), ["restore suite {}", "archive 1 {0}"]);
}

#[test]
fn long_chain_and_many_swaps_take_no_recursion_and_little_time() {
    let mut changes: Vec<ExperienceChange> =
        (0..20_000).map(|number| rename(&format!("n{number}"), &format!("n{}", number + 1), number)).collect();
    changes.extend((30_000..40_000).map(|number| rename(&format!("s{number}"), &format!("s{}", number ^ 1), number)));
    let schedule = scheduled(&plan(changes), Vec::new());
    assert_eq!(schedule.steps.iter().filter(|step| matches!(step.request, Request::Park { .. })).count(), 5_000);
}

/// What happens to one experience of a random world.
#[derive(Clone, Copy, Debug)]
struct Fate {
    archived: bool,
    updated: bool,
    moves: bool,
}

/// A world, and a plan for it: movers hand their names around among themselves and to new ones.
#[derive(Clone, Debug)]
struct Case {
    plan: Plan,
    state: Vec<(u32, CurrentExperience)>,
    order: Vec<usize>,
}

fn cases() -> impl Strategy<Value = Case> {
    let fates = prop::collection::vec((any::<bool>(), any::<bool>(), prop::bool::weighted(0.7)), 0..12);
    let fates =
        fates.prop_map(|fates| fates.into_iter().map(|(archived, updated, moves)| Fate { archived, updated, moves }).collect::<Vec<_>>());
    (fates, 0_usize..4).prop_flat_map(|(fates, spare)| {
        let movers: Vec<usize> = (0..fates.len()).filter(|index| fates[*index].moves).collect();
        let names: Vec<String> =
            movers.iter().map(|index| format!("n{index}")).chain((0..spare).map(|index| format!("x{index}"))).collect();
        let ids: Vec<u32> = (1..=fates.len() as u32).collect();
        (Just(fates), Just(names).prop_shuffle(), Just(ids).prop_shuffle(), Just((0..200).collect::<Vec<usize>>()).prop_shuffle())
            .prop_map(|(fates, names, ids, order)| case(&fates, names, &ids, order))
    })
}

fn case(fates: &[Fate], names: Vec<String>, ids: &[u32], order: Vec<usize>) -> Case {
    let mut names = names.into_iter();
    let mut changes = Vec::new();
    let mut state = Vec::new();
    for (index, (fate, number)) in fates.iter().zip(ids).enumerate() {
        let from = format!("n{index}");
        state.push((*number, current(&from, fate.archived)));
        let to = if fate.moves { names.next().expect("a name for every mover") } else { from.clone() };
        match (fate.archived, field_changes((from != to).then_some(from.as_str()), &to, fate.updated)) {
            (true, _) => changes.push(restore(&from, &to, *number, fate.updated)),
            (false, Some(fields)) => {
                let mut change = update(&to, *number);
                change.action = ExperienceAction::Update { id: id(*number), fields };
                changes.push(change);
            }
            (false, None) if index % 3 == 0 => changes.push(archive(&to, *number)),
            (false, None) => {}
        }
    }
    changes.extend(names.map(|name| create(&name)));
    Case { plan: plan(changes), state, order }
}

/// The name that a request gives, and to which experience that exists.
fn taken_by(request: &Request) -> Option<(ExperienceName, Option<ExperienceId>)> {
    if let Request::Park { id, parking } = request {
        return Some((parking.clone(), Some(*id)));
    }
    if let Request::Update { id, fields } = request {
        let name = |field: &FieldChange| if let FieldChange::Name(delta) = field { Some(delta.after.clone()) } else { None };
        return fields.iter().find_map(name).map(|name| (name, Some(*id)));
    }
    if let Request::Create { name, .. } = request { Some((name.clone(), None)) } else { None }
}

/// Carries out a schedule in any order that its needs and stages allow, on names alone.
fn carry_out(case: &Case, schedule: &Schedule) -> BTreeMap<ExperienceName, Option<ExperienceId>> {
    let mut names: BTreeMap<ExperienceName, Option<ExperienceId>> =
        case.state.iter().map(|(number, experience)| (experience.name.clone(), Some(id(*number)))).collect();
    let mut done: BTreeSet<usize> = BTreeSet::new();
    let mut todo: Vec<(usize, &Step)> = schedule.steps.iter().enumerate().collect();
    todo.sort_by_key(|(index, _)| case.order.get(*index).copied().unwrap_or(*index));
    while !todo.is_empty() {
        let stage = todo.iter().map(|(_, step)| step.stage).min().expect("not empty");
        let ready = todo.iter().position(|(_, step)| {
            let mut needs = schedule.actions[step.actions.clone()].iter().flat_map(|action| &action.needs);
            step.stage == stage && needs.all(|need| done.contains(&need.0))
        });
        let (_, step) = todo.remove(ready.expect("no step waits for ever"));
        if let Some((name, holder)) = taken_by(&step.request) {
            names.retain(|_, other| holder.is_none() || *other != holder);
            assert_eq!(names.insert(name.clone(), holder), None, "{name} is taken");
        }
        done.extend(step.actions.clone());
    }
    names
}

proptest! {
    #[test]
    fn no_order_that_respects_the_needs_gives_a_name_twice(case in cases()) {
        let schedule = scheduled(&case.plan, case.state.clone());
        let names = carry_out(&case, &schedule);
        for change in &case.plan.experiences {
            let expected = match &change.action {
                ExperienceAction::Create { .. } => None,
                ExperienceAction::Archive { id, .. } | ExperienceAction::Update { id, .. } | ExperienceAction::Restore { id, .. } => Some(*id),
            };
            prop_assert_eq!(names.get(&change.name), Some(&expected));
        }
    }

    #[test]
    fn every_change_is_covered_by_exactly_one_action(case in cases()) {
        let schedule = scheduled(&case.plan, case.state.clone());
        let mut wanted = Vec::new();
        for change in &case.plan.experiences {
            let fields = |fields: &crate::plan::FieldChanges| Write::Update {
                renamed_from: fields.renamed_from().cloned(),
                fields: fields.iter().map(FieldChange::json_name).collect(),
            };
            match &change.action {
                ExperienceAction::Archive { id, .. } => wanted.push((change.name.clone(), Some(*id), Write::Archive)),
                ExperienceAction::Update { id, fields: changed } => wanted.push((change.name.clone(), Some(*id), fields(changed))),
                ExperienceAction::Restore { id, fields: changed } => {
                    wanted.push((change.name.clone(), Some(*id), Write::Restore));
                    wanted.extend(changed.iter().map(|changed| (change.name.clone(), Some(*id), fields(changed))));
                }
                ExperienceAction::Create { .. } => wanted.push((change.name.clone(), None, Write::Create { tags: 0, systems: 0 })),
            }
        }
        let mut got: Vec<_> = schedule.actions.iter().filter(|action| !matches!(action.write, Write::Park { .. })).map(|action| {
            let Subject::Experience(name, id) = &action.subject else { panic!("only experiences change") };
            (name.clone(), *id, action.write.clone())
        }).collect();
        wanted.sort();
        got.sort();
        prop_assert_eq!(got, wanted);
        let parked = schedule.actions.iter().filter(|action| matches!(action.write, Write::Park { .. })).count();
        let cycles: BTreeSet<usize> = schedule.steps.iter().filter_map(|step| step.cycle).collect();
        prop_assert_eq!(parked, cycles.len());
    }

    #[test]
    fn steps_share_out_the_actions_and_none_is_empty(case in cases(), tags in prop::collection::vec(prop::collection::btree_set(0_u32..9, 0..9), 0..4)) {
        let mut plan = case.plan.clone();
        for (index, members) in tags.iter().enumerate() {
            let members: Vec<ExperienceRef> = members.iter().map(|number| existing(&format!("e{number}"), *number)).collect();
            plan.tags.push(tag(&format!("t{index}"), (index > 0).then_some(index as u32), &members, &[]));
        }
        let schedule = scheduled(&plan, case.state.clone());
        let mut next = 0;
        for step in &schedule.steps {
            prop_assert_eq!(step.actions.start, next);
            prop_assert!(!step.actions.is_empty());
            next = step.actions.end;
            if let Request::AddTags(pairs) = &step.request {
                let tags: BTreeSet<_> = pairs.iter().map(|(tag, _)| tag).collect();
                let experiences: BTreeSet<_> = pairs.iter().map(|(_, experience)| experience).collect();
                prop_assert_eq!(pairs.len(), tags.len() * experiences.len());
                prop_assert_eq!(pairs.len(), step.actions.len());
            }
        }
        prop_assert_eq!(next, schedule.actions.len());
        let added = schedule.actions.iter().filter(|action| matches!(action.write, Write::AddTag(_))).count();
        prop_assert_eq!(added, tags.iter().map(BTreeSet::len).sum::<usize>());
    }
}
