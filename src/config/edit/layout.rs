//! How a file is written: what its new parts should look like.

use std::collections::BTreeMap;

use yaml_events::ScalarStyle;

use super::emit::Quote;
use super::lines::Lines;
use crate::config::keys::{Key, TABLES, Table, Value};
use crate::config::yaml::{Content, Document, NodeId};

/// The habits of one file.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// Between lines.
    pub(crate) newline: &'static str,
    /// How texts are written that need no quotes.
    pub(crate) prefer: Quote,
    /// How texts are written that need quotes.
    pub(crate) otherwise: Quote,
    /// From a list's dash to its item, in columns.
    pub(crate) dash: usize,
    /// Keys and texts in double quotes, as in JSON.
    pub(crate) json: bool,
    /// For keys whose spellings differ, whether the older one is used.
    snake: BTreeMap<&'static str, bool>,
    snake_otherwise: bool,
    /// For each key of a list, whether it is written in brackets.
    flow: BTreeMap<&'static str, bool>,
    /// For each key of a list in lines, how far its dashes stand right of the key.
    offsets: BTreeMap<&'static str, usize>,
    offset_otherwise: usize,
}

impl Default for Layout {
    /// The layout of new files.
    fn default() -> Self {
        Self {
            newline: "\n",
            prefer: Quote::Plain,
            otherwise: Quote::Double,
            dash: 2,
            json: false,
            snake: BTreeMap::new(),
            snake_otherwise: false,
            flow: BTreeMap::new(),
            offsets: BTreeMap::new(),
            offset_otherwise: 2,
        }
    }
}

/// Votes for the value seen most often; of equals the smallest.
#[derive(Clone, Debug)]
struct Votes<T>(BTreeMap<T, usize>);

impl<T> Default for Votes<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Ord + Copy> Votes<T> {
    fn cast(&mut self, value: T) {
        *self.0.entry(value).or_default() += 1;
    }

    fn winner(&self) -> Option<T> {
        self.0.iter().max_by_key(|(value, count)| (**count, std::cmp::Reverse(**value))).map(|(value, _)| *value)
    }
}

/// What is counted in a file.
#[derive(Default)]
struct Seen {
    snake: BTreeMap<&'static str, Votes<bool>>,
    flow: BTreeMap<&'static str, Votes<bool>>,
    offsets: BTreeMap<&'static str, Votes<usize>>,
    dashes: Votes<usize>,
    /// Quotes of texts that need none, by the order plain, single, double.
    texts: Votes<u8>,
    quotes: Votes<u8>,
    json: Votes<bool>,
}

impl Layout {
    /// Reads the habits of a file.
    pub(crate) fn of(document: &Document, lines: &Lines<'_>) -> Self {
        let mut seen = Seen::default();
        for (_, node) in document.nodes() {
            let Content::Mapping { entries, flow } = node.content else { continue };
            for (key, value) in entries {
                seen.pair(document, lines, node.span.start, flow, *key, *value);
            }
        }
        let winners =
            |votes: &BTreeMap<&'static str, Votes<bool>>| votes.iter().filter_map(|(key, votes)| Some((*key, votes.winner()?))).collect();
        let offsets: BTreeMap<&'static str, usize> = seen.offsets.iter().filter_map(|(key, votes)| Some((*key, votes.winner()?))).collect();
        let mut all_snake = Votes::default();
        seen.snake.values().filter_map(Votes::winner).for_each(|snake| all_snake.cast(snake));
        let mut all_offsets = Votes::default();
        offsets.values().for_each(|offset| all_offsets.cast(*offset));
        let defaults = Self::default();
        Self {
            newline: lines.newline(),
            prefer: seen.texts.winner().map_or(defaults.prefer, quote),
            otherwise: seen.quotes.winner().map_or(defaults.otherwise, quote),
            dash: seen.dashes.winner().unwrap_or(defaults.dash),
            json: seen.json.winner() == Some(true),
            snake: winners(&seen.snake),
            snake_otherwise: all_snake.winner() == Some(true),
            flow: winners(&seen.flow),
            offset_otherwise: all_offsets.winner().unwrap_or(defaults.offset_otherwise),
            offsets,
        }
    }

    /// A key as the file spells it.
    pub(crate) fn spelling(&self, table: &'static Table, key: &'static Key) -> &'static str {
        debug_assert!(table.keys.iter().any(|known| known.name == key.name));
        if self.snake.get(key.name).copied().unwrap_or(self.snake_otherwise) { key.snake } else { key.name }
    }

    /// Whether the list of a key is written in brackets.
    pub(crate) fn is_flow(&self, key: &Key) -> bool {
        self.json || self.flow.get(key.name).copied().unwrap_or(false)
    }

    /// How far the dashes of a key's list stand right of the key.
    pub(crate) fn offset(&self, key: &Key) -> usize {
        self.offsets.get(key.name).copied().unwrap_or(self.offset_otherwise)
    }
}

fn quote(index: u8) -> Quote {
    match index {
        0 => Quote::Plain,
        1 => Quote::Single,
        _ => Quote::Double,
    }
}

impl Seen {
    fn pair(&mut self, document: &Document, lines: &Lines<'_>, mapping: usize, flow: bool, key: NodeId, value: NodeId) {
        let Content::Scalar { text: spelling, style } = document.content(key) else { return };
        let Some(known) = TABLES.iter().find_map(|table| table.index(spelling).map(|index| &table.keys[index])) else { return };
        self.json.cast(matches!(style, ScalarStyle::DoubleQuoted));
        if known.name != known.snake {
            self.snake.entry(known.name).or_default().cast(spelling == known.snake);
        }
        let value = document.node(value);
        // The list of entries shares its key with the members of a suite, and no new one is ever begun.
        let holds_mappings = |items: &[NodeId]| matches!(document.content(document.resolve(items[0])), Content::Mapping { .. });
        match value.content {
            Content::Sequence { items, .. } if !items.is_empty() && known.name == "experiences" && holds_mappings(items) => {
                self.dash(document, lines, value.span.start, items[0]);
            }
            Content::Scalar { text, style } if matches!(known.value, Value::Text | Value::Name) => self.text(text, style),
            Content::Sequence { items, flow: in_brackets } if !items.is_empty() => {
                self.flow.entry(known.name).or_default().cast(in_brackets);
                if in_brackets {
                    return;
                }
                let dash = lines.column(value.span.start);
                if !flow {
                    self.offsets.entry(known.name).or_default().cast(dash.saturating_sub(lines.column(mapping)));
                }
                if matches!(known.value, Value::Mappings(_)) {
                    self.dash(document, lines, value.span.start, items[0]);
                }
            }
            Content::Scalar { .. } | Content::Sequence { .. } | Content::Mapping { .. } | Content::Alias(_) => {}
        }
    }

    fn dash(&mut self, document: &Document, lines: &Lines<'_>, dash: usize, first: NodeId) {
        let item = document.span(first).start;
        if lines.text()[dash..].starts_with('-') && lines.start(item) == lines.start(dash) {
            self.dashes.cast((item - dash).max(2));
        }
    }

    fn text(&mut self, text: &str, style: ScalarStyle) {
        let index = match style {
            ScalarStyle::Plain => 0,
            ScalarStyle::SingleQuoted => 1,
            ScalarStyle::DoubleQuoted => 2,
            ScalarStyle::Literal | ScalarStyle::Folded => return,
        };
        if super::emit::is_plain(text, true) {
            self.texts.cast(index);
        }
        if index > 0 {
            self.quotes.cast(index);
        }
    }
}
