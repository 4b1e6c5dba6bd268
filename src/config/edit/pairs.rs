//! Sets, adds and takes out the keys of one mapping.

use std::collections::BTreeMap;

use yaml_events::ScalarStyle;

use super::editor::{Editor, Pair};
use super::emit::{self, Quote};
use super::flow::Elements;
use super::value::{Fields, Value, blanks};
use crate::config::keys::{Key, Table};
use crate::config::yaml::{Content, NodeId};

/// What a key is to say; `None` takes it out.
pub(crate) type Change = (&'static Key, Option<Value>);

impl Editor<'_> {
    /// Makes an item of a list, a mapping of `table` or an alias of one, say something else; what the changes
    /// do not speak of stays.
    pub(crate) fn set_fields(&mut self, item: NodeId, table: &'static Table, changes: &[Change]) {
        if changes.is_empty() {
            return;
        }
        let mut changes = changes.to_vec();
        changes.sort_by_key(|(key, _)| rank(table, key));
        let changes = changes.as_slice();
        if let Content::Alias(_) = self.content(item) {
            self.override_alias(item, table, changes);
        } else if self.is_flow(item) {
            self.set_in_braces(item, table, changes);
        } else {
            self.set_in_lines(item, table, changes);
        }
    }

    /// `*base` becomes `{<<: *base, key: value}`: what the anchor says stays for its other users.
    fn override_alias(&mut self, item: NodeId, table: &'static Table, changes: &[Change]) {
        let span = self.span(item);
        let mut pairs = vec![format!("<<: {}", &self.text()[span.start..span.end])];
        let writer = self.writer();
        pairs.extend(changes.iter().map(|(key, value)| writer.inline_pair(table, key, value.as_ref().unwrap_or(&Value::Null))));
        let text = format!("{{{}}}", pairs.join(", "));
        self.edits.replace(span.start, span.end, text);
    }

    fn own_pair(&self, pairs: &[Pair], table: &'static Table, key: &'static Key) -> Option<usize> {
        pairs.iter().position(|pair| {
            self.scalar(pair.key).and_then(|text| table.index(text)).is_some_and(|index| table.keys[index].name == key.name)
        })
    }

    /// Whether merge keys bring further values in, which show where a key is taken out.
    fn merges(&self, pairs: &[Pair]) -> bool {
        pairs.iter().any(|pair| self.is_merge(*pair))
    }

    fn is_merge(&self, pair: Pair) -> bool {
        matches!(self.content(pair.key), Content::Scalar { text, style: ScalarStyle::Plain } if text == "<<")
    }

    /// The pair after which a new key belongs: the nearest of those that usually come before it.
    fn place_for(&self, pairs: &[Pair], table: &'static Table, key: &'static Key) -> Option<usize> {
        let rank = rank(table, key);
        let before = pairs.iter().enumerate().filter_map(|(index, pair)| {
            let own = self.scalar(pair.key).and_then(|text| table.index(text)).map(|own| self::rank(table, &table.keys[own]))?;
            (own < rank).then_some((own, index))
        });
        before
            .max()
            .map(|(_, index)| index)
            .or_else(|| pairs.iter().rposition(|pair| self.is_merge(*pair)))
            .or_else(|| pairs.len().checked_sub(1))
    }

    fn set_in_lines(&mut self, mapping: NodeId, table: &'static Table, changes: &[Change]) {
        let pairs = self.pairs(mapping);
        let column = self.lines.column(self.span(mapping).start);
        let merges = self.merges(&pairs);
        for (key, value) in changes {
            match (self.own_pair(&pairs, table, key), value) {
                (Some(index), Some(value)) => self.set_value(pairs[index], Some(column), key, value),
                (Some(index), None) if merges || pairs.len() == 1 => self.set_value(pairs[index], Some(column), key, &Value::Null),
                (Some(index), None) => self.remove_line(mapping, &pairs, index, column),
                (None, value) => {
                    let text = self.writer().pair(table, key, value.as_ref().unwrap_or(&Value::Null), column);
                    let after = self.place_for(&pairs, table, key).map(|index| pairs[index].value);
                    let at = after.map_or_else(|| self.lines.next(self.span(mapping).end), |value| self.end_of_lines(value, column));
                    self.insert_lines(at, &format!("{}{text}", blanks(column)));
                }
            }
        }
    }

    /// Where the lines of a pair's value end.
    fn end_of_lines(&self, value: NodeId, column: usize) -> usize {
        match self.content(value) {
            Content::Sequence { flow: false, .. } | Content::Mapping { flow: false, .. } => self.after(value, column),
            Content::Sequence { .. } | Content::Mapping { .. } | Content::Scalar { .. } | Content::Alias(_) => {
                self.lines.next(self.end(value))
            }
        }
    }

    fn remove_line(&mut self, mapping: NodeId, pairs: &[Pair], index: usize, column: usize) {
        let end = self.end_of_lines(pairs[index].value, column);
        let start = match index.checked_sub(1) {
            Some(before) => self.lines.skip(self.end(pairs[before].value)),
            None => self.span(mapping).start,
        };
        if super::lines::is_blank(self.lines.head(start)) {
            self.edits.delete(self.lines.start(start), end);
            return;
        }
        // The first key stands behind a dash: the next one takes its place, unless comments stand between.
        let next = self.lines.skip(self.end(pairs[index].value));
        if self.lines.start(next) == end {
            self.edits.delete(start, next);
        } else {
            self.edits.delete(start, self.lines.end(self.end(pairs[index].value)));
        }
    }

    fn set_in_braces(&mut self, mapping: NodeId, table: &'static Table, changes: &[Change]) {
        let pairs = self.pairs(mapping);
        let merges = self.merges(&pairs);
        let mut keep = vec![true; pairs.len()];
        let mut added: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (key, value) in changes {
            match (self.own_pair(&pairs, table, key), value) {
                (Some(index), Some(value)) => self.set_value(pairs[index], None, key, value),
                (Some(index), None) if merges => self.set_value(pairs[index], None, key, &Value::Null),
                (Some(index), None) => keep[index] = false,
                (None, value) => {
                    let text = self.writer().inline_pair(table, key, value.as_ref().unwrap_or(&Value::Null));
                    let after = self.place_for(&pairs, table, key).map_or(0, |index| index + 1);
                    added.entry(after).or_default().push(text);
                }
            }
        }
        let elements = Elements::of_mapping(self, mapping);
        self.edit_elements(&elements, &keep, added);
    }

    /// Gives a key another value; `column` is that of the key, `None` in braces.
    pub(crate) fn set_value(&mut self, pair: Pair, column: Option<usize>, key: &'static Key, value: &Value) {
        if self.sharing.is_shared(pair.value) {
            return self.replace_value(pair, column, key, value);
        }
        match (self.content(pair.value), value) {
            (Content::Sequence { .. }, Value::Texts(texts)) => self.set_texts(pair, column, key, texts),
            (Content::Sequence { .. }, Value::Items(table, items)) => self.set_items(pair, column, key, table, items),
            (Content::Scalar { style, .. }, Value::Text(text)) => {
                let text = self.in_style(text, style, column);
                self.replace_scalar(pair, &text);
            }
            (Content::Scalar { .. }, Value::Null | Value::Whole(_) | Value::Boolean(_)) => {
                let text = self.writer().inline(value, column.is_none());
                self.replace_scalar(pair, &text);
            }
            (Content::Scalar { .. } | Content::Sequence { .. } | Content::Mapping { .. } | Content::Alias(_), _) => {
                self.replace_value(pair, column, key, value)
            }
        }
    }

    /// A text in the style of the scalar that it replaces.
    fn in_style(&self, text: &str, style: ScalarStyle, column: Option<usize>) -> String {
        let quoted = |prefer| emit::scalar(text, prefer, self.layout.otherwise, column.is_none());
        let block = || column.and_then(|column| emit::literal(text, column + 2, self.layout.newline));
        match style {
            ScalarStyle::DoubleQuoted => quoted(Quote::Double),
            ScalarStyle::SingleQuoted => block().unwrap_or_else(|| quoted(Quote::Single)),
            ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => block().unwrap_or_else(|| quoted(Quote::Plain)),
        }
    }

    /// Puts a text in the place of a scalar, with its anchor and tag.
    fn replace_scalar(&mut self, pair: Pair, text: &str) {
        let Some(colon) = self.colon(pair.key) else {
            self.edits.insert(self.span(pair.key).end, format!(": {text}"));
            return;
        };
        let whole = self.whole(colon, pair.value);
        if whole.start == whole.end {
            // A value that is not there.
            self.edits.insert(colon, format!(" {text}"));
        } else {
            // No blank after the colon: `"key":"value"`, as in JSON.
            let blank = if whole.start == colon { " " } else { "" };
            self.edits.replace(whole.start, whole.end, format!("{blank}{text}"));
        }
    }

    /// Writes a value anew in the place of another one.
    pub(crate) fn replace_value(&mut self, pair: Pair, column: Option<usize>, key: &'static Key, value: &Value) {
        let inline = |flow| format!(" {}", self.writer().inline(value, flow));
        let text = match column {
            // A comment behind a value would end up behind its last line.
            Some(column) if super::lines::is_blank(self.lines.tail(self.end(pair.value))) => self.writer().after_colon(key, value, column),
            Some(_) => inline(false),
            None => inline(true),
        };
        match self.colon(pair.key) {
            Some(colon) => {
                let end = self.end(pair.value).max(colon);
                self.edits.replace(colon, end, text);
            }
            None => self.edits.insert(self.span(pair.key).end, format!(":{text}")),
        }
    }
}

/// Where a key usually stands among those of its table.
fn rank(table: &'static Table, key: &Key) -> usize {
    let index = table.known(key.name);
    // The ID belongs to the name.
    if key.name == "experienceID" { 1 } else { 2 * index }
}

/// Fields in the order in which they are usually written.
pub(crate) fn in_order(table: &'static Table, mut fields: Fields) -> Fields {
    fields.sort_by_key(|(key, _)| rank(table, key));
    fields
}
