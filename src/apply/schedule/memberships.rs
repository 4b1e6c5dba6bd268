//! Tags created, put on and taken off; registrations with systems.
//!
//! Experiences that lack the same set of tags share a bulk request: the request means every tag on every
//! experience, so it names only pairs that are missing. New experiences carry theirs in their creation.

use std::collections::{BTreeMap, BTreeSet};

use super::{ActionId, Builder, CHUNK, Request, ScheduledAction, Stage, TagRef};
use crate::apply::report::{Subject, Write};
use crate::ids::{ExperienceId, ExperienceName, SystemId, SystemName, TagName};
use crate::plan::{ExperienceRef, Plan, TagChange};

pub(super) fn create_tags(plan: &Plan, builder: &mut Builder) {
    for tag in plan.tags.iter().filter(|tag| tag.id.is_none()) {
        builder.tags.insert(tag.name.clone(), builder.next());
        let action = ScheduledAction { subject: Subject::Tag(tag.name.clone()), write: Write::CreateTag, origin: None, needs: Vec::new() };
        builder.push(Stage::Experiences, Request::CreateTag(tag.name.clone()), None, vec![action]);
    }
}

/// The tag as later requests refer to it.
pub(super) fn reference(tag: &TagChange) -> TagRef {
    tag.id.map_or_else(|| TagRef::New(tag.name.clone()), TagRef::Existing)
}

pub(super) fn change(plan: &Plan, builder: &mut Builder) {
    let tags = plan.tags.iter().map(|tag| ((tag.name.clone(), reference(tag)), &tag.added));
    for (tags, experiences) in missing(tags) {
        add_tags(&tags, &experiences, builder);
    }
    for tag in &plan.tags {
        for member in &tag.removed {
            remove_tag(tag, member, builder);
        }
    }
    let systems = plan.systems.iter().map(|system| ((system.name.clone(), system.id), &system.added));
    for (systems, experiences) in missing(systems) {
        register(&systems, &experiences, builder);
    }
}

/// An experience that exists.
type Existing = (ExperienceName, ExperienceId);

/// Experiences by the set of things that they lack, in chunks, sorted by name.
fn missing<'a, T: Clone + Ord>(things: impl Iterator<Item = (T, &'a BTreeSet<ExperienceRef>)>) -> Vec<(Vec<T>, Vec<Existing>)> {
    let mut lacking: BTreeMap<Existing, Vec<T>> = BTreeMap::new();
    for (thing, members) in things {
        for member in members {
            if let ExperienceRef::Existing { name, id } = member {
                lacking.entry((name.clone(), *id)).or_default().push(thing.clone());
            }
        }
    }
    let mut groups: BTreeMap<Vec<T>, Vec<Existing>> = BTreeMap::new();
    for (experience, things) in lacking {
        groups.entry(things).or_default().push(experience);
    }
    let mut chunks = Vec::new();
    for (things, experiences) in groups {
        chunks.extend(experiences.chunks(CHUNK).map(|chunk| (things.clone(), chunk.to_vec())));
    }
    chunks
}

fn add_tags(tags: &[(TagName, TagRef)], experiences: &[Existing], builder: &mut Builder) {
    let mut actions = Vec::new();
    let mut pairs = Vec::new();
    for (tag, reference) in tags {
        let created = builder.tags.get(tag).copied();
        for (name, id) in experiences {
            let needs: Vec<ActionId> = created.into_iter().chain(builder.restored.get(id).copied()).collect();
            actions.push(ScheduledAction { subject: Subject::Tag(tag.clone()), write: Write::AddTag(name.clone()), origin: None, needs });
            pairs.push((reference.clone(), *id));
        }
    }
    builder.push(Stage::Memberships, Request::AddTags(pairs), None, actions);
}

fn remove_tag(tag: &TagChange, member: &ExperienceRef, builder: &mut Builder) {
    let (Some(id), ExperienceRef::Existing { name, id: experience }) = (tag.id, member) else {
        return; // Neither a tag nor an experience that the plan creates has anything to lose.
    };
    let needs = builder.restored.get(experience).copied().into_iter().collect();
    let action = ScheduledAction { subject: Subject::Tag(tag.name.clone()), write: Write::RemoveTag(name.clone()), origin: None, needs };
    builder.push(Stage::Memberships, Request::RemoveTag { tag: id, experience: *experience }, None, vec![action]);
}

fn register(systems: &[(SystemName, SystemId)], experiences: &[Existing], builder: &mut Builder) {
    let mut actions = Vec::new();
    let mut pairs = Vec::new();
    for (system, system_id) in systems {
        for (name, id) in experiences {
            actions.push(ScheduledAction {
                subject: Subject::System(system.clone()),
                write: Write::Register(name.clone()),
                origin: None,
                needs: builder.restored.get(id).copied().into_iter().collect(),
            });
            pairs.push((*system_id, *id));
        }
    }
    builder.push(Stage::Memberships, Request::Register(pairs), None, actions);
}
