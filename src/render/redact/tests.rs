use super::*;
use crate::render::quote::Quote;

const JUDGE: Judge =
    Judge { variable: |name, value| name.contains("TOKEN") || value.starts_with("tok-"), location: |text| text.contains("user:") };

/// The line (from 1) as it would be quoted around its first byte.
fn shown(text: &str, line: usize) -> String {
    let source = Source::new("c.yaml", text.to_owned());
    let redaction = Redaction::judged_by(JUDGE, SourceId(0), &source);
    let start = source.line_start(line);
    Quote::new(&source, line, Span { start, end: start }, &redaction).text().to_owned()
}

#[test]
fn value_of_a_secret_variable_is_hidden() {
    assert_eq!(shown("- name: API_TOKEN\n  value: hunter2 # why\n", 2), "  value: (hidden) # why");
    assert_eq!(shown("- {name: API_TOKEN, value: \"hunter2\", x: 1}\n", 1), "- {name: API_TOKEN, value: (hidden), x: (hidden)}");
    assert_eq!(shown("env: {API_TOKEN: hunter2}\n", 1), "env: {API_TOKEN: (hidden)}");
    assert_eq!(shown("- {value: tok-1, name: A}\n", 1), "- {value: (hidden), name: A}");
}

#[test]
fn every_line_of_a_secret_text_is_hidden() {
    let text = "- name: API_TOKEN\n  value: |\n    one\n    two\n";
    assert_eq!(shown(text, 2), "  value: (hidden)");
    assert_eq!(shown(text, 3), "(hidden)");
    assert_eq!(shown(text, 4), "(hidden)");
}

#[test]
fn secret_behind_an_alias_is_hidden_where_it_stands() {
    assert_eq!(shown("x-a: &a hunter2\nenv: [{name: API_TOKEN, value: *a}]\n", 1), "x-a: &a (hidden)");
}

#[test]
fn secret_location_is_hidden_and_its_neighbours_are_not() {
    assert_eq!(shown("locations: [s3://a, https://user:pw@b/c]\n", 1), "locations: [s3://a, (hidden)]");
}

#[test]
fn harmless_values_are_shown() {
    assert_eq!(shown("- name: MODE\n  value: fast\n", 2), "  value: fast");
    assert_eq!(shown("- name: TOKEN tour\n  description: d\n", 2), "  description: d");
}

#[test]
fn file_that_does_not_parse_is_guessed_at() {
    let broken = |line: &str| format!("- name: API_TOKEN\n{line}\n  : : [\n");
    assert_eq!(shown(&broken("  value: hunter2: x"), 2), "  value: (hidden)");
    assert_eq!(shown("  value: who knows\n: : [\n", 1), "  value: (hidden)");
    assert_eq!(shown("- name: MODE\n  value: fast\n : : [\n", 2), "  value: fast");
    assert_eq!(shown("- name: API_TOKEN\n  value: \"one\n    two\n", 3), "    (hidden)");
    assert_eq!(shown("API_TOKEN: hunter2\n: : [\n", 1), "API_TOKEN: (hidden)");
    assert_eq!(shown("locations: [https://user:pw@b\n", 1), "locations: [(hidden)");
    assert_eq!(shown("description: [unclosed\n", 1), "description: [unclosed");
}
