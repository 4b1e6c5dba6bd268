//! Both sides of a plan and how they belong together: what the parts of planning look at.

use std::cell::OnceCell;

use super::matching::{Among, Matching};
use super::outcome::Outcome;
use super::references::References;
use super::{Note, Policy};
use crate::desired::Desired;
use crate::diagnostics::Diagnostics;
use crate::ids::{ExperienceId, ExperienceName};
use crate::snapshot::Snapshot;

/// Config and ReSim, matched.
#[derive(Debug)]
pub(super) struct Comparison<'a> {
    pub(super) desired: &'a Desired,
    pub(super) current: &'a Snapshot,
    pub(super) policy: &'a Policy,
    pub(super) matching: Matching<'a>,
    pub(super) references: References<'a>,
    pub(super) outcome: Outcome<'a>,
    /// Made when a message needs it.
    today: OnceCell<Vec<(&'a ExperienceName, ExperienceId)>>,
}

impl<'a> Comparison<'a> {
    /// Matches both sides; what cannot be matched is reported.
    pub(super) fn new(
        desired: &'a Desired,
        current: &'a Snapshot,
        policy: &'a Policy,
        notes: &mut Vec<Note>,
        problems: &mut Diagnostics,
    ) -> Self {
        let matching = Matching::new(desired, current, Among::All, notes, problems);
        let references = References::new(desired, current, &matching);
        let outcome = Outcome::new(current, &matching, policy);
        Self { desired, current, policy, matching, references, outcome, today: OnceCell::new() }
    }

    /// The experiences that have a name before the plan, live and archived.
    pub(super) fn named_today(&self, name: &ExperienceName) -> &[(&'a ExperienceName, ExperienceId)] {
        let today = self.today.get_or_init(|| {
            let mut today: Vec<_> = self.current.experiences.iter().map(|(id, current)| (&current.name, *id)).collect();
            today.sort_unstable();
            today
        });
        let start = today.partition_point(|(other, _)| *other < name);
        let count = today[start..].partition_point(|(other, _)| *other == name);
        &today[start..start + count]
    }
}
