//! A plan's effects in canonical form, hashed.
//!
//! Equal effects have equal digests, whatever the order in which the server lists things, the files and
//! lines of the config, the flags, and the program's version. No secret goes in: a digest of a short one
//! could be found by trying.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::canonical::custom_fields;
use super::{
    ExperienceAction, ExperienceChange, ExperienceRef, FieldChange, FieldChanges, Plan, SuiteAction, SuiteChange, SystemChange, TagChange,
};
use crate::desired::{CustomField, EnvironmentVariable, ExperienceSettings};
use crate::ids::{ExperienceName, SuiteName, TagName};
use crate::secrets::{is_secret_location, is_secret_variable};
use crate::snapshot::{CurrentVariable, Observed};

/// Counts the forms that the hashed text had; a new form makes all digests new.
const VERSION: u32 = 1;

/// Stands for a value that looks secret.
const SECRET: &str = "changed";

/// The plan's digest, in lower-case hexadecimal: SHA-256 over the RFC 8785 JSON of its changes.
pub fn digest(plan: &Plan) -> String {
    let hash = Sha256::digest(document(plan));
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One change that takes something away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DestructiveChange {
    /// What it is, as data for messages.
    pub kind: DestructiveKind,
    /// The first 6 bytes of the SHA-256 of the change, as it enters the digest.
    pub fingerprint: [u8; 6],
}

/// What a destructive change takes away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DestructiveKind {
    /// An experience is archived.
    Archive(ExperienceName),
    /// A tag is taken off an experience.
    TagRemoval(TagName, ExperienceName),
    /// An experience that stays live is taken out of a suite.
    SuiteRemoval(SuiteName, ExperienceName),
}

/// All destructive changes of a plan, sorted.
pub fn destructive_changes(plan: &Plan) -> Vec<DestructiveChange> {
    let mut changes = Vec::new();
    let mut push = |kind: DestructiveKind, effect: Value| changes.push(DestructiveChange { kind, fingerprint: fingerprint(&effect) });
    for change in &plan.experiences {
        if let ExperienceAction::Archive { .. } = change.action {
            push(DestructiveKind::Archive(change.name.clone()), experience(change));
        }
    }
    for tag in &plan.tags {
        for member in &tag.removed {
            let kind = DestructiveKind::TagRemoval(tag.name.clone(), member.name().clone());
            push(kind, removal("tag", tag.id.map(|id| id.to_string()), member));
        }
    }
    for suite in &plan.suites {
        // Whether the suite must also be restored makes no difference to the member.
        let id = match &suite.action {
            SuiteAction::Create { .. } => None,
            SuiteAction::Restore { id, .. } | SuiteAction::Revise { id, .. } => Some(id.to_string()),
        };
        for member in &suite.removed {
            let kind = DestructiveKind::SuiteRemoval(suite.name.clone(), member.name().clone());
            push(kind, removal("suite", id.clone(), member));
        }
    }
    changes.sort_by(|a, b| (&a.kind, a.fingerprint).cmp(&(&b.kind, b.fingerprint)));
    changes
}

/// One pair of what is taken away from what.
fn removal(kind: &str, id: Option<String>, member: &ExperienceRef) -> Value {
    json!({ "kind": kind, "id": id, "removed": [member_text(member)] })
}

fn fingerprint(effect: &Value) -> [u8; 6] {
    let hash = Sha256::digest(canonical(effect));
    let mut first = [0; 6];
    first.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    first
}

/// The hashed text: RFC 8785 JSON by construction, as its keys are in order and its parts are canonical.
pub(super) fn document(plan: &Plan) -> String {
    let Plan {
        project,
        experiences,
        tags,
        systems,
        suites,
        notes: _,
        left_alone: _,
        unchanged: _,
        live_before: _,
        refusal: _,
        permitted: _,
    } = plan;
    let effects = experiences.iter().map(experience);
    let effects = effects.chain(tags.iter().map(tag)).chain(systems.iter().map(system)).chain(suites.iter().map(suite));
    let mut changes: Vec<String> = effects.map(|effect| canonical(&effect)).collect();
    changes.sort_unstable();
    format!(r#"{{"changes":[{}],"digestVersion":{VERSION},"project":"{}"}}"#, changes.join(","), project.id)
}

/// RFC 8785 asks for sorted keys, no blanks, and the shortest escapes. serde_json writes just that where keys are ASCII and
/// numbers whole, as they are here, and in half the time of a general canonicalizer, which the tests hold it against.
fn canonical(effect: &Value) -> String {
    effect.to_string()
}

fn experience(change: &ExperienceChange) -> Value {
    let ExperienceChange { name, action, origin: _ } = change;
    match action {
        ExperienceAction::Archive { id, reason: _ } => json!({ "kind": "experience", "action": "archive", "id": id.to_string() }),
        ExperienceAction::Update { id, fields } => {
            json!({ "kind": "experience", "action": "update", "id": id.to_string(), "fields": changed_fields(fields) })
        }
        ExperienceAction::Restore { id, fields } => {
            let fields = fields.as_ref().map(changed_fields).unwrap_or_default();
            json!({ "kind": "experience", "action": "restore", "id": id.to_string(), "fields": fields })
        }
        ExperienceAction::Create { settings } => {
            json!({ "kind": "experience", "action": "create", "name": name.as_str(), "fields": created_fields(settings) })
        }
    }
}

fn changed_fields(fields: &FieldChanges) -> Map<String, Value> {
    let field = |change: &FieldChange| {
        let (before, after) = match change {
            FieldChange::Name(delta) => (delta.before.as_str().into(), delta.after.as_str().into()),
            FieldChange::Description(delta) | FieldChange::Profile(delta) => (delta.before.as_str().into(), delta.after.as_str().into()),
            FieldChange::Locations(delta) => (current_locations(&delta.before), locations(&delta.after)),
            FieldChange::EnvironmentVariables(delta) => (current_variables(&delta.before), variables(&delta.after)),
            FieldChange::ContainerTimeoutSeconds(delta) => (delta.before.into(), delta.after.into()),
            FieldChange::CacheExempt(delta) => (delta.before.into(), delta.after.into()),
            FieldChange::CustomFields(delta) => (fields_value(&delta.before), fields_value(&delta.after)),
        };
        (change.json_name().to_owned(), json!({ "before": before, "after": after }))
    };
    fields.iter().map(field).collect()
}

fn created_fields(settings: &ExperienceSettings) -> Map<String, Value> {
    let ExperienceSettings {
        description,
        locations: wanted_locations,
        profile,
        environment_variables,
        container_timeout_seconds,
        cache_exempt,
        custom_fields,
    } = settings;
    let fields = [
        ("description", Some(description.as_str().into())),
        ("locations", Some(locations(wanted_locations))),
        ("profile", profile.as_set().map(|profile| profile.as_str().into())),
        ("environmentVariables", environment_variables.as_set().map(|wanted| variables(wanted))),
        ("containerTimeoutSeconds", container_timeout_seconds.as_set().map(|seconds| (*seconds).into())),
        ("cacheExempt", cache_exempt.as_set().map(|exempt| (*exempt).into())),
        ("customFields", custom_fields.as_set().map(|wanted| fields_value(wanted))),
    ];
    let present = fields.into_iter().filter_map(|(name, after)| Some((name.to_owned(), json!({ "after": after? }))));
    present.collect()
}

fn tag(change: &TagChange) -> Value {
    let TagChange { name, id, managed: _, added, removed } = change;
    match id {
        Some(id) => {
            json!({ "kind": "tag", "action": "update", "id": id.to_string(), "added": members(added), "removed": members(removed) })
        }
        None => json!({ "kind": "tag", "action": "create", "name": name.as_str(), "added": members(added), "removed": members(removed) }),
    }
}

fn system(change: &SystemChange) -> Value {
    let SystemChange { name: _, id, added } = change;
    json!({ "kind": "system", "action": "update", "id": id.to_string(), "added": members(added) })
}

fn suite(change: &SuiteChange) -> Value {
    // What a suite loses by archives follows from the archives.
    let SuiteChange { name, action, size_before: _, members: _, added, removed, archived: _, origin: _ } = change;
    let (added, removed) = (members(added), members(removed));
    match action {
        SuiteAction::Create { system, system_name: _, description } => json!({
            "kind": "suite", "action": "create", "name": name.as_str(), "system": system.to_string(), "description": description,
            "added": added, "removed": removed,
        }),
        SuiteAction::Restore { id, revision: _, revise: _ } => {
            json!({ "kind": "suite", "action": "restore", "id": id.to_string(), "added": added, "removed": removed })
        }
        SuiteAction::Revise { id, revision: _ } => {
            json!({ "kind": "suite", "action": "update", "id": id.to_string(), "added": added, "removed": removed })
        }
    }
}

fn members<'a>(members: impl IntoIterator<Item = &'a ExperienceRef>) -> Value {
    sorted(members.into_iter().map(|member| Cow::Owned(member_text(member))))
}

/// An ID, or a name that no ID can be taken for.
fn member_text(member: &ExperienceRef) -> String {
    match member {
        ExperienceRef::Existing { name: _, id } => id.to_string(),
        ExperienceRef::New { name } => format!("new:{name}"),
    }
}

fn current_locations(locations: &[Observed<String>]) -> Value {
    sorted(locations.iter().map(|location| match location {
        Observed::Known(location) => shown_location(location),
        Observed::Hidden => SECRET.into(),
    }))
}

fn locations(locations: &[String]) -> Value {
    sorted(locations.iter().map(|location| shown_location(location)))
}

fn shown_location(location: &str) -> Cow<'_, str> {
    if is_secret_location(location) { SECRET.into() } else { location.into() }
}

fn current_variables(variables: &[CurrentVariable]) -> Value {
    let pairs = variables.iter().map(|CurrentVariable { name, value }| match value {
        Observed::Known(value) => shown_variable(name, value),
        Observed::Hidden => (name.as_str(), SECRET),
    });
    variable_pairs(pairs.collect())
}

fn variables(variables: &[EnvironmentVariable]) -> Value {
    variable_pairs(variables.iter().map(|EnvironmentVariable { name, value }| shown_variable(name, value)).collect())
}

fn shown_variable<'a>(name: &'a str, value: &'a str) -> (&'a str, &'a str) {
    (name, if is_secret_variable(name, value) { SECRET } else { value })
}

fn variable_pairs(mut pairs: Vec<(&str, &str)>) -> Value {
    pairs.sort_unstable();
    pairs.into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn fields_value(fields: &[CustomField]) -> Value {
    let fields = custom_fields(fields).into_iter();
    fields.map(|field| json!({ "name": field.name, "type": field.kind.as_str(), "values": field.values })).collect()
}

fn sorted<'a>(texts: impl Iterator<Item = Cow<'a, str>>) -> Value {
    let mut texts: Vec<Cow<'a, str>> = texts.collect();
    texts.sort_unstable();
    texts.into_iter().map(|text| Value::String(text.into_owned())).collect()
}
