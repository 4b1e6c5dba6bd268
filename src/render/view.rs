//! One view of a plan and of a report, from which every renderer writes.
//!
//! Made from the domain types with everything that must stay hidden already gone, but not escaped: names
//! and values are untrusted text, to be made inert for the medium at the last moment. Holds no layout.

mod fields;
mod notes;
mod report;
mod verification;

use std::collections::BTreeMap;

pub use fields::{CustomFieldDiff, CustomFieldView, FieldDiff, FieldView, Shown, VariableDiff};
pub use notes::{NoteView, NoteWeight, RefusalView, archive_reason, percent};
pub use report::{ActionRow, ForeignView, OutcomeCounts, OutcomeKind, ReportView, SubjectKind, SubjectView, WriteKind};
pub use verification::{ResidueView, VerificationKind, VerificationView};

use super::sentence::Sentence;
use crate::ids::ExperienceName;
use crate::plan::{
    ArchiveReason, Counts, ExperienceAction, ExperienceChange, ExperienceRef, Plan, SuiteAction, SuiteChange, SystemChange, TagChange,
};
use crate::snapshot::Project;
use crate::source::{Origin, Sources};

/// Stands for a value that must not be shown.
pub const HIDDEN: &str = "(hidden, changed)";

/// Which values of environment variables are shown (`--show-values`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShowValues {
    /// Every value, those that look secret too, wherever they stand.
    All,
    /// Those that do not look secret.
    #[default]
    Safe,
    /// None.
    None,
}

/// A project, for display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectView {
    /// Its UUID.
    pub id: String,
    /// Its name; untrusted.
    pub name: String,
}

impl ProjectView {
    fn new(project: &Project) -> Self {
        let Project { id, name } = project;
        Self { id: id.to_string(), name: name.clone() }
    }
}

/// A place in a config file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// As given by the user; untrusted.
    pub path: String,
    /// From 1.
    pub line: usize,
}

impl Place {
    pub(crate) fn new(sources: &Sources, origin: Origin) -> Self {
        let source = sources.get(origin.source);
        Self { path: source.path.clone(), line: source.line_of(origin.span.start) }
    }
}

/// Everything that can be said about a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanView {
    /// The project it is for.
    pub project: ProjectView,
    /// In lower-case hexadecimal.
    pub digest: String,
    /// The numbers of the summary line.
    pub counts: Counts,
    /// Why the plan must not be applied as it is, if so.
    pub refusal: Option<RefusalView>,
    /// What exceeds the limit of archives, where a reviewer permitted it.
    pub permitted: Option<Sentence>,
    /// By kind of action in the order of [`ActionKind`], then by name.
    pub experiences: Vec<ExperienceRow>,
    /// By name.
    pub tags: Vec<TagRow>,
    /// By name.
    pub systems: Vec<SystemRow>,
    /// By name.
    pub suites: Vec<SuiteRow>,
    /// Warnings first.
    pub notes: Vec<NoteView>,
    /// Live experiences that the config does not list and that stay, by name.
    pub left_alone: Vec<String>,
    /// Live experiences that stay as they are in every respect.
    pub unchanged: usize,
    /// Live experiences before the plan.
    pub live_before: usize,
}

/// What happens to an experience, destructive first: the order in which rows are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActionKind {
    /// A live one is archived.
    Archive,
    /// A live one gets another name, whatever else changes.
    Rename,
    /// An archived one becomes live.
    Restore,
    /// Fields of a live one change.
    Update,
    /// A new one.
    Create,
}

impl ActionKind {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [Self::Archive, Self::Rename, Self::Restore, Self::Update, Self::Create];

    /// The word for people and programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Rename => "rename",
            Self::Restore => "restore",
            Self::Update => "update",
            Self::Create => "create",
        }
    }
}

/// One experience that changes in more than its memberships.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExperienceRow {
    /// What happens.
    pub kind: ActionKind,
    /// In the outcome; for an archived one its present name.
    pub name: String,
    /// Before, if it is renamed; a restored one can be renamed too.
    pub renamed_from: Option<String>,
    /// `None` for a new one.
    pub id: Option<String>,
    /// Why it is archived.
    pub reason: Option<ArchiveReason>,
    /// The config entry; `None` where the config does not list it.
    pub place: Option<Place>,
    /// What changes, the name apart; for a new one what it begins with. May be empty.
    pub fields: Vec<FieldView>,
    /// Tags put on it, by name; they are in [`PlanView::tags`] too.
    pub tags_added: Vec<String>,
    /// Tags taken off it, by name; they are in [`PlanView::tags`] too.
    pub tags_removed: Vec<String>,
    /// Systems it is registered with, by name; they are in [`PlanView::systems`] too.
    pub systems_added: Vec<String>,
}

/// One tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagRow {
    /// Its name.
    pub name: String,
    /// Its UUID, or `None` if the plan creates it.
    pub id: Option<String>,
    /// Whether the config manages it; others are only ever added.
    pub managed: bool,
    /// Experiences that get it, by name.
    pub added: Vec<String>,
    /// Experiences that lose it, by name.
    pub removed: Vec<String>,
}

/// One system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemRow {
    /// Its name.
    pub name: String,
    /// Its UUID.
    pub id: String,
    /// Experiences registered with it, by name.
    pub added: Vec<String>,
}

/// What happens to a suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SuiteKind {
    /// A new one.
    Create,
    /// An archived one becomes live.
    Restore,
    /// A new revision of a live one.
    Revise,
}

impl SuiteKind {
    /// The word for people and programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Restore => "restore",
            Self::Revise => "revise",
        }
    }
}

/// One managed suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuiteRow {
    /// Its name.
    pub name: String,
    /// What happens.
    pub kind: SuiteKind,
    /// Its UUID, or `None` if the plan creates it.
    pub id: Option<String>,
    /// For a new one, the name of its system.
    pub system: Option<String>,
    /// For a new one.
    pub description: Option<Shown>,
    /// Its revision today.
    pub revision: Option<i64>,
    /// Members before.
    pub size_before: usize,
    /// Members in the outcome.
    pub size_after: usize,
    /// Members gained, by name.
    pub added: Vec<String>,
    /// Members lost that stay live, by name.
    pub removed: Vec<String>,
    /// Members lost because the plan archives them, by name.
    pub archived: Vec<String>,
    /// The config entry.
    pub place: Place,
}

/// The tags and systems of one experience that change.
#[derive(Default)]
struct Memberships {
    tags_added: Vec<String>,
    tags_removed: Vec<String>,
    systems_added: Vec<String>,
}

impl PlanView {
    /// Looks at a plan; `digest` is [`crate::plan::digest`] of it, `sources` the files it was made from.
    pub fn new(plan: &Plan, digest: &str, sources: &Sources, show: ShowValues) -> Self {
        let counts = plan.counts();
        let Plan { project, experiences, tags, systems, suites, notes, left_alone, unchanged, live_before, refusal, permitted } = plan;
        let mut memberships = memberships(tags, systems);
        let mut rows: Vec<ExperienceRow> = experiences
            .iter()
            .map(|change| experience_row(change, memberships.remove(&change.name).unwrap_or_default(), sources, show))
            .collect();
        // Stable: the plan's order by name stays.
        rows.sort_by_key(|row| row.kind);
        let archived: Vec<String> = rows.iter().filter(|row| row.kind == ActionKind::Archive).map(|row| row.name.clone()).collect();
        let mut notes: Vec<NoteView> = notes.iter().map(|note| NoteView::new(note, sources, show)).collect();
        notes.sort_by_key(|note| note.weight);
        Self {
            project: ProjectView::new(project),
            digest: digest.to_owned(),
            counts,
            refusal: refusal.as_ref().map(|refusal| RefusalView::new(refusal, archived)),
            permitted: permitted.as_ref().map(notes::exceeds),
            experiences: rows,
            tags: tags.iter().map(tag_row).collect(),
            systems: systems.iter().map(system_row).collect(),
            suites: suites.iter().map(|suite| suite_row(suite, sources, show)).collect(),
            notes,
            left_alone: left_alone.iter().map(ToString::to_string).collect(),
            unchanged: *unchanged,
            live_before: *live_before,
        }
    }

    /// Whether there is nothing to apply.
    pub fn is_empty(&self) -> bool {
        self.experiences.is_empty() && self.tags.is_empty() && self.systems.is_empty() && self.suites.is_empty()
    }

    /// The rows of one kind, by name.
    pub fn of_kind(&self, kind: ActionKind) -> impl Iterator<Item = &ExperienceRow> {
        self.experiences.iter().filter(move |row| row.kind == kind)
    }

    /// The counts in words, zero ones left out, destructive first, one text for experiences, tags, systems
    /// and suites each: `2 archives, 1 create`, `1 tag removed` …
    pub fn count_groups(&self) -> Vec<String> {
        notes::count_groups(&self.counts)
    }

    /// The first sentence of every rendering: what the plan comes to.
    pub fn headline(&self) -> Sentence {
        notes::headline(self)
    }
}

fn memberships<'a>(tags: &'a [TagChange], systems: &'a [SystemChange]) -> BTreeMap<&'a ExperienceName, Memberships> {
    let mut found: BTreeMap<&ExperienceName, Memberships> = BTreeMap::new();
    for tag in tags {
        for member in &tag.added {
            found.entry(member.name()).or_default().tags_added.push(tag.name.to_string());
        }
        for member in &tag.removed {
            found.entry(member.name()).or_default().tags_removed.push(tag.name.to_string());
        }
    }
    for system in systems {
        for member in &system.added {
            found.entry(member.name()).or_default().systems_added.push(system.name.to_string());
        }
    }
    found
}

fn experience_row(change: &ExperienceChange, memberships: Memberships, sources: &Sources, show: ShowValues) -> ExperienceRow {
    let ExperienceChange { name, action, origin } = change;
    let Memberships { tags_added, tags_removed, systems_added } = memberships;
    let (kind, id, reason, changes) = match action {
        ExperienceAction::Archive { id, reason } => (ActionKind::Archive, Some(id), Some(*reason), None),
        ExperienceAction::Update { id, fields } => {
            let kind = if fields.renamed_from().is_some() { ActionKind::Rename } else { ActionKind::Update };
            (kind, Some(id), None, Some(fields))
        }
        ExperienceAction::Restore { id, fields } => (ActionKind::Restore, Some(id), None, fields.as_ref()),
        ExperienceAction::Create { settings: _ } => (ActionKind::Create, None, None, None),
    };
    let fields = match action {
        ExperienceAction::Create { settings } => fields::of_new(settings, show),
        ExperienceAction::Archive { .. } | ExperienceAction::Update { .. } | ExperienceAction::Restore { .. } => {
            changes.into_iter().flat_map(|changes| changes.iter()).filter_map(|change| FieldView::new(change, show)).collect()
        }
    };
    ExperienceRow {
        kind,
        name: name.to_string(),
        renamed_from: changes.and_then(|changes| changes.renamed_from()).map(ToString::to_string),
        id: id.map(ToString::to_string),
        reason,
        place: origin.map(|origin| Place::new(sources, origin)),
        fields,
        tags_added,
        tags_removed,
        systems_added,
    }
}

fn names<'a>(members: impl IntoIterator<Item = &'a ExperienceRef>) -> Vec<String> {
    let mut names: Vec<String> = members.into_iter().map(|member| member.name().to_string()).collect();
    // The sets put experiences that exist before new ones.
    names.sort();
    names
}

fn tag_row(change: &TagChange) -> TagRow {
    let TagChange { name, id, managed, added, removed } = change;
    TagRow { name: name.to_string(), id: id.map(|id| id.to_string()), managed: *managed, added: names(added), removed: names(removed) }
}

fn system_row(change: &SystemChange) -> SystemRow {
    let SystemChange { name, id, added } = change;
    SystemRow { name: name.to_string(), id: id.to_string(), added: names(added) }
}

fn suite_row(change: &SuiteChange, sources: &Sources, show: ShowValues) -> SuiteRow {
    let SuiteChange { name, action, size_before, members, added, removed, archived, origin } = change;
    let (kind, id, system, description, revision) = match action {
        SuiteAction::Create { system: _, system_name, description } => {
            (SuiteKind::Create, None, Some(system_name.to_string()), Some(fields::text(description, show)), None)
        }
        SuiteAction::Restore { id, revision, revise: _ } => (SuiteKind::Restore, Some(id), None, None, Some(*revision)),
        SuiteAction::Revise { id, revision } => (SuiteKind::Revise, Some(id), None, None, Some(*revision)),
    };
    SuiteRow {
        name: name.to_string(),
        kind,
        id: id.map(ToString::to_string),
        system,
        description,
        revision,
        size_before: *size_before,
        size_after: members.len(),
        added: names(added),
        removed: names(removed),
        archived: names(archived),
        place: Place::new(sources, *origin),
    }
}

#[cfg(test)]
mod tests;
