//! The fields of an experience as lines: what was, what will be.

use std::borrow::Cow;

use similar::{ChangeTag, TextDiff};

use super::page::{Page, Tone};
use crate::render::escape::terminal_safe;
use crate::render::sentence::{count, thousands};
use crate::render::view::{CustomFieldDiff, CustomFieldView, FieldDiff, FieldView, Shown, VariableDiff};

/// The longest value that is shown whole, in characters.
const LONGEST: usize = 2_000;
/// The longest text whose lines are compared, in lines.
const MOST_LINES: usize = 1_000;

/// A value, inert: as it is if it is one word, else between quotes.
pub(super) fn value(shown: &Shown) -> String {
    match shown {
        Shown::Text(text) => quoted(text),
        Shown::Number(_) | Shown::Flag(_) | Shown::Hidden => shown.to_text(),
    }
}

fn quoted(text: &str) -> String {
    let (shown, rest) = cut(text);
    let plain = !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '→' | ',' | '`'));
    let safe = inert(shown);
    let safe = if plain { safe.into_owned() } else { format!("\"{safe}\"") };
    if rest == 0 { safe } else { format!("{safe}… ({} more characters)", thousands(rest)) }
}

/// Line ends as `\n`, the rest as everywhere.
fn inert(text: &str) -> Cow<'_, str> {
    if text.contains('\n') { Cow::Owned(terminal_safe(&text.replace('\n', "\\n")).into_owned()) } else { terminal_safe(text) }
}

/// The part of a text that is shown, and how many characters are not.
fn cut(text: &str) -> (&str, usize) {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => (&text[..at], text[at..].chars().count()),
        None => (text, 0),
    }
}

/// The lines of a field, not indented.
pub(super) fn field_lines(page: &Page<'_>, field: &FieldView) -> Vec<String> {
    let FieldView { field, diff } = field;
    match diff {
        FieldDiff::Scalar { before: Some(Shown::Text(before)), after: Shown::Text(after) }
            if before.contains('\n') || after.contains('\n') =>
        {
            text_lines(page, field, before, after)
        }
        FieldDiff::Scalar { before, after } => vec![format!("{field}: {}", change(page, before.as_ref(), Some(after)))],
        FieldDiff::Set { removed, added, kept } => {
            let removed = removed.iter().map(|item| page.paint(Tone::Removed, &format!("- {}", value(item))));
            let added = added.iter().map(|item| page.paint(Tone::Added, &format!("+ {}", value(item))));
            listed(page, field, removed.chain(added).collect(), *kept)
        }
        FieldDiff::Variables { changed, kept } => {
            let line = |VariableDiff { name, before, after }: &VariableDiff| {
                let mark = mark(page, before.is_some(), after.is_some());
                format!("{mark} {}: {}", terminal_safe(name), change(page, before.as_ref(), after.as_ref()))
            };
            listed(page, field, changed.iter().map(line).collect(), *kept)
        }
        FieldDiff::CustomFields { changed, kept } => {
            let line = |CustomFieldDiff { name, before, after }: &CustomFieldDiff| {
                let mark = mark(page, before.is_some(), after.is_some());
                let (before, after) = (before.as_ref().map(custom_field), after.as_ref().map(custom_field));
                format!("{mark} {}: {}", terminal_safe(name), arrow(page, before.as_deref(), after.as_deref()))
            };
            listed(page, field, changed.iter().map(line).collect(), *kept)
        }
    }
}

/// What a field of a new experience begins with, in a few words.
pub(super) fn in_few_words(field: &FieldView) -> Option<String> {
    let FieldView { field, diff } = field;
    match diff {
        FieldDiff::Scalar { before: _, after } if *field == "profile" => Some(format!("profile {}", value(after))),
        // The config says it beside the name; here it would push the rest away.
        FieldDiff::Scalar { .. } => None,
        FieldDiff::Set { added, .. } => Some(count(added.len(), "location")),
        FieldDiff::Variables { changed, .. } => (!changed.is_empty()).then(|| count(changed.len(), "environment variable")),
        FieldDiff::CustomFields { changed, .. } => (!changed.is_empty()).then(|| count(changed.len(), "custom field")),
    }
}

fn listed(page: &Page<'_>, field: &str, items: Vec<String>, kept: usize) -> Vec<String> {
    let kept = if kept > 0 { page.paint(Tone::Faint, &format!(" ({} unchanged)", thousands(kept))) } else { String::new() };
    let mut lines = vec![format!("{field}:{kept}")];
    lines.extend(items.into_iter().map(|item| format!("  {item}")));
    lines
}

fn mark(page: &Page<'_>, before: bool, after: bool) -> String {
    match (before, after) {
        (false, _) => page.paint(Tone::Added, "+"),
        (true, false) => page.paint(Tone::Removed, "-"),
        (true, true) => page.paint(Tone::Changed, "~"),
    }
}

fn change(page: &Page<'_>, before: Option<&Shown>, after: Option<&Shown>) -> String {
    match (before, after) {
        // Two hidden values say no more than one.
        (Some(Shown::Hidden), Some(Shown::Hidden)) => Shown::Hidden.to_text(),
        (before, after) => arrow(page, before.map(value).as_deref(), after.map(value).as_deref()),
    }
}

fn arrow(page: &Page<'_>, before: Option<&str>, after: Option<&str>) -> String {
    match (before, after) {
        (Some(before), Some(after)) => format!("{} → {}", page.paint(Tone::Removed, before), page.paint(Tone::Added, after)),
        (Some(before), None) => page.paint(Tone::Removed, before),
        (None, Some(after)) => page.paint(Tone::Added, after),
        (None, None) => String::new(),
    }
}

fn custom_field(field: &CustomFieldView) -> String {
    let CustomFieldView { kind, values } = field;
    let values: Vec<String> = values.iter().map(value).collect();
    let values = if values.is_empty() { "no values".to_owned() } else { values.join(", ") };
    format!("{} {values}", kind.as_str())
}

/// A text of several lines: those that differ, with one around them.
fn text_lines(page: &Page<'_>, field: &str, before: &str, after: &str) -> Vec<String> {
    let long = |text: &str| text.lines().count() > MOST_LINES;
    if long(before) || long(after) {
        return vec![format!("{field}: {} → {}", quoted(before), quoted(after))];
    }
    let diff = TextDiff::from_lines(before, after);
    let mut lines = vec![format!("{field}:")];
    for (index, group) in diff.grouped_ops(1).iter().enumerate() {
        if index > 0 {
            lines.push(page.paint(Tone::Faint, "    …"));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (sign, tone) = match change.tag() {
                ChangeTag::Delete => ("-", Tone::Removed),
                ChangeTag::Insert => ("+", Tone::Added),
                ChangeTag::Equal => (" ", Tone::Faint),
            };
            let text = change.value().trim_end_matches('\n');
            let (text, rest) = cut(text);
            let more = if rest == 0 { String::new() } else { format!("… ({} more characters)", thousands(rest)) };
            lines.push(format!("  {}", page.paint(tone, &format!("{sign} {}{more}", terminal_safe(text)))));
        }
    }
    lines
}
