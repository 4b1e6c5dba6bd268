//! A state without what a server makes up: two runs that did the same have the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// What a state (`state/v1`) says, without times, revisions and the IDs of whatever `before` does not hold. Those
/// go by their names.
pub(crate) fn comparable(state: &Value, before: &Value) -> Value {
    let known: BTreeSet<&str> = LISTS.iter().flat_map(|list| rows(before, list)).map(|row| text(row, "id")).collect();
    let mut keys = BTreeMap::new();
    for list in LISTS {
        for row in rows(state, list) {
            let id = text(row, "id");
            let key = if known.contains(id) { id.to_owned() } else { format!("new {}", text(row, "name")) };
            keys.insert(id, key);
        }
    }
    let lists = LISTS.map(|list| {
        let mut all: Vec<Value> = rows(state, list).map(|row| without_inventions(row, &keys)).collect();
        all.sort_by_key(Value::to_string);
        (list.to_owned(), Value::Array(all))
    });
    Value::Object(lists.into_iter().collect())
}

const LISTS: [&str; 4] = ["experiences", "tags", "systems", "suites"];

fn without_inventions(row: &Value, keys: &BTreeMap<&str, String>) -> Value {
    let mut row = row.clone();
    let fields = row.as_object_mut().expect("a row is a mapping");
    fields.remove("updatedAt");
    fields.remove("revision");
    let key = |id: &Value| keys[id.as_str().expect("an ID")].clone();
    let id = key(&fields["id"]);
    fields.insert("id".to_owned(), json!(id));
    for members in ["experiences", "archivedExperiences"] {
        if let Some(ids) = fields.get(members).and_then(Value::as_array) {
            let mut members_by_key: Vec<String> = ids.iter().map(key).collect();
            members_by_key.sort();
            fields.insert(members.to_owned(), json!(members_by_key));
        }
    }
    row
}

fn rows<'a>(state: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    state[list].as_array().expect("a list").iter()
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_else(|| panic!("{field} in {row}"))
}
