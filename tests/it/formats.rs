//! `docs/formats.md` says what the schemas say, and the program writes what the schemas say.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::pages::{cell, check_generated, text};
use crate::support::{Folder, Program};

const FORMATS: [&str; 5] = ["plan", "report", "state", "diagnostics", "ledger"];
const CONFIG: &str = include_str!("../../examples/demo/experiences.yaml");
const STATE: &str = include_str!("../../examples/demo/state.json");

fn schema(name: &str) -> Value {
    serde_json::from_str(&text(&format!("schemas/{name}-v1.schema.json"))).expect("a schema is JSON")
}

/// A schema with what its references lead to.
struct Format {
    name: &'static str,
    schema: Value,
}

/// A row of a table.
#[derive(PartialEq)]
struct Row {
    member: String,
    value: String,
    meaning: String,
}

impl Format {
    fn definition(&self, reference: &str) -> &Value {
        let name = reference.strip_prefix("#/$defs/").unwrap_or_else(|| panic!("{}: {reference}", self.name));
        &self.schema["$defs"][name]
    }

    /// Whether something has a table of its own.
    fn is_composed(&self, schema: &Value) -> bool {
        schema["properties"].is_object()
            || schema["oneOf"].as_array().is_some_and(|all| all.iter().any(|one| one["properties"].is_object()))
    }

    /// What a value is, in words.
    fn value(&self, schema: &Value) -> String {
        if let Some(reference) = schema["$ref"].as_str() {
            if let Some(other) = reference.strip_suffix("-v1.schema.json") {
                return format!("[{other}/v1](#{other}v1)");
            }
            let definition = self.definition(reference);
            let name = reference.rsplit('/').next().expect("a name");
            return match name {
                "code" => "a [code](config.md#what-validate-and-plan-can-find)".to_owned(),
                name if self.is_composed(definition) => format!("[{name}](#{}v1-{})", self.name, name.to_lowercase()),
                _ => self.value(definition),
            };
        }
        for alternatives in ["oneOf", "anyOf"] {
            if let Some(all) = schema[alternatives].as_array() {
                return either(all.iter().map(|one| self.value(one)));
            }
        }
        if let Some(constant) = schema.get("const") {
            return word(constant);
        }
        if let Some(words) = schema["enum"].as_array() {
            return either(words.iter().map(word));
        }
        let types = match &schema["type"] {
            Value::Array(types) => types.clone(),
            one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => vec![one.clone()],
        };
        either(types.iter().map(|kind| match kind.as_str().expect("a type") {
            "string" if schema["format"] == "uuid" => "UUID".to_owned(),
            "string" if schema["format"] == "date-time" => "time".to_owned(),
            "string" => "text".to_owned(),
            "integer" => "whole number".to_owned(),
            "boolean" => "boolean".to_owned(),
            "null" => "`null`".to_owned(),
            "array" => format!("list of {}", self.value(&schema["items"])),
            "object" => "mapping".to_owned(),
            other => panic!("{}: the type {other}", self.name),
        }))
    }

    fn meaning(&self, schema: &Value) -> String {
        let own = schema["description"].as_str().map(str::to_owned);
        let theirs = || {
            let definition = self.definition(schema["$ref"].as_str().filter(|reference| reference.starts_with('#'))?);
            if self.is_composed(definition) { None } else { definition["description"].as_str().map(str::to_owned) }
        };
        own.or_else(theirs).unwrap_or_default()
    }

    /// The members of a mapping, with those of the mappings inside it.
    fn rows(&self, path: &str, properties: &Map<String, Value>, required: &[&str]) -> Vec<Row> {
        let mut rows = Vec::new();
        // In the order of the schema's own list; what may be absent comes last.
        let optional = properties.keys().map(String::as_str).filter(|name| !required.contains(name));
        for name in required.iter().copied().chain(optional) {
            let schema = &properties[name];
            let member = format!("{path}{name}");
            let optional = if required.contains(&name) { "" } else { ", optional" };
            rows.push(Row { member: member.clone(), value: self.value(schema) + optional, meaning: self.meaning(schema) });
            let (inner, path) =
                if schema["type"] == "array" { (&schema["items"], format!("{member}[].")) } else { (schema, format!("{member}.")) };
            let alternatives = inner["oneOf"].as_array().cloned().unwrap_or_else(|| vec![inner.clone()]);
            for alternative in alternatives.iter().filter(|one| one["properties"].is_object()) {
                for row in self.mapping(&path, alternative) {
                    match rows.iter_mut().find(|known| known.member == row.member) {
                        Some(known) if known.value != row.value => known.value = format!("{} or {}", known.value, row.value),
                        Some(_) => {}
                        None => rows.push(row),
                    }
                }
            }
        }
        rows
    }

    fn mapping(&self, path: &str, schema: &Value) -> Vec<Row> {
        let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        self.rows(path, schema["properties"].as_object().expect("a mapping"), &required)
    }

    /// A mapping, or one of several: what they share first.
    fn section(&self, schema: &Value) -> String {
        let Some(alternatives) = schema["oneOf"].as_array() else { return table(&self.mapping("", schema)) };
        let all: Vec<Vec<Row>> = alternatives.iter().map(|one| self.mapping("", one)).collect();
        let mut text = String::new();
        let (shared, _): (Vec<&Row>, Vec<&Row>) = all[0].iter().partition(|row| all.iter().all(|rows| rows.contains(row)));
        if !shared.is_empty() {
            text.push_str(&table(&shared.iter().map(|row| row.copy()).collect::<Vec<_>>()));
        }
        for (alternative, rows) in alternatives.iter().zip(&all) {
            let own: Vec<Row> = rows.iter().filter(|row| !shared.contains(row)).map(Row::copy).collect();
            let description = alternative["description"].as_str().expect("a description");
            write!(text, "\n{description}\n\n{}", table(&own)).expect("a String");
        }
        text
    }

    fn page(&self) -> String {
        let mut text = format!("{}\n\n{}", self.schema["description"].as_str().expect("a description"), self.section(&self.schema));
        for (name, definition) in self.schema["$defs"].as_object().into_iter().flatten().filter(|(_, one)| self.is_composed(one)) {
            write!(text, "\n#### {}/v1: {name}\n", self.name).expect("a String");
            if let Some(description) = definition["description"].as_str() {
                write!(text, "\n{description}\n").expect("a String");
            }
            write!(text, "\n{}", self.section(definition).trim_start()).expect("a String");
        }
        text
    }
}

impl Row {
    fn copy(&self) -> Self {
        let Self { member, value, meaning } = self;
        Self { member: member.clone(), value: value.clone(), meaning: meaning.clone() }
    }
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| format!("`{value}`"), |text| format!("`{text}`"))
}

fn either(words: impl Iterator<Item = String>) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for word in words {
        if !distinct.contains(&word) {
            distinct.push(word);
        }
    }
    match distinct.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn table(rows: &[Row]) -> String {
    let mut text = "| Member | Value | Meaning |\n| --- | --- | --- |\n".to_owned();
    for Row { member, value, meaning } in rows {
        writeln!(text, "| `{member}` | {} | {} |", cell(value), cell(meaning)).expect("a String");
    }
    text
}

#[test]
fn page_of_the_formats_is_up_to_date() {
    let parts = FORMATS.map(|name| (name, Format { name, schema: schema(name) }.page()));
    check_generated("docs/formats.md", &parts);
}

#[test]
fn every_schema_is_one_and_is_documented() {
    let page = text("docs/formats.md");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(crate::support::repository_file("schemas")).expect("readable") {
        let file = entry.expect("readable").file_name().to_str().expect("UTF-8").to_owned();
        let schema: Value = serde_json::from_str(&text(&format!("schemas/{file}"))).expect("JSON");
        assert!(jsonschema::meta::is_valid(&schema), "{file} is no JSON Schema");
        assert!(page.contains(&format!("(../schemas/{file})")), "docs/formats.md does not name {file}");
        found.push(file);
    }
    assert_eq!(found.len(), FORMATS.len() + 1, "{found:?}");
}

/// What does not fit a schema.
fn problems(name: &str, value: &Value) -> Vec<String> {
    let registry = jsonschema::Registry::new().add("json-schema:///plan-v1.schema.json", schema("plan"));
    let registry = registry.and_then(jsonschema::RegistryBuilder::prepare).expect("a resource");
    let validator = jsonschema::options().with_registry(&registry).should_validate_formats(true).build(&schema(name)).expect("a schema");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn program_writes_what_the_schemas_say() {
    let folder = Folder::with_config(CONFIG);
    folder.write("state.json", STATE);
    folder.write("wrong.yaml", "experiences:\n  - name: a\n    descripton: b\n");
    let json = |args: &[&str], code: i32| -> Value {
        let output = Program::new(&folder, args).ends_with(code);
        serde_json::from_str(&output.stdout).expect("JSON")
    };
    let none = Vec::<String>::new();
    let sandbox = ["--sandbox=state.json", "--create-missing", "--format", "json"];
    let with = |first: &str, more: &[&'static str]| -> Vec<String> {
        [first].iter().chain(&sandbox).chain(more).map(|word| (*word).to_owned()).collect()
    };
    let run = |words: Vec<String>, code: i32| json(&words.iter().map(String::as_str).collect::<Vec<_>>(), code);

    let plan = run(with("plan", &["--out", "saved.json"]), 0);
    assert_eq!(problems("plan", &plan), none);
    let saved: Value = serde_json::from_str(&folder.read("saved.json")).expect("JSON");
    assert_eq!(saved, plan);
    let report = run(with("apply", &["--ledger", "ledger.jsonl", "--snapshot-out", "before.json"]), 0);
    assert_eq!(problems("report", &report), none);
    let ledger = folder.read("ledger.jsonl");
    assert!(ledger.lines().count() > 3);
    for line in ledger.lines() {
        assert_eq!(problems("ledger", &serde_json::from_str(line).expect("JSON")), none, "{line}");
    }
    let before: Value = serde_json::from_str(&folder.read("before.json")).expect("JSON");
    assert_eq!(problems("state", &before), none);
    assert_eq!(problems("state", &json(&["snapshot", "--sandbox=state.json"], 0)), none);
    let state: Value = serde_json::from_str(&folder.read("state.json")).expect("JSON");
    assert_eq!(problems("state", &state), none);
    let found = json(&["validate", "--config", "wrong.yaml", "--format", "json"], 3);
    assert_eq!(problems("diagnostics", &found), none);

    for (name, mut value) in [("plan", plan), ("report", report), ("state", state), ("diagnostics", found)] {
        value["formatVersion"] = json!("other/v1");
        assert!(!problems(name, &value).is_empty(), "{name}: anything fits");
    }
}
