//! Configs in all the ways in which people and programs write them, for property tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use fastrand::Rng;

use crate::config::edit::emit::{self, Quote};
use crate::config::edit::meaning::{EntryMeaning, Meaning, SuiteMeaning};
use crate::config::edit::value::{Fields, Texts, Value, key};
use crate::config::keys::{CONFIG, EXPERIENCE, SUITE, Table};
use crate::desired::{CustomField, CustomFieldKind, EnvironmentVariable, ExperienceSettings, Setting};
use crate::ids::{ExperienceId, ExperienceName, SuiteName, SystemName, TagName};

const WORDS: &[&str] = &[
    "alpha",
    "beta b",
    "no",
    "y",
    "007",
    "12:30:45",
    "2024-01-01",
    "a: b",
    "a #b",
    "- x",
    "it's",
    "say \"hi\"",
    "C:\\x",
    "é日",
    "[a]",
    "{b}",
    "a, b",
    "&a",
    "*b",
    "!c",
    "%d",
    "@e",
    "~",
    "null",
    "x:",
    "?q",
    "s3://b/c?d=e#f",
    "a\u{202e}b",
    "tab\there",
    "1_000",
    "=",
    "#h",
];
const LINES: &[&str] =
    &["one\ntwo", "one\ntwo\n", "one\n\n  two\n", "  one\ntwo", "# a\n# b\n", "one\ntwo\n\n", "a\r\nb", "x: y\nz", "\n", "a\n---\nb\n"];

pub(crate) fn word(rng: &mut Rng) -> String {
    let word = WORDS[rng.usize(..WORDS.len())];
    if rng.u8(..3) == 0 { word.to_owned() } else { format!("{}{}", ["n", "scenario ", "p-"][rng.usize(..3)], rng.u8(..40)) }
}

pub(crate) fn text(rng: &mut Rng) -> String {
    match rng.u8(..6) {
        0 => LINES[rng.usize(..LINES.len())].to_owned(),
        1 => String::new(),
        2 => WORDS[rng.usize(..WORDS.len())].to_owned(),
        _ => format!("{} {}", word(rng), word(rng)),
    }
}

fn set_of(rng: &mut Rng, most: usize, make: fn(&mut Rng) -> String) -> BTreeSet<String> {
    (0..rng.usize(..=most)).map(|_| make(rng)).collect()
}

fn setting<T>(rng: &mut Rng, make: impl FnOnce(&mut Rng) -> T) -> Setting<T> {
    if rng.bool() { Setting::Keep } else { Setting::Set(make(rng)) }
}

fn tag(rng: &mut Rng) -> String {
    ["regression", "progression", "smoke test", "no", "a: b", "x,y"][rng.usize(..6)].to_owned()
}

pub(crate) fn variables(rng: &mut Rng) -> Vec<EnvironmentVariable> {
    let names = set_of(rng, 3, |rng| ["MODE", "ALTITUDE_M", "N", "lower", "A B"][rng.usize(..5)].to_owned());
    let mut variables: Vec<EnvironmentVariable> = names.into_iter().map(|name| EnvironmentVariable { name, value: text(rng) }).collect();
    rng.shuffle(&mut variables);
    variables
}

pub(crate) fn custom_fields(rng: &mut Rng) -> Vec<CustomField> {
    let names = set_of(rng, 3, |rng| ["Weather", "Wind speed", "Since", "Extra"][rng.usize(..4)].to_owned());
    let field = |name: String| {
        let (kind, values): (_, &[&str]) = match name.as_str() {
            "Weather" => (CustomFieldKind::Text, &["rain", "No", "sun, wind", ""]),
            "Wind speed" => (CustomFieldKind::Number, &["1", "2.50", "-3e2"]),
            "Since" => (CustomFieldKind::Timestamp, &["2026-01-31", "2026-01-31T08:30:00Z"]),
            _ => (CustomFieldKind::Json, &["{\"a\": 1}", "[]", "null"]),
        };
        let values = (0..rng.usize(..4)).map(|_| values[rng.usize(..values.len())].to_owned()).collect();
        CustomField { name, kind, values }
    };
    names.into_iter().map(field).collect()
}

pub(crate) fn entry(rng: &mut Rng, ids: bool) -> EntryMeaning {
    let mut locations: Vec<String> = set_of(rng, 3, |rng| format!("s3://bucket/{}", word(rng))).into_iter().collect();
    rng.shuffle(&mut locations);
    EntryMeaning {
        id: (ids && rng.bool()).then(|| ExperienceId(uuid::Uuid::from_u128(rng.u128(..)))),
        settings: ExperienceSettings {
            description: text(rng),
            locations,
            profile: setting(rng, text),
            environment_variables: setting(rng, variables),
            container_timeout_seconds: setting(rng, |rng| rng.i32(1..10_000)),
            cache_exempt: setting(rng, Rng::bool),
            custom_fields: setting(rng, custom_fields),
        },
        tags: set_of(rng, 3, tag).into_iter().map(TagName::new).collect(),
        systems: set_of(rng, 2, word).into_iter().map(SystemName::new).collect(),
        archived: rng.u8(..6) == 0,
    }
}

/// Any valid config.
pub(crate) fn meaning(rng: &mut Rng) -> Meaning {
    let ids = rng.bool();
    let experiences: BTreeMap<ExperienceName, EntryMeaning> =
        set_of(rng, 5, word).into_iter().map(|name| (ExperienceName::new(name), entry(rng, ids))).collect();
    let suites = set_of(rng, 2, word).into_iter().map(|name| {
        let members = experiences.iter().filter(|(_, entry)| !entry.archived && rng.bool()).map(|(name, _)| name.clone()).collect();
        let suite = SuiteMeaning {
            experiences: members,
            system: rng.bool().then(|| SystemName::new(word(rng))),
            description: rng.bool().then(|| text(rng)),
        };
        (SuiteName::new(name), suite)
    });
    let suites = suites.collect();
    Meaning { experiences, suites, managed_tags: set_of(rng, 3, tag).into_iter().map(TagName::new).collect() }
}

/// Writes configs in a style of their own.
pub(crate) struct Scribe<'a> {
    pub(crate) rng: &'a mut Rng,
    /// Whether anchors, aliases and merge keys are used.
    anchors: bool,
    comments: bool,
    flow: u8,
    snake: u8,
    /// From a key to the dashes of its list, from a dash to its item.
    offset: usize,
    dash: usize,
    count: usize,
    /// Values written on one line so far in this file, by their anchors.
    known: BTreeMap<String, String>,
}

impl<'a> Scribe<'a> {
    pub(crate) fn new(rng: &'a mut Rng) -> Self {
        let (anchors, comments, flow, snake) = (rng.bool(), rng.bool(), [0, 2, 5, 10][rng.usize(..4)], [0, 5, 10][rng.usize(..3)]);
        let (offset, dash) = ([0, 2, 4][rng.usize(..3)], [2, 2, 4][rng.usize(..3)]);
        Self { rng, anchors, comments, flow, snake, offset, dash, count: 0, known: BTreeMap::new() }
    }

    /// One config as the texts of one or several files.
    pub(crate) fn files(&mut self, meaning: &Meaning) -> Vec<String> {
        let count = self.rng.usize(1..=2);
        let mut parts = vec![Meaning::default(); count];
        for (name, entry) in &meaning.experiences {
            parts[self.rng.usize(..count)].experiences.insert(name.clone(), entry.clone());
        }
        for (name, suite) in &meaning.suites {
            parts[self.rng.usize(..count)].suites.insert(name.clone(), suite.clone());
        }
        for tag in &meaning.managed_tags {
            parts[self.rng.usize(..count)].managed_tags.insert(tag.clone());
        }
        parts.iter().enumerate().map(|(index, part)| self.file(part, index == 0)).collect()
    }

    fn file(&mut self, meaning: &Meaning, needs_experiences: bool) -> String {
        self.known.clear();
        let mut entries: Vec<Fields> = meaning.experiences.iter().map(|(name, entry)| entry.fields(name)).collect();
        let mut suites: Vec<Fields> = meaning.suites.iter().map(|(name, suite)| suite.fields(name)).collect();
        self.rng.shuffle(&mut entries);
        self.rng.shuffle(&mut suites);
        let mut fields: Fields = Vec::new();
        if needs_experiences || !entries.is_empty() {
            fields.push((key(&CONFIG, "experiences"), Value::Items(&EXPERIENCE, entries)));
        }
        if !suites.is_empty() || self.rng.bool() {
            fields.push((key(&CONFIG, "managedTestSuites"), Value::Items(&SUITE, suites)));
        }
        if !meaning.managed_tags.is_empty() || self.rng.bool() {
            fields.push((key(&CONFIG, "managedExperienceTags"), Value::Texts(Texts::of(meaning.managed_tags.iter().map(TagName::as_str)))));
        }
        self.rng.shuffle(&mut fields);
        let mut text = String::new();
        if self.chance(1) {
            text = format!("{}\n", self.flow_mapping(&CONFIG, &fields, true));
        } else {
            self.comment(&mut text, 0);
            self.block_mapping(&mut text, &CONFIG, &fields, 0, "");
            self.comment(&mut text, 0);
        }
        if self.chance(2) {
            text = text.trim_end_matches('\n').to_owned();
        }
        if self.chance(2) {
            text = text.replace('\n', "\r\n");
        }
        if self.chance(1) {
            text.insert(0, '\u{feff}');
        }
        text
    }

    /// With a chance of so many in ten.
    fn chance(&mut self, of_ten: u8) -> bool {
        self.rng.u8(..10) < of_ten
    }

    fn comment(&mut self, out: &mut String, column: usize) {
        if self.comments && self.chance(3) {
            self.count += 1;
            let _ = writeln!(out, "{}# c{}", " ".repeat(column), self.count);
        }
        if self.chance(1) {
            out.push('\n');
        }
    }

    fn end_of_line(&mut self, out: &mut String) {
        if self.comments && self.chance(2) {
            self.count += 1;
            let _ = write!(out, " # c{}", self.count);
        }
        out.push('\n');
    }

    fn key(&mut self, table: &'static Table, key: &crate::config::keys::Key) -> String {
        assert!(table.index(key.name).is_some());
        let spelling = if self.chance(self.snake) { key.snake } else { key.name };
        if self.chance(1) { format!("\"{spelling}\"") } else { spelling.to_owned() }
    }

    fn scalar(&mut self, text: &str, flow: bool) -> String {
        let prefer = [Quote::Plain, Quote::Plain, Quote::Single, Quote::Double][self.rng.usize(..4)];
        emit::scalar(text, prefer, [Quote::Single, Quote::Double][self.rng.usize(..2)], flow)
    }

    /// A value on one line, perhaps an anchor or alias.
    fn anchored(&mut self, value: String) -> String {
        if !self.anchors || self.chance(4) {
            return value;
        }
        if let Some(anchor) = self.known.get(&value) {
            return format!("*{anchor}");
        }
        let anchor = format!("v{}", self.known.len());
        self.known.insert(value.clone(), anchor.clone());
        format!("&{anchor} {value}")
    }

    fn inline(&mut self, value: &Value, flow: bool, lines: bool) -> String {
        let text = match value {
            Value::Null => "null".to_owned(),
            Value::Text(text) => self.scalar(text, flow),
            Value::Whole(number) => number.to_string(),
            Value::Boolean(value) => value.to_string(),
            Value::Texts(Texts { items, instead: _ }) => {
                let items: Vec<String> = items.iter().map(|item| self.scalar(item, true)).map(|item| self.anchored(item)).collect();
                self.joined('[', ']', &items, lines)
            }
            Value::Items(table, items) => {
                let items: Vec<String> =
                    items.iter().map(|item| self.flow_mapping(table, item, lines)).map(|item| self.anchored(item)).collect();
                self.joined('[', ']', &items, lines)
            }
        };
        self.anchored(text)
    }

    fn joined(&mut self, open: char, close: char, items: &[String], lines: bool) -> String {
        if items.is_empty() {
            return [format!("{open}{close}"), format!("{open} {close}")][self.rng.usize(..2)].clone();
        }
        // Never more to the left than what surrounds it.
        let indent = " ".repeat(30);
        match self.rng.u8(..8) {
            0 if lines => {
                let mut out = format!("{open}\n");
                for (index, item) in items.iter().enumerate() {
                    let comma = if index + 1 < items.len() || self.chance(3) { "," } else { "" };
                    let _ = write!(out, "{indent}{item}{comma}");
                    self.end_of_line(&mut out);
                }
                format!("{out}{indent}{close}")
            }
            1 if lines => format!("{open}{}\n{indent}{close}", items.join(&format!(",\n{indent}"))),
            2 => format!("{open} {} {close}", items.join(" , ")),
            3 => format!("{open}{}, {close}", items.join(", ")),
            _ => format!("{open}{}{close}", items.join(", ")),
        }
    }

    fn flow_mapping(&mut self, table: &'static Table, fields: &Fields, lines: bool) -> String {
        let mut fields = fields.clone();
        self.rng.shuffle(&mut fields);
        let pairs: Vec<String> =
            fields.iter().map(|(key, value)| format!("{}: {}", self.key(table, key), self.inline(value, true, lines))).collect();
        self.joined('{', '}', &pairs, lines)
    }

    /// Lines of a mapping; `first` is what stands before its first key.
    fn block_mapping(&mut self, out: &mut String, table: &'static Table, fields: &Fields, column: usize, first: &str) {
        let mut fields = fields.clone();
        self.rng.shuffle(&mut fields);
        for (index, (key, value)) in fields.iter().enumerate() {
            if index == 0 {
                out.push_str(first);
            } else {
                self.comment(out, column);
            }
            if index > 0 || first.is_empty() {
                let _ = write!(out, "{}", " ".repeat(column));
            }
            let _ = write!(out, "{}:", self.key(table, key));
            self.block_value(out, value, column);
        }
        // Absent and null are one.
        let absent = table.keys.iter().find(|key| !key.required && fields.iter().all(|(own, _)| own.name != key.name));
        if let Some(key) = absent.filter(|_| self.chance(1)) {
            let _ = write!(out, "{}{}:{}", " ".repeat(column), self.key(table, key), ["", " ~", " null"][self.rng.usize(..3)]);
            self.end_of_line(out);
        }
    }

    fn block_value(&mut self, out: &mut String, value: &Value, column: usize) {
        let in_lines = !self.chance(self.flow);
        match value {
            Value::Text(text) if in_lines && self.rng.bool() && emit::literal(text, column + 2, "\n").is_some() => {
                let indent = column + [1, 2, 4][self.rng.usize(..3)];
                let block = emit::literal(text, indent, "\n").expect("checked");
                let block = match self.rng.u8(..4) {
                    // Kept line ends are content.
                    0 if block.starts_with("|\n") => block.replacen('|', "|+", 1),
                    1 => block.replacen('\n', " # header\n", 1),
                    _ => block,
                };
                let _ = writeln!(out, " {block}");
                if !block.starts_with("|+") && self.chance(3) {
                    out.push('\n');
                }
            }
            Value::Texts(Texts { items, instead: _ }) if in_lines && !items.is_empty() => {
                let dashes = column + self.offset;
                self.end_of_line(out);
                for item in items {
                    self.comment(out, dashes);
                    let item = self.scalar(item, false);
                    let item = self.anchored(item);
                    let _ = write!(out, "{}- {item}", " ".repeat(dashes));
                    self.end_of_line(out);
                }
                if self.comments && self.chance(1) {
                    let _ = writeln!(out, "{}# after a list", " ".repeat(dashes + 1));
                }
            }
            Value::Items(table, items) if in_lines && !items.is_empty() => {
                let dashes = column + self.offset;
                let merged = self.merged(items, out, dashes);
                for (item, merged) in items.iter().zip(merged) {
                    self.comment(out, dashes);
                    let start = format!("{}-{}", " ".repeat(dashes), " ".repeat(self.dash - 1));
                    match merged {
                        Some((start_of_item, fields)) => {
                            let inner = " ".repeat(dashes + self.dash);
                            self.block_mapping(out, table, &fields, dashes + self.dash, &format!("{start}{start_of_item}\n{inner}"));
                        }
                        None if self.chance(self.flow) => {
                            let item = self.flow_mapping(table, item, true);
                            let item = self.anchored(item);
                            let _ = write!(out, "{start}{item}");
                            self.end_of_line(out);
                        }
                        None => self.block_mapping(out, table, item, dashes + self.dash, &start),
                    }
                }
            }
            Value::Null | Value::Text(_) | Value::Whole(_) | Value::Boolean(_) | Value::Texts(_) | Value::Items(..) => {
                let value = self.inline(value, false, true);
                let _ = write!(out, " {value}");
                self.end_of_line(out);
            }
        }
    }

    /// Some items take keys from the one before by a merge key: for those, what stands at the dash and which
    /// keys are their own.
    fn merged(&mut self, items: &[Fields], out: &mut String, _dashes: usize) -> Vec<Option<(String, Fields)>> {
        self.end_of_line(out);
        let mut plans: Vec<Option<(String, Fields)>> = vec![None; items.len()];
        if !self.anchors || items.len() < 2 || self.rng.bool() {
            return plans;
        }
        let base = &items[0];
        let anchor = format!("m{}", self.known.len());
        self.known.insert(format!("merged {anchor}"), anchor.clone());
        plans[0] = Some((format!("&{anchor}"), base.clone()));
        for (plan, item) in plans[1..].iter_mut().zip(&items[1..]) {
            // What the base has and the item lacks would show.
            let has = |key: &str| item.iter().any(|(own, _)| own.name == key);
            if self.chance(3) || base.iter().any(|(key, _)| !has(key.name)) {
                continue;
            }
            let same = |key: &str, value: &Value| {
                base.iter().any(|(other, others)| other.name == key && format!("{others:?}") == format!("{value:?}"))
            };
            let own: Fields = item.iter().filter(|(key, value)| !same(key.name, value)).cloned().collect();
            if !own.is_empty() {
                *plan = Some((format!("<<: *{anchor}"), own));
            }
        }
        plans
    }
}
