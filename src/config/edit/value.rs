//! Values to be written, and how they look as YAML in a file's own layout.

use std::collections::BTreeMap;

use super::emit::{self, Quote};
use super::layout::Layout;
use crate::config::keys::{Key, Table};

/// A value to be written.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// No value: the key counts as absent.
    Null,
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A boolean.
    Boolean(bool),
    /// A list of texts.
    Texts(Texts),
    /// A list of mappings.
    Items(&'static Table, Vec<Fields>),
}

/// A list of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    /// What the list is to hold; what is there already keeps its place.
    pub(crate) items: Vec<String>,
    /// Which item takes the place of which, where both are known to be one thing.
    pub(crate) instead: BTreeMap<String, String>,
}

impl Texts {
    /// A list whose items are what they are.
    pub(crate) fn of(items: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { items: items.into_iter().map(Into::into).collect(), instead: BTreeMap::new() }
    }
}

/// The keys of a mapping with their values, in order.
pub(crate) type Fields = Vec<(&'static Key, Value)>;

/// The key of a table by its camelCase name.
pub(crate) fn key(table: &'static Table, name: &str) -> &'static Key {
    &table.keys[table.known(name)]
}

/// Writes values in one file's layout.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) layout: &'a Layout,
}

impl Writer<'_> {
    /// A key as the file spells it, with its colon.
    pub(crate) fn key(self, table: &'static Table, key: &'static Key) -> String {
        let spelling = self.layout.spelling(table, key);
        if self.layout.json { format!("\"{spelling}\":") } else { format!("{spelling}:") }
    }

    /// A text on one line, in the file's quotes.
    pub(crate) fn text(self, text: &str, flow: bool) -> String {
        let prefer = if self.layout.json { Quote::Double } else { self.layout.prefer };
        emit::scalar(text, prefer, self.layout.otherwise, flow)
    }

    /// A value on one line.
    pub(crate) fn inline(self, value: &Value, flow: bool) -> String {
        match value {
            Value::Null => "null".to_owned(),
            Value::Text(text) => self.text(text, flow),
            Value::Whole(number) => number.to_string(),
            Value::Boolean(value) => value.to_string(),
            Value::Texts(Texts { items, instead: _ }) => {
                let items: Vec<String> = items.iter().map(|item| self.text(item, true)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Items(table, items) => {
                let items: Vec<String> = items.iter().map(|item| self.inline_mapping(table, item)).collect();
                format!("[{}]", items.join(", "))
            }
        }
    }

    /// A mapping on one line.
    pub(crate) fn inline_mapping(self, table: &'static Table, fields: &Fields) -> String {
        let fields: Vec<String> = fields.iter().map(|(key, value)| self.inline_pair(table, key, value)).collect();
        format!("{{{}}}", fields.join(", "))
    }

    /// A key with its value on one line, in a mapping in braces.
    pub(crate) fn inline_pair(self, table: &'static Table, key: &'static Key, value: &Value) -> String {
        format!("{} {}", self.key(table, key), self.inline(value, true))
    }

    /// What follows the colon of a key that stands in a column of a block mapping: a blank and a value on the
    /// line, or lines.
    pub(crate) fn after_colon(self, key: &'static Key, value: &Value, column: usize) -> String {
        let column_of_list = column + self.layout.offset(key);
        match value {
            Value::Text(text) => match emit::literal(text, column + 2, self.layout.newline) {
                Some(block) if !self.layout.json => format!(" {block}"),
                Some(_) | None => format!(" {}", self.text(text, false)),
            },
            Value::Texts(Texts { items, instead: _ }) if !items.is_empty() && !self.layout.is_flow(key) => {
                let lines: Vec<String> = items.iter().map(|item| self.text_item(item, column_of_list)).collect();
                format!("{0}{1}", self.layout.newline, lines.join(self.layout.newline))
            }
            Value::Items(table, items) if !items.is_empty() && !self.layout.is_flow(key) => {
                let lines: Vec<String> = items.iter().map(|item| self.mapping_item(table, item, column_of_list)).collect();
                format!("{0}{1}", self.layout.newline, lines.join(self.layout.newline))
            }
            Value::Null | Value::Whole(_) | Value::Boolean(_) | Value::Texts(_) | Value::Items(..) => {
                format!(" {}", self.inline(value, false))
            }
        }
    }

    /// A key with its value as lines of a block mapping, without the indentation of the first line.
    pub(crate) fn pair(self, table: &'static Table, key: &'static Key, value: &Value, column: usize) -> String {
        format!("{}{}", self.key(table, key), self.after_colon(key, value, column))
    }

    /// A list item of text: its line with the dash in a column.
    pub(crate) fn text_item(self, text: &str, column: usize) -> String {
        format!("{}-{}{}", blanks(column), blanks(self.layout.dash - 1), self.text(text, false))
    }

    /// A list item that is a mapping: its lines with the dash in a column.
    pub(crate) fn mapping_item(self, table: &'static Table, fields: &Fields, column: usize) -> String {
        let inner = column + self.layout.dash;
        let pairs: Vec<String> = fields.iter().map(|(key, value)| self.pair(table, key, value, inner)).collect();
        let between = format!("{}{}", self.layout.newline, blanks(inner));
        format!("{}-{}{}", blanks(column), blanks(self.layout.dash - 1), pairs.join(&between))
    }
}

/// So many blanks.
pub(crate) fn blanks(count: usize) -> String {
    " ".repeat(count)
}
