//! Which bytes of a file hold values that look secret, and are not to be quoted.
//!
//! Known from the file's tree; where it has none, because it is not YAML, guessed from the lines around.

use std::ops::Range;

use crate::config::yaml::{Content, Document, NodeId};
use crate::secrets::{is_secret_location, is_secret_variable};
use crate::source::{Source, SourceId, Span};

/// How to tell secrets; a value of its own so that tests need no real ones.
#[derive(Clone, Copy)]
pub(crate) struct Judge {
    variable: fn(&str, &str) -> bool,
    location: fn(&str) -> bool,
}

/// What of one file is hidden.
pub(crate) struct Redaction {
    judge: Judge,
    /// Spans from the tree, sorted by start; `None` where there is no tree.
    spans: Option<Vec<Span>>,
}

impl Redaction {
    /// Looks at a whole file.
    pub(crate) fn of(id: SourceId, source: &Source) -> Self {
        Self::judged_by(Judge { variable: is_secret_variable, location: is_secret_location }, id, source)
    }

    pub(crate) fn judged_by(judge: Judge, id: SourceId, source: &Source) -> Self {
        let spans = Document::parse(id, source).ok().map(|document| {
            let mut spans = tree_spans(judge, &document);
            spans.sort();
            spans
        });
        Self { judge, spans }
    }

    /// The hidden spans that meet a part of a line (from 1).
    pub(crate) fn in_line(&self, source: &Source, line: usize, part: Range<usize>) -> Vec<Span> {
        match &self.spans {
            Some(spans) => {
                // Values do not nest, so ends are sorted as starts are.
                let from = spans.partition_point(|span| span.end <= part.start);
                spans[from..].iter().take_while(|span| span.start < part.end).copied().collect()
            }
            None => guessed(self.judge, source, line).into_iter().collect(),
        }
    }
}

fn tree_spans(judge: Judge, document: &Document) -> Vec<Span> {
    let text = |id: NodeId| match document.content(document.resolve(id)) {
        Content::Scalar { text, .. } => Some(text),
        Content::Sequence { .. } | Content::Mapping { .. } | Content::Alias(_) => None,
    };
    let span = |id: NodeId| document.span(document.resolve(id));
    let mut spans = Vec::new();
    for (_, node) in document.nodes() {
        match node.content {
            Content::Sequence { items, .. } => {
                spans.extend(items.iter().filter(|item| text(**item).is_some_and(judge.location)).map(|item| span(*item)));
            }
            Content::Mapping { entries, .. } => {
                let owner = variable_name(entries.iter().filter_map(|(key, value)| Some((text(*key)?, text(*value)?))));
                for (key, value) in entries {
                    let (Some(key), Some(content)) = (text(*key), text(*value)) else { continue };
                    let by_owner = key != "name" && owner.is_some_and(|owner| (judge.variable)(owner, content));
                    if by_owner || (judge.variable)(key, content) || (judge.location)(content) {
                        spans.push(span(*value));
                    }
                }
            }
            Content::Scalar { .. } | Content::Alias(_) => {}
        }
    }
    spans
}

/// The name of the variable that a mapping sets; other mappings with a name have other keys too.
fn variable_name<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>) -> Option<&'a str> {
    let mut name = None;
    for (key, value) in entries {
        match key {
            "name" => name = Some(value),
            "description" | "type" | "system" | "profile" => return None,
            _ => {}
        }
    }
    name
}

/// How far a guess looks for the name that belongs to a value, in lines.
const NEIGHBOURS: usize = 3;
/// How far a guess looks for the key of a text of several lines.
const LOOK_BACK: usize = 200;

/// Hides a line from where its value begins if that may be a secret; without a tree, better too much.
fn guessed(judge: Judge, source: &Source, line: usize) -> Option<Span> {
    let text = source.line(line);
    let start = source.line_start(line);
    let hide_from = |at: usize| Some(Span { start: start + at, end: start + text.len() });
    if let Some(at) = value_of(text, "value") {
        let neighbours = line.saturating_sub(NEIGHBOURS).max(1)..=line + NEIGHBOURS;
        let names: Vec<&str> = neighbours.filter_map(|line| name_in(source.line(line))).collect();
        // Harmless only if there is a name at all and every name that could belong to it is harmless.
        let harmless = !names.is_empty() && names.iter().all(|name| !(judge.variable)(name, &text[at..]));
        return if harmless { None } else { hide_from(at) };
    }
    if let Some(at) = first_value(text) {
        let key =
            text[..at].trim_end_matches([' ', ':']).trim_start_matches([' ', '-', '{', '"', '\'', '\t']).trim_end_matches(['"', '\'']);
        if (judge.variable)(key, text[at..].trim()) {
            return hide_from(at);
        }
    } else if continues_a_value(source, line) {
        return hide_from(text.len() - text.trim_start().len());
    }
    let token = text.split([' ', '\t', '"', '\'', ',', '[', ']', '{', '}']).find(|token| (judge.location)(token))?;
    hide_from(token.as_ptr() as usize - text.as_ptr() as usize)
}

/// The offset at which the value of a `key:` in a line begins.
fn value_of(text: &str, key: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text[from..].find(key) {
        let at = from + found;
        let rest = text[at + key.len()..].trim_start_matches(['"', '\'', 's', ' ']);
        let begins = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
        if let Some(value) = rest.strip_prefix(':').filter(|_| begins) {
            return Some(text.len() - value.trim_start().len());
        }
        from = at + key.len();
    }
    None
}

fn name_in(text: &str) -> Option<&str> {
    let at = value_of(text, "name")?;
    let name = text[at..].split([',', '}', '#']).next()?;
    Some(name.trim().trim_matches(['"', '\'']))
}

fn first_value(text: &str) -> Option<usize> {
    let at = text.find(": ").or_else(|| text.ends_with(':').then(|| text.len() - 1))?;
    Some(text.len() - text[at + 1..].trim_start().len())
}

/// Whether a line belongs to the text of several lines that a `value:` above began.
fn continues_a_value(source: &Source, line: usize) -> bool {
    let indentation = |text: &str| text.len() - text.trim_start().len();
    let own = indentation(source.line(line));
    (line.saturating_sub(LOOK_BACK).max(1)..line)
        .rev()
        .map(|line| source.line(line))
        .find(|text| !text.trim().is_empty() && (indentation(text) < own || first_value(text).is_some()))
        .is_some_and(|text| value_of(text, "value").is_some())
}

#[cfg(test)]
mod tests;
