//! Typed values of a mapping's keys: text, boolean, seconds, lists. Each wrong one is reported with what to write instead.

use uuid::Uuid;
use yaml_events::ScalarStyle;

use super::keys::{Key, Table, Value};
use super::scalar::{self, Number};
use super::view::{Fields, Reader, Scalar, brief};
use super::yaml::{Content, NodeId};
use crate::diagnostics::{Code, Diagnostic};
use crate::secrets::is_secret_location;
use crate::source::{Located, Origin};

/// The value of a key that is there: null counts as absent.
#[derive(Clone, Copy)]
pub(crate) struct Present {
    pub(crate) key: &'static Key,
    pub(crate) value: NodeId,
}

impl<'a> Reader<'a> {
    /// The value of a key, unless it is absent or null.
    pub(crate) fn present(&self, table: &'static Table, fields: &Fields, name: &str) -> Option<Present> {
        let index = table.known(name);
        let slot = fields.slot(index)?;
        (!self.is_null(slot.value)).then_some(Present { key: &table.keys[index], value: slot.value })
    }

    /// Reports all required keys that are absent, in one message.
    pub(crate) fn require(&mut self, table: &'static Table, fields: &Fields, who: impl FnOnce() -> String, at: Origin) {
        let mut missing = Vec::new();
        let mut empty = None;
        for (index, key) in table.keys.iter().enumerate().filter(|(_, key)| key.required) {
            match fields.slot(index) {
                None => missing.push(key),
                Some(slot) if self.is_null(slot.value) => {
                    empty.get_or_insert(self.document.origin(slot.key));
                    missing.push(key);
                }
                Some(_) => {}
            }
        }
        if missing.is_empty() {
            return;
        }
        let names: Vec<String> = missing.iter().map(|key| format!("`{}`", key.name)).collect();
        let names = match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => names.concat(),
        };
        let who = who();
        let suite = table.definition == "testSuite" && missing.iter().any(|key| key.name == "experiences");
        let code = if suite { Code::SuiteWithoutExperiences } else { Code::MissingField };
        let mut diagnostic = Diagnostic::error(code, at, format!("{who} lacks {names}"));
        if let Some(empty) = empty {
            diagnostic = diagnostic.at(empty, "a key without a value counts as absent");
        }
        for key in missing {
            diagnostic = diagnostic.help(format!("add `{}`", example(key)));
        }
        if suite {
            diagnostic = diagnostic.help("`experiences: []` leaves the suite without members");
        }
        self.problems.push(diagnostic);
    }

    fn wrong_type(&mut self, of: &str, wanted: &str, node: NodeId, help: String) {
        let is = self.describe(node);
        let diagnostic = self.error(Code::WrongType, node, format!("{of} must be {wanted}"), format!("this is {is}"));
        self.problems.push(diagnostic.help(help));
    }

    /// A text; a plain scalar keeps its source text.
    pub(crate) fn text(&mut self, field: Present) -> Option<Located<&'a str>> {
        self.text_at(|| format!("`{}`", field.key.name), field.value, Some(field.key))
    }

    fn text_at(&mut self, of: impl FnOnce() -> String, node: NodeId, key: Option<&'static Key>) -> Option<Located<&'a str>> {
        if let Some(Scalar::Text(text, _)) = self.scalar(node) {
            return Some(Located { value: text, origin: self.document.origin(node) });
        }
        let help = match (self.content(node), key) {
            (Content::Mapping { .. }, _) => "a text that holds `: ` needs quotes".to_owned(),
            (_, Some(key)) => format!("write `{}`", example(key)),
            (_, None) => "write one text for each item".to_owned(),
        };
        self.wrong_type(&of(), "text", node, help);
        None
    }

    /// A text that is more than blanks.
    pub(crate) fn name(&mut self, field: Present) -> Option<Located<&'a str>> {
        let name = self.text(field)?;
        if !name.value.trim().is_empty() {
            return Some(name);
        }
        let diagnostic = self.error(Code::BlankName, field.value, format!("`{}` is blank", field.key.name), "");
        self.problems.push(diagnostic.help("write a name of at least one visible character"));
        None
    }

    /// A UUID, in any of the usual notations.
    pub(crate) fn uuid(&mut self, field: Present) -> Option<Located<Uuid>> {
        let text = self.text(field)?;
        if let Ok(value) = Uuid::parse_str(text.value) {
            return Some(Located { value, origin: text.origin });
        }
        let diagnostic = self.error(Code::BadUuid, field.value, format!("`{}` is not a UUID", field.key.name), "");
        let help = if text.value.is_empty() {
            "leave the key out for an experience that ReSim does not have yet"
        } else {
            "a UUID is 32 hexadecimal digits, as in `5f0c2a9e-8d41-4b7a-9c3e-1f6d2b8a7e05`"
        };
        self.problems.push(diagnostic.help(help));
        None
    }

    /// A boolean.
    pub(crate) fn boolean(&mut self, field: Present) -> Option<bool> {
        if let Some(Scalar::Text(text, style)) = self.scalar(field.value)
            && let Some(value) = scalar::boolean(text, style)
        {
            return Some(value);
        }
        let name = field.key.name;
        self.wrong_type(&format!("`{name}`"), "a boolean", field.value, format!("write `{name}: true` or `{name}: false`, without quotes"));
        None
    }

    /// Seconds from 1 to the largest that ReSim's API can say.
    pub(crate) fn seconds(&mut self, field: Present) -> Option<i32> {
        let name = field.key.name;
        let number = match self.scalar(field.value) {
            Some(Scalar::Text(text, ScalarStyle::Plain)) => scalar::number(text),
            Some(Scalar::Text(..) | Scalar::Null) | None => None,
        };
        match number {
            Some(Number::Whole(value)) => {
                if let Some(value) = i32::try_from(value).ok().filter(|value| *value >= 1) {
                    return Some(value);
                }
            }
            Some(Number::Huge) => {}
            Some(Number::Fraction) | None => {
                let help = format!("write whole seconds without quotes or unit, such as `{name}: 3600`");
                self.wrong_type(&format!("`{name}`"), "a whole number of seconds", field.value, help);
                return None;
            }
        }
        let diagnostic = self.error(Code::TimeoutRange, field.value, format!("`{name}` is out of range"), "");
        self.problems.push(diagnostic.help(format!("it must be between 1 and {}; leave the key out to keep what ReSim has", i32::MAX)));
        None
    }

    /// The items of a list, nulls reported and left out.
    pub(crate) fn items(&mut self, field: Present) -> Option<Vec<NodeId>> {
        let name = field.key.name;
        let Content::Sequence { items, .. } = self.content(field.value) else {
            let help = match (field.key.value, self.scalar(field.value)) {
                (Value::Names | Value::Texts | Value::Locations, Some(Scalar::Text(text, _)))
                    if !text.trim().is_empty() && !text.contains(['\n', ',']) && !is_secret_location(text) =>
                {
                    format!("write a list: `{name}: [{}]`", brief(text))
                }
                _ => format!("write a list: `{}`", example(field.key)),
            };
            self.wrong_type(&format!("`{name}`"), "a list", field.value, help);
            return None;
        };
        let mut present = Vec::with_capacity(items.len());
        for item in items {
            if !self.charge(*item) {
                return None;
            }
            if self.is_null(*item) {
                let diagnostic = self.error(Code::NullItem, *item, format!("an item of `{name}` is empty (null)"), "");
                self.problems.push(diagnostic.help("remove the item; if the text `null` or `~` is meant, put it in quotes"));
            } else {
                present.push(*item);
            }
        }
        Some(present)
    }

    /// Whether a node is a list without items.
    pub(crate) fn is_empty_list(&self, node: NodeId) -> bool {
        matches!(self.content(node), Content::Sequence { items, .. } if items.is_empty())
    }

    /// An item of a list of mappings; anything else is reported.
    pub(crate) fn mapping_item(&mut self, table: &'static Table, list: &str, item: NodeId) -> Option<Fields> {
        if let Content::Mapping { .. } = self.content(item) {
            return self.fields(table, item);
        }
        let keys: Vec<String> = table.keys.iter().filter(|key| key.required).map(example).collect();
        self.wrong_type(&format!("an item of `{list}`"), "a mapping", item, format!("write `{{{}}}`", keys.join(", ")));
        None
    }

    /// The items of a list of texts.
    pub(crate) fn texts(&mut self, field: Present) -> Vec<Located<&'a str>> {
        let items = self.items(field).unwrap_or_default();
        self.texts_of(field, items)
    }

    /// The texts of a list's items.
    pub(crate) fn texts_of(&mut self, field: Present, items: Vec<NodeId>) -> Vec<Located<&'a str>> {
        let of = || format!("an item of `{}`", field.key.name);
        items.into_iter().filter_map(|item| self.text_at(of, item, None)).collect()
    }

    /// The items of a list that only refers: blank ones are errors, repeated ones warnings.
    pub(crate) fn names(&mut self, field: Present) -> Vec<Located<&'a str>> {
        let name = field.key.name;
        let mut names = self.texts(field);
        names.retain(|item| {
            let blank = item.value.trim().is_empty();
            if blank {
                let diagnostic = Diagnostic::error(Code::BlankName, item.origin, format!("an item of `{name}` is blank"));
                self.problems.push(diagnostic.help("remove the item or write the name"));
            }
            !blank
        });
        for (first, again) in repeats(&names) {
            let message = format!("`{name}` lists `{}` twice", brief(again.value));
            let mut diagnostic = Diagnostic::warning(Code::RepeatedItem, again.origin, message);
            diagnostic.labels[0].text = "again here".into();
            self.problems.push(diagnostic.at(first, "first here").help("remove one of them; listing it twice changes nothing"));
        }
        names
    }
}

/// Which texts are repeated: the first place, and each later one with its place.
pub(crate) fn repeats<'a>(items: &[Located<&'a str>]) -> Vec<(Origin, Located<&'a str>)> {
    // Most lists have one item.
    if items.len() < 2 {
        return Vec::new();
    }
    let mut first = std::collections::BTreeMap::new();
    let mut repeats = Vec::new();
    for item in items {
        match first.get(item.value) {
            Some(before) => repeats.push((*before, item.clone())),
            None => {
                first.insert(item.value, item.origin);
            }
        }
    }
    repeats
}

/// What a key with a value looks like.
pub(crate) fn example(key: &Key) -> String {
    let value = match (key.name, key.value) {
        ("locations", _) => "[s3://bucket/path]",
        ("description", _) => "What it tests",
        ("name", _) => "some-name",
        (_, Value::Text | Value::Name) => "some text",
        (_, Value::Uuid) => "5f0c2a9e-8d41-4b7a-9c3e-1f6d2b8a7e05",
        (_, Value::Seconds) => "3600",
        (_, Value::Boolean) => "true",
        (_, Value::FieldType) => "text",
        (_, Value::Texts) => "[some text]",
        (_, Value::Names | Value::Locations) => "[some-name]",
        (_, Value::Mappings(table)) => match table.definition {
            "environmentVariable" => "[{name: MODE, value: \"1\"}]",
            "customField" => "[{name: Weather, type: text, values: [rain]}]",
            "testSuite" => "[{name: Nightly, experiences: [some-name]}]",
            _ => "[{name: some-name, description: What it tests, locations: [s3://bucket/path]}]",
        },
    };
    format!("{}: {value}", key.name)
}
