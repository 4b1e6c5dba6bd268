//! Requests and answers against the description of GitHub's REST API.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Value, json};

/// The descriptions of all operations that the program uses, for one version of the API.
pub(crate) struct Schemas {
    document: Value,
    compiled: BTreeMap<String, Validator>,
}

impl Schemas {
    /// `newest` is the version 2026-03-10, of which the program must not need what it takes away.
    pub(crate) fn new(newest: bool) -> Self {
        let mut document: Value = serde_json::from_str(include_str!("rest-schema.json")).expect("the schema is JSON");
        for schema in document["schemas"].as_object_mut().expect("schemas").values_mut() {
            let patch = schema.as_object_mut().and_then(|schema| schema.remove("2026-03-10"));
            if let (true, Some(patch)) = (newest, patch) {
                merge(schema, &patch);
            }
        }
        Self { document, compiled: BTreeMap::new() }
    }

    /// What is wrong with a request to an operation such as `PATCH /repos/{owner}/{repo}/pulls/{pull_number}`.
    pub(crate) fn check_request(&mut self, operation: &str, query: &BTreeMap<String, String>, body: Option<&Value>) -> Vec<String> {
        let known = self.document["operations"][operation].clone();
        if known.is_null() {
            return vec![format!("{operation} is not an operation that the program may use")];
        }
        let mut wrong = Vec::new();
        for (name, value) in query {
            let schema = &known["query"][name];
            let value = if schema["type"] == "integer" { json!(value.parse::<i64>().ok()) } else { json!(value) };
            if schema.is_null() {
                wrong.push(format!("{operation}: unknown parameter {name}"));
            } else {
                wrong.extend(self.check(&format!("{operation} ?{name}"), schema.clone(), &value));
            }
        }
        match (body, known.get("request")) {
            (None, None) => {}
            (Some(body), Some(schema)) => {
                let mut schema = schema.clone();
                // GitHub passes over what it does not know: a misspelt field would do nothing.
                schema["additionalProperties"] = json!(false);
                wrong.extend(self.check(&format!("{operation} request"), schema, body));
            }
            (Some(_), None) => wrong.push(format!("{operation} takes no body")),
            (None, Some(_)) => wrong.push(format!("{operation} needs a body")),
        }
        wrong
    }

    /// What is wrong with an answer.
    pub(crate) fn check_answer(&mut self, operation: &str, status: u16, body: Option<&Value>) -> Vec<String> {
        let answers = self.document["operations"][operation]["responses"].clone();
        let (schema, body) = match (answers.get(status.to_string()), body) {
            (None, _) | (Some(Value::Null), None) => return Vec::new(),
            (Some(Value::Null), Some(_)) => return vec![format!("{operation}: {status} has no body")],
            (Some(_), None) => return vec![format!("{operation}: {status} needs a body")],
            (Some(schema), Some(body)) => (schema.clone(), body),
        };
        self.check(&format!("{operation} {status}"), schema, body)
    }

    fn check(&mut self, name: &str, schema: Value, value: &Value) -> Vec<String> {
        let document = &self.document;
        let validator = self.compiled.entry(name.to_owned()).or_insert_with(|| {
            let whole = json!({ "allOf": [schema], "schemas": document["schemas"] });
            jsonschema::validator_for(&whole).expect("the schema is one")
        });
        validator.iter_errors(value).map(|error| format!("{name}: {} at {}", error, error.instance_path())).collect()
    }
}

/// RFC 7396.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let target = target.as_object_mut().expect("just made one");
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}
