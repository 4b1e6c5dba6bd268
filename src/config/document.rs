//! One file's top level: from its tree to the parts that are merged with other files' parts.

use super::entry::{Entry, listed};
use super::keys::CONFIG;
use super::problems::Problems;
use super::view::{Reader, report_duplicate_keys, report_foreign_tags};
use super::yaml::{Content, Document, NodeId};
use crate::desired::DesiredSuite;
use crate::diagnostics::Code;
use crate::ids::{SuiteName, TagName};
use crate::listed::Listed;
use crate::source::Origin;

/// What one file says.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) entries: Vec<Entry>,
    pub(crate) suites: Vec<(SuiteName, DesiredSuite)>,
    pub(crate) managed_tags: Listed<TagName>,
    /// The key `experiences` is there, with a value.
    pub(crate) has_experiences: bool,
    /// The key `experiences` is there, without a value.
    pub(crate) experiences_is_null: bool,
    /// The name and tags of every entry could be read: only then is an unknown member surely unknown.
    pub(crate) complete: bool,
    /// Where the file's content begins; where `experiences` is empty, that key.
    pub(crate) start: Option<Origin>,
}

/// Reads one file's tree.
pub(crate) fn read(document: &Document, problems: &mut Problems) -> Parts {
    report_duplicate_keys(document, problems);
    report_foreign_tags(document, problems);
    let mut reader = Reader::new(document, problems);
    match document.root() {
        Some(root) if !reader.is_null(root) => reader.top(root),
        Some(_) | None => Parts { complete: true, ..Parts::default() },
    }
}

impl Reader<'_> {
    fn top(&mut self, root: NodeId) -> Parts {
        let mut parts = Parts { complete: true, start: Some(self.document.origin(root)), ..Parts::default() };
        let Some(fields) = self.fields(&CONFIG, root) else {
            if !matches!(self.content(root), Content::Mapping { .. }) {
                let is = self.describe(root);
                let diagnostic =
                    self.error(Code::WrongType, root, "the config must be a mapping with the key `experiences`", format!("this is {is}"));
                let list = matches!(self.content(root), Content::Sequence { .. });
                let help = if list {
                    "put a line `experiences:` above the list"
                } else {
                    "begin with a line `experiences:`, and list the experiences below it"
                };
                self.problems.push(diagnostic.help(help));
            }
            // Whatever is missing now follows from this.
            return Parts { has_experiences: true, complete: false, ..parts };
        };
        parts.start = Some(fields.start);
        if let Some(slot) = fields.slot(CONFIG.known("experiences")).filter(|slot| self.is_null(slot.value)) {
            parts.start = Some(self.document.origin(slot.key));
            parts.experiences_is_null = true;
        }
        if let Some(field) = self.present(&CONFIG, &fields, "experiences") {
            parts.has_experiences = true;
            let items = self.items(field);
            parts.complete = items.is_some();
            for item in items.unwrap_or_default() {
                let entry = self.entry(item);
                parts.complete &= entry.as_ref().is_some_and(|entry| entry.name.is_some());
                parts.entries.extend(entry);
                if self.problems.is_full() {
                    parts.complete = false;
                    return parts;
                }
            }
        }
        if let Some(field) = self.present(&CONFIG, &fields, "managedTestSuites") {
            for item in self.items(field).unwrap_or_default() {
                let suite = self.suite(item);
                parts.suites.extend(suite);
            }
        }
        if let Some(field) = self.present(&CONFIG, &fields, "managedExperienceTags") {
            parts.managed_tags = listed(&self.names(field), TagName::new);
        }
        parts
    }
}
