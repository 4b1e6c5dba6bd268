//! What is gone, new and changed between a saved plan and a fresh one, told by their JSON.
//!
//! A saved file only ever tells a reader what differs: nothing is executed from it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::json::{PLAN_FORMAT, PlanJson};
use super::view::{HIDDEN, PlanView};

/// What a comparison needs of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedPlan {
    /// In lower-case hexadecimal.
    pub digest: String,
    /// The UUID of the project.
    pub project: String,
    /// By what they are about.
    changes: BTreeMap<Key, Saved>,
}

/// What a change is about: two plans that change the same thing have the same key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// By ID.
    Existing(String),
    /// By name.
    New(String),
    TagCreated(String),
    TagRemoved(String, String),
    TagAdded(String, String),
    System(String, String),
    Suite(String),
}

#[derive(Clone, Debug, PartialEq)]
struct Saved {
    title: String,
    body: Value,
}

/// One change of a plan, for display.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SavedChange {
    /// What is to be done and to what; untrusted.
    pub title: String,
}

/// How a fresh plan differs from a saved one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanDifference {
    /// In the saved plan alone.
    pub gone: Vec<SavedChange>,
    /// In the fresh plan alone.
    pub new: Vec<SavedChange>,
    /// In both, with other contents; as the fresh plan has them.
    pub changed: Vec<SavedChange>,
}

impl PlanDifference {
    /// Whether the plans say the same, as far as their JSON shows it.
    pub fn is_empty(&self) -> bool {
        let Self { gone, new, changed } = self;
        gone.is_empty() && new.is_empty() && changed.is_empty()
    }
}

impl SavedPlan {
    /// A fresh plan in the form of a saved one.
    ///
    /// # Errors
    /// None that a view of this program gives rise to.
    pub fn of(view: &PlanView) -> Result<Self, String> {
        let json = serde_json::to_value(PlanJson::new(view)).map_err(|error| error.to_string())?;
        Self::of_json(&json)
    }

    fn of_json(json: &Value) -> Result<Self, String> {
        let plan = json.as_object().ok_or("not a JSON object")?;
        let format = text(plan, "formatVersion")?;
        if format != PLAN_FORMAT {
            return Err(format!("formatVersion is {format}, not {PLAN_FORMAT}"));
        }
        let project = plan.get("project").and_then(Value::as_object).ok_or("project is missing")?;
        Ok(Self { digest: text(plan, "digest")?.to_owned(), project: text(project, "id")?.to_owned(), changes: changes(plan)? })
    }
}

/// Reads a plan that `plan --out` saved.
///
/// # Errors
/// What makes it no `plan/v1`; may hold untrusted text.
pub fn read_saved_plan(text: &str) -> Result<SavedPlan, String> {
    let json: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| format!("not JSON: {error}"))?;
    SavedPlan::of_json(&json)
}

/// Compares change by change. Values that one of the two hides count as equal: the digest tells them apart.
pub fn compare_plans(saved: &SavedPlan, fresh: &SavedPlan) -> PlanDifference {
    let change = |saved: &Saved| SavedChange { title: saved.title.clone() };
    let mut difference = PlanDifference::default();
    for (key, old) in &saved.changes {
        match fresh.changes.get(key) {
            None => difference.gone.push(change(old)),
            Some(new) if !same(&old.body, &new.body) => difference.changed.push(change(new)),
            Some(_) => {}
        }
    }
    difference.new = fresh.changes.iter().filter(|(key, _)| !saved.changes.contains_key(key)).map(|(_, new)| change(new)).collect();
    difference
}

fn same(a: &Value, b: &Value) -> bool {
    let hidden = |value: &Value| value.as_str() == Some(HIDDEN);
    match (a, b) {
        (a, b) if a == b || hidden(a) || hidden(b) => true,
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b))),
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_), _) => false,
    }
}

fn changes(plan: &Map<String, Value>) -> Result<BTreeMap<Key, Saved>, String> {
    let mut changes = BTreeMap::new();
    for row in rows(plan, "experiences")? {
        let (action, name) = (text(row, "action")?, text(row, "name")?);
        let key = match row.get("id").and_then(Value::as_str) {
            Some(id) => Key::Existing(id.to_owned()),
            None => Key::New(name.to_owned()),
        };
        let before = row.get("renamedFrom").and_then(Value::as_str).map(|before| format!(" from {before}")).unwrap_or_default();
        // Memberships are changes of their own, and files and reasons do not make a change another one.
        let body = only(row, &["action", "name", "renamedFrom", "fields"]);
        changes.insert(key, Saved { title: format!("{action} experience {name}{before}"), body });
    }
    for row in rows(plan, "tags")? {
        let tag = text(row, "name")?;
        if row.get("id").is_none_or(Value::is_null) {
            changes.insert(Key::TagCreated(tag.to_owned()), Saved { title: format!("create tag {tag}"), body: Value::Null });
        }
        for name in names(row, "removed")? {
            let title = format!("remove tag {tag} from {name}");
            changes.insert(Key::TagRemoved(tag.to_owned(), name.to_owned()), Saved { title, body: Value::Null });
        }
        for name in names(row, "added")? {
            let title = format!("add tag {tag} to {name}");
            changes.insert(Key::TagAdded(tag.to_owned(), name.to_owned()), Saved { title, body: Value::Null });
        }
    }
    for row in rows(plan, "systems")? {
        let system = text(row, "name")?;
        for name in names(row, "added")? {
            let title = format!("register {name} with system {system}");
            changes.insert(Key::System(system.to_owned(), name.to_owned()), Saved { title, body: Value::Null });
        }
    }
    for row in rows(plan, "suites")? {
        let (action, name) = (text(row, "action")?, text(row, "name")?);
        let number = |list| names(row, list).map(|names| names.len());
        let (added, lost) = (number("added")?, number("removed")? + number("archived")?);
        let title = format!("{action} suite {name} (+{added}, -{lost})");
        let body = only(row, &["action", "system", "description", "added", "removed", "archived"]);
        changes.insert(Key::Suite(name.to_owned()), Saved { title, body });
    }
    Ok(changes)
}

fn rows<'a>(plan: &'a Map<String, Value>, key: &str) -> Result<Vec<&'a Map<String, Value>>, String> {
    let rows = plan.get(key).and_then(Value::as_array).ok_or_else(|| format!("{key} is missing"))?;
    rows.iter().map(|row| row.as_object().ok_or_else(|| format!("{key} holds something else than objects"))).collect()
}

fn text<'a>(row: &'a Map<String, Value>, key: &str) -> Result<&'a str, String> {
    row.get(key).and_then(Value::as_str).ok_or_else(|| format!("{key} is missing"))
}

fn names<'a>(row: &'a Map<String, Value>, key: &str) -> Result<Vec<&'a str>, String> {
    let names = row.get(key).and_then(Value::as_array).ok_or_else(|| format!("{key} is missing"))?;
    names.iter().map(|name| name.as_str().ok_or_else(|| format!("{key} holds something else than names"))).collect()
}

fn only(row: &Map<String, Value>, keys: &[&str]) -> Value {
    keys.iter().map(|key| ((*key).to_owned(), row.get(*key).cloned().unwrap_or(Value::Null))).collect::<Map<_, _>>().into()
}
