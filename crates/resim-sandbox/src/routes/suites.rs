//! Suites.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::paging::{Order, PageRequest, SUITES, answer};
use crate::reply::{Answer, Refusal, Reply};
use crate::request::{Request, parse_id};
use crate::rules::{ArchivedDefault, Rules};
use crate::store::{Project, Suite, Write};
use crate::wire::{BulkSuites, CreateSuite, Filter, ReviseSuite, Selection, SuiteRow};

pub(crate) fn list(rules: &Rules, project: &Project, request: &Request) -> Answer {
    let page = PageRequest::of(request, rules, false)?;
    let order = Order::of(request, rules, false)?;
    let archived = request.flag("archived")?.or(match rules.archived_default {
        ArchivedDefault::Both => None,
        ArchivedDefault::Live => Some(false),
    });
    if archived != Some(false) {
        project.need_archived_suites()?;
    }
    let system = request.parameter("systemID").map(|text| parse_id("systemID", text)).transpose()?;
    let members = match request.parameter("experienceIDs") {
        None => Vec::new(),
        Some(text) => text.split(',').map(|text| parse_id("experienceIDs", text)).collect::<Result<_, _>>()?,
    };
    let name = request.parameter("name").filter(|name| !name.is_empty());
    let text = request.parameter("text").map(str::to_lowercase).unwrap_or_default();
    let fits = |suite: &Suite| {
        archived.is_none_or(|archived| archived == suite.archived)
            && (rules.lists_adhoc || !suite.adhoc)
            && system.is_none_or(|system| system == suite.latest.system)
            && members.iter().all(|member| suite.latest.experiences.contains(member))
            && name.is_none_or(|name| rules.name_fits(&suite.latest.name, name))
            && (suite.latest.name.to_lowercase().contains(&text) || suite.latest.description.to_lowercase().contains(&text))
    };
    let mut rows: Vec<&Suite> = project.suites.values().filter(|suite| fits(suite)).collect();
    rows.sort_by_key(|suite| order.key(suite.id, &suite.stamp));
    let total = rows.len();
    let page = page.cut(rules, rows.into_iter(), |suite| order.key(suite.id, &suite.stamp));
    answer(rules, SUITES, &page.map(|suite| SuiteRow::latest(project, suite)), Some(total))
}

pub(crate) fn get(project: &Project, id: Uuid) -> Answer {
    Reply::ok(&SuiteRow::latest(project, found(project, id)?))
}

pub(crate) fn revisions(rules: &Rules, project: &Project, id: Uuid, request: &Request) -> Answer {
    let page = PageRequest::of(request, rules, false)?;
    let suite = found(project, id)?;
    let past = suite.past.iter().map(|(number, (revision, stamp))| (*number, revision, stamp));
    let all = past.chain([(suite.number, &suite.latest, &suite.stamp)]);
    let page = page.cut(rules, all, |(number, ..)| (i64::from(*number), Uuid::nil()));
    answer(rules, SUITES, &page.map(|(number, revision, stamp)| SuiteRow::revision(project, suite, number, revision, stamp)), None)
}

pub(crate) fn revision(project: &Project, id: Uuid, number: i32) -> Answer {
    let suite = found(project, id)?;
    if number == suite.number {
        return get(project, id);
    }
    match suite.past.get(&number) {
        Some((revision, stamp)) => Reply::ok(&SuiteRow::revision(project, suite, number, revision, stamp)),
        None if (0..suite.number).contains(&number) => Err(Refusal::bad("the state file was saved without this revision")),
        None => Err(Refusal::not_found(format!("revision {number} of test suite {id} not found"))),
    }
}

pub(crate) fn create(write: &Write, project: &mut Project, request: &Request) -> Answer {
    let mut body: CreateSuite = request.json()?;
    let listed = Some(std::mem::take(&mut body.experiences));
    let (all, filters, excluded) = (body.all_experiences, body.filters.take(), body.excluded_experience_ids.take());
    let members = members(write, project, listed, all, filters, excluded)?.unwrap_or_default();
    let id = project.create_suite(write, body, members)?;
    Reply::created(&SuiteRow::latest(project, project.suite(id)?))
}

pub(crate) fn revise(write: &Write, project: &mut Project, id: Uuid, request: &Request) -> Answer {
    found(project, id)?;
    let mut body: ReviseSuite = request.json()?;
    let (listed, all, filters) = (body.experiences.take(), body.all_experiences, body.filters.take());
    let members = members(write, project, listed, all, filters, body.excluded_experience_ids.take())?;
    project.revise_suite(write, id, body, members)?;
    get(project, id)
}

/// The members that a creation or revision asks for; `None` if it says nothing of them.
fn members(
    write: &Write,
    project: &Project,
    listed: Option<Vec<Uuid>>,
    all: Option<bool>,
    filters: Option<Filter>,
    excluded: Option<Vec<Uuid>>,
) -> Result<Option<BTreeSet<Uuid>>, Refusal> {
    if all != Some(true) && filters.is_none() {
        return Ok(listed.map(|ids| ids.into_iter().collect()));
    }
    let selection = Selection { experiences: listed, all_experiences: all, filters };
    let mut members: BTreeSet<Uuid> = project.selected(&write.rules, selection, Vec::new())?.into_iter().collect();
    for id in excluded.into_iter().flatten() {
        members.remove(&id);
    }
    Ok(Some(members))
}

pub(crate) fn change_members(write: &Write, project: &mut Project, id: Uuid, request: &Request, add: bool) -> Answer {
    let mut members = found(project, id)?.latest.experiences.as_ref().clone();
    for experience in project.selected(&write.rules, request.json()?, Vec::new())? {
        if add {
            members.insert(experience);
        } else {
            members.remove(&experience);
        }
    }
    project.set_suite_members(write, vec![(id, members)])?;
    get(project, id)
}

pub(crate) fn add_to_many(write: &Write, project: &mut Project, request: &Request) -> Answer {
    let BulkSuites { test_suite_ids, experiences, all_experiences, filters } = request.json()?;
    let selection = Selection { experiences, all_experiences, filters };
    let added = project.selected(&write.rules, selection, Vec::new())?;
    write.check_list("test suite", test_suite_ids.len())?;
    let suites: BTreeSet<Uuid> = test_suite_ids.into_iter().collect();
    let with_added = |id: Uuid| {
        let mut members = found(project, id)?.latest.experiences.as_ref().clone();
        members.extend(&added);
        Ok((id, members))
    };
    let changes = suites.into_iter().map(with_added).collect::<Result<Vec<_>, Refusal>>()?;
    project.set_suite_members(write, changes)?;
    Reply::empty(201)
}

pub(crate) fn archive(write: &Write, project: &mut Project, id: Uuid, archived: bool) -> Answer {
    found(project, id)?;
    project.set_suite_archived(write, id, archived)?;
    Reply::empty(204)
}

/// One suite by its ID: where the archived ones were not read, nobody knows that there is none.
fn found(project: &Project, id: Uuid) -> Result<&Suite, Refusal> {
    match project.suites.get(&id) {
        Some(suite) => Ok(suite),
        None => {
            project.need_archived_suites()?;
            project.suite(id)
        }
    }
}
