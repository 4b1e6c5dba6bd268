//! The experiences of a plan, a row each.

use std::collections::BTreeMap;

use super::escape::code;
use super::page::Page;
use crate::plan::Note;
use crate::render::sentence::{count, plural, thousands};
use crate::render::view::{
    ActionKind, CustomFieldDiff, ExperienceRow, FieldDiff, FieldView, PlanView, Shown, VariableDiff, archive_reason,
};

/// So many archives have rows of their own; more are named in the box above alone.
const ARCHIVE_ROWS: usize = 10;
/// A value that is longer is shown below, not in the table.
const BRIEF: usize = 40;
/// So many variables, tags or the like are named in a cell.
const BRIEF_ITEMS: usize = 3;

/// One row for each experience, destructive first.
pub(crate) fn table(page: &mut Page<'_>, view: &PlanView) {
    let suites = suites_left(view);
    let archives = view.counts.archives;
    let summed = archives > ARCHIVE_ROWS;
    let mut rows: Vec<Row<'_>> = Vec::new();
    if summed && view.experiences.len() > archives {
        rows.push(Row::Archives(archives));
    }
    rows.extend(view.experiences.iter().filter(|row| !(summed && row.kind == ActionKind::Archive)).map(Row::One));
    let context = page.context;
    let cells = rows.iter().take(page.detail.rows).map(|row| match row {
        Row::Archives(archives) => vec!["**archive**".to_owned(), count(*archives, "experience"), "named above".to_owned(), String::new()],
        Row::One(row) => {
            let action = match row.kind {
                ActionKind::Archive => format!("**{}**", row.kind.as_str()),
                ActionKind::Rename | ActionKind::Restore | ActionKind::Update | ActionKind::Create => row.kind.as_str().to_owned(),
            };
            let place = row.place.as_ref().map(|place| context.place(place)).unwrap_or_default();
            vec![action, name(row), what_changes(row, &suites), place]
        }
    });
    let cells: Vec<Vec<String>> = cells.collect();
    page.table(&["Action", "Experience", "What changes", "Config"], &cells, rows.len(), "rows");
}

enum Row<'a> {
    Archives(usize),
    One(&'a ExperienceRow),
}

fn name(row: &ExperienceRow) -> String {
    match &row.renamed_from {
        Some(before) => format!("{} → {}", code(before), code(&row.name)),
        None => code(&row.name),
    }
}

/// The suites that each archived experience leaves with that, by its name.
fn suites_left(view: &PlanView) -> BTreeMap<&str, Vec<&str>> {
    let mut left: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for suite in &view.suites {
        for name in &suite.archived {
            left.entry(name).or_default().push(&suite.name);
        }
    }
    for note in &view.notes {
        if let Note::UnmanagedSuiteLoses { suite, experiences, becomes_empty: _ } = &note.data {
            for name in experiences {
                left.entry(name.as_str()).or_default().push(suite.as_str());
            }
        }
    }
    left
}

fn what_changes(row: &ExperienceRow, suites: &BTreeMap<&str, Vec<&str>>) -> String {
    let ExperienceRow { kind, name, renamed_from: _, id: _, reason, place: _, fields, tags_added, tags_removed, systems_added } = row;
    let mut items = Vec::new();
    match kind {
        ActionKind::Archive => items.extend(reason.map(|reason| archive_reason(reason).to_owned())),
        ActionKind::Restore => items.push("archived today, becomes live".to_owned()),
        ActionKind::Create => items.push("new".to_owned()),
        ActionKind::Rename | ActionKind::Update => {}
    }
    if *kind != ActionKind::Create {
        items.extend(fields.iter().map(brief));
    }
    if let Some(suites) = suites.get(name.as_str()) {
        items.push(format!("leaves {}", listed("suite", suites)));
    }
    let mut member = |sign: &str, noun: &str, names: &[String]| {
        if !names.is_empty() {
            items.push(format!("{sign} {}", listed(noun, names)));
        }
    };
    member("−", "tag", tags_removed);
    member("+", "tag", tags_added);
    member("+", "system", systems_added);
    if items.is_empty() {
        items.push("name".to_owned());
    }
    items.join("<br>")
}

/// A few things by name, many by number.
fn listed<T: AsRef<str>>(noun: &str, names: &[T]) -> String {
    if names.len() > BRIEF_ITEMS {
        return count(names.len(), noun);
    }
    let shown: Vec<String> = names.iter().map(|name| code(name.as_ref())).collect();
    format!("{} {}", plural(names.len(), noun), shown.join(", "))
}

/// One changed field in a few words, with its values if they are short.
fn brief(field: &FieldView) -> String {
    let FieldView { field, diff } = field;
    match diff {
        FieldDiff::Scalar { before, after } => brief_value(field, before.as_ref(), Some(after)),
        FieldDiff::Set { removed, added, kept: _ } => {
            let signed = [("+", added.len()), ("−", removed.len())];
            let signed: Vec<String> =
                signed.iter().filter(|(_, number)| *number > 0).map(|(sign, number)| format!("{sign}{}", thousands(*number))).collect();
            format!("{}: {}", code(field), signed.join(" "))
        }
        FieldDiff::Variables { changed, kept: _ } if changed.len() <= BRIEF_ITEMS => {
            let item = |VariableDiff { name, before, after }: &VariableDiff| brief_value(name, before.as_ref(), after.as_ref());
            changed.iter().map(item).collect::<Vec<_>>().join("<br>")
        }
        FieldDiff::Variables { changed, kept: _ } => format!("{}: {} differ", code(field), thousands(changed.len())),
        FieldDiff::CustomFields { changed, kept: _ } if changed.len() <= BRIEF_ITEMS => {
            let names: Vec<String> = changed.iter().map(|CustomFieldDiff { name, before: _, after: _ }| code(name)).collect();
            format!("{}: {}", code(field), names.join(", "))
        }
        FieldDiff::CustomFields { changed, kept: _ } => format!("{}: {} differ", code(field), thousands(changed.len())),
    }
}

fn brief_value(name: &str, before: Option<&Shown>, after: Option<&Shown>) -> String {
    let shown = |value: &Shown| match value {
        Shown::Text(text) if text.chars().nth(BRIEF).is_some() || text.contains('\n') => None,
        Shown::Text(text) => Some(code(text)),
        Shown::Number(_) | Shown::Flag(_) => Some(code(&value.to_text())),
        Shown::Hidden => Some(value.to_text()),
    };
    let name = code(name);
    match (before.map(shown), after.map(shown)) {
        (Some(Some(before)), Some(Some(after))) if before == after => format!("{name}: {after}"),
        (Some(Some(before)), Some(Some(after))) => format!("{name}: {before} → {after}"),
        (None, Some(Some(after))) => format!("{name}: new, {after}"),
        (Some(_), None) => format!("{name}: removed"),
        (Some(_) | None, Some(_) | None) => name,
    }
}
