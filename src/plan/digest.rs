//! A plan's effects in canonical form, hashed.
//!
//! Equal effects have equal digests, whatever the order in which the server lists things, the files and
//! lines of the config, the flags, and the program's version. No secret goes in: a digest of a short one
//! could be found by trying.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

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
    let mut push = |kind: DestructiveKind, effect: String| changes.push(DestructiveChange { kind, fingerprint: fingerprint(&effect) });
    for change in &plan.experiences {
        if let ExperienceAction::Archive { .. } = change.action {
            push(DestructiveKind::Archive(change.name.clone()), canonical(&experience(change)));
        }
    }
    for tag in &plan.tags {
        for member in &tag.removed {
            let kind = DestructiveKind::TagRemoval(tag.name.clone(), member.name().clone());
            push(kind, canonical(&Removal::of("tag", tag.id.map(|id| id.0), member)));
        }
    }
    for suite in &plan.suites {
        // Whether the suite must also be restored makes no difference to the member.
        let id = match &suite.action {
            SuiteAction::Create { .. } => None,
            SuiteAction::Restore { id, .. } | SuiteAction::Revise { id, .. } => Some(id.0),
        };
        for member in &suite.removed {
            let kind = DestructiveKind::SuiteRemoval(suite.name.clone(), member.name().clone());
            push(kind, canonical(&Removal::of("suite", id, member)));
        }
    }
    changes.sort_by(|a, b| (&a.kind, a.fingerprint).cmp(&(&b.kind, b.fingerprint)));
    changes
}

fn fingerprint(effect: &str) -> [u8; 6] {
    let hash = Sha256::digest(effect);
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

/// RFC 8785 asks for sorted keys, no blanks, and the shortest escapes. serde_json writes just that where the keys are
/// declared in order and numbers are whole, as they are below; the tests hold it against a general canonicalizer.
fn canonical(effect: &impl Serialize) -> String {
    serde_json::to_string(effect).expect("JSON of texts, whole numbers and booleans")
}

/// A change, its keys in order.
#[derive(Default, Serialize)]
struct Effect<'a> {
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    added: Option<Vec<Cow<'a, str>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<BTreeMap<&'static str, Change<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<Vec<Cow<'a, str>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<Uuid>,
}

/// A field before, if the experience exists, and after.
#[derive(Serialize)]
struct Change<'a> {
    after: Field<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Field<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Field<'a> {
    Text(&'a str),
    Number(i64),
    Flag(bool),
    Texts(Vec<Cow<'a, str>>),
    Variables(Vec<Variable<'a>>),
    CustomFields(Vec<Custom<'a>>),
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Variable<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct Custom<'a> {
    name: String,
    r#type: &'static str,
    values: Vec<Cow<'a, str>>,
}

/// One pair of what is taken away from what; the ID is `null` where there is none.
#[derive(Serialize)]
struct Removal<'a> {
    id: Option<Uuid>,
    kind: &'static str,
    removed: [Cow<'a, str>; 1],
}

impl<'a> Removal<'a> {
    fn of(kind: &'static str, id: Option<Uuid>, member: &'a ExperienceRef) -> Self {
        Self { id, kind, removed: [member_text(member)] }
    }
}

fn experience(change: &ExperienceChange) -> Effect<'_> {
    let ExperienceChange { name, action, origin: _ } = change;
    let effect = |action| Effect { action, kind: "experience", ..Effect::default() };
    match action {
        ExperienceAction::Archive { id, reason: _ } => Effect { id: Some(id.0), ..effect("archive") },
        ExperienceAction::Update { id, fields } => Effect { id: Some(id.0), fields: Some(changed_fields(fields)), ..effect("update") },
        ExperienceAction::Restore { id, fields } => {
            let fields = fields.as_ref().map(changed_fields).unwrap_or_default();
            Effect { id: Some(id.0), fields: Some(fields), ..effect("restore") }
        }
        ExperienceAction::Create { settings } => {
            Effect { name: Some(name.as_str()), fields: Some(created_fields(settings)), ..effect("create") }
        }
    }
}

fn changed_fields(fields: &FieldChanges) -> BTreeMap<&'static str, Change<'_>> {
    let changed = fields.iter().map(|change| {
        let (before, after) = match change {
            FieldChange::Name(delta) => (Field::Text(delta.before.as_str()), Field::Text(delta.after.as_str())),
            FieldChange::Description(delta) | FieldChange::Profile(delta) => (Field::Text(&delta.before), Field::Text(&delta.after)),
            FieldChange::Locations(delta) => (current_locations(&delta.before), locations(&delta.after)),
            FieldChange::EnvironmentVariables(delta) => (current_variables(&delta.before), variables(&delta.after)),
            FieldChange::ContainerTimeoutSeconds(delta) => (Field::Number(delta.before), Field::Number(delta.after.into())),
            FieldChange::CacheExempt(delta) => (Field::Flag(delta.before), Field::Flag(delta.after)),
            FieldChange::CustomFields(delta) => (fields_value(&delta.before), fields_value(&delta.after)),
        };
        (change.json_name(), Change { after, before: Some(before) })
    });
    changed.collect()
}

fn created_fields(settings: &ExperienceSettings) -> BTreeMap<&'static str, Change<'_>> {
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
        ("description", Some(Field::Text(description))),
        ("locations", Some(locations(wanted_locations))),
        ("profile", profile.as_set().map(|profile| Field::Text(profile))),
        ("environmentVariables", environment_variables.as_set().map(|wanted| variables(wanted))),
        ("containerTimeoutSeconds", container_timeout_seconds.as_set().map(|seconds| Field::Number(i64::from(*seconds)))),
        ("cacheExempt", cache_exempt.as_set().map(|exempt| Field::Flag(*exempt))),
        ("customFields", custom_fields.as_set().map(|wanted| fields_value(wanted))),
    ];
    fields.into_iter().filter_map(|(name, after)| Some((name, Change { after: after?, before: None }))).collect()
}

fn tag(change: &TagChange) -> Effect<'_> {
    let TagChange { name, id, managed: _, added, removed } = change;
    let effect = Effect { kind: "tag", added: Some(members(added)), removed: Some(members(removed)), ..Effect::default() };
    match id {
        Some(id) => Effect { action: "update", id: Some(id.0), ..effect },
        None => Effect { action: "create", name: Some(name.as_str()), ..effect },
    }
}

fn system(change: &SystemChange) -> Effect<'_> {
    let SystemChange { name: _, id, added } = change;
    Effect { kind: "system", action: "update", id: Some(id.0), added: Some(members(added)), ..Effect::default() }
}

fn suite(change: &SuiteChange) -> Effect<'_> {
    // What a suite loses by archives follows from the archives.
    let SuiteChange { name, action, size_before: _, members: _, added, removed, archived: _, origin: _ } = change;
    let effect = Effect { kind: "suite", added: Some(members(added)), removed: Some(members(removed)), ..Effect::default() };
    match action {
        SuiteAction::Create { system, system_name: _, description } => {
            let (name, description) = (Some(name.as_str()), Some(description.as_str()));
            Effect { action: "create", name, system: Some(system.0), description, ..effect }
        }
        SuiteAction::Restore { id, revision: _, revise: _ } => Effect { action: "restore", id: Some(id.0), ..effect },
        SuiteAction::Revise { id, revision: _ } => Effect { action: "update", id: Some(id.0), ..effect },
    }
}

fn members<'a>(members: impl IntoIterator<Item = &'a ExperienceRef>) -> Vec<Cow<'a, str>> {
    sorted(members.into_iter().map(member_text))
}

/// An ID, or a name that no ID can be taken for.
fn member_text(member: &ExperienceRef) -> Cow<'_, str> {
    match member {
        ExperienceRef::Existing { name: _, id } => id.to_string().into(),
        ExperienceRef::New { name } => format!("new:{name}").into(),
    }
}

fn current_locations(locations: &[Observed<String>]) -> Field<'_> {
    Field::Texts(sorted(locations.iter().map(|location| match location {
        Observed::Known(location) => shown_location(location),
        Observed::Hidden => SECRET.into(),
    })))
}

fn locations(locations: &[String]) -> Field<'_> {
    Field::Texts(sorted(locations.iter().map(|location| shown_location(location))))
}

fn shown_location(location: &str) -> Cow<'_, str> {
    if is_secret_location(location) { SECRET.into() } else { location.into() }
}

fn current_variables(variables: &[CurrentVariable]) -> Field<'_> {
    variable_pairs(variables.iter().map(|CurrentVariable { name, value }| match value {
        Observed::Known(value) => shown_variable(name, value),
        Observed::Hidden => Variable { name, value: SECRET },
    }))
}

fn variables(variables: &[EnvironmentVariable]) -> Field<'_> {
    variable_pairs(variables.iter().map(|EnvironmentVariable { name, value }| shown_variable(name, value)))
}

fn shown_variable<'a>(name: &'a str, value: &'a str) -> Variable<'a> {
    Variable { name, value: if is_secret_variable(name, value) { SECRET } else { value } }
}

fn variable_pairs<'a>(pairs: impl Iterator<Item = Variable<'a>>) -> Field<'a> {
    let mut pairs: Vec<Variable<'a>> = pairs.collect();
    pairs.sort_unstable();
    Field::Variables(pairs)
}

fn fields_value(fields: &[CustomField]) -> Field<'_> {
    let fields = custom_fields(fields).into_iter();
    Field::CustomFields(fields.map(|field| Custom { name: field.name, r#type: field.kind.as_str(), values: field.values }).collect())
}

fn sorted<'a>(texts: impl Iterator<Item = Cow<'a, str>>) -> Vec<Cow<'a, str>> {
    let mut texts: Vec<Cow<'a, str>> = texts.collect();
    texts.sort_unstable();
    texts
}
