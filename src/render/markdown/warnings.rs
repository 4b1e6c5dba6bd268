//! What a reviewer must see first: what a plan takes away, and what it suspects.

use super::context::Medium;
use super::escape::{code, sentence};
use super::page::{Alert, Page};
use crate::plan::DestructiveKind;
use crate::render::sentence::{count, thousands};
use crate::render::view::{ActionKind, NoteView, NoteWeight, PlanView};

/// What a plan takes away, one line for each kind: names up to the limit, numbers always.
pub(crate) fn losses(page: &Page<'_>, view: &PlanView) -> Vec<String> {
    let most = page.detail.losses;
    let mut lines = Vec::new();
    let archived: Vec<&str> = view.of_kind(ActionKind::Archive).map(|row| row.name.as_str()).collect();
    let named = |names: &str| if most == 0 { String::new() } else { format!(": {names}") };
    if !archived.is_empty() {
        let verb = if archived.len() == 1 { "is" } else { "are" };
        lines.push(format!(
            "**{} of {} {verb} archived**{}",
            thousands(archived.len()),
            count(view.live_before, "live experience"),
            named(&page.names(&archived, most))
        ));
    }
    let tags = view.tags.iter().filter(|tag| !tag.removed.is_empty());
    let tags = tags.map(|tag| {
        let number = count(tag.removed.len(), "experience");
        (tag.removed.len(), format!("**The tag {} is taken off {number}**{}", code(&tag.name), named(&page.names(&tag.removed, most))))
    });
    several(page, &mut lines, tags.collect(), "tag", "taken off");
    let suites = view.suites.iter().filter(|suite| !suite.removed.is_empty());
    let suites = suites.map(|suite| {
        let number = count(suite.removed.len(), "live experience");
        (suite.removed.len(), format!("**The suite {} loses {number}**{}", code(&suite.name), named(&page.names(&suite.removed, most))))
    });
    several(page, &mut lines, suites.collect(), "suite", "losing experiences");
    if lines.len() > 1 {
        lines.iter_mut().for_each(|line| line.insert_str(0, "- "));
    }
    lines
}

/// The first lines of several, and how many losses are in the rest.
fn several(page: &Page<'_>, lines: &mut Vec<String>, items: Vec<(usize, String)>, noun: &str, what: &str) {
    let most = page.detail.losses;
    let rest = items.get(most..).unwrap_or_default();
    let (more, losses) = (rest.len(), rest.iter().map(|(number, _)| number).sum());
    lines.extend(items.into_iter().take(most).map(|(_, line)| line));
    if more > 0 {
        let other = if most == 0 { "" } else { "other " };
        let number = count(more, noun);
        let number = number.replacen(' ', &format!(" {other}"), 1);
        lines.push(format!("**{number} {what}** ({} in all), {}", thousands(losses), page.context.elsewhere()));
    }
}

/// What is probably not meant, or affects others.
pub(crate) fn suspicions(page: &mut Page<'_>, view: &PlanView) {
    let warnings: Vec<&NoteView> = view.notes.iter().filter(|note| note.weight == NoteWeight::Warning).collect();
    if warnings.is_empty() {
        return;
    }
    let most = page.detail.names;
    let mut lines: Vec<String> = warnings.iter().take(most).map(|note| remark(page, note)).collect();
    if warnings.len() > most {
        lines.push(page.part(most, warnings.len(), "warnings"));
    }
    if lines.len() > 1 {
        lines.iter_mut().for_each(|line| line.insert_str(0, "- "));
    }
    page.alert(Alert::Warning, &lines);
}

/// What else there is to know.
pub(crate) fn remarks(page: &mut Page<'_>, view: &PlanView) {
    let notes: Vec<&NoteView> = view.notes.iter().filter(|note| note.weight == NoteWeight::Information).collect();
    if notes.is_empty() {
        return;
    }
    page.details(page.context.medium == Medium::Summary, &count(notes.len(), "note"), |page| {
        let most = page.detail.names;
        let lines: Vec<String> = notes.iter().take(most).map(|note| format!("- {}", remark(page, note))).collect();
        page.paragraph(&lines.join("\n"));
        if notes.len() > most {
            page.paragraph(&page.part(most, notes.len(), "notes"));
        }
    });
}

fn remark(page: &Page<'_>, note: &NoteView) -> String {
    let NoteView { weight: _, kind: _, sentence: words, help, place, data: _ } = note;
    let help = help.as_ref().map(|help| format!(" {}", sentence(help))).unwrap_or_default();
    let place = place.as_ref().map(|place| format!(" ({})", page.context.place(place))).unwrap_or_default();
    format!("{}{help}{place}", sentence(words))
}

/// One destructive change in words.
pub(crate) fn destructive(kind: &DestructiveKind) -> String {
    match kind {
        DestructiveKind::Archive(name) => format!("archive {}", code(name.as_str())),
        DestructiveKind::TagRemoval(tag, name) => format!("take the tag {} off {}", code(tag.as_str()), code(name.as_str())),
        DestructiveKind::SuiteRemoval(suite, name) => format!("take {} out of the suite {}", code(name.as_str()), code(suite.as_str())),
    }
}
