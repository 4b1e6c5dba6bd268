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
    let mut desired = Desired::default();
    let mut ids: BTreeMap<ExperienceId, Origin> = BTreeMap::new();
    for parts in files {
        let Parts { entries, suites, managed_tags, has_experiences: _, experiences_is_null: _, complete: _, start: _ } = parts;
        for entry in entries {
            if let Some(id) = &entry.experience.id {
                match ids.get(&id.value) {
                    Some(first) => {
                        let message = format!("two entries have the experience ID {}", id.value);
                        problems.push(twice(Code::DuplicateId, message, id.origin, *first).help(ID_HELP));
                    }
                    None => {
                        ids.insert(id.value, id.origin);
                    }
                }
            }
            let Some(name) = entry.name else { continue };
            match desired.experiences.get(&name) {
                Some(first) => {
                    let message = format!("experience `{}` is defined twice", brief(name.as_str()));
                    problems.push(twice(Code::DuplicateName, message, entry.experience.origin, first.origin).help(NAME_HELP));
                }
                None => {
                    desired.experiences.insert(name, entry.experience);
                }
            }
        }
        for (name, suite) in suites {
            match desired.suites.get(&name) {
                Some(first) => {
                    let message = format!("test suite `{}` is defined twice", brief(name.as_str()));
                    problems.push(twice(Code::DuplicateName, message, suite.origin, first.origin).help(NAME_HELP));
                }
                None => {
                    desired.suites.insert(name, suite);
                }
            }
        }
        for (tag, origin) in managed_tags {
            desired.managed_tags.entry(tag).or_insert(origin);
        }
    }
    desired
}

fn twice(code: Code, message: String, again: Origin, first: Origin) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(code, again, message);
    diagnostic.labels[0].text = "again here".into();
    diagnostic.at(first, "first here")
}
