//! From a project to a file's entries.

use super::format::{
    ExperienceEntry, FieldEntry, GroupEntry, ProjectEntry, ReadEntry, StateFile, SuiteEntry, TextEntry, VERSION, VariableEntry,
};
use crate::clock::rfc3339;
use crate::store::{CustomField, Experience, Members, Project, ReadLists, Suite, Variable};

/// The file of a project. Lists that were not read stay absent, whatever is known of them since.
pub(crate) fn save(project: &Project) -> StateFile {
    let ReadLists { archived_experiences, archived_suites } = project.read;
    StateFile {
        format_version: VERSION.to_owned(),
        project: ProjectEntry { id: project.id, name: project.name.clone() },
        read: ReadEntry { archived_experiences, archived_suites },
        experiences: project.experiences.values().map(experience).collect(),
        tags: project.tags.values().map(|tag| group(tag.id, &tag.name, &tag.description, &tag.members)).collect(),
        systems: project.systems.values().map(|one| group(one.id, &one.name, &one.description, &one.members)).collect(),
        suites: project.suites.values().map(suite).collect(),
    }
}

fn experience(one: &Experience) -> ExperienceEntry {
    let Experience {
        id,
        name,
        description,
        locations,
        profile,
        environment_variables,
        container_timeout_seconds,
        cache_exempt,
        custom_fields,
        archived,
        stamp,
        // Written with the tags, systems and suites.
        tags: _,
        systems: _,
        left_suites: _,
    } = one;
    ExperienceEntry {
        id: *id,
        name: name.clone(),
        description: description.clone(),
        locations: locations.iter().cloned().map(TextEntry).collect(),
        profile: profile.clone(),
        environment_variables: environment_variables
            .iter()
            .map(|Variable { name, value }| VariableEntry { name: name.clone(), value: TextEntry(value.clone()) })
            .collect(),
        container_timeout_seconds: *container_timeout_seconds,
        cache_exempt: *cache_exempt,
        custom_fields: custom_fields
            .iter()
            .map(|CustomField { name, kind, values }| FieldEntry {
                name: name.clone(),
                kind: kind.word().to_owned(),
                values: values.clone(),
            })
            .collect(),
        archived: *archived,
        updated_at: stamp.updated.map(rfc3339),
    }
}

fn group(id: uuid::Uuid, name: &str, description: &str, members: &Members) -> GroupEntry {
    let half = |archived| members.half(archived).map(|members| members.iter().copied().collect());
    GroupEntry {
        id,
        name: name.to_owned(),
        description: description.to_owned(),
        experiences: half(false),
        archived_experiences: half(true),
    }
}

fn suite(suite: &Suite) -> SuiteEntry {
    SuiteEntry {
        id: suite.id,
        name: suite.latest.name.clone(),
        description: suite.latest.description.clone(),
        system_id: suite.latest.system,
        revision: suite.number,
        archived: suite.archived,
        experiences: suite.latest.experiences.iter().copied().collect(),
    }
}
