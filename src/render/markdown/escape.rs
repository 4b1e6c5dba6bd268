//! Untrusted text in GitHub-flavoured Markdown and in HTML: it is shown and does nothing.
//!
//! What GitHub does to a text after rendering it (mentions, issue and commit references, emoji, mathematics)
//! cannot be stopped by backslashes, but it never happens in code. So names always become code, and free text
//! stays text only as far as its words are made of harmless characters. No function here returns a line break
//! but [`fenced`], and `|` is left to the table that holds the text.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::render::quote::terminal_safe;
use crate::render::sentence::{Part, Sentence, thousands};

/// The characters shown of a name or short value that is longer: so many of its start and of its end.
const NAME_HEAD: usize = 110;
const NAME_TAIL: usize = 40;
/// The characters shown of a message that is longer.
const MESSAGE_HEAD: usize = 560;
const MESSAGE_TAIL: usize = 40;

/// Longer runs of backticks are written out.
const LONGEST_RUN: usize = 16;

/// A name or short value as a code span; an empty one is said in words.
pub(crate) fn code(text: &str) -> String {
    if is_plain(text) {
        return ["`", text, "`"].concat();
    }
    spelled_out(text)
}

/// A code span of a text that need not be plain.
fn spelled_out(text: &str) -> String {
    let (shown, note) = shortened(text, NAME_HEAD, NAME_TAIL);
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    format!("{}{note}", span(&visible(&shown)))
}

/// Whether a text is short ASCII that a code span shows as it is, as most names are: told in one pass over its bytes.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let blank_stands_between = |at: usize| at > 0 && bytes.get(at + 1).is_some_and(|next| *next != b' ');
    let mut each = bytes.iter().enumerate();
    !bytes.is_empty()
        && bytes.len() <= NAME_HEAD + NAME_TAIL
        && bytes[0] != b':'
        && each.all(|(at, byte)| match byte {
            b' ' => blank_stands_between(at),
            b'`' | b'#' => false,
            other => other.is_ascii_graphic(),
        })
}

/// Free text: words of harmless characters as they are, from the first to the last other one as code.
pub(crate) fn text(text: &str) -> String {
    let (shown, note) = shortened(text, MESSAGE_HEAD, MESSAGE_TAIL);
    free(&shown, true) + &note
}

/// One of our messages, in which values stand between backticks: those become code, the rest is free text.
pub(crate) fn message(message: &str) -> String {
    let (shown, note) = shortened(message, MESSAGE_HEAD, MESSAGE_TAIL);
    let parts: Vec<&str> = shown.split('`').collect();
    let mut out = String::new();
    for (index, part) in parts.iter().enumerate() {
        // A last part behind an odd backtick is not enclosed.
        let value = index % 2 == 1 && index + 1 < parts.len();
        let piece = if value { code(part) } else { free(part, out.trim().is_empty()) };
        // Without the odd backtick, two harmless words could be one that is not.
        let odd = !value && index % 2 == 1;
        let apart = odd || (!value && part.starts_with(char::is_whitespace));
        if (apart && !out.ends_with(' ')) || (out.ends_with('`') && piece.starts_with('`')) {
            out.push(' ');
        }
        out.push_str(&piece);
        if !value && part.ends_with(char::is_whitespace) && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.trim().to_owned() + &note
}

/// Free text without a limit; where it begins a line, its first word must not begin a list or a heading.
fn free(text: &str, begins_line: bool) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let harmless = |at: usize| is_harmless(words[at], begins_line && at == 0);
    let Some(first) = (0..words.len()).find(|at| !harmless(*at)) else { return words.join(" ") };
    let last = (0..words.len()).rfind(|at| !harmless(*at)).unwrap_or(first);
    let mut parts: Vec<Cow<'_, str>> = words[..first].iter().map(|word| Cow::Borrowed(*word)).collect();
    parts.push(Cow::Owned(span(&visible(&words[first..=last].join(" ")))));
    parts.extend(words[last + 1..].iter().map(|word| Cow::Borrowed(*word)));
    parts.join(" ")
}

/// A fenced block whose fence no line of the content can close. The content's own lines must be inert: see [`line`].
pub(crate) fn fenced(info: &str, content: &str) -> String {
    let content = without_long_runs(content);
    let fence = "`".repeat(longest_run(&content).max(2) + 1);
    let end = if content.is_empty() || content.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{info}\n{content}{end}{fence}\n")
}

/// One line for a fenced block.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    terminal_safe(text)
}

/// Text for HTML, between tags or in a quoted attribute.
pub(crate) fn html(text: &str) -> String {
    let safe = terminal_safe(text);
    let mut out = String::with_capacity(safe.len() + 16);
    let mut rest = &*safe;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        });
        rest = &rest[at + 1..];
    }
    out + rest
}

/// A name inside an HTML block (a `<summary>`), where Markdown does not hold.
pub(crate) fn html_code(text: &str) -> String {
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    let (shown, note) = shortened(text, NAME_HEAD, NAME_TAIL);
    format!("<code>{}</code>{note}", html(&visible(&shown)))
}

/// A link with a text that is Markdown already.
pub(crate) fn link(markdown: &str, url: &str) -> String {
    // At the start of a paragraph `[…]:` defines a reference, code or not, and is not shown.
    format!("[{}]({})", markdown.replace("]:", "]\\u{3a}"), self::url(url))
}

/// A URL of ours or of GitHub with everything encoded that could end a link or a cell.
pub(crate) fn url(url: &str) -> String {
    encoded(url, |byte| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&+,;=%".contains(&byte))
}

/// A file's path as part of a URL.
pub(crate) fn url_path(path: &str) -> String {
    encoded(path, |byte| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte))
}

/// Percent-encodes every byte that is not allowed.
pub(crate) fn encoded(text: &str, allowed: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if allowed(byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A sentence of this program, with what is not its own as code.
pub(crate) fn sentence(sentence: &Sentence) -> String {
    let mut out = String::new();
    for part in sentence.parts() {
        let piece = match part {
            Part::Text(text) => words(text),
            Part::Code(text) => code(text),
        };
        if out.ends_with('`') && piece.starts_with('`') {
            out.push(' ');
        }
        out.push_str(&piece);
    }
    out
}

/// A sentence of this program in HTML.
pub(crate) fn html_sentence(sentence: &Sentence) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => html(text),
        Part::Code(text) => html_code(text),
    };
    sentence.parts().iter().map(part).collect()
}

/// Words of this program, in which a character is never more than itself.
fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>&~|#$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The start and the end of a text that is too long, and a note that says how long it is.
pub(crate) fn shortened(text: &str, head: usize, tail: usize) -> (Cow<'_, str>, String) {
    // No text has more characters than bytes.
    let after = if text.len() <= head + tail { None } else { text.char_indices().nth(head + tail) };
    let Some((end_of_head, _)) = after else { return (Cow::Borrowed(text), String::new()) };
    let end_of_head = text[..end_of_head].char_indices().nth(head).map_or(end_of_head, |(at, _)| at);
    let start_of_tail = text.char_indices().rev().nth(tail.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    let note = format!(" ({} characters)", thousands(text.chars().count()));
    (Cow::Owned(format!("{}…{}", &text[..end_of_head], &text[start_of_tail..])), note)
}

/// Text with nothing active in it, in which blanks at the edges and repeated ones can be seen.
fn visible(text: &str) -> String {
    let safe = terminal_safe(text);
    let end = safe.trim_end_matches(' ').len();
    let mut out = String::with_capacity(safe.len());
    let mut after_blank = true;
    for (at, c) in safe.char_indices() {
        let blank = c == ' ';
        out.push(if blank && (after_blank || at >= end) { '␣' } else { c });
        after_blank = blank;
    }
    out
}

/// A code span that holds just this text.
fn span(text: &str) -> String {
    let text = without_long_runs(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Renderers give up on long fences, so long runs of backticks are written out.
fn without_long_runs(text: &str) -> Cow<'_, str> {
    if longest_run(text) > LONGEST_RUN { Cow::Owned(text.replace('`', "\\u{60}")) } else { Cow::Borrowed(text) }
}

/// The length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    if !text.contains('`') {
        return 0;
    }
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Whether GitHub takes a word for nothing but text; at the start of a line it could also begin a list or a heading.
fn is_harmless(word: &str, begins_line: bool) -> bool {
    let plain = |c: char| c.is_alphanumeric() || ".,;:!?'\"()/-+=%…→–—“”‘’".contains(c);
    let lower = word.to_ascii_lowercase();
    let reference = || word.as_bytes().windows(3).any(|w| w[0].is_ascii_alphabetic() && w[1] == b'-' && w[2].is_ascii_digit());
    let hash = || word.split(|c: char| !c.is_ascii_hexdigit()).any(|run| run.len() >= 7);
    let begins_block = || {
        let rest = word.trim_start_matches(|c: char| c.is_ascii_digit());
        let numbered = rest.len() < word.len() && (rest.starts_with('.') || rest.starts_with(')'));
        numbered || word.starts_with(['-', '+', '='])
    };
    word.chars().all(plain)
        && word.matches(':').count() < 2
        && !lower.contains("://")
        && !lower.contains("www.")
        && !reference()
        && !hash()
        && !(begins_line && begins_block())
}

#[cfg(test)]
pub(crate) mod tests;
