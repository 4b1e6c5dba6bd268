//! From what is wanted and what there is to what changes.

use std::collections::BTreeSet;

use super::comparison::Comparison;
use super::guard::{Effect, guard};
use super::matching::{Entry, Target};
use super::outcome::{End, Fate};
use super::{
    ArchiveReason, ExperienceAction, ExperienceChange, Note, Plan, Policy, demand, fields, membership, names, resemblance, suites,
};
use crate::desired::Desired;
use crate::diagnostics::Diagnostics;
use crate::ids::ExperienceId;
use crate::near::Suggester;
use crate::snapshot::Snapshot;

/// Compares what is wanted with what ReSim has. The snapshot must hold what [`demand`] asks for.
///
/// # Errors
/// What the config says that cannot be with this state: unknown tags, systems, suites and IDs, names
/// that are taken; all of them at once.
pub fn plan(desired: &Desired, current: &Snapshot, policy: &Policy) -> Result<Plan, Diagnostics> {
    // What was not read would look empty, and what is absent is created or archived.
    debug_assert!(demand(desired, current, policy).is_met_by(current), "the snapshot lacks a list that this plan needs");
    let mut problems = Diagnostics::default();
    let mut notes = Vec::new();
    let mut near = Suggester::default();
    let comparison = Comparison::new(desired, current, policy, &mut notes, &mut problems);
    comparison.references.check(desired, policy, &comparison.matching, &mut near, &mut problems);
    names::check(&comparison.matching, &comparison.outcome, &mut problems);
    let suites = suites::suites(&comparison, &mut near, &mut notes, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    notes.extend(location_orders(&comparison));
    notes.extend(suites::unmanaged_losses(&comparison));
    notes.extend(resemblance::notes(&comparison));
    let mut plan = Plan {
        project: current.project.clone(),
        experiences: experiences(&comparison),
        tags: membership::tags(desired, &comparison.references, &comparison.matching),
        systems: membership::systems(&comparison.references, &comparison.matching),
        suites,
        notes,
        left_alone: comparison.outcome.left_alone.iter().map(|(name, _)| (*name).clone()).collect(),
        unchanged: 0,
        live_before: current.experiences.values().filter(|experience| !experience.archived).count(),
        refusal: None,
        permitted: None,
    };
    sort(&mut plan);
    plan.unchanged = plan.live_before - changed_live(&plan, current);
    (plan.refusal, plan.permitted) = guard(effect(&plan), policy);
    Ok(plan)
}

fn experiences(comparison: &Comparison<'_>) -> Vec<ExperienceChange> {
    let listed = comparison.matching.entries.iter().filter_map(of_entry);
    let archived = comparison.outcome.fates.iter().filter(|fate| fate.end == End::Archives).map(|fate| archive(comparison, fate));
    listed.chain(archived).collect()
}

/// What makes the entry's experience what the entry wants, unless it is so or is to be archived.
fn of_entry(entry: &Entry<'_>) -> Option<ExperienceChange> {
    if !entry.wants_live() {
        return None;
    }
    let settings = &entry.desired.settings;
    let action = match entry.target {
        Target::Existing(id, current) if current.archived => {
            ExperienceAction::Restore { id, fields: fields::differences(entry.name, settings, current) }
        }
        Target::Existing(id, current) => ExperienceAction::Update { id, fields: fields::differences(entry.name, settings, current)? },
        Target::New => ExperienceAction::Create { settings: settings.clone() },
        Target::Nothing | Target::Unknown => return None,
    };
    Some(ExperienceChange { name: entry.name.clone(), action, origin: Some(entry.desired.origin) })
}

fn archive(comparison: &Comparison<'_>, fate: &Fate<'_>) -> ExperienceChange {
    let entry = comparison.matching.entry_of(fate.id);
    let reason = if entry.is_some() { ArchiveReason::Requested } else { ArchiveReason::Unlisted };
    let action = ExperienceAction::Archive { id: fate.id, reason };
    ExperienceChange { name: fate.name.clone(), action, origin: entry.map(|entry| entry.desired.origin) }
}

fn location_orders<'a>(comparison: &'a Comparison<'_>) -> impl Iterator<Item = Note> + 'a {
    let entries = comparison.matching.entries.iter().filter(|entry| entry.wants_live());
    entries.filter_map(|entry| {
        let (_, current) = entry.existing()?;
        let differs = fields::only_order_differs(&entry.desired.settings, current);
        differs.then(|| Note::LocationOrder { experience: entry.name.clone() })
    })
}

/// The one place where a plan is put in order.
fn sort(plan: &mut Plan) {
    let Plan { project: _, experiences, tags, systems, suites, notes, left_alone, unchanged: _, live_before: _, refusal: _, permitted: _ } =
        plan;
    experiences.sort_by(|a, b| {
        let key = |change: &ExperienceChange| (rank(&change.action), id(&change.action));
        let ((rank_a, id_a), (rank_b, id_b)) = (key(a), key(b));
        rank_a.cmp(&rank_b).then_with(|| a.name.cmp(&b.name)).then_with(|| id_a.cmp(&id_b))
    });
    tags.sort_by(|a, b| a.name.cmp(&b.name));
    systems.sort_by(|a, b| a.name.cmp(&b.name));
    suites.sort_by(|a, b| a.name.cmp(&b.name));
    notes.sort();
    left_alone.sort();
}

/// What takes away most comes first.
fn rank(action: &ExperienceAction) -> u8 {
    match action {
        ExperienceAction::Archive { .. } => 0,
        ExperienceAction::Update { fields, .. } if fields.renamed_from().is_some() => 1,
        ExperienceAction::Restore { .. } => 2,
        ExperienceAction::Update { .. } => 3,
        ExperienceAction::Create { .. } => 4,
    }
}

fn id(action: &ExperienceAction) -> Option<ExperienceId> {
    match action {
        ExperienceAction::Archive { id, .. } | ExperienceAction::Update { id, .. } | ExperienceAction::Restore { id, .. } => Some(*id),
        ExperienceAction::Create { .. } => None,
    }
}

/// How many live experiences the plan touches: themselves, their tags or their systems.
fn changed_live(plan: &Plan, current: &Snapshot) -> usize {
    let actions = plan.experiences.iter().filter_map(|change| id(&change.action));
    let tags = plan.tags.iter().flat_map(|tag| tag.added.iter().chain(&tag.removed));
    let members = tags.chain(plan.systems.iter().flat_map(|system| &system.added)).filter_map(super::ExperienceRef::id);
    let changed: BTreeSet<ExperienceId> = actions.chain(members).collect();
    changed.iter().filter(|id| current.experiences.get(id).is_some_and(|experience| !experience.archived)).count()
}

fn effect(plan: &Plan) -> Effect {
    let counts = plan.counts();
    let left = plan.live_before - counts.archives + counts.creates + counts.restores;
    Effect { live: plan.live_before, archives: counts.archives, left }
}
