//! The JSON Schema of the config file, for editors, made from the table of keys.
//!
//! It says what one file may hold. What concerns several values at once (unique names, members that
//! exist) only `validate` says.

use serde_json::{Map, Value as Json, json};

use super::keys::{CONFIG, Key, TABLES, Table, Value};
use crate::desired::CustomFieldKind;

/// The word by which editors know what is right and not worth offering.
const UNSUGGESTED: &str = "doNotSuggest";

/// The JSON Schema (2020-12) of one config file.
pub fn json_schema() -> Json {
    let definitions: Map<String, Json> = TABLES.iter().skip(1).map(|table| (table.definition.to_owned(), mapping(table))).collect();
    let mut schema = mapping(&CONFIG);
    if let Json::Object(schema) = &mut schema {
        schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
        schema.insert("title".into(), json!("resim-sync config"));
        schema.insert("$defs".into(), Json::Object(definitions));
    }
    schema
}

fn mapping(table: &'static Table) -> Json {
    let mut properties = Map::new();
    let mut rules = Vec::new();
    for key in table.keys {
        // Several files make one config, so that no single one of them needs `experiences`.
        let required = key.required && table.definition != CONFIG.definition;
        for spelling in key.spellings() {
            properties.insert(spelling.to_owned(), property(key, spelling, required));
        }
        let spellings: Vec<&str> = key.spellings().collect();
        match (spellings.as_slice(), required) {
            ([one], true) => rules.push(json!({ "required": [one] })),
            ([one, other], true) => rules.push(json!({ "oneOf": [{ "required": [one] }, { "required": [other] }] })),
            ([one, other], false) => rules.push(json!({ "not": { "required": [one, other] } })),
            _ => {}
        }
    }
    // A merge key brings required keys in, and an editor does not follow it.
    let merge = json!({ "description": "Merges an anchored mapping: `<<: *base`.", "type": ["object", "array"], UNSUGGESTED: true });
    properties.insert("<<".into(), merge);
    let mut schema = json!({ "type": "object", "description": table.doc, "additionalProperties": false, "properties": properties });
    if let Json::Object(schema) = &mut schema {
        if !rules.is_empty() {
            schema.insert("allOf".into(), json!([{ "if": { "not": { "required": ["<<"] } }, "then": { "allOf": rules } }]));
        }
        if table.extensions {
            schema.insert("patternProperties".into(), json!({ "^x-": { "description": "Ignored: a home for anchors." } }));
        }
    }
    schema
}

fn property(key: &'static Key, spelling: &str, required: bool) -> Json {
    let mut schema = value(key.value);
    if let Json::Object(fields) = &mut schema {
        fields.insert("description".into(), json!(key.doc));
        if spelling != key.name {
            fields.insert("deprecated".into(), json!(true));
            fields.insert(UNSUGGESTED.into(), json!(true));
            fields.insert("description".into(), json!(format!("The older spelling of `{}`. {}", key.name, key.doc)));
        }
    }
    // A key without a value counts as absent, which a required key cannot be.
    if required { schema } else { or_null(schema) }
}

fn or_null(schema: Json) -> Json {
    let mut schema = schema;
    let mut about = Map::new();
    if let Json::Object(fields) = &mut schema {
        for word in ["description", "deprecated", UNSUGGESTED] {
            about.extend(fields.remove(word).map(|value| (word.to_owned(), value)));
        }
    }
    about.insert("anyOf".into(), json!([schema, { "type": "null" }]));
    Json::Object(about)
}

/// A plain scalar keeps its source text where text is wanted, so numbers and booleans are texts too.
fn value(value: Value) -> Json {
    match value {
        Value::Text => json!({ "type": ["string", "number", "boolean"] }),
        Value::Name => json!({ "type": ["string", "number", "boolean"], "pattern": "\\S" }),
        Value::Uuid => json!({
            "type": "string",
            "pattern": "^((urn:uuid:)?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\}|[0-9a-fA-F]{32})$",
        }),
        Value::Seconds => json!({ "type": "integer", "minimum": 1, "maximum": i32::MAX }),
        Value::Boolean => {
            let words = ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF"];
            json!({ "anyOf": [{ "type": "boolean" }, { "enum": words }] })
        }
        Value::FieldType => json!({ "enum": CustomFieldKind::ALL.map(CustomFieldKind::as_str) }),
        Value::Texts => json!({ "type": "array", "items": self::value(Value::Text) }),
        Value::Names => json!({ "type": "array", "items": self::value(Value::Name) }),
        Value::Locations => json!({ "type": "array", "items": self::value(Value::Name), "uniqueItems": true }),
        Value::Mappings(table) => json!({ "type": "array", "items": { "$ref": format!("#/$defs/{}", table.definition) } }),
    }
}

#[cfg(test)]
mod tests;
