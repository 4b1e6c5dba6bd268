//! Adds to and takes from what stands in brackets or braces.

use std::collections::BTreeMap;

use super::editor::Editor;
use crate::config::yaml::{Content, NodeId};
use crate::source::Span;

/// The elements of a collection in brackets.
pub(crate) struct Elements {
    /// After the opening bracket.
    open: usize,
    /// Before the closing one.
    close: usize,
    elements: Vec<Element>,
    /// Each stands on lines of its own.
    in_lines: bool,
}

/// An item or a pair, with its place.
#[derive(Clone, Copy, Debug)]
struct Element {
    /// Anchor and tag included.
    start: usize,
    end: usize,
    comma: Option<usize>,
}

impl Elements {
    /// The items of a list.
    pub(crate) fn of_sequence(editor: &Editor<'_>, sequence: NodeId) -> Self {
        Self::of(editor, sequence, editor.items(sequence))
    }

    /// The pairs of a mapping.
    pub(crate) fn of_mapping(editor: &Editor<'_>, mapping: NodeId) -> Self {
        let values: Vec<NodeId> = match editor.content(mapping) {
            Content::Mapping { entries, .. } => entries.iter().map(|(_, value)| *value).collect(),
            Content::Scalar { .. } | Content::Sequence { .. } | Content::Alias(_) => Vec::new(),
        };
        Self::of(editor, mapping, &values)
    }

    fn of(editor: &Editor<'_>, collection: NodeId, last_parts: &[NodeId]) -> Self {
        let span = editor.span(collection);
        let (open, close) = (span.start + 1, span.end.saturating_sub(1));
        let lines = &editor.lines;
        let mut elements = Vec::with_capacity(last_parts.len());
        let mut from = open;
        for part in last_parts {
            let end = editor.span(*part).end;
            let after = lines.skip(end);
            let comma = editor.is_at(after, ",").then_some(after);
            elements.push(Element { start: lines.skip(from), end, comma });
            from = comma.map_or(end, |comma| comma + 1);
        }
        let alone = |element: &Element| {
            let after = element.comma.map_or(element.end, |comma| comma + 1);
            // A comma that stands on a further line belongs to no line that can be taken out.
            super::lines::is_blank(lines.head(element.start)) && lines.ends(after) && lines.start(after) == lines.start(element.end)
        };
        let in_lines = elements.iter().all(alone) && elements.first().is_some_and(|first| lines.start(first.start) > open);
        Self { open, close, elements, in_lines }
    }

    /// An element with its anchor and tag.
    pub(crate) fn span(&self, index: usize) -> Span {
        Span { start: self.elements[index].start, end: self.elements[index].end }
    }
}

/// The texts by the kept element after which they come.
fn after_kept(keep: &[bool], added: BTreeMap<usize, Vec<String>>) -> BTreeMap<Option<usize>, Vec<String>> {
    let mut by_kept: BTreeMap<Option<usize>, Vec<String>> = BTreeMap::new();
    for (after, texts) in added {
        let before = (0..after.min(keep.len())).rev().find(|index| keep[*index]);
        by_kept.entry(before).or_default().extend(texts);
    }
    by_kept
}

impl Editor<'_> {
    /// Takes out the elements that are not kept, and adds texts after so many elements.
    pub(crate) fn edit_elements(&mut self, elements: &Elements, keep: &[bool], added: BTreeMap<usize, Vec<String>>) {
        let Elements { open, close, elements, in_lines } = elements;
        let added = after_kept(keep, added);
        if !keep.contains(&true) {
            let texts: Vec<String> = added.into_values().flatten().collect();
            if !elements.is_empty() || !texts.is_empty() {
                self.edits.replace(*open, *close, texts.join(", "));
            }
        } else if *in_lines {
            self.edit_lines(elements, keep, added);
        } else {
            self.edit_inline(elements, keep, added);
        }
    }

    fn edit_inline(&mut self, elements: &[Element], keep: &[bool], added: BTreeMap<Option<usize>, Vec<String>>) {
        let mut kept_before = false;
        for (index, element) in elements.iter().enumerate() {
            if keep[index] {
                kept_before = true;
            } else if kept_before {
                self.edits.delete(elements[index - 1].end, element.end);
            } else if let Some(next) = elements.get(index + 1) {
                self.edits.delete(element.start, next.start);
            }
        }
        for (before, texts) in added {
            match before {
                Some(index) => self.edits.insert(elements[index].end, format!(", {}", texts.join(", "))),
                None => {
                    let first = (0..elements.len()).find(|index| keep[*index]).unwrap_or(0);
                    self.edits.insert(elements[first].start, format!("{}, ", texts.join(", ")));
                }
            }
        }
    }

    fn edit_lines(&mut self, elements: &[Element], keep: &[bool], added: BTreeMap<Option<usize>, Vec<String>>) {
        let newline = self.layout.newline;
        for element in elements.iter().enumerate().filter(|(index, _)| !keep[*index]).map(|(_, element)| element) {
            let mut start = self.lines.start(element.start);
            let indent = self.lines.column(element.start);
            while let Some(before) = self.lines.before(start).filter(|before| self.lines.comment(*before) == Some(indent)) {
                start = before;
            }
            let end = self.lines.next(element.end);
            self.edits.delete(start, end);
        }
        let Some(last) = (0..elements.len()).rev().find(|index| keep[*index]) else { return };
        let trailing = elements.last().is_some_and(|element| element.comma.is_some());
        match (elements[last].comma, added.contains_key(&Some(last)) || trailing) {
            (None, true) => self.edits.insert(elements[last].end, ","),
            // The last element was taken out, which had none.
            (Some(comma), false) => self.edits.delete(comma, comma + 1),
            (None, false) | (Some(_), true) => {}
        }
        for (before, texts) in added {
            let at = match before {
                Some(index) => self.lines.next(elements[index].end),
                None => self.lines.start(elements[0].start),
            };
            let indent = self.lines.head(elements[before.unwrap_or(0)].start).to_owned();
            let ends = before == Some(last) && !trailing;
            let count = texts.len();
            for (index, text) in texts.into_iter().enumerate() {
                let comma = if ends && index + 1 == count { "" } else { "," };
                self.edits.insert(at, format!("{indent}{text}{comma}{newline}"));
            }
        }
    }
}
