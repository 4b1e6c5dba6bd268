//! Tags, systems and suites of a plan, and what it leaves alone.

use super::escape::{code, html};
use super::page::Page;
use crate::render::sentence::{count, thousands};
use crate::render::view::{PlanView, SuiteKind, SuiteRow, SystemRow, TagRow};

/// Longer enumerations begin with their number.
const NUMBERED: usize = 4;

/// Who gets and loses which tag and system.
pub(crate) fn tags_and_systems(page: &mut Page<'_>, view: &PlanView) {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let most = page.detail.rows;
    for TagRow { name, id, managed, added, removed } in view.tags.iter().take(most) {
        let created = if id.is_none() { ", created" } else { "" };
        let managed = if *managed { "" } else { "<br>not managed: never taken off" };
        rows.push(vec![format!("tag {}{created}{managed}", code(name)), counted(page, added), counted(page, removed)]);
    }
    for SystemRow { name, id: _, added } in view.systems.iter().take(most - rows.len()) {
        rows.push(vec![format!("system {}", code(name)), counted(page, added), String::new()]);
    }
    let total = view.tags.len() + view.systems.len();
    page.table(&["Tag or system", "Put on", "Taken off"], &rows, total, "tags and systems");
}

/// The managed suites with their sizes before and after.
pub(crate) fn suites(page: &mut Page<'_>, view: &PlanView) {
    let row = |suite: &SuiteRow| {
        let SuiteRow { name, kind, id: _, system, description: _, revision: _, size_before, size_after, added, removed, archived, place } =
            suite;
        let kind = match (kind, system) {
            (SuiteKind::Create, Some(system)) => format!("<br>new, on system {}", code(system)),
            (SuiteKind::Create, None) => "<br>new".to_owned(),
            (SuiteKind::Restore, _) => "<br>archived today, becomes live".to_owned(),
            (SuiteKind::Revise, _) => String::new(),
        };
        let size = match suite.kind {
            SuiteKind::Create => thousands(*size_after),
            SuiteKind::Restore | SuiteKind::Revise => format!("{} → {}", thousands(*size_before), thousands(*size_after)),
        };
        let mut changes = Vec::new();
        for (sign, names, note) in [("−", archived, " (archived)"), ("−", removed, ""), ("+", added, "")] {
            if !names.is_empty() {
                changes.push(format!("{sign} {}{note}", counted(page, names)));
            }
        }
        vec![format!("{}{kind}", code(name)), size, changes.join("<br>"), page.context.place(place)]
    };
    let rows: Vec<Vec<String>> = view.suites.iter().take(page.detail.rows).map(row).collect();
    page.table(&["Suite", "Experiences", "Change", "Config"], &rows, view.suites.len(), "suites");
}

/// Live experiences that stay although the config does not list them.
pub(crate) fn left_alone(page: &mut Page<'_>, view: &PlanView) {
    if view.left_alone.is_empty() {
        return;
    }
    let number = count(view.left_alone.len(), "live experience");
    page.details(false, &html(&format!("Left alone: {number} not in the config")), |page| {
        let names = page.names(&view.left_alone, page.detail.names);
        page.paragraph(&names);
    });
}

fn counted(page: &Page<'_>, names: &[String]) -> String {
    let shown = page.names(names, page.detail.names);
    if names.len() >= NUMBERED && page.detail.names > 0 { format!("{}: {shown}", thousands(names.len())) } else { shown }
}
