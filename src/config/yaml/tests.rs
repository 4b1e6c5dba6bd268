use proptest::prelude::*;

use super::*;
use crate::source::SourceId;

fn parsed(text: &str) -> (Source, Result<Document, Box<Diagnostic>>) {
    let source = Source::new("c.yaml", text.to_owned());
    let document = Document::parse(SourceId(0), &source);
    (source, document)
}

/// The text under each node's span, in order.
fn spans(text: &str) -> Vec<String> {
    let (source, document) = parsed(text);
    let document = document.unwrap_or_else(|error| panic!("{text:?}: {}", error.message));
    document.nodes().map(|(_, node)| source.text[node.span.start..node.span.end].to_owned()).collect()
}

#[test]
fn span_of_a_scalar_has_its_quotes_and_nothing_else() {
    assert_eq!(spans("a: 'b' # c\n"), ["a: 'b'", "a", "'b'"]);
    assert_eq!(spans("a: b c  # d\n"), ["a: b c", "a", "b c"]);
    assert_eq!(spans("a: \"b\\\n  c\"\n"), ["a: \"b\\\n  c\"", "a", "\"b\\\n  c\""]);
}

#[test]
fn span_leaves_anchor_and_tag_out() {
    assert_eq!(spans("a: &x !!str b\nc: *x\n"), ["a: &x !!str b\nc: *x", "a", "b", "c", "*x"]);
    assert_eq!(spans("a: &x\n  b: c\n"), ["a: &x\n  b: c", "a", "b: c", "b", "c"]);
    assert_eq!(spans("a: &x [b]\n"), ["a: &x [b]", "a", "[b]", "b"]);
}

#[test]
fn span_of_a_block_scalar_begins_at_its_header_and_ends_with_its_text() {
    assert_eq!(spans("a: |\n  one\n  two\nb: c\n"), ["a: |\n  one\n  two\nb: c", "a", "|\n  one\n  two", "b", "c"]);
    assert_eq!(spans("a: >- # note\n  one\n\n\nb: c\n")[2], ">- # note\n  one");
    assert_eq!(spans("a: &x |2+\n   one\n")[2], "|2+\n   one");
    assert_eq!(spans("- |\n one\n- 'x | '\n")[1], "|\n one");
    assert_eq!(spans("- a|\n- |-\n  b\n")[2], "|-\n  b");
}

#[test]
fn span_of_a_block_scalar_is_right_where_its_text_looks_like_a_header() {
    assert_eq!(spans("a: |\n  x: |\n  y\nb: c\n")[2], "|\n  x: |\n  y");
    assert_eq!(spans("a: |\n\n  x\nb: c\n")[2], "|\n\n  x");
    assert_eq!(spans("a: |\nb: c\n")[2], "|");
    assert_eq!(spans("a: |\n\n\nb: c\n")[2], "|");
    assert_eq!(spans("'a | b': |\n  x\n")[2], "|\n  x");
}

#[test]
fn byte_order_mark_and_crlf_are_counted_in_bytes() {
    assert_eq!(spans("\u{feff}a: b\r\nc: |\r\n  d\r\n  é\r\ne: f\r\n")[1..], ["a", "b", "c", "|\r\n  d\r\n  é", "e", "f"]);
    let (_, document) = parsed("\u{feff}a: b\r\n");
    let root = document.as_ref().ok().and_then(Document::root).expect("a root");
    assert_eq!(document.expect("parses").node(root).span.start, 3);
}

#[test]
fn collection_ends_with_its_last_item() {
    assert_eq!(spans("a:\n- b\n- c\n# end\n\nd: e\n")[2], "- b\n- c");
    assert_eq!(spans("a: # x-y\n- - -1\n- c\n")[2], "- - -1\n- c");
    assert_eq!(spans("a: &x-y !!seq # -\n- &z-z -1\n")[2], "- &z-z -1");
    assert_eq!(spans("a:\n  - b\n")[2], "- b");
    assert_eq!(spans("a: {b: c, d: [e]} # x\n")[2], "{b: c, d: [e]}");
    assert_eq!(spans("a:\n  b:\n")[2], "b:");
    assert_eq!(spans("- a: b\n  c: d\n- e\n")[1], "a: b\n  c: d");
}

#[test]
fn missing_value_is_an_empty_plain_scalar_after_its_key() {
    let (_, document) = parsed("a:\nb: c\n");
    let document = document.expect("parses");
    let Some(Content::Mapping { entries, .. }) = document.root().map(|root| document.content(root)) else { panic!("a mapping") };
    let value = document.node(entries[0].1);
    assert!(matches!(value.content, Content::Scalar { text, style: ScalarStyle::Plain } if text.is_empty()));
    assert_eq!((value.span.start, value.span.end), (2, 2));
}

#[test]
fn long_comment_is_no_error() {
    assert!(parsed(&format!("{}a: b\n", "# note\n".repeat(1000))).1.is_ok());
}

#[test]
fn nesting_is_refused_beyond_the_limit_only() {
    let flow = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parsed(&flow(MAX_DEPTH)).1.is_ok());
    assert_eq!(parsed(&flow(MAX_DEPTH + 1)).1.map_err(|error| error.code).err(), Some(Code::TooDeep));
    for text in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000)] {
        assert_eq!(parsed(&text).1.map_err(|error| error.code).err(), Some(Code::TooDeep), "{}", &text[..8]);
    }
    let block: String = (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert_eq!(parsed(&block).1.map_err(|error| error.code).err(), Some(Code::TooDeep));
}

#[test]
fn too_many_values_are_refused() {
    let source = Source::new("c.yaml", format!("[{}]", "a,".repeat(100)));
    assert!(Document::parse_within(SourceId(0), &source, 101, 100).is_ok());
    for (values, items) in [(100, 100), (101, 99)] {
        let refused = Document::parse_within(SourceId(0), &source, values, items);
        assert_eq!(refused.map_err(|error| error.code).err(), Some(Code::FileTooLarge));
    }
}

/// Pieces that make interesting YAML when strung together.
pub(crate) fn fragments() -> impl Strategy<Value = String> {
    let pieces = [
        "a",
        "experiences:",
        "- ",
        "name: ",
        "x",
        "\n",
        "\n  ",
        "\n    ",
        "\t",
        ": ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "&a ",
        "*a",
        "<<: ",
        "|",
        ">-",
        "|2",
        "'",
        "\"",
        "#",
        " # c",
        "!!str ",
        "!t ",
        "? ",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "\r\n",
        "\u{feff}",
        "é",
        "\u{1f600}",
        "~",
        "null",
        "\\",
        "@",
        "`",
        "\u{85}",
        "\u{2028}",
        "managedTestSuites:",
        "managedExperienceTags: ",
        "description: d",
        "locations: [x]",
        "\nexperiences:\n- name: a\n  ",
        "\0",
        "\u{1b}",
        "environmentVariables:",
        "value: ",
    ];
    let piece =
        prop_oneof![9 => proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spans_lie_in_the_text_on_character_boundaries_inside_their_parent(text in fragments()) {
        let (source, document) = parsed(&text);
        let fits = |span: Span| span.start <= span.end && source.text.get(span.start..span.end).is_some();
        match document {
            Ok(document) => {
                for (_, node) in document.nodes() {
                    prop_assert!(fits(node.span), "{:?} {:?}", node.span, node.content);
                    let children: Vec<NodeId> = match node.content {
                        Content::Sequence { items, .. } => items.to_vec(),
                        Content::Mapping { entries, .. } => entries.iter().flat_map(|(key, value)| [*key, *value]).collect(),
                        Content::Scalar { .. } | Content::Alias(_) => Vec::new(),
                    };
                    for child in children {
                        let child = document.span(child);
                        prop_assert!(node.span.start <= child.start && child.end <= node.span.end, "{:?} outside {:?}", child, node.span);
                    }
                }
            }
            Err(diagnostic) => prop_assert!(diagnostic.labels.iter().all(|label| fits(label.origin.span)), "{:?}", diagnostic),
        }
    }
}
