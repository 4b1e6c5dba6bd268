//! Texts compared with `tests/golden/markdown`, and what holds for every text.
//!
//! `UPDATE_GOLDEN=1` writes the files anew; `GOLDEN_HTML=<folder>` writes each as a page that looks as on
//! GitHub. The picture in the README is made of one of them:
//!
//! ```sh
//! GOLDEN_HTML=/tmp cargo test --lib plan_of_the_example
//! chromium --headless --hide-scrollbars --window-size=900,1585 --screenshot=/tmp/comment.png /tmp/plan_of_the_example.html
//! pngquant --force --strip --output docs/images/pull-request-comment.png 64 /tmp/comment.png
//! magick docs/images/pull-request-comment.png -crop 900x454+0+10 +repage docs/images/pull-request-comment-top.png
//! ```

use std::fs;
use std::path::Path;

use super::github::{acting_words, elements, loose_text, to_html};
use super::marker::Marker;

/// All that a text may be made of.
const ELEMENTS: &[&str] = &[
    "!--",
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "details",
    "div",
    "em",
    "h3",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "sub",
    "summary",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

const STYLE: &str = include_str!("github.css");

/// Compares a text with the file of that name.
pub(crate) fn golden(name: &str, text: &str) {
    check(text);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/markdown").join(format!("{name}.md"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).expect("the file can be written");
    }
    if let Some(folder) = std::env::var_os("GOLDEN_HTML") {
        let body = coloured(&to_html(text));
        let page = format!("<!doctype html><meta charset=utf-8><title>{name}</title><style>{STYLE}</style><article>{body}</article>");
        fs::write(Path::new(&folder).join(format!("{name}.html")), page).expect("the page can be written");
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(wanted == text, "{name} differs; UPDATE_GOLDEN=1 writes it anew:\n{text}");
}

/// Diffs as GitHub colours them.
fn coloured(html: &str) -> String {
    let mut in_diff = false;
    let mut out = String::new();
    for line in html.lines() {
        let (begin, line) = line.split_once("<code class=\"language-diff\">").map_or(("", line), |(begin, line)| (begin, line));
        if !begin.is_empty() {
            in_diff = true;
            out.push_str(&format!("{begin}<code>"));
        }
        if line.starts_with("</code>") {
            in_diff = false;
        }
        let class = match line.chars().next() {
            Some('+') => "add",
            Some('-') => "del",
            Some('@') => "head",
            Some('!') => "chg",
            _ => "",
        };
        if in_diff && !class.is_empty() {
            out.push_str(&format!("<span class={class}>{line}</span>\n"));
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// What holds for every text, whatever names are in it: only our own elements, all closed, nothing that acts.
pub(crate) fn check(text: &str) {
    assert!(!text.chars().any(|c| c != '\n' && crate::render::quote::is_active(c)), "active characters");
    assert!(!text.contains("##["));
    let html = to_html(text);
    for element in elements(&html) {
        assert!(ELEMENTS.contains(&element.as_str()), "<{element}> in {html}");
    }
    for element in ["details", "pre", "table", "code", "sub"] {
        let opened = html.matches(&format!("<{element}>")).count() + html.matches(&format!("<{element} ")).count();
        assert_eq!(opened, html.matches(&format!("</{element}>")).count(), "<{element}> in {html}");
    }
    assert_eq!(acting_words(&loose_text(&html)), Vec::<&str>::new(), "{html}");
    let markers = html.matches("<!-- resim-sync:v1").count();
    assert_eq!(markers, usize::from(Marker::parse(text).is_some()), "{html}");
}
