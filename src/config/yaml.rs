//! A YAML document as a tree that knows where each byte came from.
//!
//! In: the text of one file. Out: [`Document`], or the one syntax error that stops it. Aliases are
//! kept as references and never copied, so a small file cannot become a large tree. What the values
//! mean is not decided here.

mod tree;

pub use tree::{Content, Document, Node, NodeId};

use std::collections::BTreeMap;

use yaml_events::{Event, Events, ScalarStyle, StructureStyle, Tag};

use super::syntax;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{Origin, Source, SourceId, Span};

/// Collections may be nested this deep; a config needs six.
pub const MAX_DEPTH: usize = 64;

/// A file may hold this many values, many more than any config, so that its tree fits the memory.
pub const MAX_NODES: usize = 5_000_000;

/// A list may hold this many items, and a mapping half as many keys: a config of 100,000 experiences needs a fifth. Junk that is
/// one long list is given up here, long before [`MAX_NODES`].
pub const MAX_ITEMS: usize = 500_000;

impl Document {
    /// Reads one file.
    ///
    /// # Errors
    /// The first thing that is not YAML, a second document, or nesting over [`MAX_DEPTH`].
    pub fn parse(id: SourceId, source: &Source) -> Result<Self, Box<Diagnostic>> {
        Self::parse_within(id, source, MAX_NODES, MAX_ITEMS)
    }

    fn parse_within(id: SourceId, source: &Source, max_nodes: usize, max_items: usize) -> Result<Self, Box<Diagnostic>> {
        let Some(document) = Self::new(id, source) else {
            return Err(Box::new(too_large(Origin { source: id, span: Span { start: 0, end: 0 } }, "the file is too long".to_owned())));
        };
        Composer { source, document, open: Vec::new(), children: Vec::new(), anchors: BTreeMap::new(), documents: 0 }
            .compose(max_nodes, max_items)
            .map_err(Box::new)
    }
}

/// A collection that is still open.
#[derive(Clone, Copy)]
struct Open {
    node: NodeId,
    /// Where its children begin among those of all open collections.
    first: usize,
}

struct Composer<'a> {
    source: &'a Source,
    document: Document,
    open: Vec<Open>,
    /// The children of all open collections, outermost first; a mapping's are keys and values by turns.
    children: Vec<NodeId>,
    anchors: BTreeMap<usize, NodeId>,
    documents: usize,
}

impl Composer<'_> {
    fn compose(mut self, max_nodes: usize, max_items: usize) -> Result<Document, Diagnostic> {
        for event in Events::of(&self.source.text) {
            let (event, span) = event.map_err(|error| syntax::error(self.document.source, self.source, &error))?;
            let span = span.byte_range().map_or(Span { start: 0, end: 0 }, |range| Span { start: range.start, end: range.end });
            self.take(event, span)?;
            let message = if self.document.len() > max_nodes {
                format!("the file holds more than {max_nodes} values")
            } else if self.open.last().is_some_and(|open| self.children.len() - open.first > max_items) {
                format!("a list or mapping holds more than {max_items} values")
            } else {
                continue;
            };
            return Err(too_large(self.origin(span), message));
        }
        Ok(self.document)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the parser's enum may grow; what it may grow by is only sent when asked for")]
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Diagnostic> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    let diagnostic = Diagnostic::error(Code::SeveralDocuments, self.origin(span), "a second YAML document begins here");
                    return Err(diagnostic.help("keep one document in a file and pass several files with `--config`"));
                }
            }
            Event::Alias(anchor) => {
                let Some(target) = self.anchors.get(&anchor).copied() else {
                    return Err(Diagnostic::error(Code::Syntax, self.origin(span), "alias of an anchor that is not defined before it"));
                };
                if self.open.iter().any(|open| open.node == target) {
                    let diagnostic = Diagnostic::error(
                        Code::AliasLimit,
                        self.origin(span),
                        "an alias stands inside the value that it names, which has no end",
                    );
                    return Err(diagnostic.help("move the anchor to a value that does not hold the alias"));
                }
                let id = self.document.add_alias(span, target);
                self.attach(id);
            }
            Event::Scalar(text, style, anchor, tag) => {
                let missing = span.start == span.end && matches!(style, ScalarStyle::Plain);
                let span = if missing { self.missing_span(span) } else { self.scalar_span(span, style) };
                // The parser says `~` for a value that is not there.
                let text = if missing { "" } else { text.as_ref() };
                let id = self.document.add_scalar(span, text, style);
                self.properties(id, anchor, tag.as_deref());
                self.attach(id);
            }
            Event::SequenceStart(style, anchor, tag) => {
                let flow = matches!(style, StructureStyle::Flow);
                let span = if flow { span } else { self.block_sequence_span(span) };
                self.check_depth(span)?;
                let id = self.document.add_sequence(span, flow);
                self.start(id, anchor, tag.as_deref());
            }
            Event::MappingStart(style, anchor, tag) => {
                self.check_depth(span)?;
                let id = self.document.add_mapping(span, matches!(style, StructureStyle::Flow));
                self.start(id, anchor, tag.as_deref());
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd | Event::Comment(..) => {}
            _ => {}
        }
        Ok(())
    }

    fn properties(&mut self, id: NodeId, anchor: usize, tag: Option<&Tag>) {
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
        if let Some(tag) = tag {
            self.document.set_tag(id, &tag.original());
        }
    }

    fn check_depth(&self, span: Span) -> Result<(), Diagnostic> {
        if self.open.len() >= MAX_DEPTH { Err(syntax::too_deep(self.origin(span))) } else { Ok(()) }
    }

    fn start(&mut self, id: NodeId, anchor: usize, tag: Option<&Tag>) {
        self.properties(id, anchor, tag);
        self.attach(id);
        self.open.push(Open { node: id, first: self.children.len() });
    }

    /// Puts a node into the collection that is open; the first one without any is the root.
    fn attach(&mut self, id: NodeId) {
        if self.open.is_empty() {
            self.document.set_root(id);
        } else {
            self.children.push(id);
        }
    }

    fn end(&mut self, span: Span) {
        let Some(Open { node, first }) = self.open.pop() else { return };
        self.document.close(node, &self.children[first..], span.end);
        self.children.truncate(first);
    }

    /// Where the key ends that waits for the value which comes now.
    fn key_end(&self) -> Option<usize> {
        let open = self.open.last()?;
        let mapping = matches!(self.document.content(open.node), Content::Mapping { .. });
        let children = &self.children[open.first..];
        let key = children.last().filter(|_| mapping && children.len() % 2 == 1)?;
        Some(self.document.span(*key).end)
    }

    /// A value that is not there stands after its key's `:`, where one could be written; the parser puts some
    /// before it.
    fn missing_span(&self, span: Span) -> Span {
        let colon = self.key_end().and_then(|end| {
            let rest = self.source.text.get(end..)?;
            let value = rest.trim_start().strip_prefix(':')?;
            Some(self.source.text.len() - value.len())
        });
        let at = colon.map_or(span.start, |colon| span.start.max(colon));
        Span { start: at, end: at }
    }

    /// A block sequence that is not indented more than its key begins, for the parser, only after its first dash.
    fn block_sequence_span(&self, span: Span) -> Span {
        let dash = self.key_end().and_then(|end| {
            let mut rest = self.source.text.get(end..span.start)?;
            loop {
                rest = rest.trim_start_matches([' ', '\t', '\r', '\n', ':']);
                match rest.chars().next()? {
                    '-' => return Some(span.start - rest.len()),
                    '#' => rest = &rest[rest.find('\n')?..],
                    '&' | '!' => rest = &rest[rest.find([' ', '\t', '\r', '\n'])?..],
                    _ => return None,
                }
            }
        });
        Span { start: dash.unwrap_or(span.start), end: span.end }
    }

    /// A block scalar's span as the parser gives it begins after the header and runs up to the next token.
    fn scalar_span(&self, span: Span, style: ScalarStyle) -> Span {
        match style {
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let text = &self.source.text;
                let before = text.get(..span.start).unwrap_or_default().trim_end();
                let line_start = before.rfind('\n').map_or(0, |at| at + 1);
                let line = &before[line_start..];
                let header = line.char_indices().find(|(at, _)| is_block_header(&line[*at..])).map_or(line.len(), |(at, _)| at);
                let end = text.get(..span.end).unwrap_or_default().trim_end().len();
                Span { start: line_start + header, end: end.max(before.len()) }
            }
            ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => span,
        }
    }

    fn origin(&self, span: Span) -> Origin {
        Origin { source: self.document.source, span }
    }
}

fn too_large(at: Origin, message: String) -> Diagnostic {
    Diagnostic::error(Code::FileTooLarge, at, message).help("is it a config at all? If so, split it into several files")
}

/// Whether a line's tail is `|` or `>` with its indicators and perhaps a comment.
fn is_block_header(tail: &str) -> bool {
    let Some(rest) = tail.strip_prefix(['|', '>']) else { return false };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
    let blanks = rest.trim_start_matches([' ', '\t']);
    blanks.is_empty() || (blanks.len() < rest.len() && blanks.starts_with('#'))
}

#[cfg(test)]
pub(crate) mod tests;
