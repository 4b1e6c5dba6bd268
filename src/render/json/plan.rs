//! `plan/v1`: `schemas/plan-v1.schema.json`.

use serde::Serialize;
use serde_json::{Value, json};

use super::{PlaceJson, ProjectJson};
use crate::plan::{ArchiveReason, Counts, ExceededLimit, Note};
use crate::render::view::{
    CustomFieldDiff, CustomFieldView, ExperienceRow, FieldDiff, FieldView, NoteView, NoteWeight, PlanView, RefusalView, Shown, SuiteRow,
    SystemRow, TagRow, VariableDiff, percent,
};

/// The value of `formatVersion`.
pub const PLAN_FORMAT: &str = "plan/v1";

/// A plan.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanJson<'a> {
    format_version: &'static str,
    project: ProjectJson<'a>,
    digest: &'a str,
    counts: CountsJson,
    refusal: Option<RefusalJson<'a>>,
    experiences: Vec<ExperienceJson<'a>>,
    tags: Vec<TagJson<'a>>,
    systems: Vec<SystemJson<'a>>,
    suites: Vec<SuiteJson<'a>>,
    notes: Vec<NoteJson<'a>>,
    left_alone: &'a [String],
    unchanged: usize,
    live_before: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CountsJson {
    creates: usize,
    updates: usize,
    renames: usize,
    restores: usize,
    archives: usize,
    tags_added: usize,
    tags_removed: usize,
    tags_created: usize,
    systems_added: usize,
    suites: usize,
}

#[derive(Serialize)]
struct RefusalJson<'a> {
    sentence: String,
    ways: Vec<String>,
    archives: usize,
    live: usize,
    limit: LimitJson,
    experiences: &'a [String],
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum LimitJson {
    Number { value: u64 },
    Percent { value: String },
    NothingLeft,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExperienceJson<'a> {
    action: &'static str,
    name: &'a str,
    renamed_from: Option<&'a str>,
    id: Option<&'a str>,
    reason: Option<&'static str>,
    place: Option<PlaceJson<'a>>,
    fields: Vec<FieldJson<'a>>,
    tags_added: &'a [String],
    tags_removed: &'a [String],
    systems_added: &'a [String],
}

/// Which of the members a field has depends on what it is.
#[derive(Serialize)]
#[serde(untagged)]
enum FieldJson<'a> {
    Scalar { field: &'static str, before: Option<Value>, after: Value },
    Set { field: &'static str, removed: Vec<Value>, added: Vec<Value>, kept: usize },
    Variables { field: &'static str, changed: Vec<VariableJson<'a>>, kept: usize },
    CustomFields { field: &'static str, changed: Vec<CustomFieldJson<'a>>, kept: usize },
}

#[derive(Serialize)]
struct VariableJson<'a> {
    name: &'a str,
    before: Option<Value>,
    after: Option<Value>,
}

#[derive(Serialize)]
struct CustomFieldJson<'a> {
    name: &'a str,
    before: Option<ValuesJson>,
    after: Option<ValuesJson>,
}

#[derive(Serialize)]
struct ValuesJson {
    r#type: &'static str,
    values: Vec<Value>,
}

#[derive(Serialize)]
struct TagJson<'a> {
    name: &'a str,
    id: Option<&'a str>,
    managed: bool,
    added: &'a [String],
    removed: &'a [String],
}

#[derive(Serialize)]
struct SystemJson<'a> {
    name: &'a str,
    id: &'a str,
    added: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SuiteJson<'a> {
    action: &'static str,
    name: &'a str,
    id: Option<&'a str>,
    system: Option<&'a str>,
    description: Option<Value>,
    revision: Option<i64>,
    size_before: usize,
    size_after: usize,
    added: &'a [String],
    removed: &'a [String],
    archived: &'a [String],
    place: PlaceJson<'a>,
}

#[derive(Serialize)]
struct NoteJson<'a> {
    kind: &'static str,
    weight: &'static str,
    sentence: String,
    help: Option<String>,
    place: Option<PlaceJson<'a>>,
    data: Value,
}

impl<'a> PlanJson<'a> {
    /// The public form of a view.
    pub fn new(view: &'a PlanView) -> Self {
        let PlanView {
            project,
            digest,
            counts,
            refusal,
            permitted: _,
            experiences,
            tags,
            systems,
            suites,
            notes,
            left_alone,
            unchanged,
            live_before,
        } = view;
        Self {
            format_version: PLAN_FORMAT,
            project: ProjectJson::new(project),
            digest,
            counts: counts_json(counts),
            refusal: refusal.as_ref().map(refusal_json),
            experiences: experiences.iter().map(experience_json).collect(),
            tags: tags.iter().map(tag_json).collect(),
            systems: systems.iter().map(system_json).collect(),
            suites: suites.iter().map(suite_json).collect(),
            notes: notes.iter().map(note_json).collect(),
            left_alone,
            unchanged: *unchanged,
            live_before: *live_before,
        }
    }
}

fn counts_json(counts: &Counts) -> CountsJson {
    let Counts { creates, updates, renames, restores, archives, tags_added, tags_removed, tags_created, systems_added, suites } = *counts;
    CountsJson { creates, updates, renames, restores, archives, tags_added, tags_removed, tags_created, systems_added, suites }
}

fn refusal_json(refusal: &RefusalView) -> RefusalJson<'_> {
    let RefusalView { sentence, ways, archives, live, limit, experiences } = refusal;
    let limit = match limit {
        ExceededLimit::Number(value) => LimitJson::Number { value: *value },
        ExceededLimit::Percent(value) => LimitJson::Percent { value: percent(*value) },
        ExceededLimit::NothingLeft => LimitJson::NothingLeft,
    };
    let ways = ways.iter().map(|way| way.plain()).collect();
    RefusalJson { sentence: sentence.plain(), ways, archives: *archives, live: *live, limit, experiences }
}

fn experience_json(row: &ExperienceRow) -> ExperienceJson<'_> {
    let ExperienceRow { kind, name, renamed_from, id, reason, place, fields, tags_added, tags_removed, systems_added } = row;
    let reason = reason.map(|reason| match reason {
        ArchiveReason::Unlisted => "unlisted",
        ArchiveReason::Requested => "requested",
    });
    ExperienceJson {
        action: kind.as_str(),
        name,
        renamed_from: renamed_from.as_deref(),
        id: id.as_deref(),
        reason,
        place: place.as_ref().map(PlaceJson::new),
        fields: fields.iter().map(field_json).collect(),
        tags_added,
        tags_removed,
        systems_added,
    }
}

fn value(shown: &Shown) -> Value {
    match shown {
        Shown::Number(number) => json!(number),
        Shown::Flag(flag) => json!(flag),
        Shown::Text(_) | Shown::Hidden => json!(shown.to_text()),
    }
}

fn values(shown: &[Shown]) -> Vec<Value> {
    shown.iter().map(value).collect()
}

fn field_json(view: &FieldView) -> FieldJson<'_> {
    let FieldView { field, diff } = view;
    match diff {
        FieldDiff::Scalar { before, after } => FieldJson::Scalar { field, before: before.as_ref().map(value), after: value(after) },
        FieldDiff::Set { removed, added, kept } => FieldJson::Set { field, removed: values(removed), added: values(added), kept: *kept },
        FieldDiff::Variables { changed, kept } => {
            FieldJson::Variables { field, changed: changed.iter().map(variable).collect(), kept: *kept }
        }
        FieldDiff::CustomFields { changed, kept } => {
            FieldJson::CustomFields { field, changed: changed.iter().map(custom_field).collect(), kept: *kept }
        }
    }
}

fn variable(diff: &VariableDiff) -> VariableJson<'_> {
    let VariableDiff { name, before, after } = diff;
    VariableJson { name, before: before.as_ref().map(value), after: after.as_ref().map(value) }
}

fn custom_field(diff: &CustomFieldDiff) -> CustomFieldJson<'_> {
    let CustomFieldDiff { name, before, after } = diff;
    let side = |CustomFieldView { kind, values: shown }: &CustomFieldView| ValuesJson { r#type: kind.as_str(), values: values(shown) };
    CustomFieldJson { name, before: before.as_ref().map(side), after: after.as_ref().map(side) }
}

fn tag_json(row: &TagRow) -> TagJson<'_> {
    let TagRow { name, id, managed, added, removed } = row;
    TagJson { name, id: id.as_deref(), managed: *managed, added, removed }
}

fn system_json(row: &SystemRow) -> SystemJson<'_> {
    let SystemRow { name, id, added } = row;
    SystemJson { name, id, added }
}

fn suite_json(row: &SuiteRow) -> SuiteJson<'_> {
    let SuiteRow { name, kind, id, system, description, revision, size_before, size_after, added, removed, archived, place } = row;
    SuiteJson {
        action: kind.as_str(),
        name,
        id: id.as_deref(),
        system: system.as_deref(),
        description: description.as_ref().map(value),
        revision: *revision,
        size_before: *size_before,
        size_after: *size_after,
        added,
        removed,
        archived,
        place: PlaceJson::new(place),
    }
}

fn note_json(note: &NoteView) -> NoteJson<'_> {
    let NoteView { weight, kind, sentence, help, place, data } = note;
    let weight = match weight {
        NoteWeight::Warning => "warning",
        NoteWeight::Information => "information",
    };
    let text = |names: &[crate::ids::ExperienceName]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let data = match data {
        Note::LooksLikeRename { archived, id, created, origin: _ } => {
            json!({ "archived": archived.as_str(), "id": id.to_string(), "created": created.as_str() })
        }
        Note::UnmanagedSuiteLoses { suite, experiences, becomes_empty } => {
            json!({ "suite": suite.as_str(), "experiences": text(experiences), "becomesEmpty": becomes_empty })
        }
        Note::SuiteBecomesEmpty { suite } => json!({ "suite": suite.as_str() }),
        Note::LocationOrder { experience } | Note::NothingToArchive { experience, origin: _ } => {
            json!({ "experience": experience.as_str() })
        }
        Note::AmbiguousArchived { experience, restored, others } => {
            let others: Vec<String> = others.iter().map(ToString::to_string).collect();
            json!({ "experience": experience.as_str(), "restored": restored.to_string(), "others": others })
        }
        Note::SuiteDiffers { suite, field, current, desired } => {
            json!({ "suite": suite.as_str(), "field": field, "current": current, "desired": desired })
        }
    };
    NoteJson {
        kind,
        weight,
        sentence: sentence.plain(),
        help: help.as_ref().map(super::super::sentence::Sentence::plain),
        place: place.as_ref().map(PlaceJson::new),
        data,
    }
}
