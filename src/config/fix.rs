//! Mends what has one obvious right form: tabs, older spellings of keys, missing quotes, repeats. Comments
//! and everything else stay.
//!
//! Text in, text out. A mended text is only offered if fewer problems are left in it.

use super::edit::emit;
use super::keys::TABLES;
use super::load::{LoadOptions, Loaded, load_texts};
use super::yaml::{Content, Document};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{Source, SourceId, Span};

/// Each round mends at least one place; a file with more such places than this is no slip.
const MAX_ROUNDS: usize = 1_000;
/// So many rounds for a file that parses: each mends all repeats that the one before left to be seen.
const MAX_PARSED_ROUNDS: usize = 8;
/// So many bytes are read in all rounds together, or a large file would be read a thousand times.
const MAX_READ: usize = 256 << 20;

/// The file as it should be, or `None` if there is nothing that this can mend.
pub fn fix(path: &str, text: &str, options: &LoadOptions) -> Option<String> {
    let count = |text: &str| problems(&load(path, text, options));
    let before = count(text);
    // Tabs are only wrong where they keep a file from being read: elsewhere they may be part of a value.
    let widths: &[usize] = if before.0 > 0 { &[4, 2, 8] } else { &[] };
    let spaced = widths.iter().map(|width| without_tabs(text, *width));
    let candidates = std::iter::once(text.to_owned()).chain(spaced).map(|candidate| mended(path, &candidate, options));
    let best = candidates.min_by_key(|candidate| count(candidate))?;
    // Older spellings are no problem, but a mend all the same.
    (count(&best) < before || (count(&best) == before && before.0 == 0 && best != text)).then_some(best)
}

fn load(path: &str, text: &str, options: &LoadOptions) -> Loaded {
    load_texts(vec![(path.to_owned(), text.to_owned())], options)
}

fn problems(loaded: &Loaded) -> (usize, usize) {
    // What does not parse may hide anything, so it counts before all else.
    let unread = usize::from(loaded.documents.len() < loaded.files.len());
    (unread, loaded.diagnostics.sorted().len())
}

/// Tabs at the beginning of lines become blanks up to the next stop, but for the lines of block scalars.
fn without_tabs(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len());
    // The indentation of the line whose value is a block scalar.
    let mut block: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        if block.is_some_and(|header| blanks > header || line.trim().is_empty()) {
            out.push_str(line);
            continue;
        }
        let rest = line.trim_start_matches([' ', '\t']);
        let mut column = 0;
        for c in line[..line.len() - rest.len()].chars() {
            column += if c == '\t' { width - column % width } else { 1 };
        }
        block = begins_block(rest).then_some(column);
        out.extend(std::iter::repeat_n(' ', column));
        out.push_str(rest);
    }
    out
}

/// Whether the value of a line is a block scalar: `key: |`, `- >-`.
fn begins_block(line: &str) -> bool {
    let value = line.split(" #").next().unwrap_or(line).trim_end();
    let header = value.rsplit([' ', '\t']).next().unwrap_or_default();
    let indicators = header.strip_prefix(['|', '>']);
    indicators.is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '+' || c == '-'))
}

fn mended(path: &str, text: &str, options: &LoadOptions) -> String {
    let mut text = text.to_owned();
    let (mut parsed, mut read) = (0, 0);
    for _ in 0..MAX_ROUNDS {
        read += text.len();
        if read > MAX_READ || parsed > MAX_PARSED_ROUNDS {
            return text;
        }
        let loaded = load(path, &text, options);
        let Some((_, source)) = loaded.sources.iter().next() else { return text };
        let diagnostics = loaded.diagnostics.sorted();
        let next = match loaded.documents.first() {
            Some(document) => {
                parsed += 1;
                older_spelling(document, source).or_else(|| without_repeats(source, &diagnostics))
            }
            None => diagnostics.iter().find_map(|diagnostic| quoted(source, diagnostic)),
        };
        match next {
            Some(next) if next != text => text = next,
            _ => return text,
        }
    }
    text
}

/// All keys of older spelling in one go.
fn older_spelling(document: &Document, source: &Source) -> Option<String> {
    let mut spans: Vec<(Span, &'static str)> = Vec::new();
    for (_, node) in document.nodes() {
        let Content::Mapping { entries, .. } = node.content else { continue };
        let spelled = |id| match document.content(id) {
            Content::Scalar { text, .. } => Some(text),
            Content::Sequence { .. } | Content::Mapping { .. } | Content::Alias(_) => None,
        };
        for (key, _) in entries {
            let Some(text) = spelled(*key) else { continue };
            let known = TABLES.iter().flat_map(|table| table.keys).find(|known| known.snake == text && known.name != text);
            let Some(known) = known else { continue };
            let both = entries.iter().any(|(other, _)| spelled(*other) == Some(known.name));
            // Only a key that stands there as plain text: quotes are somebody's choice.
            let span = document.span(*key);
            if !both && source.text.get(span.start..span.end) == Some(text) {
                spans.push((span, known.name));
            }
        }
    }
    if spans.is_empty() {
        return None;
    }
    spans.sort();
    let mut text = source.text.to_string();
    for (span, name) in spans.into_iter().rev() {
        text.replace_range(span.start..span.end, name);
    }
    Some(text)
}

/// Without the later ones of equal items and keys.
fn without_repeats(source: &Source, diagnostics: &[&Diagnostic]) -> Option<String> {
    let mut repeats: Vec<Span> = diagnostics.iter().filter_map(|diagnostic| repeat(source, diagnostic)).collect();
    repeats.sort();
    let mut text = String::with_capacity(source.text.len());
    let mut kept = 0;
    for Span { start, end } in repeats {
        // Of two that overlap, the second waits for the next round.
        if start >= kept {
            text.push_str(source.text.get(kept..start)?);
            kept = end;
        }
    }
    text.push_str(source.text.get(kept..)?);
    (kept > 0).then_some(text)
}

/// The second of two equal items or keys, with what goes with it.
fn repeat(source: &Source, diagnostic: &Diagnostic) -> Option<Span> {
    if matches!(diagnostic.code, Code::RepeatedItem | Code::RepeatedLocation) {
        return item(source, diagnostic.labels.first()?.origin.span);
    }
    if diagnostic.code != Code::DuplicateKey {
        return None;
    }
    let [again, first, ..] = diagnostic.labels.as_slice() else { return None };
    let line = |span: Span| source.line_column(span.start).line;
    let (again, first) = (line(again.origin.span), line(first.origin.span));
    let same = again != first && source.line(again).trim() == source.line(first).trim().trim_start_matches("- ").trim();
    let text = source.line(again).trim();
    // A key with a nested value has more lines than this one.
    (same && !text.ends_with(':') && !text.starts_with("- ")).then(|| whole_line(source, again))
}

fn item(source: &Source, span: Span) -> Option<Span> {
    let place = source.line_column(span.start);
    let item = source.text.get(span.start..span.end)?;
    if source.line(place.line).trim().strip_prefix('-').map(str::trim) == Some(item) {
        return Some(whole_line(source, place.line));
    }
    // In brackets: the item with the comma before it.
    let before = source.text.get(..span.start)?.trim_end();
    Some(Span { start: before.strip_suffix(',')?.len(), end: span.end })
}

fn whole_line(source: &Source, line: usize) -> Span {
    Span { start: source.line_start(line), end: source.line_start(line + 1) }
}

/// The value of the line that does not parse, in quotes.
fn quoted(source: &Source, diagnostic: &Diagnostic) -> Option<String> {
    let line = source.line_column(diagnostic.labels.first()?.origin.span.start).line;
    // A parser may notice one line late.
    [line, line.saturating_sub(1)].into_iter().filter(|line| *line > 0).find_map(|line| {
        let text = source.line(line);
        let value = value_of(text)?;
        let risky = value.starts_with(['@', '%', '`']) || value.contains(": ");
        if !risky || value.starts_with(['"', '\'', '[', '{', '&', '*', '|', '>', '!', '#']) {
            return None;
        }
        let start = source.line_start(line) + (value.as_ptr() as usize - text.as_ptr() as usize);
        let mut mended = source.text.to_string();
        mended.replace_range(start..start + value.len(), &emit::double(value));
        Some(mended)
    })
}

/// What stands after `key:` or after a dash, without a comment.
fn value_of(line: &str) -> Option<&str> {
    let content = line.trim_start().trim_start_matches("- ").trim_start();
    let value = match content.split_once(": ") {
        Some((key, value)) if key.chars().all(|c| c.is_alphanumeric() || c == '_') => value,
        _ => content,
    };
    let value = value.split(" #").next().unwrap_or(value).trim();
    (!value.is_empty()).then_some(value)
}

/// A file that can be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// Which file.
    pub source: SourceId,
    /// Its text as it should be.
    pub text: String,
}

/// All files that can be mended; one that is no text is left alone, for its rest is not known.
pub fn fix_all(loaded: &Loaded, options: &LoadOptions) -> Vec<Mended> {
    let mend = |(id, source): (SourceId, &Source)| fix(&source.path, &source.text, options).map(|text| Mended { source: id, text });
    loaded.sources.iter().filter(|(id, _)| loaded.whole[id.0]).filter_map(mend).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(text: &str) -> String {
        fix("a.yaml", text, &LoadOptions::default()).unwrap_or_else(|| "(nothing)".to_owned())
    }

    const ENTRY: &str = "experiences:\n  - name: a\n    description: d # why\n    locations: [s3://a]\n";

    #[test]
    fn tabs_become_blanks_at_the_width_that_parses() {
        let tabs = "experiences:\n    - name: s\n      description: d\n      locations:\n        - s3://b\n      profile: p\n\t  tags:\n\t    - x\n";
        assert!(load("a.yaml", &fixed(tabs), &LoadOptions::default()).desired.is_some(), "{}", fixed(tabs));
    }

    #[test]
    fn older_keys_get_their_present_spelling_and_comments_stay() {
        let older = format!("{ENTRY}    environment_variables: [] # none\nmanaged_experience_tags: []\n");
        assert_eq!(fixed(&older), format!("{ENTRY}    environmentVariables: [] # none\nmanagedExperienceTags: []\n"));
    }

    #[test]
    fn repeats_go_in_lines_and_in_brackets() {
        assert_eq!(fixed(&format!("{ENTRY}    tags: [x, y, x]\n")), format!("{ENTRY}    tags: [x, y]\n"));
        assert_eq!(
            fixed(&format!("{ENTRY}    tags:\n      - x\n      - x\n      - y\n")),
            format!("{ENTRY}    tags:\n      - x\n      - y\n")
        );
        assert_eq!(fixed(&format!("{ENTRY}    profile: p\n    profile: p\n")), format!("{ENTRY}    profile: p\n"));
    }

    #[test]
    fn countless_repeats_go_in_one_reading() {
        let lines = "      - x\n".repeat(3_000);
        assert_eq!(fixed(&format!("{ENTRY}    tags:\n{lines}")), format!("{ENTRY}    tags:\n      - x\n"));
        assert_eq!(fixed(&format!("{ENTRY}    tags: [x{}]\n", ", x".repeat(3_000))), format!("{ENTRY}    tags: [x]\n"));
    }

    #[test]
    fn values_that_need_quotes_get_them() {
        assert_eq!(fixed(&format!("{ENTRY}    profile: @fast\n")), format!("{ENTRY}    profile: \"@fast\"\n"));
        assert_eq!(fixed(&format!("{ENTRY}    profile: slow: really # note\n")), format!("{ENTRY}    profile: \"slow: really\" # note\n"));
    }

    #[test]
    fn tabs_that_are_part_of_a_value_stay() {
        let block = format!("{ENTRY}    profile: |\n      x\n      \ty\n");
        assert_eq!(fixed(&format!("{block}    tags: [t, t]\n")), format!("{block}    tags: [t]\n"));
        assert_eq!(
            fixed(&format!("{block}    experience_id: 5f0c9f6e-51a7-4c1e-8f5b-0a6a1c9d7e01\n")),
            format!("{block}    experienceID: 5f0c9f6e-51a7-4c1e-8f5b-0a6a1c9d7e01\n")
        );
        assert_eq!(fixed(&format!("{block}\ttags: [t]\n")), format!("{block}    tags: [t]\n"));
    }

    #[test]
    fn right_files_and_unclear_mistakes_are_left_alone() {
        for text in [ENTRY, "experiences:\n  - nmae: a\n", "", "experiences: [\n"] {
            assert_eq!(fixed(text), "(nothing)", "{text}");
        }
    }
}
