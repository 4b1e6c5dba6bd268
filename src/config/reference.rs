//! The reference of all keys as Markdown, for the README, made from the table of keys.

use std::fmt::Write as _;

use super::keys::{Key, TABLES, Value};

/// One table of keys for each kind of mapping.
pub fn reference_markdown() -> String {
    let mut text = String::new();
    for table in TABLES {
        let heading = match table.definition {
            "config" => "Top level".to_owned(),
            "experience" => "`experiences[]`".to_owned(),
            "environmentVariable" => "`experiences[].environmentVariables[]`".to_owned(),
            "customField" => "`experiences[].customFields[]`".to_owned(),
            _ => "`managedTestSuites[]`".to_owned(),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "**{heading}**\n\n| Key | Value | Meaning |\n| --- | --- | --- |");
        for key in table.keys {
            let required = if key.required { " **Required.**" } else { "" };
            let _ = writeln!(text, "| {} | {} | {}{required} |", spellings(key), value(key.value), key.doc);
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len() + 1);
    text
}

fn spellings(key: &Key) -> String {
    let spellings: Vec<String> = key.spellings().map(|spelling| format!("`{spelling}`")).collect();
    spellings.join(" ")
}

fn value(value: Value) -> &'static str {
    match value {
        Value::Text | Value::Name => "text",
        Value::Uuid => "UUID",
        Value::Seconds => "whole seconds",
        Value::Boolean => "boolean",
        Value::FieldType => "`text`, `number`, `timestamp` or `json`",
        Value::Texts | Value::Names | Value::Locations => "list of texts",
        Value::Mappings(_) => "list of mappings",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_every_key_is_in_the_reference() {
        let text = reference_markdown();
        for spelling in TABLES.iter().flat_map(|table| table.keys).flat_map(Key::spellings) {
            assert!(text.contains(&format!("`{spelling}`")), "{spelling}");
        }
        assert!(text.lines().all(|line| !line.starts_with('|') || line.matches('|').count() == 4));
    }
}
