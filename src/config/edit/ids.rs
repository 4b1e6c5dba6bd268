//! Writes experience IDs into the entries that have none (`apply --update-config`).

use std::collections::BTreeMap;

use super::meaning::Meaning;
use super::rewrite::{EditError, FileEdit, Intent, rewrite};
use crate::config::load::{LoadOptions, Loaded};
use crate::ids::{ExperienceId, ExperienceName};

/// The edits that give each named entry without an ID its `experienceID`, spelled as the file spells its
/// keys, after the name. Entries that have one keep it; everything else stays byte for byte.
///
/// # Errors
/// As for every edit: an invalid config, or an outcome that would not be what was intended.
pub fn insert_ids(loaded: &Loaded, ids: &BTreeMap<ExperienceName, ExperienceId>) -> Result<Vec<FileEdit>, EditError> {
    let desired = loaded.desired.as_ref().ok_or(EditError::InvalidConfig)?;
    let mut meaning = Meaning::of(desired);
    for (name, entry) in &mut meaning.experiences {
        entry.id = entry.id.or_else(|| ids.get(name).copied());
    }
    // Whatever was allowed when the config was loaded is allowed again: the edits add IDs and nothing else.
    let options = LoadOptions { no_archive: true, ..LoadOptions::default() };
    rewrite(loaded, Intent::keep(&meaning), &options)
}
