//! Systems.

use uuid::Uuid;

use crate::paging::{Order, PageRequest, answer};
use crate::reply::{Answer, Reply};
use crate::request::Request;
use crate::rules::Rules;
use crate::store::{Group, Project, System, Write};
use crate::wire::{BulkSystems, Selection, SystemRow};

pub(crate) fn list(rules: &Rules, project: &Project, request: &Request) -> Answer {
    let name = request.parameter("name").filter(|name| !name.is_empty());
    let rows = project.systems.values().filter(|system| name.is_none_or(|name| rules.name_fits(&system.name, name)));
    page(rules, project, rows, request)
}

pub(crate) fn of_experience(rules: &Rules, project: &Project, id: Uuid, request: &Request) -> Answer {
    let experience = project.experience(id)?;
    for system in project.systems.keys() {
        project.known_half(Group::System, *system, experience.archived)?;
    }
    page(rules, project, experience.systems.iter().filter_map(|system| project.systems.get(system)), request)
}

fn page<'a>(rules: &Rules, project: &Project, rows: impl Iterator<Item = &'a System>, request: &Request) -> Answer {
    let page = PageRequest::of(request, rules, false)?;
    let order = Order::of(request, rules, false)?;
    let mut rows: Vec<&System> = rows.collect();
    rows.sort_by_key(|system| order.key(system.id, &system.stamp));
    let page = page.cut(rules, rows.into_iter(), |system| order.key(system.id, &system.stamp));
    answer(rules, "systems", &page.map(|system| SystemRow::new(rules, project, system)), None)
}

pub(crate) fn get(rules: &Rules, project: &Project, id: Uuid) -> Answer {
    Reply::ok(&SystemRow::new(rules, project, project.system(id)?))
}

pub(crate) fn create(write: &Write, project: &mut Project, request: &Request) -> Answer {
    let id = project.create_system(write, request.json()?)?;
    Reply::created(&SystemRow::new(&write.rules, project, project.system(id)?))
}

pub(crate) fn add_in_bulk(write: &Write, project: &mut Project, request: &Request) -> Answer {
    let (systems, experiences) = pairs(write, project, request)?;
    project.add_all(write, Group::System, &systems, &experiences)?;
    Reply::empty(201)
}

/// 201 as documented, although something goes.
pub(crate) fn remove_in_bulk(write: &Write, project: &mut Project, request: &Request) -> Answer {
    let (systems, experiences) = pairs(write, project, request)?;
    project.remove_all(write, Group::System, &systems, &experiences)?;
    Reply::empty(201)
}

fn pairs(write: &Write, project: &Project, request: &Request) -> Result<(Vec<Uuid>, Vec<Uuid>), crate::reply::Refusal> {
    let BulkSystems { system_ids, experiences, all_experiences, filters } = request.json()?;
    let selection = Selection { experiences, all_experiences, filters };
    Ok((system_ids, project.selected(&write.rules, selection, Vec::new())?))
}
