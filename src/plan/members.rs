//! Which experiences a managed suite is to hold.

use super::comparison::Comparison;
use super::matching::Target;
use super::{ExperienceRef, Unlisted};
use crate::config::brief;
use crate::desired::DesiredSuite;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::ids::{ExperienceId, ExperienceName, SuiteName};
use crate::near::Suggester;
use crate::source::Origin;

/// The members of a suite in the outcome.
#[derive(Debug, Default)]
pub(super) struct Members<'a> {
    /// Those that exist, with their names in the outcome, by ID.
    existing: Vec<(ExperienceId, &'a ExperienceName)>,
    /// Those that the plan creates, by name.
    new: Vec<&'a ExperienceName>,
}

impl<'a> Members<'a> {
    /// Finds the experiences that a suite lists, and reports those that it cannot hold.
    pub(super) fn resolve(
        comparison: &Comparison<'a>,
        suite: (&'a SuiteName, &'a DesiredSuite),
        near: &mut Suggester,
        problems: &mut Diagnostics,
    ) -> Self {
        let mut members = Self::default();
        for (name, origin) in &suite.1.experiences {
            match comparison.matching.entry_named(name) {
                Some(entry) if !entry.wants_live() => problems.push(archived_entry(suite.0, name, *origin, entry.desired.origin)),
                Some(entry) => match entry.target {
                    Target::Existing(id, _) => members.existing.push((id, entry.name)),
                    Target::New => members.new.push(entry.name),
                    Target::Nothing | Target::Unknown => {}
                },
                None => match unlisted(comparison, name) {
                    [(name, id)] => members.existing.push((*id, name)),
                    [] => problems.push(unknown(comparison, suite.0, name, *origin, near)),
                    several => problems.push(ambiguous(suite.0, name, *origin, several)),
                },
            }
        }
        members.existing.sort_unstable();
        members
    }

    pub(super) fn is_empty(&self) -> bool {
        self.existing.is_empty() && self.new.is_empty()
    }

    /// Whether an existing experience is among them.
    pub(super) fn contains(&self, id: ExperienceId) -> bool {
        self.existing.binary_search_by_key(&id, |(member, _)| *member).is_ok()
    }

    /// Those that are not members yet, as `holds` tells of the existing ones.
    pub(super) fn lacking(&self, holds: impl Fn(ExperienceId) -> bool) -> impl Iterator<Item = ExperienceRef> {
        let existing = self.existing.iter().filter(move |(id, _)| !holds(*id));
        let existing = existing.map(|(id, name)| ExperienceRef::Existing { name: (*name).clone(), id: *id });
        existing.chain(self.new.iter().map(|name| ExperienceRef::New { name: (*name).clone() }))
    }
}

/// Live ones that the config does not list; a suite may name them only where all of them stay.
fn unlisted<'c, 'a>(comparison: &'c Comparison<'a>, name: &ExperienceName) -> &'c [(&'a ExperienceName, ExperienceId)] {
    match comparison.policy.unlisted {
        Unlisted::Keep => comparison.outcome.left_alone_named(name),
        Unlisted::Archive | Unlisted::ArchiveTagged(_) => &[],
    }
}

fn archived_entry(suite: &SuiteName, name: &ExperienceName, origin: Origin, entry: Origin) -> Diagnostic {
    let message = format!("test suite `{}` lists `{}`, which is to be archived", brief(suite.as_str()), brief(name.as_str()));
    let diagnostic = Diagnostic::error(Code::ArchivedMember, origin, message).at(entry, "this entry says `archived: true`");
    diagnostic.help("take it out of the suite, or remove `archived: true`")
}

fn ambiguous(suite: &SuiteName, name: &ExperienceName, origin: Origin, several: &[(&ExperienceName, ExperienceId)]) -> Diagnostic {
    let ids: Vec<String> = several.iter().map(|(_, id)| id.to_string()).collect();
    let (suite, name) = (brief(suite.as_str()), brief(name.as_str()));
    let message = format!("test suite `{suite}` lists `{name}`, and {} live experiences have that name: {}", ids.len(), ids.join(", "));
    Diagnostic::error(Code::UnknownMember, origin, message).help("add an entry with the `experienceID` of the one that is meant")
}

fn unknown(comparison: &Comparison<'_>, suite: &SuiteName, name: &ExperienceName, origin: Origin, near: &mut Suggester) -> Diagnostic {
    let (suite, shown) = (brief(suite.as_str()), brief(name.as_str()));
    let report = |what: &str| Diagnostic::error(Code::UnknownMember, origin, format!("test suite `{suite}` lists `{shown}`, {what}"));
    let today = comparison.named_today(name);
    let renamed = today.iter().filter_map(|(_, id)| comparison.matching.entry_of(*id)).find(|entry| entry.wants_live());
    if let Some(entry) = renamed {
        return report("which gets another name")
            .at(entry.desired.origin, "this entry renames it")
            .help(format!("list it under its new name, `{}`", brief(entry.name.as_str())));
    }
    if !today.is_empty() {
        return report("which the config does not list").help("add an entry of that name, or take it out of the suite");
    }
    let listed = comparison.desired.experiences.keys();
    let left_alone = comparison.outcome.left_alone.iter().map(|(name, _)| *name);
    let diagnostic = report("which neither the config nor ReSim has");
    match near.nearest(name.as_str(), listed.chain(left_alone).map(ExperienceName::as_str)) {
        Some(nearest) => diagnostic.help(format!("did you mean `{}`?", brief(nearest))),
        None => diagnostic.help("add an entry of that name, or take it out of the suite"),
    }
}
