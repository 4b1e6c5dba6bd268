//! The fields of an experience as lines: what was, what will be.

use std::borrow::Cow;

use similar::{ChangeTag, DiffOp, TextDiff};
use unicode_width::UnicodeWidthStr as _;

use super::page::{Page, Tone};
use crate::render::escape::terminal_safe;
use crate::render::sentence::{count, thousands};
use crate::render::view::{CustomFieldDiff, CustomFieldView, FieldDiff, FieldView, Shown, VariableDiff};
use crate::render::words::{Piece, lines_of, shortened, words};

/// The longest value that is shown whole, in characters.
const LONGEST: usize = 2_000;
/// The longest text whose lines are compared, in lines.
const MOST_LINES: usize = 1_000;
/// Values stand below each other only up to this width of their names, and not on terminals narrower than that.
const MOST_ALIGNED: usize = 28;
const LEAST_ALIGNED: usize = 60;
/// Columns before a field's name.
pub(super) const INDENT: usize = 6;

/// A value, inert: as it is if it is one word, else between quotes.
pub(super) fn value(shown: &Shown) -> String {
    match shown {
        Shown::Text(text) => quoted(text),
        Shown::Number(_) | Shown::Flag(_) | Shown::Hidden => shown.to_text(),
    }
}

fn quoted(text: &str) -> String {
    let (shown, rest) = cut(text, LONGEST);
    let plain = !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '→' | ',' | '`'));
    let safe = inert(shown);
    let safe = if plain { safe.into_owned() } else { format!("\"{safe}\"") };
    safe + &more(rest)
}

/// Line ends as `\n`, the rest as everywhere.
fn inert(text: &str) -> Cow<'_, str> {
    if text.contains('\n') { Cow::Owned(terminal_safe(&text.replace('\n', "\\n")).into_owned()) } else { terminal_safe(text) }
}

/// The first characters of a text, and how many more there are.
fn cut(text: &str, most: usize) -> (&str, usize) {
    match text.char_indices().nth(most) {
        Some((at, _)) => (&text[..at], text[at..].chars().count()),
        None => (text, 0),
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

/// A value before and after under its name.
struct Entry {
    /// `+`, `-` or `~`, where the name alone does not say it.
    mark: Option<(&'static str, Tone)>,
    /// Inert.
    name: String,
    before: Option<Value>,
    after: Option<Value>,
}

/// A value in its two forms.
#[derive(Clone, PartialEq, Eq)]
struct Value {
    /// Beside others: inert, and cut to a length.
    short: String,
    /// On a line of its own: inert.
    whole: String,
}

impl Value {
    fn of(shown: &Shown) -> Self {
        let short = value(shown);
        let whole = match shown {
            Shown::Text(text) if !text.is_empty() && text.trim() == text => inert(text).into_owned(),
            // Blanks at the edges could not be seen otherwise.
            Shown::Text(text) => format!("\"{}\"", inert(text)),
            Shown::Number(_) | Shown::Flag(_) | Shown::Hidden => short.clone(),
        };
        Self { short, whole }
    }

    fn of_custom_field(field: &CustomFieldView) -> Self {
        let CustomFieldView { kind, values } = field;
        let listed = |value: &dyn Fn(&Shown) -> String| {
            let values: Vec<String> = values.iter().map(value).collect();
            let values = if values.is_empty() { "no values".to_owned() } else { values.join(", ") };
            format!("{} {values}", kind.as_str())
        };
        let short = listed(&value);
        Self { whole: short.clone(), short }
    }
}

/// The lines of all fields of an experience, not indented.
pub(super) fn fields_lines(page: &Page<'_>, fields: &[FieldView]) -> Vec<String> {
    let entries: Vec<Option<Entry>> = fields.iter().map(scalar).collect();
    let column = column(page, entries.iter().flatten());
    let mut lines = Vec::new();
    for (field, entry) in fields.iter().zip(&entries) {
        match entry {
            Some(entry) => lines.extend(entry_lines(page, entry, column, INDENT)),
            None => lines.extend(list_lines(page, field)),
        }
    }
    lines
}

/// A field with one value, unless it has lines of its own.
fn scalar(field: &FieldView) -> Option<Entry> {
    let FieldView { field, diff } = field;
    match diff {
        FieldDiff::Scalar { before: Some(Shown::Text(before)), after: Shown::Text(after) }
            if before.contains('\n') || after.contains('\n') =>
        {
            None
        }
        FieldDiff::Scalar { before, after } => {
            let before = before.as_ref().map(Value::of);
            Some(Entry { mark: None, name: (*field).to_owned(), before, after: Some(Value::of(after)) })
        }
        FieldDiff::Set { .. } | FieldDiff::Variables { .. } | FieldDiff::CustomFields { .. } => None,
    }
}

/// A field that needs several lines.
fn list_lines(page: &Page<'_>, field: &FieldView) -> Vec<String> {
    let FieldView { field, diff } = field;
    match diff {
        FieldDiff::Scalar { before: Some(Shown::Text(before)), after: Shown::Text(after) } => text_lines(page, field, before, after),
        // These are entries.
        FieldDiff::Scalar { .. } => Vec::new(),
        FieldDiff::Set { removed, added, kept } => {
            let removed = removed.iter().map(|item| page.paint(Tone::Removed, &format!("- {}", value(item))));
            let added = added.iter().map(|item| page.paint(Tone::Added, &format!("+ {}", value(item))));
            listed(page, field, removed.chain(added).collect(), *kept)
        }
        FieldDiff::Variables { changed, kept } => {
            let entry = |VariableDiff { name, before, after }: &VariableDiff| {
                marked(name, before.as_ref().map(Value::of), after.as_ref().map(Value::of))
            };
            listed(page, field, aligned(page, changed.iter().map(entry).collect()), *kept)
        }
        FieldDiff::CustomFields { changed, kept } => {
            let entry = |CustomFieldDiff { name, before, after }: &CustomFieldDiff| {
                marked(name, before.as_ref().map(Value::of_custom_field), after.as_ref().map(Value::of_custom_field))
            };
            listed(page, field, aligned(page, changed.iter().map(entry).collect()), *kept)
        }
    }
}

fn marked(name: &str, before: Option<Value>, after: Option<Value>) -> Entry {
    let mark = match (&before, &after) {
        (None, _) => ("+", Tone::Added),
        (Some(_), None) => ("-", Tone::Removed),
        (Some(_), Some(_)) => ("~", Tone::Changed),
    };
    Entry { mark: Some(mark), name: terminal_safe(name).into_owned(), before, after }
}

fn listed(page: &Page<'_>, field: &str, items: Vec<String>, kept: usize) -> Vec<String> {
    let kept = if kept > 0 { page.paint(Tone::Faint, &format!(" ({} unchanged)", thousands(kept))) } else { String::new() };
    let mut lines = vec![format!("{field}:{kept}")];
    lines.extend(items.into_iter().map(|item| format!("  {item}")));
    lines
}

/// The lines of a list of values, which stand below each other.
fn aligned(page: &Page<'_>, entries: Vec<Entry>) -> Vec<String> {
    let column = column(page, entries.iter());
    entries.iter().flat_map(|entry| entry_lines(page, entry, column, INDENT + 2)).collect()
}

/// How wide names are, with their mark and colon.
fn column<'a>(page: &Page<'_>, entries: impl Iterator<Item = &'a Entry>) -> usize {
    if page.columns() < LEAST_ALIGNED {
        return 0;
    }
    entries.map(Entry::width).filter(|width| *width <= MOST_ALIGNED).max().unwrap_or(0)
}

impl Entry {
    fn width(&self) -> usize {
        self.mark.map_or(0, |(mark, _)| mark.len() + 1) + self.name.width() + 1
    }
}

/// In one line if it fits, else the values below the name.
fn entry_lines(page: &Page<'_>, entry: &Entry, column: usize, indent: usize) -> Vec<String> {
    let Entry { mark, name, before, after } = entry;
    let mark = mark.map(|(mark, tone)| page.paint(tone, mark) + " ").unwrap_or_default();
    let room = page.columns().saturating_sub(indent + column.max(entry.width()) + 1);
    let pad = " ".repeat(column.saturating_sub(entry.width()));
    let line = |value: String| vec![format!("{mark}{name}: {pad}{value}")];
    match (before, after) {
        // Two hidden values say no more than one.
        (Some(before), Some(after)) if before == after => line(before.short.clone()),
        (Some(before), Some(after)) if before.short.width() + 3 + after.short.width() <= room => line(beside(page, before, after)),
        (Some(before), Some(after)) => {
            let mut lines = vec![format!("{mark}{name}:")];
            lines.extend(below(page, &before.whole, &after.whole).into_iter().map(|line| format!("  {line}")));
            lines
        }
        (Some(before), None) => line(page.paint(Tone::Removed, &before.short)),
        (None, Some(after)) => line(page.paint(Tone::Added, &after.short)),
        (None, None) => Vec::new(),
    }
}

/// Two short values; both can be seen at once, so that only colours mark their words.
fn beside(page: &Page<'_>, before: &Value, after: &Value) -> String {
    let (before, after) = (&before.short, &after.short);
    match words(before, after).filter(|_| page.is_coloured()) {
        Some((old, new)) => {
            let whole = |pieces: &[Piece<'_>]| pieces.iter().map(|piece| (piece.text.to_owned(), piece.differs)).collect::<Vec<_>>();
            format!("{} → {}", emphasised(page, Side::Before, &whole(&old)), emphasised(page, Side::After, &whole(&new)))
        }
        None => format!("{} → {}", page.paint(Tone::Removed, before), page.paint(Tone::Added, after)),
    }
}

/// Two long values, one below the other, each around what differs.
fn below(page: &Page<'_>, before: &str, after: &str) -> [String; 2] {
    match words(before, after) {
        Some((old, new)) => [signed(page, Side::Before, &shortened(&old)), signed(page, Side::After, &shortened(&new))],
        None => [signed(page, Side::Before, &[(before.to_owned(), false)]), signed(page, Side::After, &[(after.to_owned(), false)])],
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// A line of a diff: its sign, and a text in pieces, some of which differ from the other side.
fn signed(page: &Page<'_>, side: Side, pieces: &[(String, bool)]) -> String {
    let (sign, tone) = match side {
        Side::Before => ("- ", Tone::Removed),
        Side::After => ("+ ", Tone::Added),
    };
    format!("{}{}", page.paint(tone, sign), emphasised(page, side, pieces))
}

/// With what differs between marks like Git's, or in colours.
fn emphasised(page: &Page<'_>, side: Side, pieces: &[(String, bool)]) -> String {
    let (tone, strong, begin, end) = match side {
        Side::Before => (Tone::Removed, Tone::RemovedWords, "[-", "-]"),
        Side::After => (Tone::Added, Tone::AddedWords, "{+", "+}"),
    };
    let mut text = String::new();
    let mut room = LONGEST;
    for (index, (piece, differs)) in pieces.iter().enumerate() {
        let shown = cut(piece, room).0;
        match (differs, page.is_coloured()) {
            (true, true) => text.push_str(&page.paint(strong, shown)),
            (true, false) => text.extend([begin, shown, end]),
            (false, _) => text.push_str(&page.paint(tone, shown)),
        }
        room -= shown.chars().count();
        if room == 0 {
            let rest = pieces[index..].iter().map(|(text, _)| text.chars().count()).sum::<usize>() - shown.chars().count();
            if rest > 0 {
                text.push_str(&page.paint(tone, &more(rest)));
            }
            break;
        }
    }
    // A mark next to a text must not become a command of a CI runner.
    if page.is_coloured() { text } else { text.replace("##[", "##\\u{5b}") }
}

/// A text of several lines: those that differ, with one around them.
fn text_lines(page: &Page<'_>, field: &str, before: &str, after: &str) -> Vec<String> {
    let (old, new) = lines_of(before, after);
    if old.len().max(new.len()) > MOST_LINES {
        return vec![format!("{field}: {} → {}", quoted(before), quoted(after))];
    }
    let diff = TextDiff::from_slices(&old, &new);
    let mut lines = vec![format!("{field}:")];
    for (index, group) in diff.grouped_ops(1).iter().enumerate() {
        if index > 0 {
            lines.push(page.paint(Tone::Faint, "    …"));
        }
        for op in group {
            lines.extend(op_lines(page, &diff, op).into_iter().map(|line| format!("  {line}")));
        }
    }
    lines
}

/// Lines of both texts side by side where they replace each other, so that their words can be compared.
fn op_lines(page: &Page<'_>, diff: &TextDiff<'_, '_, '_, str>, op: &DiffOp) -> Vec<String> {
    let text = |text: &str| terminal_safe(text).into_owned();
    let of = |tag| diff.iter_changes(op).filter(|change| change.tag() == tag).map(|change| text(change.value())).collect::<Vec<_>>();
    let (equal, old, new) = (of(ChangeTag::Equal), of(ChangeTag::Delete), of(ChangeTag::Insert));
    let same = equal.iter().map(|line| {
        let (shown, rest) = cut(line, LONGEST);
        page.paint(Tone::Faint, &format!("  {shown}{}", more(rest)))
    });
    let mut lines: Vec<String> = same.collect();
    let pairs: Vec<[String; 2]> = old.iter().zip(&new).map(|(old, new)| below(page, old, new)).collect();
    let alone = |side, line: &String| signed(page, side, &[(line.clone(), false)]);
    lines.extend(pairs.iter().map(|[old, _]| old.clone()));
    lines.extend(old.iter().skip(pairs.len()).map(|line| alone(Side::Before, line)));
    lines.extend(pairs.iter().map(|[_, new]| new.clone()));
    lines.extend(new.iter().skip(pairs.len()).map(|line| alone(Side::After, line)));
    lines
}

fn more(rest: usize) -> String {
    if rest == 0 { String::new() } else { format!("… ({} more characters)", thousands(rest)) }
}
