//! Archived and created experiences that look like one renamed.

use std::collections::BTreeMap;

use super::Note;
use super::comparison::Comparison;
use super::matching::Target;
use super::outcome::{End, Fate};
use crate::snapshot::Observed;

/// Pairs of equal locations, each experience in one pair at most; where several have the same locations,
/// they are paired in the order of their names.
pub(super) fn notes(comparison: &Comparison<'_>) -> Vec<Note> {
    let mut archived: BTreeMap<Vec<&str>, Vec<&Fate<'_>>> = BTreeMap::new();
    for fate in comparison.outcome.fates.iter().filter(|fate| fate.end == End::Archives && !fate.listed) {
        let locations = comparison.current.experiences.get(&fate.id).and_then(|current| known(&current.locations));
        if let Some(locations) = locations.and_then(comparable) {
            archived.entry(locations).or_default().push(fate);
        }
    }
    if archived.is_empty() {
        return Vec::new();
    }
    // Taken from the end.
    archived.values_mut().for_each(|fates| fates.sort_unstable_by_key(|fate| std::cmp::Reverse((fate.name, fate.id))));
    let mut notes = Vec::new();
    for entry in comparison.matching.entries.iter().filter(|entry| entry.wants_live() && matches!(entry.target, Target::New)) {
        let locations = entry.desired.settings.locations.iter().map(String::as_str).collect();
        let fate = comparable(locations).and_then(|locations| archived.get_mut(&locations)).and_then(Vec::pop);
        if let Some(fate) = fate {
            let (archived, created) = (fate.name.clone(), entry.name.clone());
            notes.push(Note::LooksLikeRename { archived, id: fate.id, created, origin: entry.desired.origin });
        }
    }
    notes
}

/// The locations, if none of them is hidden.
fn known(locations: &[Observed<String>]) -> Option<Vec<&str>> {
    let known = locations.iter().map(|location| match location {
        Observed::Known(location) => Some(location.as_str()),
        Observed::Hidden => None,
    });
    known.collect()
}

/// As a set; no locations at all say nothing.
fn comparable(mut locations: Vec<&str>) -> Option<Vec<&str>> {
    locations.sort_unstable();
    locations.dedup();
    (!locations.is_empty()).then_some(locations)
}
