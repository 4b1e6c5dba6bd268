//! Tags.

use uuid::Uuid;

use super::members::Group;
use super::model::{Members, Tag};
use super::project::{Project, Write};
use crate::reply::Refusal;
use crate::wire::CreateTag;

impl Project {
    /// Creates a tag; names are unique.
    pub(crate) fn create_tag(&mut self, write: &Write, body: CreateTag) -> Result<Uuid, Refusal> {
        let CreateTag { name, description } = body;
        if name.is_empty() {
            return Err(Refusal::bad("name must not be empty"));
        }
        if self.tags.values().any(|tag| tag.name == name) {
            return Err(write.name_taken("experience tag", &name));
        }
        let id = write.fresh_id("tag", self.id, &name, |id| self.tags.contains_key(&id));
        self.tags.insert(id, Tag { id, name, description, stamp: write.stamp(), members: Members::none() });
        Ok(id)
    }

    /// Deletes a tag: nobody carries it any more.
    pub(crate) fn delete_tag(&mut self, id: Uuid) -> Result<(), Refusal> {
        self.tag(id)?;
        let carriers: Vec<Uuid> = self.experiences.values().filter(|one| one.tags.contains(&id)).map(|one| one.id).collect();
        for experience in carriers {
            self.leave(Group::Tag, id, experience);
        }
        self.tags.remove(&id);
        Ok(())
    }
}

impl Write {
    /// The refusal of a name that is taken.
    pub(crate) fn name_taken(&self, what: &str, name: &str) -> Refusal {
        Refusal { status: self.rules.name_clash, message: format!("{what} with name `{name}` already exists") }
    }
}
