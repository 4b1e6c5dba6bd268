//! `--update-config`: each experience's ID, written back into its config file.

use std::collections::BTreeMap;

use super::Context;
use super::planning::Planned;
use crate::apply::{Action, Outcome, Report, Subject};
use crate::clone::write_files;
use crate::config::insert_ids;
use crate::failure::{Failure, FailureKind};
use crate::ids::{ExperienceId, ExperienceName};

/// Writes the IDs that are known now: of experiences that were there, and of those that were created.
pub(super) fn run(planned: &mut Planned, report: &Report, context: &Context) -> Result<(), Failure> {
    let mut ids: BTreeMap<ExperienceName, ExperienceId> = planned
        .current
        .experiences
        .iter()
        .filter(|(_, experience)| !experience.archived)
        .map(|(id, experience)| (experience.name.clone(), *id))
        .collect();
    // Names of the outcome win over those that were read.
    for Action { subject, outcome, .. } in &report.actions {
        if let (Subject::Experience(name, Some(id)), Outcome::Done) = (subject, outcome) {
            ids.insert(name.clone(), *id);
        }
    }
    planned.loaded.desired = Some(planned.desired.clone());
    let edits = insert_ids(&planned.loaded, &ids).map_err(|error| Failure::new(FailureKind::Local, error.to_string()));
    planned.loaded.desired = None;
    let edits = edits?;
    write_files(&edits).map_err(|error| Failure::new(FailureKind::Local, error.to_string()))?;
    edits.iter().for_each(|edit| context.console.say(&format!("wrote IDs into {}", edit.path)));
    Ok(())
}
