//! Projects.

use uuid::Uuid;

use crate::paging::{Order, PageRequest, answer};
use crate::reply::{Answer, Reply};
use crate::request::Request;
use crate::store::Store;
use crate::wire::ProjectRow;

pub(crate) fn list(store: &Store, request: &Request) -> Answer {
    let rules = &store.rules;
    let page = PageRequest::of(request, rules, false)?;
    let order = Order::of(request, rules, false)?;
    let mut rows: Vec<_> =
        store.projects.values().map(|project| (order.key(project.id, &project.stamp), ProjectRow::new(project))).collect();
    rows.sort_by_key(|(key, _)| *key);
    let page = page.cut(rules, rows.into_iter(), |(key, _)| *key).map(|(_, row)| row);
    answer(rules, "projects", &page, None)
}

pub(crate) fn get(store: &Store, id: Uuid) -> Answer {
    Reply::ok(&ProjectRow::new(store.project(id)?))
}
