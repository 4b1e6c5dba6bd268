//! The parts of several files become one [`Desired`]; two definitions of one thing are reported with both places.

use std::collections::BTreeMap;

use super::document::Parts;
use super::problems::Problems;
use super::view::brief;
use crate::desired::Desired;
use crate::diagnostics::{Code, Diagnostic};
use crate::ids::ExperienceId;
use crate::source::Origin;

const ID_HELP: &str = "an ID belongs to one experience: keep it where it is right, and leave it out of the other entry";
const NAME_HELP: &str = "rename or remove one of them";

/// Merges files in the order in which they were given.
pub(crate) fn merge(files: Vec<Parts>, problems: &mut Problems) -> Desired {
    let mut experiences = Vec::new();
    let mut all_suites = Vec::new();
    let mut all_tags = BTreeMap::new();
    for parts in files {
        let Parts { entries, suites, managed_tags, has_experiences: _, experiences_is_null: _, complete: _, start: _ } = parts;
        experiences.extend(entries);
        all_suites.extend(suites);
        for (tag, origin) in &managed_tags {
            all_tags.entry(tag.clone()).or_insert(*origin);
        }
    }
    let ids = experiences.iter().filter_map(|entry| entry.experience.id.as_ref()).map(|id| (id.value, id.origin));
    firsts(ids.collect(), |id: &ExperienceId, again, first| {
        let message = format!("two entries have the experience ID {id}");
        problems.push(twice(Code::DuplicateId, message, *again, *first).help(ID_HELP));
    });
    let experiences = experiences.into_iter().filter_map(|entry| Some((entry.name?, entry.experience)));
    let experiences = firsts(experiences.collect(), |name, again, first| {
        let message = format!("experience `{}` is defined twice", brief(name.as_str()));
        problems.push(twice(Code::DuplicateName, message, again.origin, first.origin).help(NAME_HELP));
    });
    let suites = firsts(all_suites, |name, again, first| {
        let message = format!("test suite `{}` is defined twice", brief(name.as_str()));
        problems.push(twice(Code::DuplicateName, message, again.origin, first.origin).help(NAME_HELP));
    });
    Desired { experiences: experiences.into_iter().collect(), managed_tags: all_tags, suites: suites.into_iter().collect() }
}

/// The first definition of each key, sorted; `twice` is told of later ones: key, later, first.
///
/// Sorting at once beats growing a map, above all where the file is sorted already.
fn firsts<K: Ord, V>(mut definitions: Vec<(K, V)>, mut twice: impl FnMut(&K, &V, &V)) -> Vec<(K, V)> {
    // Stable, so that of equal keys the first stays the first.
    definitions.sort_by(|(one, _), (other, _)| one.cmp(other));
    definitions.dedup_by(|(key, again), (before, first)| {
        let same = key == before;
        if same {
            twice(key, again, first);
        }
        same
    });
    definitions
}

fn twice(code: Code, message: String, again: Origin, first: Origin) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(code, again, message);
    diagnostic.labels[0].text = "again here".into();
    diagnostic.at(first, "first here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_definition_stays_and_each_later_one_is_told_beside_it() {
        let mut told = Vec::new();
        let kept = firsts(vec![("b", 1), ("a", 2), ("b", 3), ("b", 4)], |key, again, first| told.push((*key, *again, *first)));
        assert_eq!(kept, [("a", 2), ("b", 1)]);
        assert_eq!(told, [("b", 3, 1), ("b", 4, 1)]);
    }
}
