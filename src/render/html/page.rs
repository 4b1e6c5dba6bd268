//! The page around the rows.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::rows::{Row, rows};
use crate::render::markdown::FileLinks;
use crate::render::markdown::escape::{html, html_code, html_sentence};
use crate::render::sentence::{count, thousands};
use crate::render::view::{ActionKind, NoteView, NoteWeight, Place, PlanView, RefusalView, SuiteKind, SuiteRow, SystemRow, TagRow};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Longer enumerations are folded.
const OPEN_NAMES: usize = 30;
/// Rows of one list. Browsers take minutes to lay out ten thousand rows of a single list anew.
const LIST_ROWS: usize = 100;

/// What a page says beside the plan.
#[derive(Clone, Copy, Debug, Default)]
pub struct HtmlContext<'a> {
    /// When ReSim was read, for people.
    pub read_at: Option<&'a str>,
    /// That the plan was made from a saved state, and from which, for people.
    pub snapshot: Option<&'a str>,
    /// Where the config files can be seen.
    pub files: Option<FileLinks<'a>>,
}

/// Writes the page.
///
/// # Errors
/// What the writer says.
pub fn render_html(view: &PlanView, context: &HtmlContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let title = format!("ReSim plan for {}", view.project.name);
    let policy =
        format!("default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'", hash(STYLE), hash(SCRIPT));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        html(&shown(&title))
    )?;
    let rows = rows(view);
    writeln!(
        out,
        "<header>\n<a class=\"skip\" href=\"#rows\">To the changes</a>\n<h1>ReSim plan for {}</h1>",
        html_code(&view.project.name)
    )?;
    top(view, context, out)?;
    writeln!(out, "</header>\n<main>")?;
    if !rows.is_empty() {
        writeln!(out, "<h2 id=\"rows\" tabindex=\"-1\">Experiences</h2>")?;
        form(view, &rows, out)?;
        lists(&rows, context, out)?;
    }
    tags_and_systems(view, out)?;
    suites(view, context, out)?;
    notes(view, context, out)?;
    if !view.left_alone.is_empty() {
        let summary = format!("Left alone: {} not in the config", count(view.left_alone.len(), "live experience"));
        write!(out, "<h2>Left alone</h2>\n<details><summary>{summary}</summary>\n<p>")?;
        enumerate(&view.left_alone, out)?;
        writeln!(out, "</p>\n</details>")?;
    }
    write!(out, "</main>\n<footer>Plan {}", html_code(&view.digest))?;
    if let Some(read_at) = context.read_at {
        write!(out, " · state read {}", html(read_at))?;
    }
    writeln!(out, " · made by resim-sync</footer>")?;
    if !rows.is_empty() {
        writeln!(out, "<script>{SCRIPT}</script>")?;
    }
    writeln!(out, "</body>\n</html>")
}

/// The rows, in lists short enough that a browser lays out only those in sight.
fn lists(rows: &[Row<'_>], context: &HtmlContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    for (index, list) in rows.chunks(LIST_ROWS).enumerate() {
        let first = index * LIST_ROWS;
        let (from, to) = (thousands(first + 1), thousands(first + list.len()));
        writeln!(out, "<ul class=\"rows\" aria-label=\"Experiences {from} to {to}\">")?;
        for row in list {
            row.write(context, out)?;
        }
        writeln!(out, "</ul>")?;
    }
    Ok(())
}

/// A name in a title, where there is no code.
fn shown(title: &str) -> String {
    title.chars().take(200).collect()
}

fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// The answer, and what must be seen before the rest.
fn top(view: &PlanView, context: &HtmlContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    if let Some(snapshot) = context.snapshot {
        writeln!(out, "<div class=\"alert warn\"><h2>Live state not read</h2><p>Made from a snapshot: {}.</p></div>", html(snapshot))?;
    }
    writeln!(out, "<p class=\"answer\">{}</p>", html_sentence(&view.headline()))?;
    if let Some(RefusalView { sentence, ways, archives: _, live: _, limit: _, experiences: _ }) = &view.refusal {
        write!(out, "<section class=\"alert\"><h2>Refused by the guard</h2><p>{}</p><ul>", html_sentence(sentence))?;
        for way in ways {
            write!(out, "<li>{}</li>", html_sentence(way))?;
        }
        writeln!(out, "</ul></section>")?;
    }
    losses(view, out)?;
    let warnings: Vec<&NoteView> = view.notes.iter().filter(|note| note.weight == NoteWeight::Warning).collect();
    if !warnings.is_empty() {
        write!(out, "<section class=\"alert warn\"><h2>{}</h2><ul>", count(warnings.len(), "warning"))?;
        for note in warnings {
            remark(note, context, out)?;
        }
        writeln!(out, "</ul></section>")?;
    }
    Ok(())
}

/// What the plan takes away, by name.
fn losses(view: &PlanView, out: &mut dyn Write) -> io::Result<()> {
    let archived: Vec<String> = view.of_kind(ActionKind::Archive).map(|row| row.name.clone()).collect();
    let tags = view.tags.iter().filter(|tag| !tag.removed.is_empty());
    let suites = view.suites.iter().filter(|suite| !suite.removed.is_empty());
    let mut items: Vec<(String, &[String])> = Vec::new();
    if !archived.is_empty() {
        let live = count(view.live_before, "live experience");
        let verb = if archived.len() == 1 { "is" } else { "are" };
        items.push((format!("{} of {live} {verb} archived", thousands(archived.len())), &archived));
    }
    items.extend(tags.map(|tag| {
        let number = count(tag.removed.len(), "experience");
        (format!("The tag {} is taken off {number}", html_code(&tag.name)), tag.removed.as_slice())
    }));
    items.extend(suites.map(|suite| {
        let number = count(suite.removed.len(), "live experience");
        (format!("The suite {} loses {number}", html_code(&suite.name)), suite.removed.as_slice())
    }));
    if items.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section class=\"alert\"><h2>Taken away</h2><ul>")?;
    for (words, names) in items {
        write!(out, "<li><strong>{words}</strong>: ")?;
        names_folded(names, out)?;
        writeln!(out, "</li>")?;
    }
    writeln!(out, "</ul></section>")
}

/// The filters; hidden where there is no script to make them work.
fn form(view: &PlanView, rows: &[Row<'_>], out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<form role=\"search\" aria-label=\"Filter the experiences\">\n<label>Text <input type=\"search\" name=\"text\" autocomplete=\"off\"></label>"
    )?;
    write!(out, "<fieldset><legend>Action</legend>")?;
    for action in Row::ACTIONS {
        let number = rows.iter().filter(|row| row.action() == action).count();
        if number > 0 {
            let box_ = format!("<input type=\"checkbox\" name=\"action\" value=\"{action}\" checked>");
            write!(out, "<label>{box_}{action} ({})</label>", thousands(number))?;
        }
    }
    writeln!(out, "</fieldset>")?;
    let tags: Vec<&str> = view.tags.iter().map(|tag| tag.name.as_str()).collect();
    let suites: Vec<&str> = view.suites.iter().map(|suite| suite.name.as_str()).collect();
    for (label, name, options) in [("Tag", "tag", tags), ("Suite", "suite", suites)] {
        if options.is_empty() {
            continue;
        }
        write!(out, "<label>{label} <select name=\"{name}\"><option value=\"\">any</option>")?;
        for (index, option) in options.iter().enumerate() {
            let option = if option.is_empty() { "(empty)".to_owned() } else { html(&shown(option)) };
            write!(out, "<option value=\"{index}\">{option}</option>")?;
        }
        writeln!(out, "</select></label>")?;
    }
    write!(
        out,
        "<button type=\"button\" data-fold=\"open\">Unfold shown</button> <button type=\"button\" data-fold=\"close\">Fold</button> \
          <button type=\"reset\">Reset</button>\n<output aria-live=\"polite\"></output>\n</form>\n",
    )
}

fn tags_and_systems(view: &PlanView, out: &mut dyn Write) -> io::Result<()> {
    if view.tags.is_empty() && view.systems.is_empty() {
        return Ok(());
    }
    write!(
        out,
        "<h2>Tags and systems</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Tag or system</th>\
          <th scope=\"col\">Put on</th><th scope=\"col\">Taken off</th></tr></thead>\n<tbody>\n",
    )?;
    for TagRow { name, id, managed, added, removed } in &view.tags {
        let created = if id.is_none() { ", created" } else { "" };
        let managed = if *managed { "" } else { "<br><span class=\"quiet\">not managed: never taken off</span>" };
        write!(out, "<tr><th scope=\"row\">tag {}{created}{managed}</th><td>", html_code(name))?;
        names_folded(added, out)?;
        write!(out, "</td><td>")?;
        names_folded(removed, out)?;
        writeln!(out, "</td></tr>")?;
    }
    for SystemRow { name, id: _, added } in &view.systems {
        write!(out, "<tr><th scope=\"row\">system {}</th><td>", html_code(name))?;
        names_folded(added, out)?;
        writeln!(out, "</td><td></td></tr>")?;
    }
    writeln!(out, "</tbody>\n</table></div>")
}

fn suites(view: &PlanView, context: &HtmlContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    if view.suites.is_empty() {
        return Ok(());
    }
    write!(
        out,
        "<h2>Suites</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Suite</th><th scope=\"col\">Experiences</th>\
          <th scope=\"col\">Lost, as archived</th><th scope=\"col\">Lost</th><th scope=\"col\">Gained</th></tr></thead>\n<tbody>\n",
    )?;
    for SuiteRow { name, kind, id: _, system, description: _, revision: _, size_before, size_after, added, removed, archived, place } in
        &view.suites
    {
        let what = match (kind, system) {
            (SuiteKind::Create, Some(system)) => format!(", new, on system {}", html_code(system)),
            (SuiteKind::Create, None) => ", new".to_owned(),
            (SuiteKind::Restore, _) => ", archived today, becomes live".to_owned(),
            (SuiteKind::Revise, _) => String::new(),
        };
        let size = format!("{} → {}", thousands(*size_before), thousands(*size_after));
        write!(out, "<tr><th scope=\"row\">{}{what}<br>{}</th><td>{size}</td>", html_code(name), place_html(place, context))?;
        for names in [archived, removed, added] {
            write!(out, "<td>")?;
            names_folded(names, out)?;
            write!(out, "</td>")?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table></div>")
}

fn notes(view: &PlanView, context: &HtmlContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let notes: Vec<&NoteView> = view.notes.iter().filter(|note| note.weight == NoteWeight::Information).collect();
    if notes.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>Notes</h2>\n<ul>")?;
    for note in notes {
        remark(note, context, out)?;
    }
    writeln!(out, "</ul>")
}

fn remark(note: &NoteView, context: &HtmlContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let NoteView { weight: _, kind: _, sentence, help, place, data: _ } = note;
    write!(out, "<li>{}", html_sentence(sentence))?;
    if let Some(help) = help {
        write!(out, " {}", html_sentence(help))?;
    }
    if let Some(place) = place {
        write!(out, " ({})", place_html(place, context))?;
    }
    writeln!(out, "</li>")
}

/// Names, folded if they are many.
pub(super) fn names_folded(names: &[String], out: &mut dyn Write) -> io::Result<()> {
    if names.len() <= OPEN_NAMES {
        return enumerate(names, out);
    }
    write!(out, "<details><summary>{}</summary>", count(names.len(), "experience"))?;
    enumerate(names, out)?;
    write!(out, "</details>")
}

fn enumerate(names: &[String], out: &mut dyn Write) -> io::Result<()> {
    for (index, name) in names.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(out, "{comma}{}", html_code(name))?;
    }
    Ok(())
}

/// `path:line`, as a link where there is one.
pub(super) fn place_html(place: &Place, context: &HtmlContext<'_>) -> String {
    let Place { path, line } = place;
    let text = html_code(&format!("{path}:{line}"));
    match context.files.and_then(|files| files.url(path, *line)) {
        Some(url) => format!("<a href=\"{}\">{text}</a>", html(&url)),
        None => text,
    }
}
