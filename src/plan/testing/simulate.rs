//! What ReSim holds after a plan was applied, and what it holds of a state when only some lists are read.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::config::parse_timestamp;
use crate::desired::{CustomField, CustomFieldKind, EnvironmentVariable, ExperienceSettings, Setting};
use crate::ids::{ExperienceId, ExperienceName, SuiteId, TagId};
use crate::plan::{Demand, ExperienceAction, ExperienceRef, FieldChange, FieldChanges, Plan, SuiteAction};
use crate::snapshot::{CurrentExperience, CurrentSuite, CurrentTag, CurrentVariable, Members, Observed, Snapshot};

/// Answers of the server to questions that its description leaves open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Server {
    /// Lists come back in another order, numbers and instants in another spelling.
    pub(crate) reformats: bool,
    /// An archived experience stays a member of its suites.
    pub(crate) suites_keep_archived: bool,
}

/// The state after every change of the plan was made.
pub(crate) fn apply_to(plan: &Plan, before: &Snapshot, server: Server) -> Snapshot {
    let mut after = before.clone();
    let mut created: BTreeMap<ExperienceName, ExperienceId> = BTreeMap::new();
    let mut archived = BTreeSet::new();
    for (number, change) in plan.experiences.iter().enumerate() {
        match &change.action {
            ExperienceAction::Archive { id, .. } => {
                archived.insert(*id);
                existing(&mut after, *id).archived = true;
            }
            ExperienceAction::Update { id, fields } => set_fields(existing(&mut after, *id), fields, server),
            ExperienceAction::Restore { id, fields } => {
                let experience = existing(&mut after, *id);
                experience.archived = false;
                if let Some(fields) = fields {
                    set_fields(experience, fields, server);
                }
            }
            ExperienceAction::Create { settings } => {
                let id = ExperienceId(fresh(number));
                created.insert(change.name.clone(), id);
                after.experiences.insert(id, new_experience(&change.name, settings, server));
            }
        }
    }
    let find = |reference: &ExperienceRef| match reference {
        ExperienceRef::Existing { id, .. } => *id,
        ExperienceRef::New { name } => created[name],
    };
    for (number, change) in plan.tags.iter().enumerate() {
        let id = change.id.unwrap_or(TagId(fresh(number)));
        let members = Members { live: Some(BTreeSet::new()), archived: Some(BTreeSet::new()) };
        let tag = after.tags.entry(id).or_insert(CurrentTag { name: change.name.clone(), description: String::new(), members });
        let live = tag.members.live.get_or_insert_default();
        live.extend(change.added.iter().map(find));
        for member in &change.removed {
            live.remove(&find(member));
            tag.members.archived.get_or_insert_default().remove(&find(member));
        }
    }
    for change in &plan.systems {
        let system = after.systems.get_mut(&change.id).expect("the plan registers with systems that exist");
        system.members.live.get_or_insert_default().extend(change.added.iter().map(find));
    }
    let members = after.tags.values_mut().map(|tag| &mut tag.members).chain(after.systems.values_mut().map(|system| &mut system.members));
    for members in members {
        sort_members(members, &after.experiences);
    }
    for (number, change) in plan.suites.iter().enumerate() {
        let wanted: BTreeSet<ExperienceId> = change.members.iter().map(find).collect();
        match &change.action {
            SuiteAction::Create { system, description, .. } => {
                let suite = CurrentSuite {
                    name: change.name.clone(),
                    description: description.clone(),
                    system: *system,
                    revision: 0,
                    archived: false,
                    members: wanted,
                };
                after.suites.insert(SuiteId(fresh(number)), suite);
            }
            SuiteAction::Restore { id, revise, .. } => {
                let suite = after.suites.get_mut(id).expect("the plan restores suites that exist");
                suite.archived = false;
                if *revise {
                    revise_suite(suite, wanted);
                }
            }
            SuiteAction::Revise { id, .. } => revise_suite(after.suites.get_mut(id).expect("the plan revises suites that exist"), wanted),
        }
    }
    if !server.suites_keep_archived {
        for suite in after.suites.values_mut().filter(|suite| !suite.archived && !suite.members.is_disjoint(&archived)) {
            let left = suite.members.difference(&archived).copied().collect();
            revise_suite(suite, left);
        }
    }
    after
}

fn existing(state: &mut Snapshot, id: ExperienceId) -> &mut CurrentExperience {
    state.experiences.get_mut(&id).expect("the plan changes experiences that exist")
}

fn fresh(number: usize) -> Uuid {
    Uuid::from_u128((0xabc << 64) + number as u128)
}

fn revise_suite(suite: &mut CurrentSuite, members: BTreeSet<ExperienceId>) {
    suite.members = members;
    suite.revision += 1;
}

fn sort_members(members: &mut Members, experiences: &BTreeMap<ExperienceId, CurrentExperience>) {
    let all: BTreeSet<ExperienceId> = [&members.live, &members.archived].into_iter().flatten().flatten().copied().collect();
    let (archived, live) = all.into_iter().partition(|id| experiences[id].archived);
    *members = Members { live: Some(live), archived: Some(archived) };
}

fn new_experience(name: &ExperienceName, settings: &ExperienceSettings, server: Server) -> CurrentExperience {
    let settings = settings.clone();
    CurrentExperience {
        name: name.clone(),
        description: settings.description,
        locations: stored_locations(&settings.locations, server),
        profile: or(settings.profile, String::new()),
        environment_variables: stored_variables(&or(settings.environment_variables, Vec::new()), server),
        container_timeout_seconds: or(settings.container_timeout_seconds, 3600).into(),
        cache_exempt: or(settings.cache_exempt, false),
        custom_fields: stored_fields(&or(settings.custom_fields, Vec::new()), server),
        archived: false,
        updated_at: String::new(),
    }
}

fn or<T>(setting: Setting<T>, default: T) -> T {
    match setting {
        Setting::Keep => default,
        Setting::Set(value) => value,
    }
}

fn set_fields(experience: &mut CurrentExperience, fields: &FieldChanges, server: Server) {
    for field in fields.iter() {
        match field {
            FieldChange::Name(delta) => experience.name = delta.after.clone(),
            FieldChange::Description(delta) => experience.description = delta.after.clone(),
            FieldChange::Locations(delta) => experience.locations = stored_locations(&delta.after, server),
            FieldChange::Profile(delta) => experience.profile = delta.after.clone(),
            FieldChange::EnvironmentVariables(delta) => experience.environment_variables = stored_variables(&delta.after, server),
            FieldChange::ContainerTimeoutSeconds(delta) => experience.container_timeout_seconds = delta.after.into(),
            FieldChange::CacheExempt(delta) => experience.cache_exempt = delta.after,
            FieldChange::CustomFields(delta) => experience.custom_fields = stored_fields(&delta.after, server),
        }
    }
}

fn stored_locations(locations: &[String], server: Server) -> Vec<Observed<String>> {
    let mut stored: Vec<_> = locations.iter().cloned().map(Observed::Known).collect();
    if server.reformats {
        stored.reverse();
    }
    stored
}

fn stored_variables(variables: &[EnvironmentVariable], server: Server) -> Vec<CurrentVariable> {
    let known =
        |variable: &EnvironmentVariable| CurrentVariable { name: variable.name.clone(), value: Observed::Known(variable.value.clone()) };
    let mut stored: Vec<_> = variables.iter().map(known).collect();
    if server.reformats {
        stored.reverse();
    }
    stored
}

fn stored_fields(fields: &[CustomField], server: Server) -> Vec<CustomField> {
    let mut stored = fields.to_vec();
    if server.reformats {
        stored.sort();
        for field in &mut stored {
            field.name = field.name.to_uppercase();
            field.values.reverse();
            field.values.iter_mut().for_each(|value| *value = respelt(field.kind, value));
        }
    }
    stored
}

/// The same value as a server might write it.
pub(crate) fn respelt(kind: CustomFieldKind, value: &str) -> String {
    match kind {
        CustomFieldKind::Number if value.contains(['e', 'E']) => value.replace('E', "e"),
        CustomFieldKind::Number => format!("{value}e0"),
        CustomFieldKind::Timestamp => parse_timestamp(value).map_or_else(|_| value.to_owned(), |instant| instant.to_rfc3339()),
        CustomFieldKind::Text | CustomFieldKind::Json => value.to_owned(),
    }
}

/// What is known of a state when nothing but the live lists and what is demanded was read.
pub(crate) fn only_demanded(full: &Snapshot, demand: &Demand) -> Snapshot {
    let mut read = full.clone();
    read.read.archived_experiences = demand.archived_experiences;
    read.read.archived_suites = demand.archived_suites;
    read.experiences.retain(|_, experience| !experience.archived || demand.archived_experiences);
    read.suites.retain(|_, suite| !suite.archived || demand.archived_suites);
    for (id, tag) in &mut read.tags {
        forget(&mut tag.members, demand.tags.contains_key(id), demand.archived_tags.contains(id));
    }
    for (id, system) in &mut read.systems {
        forget(&mut system.members, demand.systems.contains_key(id), demand.archived_systems.contains(id));
    }
    read
}

fn forget(members: &mut Members, live: bool, archived: bool) {
    if !live {
        members.live = None;
    }
    if !archived {
        members.archived = None;
    }
}
