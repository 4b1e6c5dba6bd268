//! Experiences: what a create, an update, an archive and a restore do.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::members::Group;
use super::model::{CustomField, Experience, FieldKind, HIDDEN, Text, Variable};
use super::project::{Project, Write};
use crate::reply::Refusal;
use crate::rules::{MaskIds, NoMask, UniqueNames};
use crate::wire::{ExperienceFields, FieldBody, UpdateExperience, VariableBody};

/// Seconds where a creation does not say.
const DEFAULT_TIMEOUT: i32 = 3600;

/// The fields of an update with their names in a refusal, which are those of the server's own language.
const MASK: [(&str, &str); 11] = [
    ("name", "Name"),
    ("description", "Description"),
    ("location", "Location"),
    ("locations", "Locations"),
    ("containerTimeoutSeconds", "ContainerTimeoutSeconds"),
    ("profile", "Profile"),
    ("environmentVariables", "EnvironmentVariables"),
    ("cacheExempt", "CacheExempt"),
    ("customFields", "CustomFields"),
    ("experienceTagIDs", "ExperienceTagIDs"),
    ("systemIDs", "SystemIDs"),
];

impl Project {
    /// Creates an experience with its tags and systems, or nothing.
    pub(crate) fn create_experience(&mut self, write: &Write, body: ExperienceFields) -> Result<Uuid, Refusal> {
        check_fields(&body)?;
        let ExperienceFields {
            name,
            description,
            location,
            locations,
            container_timeout_seconds,
            profile,
            environment_variables,
            cache_exempt,
            custom_fields,
            experience_tag_ids,
            system_ids,
        } = body;
        let name = name.ok_or_else(|| Refusal::bad("name is required"))?;
        let description = description.ok_or_else(|| Refusal::bad("description is required"))?;
        let tags: BTreeSet<Uuid> = experience_tag_ids.unwrap_or_default().into_iter().collect();
        let systems: BTreeSet<Uuid> = system_ids.unwrap_or_default().into_iter().collect();
        self.check_groups(Group::Tag, &tags, false)?;
        self.check_groups(Group::System, &systems, false)?;
        self.check_name(write, None, &name, false)?;
        let id = write.fresh_id("experience", self.id, &name, |id| self.experiences.contains_key(&id));
        self.insert(Experience {
            id,
            name,
            description,
            locations: locations.or(location.map(|one| vec![one])).unwrap_or_default().into_iter().map(Text::Shown).collect(),
            profile: profile.unwrap_or_default(),
            environment_variables: variables(environment_variables.unwrap_or_default(), &[]),
            container_timeout_seconds: container_timeout_seconds.unwrap_or(DEFAULT_TIMEOUT),
            cache_exempt: cache_exempt.unwrap_or(false),
            custom_fields: fields(custom_fields.unwrap_or_default())?,
            archived: false,
            stamp: write.stamp(),
            tags: BTreeSet::new(),
            systems: BTreeSet::new(),
            left_suites: BTreeSet::new(),
        });
        for tag in tags {
            self.join(Group::Tag, tag, id);
        }
        for system in systems {
            self.join(Group::System, system, id);
        }
        Ok(id)
    }

    /// Sets the fields that the mask names, or none.
    pub(crate) fn update_experience(&mut self, write: &Write, id: Uuid, body: UpdateExperience) -> Result<(), Refusal> {
        let archived = self.experience(id)?.archived;
        let UpdateExperience { experience: fields, update_mask } = body;
        let sent = fields.unwrap_or_default();
        check_fields(&sent)?;
        let sent = masked(sent, update_mask, write.rules.no_mask)?;
        let ExperienceFields {
            name,
            description,
            location,
            locations,
            container_timeout_seconds,
            profile,
            environment_variables,
            cache_exempt,
            custom_fields,
            experience_tag_ids,
            system_ids,
        } = sent;
        let custom_fields = custom_fields.map(self::fields).transpose()?;
        let groups = [(Group::Tag, experience_tag_ids), (Group::System, system_ids)]
            .map(|(group, ids)| (group, ids.map(|ids| ids.into_iter().collect::<BTreeSet<Uuid>>())));
        for (group, ids) in &groups {
            if let Some(ids) = ids {
                self.check_groups(*group, ids, archived)?;
            }
        }
        if let Some(name) = &name {
            self.check_name(write, Some(id), name, archived)?;
            self.rename(id, name);
        }
        let Some(experience) = self.experiences.get_mut(&id) else { return Ok(()) };
        if let Some(description) = description {
            experience.description = description;
        }
        if let Some(locations) = locations.or(location.map(|one| vec![one])) {
            let was_hidden = experience.locations.contains(&Text::Hidden);
            experience.locations = locations.into_iter().map(|text| kept(text, was_hidden)).collect();
        }
        if let Some(seconds) = container_timeout_seconds {
            experience.container_timeout_seconds = seconds;
        }
        if let Some(profile) = profile {
            experience.profile = profile;
        }
        if let Some(sent) = environment_variables {
            experience.environment_variables = variables(sent, &experience.environment_variables);
        }
        if let Some(exempt) = cache_exempt {
            experience.cache_exempt = exempt;
        }
        if let Some(custom_fields) = custom_fields {
            experience.custom_fields = custom_fields;
        }
        experience.stamp.touch(write.at, &write.user);
        let before = [experience.tags.clone(), experience.systems.clone()];
        for ((group, ids), before) in groups.into_iter().zip(before) {
            let Some(ids) = ids else { continue };
            if write.rules.mask_ids == MaskIds::Replace {
                for gone in before.difference(&ids) {
                    self.leave(group, *gone, id);
                }
            }
            for new in ids.difference(&before) {
                self.join(group, *new, id);
            }
        }
        Ok(())
    }

    /// Archives experiences in one go; returns how many were live.
    pub(crate) fn archive(&mut self, write: &Write, ids: &[Uuid]) -> usize {
        let mut archived = BTreeSet::new();
        for id in ids {
            let Some(experience) = self.experiences.get_mut(id) else { continue };
            if experience.archived {
                continue;
            }
            experience.archived = true;
            experience.stamp.touch(write.at, &write.user);
            archived.insert(*id);
            self.live -= 1;
            self.change_halves(*id, true);
            if !write.rules.archived_keep_members {
                self.leave_all(*id);
            }
        }
        if !archived.is_empty() {
            self.drop_from_suites(write, &archived);
        }
        archived.len()
    }

    /// Restores an experience; nothing happens to a live one.
    pub(crate) fn restore(&mut self, write: &Write, id: Uuid) -> Result<(), Refusal> {
        let experience = self.experience(id)?;
        if !experience.archived {
            return Ok(());
        }
        let name = experience.name.clone();
        if write.rules.unique_names == UniqueNames::Live {
            self.check_name(write, Some(id), &name, false)?;
        }
        if let Some(experience) = self.experiences.get_mut(&id) {
            experience.archived = false;
            experience.stamp.touch(write.at, &write.user);
        }
        self.live += 1;
        self.change_halves(id, false);
        self.rejoin_suites(write, id);
        Ok(())
    }

    fn leave_all(&mut self, id: Uuid) {
        let Some(experience) = self.experiences.get(&id) else { return };
        let (tags, systems) = (experience.tags.clone(), experience.systems.clone());
        for tag in tags {
            self.leave(Group::Tag, tag, id);
        }
        for system in systems {
            self.leave(Group::System, system, id);
        }
    }

    fn check_groups(&self, group: Group, ids: &BTreeSet<Uuid>, archived: bool) -> Result<(), Refusal> {
        ids.iter().try_for_each(|id| self.known_half(group, *id, archived).map(|_| ()))
    }

    /// Refuses a name that another experience holds, as far as names are unique.
    fn check_name(&self, write: &Write, own: Option<Uuid>, name: &str, archived: bool) -> Result<(), Refusal> {
        let Some(holders) = self.by_name.get(name) else { return Ok(()) };
        let mut others = holders.iter().filter(|id| Some(**id) != own);
        let taken = match write.rules.unique_names {
            UniqueNames::All => others.next().is_some(),
            UniqueNames::Live => !archived && others.any(|id| self.experiences.get(id).is_some_and(|one| !one.archived)),
            UniqueNames::None => false,
        };
        if taken { Err(write.name_taken("experience", name)) } else { Ok(()) }
    }
}

/// Refuses what no experience may have.
fn check_fields(body: &ExperienceFields) -> Result<(), Refusal> {
    if body.name.as_deref() == Some("") {
        return Err(Refusal::bad("name must not be empty"));
    }
    if body.locations.iter().flatten().chain(&body.location).any(String::is_empty) {
        return Err(Refusal::bad("locations must not be empty strings"));
    }
    Ok(())
}

/// Leaves the fields that an update sets: those of the mask, each of which must be there.
fn masked(mut sent: ExperienceFields, mask: Option<Vec<String>>, no_mask: NoMask) -> Result<ExperienceFields, Refusal> {
    let Some(mask) = mask else {
        return match no_mask {
            NoMask::Present => Ok(sent),
            NoMask::Nothing => Ok(ExperienceFields::default()),
            NoMask::Refused => Err(Refusal::bad("updateMask is required")),
        };
    };
    if let Some(unknown) = mask.iter().find(|name| !MASK.iter().any(|(known, _)| known == name)) {
        return Err(Refusal::bad(format!("unknown field in mask: {unknown}")));
    }
    let named = |field: &str| mask.iter().any(|name| name == field);
    let missing = |field: &str| {
        let name = MASK.iter().find(|(known, _)| *known == field).map_or(field, |(_, name)| name);
        Refusal::bad(format!("Missing {name} field, field is included in mask."))
    };
    macro_rules! keep {
        ($($field:ident: $name:literal),*) => {$(
            if !named($name) {
                sent.$field = None;
            } else if sent.$field.is_none() {
                return Err(missing($name));
            }
        )*};
    }
    keep!(
        name: "name", description: "description", location: "location", locations: "locations",
        container_timeout_seconds: "containerTimeoutSeconds", profile: "profile",
        environment_variables: "environmentVariables", cache_exempt: "cacheExempt", custom_fields: "customFields",
        experience_tag_ids: "experienceTagIDs", system_ids: "systemIDs"
    );
    Ok(sent)
}

fn variables(sent: Vec<VariableBody>, before: &[Variable]) -> Vec<Variable> {
    let hidden = |name: &str| before.iter().any(|one| one.name == name && one.value == Text::Hidden);
    sent.into_iter()
        .map(|VariableBody { name, value }| {
            let value = kept(value, hidden(&name));
            Variable { name, value }
        })
        .collect()
}

/// A hidden value that comes back as it was served stays hidden.
fn kept(text: String, was_hidden: bool) -> Text {
    if was_hidden && text == HIDDEN { Text::Hidden } else { Text::Shown(text) }
}

fn fields(sent: Vec<FieldBody>) -> Result<Vec<CustomField>, Refusal> {
    let mut names = BTreeSet::new();
    sent.into_iter()
        .map(|FieldBody { name, kind, values }| {
            let kind = FieldKind::parse(&kind).ok_or_else(|| Refusal::bad(format!("unknown custom field type `{kind}`")))?;
            if !names.insert(name.to_lowercase()) {
                return Err(Refusal::bad(format!("custom field `{name}` is given twice")));
            }
            Ok(CustomField { name, kind, values })
        })
        .collect()
}
