//! Tags and systems alike are groups of experiences: who is in, who comes and goes.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::lookup::unread;
use super::model::{Experience, Members};
use super::project::{Project, Write};
use crate::reply::Refusal;
use crate::rules::{BulkPresent, EmptyList};

/// A kind of group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Tags.
    Tag,
    /// Systems.
    System,
}

impl Group {
    /// The experience's side of it.
    fn side(self, experience: &mut Experience) -> &mut BTreeSet<Uuid> {
        match self {
            Self::Tag => &mut experience.tags,
            Self::System => &mut experience.systems,
        }
    }
}

impl Project {
    /// Who is in a group.
    pub(crate) fn members(&self, group: Group, id: Uuid) -> Result<&Members, Refusal> {
        match group {
            Group::Tag => self.tag(id).map(|tag| &tag.members),
            Group::System => self.system(id).map(|system| &system.members),
        }
    }

    fn members_mut(&mut self, group: Group, id: Uuid) -> Option<&mut Members> {
        match group {
            Group::Tag => self.tags.get_mut(&id).map(|tag| &mut tag.members),
            Group::System => self.systems.get_mut(&id).map(|system| &mut system.members),
        }
    }

    fn group_name(&self, group: Group, id: Uuid) -> String {
        match group {
            Group::Tag => self.tags.get(&id).map(|tag| format!("tag `{}`", tag.name)),
            Group::System => self.systems.get(&id).map(|system| format!("system `{}`", system.name)),
        }
        .unwrap_or_default()
    }

    /// One half of a group's members.
    pub(crate) fn known_half(&self, group: Group, id: Uuid, archived: bool) -> Result<&BTreeSet<Uuid>, Refusal> {
        let half = self.members(group, id)?.half(archived);
        half.ok_or_else(|| {
            let which = if archived { "archived" } else { "live" };
            unread(&format!("the {which} members of {}", self.group_name(group, id)))
        })
    }

    /// Whether an experience is in a group.
    fn is_in(&self, group: Group, id: Uuid, experience: Uuid) -> Result<bool, Refusal> {
        let archived = self.experience(experience)?.archived;
        Ok(self.known_half(group, id, archived)?.contains(&experience))
    }

    /// Puts an experience into a group in which it is not.
    pub(crate) fn join(&mut self, group: Group, id: Uuid, experience: Uuid) {
        let Some(found) = self.experiences.get_mut(&experience) else { return };
        group.side(found).insert(id);
        let archived = found.archived;
        if let Some(half) = self.members_mut(group, id).and_then(|members| members.half_mut(archived)) {
            half.insert(experience);
        }
    }

    /// Takes an experience out of a group.
    pub(crate) fn leave(&mut self, group: Group, id: Uuid, experience: Uuid) {
        let Some(found) = self.experiences.get_mut(&experience) else { return };
        group.side(found).remove(&id);
        let archived = found.archived;
        if let Some(half) = self.members_mut(group, id).and_then(|members| members.half_mut(archived)) {
            half.remove(&experience);
        }
    }

    /// Moves an experience to the other half of all its groups, when it was archived or restored.
    pub(crate) fn change_halves(&mut self, experience: Uuid, now_archived: bool) {
        let Some(found) = self.experiences.get(&experience) else { return };
        let groups: Vec<(Group, Uuid)> =
            found.tags.iter().map(|id| (Group::Tag, *id)).chain(found.systems.iter().map(|id| (Group::System, *id))).collect();
        for (group, id) in groups {
            let Some(members) = self.members_mut(group, id) else { continue };
            if let Some(half) = members.half_mut(!now_archived) {
                half.remove(&experience);
            }
            if let Some(half) = members.half_mut(now_archived) {
                half.insert(experience);
            }
        }
    }

    /// Adds one experience to one group: 409 if it is there.
    pub(crate) fn add_one(&mut self, group: Group, id: Uuid, experience: Uuid) -> Result<(), Refusal> {
        self.members(group, id)?;
        if self.is_in(group, id, experience)? {
            return Err(self.already(group, id, experience));
        }
        self.join(group, id, experience);
        Ok(())
    }

    /// Removes one experience from one group: 404 if it is not there.
    pub(crate) fn remove_one(&mut self, group: Group, id: Uuid, experience: Uuid) -> Result<(), Refusal> {
        self.members(group, id)?;
        if !self.is_in(group, id, experience)? {
            return Err(self.absent(group, id, experience));
        }
        self.leave(group, id, experience);
        Ok(())
    }

    /// Adds every experience to every group, or nothing.
    pub(crate) fn add_all(&mut self, write: &Write, group: Group, ids: &[Uuid], experiences: &[Uuid]) -> Result<(), Refusal> {
        let mut fresh = BTreeSet::new();
        self.each_pair(write, group, ids, experiences, |project, id, experience| {
            if (project.is_in(group, id, experience)? || !fresh.insert((id, experience)))
                && write.rules.bulk_present == BulkPresent::Conflict
            {
                return Err(project.already(group, id, experience));
            }
            Ok(())
        })?;
        for (id, experience) in fresh {
            self.join(group, id, experience);
        }
        Ok(())
    }

    /// Removes every experience from every group, or nothing.
    pub(crate) fn remove_all(&mut self, write: &Write, group: Group, ids: &[Uuid], experiences: &[Uuid]) -> Result<(), Refusal> {
        self.each_pair(write, group, ids, experiences, |project, id, experience| {
            if !project.is_in(group, id, experience)? && write.rules.bulk_present == BulkPresent::Conflict {
                return Err(project.absent(group, id, experience));
            }
            Ok(())
        })?;
        for id in ids {
            for experience in experiences {
                self.leave(group, *id, *experience);
            }
        }
        Ok(())
    }

    fn each_pair(
        &self,
        write: &Write,
        group: Group,
        ids: &[Uuid],
        experiences: &[Uuid],
        mut check: impl FnMut(&Self, Uuid, Uuid) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        write.check_list("ID", ids.len())?;
        write.check_list("experience", experiences.len())?;
        for id in ids {
            self.members(group, *id)?;
        }
        for id in ids {
            for experience in experiences {
                check(self, *id, *experience)?;
            }
        }
        Ok(())
    }

    fn already(&self, group: Group, id: Uuid, experience: Uuid) -> Refusal {
        Refusal::conflict(format!("experience {experience} already has {}", self.group_name(group, id)))
    }

    fn absent(&self, group: Group, id: Uuid, experience: Uuid) -> Refusal {
        Refusal::not_found(format!("experience {experience} does not have {}", self.group_name(group, id)))
    }
}

impl Write {
    /// Refuses a bulk list of a length that the rules exclude.
    pub(crate) fn check_list(&self, of: &str, length: usize) -> Result<(), Refusal> {
        if length == 0 && self.rules.empty_bulk == EmptyList::Refused {
            return Err(Refusal::bad(format!("at least one {of} is required")));
        }
        if let Some(limit) = self.rules.bulk_limit
            && length > limit
        {
            return Err(Refusal::bad(format!("{length} {of}s are too many: at most {limit} are allowed")));
        }
        Ok(())
    }
}
