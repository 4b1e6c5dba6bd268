use proptest::prelude::*;

use super::*;
use crate::config::yaml::{Content, Document};
use crate::source::{Source, SourceId};

/// Texts that some reader takes for something else, or that need escapes.
pub(crate) const AWKWARD: &[&str] = &[
    "",
    " ",
    "a ",
    " a",
    "~",
    "null",
    "Null",
    "NULL",
    "true",
    "False",
    "yes",
    "No",
    "ON",
    "off",
    "y",
    "N",
    "1",
    "-1",
    "+1",
    "007",
    "1_000",
    "0x10",
    "0o17",
    "0b1",
    "1.0",
    ".5",
    "5.",
    "1e3",
    "1.5E-3",
    "12:30:45",
    "1:30",
    "190:20:30.15",
    ".inf",
    "-.INF",
    ".NaN",
    "2024-01-01",
    "2024-1-1",
    "2001-12-14t21:59:43.10-05:00",
    "2001-12-14 21:59:43",
    "=",
    "<<",
    "-",
    "- a",
    "--",
    "---",
    "--- a",
    "...",
    "... a",
    "?",
    "? a",
    ":",
    ": a",
    "a: b",
    "a:",
    "a :b",
    "a #b",
    "a#b",
    "#a",
    "a, b",
    "[a]",
    "{a}",
    "a]",
    "a}",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "|-",
    "'",
    "\"",
    "'a'",
    "\"a\"",
    "it's",
    "say \"x\"",
    "a\\b",
    "%a",
    "@a",
    "`a",
    "a\nb",
    "a\nb\n",
    "a\n",
    "\n",
    "\n\n",
    "a\n\nb",
    "a\n\n",
    "a\n b",
    " a\nb",
    "a \nb",
    "a\r\nb",
    "\r",
    "a\tb",
    "\ta",
    "a\t",
    "\0",
    "\u{7}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{80}",
    "\u{85}",
    "a\u{85}b",
    "\u{a0}",
    "a\u{a0}b",
    "\u{2028}",
    "a\u{2029}b",
    "\u{feff}",
    "\u{feff}a",
    "a\u{feff}",
    "\u{200b}",
    "\u{202e}x",
    "\u{fffe}",
    "\u{ffff}",
    "\u{10ffff}",
    "\u{1f600}",
    "é",
    "日本",
    "# a\n# b\n",
    "a\n---\nb\n",
    "a\n...\nb\n",
    "a: b\nc: d\n",
    "s3://b/a",
    "-foo",
    "--foo",
    "3d0c9f6e-51a7-4c1e-8f5b-0a6a1c9d7e01",
    "123e4567-e89b-12d3-a456-426614174000",
    "10 m/s",
    "1.2.3",
    "0xfg",
    "C:\\x",
];

fn read(text: &str) -> Vec<String> {
    let source = Source::new("c.yaml", text.to_owned());
    let document = Document::parse(SourceId(0), &source).unwrap_or_else(|error| panic!("{text:?}: {}", error.message));
    let scalars = document.nodes().filter_map(|(_, node)| match node.content {
        Content::Scalar { text, .. } => Some(text.to_owned()),
        Content::Sequence { .. } | Content::Mapping { .. } | Content::Alias(_) => None,
    });
    scalars.collect()
}

/// Both parsers must read the very text, in block and flow.
fn assert_round_trip(text: &str) {
    for prefer in [Quote::Plain, Quote::Single, Quote::Double] {
        for otherwise in [Quote::Single, Quote::Double] {
            let block = format!("k: {}\nz: y\n", scalar(text, prefer, otherwise, false));
            let flow = format!("[k, {}, z: y]\n", scalar(text, prefer, otherwise, true));
            let mapping = format!("{{k: {}, z: y}}\n", scalar(text, prefer, otherwise, true));
            for yaml in [&block, &flow, &mapping] {
                assert_eq!(read(yaml), ["k", text, "z", "y"], "{yaml:?}");
                let other: serde_yaml::Value = serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("{yaml:?}: {error}"));
                let seen = if other.is_sequence() { &other[1] } else { &other["k"] };
                assert_eq!(seen.as_str(), Some(text), "{yaml:?}");
            }
        }
    }
    for newline in ["\n", "\r\n"] {
        if let Some(block) = literal(text, 4, newline) {
            let yaml = format!("k: {block}{newline}z: y{newline}");
            assert_eq!(read(&yaml), ["k", text, "z", "y"], "{yaml:?}");
            let other: serde_yaml::Value = serde_yaml::from_str(&yaml).unwrap_or_else(|error| panic!("{yaml:?}: {error}"));
            assert_eq!(other["k"].as_str(), Some(text), "{yaml:?}");
        }
    }
}

#[test]
fn awkward_texts_come_back_from_both_parsers() {
    AWKWARD.iter().for_each(|text| assert_round_trip(text));
}

#[test]
fn quotes_are_spared_where_no_reader_needs_them() {
    for text in [
        "a",
        "a b",
        "s3://b/a",
        "a#b",
        "a:b",
        "it's",
        "-foo",
        "10 m/s",
        "1.2.3",
        "é",
        "3d0c9f6e-51a7-4c1e-8f5b-0a6a1c9d7e01",
        "C:\\x",
        "a]",
        "say \"x\"",
        "nullable",
        "x=y",
    ] {
        assert!(is_plain(text, false), "{text}");
    }
    assert!(!is_plain("a, b", true) && is_plain("a, b", false));
}

#[test]
fn what_a_reader_would_take_for_something_else_is_quoted() {
    let words = [
        "yes",
        "Off",
        "NULL",
        "~",
        "1_000",
        "0x10",
        "12:30:45",
        "2024-01-01",
        "2024-1-1 x",
        "=",
        "<<",
        "",
        "a: b",
        "a #b",
        "a:",
        "- a",
        "---",
        "*a",
        ".5",
        "-.inf",
        "+1e3",
    ];
    assert!(words.iter().all(|text| !is_plain(text, false)));
    assert_eq!(scalar("120", Quote::Plain, Quote::Double, false), "\"120\"");
    assert_eq!(scalar("120", Quote::Plain, Quote::Single, false), "'120'");
    assert_eq!(scalar("{\"a\": 1}", Quote::Plain, Quote::Double, false), "'{\"a\": 1}'");
    assert_eq!(scalar("a\u{202e}", Quote::Plain, Quote::Double, false), "\"a\\u202E\"");
}

#[test]
fn text_of_several_lines_becomes_a_block_where_that_is_exact() {
    assert_eq!(literal("a\n\nb\n", 2, "\n").as_deref(), Some("|\n  a\n\n  b"));
    assert_eq!(literal("a\nb", 2, "\r\n").as_deref(), Some("|-\r\n  a\r\n  b"));
    for text in ["a", "a\n\n", "\na", " a\nb", "a \nb", "a\r\nb", "a\u{85}\nb", "\n"] {
        assert_eq!(literal(text, 2, "\n"), None, "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_back_from_both_parsers(pieces in proptest::collection::vec(prop_oneof![2 => proptest::sample::select(AWKWARD).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from), 1 => "[ -~]{1,4}"], 1..5)) {
        assert_round_trip(&pieces.concat());
    }
}
