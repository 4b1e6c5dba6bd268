//! From a snapshot to JSON.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::FORMAT;
use super::rows::{ExperienceRow, FieldKind, FieldRow, GroupRow, ProjectRow, ReadRow, StateFile, SuiteRow, Value, VariableRow};
use crate::desired::{CustomField, CustomFieldKind};
use crate::ids::{ExperienceId, SuiteId};
use crate::render::escape::json_text;
use crate::secrets::{is_secret_location, is_secret_variable};
use crate::snapshot::{CurrentExperience, CurrentSuite, CurrentSystem, CurrentTag, CurrentVariable, Lists, Members, Observed, Snapshot};

/// Whether values that look secret are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// They are written as they are.
    Kept,
    /// They are hidden.
    Hidden,
}

/// Writes a state, everything sorted by ID.
pub fn write(snapshot: &Snapshot, secrets: Secrets) -> String {
    let Snapshot { project, read, experiences, tags, systems, suites } = snapshot;
    let Lists { archived_experiences, archived_suites } = *read;
    let file = StateFile {
        format_version: FORMAT.to_owned(),
        project: ProjectRow { id: project.id.0, name: project.name.clone() },
        read: ReadRow { archived_experiences, archived_suites },
        experiences: experiences.iter().map(|(id, experience)| experience_row(*id, experience, secrets)).collect(),
        tags: tags
            .iter()
            .map(|(id, CurrentTag { name, description, members })| group_row(id.0, name.as_str(), description, members))
            .collect(),
        systems: systems
            .iter()
            .map(|(id, CurrentSystem { name, description, members })| group_row(id.0, name.as_str(), description, members))
            .collect(),
        suites: suites.iter().map(|(id, suite)| suite_row(*id, suite)).collect(),
    };
    // It may go to a terminal or into a job's log.
    json_text(&file).expect("texts, numbers and lists have a JSON form")
}

fn experience_row(id: ExperienceId, experience: &CurrentExperience, secrets: Secrets) -> ExperienceRow {
    let CurrentExperience {
        name,
        description,
        locations,
        profile,
        environment_variables,
        container_timeout_seconds,
        cache_exempt,
        custom_fields,
        archived,
        updated_at,
    } = experience;
    let hidden = |is_secret: bool| secrets == Secrets::Hidden && is_secret;
    ExperienceRow {
        id: id.0,
        name: name.as_str().to_owned(),
        description: description.clone(),
        locations: locations
            .iter()
            .map(|location| match location {
                Observed::Known(text) if !hidden(is_secret_location(text)) => Value::Text(text.clone()),
                Observed::Known(_) | Observed::Hidden => Value::Hidden,
            })
            .collect(),
        profile: profile.clone(),
        environment_variables: environment_variables
            .iter()
            .map(|CurrentVariable { name, value }| VariableRow {
                name: name.clone(),
                value: match value {
                    Observed::Known(text) if !hidden(is_secret_variable(name, text)) => Value::Text(text.clone()),
                    Observed::Known(_) | Observed::Hidden => Value::Hidden,
                },
            })
            .collect(),
        container_timeout_seconds: *container_timeout_seconds,
        cache_exempt: *cache_exempt,
        custom_fields: custom_fields
            .iter()
            .map(|CustomField { name, kind, values }| FieldRow {
                name: name.clone(),
                kind: match kind {
                    CustomFieldKind::Text => FieldKind::Text,
                    CustomFieldKind::Number => FieldKind::Number,
                    CustomFieldKind::Timestamp => FieldKind::Timestamp,
                    CustomFieldKind::Json => FieldKind::Json,
                },
                values: values.clone(),
            })
            .collect(),
        archived: *archived,
        updated_at: (!updated_at.is_empty()).then(|| updated_at.clone()),
    }
}

fn group_row(id: Uuid, name: &str, description: &str, Members { live, archived }: &Members) -> GroupRow {
    let ids = |members: &Option<BTreeSet<ExperienceId>>| members.as_ref().map(|ids| ids.iter().map(|id| id.0).collect());
    GroupRow { id, name: name.to_owned(), description: description.to_owned(), experiences: ids(live), archived_experiences: ids(archived) }
}

fn suite_row(id: SuiteId, suite: &CurrentSuite) -> SuiteRow {
    let CurrentSuite { name, description, system, revision, archived, members } = suite;
    SuiteRow {
        id: id.0,
        name: name.as_str().to_owned(),
        description: description.clone(),
        system_id: system.0,
        revision: *revision,
        archived: *archived,
        experiences: members.iter().map(|id| id.0).collect(),
    }
}
