//! The pages of `docs/`: all are listed, their generated parts are kept equal, what they name is there.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use crate::pages::{self, PAGES, cell, check_generated, code_spans, text};
use crate::support::repository_file;

fn pages_of_docs() -> BTreeSet<String> {
    let entries = std::fs::read_dir(repository_file("docs")).expect("readable").map(|entry| entry.expect("readable").file_name());
    entries.filter_map(|name| name.into_string().ok()).filter(|name| name.ends_with(".md")).collect()
}

#[test]
fn every_page_is_listed_and_under_test() {
    let all = pages_of_docs();
    assert!(all.len() >= 9, "{all:?}");
    let linked: BTreeSet<String> = pages::links("docs/README.md").into_iter().filter(|link| all.contains(link)).collect();
    let expected: BTreeSet<String> = all.iter().filter(|name| *name != "README.md").cloned().collect();
    assert_eq!(linked, expected, "docs/README.md lists other pages than there are");
    for name in all {
        assert!(PAGES.contains(&format!("docs/{name}").as_str()), "docs/{name} is not under test");
    }
}

/// What a value of the config must be, from its schema.
fn value(schema: &Value) -> String {
    if let Some(all) = schema["anyOf"].as_array() {
        // Null stands for an absent key, and the words for booleans are those of older YAML.
        let kinds = all.iter().filter(|one| one["type"] != "null");
        let (words, kinds): (Vec<&Value>, Vec<&Value>) = kinds.partition(|one| one["enum"].is_array());
        return match kinds.as_slice() {
            [] => value(words[0]),
            [kind] if words.is_empty() => value(kind),
            _ => format!("{}, also `yes`, `no`, `on`, `off`", kinds.iter().map(|kind| value(kind)).collect::<Vec<_>>().join(" or ")),
        };
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(|word| format!("`{}`", word.as_str().expect("a word"))).collect::<Vec<_>>().join(", ");
    }
    let scalar = |kind: &str| schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind));
    match schema["type"].as_str() {
        Some("boolean") => "boolean".to_owned(),
        Some("integer") => format!("whole number, {} to {}", schema["minimum"], schema["maximum"]),
        Some("array") => {
            let items = &schema["items"];
            let of = items["$ref"].as_str().map_or_else(
                || format!("list of: {}", value(items)),
                |name| {
                    let name = name.rsplit('/').next().expect("a name");
                    format!("list of [{name}](#{})", name.to_lowercase())
                },
            );
            if schema["uniqueItems"] == true { format!("{of}; none twice") } else { of }
        }
        Some("string") if schema["pattern"].as_str().is_some_and(|pattern| pattern.contains("uuid")) => "UUID".to_owned(),
        None if scalar("string") && schema["pattern"].is_string() => "text, not blank".to_owned(),
        None if scalar("string") => "text".to_owned(),
        other => panic!("a value of type {other:?}: {schema}"),
    }
}

/// A table of the keys of one kind of mapping.
fn keys(schema: &Value) -> String {
    let required = schema["allOf"].to_string();
    let properties = schema["properties"].as_object().expect("keys");
    let older = |key: &str| {
        let words = format!("The older spelling of `{key}`.");
        let found = properties.iter().find(|(_, one)| one["description"].as_str().is_some_and(|text| text.starts_with(&words)));
        found.map(|(name, _)| format!("`{name}`")).unwrap_or_default()
    };
    let mut table = "| Key | Older spelling | Value | Meaning |\n| --- | --- | --- | --- |\n".to_owned();
    for (key, property) in properties.iter().filter(|(key, one)| *key != "<<" && one["deprecated"] != true) {
        let needed = if required.contains(&format!("{{\"required\":[\"{key}\"]}}")) { "; required" } else { "" };
        let meaning = property["description"].as_str().expect("a description");
        writeln!(table, "| `{key}` | {} | {}{needed} | {} |", older(key), cell(&value(property)), cell(meaning)).expect("a String");
    }
    table
}

fn config_keys() -> String {
    let schema: Value = serde_json::from_str(&text("schemas/config.schema.json")).expect("JSON");
    let mut page = format!(
        "### A file\n\n{} `experiences` must be in one of the files.\n\n{}",
        schema["description"].as_str().expect("text"),
        keys(&schema)
    );
    for (name, definition) in schema["$defs"].as_object().expect("definitions") {
        write!(page, "\n### {name}\n\n{}\n\n{}", definition["description"].as_str().expect("text"), keys(definition)).expect("a String");
    }
    page
}

#[test]
fn config_page_says_what_the_schema_says() {
    check_generated("docs/config.md", &[("keys", config_keys()), ("codes", crate::readme::codes())]);
}

#[test]
fn github_page_says_what_the_examples_ask_for() {
    check_generated("docs/github.md", &[("permissions", crate::readme::permissions("../"))]);
}

#[test]
fn exit_codes_page_says_what_the_code_says() {
    let parts = [("exit-codes", crate::readme::exit_codes()), ("failure-reasons", crate::readme::failure_reasons())];
    check_generated("docs/exit-codes.md", &parts);
}

#[test]
fn rooms_of_the_tree_are_there_and_all_named() {
    let page = text("docs/architecture.md");
    let rooms: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).filter(|room| !room.is_empty()).collect();
    assert!(rooms.len() >= 15, "{rooms:?}");
    for room in &rooms {
        assert!(repository_file(room).is_dir(), "docs/architecture.md names {room}, which is no folder");
    }
    for folder in ["src", "crates", "tests"] {
        for entry in std::fs::read_dir(repository_file(folder)).expect("readable") {
            let entry = entry.expect("readable");
            let room = format!("{folder}/{}", entry.file_name().to_str().expect("UTF-8"));
            assert!(!entry.path().is_dir() || rooms.contains(&room.as_str()), "docs/architecture.md does not say what {room} is for");
        }
    }
    // The drawing, and files that sentences name.
    let drawn = page.split(|c: char| !(c.is_alphanumeric() || "/_.-".contains(c))).map(|word| word.trim_end_matches(['.', '/']));
    let named = code_spans(&page).into_iter().filter(|span| !span.contains(char::is_whitespace));
    let mut seen = 0;
    for path in drawn.chain(named).filter(|word| ["src/", "crates/", "tests/"].iter().any(|start| word.starts_with(start))) {
        assert!(repository_file(path).exists(), "docs/architecture.md names {path}, which is not there");
        seen += 1;
    }
    assert!(seen > 30, "only {seen}");
}

#[test]
fn pages_name_the_version_of_the_packages() {
    let manifest = text("Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = \"")).expect("a version").trim_end_matches('"');
    let numbers = |word: &str| word.split('.').count() == 3 && word.split('.').all(|part| part.parse::<u32>().is_ok());
    let mut seen = 0;
    for page in PAGES.into_iter().filter(|page| *page != "CHANGELOG.md") {
        let page_text = text(page);
        // Lines that pin another project's action name that one's version.
        for line in page_text.lines().filter(|line| !line.contains("uses:") || line.contains("uses: resim-sync/")) {
            for word in line.split(|c: char| !(c.is_alphanumeric() || c == '.')) {
                let word = word.trim_end_matches('.').trim_end_matches(".tar.gz");
                let word = word.strip_prefix('v').unwrap_or(word);
                if numbers(word) {
                    assert_eq!(word, version, "{page}: {line}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 10, "only {seen}");
}
