//! A mapping's keys with aliases followed and merge keys (`<<`) applied, matched with their table.
//!
//! Own keys win over merged ones, earlier merged mappings over later ones. Work behind aliases is
//! limited by a budget, so that a small file cannot cost more than a large one. Nothing recurses.

use std::collections::BTreeMap;

use yaml_events::ScalarStyle;

use super::keys::{MAX_KEYS, TABLES, Table};
use super::problems::Problems;
use super::scalar;
use super::yaml::{Content, Document, NodeId};
use crate::diagnostics::{Code, Diagnostic};
use crate::ids::{SystemName, TagName};
use crate::source::Origin;

/// Reads one document, charging each visit of a node.
pub(crate) struct Reader<'a> {
    pub(crate) document: &'a Document,
    pub(crate) problems: &'a mut Problems,
    budget: usize,
    /// What unknown keys were taken for: an anchored mapping may be merged many times.
    judged: BTreeMap<(&'static str, NodeId), Option<usize>>,
    /// Every tag and system so far: a few names, listed by every entry.
    tags: BTreeMap<&'a str, TagName>,
    systems: BTreeMap<&'a str, SystemName>,
}

/// The value of a key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) key: NodeId,
    pub(crate) value: NodeId,
}

/// A mapping's values by the index of their key in the table.
pub(crate) struct Fields {
    slots: [Option<Slot>; MAX_KEYS],
    /// Where the mapping begins: its first key.
    pub(crate) start: Origin,
    /// Whether merge keys brought values in.
    pub(crate) merged: bool,
}

impl Fields {
    /// The value of a key, null included.
    pub(crate) fn slot(&self, index: usize) -> Option<Slot> {
        self.slots[index]
    }
}

/// What a scalar node says, after its tag.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scalar<'a> {
    /// Null.
    Null,
    /// Text as written and how.
    Text(&'a str, ScalarStyle),
}

/// A scalar's meaning, aliases followed, or `None` for a list or mapping.
pub(crate) fn scalar_of(document: &Document, node: NodeId) -> Option<Scalar<'_>> {
    let node = document.resolve(node);
    let Content::Scalar { text, style } = document.content(node) else { return None };
    Some(match document.tag(node) {
        Some("!!null") => Scalar::Null,
        Some("!!str" | "!") => Scalar::Text(text, ScalarStyle::DoubleQuoted),
        Some("!!bool" | "!!int" | "!!float") => Scalar::Text(text, ScalarStyle::Plain),
        Some(_) => Scalar::Text(text, style),
        None if scalar::is_null(text, style) => Scalar::Null,
        None => Scalar::Text(text, style),
    })
}

impl<'a> Reader<'a> {
    /// Prepares to read a document.
    pub(crate) fn new(document: &'a Document, problems: &'a mut Problems) -> Self {
        let nodes = document.len();
        // Each node once for itself, and room for what aliases and merge keys repeat.
        let budget = 1_000_000 + 2 * nodes + (2 * nodes).min(2_000_000);
        Self { document, problems, budget, judged: BTreeMap::new(), tags: BTreeMap::new(), systems: BTreeMap::new() }
    }

    pub(crate) fn tag(&mut self, name: &'a str) -> TagName {
        self.tags.entry(name).or_insert_with(|| TagName::new(name)).clone()
    }

    pub(crate) fn system(&mut self, name: &'a str) -> SystemName {
        self.systems.entry(name).or_insert_with(|| SystemName::new(name)).clone()
    }

    /// Counts one visit; `false` when there were too many, which is reported once.
    pub(crate) fn charge(&mut self, at: NodeId) -> bool {
        if self.budget == 0 || self.problems.is_full() {
            return false;
        }
        self.budget -= 1;
        if self.budget == 0 {
            let diagnostic =
                Diagnostic::error(Code::AliasLimit, self.document.origin(at), "aliases and merge keys expand to more than is allowed");
            self.problems.push(diagnostic.help("write the repeated parts out, or split the config into several files"));
        }
        self.budget > 0
    }

    /// What a node is, aliases followed.
    pub(crate) fn content(&self, node: NodeId) -> Content<'a> {
        self.document.content(self.document.resolve(node))
    }

    /// A scalar's meaning, or `None` for a list or mapping.
    pub(crate) fn scalar(&self, node: NodeId) -> Option<Scalar<'a>> {
        scalar_of(self.document, node)
    }

    /// Whether a node is null.
    pub(crate) fn is_null(&self, node: NodeId) -> bool {
        matches!(self.scalar(node), Some(Scalar::Null))
    }

    /// An error at a node; where that is an alias, what it stands for is shown too.
    pub(crate) fn error(&self, code: Code, node: NodeId, message: impl Into<String>, label: impl Into<String>) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(code, self.document.origin(node), message);
        diagnostic.labels[0].text = label.into();
        let target = self.document.resolve(node);
        if target == node { diagnostic } else { diagnostic.at(self.document.origin(target), "the alias stands for this") }
    }

    /// The values of a mapping by key of `table`; unknown and doubled keys are reported. `None` if the
    /// node is no mapping (not reported) or the budget is spent.
    pub(crate) fn fields(&mut self, table: &'static Table, node: NodeId) -> Option<Fields> {
        let root = self.document.resolve(node);
        let Content::Mapping { entries, .. } = self.content(root) else { return None };
        let start = entries.first().map_or_else(|| self.document.origin(node), |(key, _)| self.document.origin(*key));
        let mut fields = Fields { slots: [None; MAX_KEYS], start, merged: false };
        // What an unknown key was probably meant to be: read as such, so that no other message follows from it.
        let mut meant = Vec::new();
        let mut pending = Vec::new();
        let mut next = Some(root);
        while let Some(mapping) = next {
            let Content::Mapping { entries, .. } = self.content(mapping) else { break };
            let mut own: [Option<NodeId>; MAX_KEYS] = [None; MAX_KEYS];
            let mut merges = Vec::new();
            for (key, value) in entries {
                if !self.charge(node) {
                    return None;
                }
                let Content::Scalar { text, style } = self.content(*key) else {
                    let diagnostic = self.error(Code::UnknownKey, *key, format!("a key of {} must be text", table.noun), "");
                    self.problems.push(diagnostic);
                    continue;
                };
                if text == "<<" && matches!(style, ScalarStyle::Plain) {
                    self.merge_sources(*value, &mut merges);
                    continue;
                }
                let slot = Slot { key: *key, value: *value };
                let Some(index) = table.index(text) else {
                    if !(table.extensions && text.starts_with("x-")) {
                        meant.extend(self.unknown_key(table, text, *key).map(|index| (index, slot)));
                    }
                    continue;
                };
                match own[index] {
                    Some(first) => self.both_spellings(first, *key),
                    None => own[index] = Some(*key),
                }
                fields.slots[index].get_or_insert(slot);
            }
            fields.merged |= !merges.is_empty();
            pending.extend(merges.into_iter().rev());
            next = pending.pop();
        }
        for (index, slot) in meant {
            fields.slots[index].get_or_insert(slot);
        }
        Some(fields)
    }

    /// The mappings that a merge key brings in, in order of precedence.
    fn merge_sources(&mut self, value: NodeId, sources: &mut Vec<NodeId>) {
        let candidates = match self.content(value) {
            Content::Sequence { items, .. } => items.to_vec(),
            Content::Mapping { .. } | Content::Scalar { .. } | Content::Alias(_) => vec![value],
        };
        for candidate in candidates {
            if !self.charge(candidate) {
                return;
            }
            if let Content::Mapping { .. } = self.content(candidate) {
                sources.push(self.document.resolve(candidate));
            } else {
                let message = "`<<` merges mappings, and this is none";
                let diagnostic = self.error(Code::WrongType, candidate, message, format!("this is {}", self.describe(candidate)));
                let diagnostic = if candidate == value { diagnostic } else { diagnostic.at(self.document.origin(value), "merged here") };
                self.problems.push(diagnostic.help("name the anchor of a mapping, `<<: *base`, or a list of such, `<<: [*base, *more]`"));
            }
        }
    }

    fn both_spellings(&mut self, first: NodeId, second: NodeId) {
        let text = |id| match self.content(id) {
            Content::Scalar { text, .. } => text,
            Content::Sequence { .. } | Content::Mapping { .. } | Content::Alias(_) => "",
        };
        let (one, other) = (text(first), text(second));
        // The same spelling twice is found for all mappings at once.
        if one != other {
            let diagnostic =
                self.error(Code::DuplicateKey, second, format!("`{one}` and `{other}` are two spellings of one key"), "again here");
            self.problems.push(diagnostic.at(self.document.origin(first), "first here").help("keep one of them"));
        }
    }

    /// Reports an unknown key; returns the key that was probably meant.
    fn unknown_key(&mut self, table: &'static Table, text: &str, key: NodeId) -> Option<usize> {
        let judged = (table.definition, self.document.resolve(key));
        if let Some(meant) = self.judged.get(&judged) {
            return *meant;
        }
        let meant = table.nearest(text);
        self.judged.insert(judged, meant);
        let diagnostic = self.error(Code::UnknownKey, key, format!("unknown key `{}` in {}", brief(text), table.noun), "");
        let elsewhere = || TABLES.iter().find(|other| other.index(text).is_some());
        let help = if let Some(index) = meant {
            format!("did you mean `{}`?", table.keys[index].name)
        } else if let Some(other) = elsewhere() {
            format!("`{text}` is a key of {}: check the indentation", other.noun)
        } else {
            let known: Vec<String> = table.keys.iter().map(|key| format!("`{}`", key.name)).collect();
            let keep = if table.extensions { "; a top-level key that begins with `x-` is ignored" } else { "" };
            format!("the keys are {}{keep}", known.join(", "))
        };
        self.problems.push(diagnostic.help(help));
        meant
    }

    /// What a value is, in words, with an article.
    pub(crate) fn describe(&self, node: NodeId) -> &'static str {
        match self.content(node) {
            Content::Sequence { .. } => "a list",
            Content::Mapping { .. } => "a mapping",
            Content::Alias(_) => "an alias",
            Content::Scalar { .. } => match self.scalar(node) {
                None | Some(Scalar::Null) => "empty (null)",
                Some(Scalar::Text(text, style)) if !matches!(style, ScalarStyle::Plain) => {
                    if text.is_empty() {
                        "the empty text"
                    } else {
                        "quoted text"
                    }
                }
                Some(Scalar::Text("true" | "True" | "TRUE" | "false" | "False" | "FALSE", _)) => "a boolean",
                Some(Scalar::Text(text, _)) if scalar::number(text).is_some() => "a number",
                Some(Scalar::Text(..)) => "text",
            },
        }
    }
}

/// Reports every key that stands twice in one mapping, in all mappings of a document.
pub(crate) fn report_duplicate_keys(document: &Document, problems: &mut Problems) {
    let mut keys: Vec<(&str, NodeId)> = Vec::new();
    for (_, node) in document.nodes() {
        let Content::Mapping { entries, .. } = node.content else { continue };
        keys.clear();
        keys.extend(entries.iter().filter_map(|(key, _)| match document.content(document.resolve(*key)) {
            Content::Scalar { text, .. } => Some((text, *key)),
            Content::Sequence { .. } | Content::Mapping { .. } | Content::Alias(_) => None,
        }));
        keys.sort();
        for same in keys.chunk_by(|(one, _), (other, _)| one == other) {
            let (text, first) = same[0];
            for (_, again) in &same[1..] {
                let help = if text == "<<" { "merge several mappings with a list: `<<: [*base, *more]`" } else { "keep one of them" };
                let message = format!("the key `{}` is there twice", brief(text));
                let mut diagnostic = Diagnostic::error(Code::DuplicateKey, document.origin(*again), message);
                diagnostic.labels[0].text = "again here".into();
                problems.push(diagnostic.at(document.origin(first), "first here").help(help));
            }
        }
    }
}

/// Reports tags that mean something to other programs only (`!include`): ignored, they would change what
/// the config says.
pub(crate) fn report_foreign_tags(document: &Document, problems: &mut Problems) {
    const KNOWN: [&str; 10] = ["!", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq", "!!merge", "!!timestamp"];
    for (id, tag) in document.tags().filter(|(_, tag)| !KNOWN.contains(tag)) {
        let message = format!("the tag `{}` is not supported", brief(tag));
        problems.push(
            Diagnostic::error(Code::WrongType, document.origin(id), message)
                .help("remove the tag; a text that begins with `!` needs quotes"),
        );
    }
}

/// A text short enough for a message.
pub(crate) fn brief(text: &str) -> String {
    const MAX: usize = 80;
    match text.char_indices().nth(MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
