//! What an apply did, for display.

use super::verification::{VerificationKind, VerificationView, message, verification_view};
use super::{Place, ProjectView, ShowValues};
use crate::apply::{Action, EarlierRun, ForeignChange, ForeignChangeKind, Interrupt, Outcome, Report, Subject, Write};
use crate::render::sentence::{Sentence, count, thousands};
use crate::source::Sources;

/// Everything that can be said about an apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportView {
    /// The project.
    pub project: ProjectView,
    /// The digest of the plan that was applied, in lower-case hexadecimal.
    pub digest: String,
    /// Whether everything was done and the second read agrees.
    pub succeeded: bool,
    /// How the actions ended.
    pub counts: OutcomeCounts,
    /// In the order of the schedule.
    pub actions: Vec<ActionRow>,
    /// What others changed between the read and the writes.
    pub meanwhile: Vec<ForeignView>,
    /// What the second read said.
    pub verification: VerificationView,
    /// The signal that stopped the run, if one did.
    pub interrupted: Option<Interrupt>,
    /// Requests sent, reads and repeats included.
    pub requests: u64,
    /// How many of them were repeats.
    pub retries: u64,
    /// The runs before this one in its ledger, since the last that succeeded.
    pub earlier: Vec<EarlierRun>,
}

/// How many actions ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutcomeCounts {
    /// Done.
    pub done: usize,
    /// Refused.
    pub failed: usize,
    /// Not tried, because what they need did not end as done.
    pub blocked: usize,
    /// Not tried, because the run ended before.
    pub not_attempted: usize,
    /// Sent, but no answer came.
    pub unknown: usize,
}

impl OutcomeCounts {
    /// All actions.
    pub fn total(&self) -> usize {
        let Self { done, failed, blocked, not_attempted, unknown } = self;
        done + failed + blocked + not_attempted + unknown
    }
}

/// How an action ended, worst first: the order in which groups are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutcomeKind {
    /// Refused.
    Failed,
    /// Sent, but no answer came.
    Unknown,
    /// Not tried, because what it needs did not end as done.
    Blocked,
    /// Not tried, because the run ended before.
    NotAttempted,
    /// It is so.
    Done,
}

impl OutcomeKind {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [Self::Failed, Self::Unknown, Self::Blocked, Self::NotAttempted, Self::Done];

    /// The words for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Blocked => "blocked",
            Self::NotAttempted => "not attempted",
            Self::Done => "done",
        }
    }
}

/// What kind of thing an action is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubjectKind {
    /// An experience.
    Experience,
    /// A tag.
    Tag,
    /// A system.
    System,
    /// A suite.
    Suite,
}

impl SubjectKind {
    /// The word for people and programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Experience => "experience",
            Self::Tag => "tag",
            Self::System => "system",
            Self::Suite => "suite",
        }
    }
}

/// What an action is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SubjectView {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Its name in the outcome.
    pub name: String,
    /// An experience's UUID, if it has one.
    pub id: Option<String>,
}

/// One action, in one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionRow {
    /// What it is about.
    pub subject: SubjectView,
    /// What was to be done, for programs and for grouping rows.
    pub write: WriteKind,
    /// What was to be done, as a fragment: `archive`, `add to` and the experience, …
    pub what: Sentence,
    /// The experience of a membership.
    pub experience: Option<String>,
    /// What was to be done, as data.
    pub data: Write,
    /// How it ended.
    pub outcome: OutcomeKind,
    /// Why, or by what, or what was sent; untrusted.
    pub detail: Option<String>,
    /// The config entry behind it.
    pub place: Option<Place>,
}

/// What was to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WriteKind {
    /// An experience made live.
    Restore,
    /// A name in between.
    Park,
    /// The name changed, and perhaps more.
    Rename,
    /// Fields changed.
    Update,
    /// An experience created.
    Create,
    /// An experience archived.
    Archive,
    /// A tag created.
    CreateTag,
    /// A tag put on an experience.
    AddTag,
    /// A tag taken off an experience.
    RemoveTag,
    /// An experience registered with a system.
    Register,
    /// A suite created.
    CreateSuite,
    /// A suite made live.
    RestoreSuite,
    /// A suite's members revised.
    ReviseSuite,
}

impl WriteKind {
    /// The word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Restore => "restore",
            Self::Park => "park",
            Self::Rename => "rename",
            Self::Update => "update",
            Self::Create => "create",
            Self::Archive => "archive",
            Self::CreateTag => "create-tag",
            Self::AddTag => "add-tag",
            Self::RemoveTag => "remove-tag",
            Self::Register => "register",
            Self::CreateSuite => "create-suite",
            Self::RestoreSuite => "restore-suite",
            Self::ReviseSuite => "revise-suite",
        }
    }
}

/// Somebody else's change between the read and the writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignView {
    /// What it is about.
    pub subject: SubjectView,
    /// What shows it.
    pub sentence: Sentence,
    /// As data.
    pub what: ForeignChangeKind,
}

impl ReportView {
    /// Looks at a report; `sources` are the files its plan was made from.
    pub fn new(report: &Report, sources: &Sources, show: ShowValues) -> Self {
        let succeeded = report.succeeded();
        let Report { project, digest, actions, meanwhile, verification, interrupted, requests, retries, earlier } = report;
        let actions: Vec<ActionRow> = actions.iter().map(|action| action_row(action, sources, show)).collect();
        let mut counts = OutcomeCounts::default();
        for action in &actions {
            *match action.outcome {
                OutcomeKind::Failed => &mut counts.failed,
                OutcomeKind::Unknown => &mut counts.unknown,
                OutcomeKind::Blocked => &mut counts.blocked,
                OutcomeKind::NotAttempted => &mut counts.not_attempted,
                OutcomeKind::Done => &mut counts.done,
            } += 1;
        }
        Self {
            project: ProjectView::new(project),
            digest: digest.clone(),
            succeeded,
            counts,
            actions,
            meanwhile: meanwhile.iter().map(foreign_view).collect(),
            verification: verification_view(verification, sources, show),
            interrupted: *interrupted,
            requests: *requests,
            retries: *retries,
            earlier: earlier.clone(),
        }
    }

    /// The actions that ended in one way, in the order of the schedule.
    pub fn ended(&self, outcome: OutcomeKind) -> impl Iterator<Item = &ActionRow> {
        self.actions.iter().filter(move |action| action.outcome == outcome)
    }

    /// The first sentence of every rendering: how the apply ended.
    pub fn headline(&self) -> Sentence {
        let OutcomeCounts { done, failed, blocked, not_attempted, unknown } = self.counts;
        let total = self.counts.total();
        if total == 0 {
            return Sentence::new("Nothing to apply.");
        }
        let all = format!("{} of {}", thousands(done), count(total, "action"));
        if self.succeeded {
            return Sentence::new(format!("Applied: {all} done, ")).text(match self.verification.kind {
                VerificationKind::NotNeeded => "nothing written.",
                VerificationKind::Verified
                | VerificationKind::NotConverged
                | VerificationKind::NoLongerValid
                | VerificationKind::NotRead => "verified.",
            });
        }
        let rest = [(failed, "failed"), (unknown, "unknown"), (blocked, "blocked"), (not_attempted, "not attempted")];
        let rest: String =
            rest.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!(", {} {word}", thousands(*number))).collect();
        let begin = match (done, self.interrupted) {
            (_, Some(_)) => "Interrupted",
            (0, None) => "Not applied",
            (_, None) if done == total && self.verification.kind == VerificationKind::NotConverged => "Applied, but not converged",
            (_, None) if done == total => "Applied, but not verified",
            (_, None) => "Partly applied",
        };
        let unwritten = self.interrupted.is_some() && self.verification.kind == VerificationKind::NotNeeded;
        Sentence::new(format!("{begin}: {all} done{rest}{}.", if unwritten { "; nothing was written" } else { "" }))
    }
}

pub(super) fn subject_view(subject: &Subject) -> SubjectView {
    let (kind, name, id) = match subject {
        Subject::Experience(name, id) => (SubjectKind::Experience, name.to_string(), id.map(|id| id.to_string())),
        Subject::Tag(name) => (SubjectKind::Tag, name.to_string(), None),
        Subject::System(name) => (SubjectKind::System, name.to_string(), None),
        Subject::Suite(name) => (SubjectKind::Suite, name.to_string(), None),
    };
    SubjectView { kind, name, id }
}

fn action_row(action: &Action, sources: &Sources, show: ShowValues) -> ActionRow {
    let Action { subject, write, outcome, origin } = action;
    let (kind, what, experience) = write_view(write);
    let (outcome, detail) = match outcome {
        Outcome::Done => (OutcomeKind::Done, None),
        Outcome::Failed(why) => (OutcomeKind::Failed, Some(message(why, show))),
        Outcome::Blocked { by } => (OutcomeKind::Blocked, Some(message(by, show))),
        Outcome::NotAttempted => (OutcomeKind::NotAttempted, None),
        Outcome::Unknown(sent) => (OutcomeKind::Unknown, Some(message(sent, show))),
    };
    let place = origin.map(|origin| Place::new(sources, origin));
    ActionRow { subject: subject_view(subject), write: kind, what, experience, data: write.clone(), outcome, detail, place }
}

fn write_view(write: &Write) -> (WriteKind, Sentence, Option<String>) {
    match write {
        Write::Restore => (WriteKind::Restore, Sentence::new("restore"), None),
        Write::Park { parking } => (WriteKind::Park, Sentence::new("rename to ").code(parking).text(" in between"), None),
        Write::Update { renamed_from: Some(before), fields } => {
            let others: Vec<&&str> = fields.iter().filter(|field| **field != "name").collect();
            let what = Sentence::new("rename from ").code(before);
            let what = if others.is_empty() { what } else { what.text(", update ").codes(others.into_iter(), usize::MAX) };
            (WriteKind::Rename, what, None)
        }
        Write::Update { renamed_from: None, fields } => {
            (WriteKind::Update, Sentence::new("update ").codes(fields.iter(), usize::MAX), None)
        }
        Write::Create { tags, systems } => {
            let with = [(*tags, "tag"), (*systems, "system")];
            let with: Vec<String> = with.into_iter().filter(|(number, _)| *number > 0).map(|(number, noun)| count(number, noun)).collect();
            let with = if with.is_empty() { String::new() } else { format!(" with {}", with.join(" and ")) };
            (WriteKind::Create, Sentence::new(format!("create{with}")), None)
        }
        Write::Archive => (WriteKind::Archive, Sentence::new("archive"), None),
        Write::CreateTag => (WriteKind::CreateTag, Sentence::new("create"), None),
        Write::AddTag(name) => (WriteKind::AddTag, Sentence::new("add to ").code(name), Some(name.to_string())),
        Write::RemoveTag(name) => (WriteKind::RemoveTag, Sentence::new("remove from ").code(name), Some(name.to_string())),
        Write::Register(name) => (WriteKind::Register, Sentence::new("register ").code(name), Some(name.to_string())),
        Write::CreateSuite { members } => {
            (WriteKind::CreateSuite, Sentence::new(format!("create with {}", count(*members, "experience"))), None)
        }
        Write::RestoreSuite => (WriteKind::RestoreSuite, Sentence::new("restore"), None),
        Write::ReviseSuite { members } => {
            (WriteKind::ReviseSuite, Sentence::new(format!("revise to {}", count(*members, "experience"))), None)
        }
    }
}

fn foreign_view(change: &ForeignChange) -> ForeignView {
    let ForeignChange { subject, what } = change;
    let sentence = match what {
        ForeignChangeKind::Field(field) => {
            Sentence::new("Somebody else changed ").code(field).text(" in the meantime; it was left as it is.")
        }
        ForeignChangeKind::Revision { read, answered } => {
            Sentence::new(format!("Somebody else revised it in the meantime: revision {read} was read and {answered} is the new one."))
        }
    };
    ForeignView { subject: subject_view(subject), sentence, what: what.clone() }
}
