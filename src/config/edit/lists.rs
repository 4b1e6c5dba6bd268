//! Adds to and takes from lists. Items that stay keep their bytes; those that go take their comments along.

use std::collections::BTreeMap;

use super::editor::{Editor, Pair};
use super::emit::{self, Quote};
use super::flow::Elements;
use super::pairs::Change;
use super::value::{Fields, Texts, Value};
use crate::config::keys::{Key, Table};
use crate::config::yaml::{Content, NodeId};

/// What becomes of an item of a list.
#[derive(Clone, Debug)]
pub(crate) enum Fate {
    /// It stays, perhaps with edits inside.
    Keep,
    /// It goes, with its comments.
    Remove,
    /// It stays, and another value takes its place.
    Become(Value),
}

impl Fate {
    fn stays(&self) -> bool {
        !matches!(self, Self::Remove)
    }
}

/// New items of a list.
pub(crate) enum Added<'a> {
    /// Texts.
    Texts(&'a [String]),
    /// Mappings.
    Mappings(&'static Table, &'a [Fields]),
}

impl Added<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Self::Texts(texts) => texts.is_empty(),
            Self::Mappings(_, items) => items.is_empty(),
        }
    }
}

/// The lines of an item of a list in lines.
struct Block {
    /// The first line: that of its dash or of the comments above.
    start: usize,
    dash: usize,
    /// The line after the last one, with the comments that are about it.
    end: usize,
}

impl Editor<'_> {
    /// Makes a list hold certain texts.
    pub(crate) fn set_texts(&mut self, pair: Pair, column: Option<usize>, key: &'static Key, wanted: &Texts) {
        let mut missing: BTreeMap<&str, usize> = BTreeMap::new();
        wanted.items.iter().for_each(|item| *missing.entry(item).or_default() += 1);
        let mut take = |text: &str| match missing.get_mut(text) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            Some(_) | None => false,
        };
        let current = self.texts(pair.value);
        let kept: Vec<bool> = current.iter().map(|text| text.is_some_and(&mut take)).collect();
        let mut fate = |(text, kept): (&Option<&str>, &bool)| {
            if *kept {
                return Fate::Keep;
            }
            let instead = text.and_then(|text| wanted.instead.get(text)).filter(|instead| take(instead));
            instead.map_or(Fate::Remove, |instead| Fate::Become(Value::Text(instead.clone())))
        };
        let fates: Vec<Fate> = current.iter().zip(&kept).map(&mut fate).collect();
        let added: Vec<String> = wanted.items.iter().rev().filter(|item| take(item)).cloned().collect();
        let added: Vec<String> = added.into_iter().rev().collect();
        self.edit_list(pair, column, key, &fates, &Added::Texts(&added));
    }

    /// Makes a list of mappings with names hold certain ones.
    pub(crate) fn set_items(&mut self, pair: Pair, column: Option<usize>, key: &'static Key, table: &'static Table, wanted: &[Fields]) {
        let mut missing: BTreeMap<&str, usize> =
            wanted.iter().enumerate().filter_map(|(index, item)| Some((name_of(item)?, index))).collect();
        let mut fates = Vec::new();
        for item in self.items(pair.value) {
            let fields = self.fields(table, *item);
            let slot = |key: &Key| fields.as_ref().and_then(|fields| fields.slot(table.known(key.name))).map(|slot| slot.value);
            let name = slot(&table.keys[table.known("name")]).and_then(|node| self.scalar(node));
            let Some(wanted) = name.and_then(|name| missing.remove(name)).map(|index| &wanted[index]) else {
                fates.push(Fate::Remove);
                continue;
            };
            let differs = |(key, value): &&(&'static Key, Value)| !slot(key).is_some_and(|node| self.reads_as(node, value));
            let changes: Vec<Change> = wanted.iter().filter(differs).map(|(key, value)| (*key, Some(value.clone()))).collect();
            let shared = matches!(self.content(*item), Content::Alias(_)) || self.sharing.is_shared(*item);
            if shared && !changes.is_empty() {
                fates.push(Fate::Become(Value::Items(table, vec![wanted.clone()])));
            } else {
                self.set_fields(*item, table, &changes);
                fates.push(Fate::Keep);
            }
        }
        let mut added: Vec<usize> = missing.into_values().collect();
        added.sort_unstable();
        let added: Vec<Fields> = added.into_iter().map(|index| wanted[index].clone()).collect();
        self.edit_list(pair, column, key, &fates, &Added::Mappings(table, &added));
    }

    /// Whether a node is the value already.
    fn reads_as(&self, node: NodeId, value: &Value) -> bool {
        match value {
            Value::Text(text) => self.scalar(node) == Some(text),
            Value::Texts(Texts { items, instead: _ }) => {
                let sorted = |mut texts: Vec<Option<String>>| {
                    texts.sort();
                    texts
                };
                let node = self.document.resolve(node);
                let seen = self.texts(node).into_iter().map(|text| text.map(str::to_owned)).collect();
                matches!(self.content(node), Content::Sequence { .. }) && sorted(seen) == sorted(items.iter().cloned().map(Some).collect())
            }
            Value::Null | Value::Whole(_) | Value::Boolean(_) | Value::Items(..) => false,
        }
    }

    /// Edits a list item by item; `column` is that of its key, `None` in braces.
    pub(crate) fn edit_list(&mut self, pair: Pair, column: Option<usize>, key: &'static Key, fates: &[Fate], added: &Added<'_>) {
        if added.is_empty() && fates.iter().all(|fate| matches!(fate, Fate::Keep)) {
            return;
        }
        if self.is_flow(pair.value) {
            self.edit_in_brackets(pair, column, key, fates, added);
        } else {
            self.edit_in_lines(pair, fates, added);
        }
    }

    fn edit_in_brackets(&mut self, pair: Pair, column: Option<usize>, key: &'static Key, fates: &[Fate], added: &Added<'_>) {
        // An empty list says nothing about how a long one should look.
        if let (Added::Mappings(table, items), true, Some(_), false) = (added, fates.is_empty(), column, self.layout.json) {
            return self.replace_value(pair, column, key, &Value::Items(table, items.to_vec()));
        }
        let elements = Elements::of_sequence(self, pair.value);
        for (index, (item, fate)) in self.items(pair.value).iter().zip(fates).enumerate() {
            if let Fate::Become(value) = fate {
                let text = match value {
                    Value::Items(table, items) => items.iter().map(|item| self.writer().inline_mapping(table, item)).collect(),
                    Value::Text(text) => self.instead_of(*item, text, true),
                    Value::Null | Value::Whole(_) | Value::Boolean(_) | Value::Texts(_) => self.writer().inline(value, true),
                };
                let whole = elements.span(index);
                self.edits.replace(whole.start, whole.end, text);
            }
        }
        let texts: Vec<String> = match added {
            Added::Texts(texts) => texts.iter().map(|text| self.writer().text(text, true)).collect(),
            Added::Mappings(table, items) => items.iter().map(|item| self.writer().inline_mapping(table, item)).collect(),
        };
        let keep: Vec<bool> = fates.iter().map(Fate::stays).collect();
        let added = if texts.is_empty() { BTreeMap::new() } else { BTreeMap::from([(fates.len(), texts)]) };
        self.edit_elements(&elements, &keep, added);
    }

    /// A text in the quotes of the item that it replaces.
    fn instead_of(&self, item: NodeId, text: &str, flow: bool) -> String {
        use yaml_events::ScalarStyle;
        let prefer = match self.content(item) {
            Content::Scalar { style: ScalarStyle::SingleQuoted, .. } => Quote::Single,
            Content::Scalar { style: ScalarStyle::DoubleQuoted, .. } => Quote::Double,
            Content::Scalar { .. } | Content::Sequence { .. } | Content::Mapping { .. } | Content::Alias(_) => Quote::Plain,
        };
        emit::scalar(text, prefer, self.layout.otherwise, flow)
    }

    fn edit_in_lines(&mut self, pair: Pair, fates: &[Fate], added: &Added<'_>) {
        let blocks = self.blocks(pair.value);
        let Some(first) = blocks.first() else { return };
        let column = self.lines.column(first.dash);
        for ((item, block), fate) in self.items(pair.value).iter().zip(&blocks).zip(fates) {
            if let Fate::Become(value) = fate {
                let whole = self.whole(block.dash + 1, *item);
                let text = match value {
                    Value::Items(table, items) => items.iter().map(|item| self.writer().inline_mapping(table, item)).collect(),
                    Value::Text(text) => self.instead_of(*item, text, false),
                    Value::Null | Value::Whole(_) | Value::Boolean(_) | Value::Texts(_) => self.writer().inline(value, false),
                };
                let blank = if whole.start == block.dash + 1 { " " } else { "" };
                self.edits.replace(whole.start, whole.end.max(whole.start), format!("{blank}{text}"));
            }
        }
        let kept: Vec<usize> = (0..blocks.len()).filter(|index| fates[*index].stays()).collect();
        let last = kept.last().copied();
        // Between entries, not between the items of a short list.
        let apart = blocks.len() > 1 && self.lines.is_blank(blocks[blocks.len() - 2].end);
        for (index, block) in blocks.iter().enumerate().filter(|(index, _)| !fates[*index].stays()) {
            let (mut start, mut end) = (block.start, block.end);
            if last.is_none_or(|last| last < index) {
                // The last items go with the blank lines above them.
                while let Some(before) = self.lines.before(start).filter(|before| index > 0 && self.lines.is_blank(*before)) {
                    if before < blocks[index - 1].end {
                        break;
                    }
                    start = before;
                }
            } else {
                while end < blocks[index + 1].start && self.lines.is_blank(end) {
                    end = self.lines.next(end);
                }
            }
            self.edits.delete(start, end);
        }
        if added.is_empty() {
            if last.is_none() {
                self.insert_empty_list(pair);
            }
            return;
        }
        let at = last.map_or(first.start, |last| blocks[last].end);
        let writer = self.writer();
        let texts: Vec<String> = match added {
            Added::Texts(texts) => texts.iter().map(|text| writer.text_item(text, column)).collect(),
            Added::Mappings(table, items) => items.iter().map(|item| writer.mapping_item(table, item, column)).collect(),
        };
        let newline = self.layout.newline;
        let above = if apart { newline } else { "" };
        for (index, text) in texts.iter().enumerate() {
            let above = if index == 0 && last.is_none() { "" } else { above };
            self.insert_lines(at, &format!("{above}{text}"));
        }
    }

    /// `[]` behind the key of a list whose lines are all taken out.
    fn insert_empty_list(&mut self, pair: Pair) {
        let Some(colon) = self.colon(pair.key) else { return };
        let whole = self.whole(colon, pair.value);
        let start = self.span(pair.value).start;
        // Behind the list's anchor and tag, which stand alone before its lines.
        let decoration = self.text().get(whole.start..start).unwrap_or_default();
        let decoration = decoration.split(['\r', '\n']).next().unwrap_or_default();
        let decoration = decoration.split(" #").next().unwrap_or_default().trim_end();
        let at = if decoration.is_empty() { colon } else { whole.start + decoration.len() };
        self.edits.insert(at, " []");
    }

    /// The lines of each item of a list in lines.
    fn blocks(&self, sequence: NodeId) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut from = self.span(sequence).start;
        for item in self.items(sequence) {
            let dash = self.lines.skip(from);
            let column = self.lines.column(dash);
            let mut start = self.lines.start(dash);
            let floor = blocks.last().map_or(0, |block| block.end);
            while let Some(before) =
                self.lines.before(start).filter(|before| *before >= floor && self.lines.comment(*before) == Some(column))
            {
                start = before;
            }
            let end = self.end(*item).max(dash + 1);
            blocks.push(Block { start, dash, end: self.after_item(end, column) });
            from = end;
        }
        blocks
    }

    fn after_item(&self, end: usize, column: usize) -> usize {
        let mut at = self.lines.next(end);
        while self.lines.comment(at).is_some_and(|indent| indent > column) {
            at = self.lines.next(at);
        }
        at
    }
}

fn name_of(item: &Fields) -> Option<&str> {
    item.iter().find_map(|(key, value)| match value {
        Value::Text(name) if key.name == "name" => Some(name.as_str()),
        Value::Null | Value::Text(_) | Value::Whole(_) | Value::Boolean(_) | Value::Texts(_) | Value::Items(..) => None,
    })
}
