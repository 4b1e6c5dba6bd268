//! From what the files mean to what they are to mean, by edits in place, checked before anyone may write them.
//!
//! An entry's keys can be others' too, by merge keys: what such an edit changes elsewhere is seen when the
//! edited files are read again, and overridden there. Each round leaves fewer keys that are not an entry's own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::check;
use super::editor::{Editor, Pair};
use super::lists::{Added, Fate};
use super::meaning::{EntryMeaning, Meaning, SuiteMeaning};
use super::pairs::Change;
use super::value::{Fields, Texts, Value, key};
use crate::config::keys::{CONFIG, EXPERIENCE, SUITE};
use crate::config::load::{LoadOptions, Loaded, load_texts};
use crate::config::problems::Problems;
use crate::config::view::Reader;
use crate::config::yaml::{Content, Document, NodeId};
use crate::ids::{ExperienceName, SuiteName, TagName};
use crate::source::{Source, SourceId};

/// Merges of merges need a round each; nobody nests them deeper.
const MAX_ROUNDS: usize = 8;

/// One file that edits changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEdit {
    /// As shown to people.
    pub path: String,
    /// The file to write to, symbolic links resolved.
    pub file: PathBuf,
    /// The text before; `None` where the file is new.
    pub old: Option<String>,
    /// The text after: valid, and checked to mean what was intended.
    pub new: String,
}

/// Why files could not be edited; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The config has errors, so that nobody knows what it means.
    #[error("the config has errors")]
    InvalidConfig,
    /// A file is written in a way that the editor does not handle.
    #[error("{path}: not edited, because its layout is beyond the editor: {what}")]
    Layout {
        /// The file as shown to people.
        path: String,
        /// Where it gave up.
        what: &'static str,
    },
    /// The edited files would not be valid.
    #[error("not edited, because the edited config would be refused: {0}")]
    Refused(String),
    /// The edited files would mean something else than was intended.
    #[error("not edited, because the edited config would not mean what was intended: {0}")]
    Differs(String),
    /// Another YAML parser reads the edited file otherwise.
    #[error("{path}: not edited, because another YAML parser reads the edited file otherwise: {what}")]
    Disagreement {
        /// The file as shown to people.
        path: String,
        /// What it reads otherwise.
        what: String,
    },
}

/// What becomes of a config.
pub(crate) struct Intent {
    /// By present name: what an entry is to mean, under which name; `None` takes it out.
    pub(crate) entries: BTreeMap<ExperienceName, Option<(ExperienceName, EntryMeaning)>>,
    /// By name: what a suite's entry is to mean; `None` takes it out.
    pub(crate) suites: BTreeMap<SuiteName, Option<SuiteMeaning>>,
    /// The managed tags that stay.
    pub(crate) managed_tags: BTreeSet<TagName>,
    /// New entries, in order.
    pub(crate) added: Vec<(ExperienceName, EntryMeaning)>,
    /// The file that gets them.
    pub(crate) add_to: SourceId,
}

impl Intent {
    /// Everything stays as it is.
    pub(crate) fn keep(meaning: &Meaning) -> Self {
        let Meaning { experiences, suites, managed_tags } = meaning;
        Self {
            entries: experiences.iter().map(|(name, entry)| (name.clone(), Some((name.clone(), entry.clone())))).collect(),
            suites: suites.iter().map(|(name, suite)| (name.clone(), Some(suite.clone()))).collect(),
            managed_tags: managed_tags.clone(),
            added: Vec::new(),
            add_to: SourceId(0),
        }
    }

    /// What the config is to mean in the end.
    pub(crate) fn outcome(&self) -> Meaning {
        let entries = self.entries.values().flatten().chain(&self.added);
        Meaning {
            experiences: entries.map(|(name, entry)| (name.clone(), entry.clone())).collect(),
            suites: self.suites.iter().filter_map(|(name, suite)| Some((name.clone(), suite.clone()?))).collect(),
            managed_tags: self.managed_tags.clone(),
        }
    }
}

/// Edits the files so that they mean what is intended; the result are those that changed, in order.
///
/// # Errors
/// An invalid config, a layout that cannot be edited in place, or an outcome that would not be what was
/// intended. Then no text is returned at all.
pub(crate) fn rewrite(loaded: &Loaded, mut intent: Intent, options: &LoadOptions) -> Result<Vec<FileEdit>, EditError> {
    let desired = loaded.desired.as_ref().ok_or(EditError::InvalidConfig)?;
    let outcome = intent.outcome();
    if Meaning::of(desired).difference(&outcome).is_none() {
        return Ok(Vec::new());
    }
    let mut edited = edit_all(loaded, &intent, options)?;
    for _ in 1..MAX_ROUNDS {
        if is_as_intended(&edited, &outcome) {
            return check_all(loaded, &edited);
        }
        intent = Intent::keep(&outcome);
        edited = edit_all(&edited, &intent, options)?;
    }
    if is_as_intended(&edited, &outcome) {
        return check_all(loaded, &edited);
    }
    Err(match &edited.desired {
        Some(desired) => EditError::Differs(Meaning::of(desired).difference(&outcome).unwrap_or_default()),
        None => check::refused(&edited),
    })
}

fn is_as_intended(edited: &Loaded, outcome: &Meaning) -> bool {
    edited.desired.as_ref().is_some_and(|desired| Meaning::of(desired).difference(outcome).is_none())
}

fn check_all(loaded: &Loaded, edited: &Loaded) -> Result<Vec<FileEdit>, EditError> {
    let mut changed = Vec::new();
    for ((id, before), (_, after)) in loaded.sources.iter().zip(edited.sources.iter()) {
        if before.text == after.text {
            continue;
        }
        check::agree(before, after, &edited.documents[id.0])?;
        changed.push(FileEdit {
            path: before.path.clone(),
            file: loaded.files[id.0].clone(),
            old: Some(before.text.to_string()),
            new: after.text.to_string(),
        });
    }
    Ok(changed)
}

fn edit_all(loaded: &Loaded, intent: &Intent, options: &LoadOptions) -> Result<Loaded, EditError> {
    if loaded.documents.len() != loaded.files.len() {
        return Err(check::refused(loaded));
    }
    let mut texts = Vec::new();
    for ((id, source), document) in loaded.sources.iter().zip(&loaded.documents) {
        let new = FileEditor { editor: Editor::new(document, source), source, intent }.edit(id == intent.add_to)?;
        texts.push((source.path.clone(), new));
    }
    Ok(load_texts(texts, options))
}

struct FileEditor<'a> {
    editor: Editor<'a>,
    source: &'a Source,
    intent: &'a Intent,
}

/// A top-level list with what surrounds it.
struct TopList {
    /// The key that holds the list itself.
    pair: Pair,
    /// The column of the key, `None` in braces.
    column: Option<usize>,
}

impl FileEditor<'_> {
    fn edit(mut self, adds: bool) -> Result<String, EditError> {
        let added: Vec<Fields> = if adds { self.intent.added.iter().map(|(name, entry)| entry.fields(name)).collect() } else { Vec::new() };
        match self.editor.document.root() {
            Some(root) if matches!(self.editor.content(root), Content::Mapping { .. }) => {
                self.experiences(root, &added)?;
                self.suites(root)?;
                self.managed_tags(root)?;
            }
            Some(_) if !added.is_empty() => return Err(self.layout("the file holds no mapping")),
            None if !added.is_empty() => {
                let text = self.editor.writer().pair(&CONFIG, key(&CONFIG, "experiences"), &Value::Items(&EXPERIENCE, added), 0);
                let end = self.source.text.len();
                self.editor.insert_lines(end, &text);
            }
            Some(_) | None => {}
        }
        let path = &self.source.path;
        self.editor.finish().map_err(|_| EditError::Layout { path: path.clone(), what: "two edits meet in one place" })
    }

    fn layout(&self, what: &'static str) -> EditError {
        EditError::Layout { path: self.source.path.clone(), what }
    }

    /// The list behind a top-level key, wherever an alias or merge key has it from.
    fn top_list(&self, root: NodeId, name: &'static str) -> Result<Option<TopList>, EditError> {
        let slot = self.editor.fields(&CONFIG, root).and_then(|fields| fields.slot(CONFIG.known(name)));
        let Some(slot) = slot else { return Ok(None) };
        let list = self.editor.document.resolve(slot.value);
        if !matches!(self.editor.content(list), Content::Sequence { .. }) {
            return Ok(None);
        }
        match holder(self.editor.document, list) {
            Some((mapping, pair)) => {
                let column = (!self.editor.is_flow(mapping)).then(|| self.editor.lines.column(self.editor.span(mapping).start));
                Ok(Some(TopList { pair, column }))
            }
            None => Err(self.layout("a top-level list stands in another list")),
        }
    }

    fn experiences(&mut self, root: NodeId, added: &[Fields]) -> Result<(), EditError> {
        let name = key(&CONFIG, "experiences");
        let Some(TopList { pair, column }) = self.top_list(root, "experiences")? else {
            if !added.is_empty() {
                self.editor.set_fields(root, &CONFIG, &[(name, Some(Value::Items(&EXPERIENCE, added.to_vec())))]);
            }
            return Ok(());
        };
        let document = self.editor.document;
        let mut problems = Problems::default();
        let mut reader = Reader::new(document, &mut problems);
        let mut fates = Vec::new();
        for item in self.editor.items(pair.value) {
            let entry = reader.entry(*item).and_then(|entry| Some((entry.name?, entry.experience)));
            let Some((name, experience)) = entry else { return Err(self.layout("an edited entry cannot be read")) };
            match self.intent.entries.get(&name) {
                Some(None) => fates.push(Fate::Remove),
                Some(Some((wanted_name, wanted))) => {
                    let mut changes: Vec<Change> = EntryMeaning::of(&experience).changes(wanted);
                    if *wanted_name != name {
                        changes.push((key(&EXPERIENCE, "name"), Some(Value::Text(wanted_name.as_str().to_owned()))));
                    }
                    self.editor.set_fields(*item, &EXPERIENCE, &changes);
                    fates.push(Fate::Keep);
                }
                None => return Err(self.layout("an edit changed the name of another entry")),
            }
        }
        self.editor.edit_list(pair, column, name, &fates, &Added::Mappings(&EXPERIENCE, added));
        Ok(())
    }

    fn suites(&mut self, root: NodeId) -> Result<(), EditError> {
        let Some(TopList { pair, column }) = self.top_list(root, "managedTestSuites")? else { return Ok(()) };
        let renamed: BTreeMap<String, String> = self
            .intent
            .entries
            .iter()
            .filter_map(|(before, after)| after.as_ref().filter(|(after, _)| after != before).map(|(after, _)| (before, after)))
            .map(|(before, after)| (before.as_str().to_owned(), after.as_str().to_owned()))
            .collect();
        let document = self.editor.document;
        let mut problems = Problems::default();
        let mut reader = Reader::new(document, &mut problems);
        let mut fates = Vec::new();
        for item in self.editor.items(pair.value) {
            let Some((name, suite)) = reader.suite(*item) else { return Err(self.layout("an edited suite cannot be read")) };
            match self.intent.suites.get(&name) {
                Some(None) => fates.push(Fate::Remove),
                Some(Some(wanted)) => {
                    let changes = SuiteMeaning::of(&suite).changes(wanted, &renamed);
                    self.editor.set_fields(*item, &SUITE, &changes);
                    fates.push(Fate::Keep);
                }
                None => return Err(self.layout("an edit changed the name of another suite")),
            }
        }
        self.editor.edit_list(pair, column, key(&CONFIG, "managedTestSuites"), &fates, &Added::Mappings(&SUITE, &[]));
        Ok(())
    }

    fn managed_tags(&mut self, root: NodeId) -> Result<(), EditError> {
        let Some(TopList { pair, column }) = self.top_list(root, "managedExperienceTags")? else { return Ok(()) };
        let current = self.editor.texts(pair.value);
        let stays = |text: &&str| self.intent.managed_tags.contains(&TagName::new(*text));
        let kept: Vec<&str> = current.iter().flatten().copied().filter(stays).collect();
        if kept.len() < current.len() {
            let name = key(&CONFIG, "managedExperienceTags");
            // Not the anchor's list, which others may use: this key's own one.
            let pair =
                self.editor.pairs(root).into_iter().find(|own| self.editor.document.resolve(own.value) == pair.value).unwrap_or(pair);
            self.editor.set_value(pair, column, name, &Value::Texts(Texts::of(kept)));
        }
        Ok(())
    }
}

/// The mapping and key that hold a value.
fn holder(document: &Document, value: NodeId) -> Option<(NodeId, Pair)> {
    document.nodes().find_map(|(id, node)| match node.content {
        Content::Mapping { entries, .. } => {
            entries.iter().find(|(_, held)| *held == value).map(|(key, value)| (id, Pair { key: *key, value: *value }))
        }
        Content::Scalar { .. } | Content::Sequence { .. } | Content::Alias(_) => None,
    })
}
