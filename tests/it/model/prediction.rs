//! What an undisturbed apply makes of a project, by the rules that users are told.

use std::collections::{BTreeMap, BTreeSet};

use super::config::{Config, Entry, location};
use super::world::{Experience, MANAGED, SUITE, World};

/// The outcome: existing experiences by ID, new ones by name.
#[derive(Debug)]
pub(crate) struct Prediction {
    pub(crate) world: World,
    /// The names that are created.
    pub(crate) created: BTreeSet<String>,
}

/// Stands for the ID of an experience that is created.
pub(crate) fn new_id(name: &str) -> String {
    format!("new {name}")
}

/// What an apply does; `None` if it must be refused, as a name would belong to two experiences.
pub(crate) fn predict(config: &Config, before: &World) -> Option<Prediction> {
    let matches = matches(config, before);
    let mut after = before.clone();
    let mut created = BTreeSet::new();
    let listed: BTreeMap<&String, &Entry> = matches.iter().filter_map(|(id, entry)| Some((id.as_ref()?, *entry))).collect();
    let mut given = BTreeSet::new();
    for (id, experience) in &mut after.experiences {
        match listed.get(id) {
            Some(entry) if entry.archived => experience.archived = true,
            Some(entry) => {
                if experience.archived || experience.name != entry.name {
                    given.insert(id.clone());
                }
                make(experience, entry);
            }
            None if !config.no_archive => experience.archived = true,
            None => {}
        }
    }
    for (_, entry) in matches.iter().filter(|(id, entry)| id.is_none() && !entry.archived) {
        let mut experience = Experience {
            name: String::new(),
            description: String::new(),
            location: String::new(),
            archived: false,
            tags: BTreeSet::new(),
            systems: 0,
        };
        make(&mut experience, entry);
        created.insert(entry.name.clone());
        given.insert(new_id(&entry.name));
        after.experiences.insert(new_id(&entry.name), experience);
    }
    let held_twice = |id: &String| {
        let name = &after.experiences[id].name;
        after.experiences.iter().any(|(other, experience)| other != id && experience.name == *name)
    };
    if given.iter().any(held_twice) {
        return None;
    }
    let member = |(id, entry): &(Option<String>, &Entry)| entry.in_suite.then(|| id.clone().unwrap_or_else(|| new_id(&entry.name)));
    let members = matches.iter().filter_map(member).collect();
    for members in after.suites.values_mut() {
        members.retain(|id| !after.experiences[id].archived);
    }
    after.suites.insert(SUITE.to_owned(), members);
    Some(Prediction { world: after, created })
}

/// IDs before names; live ones before archived ones, of which a name has one at most.
fn matches<'a>(config: &'a Config, before: &World) -> Vec<(Option<String>, &'a Entry)> {
    let taken: BTreeSet<&String> = config.entries.iter().filter_map(|entry| entry.id.as_ref()).collect();
    let by_name = |entry: &Entry| before.named(&entry.name).map(|(id, _)| id.clone()).filter(|id| !taken.contains(id));
    config.entries.iter().map(|entry| (entry.id.clone().or_else(|| by_name(entry)), entry)).collect()
}

/// Makes an experience what its entry says; tags that are not managed are only ever added.
fn make(experience: &mut Experience, entry: &Entry) {
    experience.name.clone_from(&entry.name);
    experience.description.clone_from(&entry.description);
    experience.location = location(&entry.name);
    experience.archived = false;
    experience.tags.extend(entry.tags.iter().map(|tag| (*tag).to_owned()));
    if !entry.tags.contains(MANAGED) {
        experience.tags.remove(MANAGED);
    }
}
