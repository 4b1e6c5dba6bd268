//! One row of the page for each experience that changes in any way.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::page::{HtmlContext, place_html};
use crate::render::field_lines::{Limits, Line, Sign, field_lines};
use crate::render::markdown::escape::{html, html_code};
use crate::render::sentence::count;
use crate::render::view::{ActionKind, ExperienceRow, PlanView, archive_reason};

/// How much of a value the page shows.
const LIMITS: Limits = Limits { lines: 400, columns: 2_000 };
/// The action of an experience of which only tags, systems or suites change.
const MEMBER: &str = "member";

/// One experience.
pub(super) struct Row<'a> {
    name: &'a str,
    change: Option<&'a ExperienceRow>,
    at: Memberships<'a>,
}

/// Where an experience comes and goes.
#[derive(Default)]
struct Memberships<'a> {
    tags_added: Vec<&'a str>,
    tags_removed: Vec<&'a str>,
    systems_added: Vec<&'a str>,
    suites_added: Vec<&'a str>,
    suites_removed: Vec<&'a str>,
    /// Indices of these tags and suites in the view, for the filters.
    tags: Vec<usize>,
    suites: Vec<usize>,
}

/// All rows: changed experiences in the order of the plan, then those that only come or go somewhere.
pub(super) fn rows(view: &PlanView) -> Vec<Row<'_>> {
    let mut memberships = memberships(view);
    let mut rows: Vec<Row<'_>> = view
        .experiences
        .iter()
        .map(|change| Row { name: &change.name, change: Some(change), at: memberships.remove(change.name.as_str()).unwrap_or_default() })
        .collect();
    rows.extend(memberships.into_iter().map(|(name, at)| Row { name, change: None, at }));
    rows
}

fn memberships(view: &PlanView) -> BTreeMap<&str, Memberships<'_>> {
    let mut found: BTreeMap<&str, Memberships<'_>> = BTreeMap::new();
    for (index, tag) in view.tags.iter().enumerate() {
        for name in &tag.added {
            found.entry(name).or_default().tags_added.push(&tag.name);
        }
        for name in &tag.removed {
            found.entry(name).or_default().tags_removed.push(&tag.name);
        }
        for name in tag.added.iter().chain(&tag.removed) {
            found.entry(name).or_default().tags.push(index);
        }
    }
    for system in &view.systems {
        for name in &system.added {
            found.entry(name).or_default().systems_added.push(&system.name);
        }
    }
    for (index, suite) in view.suites.iter().enumerate() {
        for name in &suite.added {
            found.entry(name).or_default().suites_added.push(&suite.name);
        }
        for name in suite.removed.iter().chain(&suite.archived) {
            found.entry(name).or_default().suites_removed.push(&suite.name);
        }
        for name in suite.added.iter().chain(&suite.removed).chain(&suite.archived) {
            found.entry(name).or_default().suites.push(index);
        }
    }
    found
}

impl Row<'_> {
    /// The words of the filter, in its order.
    pub(super) const ACTIONS: [&'static str; 6] = ["archive", "rename", "restore", "update", "create", MEMBER];

    /// The word for what happens.
    pub(super) fn action(&self) -> &'static str {
        self.change.map_or(MEMBER, |change| change.kind.as_str())
    }

    /// Writes the list item.
    pub(super) fn write(&self, context: &HtmlContext<'_>, out: &mut dyn Write) -> io::Result<()> {
        let Memberships { tags_added, tags_removed, systems_added, suites_added, suites_removed, tags, suites } = &self.at;
        let action = self.action();
        let indices = |indices: &[usize]| indices.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        write!(
            out,
            "<li class=\"{action}\" data-action=\"{action}\" data-tags=\"{}\" data-suites=\"{}\"><details><summary>",
            indices(tags),
            indices(suites)
        )?;
        write!(out, "<span class=\"action\">{action}</span> ")?;
        if let Some(before) = self.change.and_then(|change| change.renamed_from.as_deref()) {
            write!(out, "{} → ", html_code(before))?;
        }
        write!(out, "{} <span class=\"quiet\">{}</span></summary>\n<div class=\"inside\">", html_code(self.name), self.brief())?;
        if let Some(change) = self.change {
            if let Some(reason) = change.reason {
                write!(out, "<p>Archived because: {}.</p>", html(archive_reason(reason)))?;
            }
            diff(&field_lines(change, LIMITS), out)?;
        }
        let lists: [(&str, &[&str]); 5] = [
            ("− tag", tags_removed),
            ("+ tag", tags_added),
            ("+ system", systems_added),
            ("− suite", suites_removed),
            ("+ suite", suites_added),
        ];
        for (what, names) in lists {
            if let [_, ..] = names {
                let names: Vec<String> = names.iter().map(|name| html_code(name)).collect();
                write!(out, "<p>{what}: {}</p>", names.join(", "))?;
            }
        }
        if let Some(change) = self.change {
            let id = change.id.as_deref().map(|id| format!("ID {}", html_code(id)));
            let place = change.place.as_ref().map(|place| place_html(place, context));
            let parts: Vec<String> = id.into_iter().chain(place).collect();
            write!(out, "<p class=\"quiet\">{}</p>", parts.join(" · "))?;
        }
        writeln!(out, "</div></details></li>")
    }

    /// The summary beside the name.
    fn brief(&self) -> String {
        let Memberships { tags_added, tags_removed, systems_added, suites_added, suites_removed, tags: _, suites: _ } = &self.at;
        let mut parts: Vec<String> = Vec::new();
        if let Some(change) = self.change {
            match change.kind {
                ActionKind::Archive => parts.extend(change.reason.map(|reason| archive_reason(reason).to_owned())),
                ActionKind::Create => {}
                ActionKind::Rename | ActionKind::Restore | ActionKind::Update => {
                    parts.extend(change.fields.iter().map(|field| field.field.to_owned()));
                }
            }
        }
        let lists = [
            ("−", "tag", tags_removed),
            ("+", "tag", tags_added),
            ("+", "system", systems_added),
            ("−", "suite", suites_removed),
            ("+", "suite", suites_added),
        ];
        for (sign, noun, names) in lists {
            match names.as_slice() {
                [] => {}
                [name] => parts.push(format!("{sign} {noun} {name}")),
                more => parts.push(format!("{sign} {}", count(more.len(), noun))),
            }
        }
        html(&parts.join(" · ").chars().take(200).collect::<String>())
    }
}

/// The fields before and after; a screen reader hears what is deleted and inserted.
fn diff(lines: &[Line], out: &mut dyn Write) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    write!(out, "<pre>")?;
    for Line { sign, text } in lines {
        let element = match sign {
            Sign::Removed => "del",
            Sign::Added => "ins",
            Sign::Same | Sign::Hidden => "span",
        };
        write!(out, "<{element}>{} {}</{element}>", sign.as_str(), html(text))?;
    }
    write!(out, "</pre>")
}
