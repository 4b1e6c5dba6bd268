//! One line of a file as it may be shown: inert, short, without secrets; and where a span lies in it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use super::redact::Redaction;
use crate::source::{Source, Span};

/// Shown of a line that is longer: so much around the place that matters.
const BEFORE: usize = 80;
const AFTER: usize = 120;
const HIDDEN: &str = "(hidden)";

/// A line, ready to be shown.
pub(crate) struct Quote {
    text: String,
    /// Pairs of an offset in the file and the offset in `text` that shows it, ascending in both.
    map: Vec<(usize, usize)>,
}

impl Quote {
    /// Quotes the line (from 1) around a span that begins in it.
    pub(crate) fn new(source: &Source, line: usize, around: Span, redaction: &Redaction) -> Self {
        let whole = source.line(line);
        let start = source.line_start(line);
        let window = window(whole, around.start.saturating_sub(start));
        let mut quote = Self { text: String::new(), map: Vec::new() };
        if window.start > 0 {
            quote.text.push('…');
        }
        let hidden = redaction.in_line(source, line, start + window.start..start + window.end);
        let mut at = window.start;
        while at < window.end {
            if let Some(span) = hidden.iter().find(|span| span.start <= start + at && start + at < span.end) {
                quote.map.push((start + at, quote.text.len()));
                quote.text.push_str(HIDDEN);
                at = (span.end - start).min(window.end);
                continue;
            }
            let Some(c) = whole[at..].chars().next() else { break };
            quote.map.push((start + at, quote.text.len()));
            if c == '\u{feff}' && start + at == 0 {
                // A byte-order mark is no part of the line.
            } else {
                push_safe(&mut quote.text, c);
            }
            // Old CI runners take `##[` anywhere in a line for a command.
            if quote.text.ends_with("##[") {
                quote.text.truncate(quote.text.len() - 1);
                quote.text.push_str("\\u{5b}");
            }
            at += c.len_utf8();
        }
        quote.map.push((start + window.end, quote.text.len()));
        if window.end < whole.len() {
            quote.text.push('…');
        }
        quote
    }

    /// The line as shown.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where a span is shown; what lies outside the line or the part shown is moved to its edge.
    pub(crate) fn place(&self, span: Span) -> Range<usize> {
        let (start, end) = (self.offset(span.start), self.offset(span.end));
        start..end.max(start)
    }

    fn offset(&self, at: usize) -> usize {
        let index = self.map.partition_point(|(file, _)| *file < at).min(self.map.len() - 1);
        self.map[index].1
    }
}

/// Whether a line quoted around the first span shows the second too.
pub(crate) fn shows_both(line: &str, first: Span, second: Span) -> bool {
    line.len() <= BEFORE + AFTER || first.start.abs_diff(second.start) < BEFORE / 2
}

/// The part of a line to show, on character boundaries.
fn window(line: &str, at: usize) -> Range<usize> {
    if line.len() <= BEFORE + AFTER {
        return 0..line.len();
    }
    let at = at.min(line.len());
    let boundary = |at: &usize| line.is_char_boundary(*at);
    let start = (0..=at.saturating_sub(BEFORE)).rev().find(boundary).unwrap_or(0);
    let end = (at + AFTER..line.len()).find(boundary).unwrap_or(line.len());
    start..end
}

/// A text in which nothing acts on a terminal or on a CI runner's log: control characters, marks that
/// reorder or hide text, and the runner's commands are written out.
pub fn terminal_safe(text: &str) -> Cow<'_, str> {
    let command = (text.contains('#') && text.contains("##[")) || text.trim_start().starts_with("::");
    // Most texts are plain ASCII, which is told at a glance.
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if !command && (plain || !text.chars().any(|c| c == '\t' || is_active(c))) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| push_safe(&mut safe, c));
    let blanks = safe.len() - safe.trim_start().len();
    if safe[blanks..].starts_with("::") {
        safe.replace_range(blanks..=blanks, "\\u{3a}");
    }
    Cow::Owned(safe.replace("##[", "##\\u{5b}").replace('\t', " "))
}

fn push_safe(text: &mut String, c: char) {
    if is_active(c) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{}", c.escape_unicode());
    } else {
        text.push(c);
    }
}

/// Whether a character acts instead of showing: C0 and C1 controls but the tab, bidirectional marks, and
/// what is not seen.
pub(crate) fn is_active(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
