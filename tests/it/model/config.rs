//! The config as its author thinks of it, and its text.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::world::{LISTED, MANAGED, SUITE, World};

/// An entry.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) tags: BTreeSet<&'static str>,
    pub(crate) archived: bool,
    pub(crate) in_suite: bool,
}

impl Entry {
    fn new(name: &str) -> Self {
        let (name, description) = (name.to_owned(), "before".to_owned());
        Self { id: None, name, description, tags: BTreeSet::new(), archived: false, in_suite: false }
    }
}

/// The file.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) entries: Vec<Entry>,
    /// Whether applies leave alone what is not listed.
    pub(crate) no_archive: bool,
}

/// A change of the file. Numbers choose among the entries there are.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Add(usize),
    Drop(usize),
    Rename(usize, usize),
    Swap(usize, usize),
    Describe(usize, u8),
    Tag(usize, bool),
    Archive(usize),
    Member(usize),
}

/// Where the config says that the data of an experience lies.
pub(crate) fn location(name: &str) -> String {
    format!("s3://data/{name}")
}

/// All names that anything ever gets.
pub(crate) const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

impl Config {
    /// The first file: most of what there is.
    pub(crate) fn first(no_archive: bool) -> Self {
        let mut entries: Vec<Entry> = ["a", "b", "c"].map(Entry::new).into();
        entries[1].in_suite = true;
        entries[2].tags.insert(MANAGED);
        Self { entries, no_archive }
    }

    /// Makes a change, unless it would make an invalid file. An entry that gets another name follows the experience
    /// that it stands for.
    pub(crate) fn edit(&mut self, edit: &Edit, world: &World) {
        let count = self.entries.len();
        let free = |entries: &[Entry], name: &str| entries.iter().all(|entry| entry.name != name);
        match edit {
            Edit::Add(name) => {
                let name = NAMES[name % NAMES.len()];
                if free(&self.entries, name) {
                    self.entries.push(Entry::new(name));
                }
            }
            _ if count == 0 => {}
            Edit::Drop(index) => {
                self.entries.remove(index % count);
            }
            Edit::Rename(index, name) => {
                let name = NAMES[name % NAMES.len()];
                if free(&self.entries, name) && self.follow(index % count, world) {
                    self.entries[index % count].name = name.to_owned();
                }
            }
            Edit::Swap(one, other) => {
                let (one, other) = (one % count, other % count);
                if one != other && self.follow(one, world) && self.follow(other, world) {
                    let name = std::mem::take(&mut self.entries[one].name);
                    self.entries[one].name = std::mem::replace(&mut self.entries[other].name, name);
                }
            }
            Edit::Describe(index, text) => self.entries[index % count].description = format!("text {text}"),
            Edit::Tag(index, managed) => {
                let tag = if *managed { MANAGED } else { LISTED };
                let tags = &mut self.entries[index % count].tags;
                if !tags.remove(tag) {
                    tags.insert(tag);
                }
            }
            Edit::Archive(index) => {
                let entry = &mut self.entries[index % count];
                entry.archived = !entry.archived;
                entry.in_suite = false;
            }
            Edit::Member(index) => {
                let entry = &mut self.entries[index % count];
                entry.in_suite = !entry.in_suite && !entry.archived;
            }
        }
    }

    /// Gives an entry the ID of its experience; false where there is none, or another entry has it.
    fn follow(&mut self, index: usize, world: &World) -> bool {
        if self.entries[index].id.is_some() {
            return true;
        }
        let Some((id, _)) = world.named(&self.entries[index].name) else { return false };
        if self.entries.iter().any(|entry| entry.id.as_ref() == Some(id)) {
            return false;
        }
        self.entries[index].id = Some(id.clone());
        true
    }

    /// The file's text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::from("experiences:");
        for Entry { id, name, description, tags, archived, in_suite: _ } in &self.entries {
            let tags: Vec<&str> = tags.iter().copied().collect();
            write!(
                text,
                "\n  - {{name: {name}, description: {description}, locations: [\"{}\"], tags: [{}]",
                location(name),
                tags.join(", ")
            )
            .expect("a String");
            if let Some(id) = id {
                write!(text, ", experienceID: {id}").expect("a String");
            }
            text.push_str(if *archived { ", archived: true}" } else { "}" });
        }
        if self.entries.is_empty() {
            text.push_str(" []");
        }
        let members: Vec<&str> = self.entries.iter().filter(|entry| entry.in_suite).map(|entry| entry.name.as_str()).collect();
        write!(
            text,
            "\nmanagedTestSuites: [{{name: {SUITE}, experiences: [{}]}}]\nmanagedExperienceTags: [{MANAGED}]\n",
            members.join(", ")
        )
        .expect("a String");
        text
    }
}
