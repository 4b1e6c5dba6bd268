//! Tags.

use uuid::Uuid;

use crate::paging::{Order, PageRequest, answer};
use crate::reply::{Answer, Reply};
use crate::request::Request;
use crate::rules::Rules;
use crate::store::{Group, Project, Tag, Write};
use crate::wire::{BulkTags, Selection, TagRow};

pub(crate) fn list(rules: &Rules, project: &Project, request: &Request) -> Answer {
    let name = request.parameter("name").filter(|name| !name.is_empty());
    let rows = project.tags.values().filter(|tag| name.is_none_or(|name| rules.name_fits(&tag.name, name)));
    page(rules, project, rows, request, name.unwrap_or_default())
}

pub(crate) fn of_experience(rules: &Rules, project: &Project, id: Uuid, request: &Request) -> Answer {
    let experience = project.experience(id)?;
    for tag in project.tags.keys() {
        project.known_half(Group::Tag, *tag, experience.archived)?;
    }
    page(rules, project, experience.tags.iter().filter_map(|tag| project.tags.get(tag)), request, "")
}

fn page<'a>(rules: &Rules, project: &Project, rows: impl Iterator<Item = &'a Tag>, request: &Request, name: &str) -> Answer {
    let page = PageRequest::of(request, rules, false)?;
    let order = Order::of(request, rules, true)?;
    let key = |tag: &Tag| if order == Order::Rank { (rank(&tag.name, name), tag.id) } else { order.key(tag.id, &tag.stamp) };
    let mut rows: Vec<&Tag> = rows.collect();
    rows.sort_by_key(|tag| key(tag));
    let page = page.cut(rules, rows.into_iter(), |tag| key(tag));
    answer(rules, "experienceTags", &page.map(|tag| TagRow::new(project, tag)), None)
}

/// The name itself first, then names that begin with it.
fn rank(name: &str, asked: &str) -> i64 {
    if name == asked {
        0
    } else if name.starts_with(asked) {
        1
    } else {
        2
    }
}

pub(crate) fn get(project: &Project, id: Uuid) -> Answer {
    Reply::ok(&TagRow::new(project, project.tag(id)?))
}

pub(crate) fn create(write: &Write, project: &mut Project, request: &Request) -> Answer {
    let id = project.create_tag(write, request.json()?)?;
    Reply::created(&TagRow::new(project, project.tag(id)?))
}

pub(crate) fn delete(project: &mut Project, id: Uuid) -> Answer {
    project.delete_tag(id)?;
    Reply::empty(204)
}

pub(crate) fn add_in_bulk(write: &Write, project: &mut Project, request: &Request) -> Answer {
    let BulkTags { experience_tag_ids, experiences, all_experiences, filters } = request.json()?;
    let selection = Selection { experiences, all_experiences, filters };
    let ids = project.selected(&write.rules, selection, Vec::new())?;
    project.add_all(write, Group::Tag, &experience_tag_ids, &ids)?;
    Reply::empty(201)
}
