//! The plan as data: what apply will do, what it will not, and why.
//!
//! Everything is sorted where it is made (`plan::plan`); an empty change cannot be built. What was
//! shown to a reviewer is what is scheduled: terminal, Markdown, JSON, digest and update masks all
//! derive from these values.

use std::collections::BTreeMap;

use super::{ExperienceAction, ExperienceChange, ExperienceRef, Note, Refusal, SuiteChange, SystemChange, TagChange};
use crate::ids::ExperienceName;
use crate::snapshot::Project;

/// The real differences between config and ReSim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The project it is for.
    pub project: Project,
    /// By kind of action (archive, rename, restore, update, create), then by name.
    pub experiences: Vec<ExperienceChange>,
    /// Tags created, put on and taken off, by name.
    pub tags: Vec<TagChange>,
    /// Registrations with systems, by name.
    pub systems: Vec<SystemChange>,
    /// Suites created, restored and revised, by name.
    pub suites: Vec<SuiteChange>,
    /// What the reader should know: suspicions, side effects, things not done.
    pub notes: Vec<Note>,
    /// Live experiences that the config does not list and that stay, by name.
    pub left_alone: Vec<ExperienceName>,
    /// Live experiences that stay as they are in every respect.
    pub unchanged: usize,
    /// Live experiences before the plan.
    pub live_before: usize,
    /// Why the plan must not be applied as it is, if so.
    pub refusal: Option<Refusal>,
    /// Why it would have been refused, had not a reviewer permitted as many archives.
    pub permitted: Option<Refusal>,
}

/// The plan's numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// New experiences.
    pub creates: usize,
    /// Live experiences whose fields other than the name change.
    pub updates: usize,
    /// Live experiences that get another name (whatever else changes).
    pub renames: usize,
    /// Archived experiences that become live.
    pub restores: usize,
    /// Live experiences that are archived.
    pub archives: usize,
    /// Tags put on experiences that exist, pairs.
    pub tags_added: usize,
    /// Tags taken off, pairs.
    pub tags_removed: usize,
    /// Tags created.
    pub tags_created: usize,
    /// Registrations with systems, pairs.
    pub systems_added: usize,
    /// Suites created, restored or revised.
    pub suites: usize,
}

impl Plan {
    /// Whether there is nothing to apply.
    pub fn is_empty(&self) -> bool {
        self.experiences.is_empty() && self.tags.is_empty() && self.systems.is_empty() && self.suites.is_empty()
    }

    /// The numbers of the summary line.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for change in &self.experiences {
            match &change.action {
                ExperienceAction::Archive { .. } => counts.archives += 1,
                ExperienceAction::Restore { .. } => counts.restores += 1,
                ExperienceAction::Create { .. } => counts.creates += 1,
                ExperienceAction::Update { fields, .. } if fields.renamed_from().is_some() => counts.renames += 1,
                ExperienceAction::Update { .. } => counts.updates += 1,
            }
        }
        for tag in &self.tags {
            counts.tags_created += usize::from(tag.id.is_none());
            counts.tags_added += tag.added.len();
            counts.tags_removed += tag.removed.len();
        }
        counts.systems_added = self.systems.iter().map(|system| system.added.len()).sum();
        counts.suites = self.suites.len();
        counts
    }

    /// The tags and systems that each created experience carries in its own request.
    pub fn carried_by_creations(&self) -> BTreeMap<&ExperienceName, (Vec<&TagChange>, Vec<&SystemChange>)> {
        let mut carried: BTreeMap<&ExperienceName, (Vec<&TagChange>, Vec<&SystemChange>)> = BTreeMap::new();
        for tag in &self.tags {
            for member in &tag.added {
                if let ExperienceRef::New { name } = member {
                    carried.entry(name).or_default().0.push(tag);
                }
            }
        }
        for system in &self.systems {
            for member in &system.added {
                if let ExperienceRef::New { name } = member {
                    carried.entry(name).or_default().1.push(system);
                }
            }
        }
        carried
    }
}
