//! What an apply did, as data: one [`Action`] for each atomic effect of the plan.

use super::earlier::EarlierRun;
use crate::diagnostics::Diagnostics;
use crate::ids::{ExperienceId, ExperienceName, SuiteName, SystemName, TagName};
use crate::plan::Plan;
use crate::snapshot::Project;
use crate::source::Origin;

/// The outcome of one apply. Nothing partial is ever reported as done.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The project.
    pub project: Project,
    /// The digest of the plan that was applied, in hexadecimal.
    pub digest: String,
    /// In the order of the schedule.
    pub actions: Vec<Action>,
    /// What others changed between the read and the writes, in the order of the schedule.
    pub meanwhile: Vec<ForeignChange>,
    /// What the second read said.
    pub verification: Verification,
    /// The signal that stopped the run, if one did.
    pub interrupted: Option<Interrupt>,
    /// Requests sent, reads and retries included.
    pub requests: u64,
    /// How many of them were repeats.
    pub retries: u64,
    /// The runs before this one in its ledger, since the last that succeeded.
    pub earlier: Vec<EarlierRun>,
}

/// A signal that asked the run to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// Ctrl-C: exit code 130.
    Int,
    /// Termination: exit code 143.
    Term,
}

/// One effect of the plan and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What it is about.
    pub subject: Subject,
    /// What was to be done.
    pub write: Write,
    /// How it ended.
    pub outcome: Outcome,
    /// The config entry behind it, if there is one.
    pub origin: Option<Origin>,
}

/// What an action is about; names are those of the outcome.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An experience; the ID is absent until it is created.
    Experience(ExperienceName, Option<ExperienceId>),
    /// A tag.
    Tag(TagName),
    /// A system.
    System(SystemName),
    /// A suite.
    Suite(SuiteName),
}

/// What was to be done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Write {
    /// An experience made live.
    Restore,
    /// A parking name given in order to open a cycle of renames.
    Park {
        /// The name in between.
        parking: ExperienceName,
    },
    /// Fields changed, by JSON name; a rename has `name` among them.
    Update {
        /// The name before, if it is renamed.
        renamed_from: Option<ExperienceName>,
        /// The mask.
        fields: Vec<&'static str>,
    },
    /// An experience created, with its tags and systems.
    Create {
        /// How many tags it carries.
        tags: usize,
        /// How many systems it carries.
        systems: usize,
    },
    /// An experience archived.
    Archive,
    /// A tag created.
    CreateTag,
    /// The subject tag put on one experience.
    AddTag(ExperienceName),
    /// The subject tag taken off one experience.
    RemoveTag(ExperienceName),
    /// One experience registered with the subject system.
    Register(ExperienceName),
    /// A suite created with so many members.
    CreateSuite {
        /// Members.
        members: usize,
    },
    /// A suite made live.
    RestoreSuite,
    /// A suite given so many members in a new revision.
    ReviseSuite {
        /// Members.
        members: usize,
    },
}

/// How an action ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is so (perhaps it already was).
    Done,
    /// Refused, with the request and the server's words; may hold untrusted text.
    Failed(String),
    /// Not tried, because this action that it needs did not end as done.
    Blocked {
        /// What it waits for, for people.
        by: String,
    },
    /// Not tried, because the run ended before.
    NotAttempted,
    /// Sent, but no answer came; the words say what was sent.
    Unknown(String),
}

/// Somebody else's change that an answer gave away; no request is spent on looking for more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignChange {
    /// What it is about.
    pub subject: Subject,
    /// What shows it.
    pub what: ForeignChangeKind,
}

/// What shows that somebody else made a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ForeignChangeKind {
    /// A field outside the mask, by JSON name, is not what was read. It was left as it is.
    Field(&'static str),
    /// The revision is not the next one: a revision in between was replaced.
    Revision {
        /// The one that was read.
        read: i64,
        /// The one that the answer gives.
        answered: i64,
    },
}

/// What the read after the writes said.
#[derive(Clone, Debug, PartialEq)]
pub enum Verification {
    /// Nothing was written, so nothing had to be verified.
    NotNeeded,
    /// A second plan is empty.
    Verified,
    /// A second plan is not empty.
    NotConverged {
        /// What is left to do.
        left: Box<Plan>,
        /// For each thing left: who is to blame, as far as can be told.
        residues: Vec<Residue>,
    },
    /// The config no longer fits ReSim after the writes (somebody removed a tag, say).
    NoLongerValid(Diagnostics),
    /// The second read failed or was not tried; the words say why.
    NotRead(String),
}

/// A difference that is still there after it was written. Its values are those of plan and state: whoever
/// shows them hides what looks secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Residue {
    /// What it is about.
    pub subject: Subject,
    /// The field, by JSON name; `archived`; the member of a tag or system; or the kind of thing that is not there.
    pub what: String,
    /// What was sent, if anything was.
    pub sent: Option<String>,
    /// What came back.
    pub returned: String,
    /// Whether others changed it in the meantime.
    pub by_others: bool,
}

impl Report {
    /// Whether everything was done and the second read agrees.
    pub fn succeeded(&self) -> bool {
        let verified = matches!(self.verification, Verification::NotNeeded | Verification::Verified);
        verified && self.interrupted.is_none() && self.actions.iter().all(|action| action.outcome == Outcome::Done)
    }
}
