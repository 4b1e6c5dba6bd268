use super::*;
use crate::config::{LoadOptions, load_texts};

fn rendered(text: &str) -> String {
    let loaded = load_texts(vec![("dir/c.yaml".to_owned(), text.to_owned())], &LoadOptions::default());
    let mut out = Vec::new();
    render_diagnostics(&loaded.sources, &loaded.diagnostics, Style::Plain, Width::Endless, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn no_diagnostics_write_nothing() {
    assert_eq!(rendered("experiences: []\n"), "");
}

#[test]
fn nothing_from_a_file_acts_on_terminal_or_runner() {
    for evil in ["\u{1b}[31m", "\u{202e}", "\u{2066}", "\u{9b}", "\u{7f}", "\u{8}", "\u{200b}", "##[group]", "\r"] {
        let escaped = evil.chars().flat_map(char::escape_unicode).collect::<String>();
        let quoted: String = evil.chars().map(|c| format!("\\U{:08x}", u32::from(c))).collect();
        let text = format!("experiences:\n- name: \"{quoted}\"\n  \"{quoted}k\": 1 # {}\n", evil.replace('\r', ""));
        let out = rendered(&text);
        assert!(!out.contains(evil), "{escaped} in {out:?}");
        assert!(out.contains("unknown-key") || out.contains("yaml-syntax"), "{out}");
    }
}

#[test]
fn no_line_begins_with_a_runner_command() {
    let out = rendered("::error::x\n::warning::y\n");
    assert!(!out.lines().any(|line| line.trim_start().starts_with("::error") || line.trim_start().starts_with("::warning")), "{out}");
}

#[test]
fn path_is_shown_inert_with_the_true_place() {
    let loaded = load_texts(vec![("a\u{1b}[2J:7.yaml".to_owned(), "experiences: 1\n".to_owned())], &LoadOptions::default());
    let mut out = Vec::new();
    render_diagnostics(&loaded.sources, &loaded.diagnostics, Style::Plain, Width::Endless, &mut out).expect("a Vec takes everything");
    let out = String::from_utf8(out).expect("UTF-8");
    assert!(out.contains("--> a\\u{1b}[2J:7.yaml:1:14\n"), "{out}");
}

#[test]
fn colours_are_only_in_the_coloured_style() {
    let loaded = load_texts(vec![("c.yaml".to_owned(), "experiences: 1\n".to_owned())], &LoadOptions::default());
    let mut out = Vec::new();
    render_diagnostics(&loaded.sources, &loaded.diagnostics, Style::Coloured, Width::Endless, &mut out).expect("a Vec takes everything");
    let out = String::from_utf8(out).expect("UTF-8");
    assert!(out.contains("\u{1b}[") && out.contains("c.yaml:1:14"), "{out}");
    assert!(!rendered("experiences: 1\n").contains('\u{1b}'));
}

#[test]
fn ten_thousand_problems_in_one_line_are_rendered_one_by_one() {
    let items: Vec<String> = (0..10_000).map(|n| format!("{{name: n{n}, description: d, locations: [x], bad{n}: 1}}")).collect();
    let out = rendered(&format!("experiences: [{}]\n", items.join(", ")));
    assert!(out.ends_with("10000 errors\n"));
    assert!(out.lines().all(|line| line.chars().count() < 400));
}

#[test]
fn json_has_every_place() {
    let text = "experiences:\n- {name: a, description: d, locations: [x]}\n- {name: a, description: d, locations: [x]}\n";
    let loaded = load_texts(vec![("c.yaml".to_owned(), text.to_owned())], &LoadOptions::default());
    let json = diagnostics_json(&loaded.sources, &loaded.diagnostics);
    let first = &json["diagnostics"][0];
    assert_eq!((&json["errors"], &json["warnings"]), (&json!(1), &json!(0)));
    assert_eq!(
        (&first["code"], &first["line"], &first["column"], &first["endColumn"]),
        (&json!("duplicate-name"), &json!(3), &json!(10), &json!(11))
    );
    assert_eq!((&first["labels"][0]["line"], &first["labels"][0]["label"]), (&json!(2), &json!("first here")));
}

#[test]
fn json_fits_its_schema() {
    let schema: Value = serde_json::from_str(include_str!("../../../schemas/diagnostics-v1.schema.json")).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    for text in [
        "experiences: []\n",
        "",
        "experiences: [1, 2]\n",
        "\t- x",
        "experiences:\n- {name: a}\n- {name: a}\n",
        "experiences: [{name: '', descripton: ''}]",
    ] {
        let loaded = load_texts(vec![("c.yaml".to_owned(), text.to_owned())], &LoadOptions::default());
        let json = diagnostics_json(&loaded.sources, &loaded.diagnostics);
        assert!(validator.is_valid(&json), "{json:#}");
    }
    let missing = crate::config::load(&LoadOptions { patterns: vec!["no/such/file.yaml".to_owned()], ..LoadOptions::default() });
    assert!(validator.is_valid(&diagnostics_json(&missing.sources, &missing.diagnostics)));
    assert!(!validator.is_valid(&json!({ "formatVersion": "diagnostics/v2", "errors": 0, "warnings": 0, "diagnostics": [] })));
}

#[test]
fn schema_names_every_code() {
    let schema: Value = serde_json::from_str(include_str!("../../../schemas/diagnostics-v1.schema.json")).expect("the schema is JSON");
    let codes: Vec<&str> = crate::diagnostics::Code::ALL.iter().map(|code| code.as_str()).collect();
    let named = &schema["$defs"]["code"]["enum"];
    for code in &codes {
        assert!(named.as_array().is_some_and(|named| named.contains(&json!(code))), "schemas/diagnostics-v1.schema.json lacks `{code}`");
    }
    assert_eq!(*named, json!(codes), "the schema has the order of `Code`, and nothing else");
}

#[test]
fn quoted_lines_keep_to_a_terminals_width_and_marks_stay_under_their_text() {
    use unicode_width::UnicodeWidthStr as _;
    let text = "experiences:\n- {name: a, description: \"some words that go on for quite a while, and on\", wrong_key: 1, locations: [s3://b/some/long/path/of/a/log]}\n";
    let loaded = load_texts(vec![("dir/c.yaml".to_owned(), text.to_owned())], &LoadOptions::default());
    for columns in [40, 60, 80] {
        let mut out = Vec::new();
        render_diagnostics(&loaded.sources, &loaded.diagnostics, Style::Plain, Width::Terminal(columns), &mut out)
            .expect("a Vec takes everything");
        let out = String::from_utf8(out).expect("UTF-8");
        let mut lines = out.lines().skip_while(|line| !line.contains("wrong_key: "));
        let (quoted, marks) = (lines.next().expect("a quoted line"), lines.next().expect("its marks"));
        assert!(quoted.width() <= columns, "{columns}: {out}");
        let column = |line: &str, part: &str| line.find(part).map(|at| line[..at].width());
        assert_eq!(column(quoted, "wrong_key"), column(marks, "^"), "{columns}: {out}");
    }
}
