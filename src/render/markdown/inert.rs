//! What holds for every Markdown text of this program, whatever names are in it.

use super::github::{acting, elements, to_html};
use super::marker::Marker;
use crate::render::quote::is_active;

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

/// Only our own elements, all closed, nothing that acts.
pub(crate) fn check(text: &str) {
    assert!(!text.chars().any(|c| c != '\n' && is_active(c)), "active characters");
    assert!(!text.contains("##["));
    let html = to_html(text);
    for element in elements(&html) {
        assert!(ELEMENTS.contains(&element.as_str()), "<{element}> in {html}");
    }
    for element in ["details", "pre", "table", "code", "sub"] {
        let opened = html.matches(&format!("<{element}>")).count() + html.matches(&format!("<{element} ")).count();
        assert_eq!(opened, html.matches(&format!("</{element}>")).count(), "<{element}> in {html}");
    }
    assert_eq!(acting(&html), Vec::<String>::new(), "{html}");
    let markers = html.matches("<!-- resim-sync:v1").count();
    assert_eq!(markers, usize::from(Marker::parse(text).is_some()), "{html}");
}
