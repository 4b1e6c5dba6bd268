//! From a plan to the HTTP calls that carry it out: pure, and decided in full before the first write.
//!
//! In: the plan and the state it was made from. Out: one [`ScheduledAction`] for each atomic effect, and
//! [`Step`]s of one request each that bring them about, in stages. What an action needs is said action by
//! action, so that one failure in a bulk request stops nothing but what really needs it.

mod experiences;
mod memberships;
mod renames;
mod suites;

use std::collections::BTreeMap;
use std::ops::Range;

use super::report::{Subject, Write};
use crate::desired::ExperienceSettings;
use crate::ids::{ExperienceId, ExperienceName, SuiteId, SuiteName, SystemId, TagId, TagName};
use crate::plan::{ExperienceRef, FieldChange, Plan};
use crate::snapshot::Snapshot;
use crate::source::Origin;

/// How many experiences one bulk request names at most; the API states no limit.
pub(crate) const CHUNK: usize = 500;

/// Position of an action in [`Schedule::actions`], and so in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ActionId(pub(crate) usize);

/// Everything that an apply does, in the order of the report.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Schedule {
    pub(crate) actions: Vec<ScheduledAction>,
    /// Each action belongs to exactly one step; a step's actions stand side by side.
    pub(crate) steps: Vec<Step>,
}

/// One effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScheduledAction {
    pub(crate) subject: Subject,
    pub(crate) write: Write,
    pub(crate) origin: Option<Origin>,
    /// Actions that must be done before; all of them stand in the same or an earlier stage.
    pub(crate) needs: Vec<ActionId>,
}

impl ScheduledAction {
    /// What it does, in a few words for people.
    pub(crate) fn describe(&self) -> String {
        let subject = match &self.subject {
            Subject::Experience(name, _) => format!("experience `{name}`"),
            Subject::Tag(name) => format!("tag `{name}`"),
            Subject::System(name) => format!("system `{name}`"),
            Subject::Suite(name) => format!("suite `{name}`"),
        };
        let verb = match &self.write {
            Write::Restore | Write::RestoreSuite => "restoring",
            Write::Park { .. } => "parking",
            Write::Update { renamed_from: Some(_), .. } => "renaming",
            Write::Update { renamed_from: None, .. } => "updating",
            Write::Create { .. } | Write::CreateTag | Write::CreateSuite { .. } => "creating",
            Write::Archive => "archiving",
            Write::AddTag(name) => return format!("putting {subject} on `{name}`"),
            Write::RemoveTag(name) => return format!("taking {subject} off `{name}`"),
            Write::Register(name) => return format!("registering `{name}` with {subject}"),
            Write::ReviseSuite { .. } => "revising",
        };
        format!("{verb} {subject}")
    }
}

/// One HTTP call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) stage: Stage,
    pub(crate) request: Request,
    /// What it brings about: for a bulk request one action for each pair or experience, in its order.
    pub(crate) actions: Range<usize>,
    /// The cycle of renames that the step belongs to: once opened, it is ended even when the run is stopped.
    pub(crate) cycle: Option<usize>,
}

/// A stage begins when all steps of the one before have ended, however they ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Tags created; experiences restored, renamed, updated, created.
    Experiences,
    /// Tags put on and taken off, registrations with systems.
    Memberships,
    /// Suites restored, created, revised.
    Suites,
    /// Last, because an archive makes ReSim revise every suite that holds the experience.
    Archives,
}

impl Stage {
    pub(crate) const ALL: [Stage; 4] = [Self::Experiences, Self::Memberships, Self::Suites, Self::Archives];
}

/// A tag that exists, or that an earlier step creates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TagRef {
    Existing(TagId),
    New(TagName),
}

/// What is sent. IDs of what the schedule itself creates are filled in when they are known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Request {
    CreateTag(TagName),
    Restore(ExperienceId),
    Park {
        id: ExperienceId,
        parking: ExperienceName,
    },
    Update {
        id: ExperienceId,
        fields: Vec<FieldChange>,
    },
    Create {
        name: ExperienceName,
        settings: ExperienceSettings,
        tags: Vec<TagRef>,
        systems: Vec<SystemId>,
    },
    /// Every tag that occurs, on every experience that occurs.
    AddTags(Vec<(TagRef, ExperienceId)>),
    RemoveTag {
        tag: TagId,
        experience: ExperienceId,
    },
    /// Every experience that occurs, with every system that occurs.
    Register(Vec<(SystemId, ExperienceId)>),
    RestoreSuite(SuiteId),
    CreateSuite {
        name: SuiteName,
        description: String,
        system: SystemId,
        members: Vec<ExperienceRef>,
    },
    ReviseSuite {
        id: SuiteId,
        /// The one that was read, where nothing but this request makes the next one.
        revision: Option<i64>,
        members: Vec<ExperienceRef>,
    },
    Archive(Vec<ExperienceId>),
}

/// Decides every request of an apply and what each effect needs. The state gives the names in use.
pub(crate) fn schedule(plan: &Plan, current: &Snapshot) -> Schedule {
    let mut builder = Builder::default();
    let carried = plan.carried_by_creations();
    memberships::create_tags(plan, &mut builder);
    experiences::write(plan, current, &carried, &mut builder);
    memberships::change(plan, &mut builder);
    let losing = suites::write(plan, &mut builder);
    experiences::archive(plan, &losing, &mut builder);
    builder.schedule
}

/// The schedule so far, and which actions make things that later ones need.
#[derive(Debug, Default)]
struct Builder {
    schedule: Schedule,
    tags: BTreeMap<TagName, ActionId>,
    restored: BTreeMap<ExperienceId, ActionId>,
    created: BTreeMap<ExperienceName, ActionId>,
}

impl Builder {
    /// The position that the next action gets.
    fn next(&self) -> ActionId {
        ActionId(self.schedule.actions.len())
    }

    fn push(&mut self, stage: Stage, request: Request, cycle: Option<usize>, actions: Vec<ScheduledAction>) {
        let start = self.schedule.actions.len();
        self.schedule.actions.extend(actions);
        let actions = start..self.schedule.actions.len();
        self.schedule.steps.push(Step { stage, request, actions, cycle });
    }

    /// The action that makes the experience live, if the schedule has one.
    fn making_live(&self, experience: &ExperienceRef) -> Option<ActionId> {
        match experience {
            ExperienceRef::Existing { id, name: _ } => self.restored.get(id).copied(),
            ExperienceRef::New { name } => self.created.get(name).copied(),
        }
    }
}

#[cfg(test)]
mod tests;
