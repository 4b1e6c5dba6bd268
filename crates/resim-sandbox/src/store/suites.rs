//! Suites and their revisions.

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use super::model::{Revision, Suite};
use super::project::{Project, Write};
use crate::reply::Refusal;
use crate::rules::{EmptyList, SuiteMembers};
use crate::wire::{CreateSuite, ReviseSuite};

impl Suite {
    /// Makes a new revision.
    fn revise(&mut self, write: &Write, revision: Revision) {
        let before = std::mem::replace(&mut self.latest, revision);
        self.past.insert(self.number, (before, self.stamp.clone()));
        self.number = self.number.saturating_add(1);
        self.stamp.touch(write.at, &write.user);
    }
}

impl Project {
    /// Creates a suite at revision 0; names are unique among live suites and archived ones.
    pub(crate) fn create_suite(&mut self, write: &Write, body: CreateSuite, members: BTreeSet<Uuid>) -> Result<Uuid, Refusal> {
        check_suite_name(&body.name)?;
        self.system(body.system_id)?;
        self.check_members(write, body.system_id, &members, &BTreeSet::new())?;
        self.check_suite_name_free(write, None, &body.name)?;
        let id = write.fresh_id("suite", self.id, &body.name, |id| self.suites.contains_key(&id));
        let latest = Revision {
            name: body.name,
            description: body.description,
            system: body.system_id,
            experiences: Arc::new(members),
            metrics_build: body.metrics_build_id,
            metrics_set: body.metrics_set_name,
            show_on_summary: body.show_on_summary.unwrap_or(false),
            summary_reference_date: body.summary_reference_date,
        };
        let suite = Suite { id, archived: false, adhoc: false, stamp: write.stamp(), number: 0, latest, past: Default::default() };
        self.suites.insert(id, suite);
        Ok(id)
    }

    /// Makes a new revision, also when nothing differs.
    pub(crate) fn revise_suite(
        &mut self,
        write: &Write,
        id: Uuid,
        body: ReviseSuite,
        members: Option<BTreeSet<Uuid>>,
    ) -> Result<(), Refusal> {
        // Which experiences is resolved by the caller.
        let ReviseSuite {
            name,
            description,
            system_id,
            experiences: _,
            all_experiences: _,
            excluded_experience_ids: _,
            filters: _,
            update_metrics_build,
            metrics_build_id,
            update_metrics_set,
            metrics_set_name,
            adhoc,
            show_on_summary,
        } = body;
        let mut revision = self.suite(id)?.latest.clone();
        if let Some(name) = name {
            check_suite_name(&name)?;
            self.check_suite_name_free(write, Some(id), &name)?;
            revision.name = name;
        }
        if let Some(system) = system_id {
            self.system(system)?;
            revision.system = system;
        }
        if update_metrics_build {
            revision.metrics_build = metrics_build_id;
        }
        if update_metrics_set == Some(true) {
            revision.metrics_set = metrics_set_name;
        }
        revision.description = description.unwrap_or(revision.description);
        revision.experiences = members.map_or(revision.experiences, Arc::new);
        revision.show_on_summary = show_on_summary.unwrap_or(revision.show_on_summary);
        let latest = &self.suite(id)?.latest;
        let nobody = BTreeSet::new();
        // Another system takes none of the members on trust.
        let before = if revision.system == latest.system { &*latest.experiences } else { &nobody };
        self.check_members(write, revision.system, &revision.experiences, before)?;
        if let Some(suite) = self.suites.get_mut(&id) {
            suite.adhoc = adhoc.unwrap_or(suite.adhoc);
            suite.revise(write, revision);
        }
        Ok(())
    }

    /// Makes a new revision of each suite with other members, or none.
    pub(crate) fn set_suite_members(&mut self, write: &Write, changes: Vec<(Uuid, BTreeSet<Uuid>)>) -> Result<(), Refusal> {
        for (id, members) in &changes {
            let Revision { system, experiences, .. } = &self.suite(*id)?.latest;
            self.check_members(write, *system, members, experiences)?;
        }
        for (id, members) in changes {
            if let Some(suite) = self.suites.get_mut(&id) {
                let revision = Revision { experiences: Arc::new(members), ..suite.latest.clone() };
                suite.revise(write, revision);
            }
        }
        Ok(())
    }

    /// Archives or restores a suite; nothing happens to one that is so already.
    pub(crate) fn set_suite_archived(&mut self, write: &Write, id: Uuid, archived: bool) -> Result<(), Refusal> {
        self.suite(id)?;
        if let Some(suite) = self.suites.get_mut(&id)
            && suite.archived != archived
        {
            suite.archived = archived;
            suite.stamp.touch(write.at, &write.user);
        }
        Ok(())
    }

    /// What one request that archives experiences does to suites: one revision for each suite that holds any.
    pub(crate) fn drop_from_suites(&mut self, write: &Write, archived: &BTreeSet<Uuid>) {
        for (id, suite) in &mut self.suites {
            let gone: Vec<Uuid> = if archived.len() < suite.latest.experiences.len() {
                archived.iter().filter(|one| suite.latest.experiences.contains(*one)).copied().collect()
            } else {
                suite.latest.experiences.iter().filter(|one| archived.contains(*one)).copied().collect()
            };
            if gone.is_empty() {
                continue;
            }
            let mut revision = suite.latest.clone();
            if !write.rules.suite_lists_archived {
                let members = Arc::make_mut(&mut revision.experiences);
                for experience in &gone {
                    members.remove(experience);
                    if let Some(experience) = self.experiences.get_mut(experience) {
                        experience.left_suites.insert(*id);
                    }
                }
            }
            if write.rules.archive_revises {
                suite.revise(write, revision);
            } else {
                suite.latest = revision;
            }
        }
    }

    /// Puts a restored experience back into the suites that dropped it, where the rules say so.
    pub(crate) fn rejoin_suites(&mut self, write: &Write, experience: Uuid) {
        let Some(found) = self.experiences.get_mut(&experience) else { return };
        let left = std::mem::take(&mut found.left_suites);
        if !write.rules.restore_rejoins {
            return;
        }
        for id in left {
            if let Some(suite) = self.suites.get_mut(&id) {
                let mut revision = suite.latest.clone();
                if Arc::make_mut(&mut revision.experiences).insert(experience) {
                    suite.revise(write, revision);
                }
            }
        }
    }

    fn check_suite_name_free(&self, write: &Write, own: Option<Uuid>, name: &str) -> Result<(), Refusal> {
        let taken = self.suites.values().any(|suite| Some(suite.id) != own && suite.latest.name == name);
        if taken { Err(write.name_taken("test suite", name)) } else { Ok(()) }
    }

    fn check_members(&self, write: &Write, system: Uuid, members: &BTreeSet<Uuid>, before: &BTreeSet<Uuid>) -> Result<(), Refusal> {
        if members.is_empty() && write.rules.empty_suite == EmptyList::Refused {
            return Err(Refusal::bad("a test suite needs at least one experience"));
        }
        // Those that it holds already may be archived ones that the state file lacks.
        for member in members.difference(before) {
            let experience = self.experience(*member)?;
            match write.rules.suite_members {
                SuiteMembers::Live if experience.archived => {
                    return Err(Refusal::bad(format!("experience {member} is archived")));
                }
                SuiteMembers::Registered if !experience.systems.contains(&system) => {
                    return Err(Refusal::bad(format!("experience {member} is not registered with system {system}")));
                }
                SuiteMembers::Any | SuiteMembers::Live | SuiteMembers::Registered => {}
            }
        }
        Ok(())
    }
}

fn check_suite_name(name: &str) -> Result<(), Refusal> {
    if name.is_empty() { Err(Refusal::bad("name must not be empty")) } else { Ok(()) }
}
