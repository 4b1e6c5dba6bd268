//! The project as the model sees it: a state (`state/v1`) without what no rule speaks of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// The tag that the config manages, one that it may list, and the suites.
pub(crate) const MANAGED: &str = "managed";
pub(crate) const LISTED: &str = "listed";
pub(crate) const SUITE: &str = "Ours";
pub(crate) const FOREIGN_SUITE: &str = "Theirs";

/// An experience, but for its ID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Experience {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) location: String,
    pub(crate) archived: bool,
    pub(crate) tags: BTreeSet<String>,
    /// How many systems it is registered with.
    pub(crate) systems: usize,
}

/// All of them by ID, and the live members of each suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct World {
    pub(crate) experiences: BTreeMap<String, Experience>,
    pub(crate) suites: BTreeMap<String, BTreeSet<String>>,
}

impl World {
    /// Reads a state.
    pub(crate) fn of(state: &Value) -> Self {
        let mut experiences: BTreeMap<String, Experience> = rows(state, "experiences")
            .map(|row| {
                let experience = Experience {
                    name: text(row, "name"),
                    description: text(row, "description"),
                    location: row["locations"][0].as_str().expect("a location").to_owned(),
                    archived: row["archived"] == true,
                    tags: BTreeSet::new(),
                    systems: 0,
                };
                (text(row, "id"), experience)
            })
            .collect();
        for tag in rows(state, "tags") {
            for id in members(tag) {
                experiences.get_mut(&id).expect("a member exists").tags.insert(text(tag, "name"));
            }
        }
        for id in rows(state, "systems").flat_map(members) {
            experiences.get_mut(&id).expect("a member exists").systems += 1;
        }
        let live = |id: &String| !experiences[id].archived;
        let suites = rows(state, "suites").map(|suite| (text(suite, "name"), members(suite).into_iter().filter(live).collect())).collect();
        Self { experiences, suites }
    }

    /// What there is by name, for things whose ID nobody can foretell.
    pub(crate) fn by_name(&self) -> (BTreeMap<&str, &Experience>, BTreeMap<&str, BTreeSet<&str>>) {
        let name = |id: &String| self.experiences[id].name.as_str();
        let experiences = self.experiences.values().map(|experience| (experience.name.as_str(), experience)).collect();
        let suites = self.suites.iter().map(|(suite, members)| (suite.as_str(), members.iter().map(name).collect())).collect();
        (experiences, suites)
    }

    /// The experience of a name, if there is one.
    pub(crate) fn named(&self, name: &str) -> Option<(&String, &Experience)> {
        self.experiences.iter().find(|(_, experience)| experience.name == name)
    }
}

fn rows<'a>(state: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    state[list].as_array().expect("a list").iter()
}

fn text(row: &Value, field: &str) -> String {
    row[field].as_str().unwrap_or_else(|| panic!("{field} in {row}")).to_owned()
}

fn members(row: &Value) -> Vec<String> {
    let lists = ["experiences", "archivedExperiences"].into_iter().filter_map(|list| row[list].as_array());
    lists.flatten().map(|id| id.as_str().expect("an ID").to_owned()).collect()
}

fn id(kind: u32, number: usize) -> String {
    format!("{kind:08x}-0000-4000-8000-{number:012x}")
}

/// The project before the first step: some experiences with tags and a registration of which the config says nothing.
pub(crate) fn state() -> Value {
    let names = ["a", "b", "c", "d", "e"];
    let experience = |(number, name): (usize, &&str)| {
        json!({
            "id": id(1, number), "name": name, "description": "before", "locations": [format!("s3://data/{name}")], "profile": "kept",
            "environmentVariables": [], "containerTimeoutSeconds": 3600, "cacheExempt": false, "customFields": [],
            "archived": *name == "e", "updatedAt": "2026-01-01T00:00:00Z",
        })
    };
    let tag = |number: usize, name: &str, live: &[usize]| {
        let live: Vec<String> = live.iter().map(|number| id(1, *number)).collect();
        json!({"id": id(2, number), "name": name, "description": "", "experiences": live, "archivedExperiences": []})
    };
    let suite = |number: usize, name: &str, live: &[usize]| {
        let live: Vec<String> = live.iter().map(|number| id(1, *number)).collect();
        json!({"id": id(4, number), "name": name, "description": "", "systemId": id(3, 0), "revision": 0, "archived": false, "experiences": live})
    };
    json!({
        "formatVersion": "state/v1",
        "project": {"id": id(9, 0), "name": "model"},
        "read": {"archivedExperiences": true, "archivedSuites": true},
        "experiences": names.iter().enumerate().map(experience).collect::<Vec<_>>(),
        "tags": [tag(0, "foreign", &[0, 1]), tag(1, LISTED, &[1]), tag(2, MANAGED, &[0, 2])],
        "systems": [{"id": id(3, 0), "name": "planner", "description": "", "experiences": [id(1, 0)], "archivedExperiences": []}],
        "suites": [suite(0, SUITE, &[0, 1]), suite(1, FOREIGN_SUITE, &[1, 2])],
    })
}
