//! One file that is being edited: its tree, its text, and the edits so far.
//!
//! Places are found from the parser's spans alone; between two spans there are only blanks, comments,
//! anchors, tags and the indicators of the collection.

use yaml_events::ScalarStyle;

use super::anchors::Sharing;
use super::layout::Layout;
use super::lines::Lines;
use super::splice::{Contradiction, Edits};
use super::value::Writer;
use crate::config::keys::Table;
use crate::config::problems::Problems;
use crate::config::view::{Fields, Reader, Scalar, scalar_of};
use crate::config::yaml::{Content, Document, NodeId};
use crate::source::{Source, Span};

/// One file, with the edits so far.
pub(crate) struct Editor<'a> {
    pub(crate) document: &'a Document,
    pub(crate) lines: Lines<'a>,
    pub(crate) layout: Layout,
    pub(crate) edits: Edits,
    pub(crate) sharing: Sharing,
    /// Lines were put behind a last line that has no end.
    pub(crate) lengthened: bool,
}

/// A key and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) key: NodeId,
    pub(crate) value: NodeId,
}

impl<'a> Editor<'a> {
    /// Prepares to edit a file.
    pub(crate) fn new(document: &'a Document, source: &'a Source) -> Self {
        let lines = Lines::new(&source.text);
        let layout = Layout::of(document, &lines);
        Self { document, layout, edits: Edits::default(), sharing: Sharing::of(document), lengthened: false, lines }
    }

    /// The text with all edits made.
    ///
    /// # Errors
    /// Edits that contradict each other.
    pub(crate) fn finish(mut self) -> Result<String, Contradiction> {
        self.move_definitions()?;
        if self.lengthened {
            self.edits.insert(self.lines.text().len(), self.layout.newline);
        }
        self.edits.apply(self.lines.text())
    }

    /// What writes values in this file's layout.
    pub(crate) fn writer(&self) -> Writer<'_> {
        Writer { layout: &self.layout }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.lines.text()
    }

    pub(crate) fn span(&self, node: NodeId) -> Span {
        self.document.span(node)
    }

    pub(crate) fn content(&self, node: NodeId) -> Content<'a> {
        self.document.content(node)
    }

    /// Whether a place begins with a text.
    pub(crate) fn is_at(&self, at: usize, text: &str) -> bool {
        self.text().get(at..).is_some_and(|rest| rest.starts_with(text))
    }

    /// A mapping's own keys and values.
    pub(crate) fn pairs(&self, mapping: NodeId) -> Vec<Pair> {
        match self.content(mapping) {
            Content::Mapping { entries, .. } => entries.iter().map(|(key, value)| Pair { key: *key, value: *value }).collect(),
            Content::Scalar { .. } | Content::Sequence { .. } | Content::Alias(_) => Vec::new(),
        }
    }

    /// Whether a node is a collection in brackets.
    pub(crate) fn is_flow(&self, node: NodeId) -> bool {
        match self.content(node) {
            Content::Mapping { flow, .. } | Content::Sequence { flow, .. } => flow,
            Content::Scalar { .. } | Content::Alias(_) => false,
        }
    }

    /// A scalar's text, aliases followed; nothing for null and collections.
    pub(crate) fn scalar(&self, node: NodeId) -> Option<&'a str> {
        match scalar_of(self.document, node) {
            Some(Scalar::Text(text, _)) => Some(text),
            Some(Scalar::Null) | None => None,
        }
    }

    /// The texts of a list, aliases followed; nothing for items that are no text.
    pub(crate) fn texts(&self, sequence: NodeId) -> Vec<Option<&'a str>> {
        self.items(sequence).iter().map(|item| self.scalar(*item)).collect()
    }

    /// The items of a list, aliases not followed.
    pub(crate) fn items(&self, sequence: NodeId) -> &'a [NodeId] {
        match self.content(sequence) {
            Content::Sequence { items, .. } => items,
            Content::Scalar { .. } | Content::Mapping { .. } | Content::Alias(_) => &[],
        }
    }

    /// A mapping's values by key, aliases followed and merge keys applied.
    pub(crate) fn fields(&self, table: &'static Table, node: NodeId) -> Option<Fields> {
        let mut problems = Problems::default();
        Reader::new(self.document, &mut problems).fields(table, node)
    }

    /// The place after the colon of a key; in brackets a key may have none.
    pub(crate) fn colon(&self, key: NodeId) -> Option<usize> {
        let at = self.lines.skip(self.span(key).end);
        self.is_at(at, ":").then_some(at + 1)
    }

    /// A value with its anchor and tag, where the indicator before it ends at `from`.
    pub(crate) fn whole(&self, from: usize, value: NodeId) -> Span {
        let start = self.span(value).start;
        let at = self.lines.skip(from);
        let decorated = at < start && (self.is_at(at, "&") || self.is_at(at, "!"));
        Span { start: if decorated { at } else { start }, end: self.end(value) }
    }

    /// Where a value ends, with the blank lines that belong to a block scalar.
    pub(crate) fn end(&self, value: NodeId) -> usize {
        let mut leaf = value;
        loop {
            let last = match self.content(leaf) {
                Content::Sequence { items, flow: false } => items.last().copied(),
                Content::Mapping { entries, flow: false } => entries.last().map(|(_, value)| *value),
                Content::Sequence { .. } | Content::Mapping { .. } | Content::Scalar { .. } | Content::Alias(_) => None,
            };
            match last {
                Some(last) => leaf = last,
                None => break,
            }
        }
        let span = self.span(leaf);
        match self.content(leaf) {
            Content::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } => self.end_of_block(span),
            Content::Scalar { .. } | Content::Sequence { .. } | Content::Mapping { .. } | Content::Alias(_) => span.end,
        }
    }

    /// A block scalar's span ends with its last visible character; blank lines after it may be content.
    fn end_of_block(&self, span: Span) -> usize {
        let header: &str = self.lines.tail(span.start);
        let keeps = header.split([' ', '\t']).next().is_some_and(|header| header.contains('+'));
        let mut end = span.end;
        let mut at = self.lines.next(span.end);
        while self.lines.is_blank(at) {
            if keeps || self.lines.end(at) > self.lines.start(at) {
                end = self.lines.end(at);
            }
            at = self.lines.next(at);
        }
        end
    }

    /// Where the lines of a value end that begins in a block: after the line of its end, and after comments
    /// that stand further right than `column`, which are about what is above them.
    pub(crate) fn after(&self, value: NodeId, column: usize) -> usize {
        let mut at = self.lines.next(self.end(value));
        while self.lines.comment(at).is_some_and(|indent| indent > column) {
            at = self.lines.next(at);
        }
        at
    }

    /// Puts whole lines before the line that begins at a place, which may be the end of the text.
    pub(crate) fn insert_lines(&mut self, at: usize, lines: &str) {
        let newline = self.layout.newline;
        let text = self.text();
        if at == text.len() && !text.is_empty() && !text.ends_with(['\n', '\r']) {
            self.lengthened = true;
            self.edits.insert(at, format!("{newline}{lines}"));
        } else {
            self.edits.insert(at, format!("{lines}{newline}"));
        }
    }
}
