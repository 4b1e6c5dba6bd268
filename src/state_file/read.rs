//! From JSON to a snapshot that does not contradict itself.

use std::collections::BTreeMap;

use serde::Deserialize;
use uuid::Uuid;

use super::FORMAT;
use super::rows::{ExperienceRow, FieldKind, FieldRow, GroupRow, ReadRow, StateFile, SuiteRow, Value, VariableRow};
use crate::desired::{CustomField, CustomFieldKind};
use crate::ids::{ExperienceId, ExperienceName, ProjectId, SuiteId, SuiteName, SystemId, SystemName, TagId, TagName};
use crate::snapshot::{
    CurrentExperience, CurrentSuite, CurrentSystem, CurrentTag, CurrentVariable, Lists, Members, Observed, Project, Snapshot,
};

/// Why a state file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateFileError {
    /// Not JSON, or not of this format.
    #[error("not a state file ({FORMAT}): {0}")]
    Malformed(#[from] serde_json::Error),
    /// Another format, or another version of it.
    #[error("the format is `{0}`, and only `{FORMAT}` is known")]
    OtherFormat(String),
    /// It contradicts itself.
    #[error("the state contradicts itself: {0}")]
    Inconsistent(String),
}

/// Reads a state.
///
/// # Errors
/// What is not of this format, and a state that contradicts itself: an ID twice, members that are not there.
pub fn read(text: &str) -> Result<Snapshot, StateFileError> {
    // The version first: a later one may have keys that this program does not know.
    #[derive(Deserialize)]
    struct Version {
        #[serde(rename = "formatVersion")]
        format_version: String,
    }
    let Version { format_version } = serde_json::from_str(text)?;
    if format_version != FORMAT {
        return Err(StateFileError::OtherFormat(format_version));
    }
    let StateFile { format_version: _, project, read, experiences, tags, systems, suites } = serde_json::from_str(text)?;
    let ReadRow { archived_experiences, archived_suites } = read;
    let snapshot = Snapshot {
        project: Project { id: ProjectId(project.id), name: project.name },
        read: Lists { archived_experiences, archived_suites },
        experiences: unique("experience", experiences.into_iter().map(current_experience))?,
        tags: unique("tag", tags.into_iter().map(|row| (TagId(row.id), tag(row))))?,
        systems: unique("system", systems.into_iter().map(|row| (SystemId(row.id), system(row))))?,
        suites: unique("suite", suites.into_iter().map(current_suite))?,
    };
    check(&snapshot)?;
    Ok(snapshot)
}

fn unique<K: Ord + std::fmt::Display, V>(noun: &str, rows: impl Iterator<Item = (K, V)>) -> Result<BTreeMap<K, V>, StateFileError> {
    let mut map = BTreeMap::new();
    for (id, row) in rows {
        if map.contains_key(&id) {
            return Err(StateFileError::Inconsistent(format!("the {noun} {id} is there twice")));
        }
        map.insert(id, row);
    }
    Ok(map)
}

fn observed(value: Value) -> Observed<String> {
    match value {
        Value::Text(text) => Observed::Known(text),
        Value::Hidden => Observed::Hidden,
    }
}

fn current_experience(row: ExperienceRow) -> (ExperienceId, CurrentExperience) {
    let experience = CurrentExperience {
        name: ExperienceName::new(row.name),
        description: row.description,
        locations: row.locations.into_iter().map(observed).collect(),
        profile: row.profile,
        environment_variables: row
            .environment_variables
            .into_iter()
            .map(|VariableRow { name, value }| CurrentVariable { name, value: observed(value) })
            .collect(),
        container_timeout_seconds: row.container_timeout_seconds,
        cache_exempt: row.cache_exempt,
        custom_fields: row
            .custom_fields
            .into_iter()
            .map(|FieldRow { name, kind, values }| CustomField {
                name,
                kind: match kind {
                    FieldKind::Text => CustomFieldKind::Text,
                    FieldKind::Number => CustomFieldKind::Number,
                    FieldKind::Timestamp => CustomFieldKind::Timestamp,
                    FieldKind::Json => CustomFieldKind::Json,
                },
                values,
            })
            .collect(),
        archived: row.archived,
        updated_at: row.updated_at.unwrap_or_default(),
    };
    (ExperienceId(row.id), experience)
}

fn members(live: Option<Vec<Uuid>>, archived: Option<Vec<Uuid>>) -> Members {
    let set = |ids: Option<Vec<Uuid>>| ids.map(|ids| ids.into_iter().map(ExperienceId).collect());
    Members { live: set(live), archived: set(archived) }
}

fn tag(row: GroupRow) -> CurrentTag {
    CurrentTag { name: TagName::new(row.name), description: row.description, members: members(row.experiences, row.archived_experiences) }
}

fn system(row: GroupRow) -> CurrentSystem {
    CurrentSystem {
        name: SystemName::new(row.name),
        description: row.description,
        members: members(row.experiences, row.archived_experiences),
    }
}

fn current_suite(row: SuiteRow) -> (SuiteId, CurrentSuite) {
    let suite = CurrentSuite {
        name: SuiteName::new(row.name),
        description: row.description,
        system: SystemId(row.system_id),
        revision: row.revision,
        archived: row.archived,
        members: row.experiences.into_iter().map(ExperienceId).collect(),
    };
    (SuiteId(row.id), suite)
}

/// Members must be experiences of the file, on the side on which they are listed.
fn check(snapshot: &Snapshot) -> Result<(), StateFileError> {
    let groups = snapshot
        .tags
        .values()
        .map(|tag| ("tag", tag.name.as_str(), &tag.members))
        .chain(snapshot.systems.values().map(|system| ("system", system.name.as_str(), &system.members)));
    for (noun, name, members) in groups {
        for (side, archived) in [(&members.live, false), (&members.archived, true)] {
            // Archived ones that were not read cannot be looked up.
            if archived && !snapshot.read.archived_experiences {
                continue;
            }
            let stray =
                side.iter().flatten().find(|id| snapshot.experiences.get(id).is_none_or(|experience| experience.archived != archived));
            if let Some(id) = stray {
                let state = if archived { "an archived" } else { "a live" };
                return Err(StateFileError::Inconsistent(format!("the {noun} `{name}` lists {id}, which is not {state} experience")));
            }
        }
    }
    Ok(())
}
