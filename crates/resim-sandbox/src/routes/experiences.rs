//! Experiences, and who belongs to a tag or system.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use crate::paging::{Order, PageRequest, answer};
use crate::reply::{Answer, Refusal, Reply};
use crate::request::Request;
use crate::rules::{ArchivedDefault, Rules};
use crate::store::{Experience, FieldKind, Group, Project, Write};
use crate::wire::{BulkArchive, ExperienceRow, Filter, Selection};

pub(crate) fn list(rules: &Rules, project: &Project, request: &Request) -> Answer {
    let page = PageRequest::of(request, rules, true)?;
    let order = Order::of(request, rules, false)?;
    let archived = match request.parameter("archived") {
        None => Some(false),
        // No value lists both at once.
        Some("") => None,
        Some(_) => request.flag("archived")?,
    };
    let custom_fields = request.flag("includeCustomFields")?.unwrap_or(false);
    let text = |name| request.parameter(name).filter(|text| !text.is_empty()).map(str::to_owned);
    let filter = Filter { name: text("name"), text: text("text"), search: text("search") };
    let matching = project.matching(rules, &filter, archived)?;
    let rows = project.rows(rules, &matching, order, page.after());
    let page = page.cut(rules, rows, |one| order.key(one.id, &one.stamp));
    let total = rules.experience_total.then(|| project.count(rules, &matching));
    answer(rules, "experiences", &page.map(|one| ExperienceRow::new(rules, project, one, custom_fields)), total)
}

pub(crate) fn members(rules: &Rules, project: &Project, group: Group, id: Uuid, request: &Request) -> Answer {
    let page = PageRequest::of(request, rules, false)?;
    let custom_fields = request.flag("includeCustomFields")?.unwrap_or(false);
    let halves = match (request.flag("archived")?, rules.archived_default) {
        (Some(archived), _) => vec![archived],
        (None, ArchivedDefault::Both) => vec![false, true],
        (None, ArchivedDefault::Live) => vec![false],
    };
    let mut rows: BTreeMap<Uuid, &Experience> = BTreeMap::new();
    for archived in halves {
        for experience in project.known_half(group, id, archived)? {
            match project.experiences.get(experience) {
                Some(found) => rows.insert(*experience, found),
                // Known as a member only: the rows themselves were not read.
                None => return Err(project.need_archived_experiences().err().unwrap_or_else(|| Refusal::bad("unknown member"))),
            };
        }
    }
    let total = rows.len();
    let page = page.cut(rules, rows.into_values(), |one| Order::Id.key(one.id, &one.stamp));
    let total = rules.experience_total.then_some(total);
    answer(rules, "experiences", &page.map(|one| ExperienceRow::new(rules, project, one, custom_fields)), total)
}

pub(crate) fn get(rules: &Rules, project: &Project, id: Uuid) -> Answer {
    Reply::ok(&ExperienceRow::new(rules, project, found(project, id)?, true))
}

pub(crate) fn custom_fields(rules: &Rules, project: &Project, request: &Request) -> Answer {
    let kinds = match request.parameter("type").filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(
            text.split(',')
                .map(|word| FieldKind::parse(word).ok_or_else(|| crate::request::invalid_parameter("type")))
                .collect::<Result<Vec<_>, _>>()?,
        ),
    };
    let mut fields: BTreeMap<(&str, FieldKind), BTreeSet<&str>> = BTreeMap::new();
    let everything = Filter::default();
    let matching = project.matching(rules, &everything, Some(false))?;
    for experience in project.rows(rules, &matching, Order::Id, None) {
        for field in &experience.custom_fields {
            if kinds.as_ref().is_none_or(|kinds| kinds.contains(&field.kind)) {
                fields.entry((&field.name, field.kind)).or_default().extend(field.values.iter().map(String::as_str));
            }
        }
    }
    let fields: Vec<_> =
        fields.into_iter().map(|((name, kind), values)| json!({ "name": name, "type": kind.word(), "values": values })).collect();
    Reply::ok(&json!({ "customFields": fields }))
}

pub(crate) fn create(write: &Write, project: &mut Project, request: &Request) -> Answer {
    let id = project.create_experience(write, request.json()?)?;
    Reply::created(&ExperienceRow::new(&write.rules, project, project.experience(id)?, true))
}

pub(crate) fn update(write: &Write, project: &mut Project, id: Uuid, request: &Request) -> Answer {
    found(project, id)?;
    project.update_experience(write, id, request.json()?)?;
    get(&write.rules, project, id)
}

pub(crate) fn archive_one(write: &Write, project: &mut Project, id: Uuid) -> Answer {
    found(project, id)?;
    project.archive(write, &[id]);
    Reply::empty(204)
}

/// Answers how many were archived, those already archived left out.
pub(crate) fn archive_many(write: &Write, project: &mut Project, request: &Request) -> Answer {
    let BulkArchive { experience_ids, experiences, all_experiences, filters } = request.json()?;
    let selection = Selection { experiences, all_experiences, filters };
    let ids = project.selected(&write.rules, selection, experience_ids).map_err(|refusal| match refusal.status {
        // No 404 is documented here.
        404 => Refusal::bad(refusal.message),
        _ => refusal,
    })?;
    write.check_list("experience", ids.len())?;
    Reply::ok(&project.archive(write, &ids))
}

pub(crate) fn restore(write: &Write, project: &mut Project, id: Uuid) -> Answer {
    found(project, id)?;
    project.restore(write, id)?;
    Reply::empty(204)
}

pub(crate) fn add(project: &mut Project, group: Group, id: Uuid, experience: Uuid) -> Answer {
    project.add_one(group, id, experience)?;
    Reply::empty(201)
}

pub(crate) fn remove(project: &mut Project, group: Group, id: Uuid, experience: Uuid) -> Answer {
    project.remove_one(group, id, experience)?;
    Reply::empty(204)
}

/// One experience by its ID: where the archived ones were not read, nobody knows that there is none.
fn found(project: &Project, id: Uuid) -> Result<&Experience, Refusal> {
    match project.experiences.get(&id) {
        Some(experience) => Ok(experience),
        None => {
            project.need_archived_experiences()?;
            project.experience(id)
        }
    }
}
