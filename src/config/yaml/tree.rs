//! The tree of one file, kept small: what a node says is where it says it, in the file's own text.
//!
//! A tree of a large config outgrows the processor's caches, so that each byte of a node is paid for in
//! time: offsets have 32 bits, the children of all collections lie in one list each, and only a text that
//! is not in the file as it is meant (escapes, folded lines) is kept by itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use yaml_events::ScalarStyle;

use crate::source::{Origin, Source, SourceId, Span};

/// Index of a node in its [`Document`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    fn at(index: usize) -> Self {
        Self(small(index))
    }

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// An offset or a number of nodes: [`Document::new`] takes no text that has more.
fn small(number: usize) -> u32 {
    u32::try_from(number).expect("at most as large as the text")
}

/// One file's tree; empty where the file holds no document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file.
    pub source: SourceId,
    text: Arc<str>,
    nodes: Vec<Stored>,
    root: Option<NodeId>,
    /// The items of all sequences, those of one side by side.
    items: Vec<NodeId>,
    /// The keys and values of all mappings, those of one side by side.
    entries: Vec<(NodeId, NodeId)>,
    /// Texts of scalars that the file spells differently.
    texts: Vec<Box<str>>,
    /// Few nodes have one.
    tags: BTreeMap<NodeId, Box<str>>,
}

/// A node as it is kept.
#[derive(Clone, Copy, Debug)]
struct Stored {
    start: u32,
    end: u32,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Its text is its span, without quotes.
    Verbatim(ScalarStyle),
    /// Its text is one of [`Document::texts`].
    Spelled(ScalarStyle, u32),
    Sequence {
        first: u32,
        length: u32,
        flow: bool,
    },
    Mapping {
        first: u32,
        length: u32,
        flow: bool,
    },
    Alias(NodeId),
}

/// A node, with its place.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// The node's own bytes: quotes and brackets included, anchors, tags and trailing comments not. A
    /// block collection ends with its last item; a block scalar begins at its `|` or `>`.
    pub span: Span,
    /// What it is.
    pub content: Content<'a>,
}

/// What a node holds.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// A scalar: its text after unquoting and how it was written.
    Scalar {
        /// The text; for a plain scalar, its source text.
        text: &'a str,
        /// Plain, quoted or block.
        style: ScalarStyle,
    },
    /// A list.
    Sequence {
        /// In order.
        items: &'a [NodeId],
        /// `[…]`, not lines with dashes.
        flow: bool,
    },
    /// A mapping, with all its entries, repeated keys and merge keys included.
    Mapping {
        /// In order: key and value.
        entries: &'a [(NodeId, NodeId)],
        /// `{…}`, not lines.
        flow: bool,
    },
    /// `*name`: stands for another node.
    Alias(NodeId),
}

impl Document {
    /// A tree without nodes, or `None` if the text is too long for its offsets.
    pub(super) fn new(id: SourceId, source: &Source) -> Option<Self> {
        u32::try_from(source.text.len()).ok()?;
        Some(Self {
            source: id,
            text: Arc::clone(&source.text),
            nodes: Vec::new(),
            root: None,
            items: Vec::new(),
            entries: Vec::new(),
            texts: Vec::new(),
            tags: BTreeMap::new(),
        })
    }

    /// The document's root, or `None` if the file has no content.
    pub fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// How many nodes the document has.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether the document has no content.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// All nodes in the order in which they begin.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, Node<'_>)> {
        self.nodes.iter().enumerate().map(|(index, stored)| (NodeId::at(index), self.look(stored)))
    }

    /// A node as it stands, aliases not followed.
    pub fn node(&self, id: NodeId) -> Node<'_> {
        self.look(&self.nodes[id.index()])
    }

    /// What a node holds, aliases not followed.
    pub fn content(&self, id: NodeId) -> Content<'_> {
        self.node(id).content
    }

    /// The place of a node.
    pub fn span(&self, id: NodeId) -> Span {
        let stored = &self.nodes[id.index()];
        Span { start: stored.start as usize, end: stored.end as usize }
    }

    /// A node's tag as written (`!!str`), if it has one; an alias has none.
    pub fn tag(&self, id: NodeId) -> Option<&str> {
        self.tags.get(&id).map(AsRef::as_ref)
    }

    /// All tags, with their nodes.
    pub fn tags(&self) -> impl Iterator<Item = (NodeId, &str)> {
        self.tags.iter().map(|(id, tag)| (*id, tag.as_ref()))
    }

    /// The node that `id` stands for: itself, or what its alias names.
    pub fn resolve(&self, id: NodeId) -> NodeId {
        match self.nodes[id.index()].kind {
            // An alias names a node that is not an alias itself: YAML has no anchors on aliases.
            Kind::Alias(target) => target,
            Kind::Verbatim(_) | Kind::Spelled(..) | Kind::Sequence { .. } | Kind::Mapping { .. } => id,
        }
    }

    /// Where a node stands (an alias: where it is used).
    pub fn origin(&self, id: NodeId) -> Origin {
        Origin { source: self.source, span: self.span(id) }
    }

    fn look(&self, stored: &Stored) -> Node<'_> {
        let span = Span { start: stored.start as usize, end: stored.end as usize };
        let part = |first: u32, length: u32| first as usize..first as usize + length as usize;
        let content = match stored.kind {
            Kind::Verbatim(style) => Content::Scalar { text: unquoted(&self.text, span, style).unwrap_or_default(), style },
            Kind::Spelled(style, index) => Content::Scalar { text: &self.texts[index as usize], style },
            Kind::Sequence { first, length, flow } => Content::Sequence { items: &self.items[part(first, length)], flow },
            Kind::Mapping { first, length, flow } => Content::Mapping { entries: &self.entries[part(first, length)], flow },
            Kind::Alias(target) => Content::Alias(target),
        };
        Node { span, content }
    }
}

/// What a scalar's bytes say if they hold no escapes and no line ends; a block scalar never says its bytes.
fn unquoted(text: &str, span: Span, style: ScalarStyle) -> Option<&str> {
    match style {
        ScalarStyle::Plain => text.get(span.start..span.end),
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => text.get(span.start + 1..span.end.checked_sub(1)?),
        ScalarStyle::Literal | ScalarStyle::Folded => None,
    }
}

/// How a tree grows, in the order of its text.
impl Document {
    pub(super) fn add_scalar(&mut self, span: Span, text: &str, style: ScalarStyle) -> NodeId {
        let kind = if unquoted(&self.text, span, style) == Some(text) {
            Kind::Verbatim(style)
        } else {
            self.texts.push(text.into());
            Kind::Spelled(style, small(self.texts.len() - 1))
        };
        self.add(span, kind)
    }

    pub(super) fn add_alias(&mut self, span: Span, target: NodeId) -> NodeId {
        self.add(span, Kind::Alias(target))
    }

    /// Its items come with [`Document::close`].
    pub(super) fn add_sequence(&mut self, span: Span, flow: bool) -> NodeId {
        self.add(span, Kind::Sequence { first: 0, length: 0, flow })
    }

    /// Its entries come with [`Document::close`].
    pub(super) fn add_mapping(&mut self, span: Span, flow: bool) -> NodeId {
        self.add(span, Kind::Mapping { first: 0, length: 0, flow })
    }

    fn add(&mut self, span: Span, kind: Kind) -> NodeId {
        self.nodes.push(Stored { start: small(span.start), end: small(span.end), kind });
        NodeId::at(self.nodes.len() - 1)
    }

    /// The first node outside any collection.
    pub(super) fn set_root(&mut self, id: NodeId) {
        self.root = Some(id);
    }

    pub(super) fn set_tag(&mut self, id: NodeId, tag: &str) {
        self.tags.insert(id, tag.into());
    }

    /// Gives a collection its children, a mapping's being keys and values by turns. One in lines ends with its last child, one in
    /// brackets, or without a child, at `end`.
    pub(super) fn close(&mut self, id: NodeId, children: &[NodeId], end: usize) {
        let last = children.last().map(|last| self.nodes[last.index()].end);
        let stored = &mut self.nodes[id.index()];
        let in_brackets = match &mut stored.kind {
            Kind::Sequence { first, length, flow } => {
                (*first, *length) = (small(self.items.len()), small(children.len()));
                self.items.extend_from_slice(children);
                *flow
            }
            Kind::Mapping { first, length, flow } => {
                (*first, *length) = (small(self.entries.len()), small(children.len() / 2));
                self.entries.extend(children.chunks_exact(2).map(|pair| (pair[0], pair[1])));
                *flow
            }
            Kind::Verbatim(_) | Kind::Spelled(..) | Kind::Alias(_) => false,
        };
        stored.end = last.filter(|_| !in_brackets).unwrap_or_else(|| small(end));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_stays_small() {
        assert!(size_of::<Stored>() <= 20, "{}", size_of::<Stored>());
    }
}
