//! A plan in few words, so that a test states the whole of it.

use std::collections::BTreeSet;

use crate::diagnostics::Diagnostics;
use crate::plan::{ExperienceAction, ExperienceRef, FieldChanges, Note, Plan, SuiteAction};

/// A line for each change, in the order of the plan.
pub(crate) fn summary(plan: &Plan) -> Vec<String> {
    let experiences = plan.experiences.iter().map(|change| {
        let name = &change.name;
        match &change.action {
            ExperienceAction::Archive { .. } => format!("archive {name}"),
            ExperienceAction::Update { fields, .. } => match fields.renamed_from() {
                Some(before) => format!("rename {before} to {name}{}", beside_the_name(fields)),
                None => format!("update {name}{}", beside_the_name(fields)),
            },
            ExperienceAction::Restore { fields, .. } => match fields {
                Some(fields) => match fields.renamed_from() {
                    Some(before) => format!("restore {before} as {name}{}", beside_the_name(fields)),
                    None => format!("restore {name}{}", beside_the_name(fields)),
                },
                None => format!("restore {name}"),
            },
            ExperienceAction::Create { .. } => format!("create {name}"),
        }
    });
    let tags = plan.tags.iter().map(|tag| {
        let verb = if tag.id.is_some() { "tag" } else { "create tag" };
        format!("{verb} {}{}{}", tag.name, marked('+', &tag.added), marked('-', &tag.removed))
    });
    let systems = plan.systems.iter().map(|system| format!("system {}{}", system.name, marked('+', &system.added)));
    let suites = plan.suites.iter().map(|suite| {
        let verb = match &suite.action {
            SuiteAction::Create { system_name, .. } => format!("create suite on {system_name}"),
            SuiteAction::Restore { revise: true, .. } => "restore and revise suite".to_owned(),
            SuiteAction::Restore { revise: false, .. } => "restore suite".to_owned(),
            SuiteAction::Revise { .. } => "revise suite".to_owned(),
        };
        let members = format!("{}{}{}", marked('+', &suite.added), marked('-', &suite.removed), marked('x', &suite.archived));
        format!("{verb} {} from {} to {}{members}", suite.name, suite.size_before, suite.members.len())
    });
    experiences.chain(tags).chain(systems).chain(suites).collect()
}

fn beside_the_name(fields: &FieldChanges) -> String {
    let fields = fields.iter().map(|field| field.json_name()).filter(|field| *field != "name");
    fields.map(|field| format!(" {field}")).collect()
}

fn marked(mark: char, members: &BTreeSet<ExperienceRef>) -> String {
    members.iter().map(|member| format!(" {mark}{}", member.name())).collect()
}

/// A line for each note, in the order of the plan.
pub(crate) fn notes(plan: &Plan) -> Vec<String> {
    let note = |note: &Note| match note {
        Note::LooksLikeRename { archived, created, .. } => format!("{archived} looks renamed to {created}"),
        Note::UnmanagedSuiteLoses { suite, experiences, becomes_empty } => {
            let lost: Vec<&str> = experiences.iter().map(|name| name.as_str()).collect();
            format!("{suite} loses {}{}", lost.join(" "), if *becomes_empty { " and is empty" } else { "" })
        }
        Note::SuiteBecomesEmpty { suite } => format!("{suite} becomes empty"),
        Note::LocationOrder { experience } => format!("{experience} has its locations in another order"),
        Note::NothingToArchive { experience, .. } => format!("nothing to archive as {experience}"),
        Note::AmbiguousArchived { experience, restored, others } => {
            format!("{experience} restored as {} of {}", restored.0.as_u128(), others.len() + 1)
        }
        Note::SuiteDiffers { suite, field, current, desired } => format!("{suite} has {field} `{current}`, not `{desired}`"),
    };
    plan.notes.iter().map(note).collect()
}

/// Code and message of each problem, sorted by place.
pub(crate) fn problems(problems: &Diagnostics) -> Vec<String> {
    problems.sorted().iter().map(|problem| format!("{}: {}", problem.code.as_str(), problem.message)).collect()
}
