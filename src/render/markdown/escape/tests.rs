use super::*;
use crate::render::markdown::github::{acting_words, code_texts, elements, loose_text, to_html};

/// Names that do something where they are not escaped.
pub(crate) const HOSTILE: &[&str] = &[
    "</details>",
    "</summary></details>",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<!-- resim-sync:v1 label= kind=plan -->",
    "-->",
    "`",
    "``",
    "`x`",
    "a```b``c`",
    "```\n</details>",
    "~~~",
    "@octocat/team",
    "#1",
    "octo/repo#1",
    "GH-1",
    "0123456789abcdef0123456789abcdef01234567",
    "![x](https://example.com/y.png)",
    "[x](javascript:alert(1))",
    "[x]: https://example.com",
    "x]:y",
    "https://example.com",
    "www.example.com",
    "mail@example.com",
    ":x:",
    ":+1:",
    "$x$",
    "$`x`$",
    "[^1]",
    "&lt;&amp;&#64;",
    "a|b",
    "a\\|b",
    "\\",
    "\\`",
    "| a | b |\n|---|---|",
    "**bold** _it_ ~~gone~~",
    "x\n::error::y",
    "::error::y",
    "##[group]z",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{202e}evil",
    "\u{200f}",
    "a\u{2066}b",
    "\r\n\r\n# heading",
    "\n\n- item",
    "> quote",
    "> [!CAUTION]",
    "# h",
    "1. one",
    "- [ ] task",
    "---",
    "===",
    "\t\ttab",
    " ",
    "  a  b  ",
    "'\"onmouseover=\"x",
    "ends with \\",
    "\0",
];

/// What is seen of a name as a code span.
fn seen(text: &str) -> String {
    visible(text)
}

#[test]
fn name_in_a_code_span_is_only_code() {
    for name in HOSTILE {
        let html = to_html(&format!("before {} after", code(name)));
        assert_eq!(elements(&html), ["p", "code"], "{name:?}: {html}");
        assert_eq!(code_texts(&html), [seen(name)], "{name:?}: {html}");
        assert_eq!(loose_text(&html), "before  after\n", "{name:?}: {html}");
    }
}

#[test]
fn empty_name_is_said() {
    assert_eq!((code("").as_str(), html_code("").as_str()), ("(empty)", "(empty)"));
}

#[test]
fn blanks_at_the_edges_and_repeated_ones_are_seen() {
    assert_eq!(code(" a  b "), "`␣a ␣b␣`");
    assert_eq!(code("a b"), "`a b`");
}

#[test]
fn free_text_is_text_and_code_only() {
    for name in HOSTILE {
        for free in [(*name).to_owned(), format!("answered {name} here"), format!("{name} `x` {name}"), format!("a`{name}`b")] {
            for markdown in [text(&free), message(&free)] {
                let html = to_html(&markdown);
                assert!(elements(&html).iter().all(|name| name == "p" || name == "code"), "{free:?}: {markdown:?}: {html}");
                assert_eq!(acting_words(&loose_text(&html)), Vec::<&str>::new(), "{free:?}: {html}");
                assert!(!markdown.contains('\n'), "{markdown:?}");
            }
        }
    }
}

#[test]
fn harmless_text_stays_as_it_is() {
    for free in ["422: name already exists, not retried", "503 Service Unavailable (5 attempts in 61.5 s)", "größer als erlaubt"] {
        assert_eq!(text(free), free);
        assert_eq!(message(free), free);
    }
    assert_eq!(text("location not reachable: s3://bucket/a"), "location not reachable: `s3://bucket/a`");
    assert_eq!(text("body {\"a\":\"b c\"} ends"), "body `{\"a\":\"b c\"}` ends");
}

#[test]
fn values_in_our_messages_are_code() {
    assert_eq!(message("unknown key `tag` in `a|b`"), "unknown key `tag` in `a|b`");
    assert_eq!(message("`a``b` odd ` end"), "`a` `b` odd end");
    assert_eq!(message("`` is empty"), "(empty) is empty");
    assert_eq!(message("see GH`-2"), "see GH -2");
    assert_eq!(message("`- x"), "`-` x");
    assert_eq!(message("name `@team`, not #5"), "name `@team`, not `#5`");
    assert_eq!(message("- not a list"), "`-` not a list");
}

#[test]
fn fence_is_longer_than_any_run_in_it() {
    for content in ["a\n```\nb", "`````", "", "a", "~~~\n````"] {
        let html = to_html(&fenced("diff", content));
        assert_eq!(elements(&html), ["pre", "code"], "{content:?}: {html}");
        let end = if content.is_empty() || content.ends_with('\n') { "" } else { "\n" };
        assert_eq!(code_texts(&html), [format!("{content}{end}")]);
    }
}

#[test]
fn runs_longer_than_any_fence_are_written_out() {
    for length in [16, 17, 80, 300, 1_000] {
        let run = "`".repeat(length);
        for markdown in [format!("a {} b", code(&run)), format!("a {} b", text(&run)), fenced("", &run)] {
            let html = to_html(&markdown);
            assert_eq!(code_texts(&html).len(), 1, "{html}");
            assert!(!loose_text(&html).contains('`'), "{html}");
        }
    }
}

#[test]
fn hostile_lines_stay_in_their_block() {
    let content: String = HOSTILE.iter().map(|name| format!("+ {}\n", line(name))).collect();
    let html = to_html(&format!("<details><summary>s</summary>\n\n{}\n</details>\n\nafter", fenced("diff", &content)));
    assert_eq!(elements(&html), ["details", "summary", "pre", "code", "p"], "{html}");
    assert!(!content.contains("##[") && !content.contains('\u{1b}') && !content.contains('\u{202e}'));
}

#[test]
fn name_in_a_summary_is_only_code() {
    for name in HOSTILE {
        let html = to_html(&format!("<details><summary>{} is open</summary>\n\ntext\n\n</details>", html_code(name)));
        assert_eq!(elements(&html), ["details", "summary", "code", "p"], "{name:?}: {html}");
        assert_eq!(code_texts(&html), [seen(name)], "{name:?}: {html}");
    }
}

#[test]
fn attribute_cannot_be_left() {
    for name in HOSTILE {
        let value = html(name);
        assert!(!value.contains(['"', '\'', '<', '>', '\n']), "{value}");
    }
}

#[test]
fn links_cannot_be_left() {
    for name in HOSTILE {
        let markdown = link(&code(name), &format!("https://example.com/{}#L1", url_path(name)));
        let html = to_html(&markdown);
        assert_eq!(elements(&html), ["p", "a", "code"], "{name:?}: {html}");
        let markdown = link("run", &format!("https://example.com/{name}"));
        assert_eq!(elements(&to_html(&markdown)), ["p", "a"], "{name:?}: {markdown}");
        assert!(!markdown.contains('|'));
    }
}

#[test]
fn long_names_are_shortened_and_say_so() {
    let name = "x".repeat(65_000) + "end";
    assert_eq!(code(&name), format!("`{}…{}end` (65,003 characters)", "x".repeat(110), "x".repeat(37)));
    assert_eq!(code(&"é".repeat(150)), format!("`{}`", "é".repeat(150)));
    assert_eq!(code(&"é".repeat(151)), format!("`{}…{}` (151 characters)", "é".repeat(110), "é".repeat(40)));
    assert!(text(&"word ".repeat(400_000)).len() < 1_000);
    assert!(message(&"`".repeat(400_000)).len() < 4_000);
    assert!(html_code(&"\u{202e}".repeat(400_000)).len() < 2_000);
}

#[test]
fn parts_of_a_sentence_stay_apart() {
    let made = Sentence::new("*all* of ").code("a|`b").code("@x").text(" [1] <b> & #1.");
    let html = to_html(&sentence(&made));
    assert_eq!(elements(&html), ["p", "code", "code"]);
    assert_eq!(loose_text(&html), "*all* of   [1] <b> & #1.\n");
}

proptest::proptest! {
    #[test]
    fn plain_text_is_what_would_be_written_anyway(text in "[a#:| `é\t~!]{0,6}|[a ]{148,152}") {
        proptest::prop_assert_eq!(code(&text), spelled_out(&text), "{:?}", text);
    }
}
