//! What is left after an apply, each with what was sent, what is there now, and whose doing that is as far
//! as answers tell.
//!
//! In: the first plan with its schedule and outcomes, and the second plan. Whatever the first plan did not
//! mean to change was changed by others; so was what ReSim answered otherwise than it is now. Values are
//! those of plan and state: whoever shows them hides what looks secret.

use std::collections::{BTreeMap, BTreeSet};

use super::execute::Execution;
use super::report::{Outcome, Residue, Subject, Write};
use super::schedule::Schedule;
use crate::desired::{CustomField, EnvironmentVariable};
use crate::ids::{ExperienceId, ExperienceName, SystemName, TagName};
use crate::plan::{ExperienceAction, ExperienceChange, ExperienceRef, FieldChange, FieldChanges, Plan, SuiteAction, SuiteChange};
use crate::snapshot::{CurrentExperience, CurrentVariable, Observed};

/// Names of members that a residue lists; more are counted.
const NAMES: usize = 5;

/// One residue for each thing that is left, in the order of the second plan.
pub(super) fn residues(left: &Plan, plan: &Plan, schedule: &Schedule, execution: &Execution) -> Vec<Residue> {
    let first = First::new(plan, schedule, execution);
    let mut residues = Vec::new();
    for change in &left.experiences {
        first.experience(change, &mut residues);
    }
    for tag in &left.tags {
        let subject = Subject::Tag(tag.name.clone());
        if tag.id.is_none() {
            let sent = first.sent.contains(&(subject.clone(), None));
            let by_others = !plan.tags.iter().any(|other| other.name == tag.name && other.id.is_none());
            residues.push(residue(&subject, "tag", sent.then_some("created"), "not there", by_others));
        }
        residues.extend(tag.added.iter().map(|member| first.membership(&subject, member, true)));
        residues.extend(tag.removed.iter().map(|member| first.membership(&subject, member, false)));
    }
    for system in &left.systems {
        let subject = Subject::System(system.name.clone());
        residues.extend(system.added.iter().map(|member| first.membership(&subject, member, true)));
    }
    residues.extend(left.suites.iter().map(|suite| first.suite(suite)));
    residues
}

fn residue(subject: &Subject, what: &str, sent: Option<&str>, returned: &str, by_others: bool) -> Residue {
    Residue { subject: subject.clone(), what: what.to_owned(), sent: sent.map(str::to_owned), returned: returned.to_owned(), by_others }
}

/// A membership by what it is in and the member's name in the outcome.
type Membership = (Subject, ExperienceName, bool);

/// What the first plan meant to do, and what of it was sent.
struct First<'a> {
    plan: &'a Plan,
    execution: &'a Execution,
    by_id: BTreeMap<ExperienceId, &'a ExperienceChange>,
    created: BTreeSet<&'a ExperienceName>,
    memberships: BTreeSet<Membership>,
    /// Subjects of requests that were sent; for experiences, whether they were about fields alone.
    sent: BTreeSet<(Subject, Option<Effect>)>,
    sent_memberships: BTreeSet<Membership>,
}

/// What was sent about an experience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Effect {
    Created,
    Fields,
    Restored,
    Archived,
}

impl<'a> First<'a> {
    fn new(plan: &'a Plan, schedule: &Schedule, execution: &'a Execution) -> Self {
        let mut first = Self {
            plan,
            execution,
            by_id: BTreeMap::new(),
            created: BTreeSet::new(),
            memberships: BTreeSet::new(),
            sent: BTreeSet::new(),
            sent_memberships: BTreeSet::new(),
        };
        for change in &plan.experiences {
            let id = match &change.action {
                ExperienceAction::Archive { id, .. } | ExperienceAction::Update { id, .. } | ExperienceAction::Restore { id, .. } => {
                    Some(*id)
                }
                ExperienceAction::Create { settings: _ } => {
                    first.created.insert(&change.name);
                    execution.created.get(&change.name).copied()
                }
            };
            first.by_id.extend(id.map(|id| (id, change)));
        }
        for tag in &plan.tags {
            first.plan_members(&Subject::Tag(tag.name.clone()), &tag.added, true);
            first.plan_members(&Subject::Tag(tag.name.clone()), &tag.removed, false);
        }
        for system in &plan.systems {
            first.plan_members(&Subject::System(system.name.clone()), &system.added, true);
        }
        let carried = plan.carried_by_creations();
        for (action, outcome) in schedule.actions.iter().zip(&execution.outcomes) {
            match outcome {
                Outcome::Done | Outcome::Failed(_) | Outcome::Unknown(_) => {}
                Outcome::Blocked { .. } | Outcome::NotAttempted => continue,
            }
            let effect = match &action.write {
                Write::AddTag(name) | Write::Register(name) => {
                    first.sent_memberships.insert((action.subject.clone(), name.clone(), true));
                    continue;
                }
                Write::RemoveTag(name) => {
                    first.sent_memberships.insert((action.subject.clone(), name.clone(), false));
                    continue;
                }
                Write::Create { .. } => {
                    if let Subject::Experience(name, _) = &action.subject
                        && let Some((tags, systems)) = carried.get(name)
                    {
                        let tags = tags.iter().map(|tag| Subject::Tag(TagName::clone(&tag.name)));
                        let systems = systems.iter().map(|system| Subject::System(SystemName::clone(&system.name)));
                        first.sent_memberships.extend(tags.chain(systems).map(|subject| (subject, name.clone(), true)));
                    }
                    Some(Effect::Created)
                }
                Write::Update { .. } | Write::Park { .. } => Some(Effect::Fields),
                Write::Restore => Some(Effect::Restored),
                Write::Archive => Some(Effect::Archived),
                Write::CreateTag | Write::CreateSuite { .. } | Write::RestoreSuite | Write::ReviseSuite { .. } => None,
            };
            first.sent.insert((action.subject.clone(), effect));
        }
        first
    }

    fn plan_members(&mut self, subject: &Subject, members: &BTreeSet<ExperienceRef>, wanted: bool) {
        self.memberships.extend(members.iter().map(|member| (subject.clone(), member.name().clone(), wanted)));
    }

    fn experience(&self, left: &ExperienceChange, residues: &mut Vec<Residue>) {
        let (id, fields) = match &left.action {
            ExperienceAction::Archive { id, reason: _ } => {
                residues.push(self.state(left, *id, Effect::Archived));
                return;
            }
            ExperienceAction::Create { settings: _ } => {
                let subject = Subject::Experience(left.name.clone(), None);
                let sent = self.sent.contains(&(subject.clone(), Some(Effect::Created)));
                let by_others = !self.created.contains(&left.name);
                residues.push(residue(&subject, "experience", sent.then_some("created"), "not there", by_others));
                return;
            }
            ExperienceAction::Restore { id, fields } => {
                residues.push(self.state(left, *id, Effect::Restored));
                (*id, fields.as_ref())
            }
            ExperienceAction::Update { id, fields } => (*id, Some(fields)),
        };
        for field in fields.into_iter().flat_map(FieldChanges::iter) {
            residues.push(self.field(left, id, field));
        }
    }

    /// An experience that should be archived and is not, or the other way round.
    fn state(&self, left: &ExperienceChange, id: ExperienceId, effect: Effect) -> Residue {
        let (wanted, is) = if effect == Effect::Archived { ("true", "false") } else { ("false", "true") };
        let (planned, sent) = match self.by_id.get(&id) {
            Some(change) => match &change.action {
                ExperienceAction::Archive { .. } => (effect == Effect::Archived, self.was_sent(change, Some(id), effect)),
                ExperienceAction::Restore { .. } => (effect == Effect::Restored, self.was_sent(change, Some(id), effect)),
                ExperienceAction::Update { .. } | ExperienceAction::Create { .. } => (false, false),
            },
            None => (false, false),
        };
        let answered = self.execution.experiences.get(&id).is_some_and(|answer| effect == Effect::Restored && !answer.archived);
        let subject = Subject::Experience(left.name.clone(), Some(id));
        residue(&subject, "archived", sent.then_some(wanted), is, !planned || answered)
    }

    fn field(&self, left: &ExperienceChange, id: ExperienceId, field: &FieldChange) -> Residue {
        let (planned, sent) = match self.by_id.get(&id) {
            Some(change) => match &change.action {
                ExperienceAction::Create { settings: _ } => (true, self.was_sent(change, None, Effect::Created)),
                ExperienceAction::Update { fields, id: _ } | ExperienceAction::Restore { fields: Some(fields), id: _ } => {
                    let planned = fields.iter().any(|other| other.json_name() == field.json_name());
                    (planned, planned && self.was_sent(change, Some(id), Effect::Fields))
                }
                ExperienceAction::Restore { fields: None, id: _ } | ExperienceAction::Archive { .. } => (false, false),
            },
            None => (false, false),
        };
        let (returned, wanted) = texts(field);
        let answered = self.execution.experiences.get(&id).is_some_and(|answer| answered_otherwise(answer, field));
        let subject = Subject::Experience(left.name.clone(), Some(id));
        residue(&subject, field.json_name(), sent.then_some(wanted.as_str()), &returned, !planned || answered)
    }

    fn was_sent(&self, change: &ExperienceChange, id: Option<ExperienceId>, effect: Effect) -> bool {
        self.sent.contains(&(Subject::Experience(change.name.clone(), id), Some(effect)))
    }

    fn membership(&self, subject: &Subject, member: &ExperienceRef, wanted: bool) -> Residue {
        let key = (subject.clone(), member.name().clone(), wanted);
        let (yes, no) = ("member", "no member");
        let (wanted, is) = if wanted { (yes, no) } else { (no, yes) };
        let sent = self.sent_memberships.contains(&key);
        residue(subject, &format!("experience {}", member.name()), sent.then_some(wanted), is, !self.memberships.contains(&key))
    }

    fn suite(&self, left: &SuiteChange) -> Residue {
        let subject = Subject::Suite(left.name.clone());
        let planned = self.plan.suites.iter().find(|suite| suite.name == left.name);
        let sent = planned.filter(|_| self.sent.contains(&(subject.clone(), None)));
        let sent = sent.map(|suite| experiences(suite.members.len()));
        let (what, returned) = match &left.action {
            SuiteAction::Create { .. } => ("suite", "not there".to_owned()),
            SuiteAction::Restore { .. } => ("archived", "true".to_owned()),
            SuiteAction::Revise { .. } => ("experiences", members(left)),
        };
        // What was answered as it was sent, and is not so now, was revised since.
        let answered = self.execution.suites.get(&left.name).is_some_and(|answer| {
            let wanted: Option<BTreeSet<ExperienceId>> = left.members.iter().map(ExperienceRef::id).collect();
            wanted.is_some_and(|wanted| answer.members == wanted)
        });
        residue(&subject, what, sent.as_deref(), &returned, planned.is_none() || answered)
    }
}

fn experiences(count: usize) -> String {
    format!("{count} {}", if count == 1 { "experience" } else { "experiences" })
}

/// A suite's members, by what is wrong with them.
fn members(left: &SuiteChange) -> String {
    let mut text = experiences(left.size_before);
    for (what, members) in [("without", &left.added), ("with", &left.removed)] {
        if !members.is_empty() {
            let names: Vec<&str> = members.iter().take(NAMES).map(|member| member.name().as_str()).collect();
            text.push_str(&format!(", {what} {}", names.join(", ")));
            let more = members.len().saturating_sub(NAMES);
            if more > 0 {
                text.push_str(&format!(" and {more} more"));
            }
        }
    }
    text
}

/// Whether ReSim's answer to the write had another value than what is there now: somebody changed it since.
fn answered_otherwise(answer: &CurrentExperience, field: &FieldChange) -> bool {
    match field {
        FieldChange::Name(delta) => answer.name != delta.before,
        FieldChange::Description(delta) => answer.description != delta.before,
        FieldChange::Locations(delta) => answer.locations != delta.before,
        FieldChange::Profile(delta) => answer.profile != delta.before,
        FieldChange::EnvironmentVariables(delta) => answer.environment_variables != delta.before,
        FieldChange::ContainerTimeoutSeconds(delta) => answer.container_timeout_seconds != delta.before,
        FieldChange::CacheExempt(delta) => answer.cache_exempt != delta.before,
        FieldChange::CustomFields(delta) => answer.custom_fields != delta.before,
    }
}

/// A field's value as it is, and as it is wanted.
fn texts(field: &FieldChange) -> (String, String) {
    match field {
        FieldChange::Name(delta) => (delta.before.to_string(), delta.after.to_string()),
        FieldChange::Description(delta) | FieldChange::Profile(delta) => (delta.before.clone(), delta.after.clone()),
        FieldChange::Locations(delta) => (list(delta.before.iter().map(observed)), delta.after.join(", ")),
        FieldChange::EnvironmentVariables(delta) => {
            let before = delta.before.iter().map(|CurrentVariable { name, value }| format!("{name}={}", observed(value)));
            let after = delta.after.iter().map(|EnvironmentVariable { name, value }| format!("{name}={value}"));
            (list(before), list(after))
        }
        FieldChange::ContainerTimeoutSeconds(delta) => (delta.before.to_string(), delta.after.to_string()),
        FieldChange::CacheExempt(delta) => (delta.before.to_string(), delta.after.to_string()),
        FieldChange::CustomFields(delta) => (custom_fields(&delta.before), custom_fields(&delta.after)),
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

fn observed(value: &Observed<String>) -> String {
    match value {
        Observed::Known(text) => text.clone(),
        Observed::Hidden => "(hidden)".to_owned(),
    }
}

fn custom_fields(fields: &[CustomField]) -> String {
    list(fields.iter().map(|CustomField { name, kind, values }| format!("{name} ({})={}", kind.as_str(), values.join("|"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::fixtures::*;
    use crate::apply::schedule::schedule;

    /// The residues of a plan whose one action ended so, with this answer, where this is left.
    fn left_after(first: ExperienceChange, outcome: Outcome, answer: Option<CurrentExperience>, left: ExperienceChange) -> Vec<Residue> {
        let first = plan(vec![first]);
        let schedule = schedule(&first, &snapshot([]));
        let execution = Execution {
            outcomes: vec![outcome],
            created: [(name("new"), id(1))].into(),
            experiences: answer.into_iter().map(|answer| (id(1), answer)).collect(),
            ..Execution::default()
        };
        residues(&plan(vec![left]), &first, &schedule, &execution)
    }

    fn profile(profile: &str) -> CurrentExperience {
        CurrentExperience { profile: profile.to_owned(), ..current("a", false) }
    }

    #[test]
    fn value_that_the_server_itself_made_of_ours_is_nobody_elses() {
        for first in [update("a", 1), create("new")] {
            let left = ExperienceChange { name: first.name.clone(), ..update("a", 1) };
            let residues = left_after(first, Outcome::Done, Some(profile("")), left);
            assert_eq!((residues[0].sent.as_deref(), residues[0].by_others), (Some("fast"), false), "{residues:?}");
        }
    }

    #[test]
    fn value_that_was_answered_otherwise_was_changed_since() {
        let residues = left_after(update("a", 1), Outcome::Done, Some(profile("fast")), update("a", 1));
        assert_eq!((residues[0].sent.as_deref(), residues[0].by_others), (Some("fast"), true));
    }

    #[test]
    fn what_was_never_sent_is_not_said_to_be() {
        let blocked = Outcome::Blocked { by: "x".to_owned() };
        for (outcome, sent) in [(Outcome::NotAttempted, None), (blocked, None), (Outcome::Failed("x".to_owned()), Some("fast"))] {
            let residues = left_after(update("a", 1), outcome, None, update("a", 1));
            assert_eq!((residues[0].sent.as_deref(), residues[0].by_others), (sent, false));
        }
    }

    #[test]
    fn long_suites_are_counted_after_a_few_names() {
        let gained: Vec<ExperienceRef> = (0..8).map(|number| existing(&format!("e{number}"), number)).collect();
        let mut left = suite(revise(), &gained, &gained, &[]);
        left.size_before = 1;
        left.removed = [existing("x", 9)].into();
        assert_eq!(members(&left), "1 experience, without e0, e1, e2, e3, e4 and 3 more, with x");
    }
}
