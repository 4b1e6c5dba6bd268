//! Anchors and their aliases: which values others use, and where an anchor goes whose value is removed.
//!
//! A value that others use is never changed for them. Where its place is edited away, its first alias that
//! stays becomes the definition, with the value that it had.

use std::collections::BTreeMap;

use yaml_events::ScalarStyle;

use super::editor::Editor;
use super::emit::{self, Quote};
use super::splice::Contradiction;
use crate::config::yaml::{Content, Document, MAX_DEPTH, NodeId};

/// More values than this are not written out for one alias: the file would become another one.
const MAX_VALUES: usize = 100_000;

/// Which nodes have aliases.
pub(crate) struct Sharing {
    /// For each node with aliases, all of them in order.
    aliases: BTreeMap<NodeId, Vec<NodeId>>,
}

impl Sharing {
    /// Finds the aliases of a file.
    pub(crate) fn of(document: &Document) -> Self {
        let mut aliases: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
        for (id, node) in document.nodes() {
            if let Content::Alias(target) = node.content {
                aliases.entry(target).or_default().push(id);
            }
        }
        Self { aliases }
    }

    /// Whether others use a node.
    pub(crate) fn is_shared(&self, node: NodeId) -> bool {
        self.aliases.contains_key(&node)
    }
}

impl Editor<'_> {
    /// For each anchor that the edits take away, turns the first alias that stays into its definition.
    pub(crate) fn move_definitions(&mut self) -> Result<(), Contradiction> {
        if self.sharing.aliases.is_empty() || self.edits.is_empty() {
            return Ok(());
        }
        let removed = self.edits.removed();
        let mut moves = Vec::new();
        let mut budget = MAX_VALUES;
        for (target, aliases) in &self.sharing.aliases {
            let span = self.span(*target);
            // A value that is not there stands behind its anchor.
            let place = if span.start == span.end { span.start.saturating_sub(1) } else { span.start };
            if !removed.holds(place) {
                continue;
            }
            let Some(alias) = aliases.iter().find(|alias| !removed.holds(self.span(**alias).start)) else { continue };
            let span = self.span(*alias);
            let name = self.text().get(span.start + 1..span.end).ok_or(Contradiction)?;
            let value = self.written_out(*target, MAX_DEPTH, &mut budget).ok_or(Contradiction)?;
            moves.push((span, format!("&{name} {value}")));
        }
        for (span, text) in moves {
            self.edits.replace(span.start, span.end, text);
        }
        Ok(())
    }

    /// A value on one line without aliases; nothing if it is too large or too deep.
    fn written_out(&self, node: NodeId, depth: usize, budget: &mut usize) -> Option<String> {
        *budget = budget.checked_sub(1)?;
        // Aliases in values of aliases can nest deeper than any tree.
        let depth = depth.checked_sub(1)?;
        let node = self.document.resolve(node);
        let text = match self.content(node) {
            Content::Scalar { text, style } => match style {
                ScalarStyle::Plain if text.is_empty() => "~".to_owned(),
                // Not quoted where that would make text of a number, and as it is where it can be.
                ScalarStyle::Plain if !text.contains([',', '[', ']', '{', '}']) && !text.contains(":?") && !text.ends_with(':') => {
                    text.to_owned()
                }
                ScalarStyle::SingleQuoted => emit::scalar(text, Quote::Single, Quote::Single, true),
                ScalarStyle::Plain | ScalarStyle::DoubleQuoted | ScalarStyle::Literal | ScalarStyle::Folded => emit::double(text),
            },
            Content::Sequence { items, .. } => {
                let items: Option<Vec<String>> = items.iter().map(|item| self.written_out(*item, depth, budget)).collect();
                format!("[{}]", items?.join(", "))
            }
            Content::Mapping { entries, .. } => {
                let pair = |(key, value): &(NodeId, NodeId)| {
                    Some(format!("{}: {}", self.written_out(*key, depth, budget)?, self.written_out(*value, depth, budget)?))
                };
                let pairs: Option<Vec<String>> = entries.iter().map(pair).collect();
                format!("{{{}}}", pairs?.join(", "))
            }
            // Aliases are followed before.
            Content::Alias(_) => return None,
        };
        Some(match self.document.tag(node) {
            Some(tag) => format!("{tag} {text}"),
            None => text,
        })
    }
}
