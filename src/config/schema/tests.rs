use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::Config;

use super::*;
use crate::config::{LoadOptions, load_texts};
use crate::diagnostics::{Code, Severity};

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&json_schema()).expect("the schema is a schema")
}

/// What only a look at several values, or at all files, can tell.
const BEYOND_A_SCHEMA: [Code; 9] = [
    Code::NoExperiences,
    Code::DuplicateName,
    Code::DuplicateId,
    Code::DuplicateVariable,
    Code::DuplicateCustomField,
    Code::CustomFieldValue,
    Code::UnknownMember,
    Code::ArchivedMember,
    Code::ArchiveTagMissing,
];

/// The errors of the parser that a schema could find too.
fn parser_errors(text: &str) -> Vec<String> {
    let loaded = load_texts(vec![("c.yaml".to_owned(), text.to_owned())], &LoadOptions::default());
    let sorted = loaded.diagnostics.sorted();
    let errors = sorted.iter().filter(|diagnostic| diagnostic.severity == Severity::Error && !BEYOND_A_SCHEMA.contains(&diagnostic.code));
    errors.map(|diagnostic| format!("{}: {}", diagnostic.code.as_str(), diagnostic.message)).collect()
}

#[test]
fn schema_is_a_valid_2020_12_schema() {
    assert!(jsonschema::meta::is_valid(&json_schema()));
}

/// Editors name the file by its address, so that it is in the repository; `UPDATE_GOLDEN=1` writes it.
#[test]
fn schema_file_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/config.schema.json");
    let wanted = format!("{}\n", serde_json::to_string_pretty(&json_schema()).expect("JSON"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &wanted).expect("writable");
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n"), wanted);
}

#[test]
fn schema_and_parser_agree_on_every_golden_case() {
    let validator = validator();
    let mut compared = 0;
    for case in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/config")).expect("the cases are there") {
        let case = case.expect("readable").path();
        // Merge keys change what a mapping holds, and editors do not follow them.
        let Ok(text) = fs::read_to_string(case.join("experiences.yaml")) else { continue };
        let Ok(value) = serde_yaml::from_str::<Json>(&text) else { continue };
        if text.contains("<<") || text.contains('!') || value.is_null() {
            continue;
        }
        let errors = parser_errors(&text);
        // Gone before a schema sees it.
        if errors.iter().any(|error| error.ends_with("is there twice")) {
            continue;
        }
        compared += 1;
        assert_eq!(validator.is_valid(&value), errors.is_empty(), "{}: {errors:?}", case.display());
    }
    assert!(compared > 40, "only {compared} cases");
}

/// A config that uses every key.
fn full() -> Json {
    json!({
        "x-home": { "any": ["thing"] },
        "experiences": [{
            "name": "a", "description": "d", "locations": ["s3://a", "s3://b"], "experienceID": "5f0c2a9e-8d41-4b7a-9c3e-1f6d2b8a7e05",
            "profile": "p", "tags": ["t"], "systems": ["s"], "environmentVariables": [{ "name": "A", "value": "1" }],
            "containerTimeoutSeconds": 60, "cacheExempt": true, "customFields": [{ "name": "f", "type": "text", "values": ["v"] }], "archived": false,
        }, {
            "name": "b", "description": "d", "locations": [], "experience_id": "5f0c2a9e-8d41-4b7a-9c3e-1f6d2b8a7e06",
            "environment_variables": [], "container_timeout_seconds": 60.0, "cache_exempt": "no", "custom_fields": [],
        }],
        "managedTestSuites": [{ "name": "s", "experiences": ["a"], "system": "s", "description": "d" }],
        "managedExperienceTags": ["t"],
    })
}

#[test]
fn full_config_is_valid_for_both() {
    assert_eq!(parser_errors(&full().to_string()), Vec::<String>::new());
    assert!(validator().is_valid(&full()));
}

fn junk() -> impl Strategy<Value = Json> {
    let words = [
        "",
        " ",
        "text",
        "number",
        "yes",
        "true",
        "x",
        "5f0c2a9e8d414b7a9c3e1f6d2b8a7e05",
        "urn:uuid:5f0c2a9e-8d41-4b7a-9c3e-1f6d2b8a7e05",
        "60",
    ];
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        prop_oneof![Just(0_i64), Just(1), Just(-1), Just(i64::from(i32::MAX)), Just(1 << 31), Just(60)].prop_map(Json::from),
        Just(json!(1.5)),
        proptest::sample::select(words.to_vec()).prop_map(Json::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!(["x"])),
        Just(json!([null])),
        Just(json!([{ "name": "n" }])),
    ]
}

#[derive(Clone, Debug)]
enum Change {
    Replace(Json),
    Remove,
    Rename(String),
    Add(String, Json),
}

fn change() -> impl Strategy<Value = Change> {
    let mut keys: Vec<String> = TABLES.iter().flat_map(|table| table.keys).flat_map(Key::spellings).map(str::to_owned).collect();
    keys.extend(["x-y", "owner", "nmae"].map(str::to_owned));
    let key = proptest::sample::select(keys);
    prop_oneof![
        junk().prop_map(Change::Replace),
        Just(Change::Remove),
        key.clone().prop_map(Change::Rename),
        (key, junk()).prop_map(|(key, value)| Change::Add(key, value)),
    ]
}

/// Applies a change at the node with that number, counted depth first.
fn mutate(value: &mut Json, at: &mut usize, change: &Change) -> bool {
    let children: Vec<String> = match &*value {
        Json::Object(map) => map.keys().cloned().collect(),
        Json::Array(items) => (0..items.len()).map(|index| index.to_string()).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => return false,
    };
    for child in children {
        if *at == 0 {
            match (value, change) {
                (Json::Object(map), Change::Replace(new)) => drop(map.insert(child, new.clone())),
                (Json::Object(map), Change::Remove) => drop(map.remove(&child)),
                (Json::Object(map), Change::Rename(name)) => {
                    let old = map.remove(&child).unwrap_or_default();
                    map.insert(name.clone(), old);
                }
                (Json::Object(map), Change::Add(name, new)) => drop(map.insert(name.clone(), new.clone())),
                (Json::Array(items), Change::Replace(new)) => items[child.parse::<usize>().expect("an index")] = new.clone(),
                (Json::Array(items), Change::Remove) => drop(items.remove(child.parse::<usize>().expect("an index"))),
                _ => {}
            }
            return true;
        }
        *at -= 1;
        let inner = match &mut *value {
            Json::Object(map) => map.get_mut(&child),
            Json::Array(items) => items.get_mut(child.parse::<usize>().expect("an index")),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
        };
        if inner.is_some_and(|inner| mutate(inner, at, change)) {
            return true;
        }
    }
    false
}

proptest! {
    #![proptest_config(Config { cases: 3000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn schema_and_parser_agree_on_changed_configs(changes in proptest::collection::vec((0_usize..60, change()), 1..4)) {
        let mut value = full();
        for (mut at, change) in changes {
            mutate(&mut value, &mut at, &change);
        }
        let errors = parser_errors(&value.to_string());
        let valid = VALIDATOR.with(|validator| validator.is_valid(&value));
        prop_assert_eq!(valid, errors.is_empty(), "{}: {:?}", value, errors);
    }
}

thread_local! {
    static VALIDATOR: jsonschema::Validator = validator();
}
