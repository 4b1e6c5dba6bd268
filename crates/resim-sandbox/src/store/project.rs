//! Projects and their indexes.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::model::{Experience, Stamp, Suite, System, Tag};
use crate::clock::{Clock, Timestamp, derived_id};
use crate::reply::Refusal;
use crate::rules::Rules;

/// All projects, and what is common to them.
#[derive(Debug)]
pub(crate) struct Store {
    /// Answers to open questions.
    pub(crate) rules: Rules,
    /// Time of writes.
    pub(crate) clock: Clock,
    /// Part of every new ID.
    pub(crate) seed: u64,
    /// By ID.
    pub(crate) projects: BTreeMap<Uuid, Project>,
    /// The project that the state file is about.
    pub(crate) main: Uuid,
    /// Moves with each write: tells whether there is something to save.
    pub(crate) version: u64,
}

/// Which optional lists the state file held in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReadLists {
    /// Archived experiences.
    pub(crate) archived_experiences: bool,
    /// Archived suites.
    pub(crate) archived_suites: bool,
}

/// One project.
#[derive(Debug)]
pub(crate) struct Project {
    /// Its ID.
    pub(crate) id: Uuid,
    /// Its name.
    pub(crate) name: String,
    /// History.
    pub(crate) stamp: Stamp,
    /// Which lists are known in full.
    pub(crate) read: ReadLists,
    /// Live and archived ones.
    pub(crate) experiences: BTreeMap<Uuid, Experience>,
    /// The same in order of creation, newest first.
    pub(crate) by_age: BTreeSet<(i64, Uuid)>,
    /// The same by name; a state file may hold one name several times.
    pub(crate) by_name: BTreeMap<String, BTreeSet<Uuid>>,
    /// How many are live.
    pub(crate) live: usize,
    /// By ID.
    pub(crate) tags: BTreeMap<Uuid, Tag>,
    /// By ID.
    pub(crate) systems: BTreeMap<Uuid, System>,
    /// Live and archived ones.
    pub(crate) suites: BTreeMap<Uuid, Suite>,
}

impl Store {
    /// A store with one empty project.
    pub(crate) fn new(seed: u64, project: Project) -> Self {
        let main = project.id;
        Self { rules: Rules::default(), clock: Clock::new(), seed, projects: BTreeMap::from([(main, project)]), main, version: 0 }
    }

    /// The project that the state file is about.
    pub(crate) fn main(&self) -> Option<&Project> {
        self.projects.get(&self.main)
    }

    /// One project.
    pub(crate) fn project(&self, id: Uuid) -> Result<&Project, Refusal> {
        self.projects.get(&id).ok_or_else(|| unknown_project(id))
    }

    /// One project, what holds for it, and the instant of the write.
    pub(crate) fn write(&mut self, project: Uuid, user: &str) -> Result<(&mut Project, Write), Refusal> {
        let Some(found) = self.projects.get_mut(&project) else { return Err(unknown_project(project)) };
        self.version = self.version.wrapping_add(1);
        Ok((found, Write { rules: self.rules.clone(), at: self.clock.tick(), user: user.to_owned(), seed: self.seed }))
    }

    /// Adds an empty project; another one of the same name gets another ID.
    pub(crate) fn add_project(&mut self, name: &str) -> Uuid {
        let id = fresh(|nth| derived_id(self.seed, &["project", name], nth), |id| self.projects.contains_key(&id));
        let mut project = Project::new(id, name);
        project.stamp = Stamp::new(self.clock.tick(), "sandbox");
        self.projects.insert(id, project);
        id
    }
}

/// The circumstances of one write.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    /// Answers to open questions.
    pub(crate) rules: Rules,
    /// When.
    pub(crate) at: Timestamp,
    /// By whom.
    pub(crate) user: String,
    /// Part of new IDs.
    pub(crate) seed: u64,
}

impl Write {
    /// An unused ID for a new thing.
    pub(crate) fn fresh_id(&self, kind: &str, project: Uuid, name: &str, taken: impl Fn(Uuid) -> bool) -> Uuid {
        let project = project.to_string();
        fresh(|nth| derived_id(self.seed, &[kind, &project, name], nth), taken)
    }

    /// The stamp of a new thing.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp::new(self.at, &self.user)
    }
}

fn fresh(id: impl Fn(u64) -> Uuid, taken: impl Fn(Uuid) -> bool) -> Uuid {
    let mut nth = 0;
    loop {
        let candidate = id(nth);
        if !taken(candidate) {
            return candidate;
        }
        nth += 1;
    }
}

impl Project {
    /// An empty project of which everything is known.
    pub(crate) fn new(id: Uuid, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            stamp: Stamp::loaded(None),
            read: ReadLists { archived_experiences: true, archived_suites: true },
            experiences: BTreeMap::new(),
            by_age: BTreeSet::new(),
            by_name: BTreeMap::new(),
            live: 0,
            tags: BTreeMap::new(),
            systems: BTreeMap::new(),
            suites: BTreeMap::new(),
        }
    }

    /// The project of this name.
    pub(crate) fn named(seed: u64, name: &str) -> Self {
        Self::new(derived_id(seed, &["project", name], 0), name)
    }

    /// Adds an experience to all indexes; its tags and systems are the caller's.
    pub(crate) fn insert(&mut self, experience: Experience) {
        self.by_age.insert(experience.age());
        self.by_name.entry(experience.name.clone()).or_default().insert(experience.id);
        self.live += usize::from(!experience.archived);
        self.experiences.insert(experience.id, experience);
    }

    /// Moves an experience to another name.
    pub(crate) fn rename(&mut self, id: Uuid, name: &str) {
        let Some(experience) = self.experiences.get_mut(&id) else { return };
        let old = std::mem::replace(&mut experience.name, name.to_owned());
        if let Some(holders) = self.by_name.get_mut(&old) {
            holders.remove(&id);
            if holders.is_empty() {
                self.by_name.remove(&old);
            }
        }
        self.by_name.entry(name.to_owned()).or_default().insert(id);
    }
}

fn unknown_project(id: Uuid) -> Refusal {
    Refusal::not_found(format!("project {id} not found"))
}
