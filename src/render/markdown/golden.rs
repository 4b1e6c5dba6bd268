//! Texts compared with `tests/golden/markdown`.
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

use super::github::to_html;
pub(crate) use super::inert::check;

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
