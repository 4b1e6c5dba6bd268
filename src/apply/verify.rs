//! The read after the writes: is a second plan empty, and if not, what is left and whose doing is it?

use std::collections::BTreeMap;

use tokio::sync::watch;

use super::Stop;
use super::execute::Execution;
use super::report::{Interrupt, Residue, Subject, Verification};
use crate::client::{ReSim, Scope};
use crate::desired::Desired;
use crate::ids::{ExperienceId, ExperienceName};
use crate::plan::{ExperienceAction, ExperienceChange, ExperienceRef, FieldChange, Plan, Policy, SuiteChange, demand, plan as plan_again};
use crate::snapshot::{CurrentVariable, Observed, Snapshot};

/// Reads and plans again, unless the run is asked to stop meanwhile.
pub(super) async fn verify(
    resim: &ReSim,
    desired: &Desired,
    policy: &Policy,
    plan: &Plan,
    execution: &Execution,
    mut stop: watch::Receiver<Option<Stop>>,
) -> (Verification, Option<Interrupt>) {
    let demanded = |live: &Snapshot| demand(desired, live, policy);
    let current = tokio::select! {
        read = resim.read(Scope::Demanded(&demanded)) => match read {
            Ok(current) => current,
            Err(error) => return (Verification::NotRead(error.to_string()), None),
        },
        signal = asked_to_stop(&mut stop) => {
            return (Verification::NotRead("the run was interrupted".to_owned()), Some(signal));
        }
    };
    let verification = match plan_again(desired, &current, policy) {
        Ok(left) if left.is_empty() => Verification::Verified,
        Ok(left) => {
            let residues = residues(&left, plan, execution);
            Verification::NotConverged { left: Box::new(left), residues }
        }
        Err(diagnostics) => Verification::NoLongerValid(diagnostics),
    };
    (verification, None)
}

async fn asked_to_stop(stop: &mut watch::Receiver<Option<Stop>>) -> Interrupt {
    match stop.wait_for(Option::is_some).await.map(|stop| *stop) {
        Ok(Some(stop)) => stop.signal,
        // Nobody listens for signals any more, so none can come.
        Ok(None) | Err(_) => std::future::pending().await,
    }
}

/// One residue for each thing that is left, in the order of the second plan.
fn residues(left: &Plan, plan: &Plan, execution: &Execution) -> Vec<Residue> {
    let sent: BTreeMap<&ExperienceName, &ExperienceChange> = plan.experiences.iter().map(|change| (&change.name, change)).collect();
    let mut residues = Vec::new();
    for change in &left.experiences {
        experience_residues(change, sent.get(&change.name).copied(), execution, &mut residues);
    }
    for tag in &left.tags {
        let before = plan.tags.iter().find(|other| other.name == tag.name);
        for (what, members, sent) in [
            ("to be added", &tag.added, before.map(|before| &before.added)),
            ("to be removed", &tag.removed, before.map(|before| &before.removed)),
        ] {
            residues.extend(members.iter().map(|member| member_residue(Subject::Tag(tag.name.clone()), what, member, sent)));
        }
    }
    for system in &left.systems {
        let before = plan.systems.iter().find(|other| other.name == system.name).map(|before| &before.added);
        residues.extend(system.added.iter().map(|member| member_residue(Subject::System(system.name.clone()), "to be added", member, before)));
    }
    for suite in &left.suites {
        residues.push(suite_residue(suite, plan, execution));
    }
    residues
}

fn experience_residues(change: &ExperienceChange, sent: Option<&ExperienceChange>, execution: &Execution, residues: &mut Vec<Residue>) {
    let ExperienceChange { name, action, origin: _ } = change;
    let (id, fields, state) = match action {
        ExperienceAction::Archive { id, reason: _ } => (Some(*id), None, Some(("to be archived", "live"))),
        ExperienceAction::Restore { id, fields } => (Some(*id), fields.as_ref(), Some(("to be restored", "archived"))),
        ExperienceAction::Update { id, fields } => (Some(*id), Some(fields), None),
        ExperienceAction::Create { settings: _ } => (None, None, Some(("to be created", "not there"))),
    };
    let subject = Subject::Experience(name.clone(), id);
    if let Some((what, returned)) = state {
        // A first plan that held the experience at all meant to bring it to this state.
        let by_others = sent.is_none();
        residues.push(Residue { subject: subject.clone(), what: what.to_owned(), sent: None, returned: returned.to_owned(), by_others });
    }
    for field in fields.into_iter().flat_map(|fields| fields.iter()) {
        let sent = sent.and_then(|sent| after_in(sent, field.json_name()));
        let by_others = sent.is_none() || answered_as_sent(id, field, execution);
        let (returned, _) = texts(field);
        residues.push(Residue { subject: subject.clone(), what: field.json_name().to_owned(), sent, returned, by_others });
    }
}

/// The value that the first plan sent for a field.
fn after_in(change: &ExperienceChange, field: &str) -> Option<String> {
    let fields = match &change.action {
        ExperienceAction::Update { fields, id: _ } => Some(fields),
        ExperienceAction::Restore { fields, id: _ } => fields.as_ref(),
        ExperienceAction::Archive { .. } | ExperienceAction::Create { .. } => None,
    };
    fields?.iter().find(|change| change.json_name() == field).map(|change| texts(change).1)
}

/// Whether ReSim's answer to the write had another value than what is there now: somebody changed it since.
fn answered_as_sent(id: Option<ExperienceId>, field: &FieldChange, execution: &Execution) -> bool {
    let Some(answer) = id.and_then(|id| execution.experiences.get(&id)) else { return false };
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
    let observed = |value: &Observed<String>| match value {
        Observed::Known(text) => text.clone(),
        Observed::Hidden => "(hidden)".to_owned(),
    };
    match field {
        FieldChange::Name(delta) => (delta.before.to_string(), delta.after.to_string()),
        FieldChange::Description(delta) | FieldChange::Profile(delta) => (delta.before.clone(), delta.after.clone()),
        FieldChange::Locations(delta) => (delta.before.iter().map(observed).collect::<Vec<_>>().join(", "), delta.after.join(", ")),
        FieldChange::EnvironmentVariables(delta) => {
            let before = delta.before.iter().map(|CurrentVariable { name, value }| format!("{name}={}", observed(value)));
            let after = delta.after.iter().map(|variable| format!("{}={}", variable.name, variable.value));
            (before.collect::<Vec<_>>().join(", "), after.collect::<Vec<_>>().join(", "))
        }
        FieldChange::ContainerTimeoutSeconds(delta) => (delta.before.to_string(), delta.after.to_string()),
        FieldChange::CacheExempt(delta) => (delta.before.to_string(), delta.after.to_string()),
        FieldChange::CustomFields(delta) => {
            let text = |fields: &[crate::desired::CustomField]| {
                fields.iter().map(|field| format!("{}={}", field.name, field.values.join("|"))).collect::<Vec<_>>().join(", ")
            };
            (text(&delta.before), text(&delta.after))
        }
    }
}

fn member_residue(
    subject: Subject,
    what: &str,
    member: &ExperienceRef,
    sent: Option<&std::collections::BTreeSet<ExperienceRef>>,
) -> Residue {
    // A created member has an ID by now, so names tell.
    let was_sent = sent.is_some_and(|sent| sent.iter().any(|other| other.name() == member.name()));
    Residue { subject, what: what.to_owned(), sent: None, returned: member.name().to_string(), by_others: !was_sent }
}

fn suite_residue(suite: &SuiteChange, plan: &Plan, execution: &Execution) -> Residue {
    let before = plan.suites.iter().find(|other| other.name == suite.name);
    let sent = before.map(|before| format!("{} experiences", before.members.len()));
    // Our revision was answered with what was sent, so the present members are somebody else's.
    let answered = execution.suites.get(&suite.name).is_some_and(|answer| {
        let wanted = suite.members.iter().filter_map(|member| match member {
            ExperienceRef::Existing { id, name: _ } => Some(*id),
            ExperienceRef::New { name: _ } => None,
        });
        answer.members == wanted.collect()
    });
    Residue {
        subject: Subject::Suite(suite.name.clone()),
        what: "experiences".to_owned(),
        by_others: before.is_none() || answered,
        sent,
        returned: format!("{} experiences", suite.size_before),
    }
}
