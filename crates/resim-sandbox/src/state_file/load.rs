//! From a file's entries to a project, with everything checked that the store relies on.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::format::{ExperienceEntry, FieldEntry, GroupEntry, ProjectEntry, ReadEntry, StateFile, SuiteEntry, VERSION, VariableEntry};
use crate::clock::Timestamp;
use crate::store::{
    Architecture, CustomField, Experience, FieldKind, Group, Members, Project, ReadLists, Resources, Revision, Stamp, Suite, System, Tag,
    Variable,
};

/// Builds the project of a file; also the latest instant in it.
pub(crate) fn load(file: StateFile) -> Result<(Project, Option<Timestamp>), String> {
    let StateFile { format_version, project, read, experiences, tags, systems, suites } = file;
    if format_version != VERSION {
        return Err(format!("formatVersion is `{format_version}`, but only `{VERSION}` is understood"));
    }
    let ProjectEntry { id, name } = project;
    let ReadEntry { archived_experiences, archived_suites } = read;
    let mut project = Project::new(id, &name);
    project.read = ReadLists { archived_experiences, archived_suites };
    let mut latest = None;
    for entry in experiences {
        let one = experience(entry)?;
        latest = latest.max(one.stamp.updated);
        if project.experiences.contains_key(&one.id) {
            return Err(format!("two experiences have the ID {}", one.id));
        }
        project.insert(one);
    }
    for entry in tags {
        let (GroupEntry { id, name, description, .. }, members) = group(&project, "tag", entry)?;
        let tag = Tag { id, name, description, stamp: Stamp::loaded(None), members };
        if let Some(before) = project.tags.insert(id, tag) {
            return Err(format!("tags `{}` and another one have the same ID", before.name));
        }
        link(&mut project, Group::Tag, id);
    }
    for entry in systems {
        let (GroupEntry { id, name, description, .. }, members) = group(&project, "system", entry)?;
        let system = System {
            id,
            name,
            description,
            architecture: Architecture::Amd64,
            build: Resources::SMALL,
            metrics_build: Resources::SMALL,
            stamp: Stamp::loaded(None),
            members,
        };
        if let Some(before) = project.systems.insert(id, system) {
            return Err(format!("systems `{}` and another one have the same ID", before.name));
        }
        link(&mut project, Group::System, id);
    }
    for entry in suites {
        let suite = suite(&project, entry)?;
        if let Some(before) = project.suites.insert(suite.id, suite) {
            return Err(format!("suites `{}` and another one have the same ID", before.latest.name));
        }
    }
    Ok((project, latest))
}

fn experience(entry: ExperienceEntry) -> Result<Experience, String> {
    let ExperienceEntry {
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
        updated_at,
    } = entry;
    let updated = match updated_at.as_deref() {
        None | Some("") => None,
        Some(text) => match DateTime::parse_from_rfc3339(text) {
            Ok(at) => Some(at.with_timezone(&Utc)),
            Err(_) => return Err(format!("experience `{name}`: updatedAt is not a time: `{text}`")),
        },
    };
    let custom_fields = custom_fields
        .into_iter()
        .map(|FieldEntry { name: field, kind, values }| match FieldKind::parse(&kind) {
            Some(kind) => Ok(CustomField { name: field, kind, values }),
            None => Err(format!("experience `{name}`: custom field `{field}` is of unknown type `{kind}`")),
        })
        .collect::<Result<_, _>>()?;
    Ok(Experience {
        id,
        description,
        locations: locations.into_iter().map(|text| text.0).collect(),
        profile,
        environment_variables: environment_variables
            .into_iter()
            .map(|VariableEntry { name, value }| Variable { name, value: value.0 })
            .collect(),
        container_timeout_seconds,
        cache_exempt,
        custom_fields,
        archived,
        stamp: Stamp::loaded(updated),
        tags: BTreeSet::new(),
        systems: BTreeSet::new(),
        left_suites: BTreeSet::new(),
        name,
    })
}

/// Takes the members out of an entry and checks them.
fn group(project: &Project, kind: &str, mut entry: GroupEntry) -> Result<(GroupEntry, Members), String> {
    let live = entry.experiences.take().map(BTreeSet::from_iter);
    let archived = entry.archived_experiences.take().map(BTreeSet::from_iter);
    for (half, members) in [(false, &live), (true, &archived)] {
        for id in members.iter().flatten() {
            let fits = match project.experiences.get(id) {
                Some(member) => member.archived == half,
                // An archived one whose row was not read.
                None => half && !project.read.archived_experiences,
            };
            if !fits {
                let which = if half { "archived" } else { "live" };
                return Err(format!("{kind} `{}` lists {id}, which is not a {which} experience of the file", entry.name));
            }
        }
    }
    Ok((entry, Members { live, archived }))
}

/// Tells the members of a group that they are in it.
fn link(project: &mut Project, group: Group, id: Uuid) {
    let Ok(members) = project.members(group, id) else { return };
    let members: Vec<Uuid> = members.live.iter().chain(&members.archived).flatten().copied().collect();
    for member in members {
        project.join(group, id, member);
    }
}

fn suite(project: &Project, entry: SuiteEntry) -> Result<Suite, String> {
    let SuiteEntry { id, name, description, system_id, revision, archived, experiences } = entry;
    if revision < 0 {
        return Err(format!("suite `{name}`: the revision is negative"));
    }
    if project.read.archived_experiences
        && let Some(unknown) = experiences.iter().find(|id| !project.experiences.contains_key(id))
    {
        return Err(format!("suite `{name}` lists {unknown}, which is not an experience of the file"));
    }
    let latest = Revision {
        name,
        description,
        system: system_id,
        experiences: Arc::new(experiences.into_iter().collect()),
        metrics_build: None,
        metrics_set: None,
        show_on_summary: false,
        summary_reference_date: None,
    };
    Ok(Suite { id, archived, adhoc: false, stamp: Stamp::loaded(None), number: revision, latest, past: Default::default() })
}
