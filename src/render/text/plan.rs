//! A plan as text: what is taken away first, the counts last.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::page::{Page, Tone, Width, place, sentence};
use super::values::{INDENT, fields_lines, in_few_words, value};
use super::wrap::indentation;
use crate::render::compare::{PlanDifference, SavedChange};
use crate::render::diagnostics::Style;
use crate::render::escape::terminal_safe;
use crate::render::sentence::{count, thousands};
use crate::render::view::{
    ActionKind, ExperienceRow, FieldView, NoteView, NoteWeight, PlanView, RefusalView, SuiteKind, SuiteRow, archive_reason,
};

/// A section with more rows shows only so many with all they hold.
const DETAILED: usize = 100;
/// A list of names that are beside the point, or named elsewhere, shows so many.
const LISTED: usize = 50;

/// Writes a plan for people.
///
/// # Errors
/// What the writer says.
pub fn render_plan(view: &PlanView, style: Style, width: Width, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, style, width);
    let PlanView {
        project,
        digest,
        counts: _,
        refusal,
        permitted,
        experiences: _,
        tags: _,
        systems: _,
        suites: _,
        notes,
        left_alone,
        unchanged: _,
        live_before: _,
    } = view;
    page.section(Tone::Heading, &format!("Plan for {}", terminal_safe(&project.name)))?;
    if let Some(refusal) = refusal {
        refused(&mut page, refusal)?;
    }
    if let Some(what) = permitted {
        page.line(&format!("{} The pull request permits it.", sentence(what)))?;
    }
    archives(&mut page, view)?;
    removals(&mut page, view)?;
    for kind in [ActionKind::Rename, ActionKind::Restore, ActionKind::Update] {
        changes(&mut page, kind, view)?;
    }
    creations(&mut page, view)?;
    tags(&mut page, view)?;
    systems(&mut page, view)?;
    suites(&mut page, &view.suites)?;
    self::notes(&mut page, notes)?;
    if !left_alone.is_empty() {
        page.section(Tone::Heading, &format!("Left alone ({}): live, and not in the config", thousands(left_alone.len())))?;
        page.names("  ", left_alone, LISTED)?;
    }
    if refusal.is_some() {
        page.section(Tone::Alarm, "Refused: nothing is written. See the top for the ways on.")?;
    }
    let headline = sentence(&view.headline());
    if view.is_empty() {
        return page.section(Tone::Heading, &headline);
    }
    page.digest("Digest", digest)?;
    page.headline(Tone::Heading, &headline)
}

fn refused(page: &mut Page<'_>, refusal: &RefusalView) -> io::Result<()> {
    // The experiences follow as the first section.
    let RefusalView { sentence: why, ways, archives: _, live: _, limit: _, experiences: _ } = refusal;
    page.section(Tone::Alarm, &format!("Refused: {}", sentence(why)))?;
    for way in ways {
        page.line(&format!("  {}", sentence(way)))?;
    }
    Ok(())
}

fn heading(page: &mut Page<'_>, word: &str, number: usize) -> io::Result<()> {
    page.section(Tone::Heading, &format!("{word} ({})", thousands(number)))
}

fn archives(page: &mut Page<'_>, view: &PlanView) -> io::Result<()> {
    let rows: Vec<&ExperienceRow> = view.of_kind(ActionKind::Archive).collect();
    if rows.is_empty() {
        return Ok(());
    }
    heading(page, "Archive", rows.len())?;
    for row in rows.iter().take(DETAILED) {
        let mut line = page.paint(Tone::Removed, &format!("  - {}", terminal_safe(&row.name)));
        let mut more = row.reason.map(|reason| vec![archive_reason(reason).to_owned()]).unwrap_or_default();
        more.extend(row.place.as_ref().map(place));
        line.push_str(&page.paint(Tone::Faint, &format!("  {}", more.join("  "))));
        page.line(&line)?;
    }
    rest(page, "-", Tone::Removed, &rows, |row| row.name.clone())
}

/// The rows beyond those shown in full, by name.
fn rest(page: &mut Page<'_>, mark: &str, tone: Tone, rows: &[&ExperienceRow], name: impl Fn(&ExperienceRow) -> String) -> io::Result<()> {
    let names: Vec<String> = rows.iter().skip(DETAILED).map(|row| name(row)).collect();
    if names.is_empty() {
        return Ok(());
    }
    let first = page.paint(tone, &format!("  {mark} {} more: ", thousands(names.len())));
    page.names(&first, &names, usize::MAX)
}

/// Tags and suites that experiences lose while they stay live.
fn removals(page: &mut Page<'_>, view: &PlanView) -> io::Result<()> {
    let tags = view.tags.iter().map(|tag| ("tag", &tag.name, &tag.removed));
    let suites = view.suites.iter().map(|suite| ("suite", &suite.name, &suite.removed));
    let losses: Vec<_> = tags.chain(suites).filter(|(_, _, names)| !names.is_empty()).collect();
    if losses.is_empty() {
        return Ok(());
    }
    heading(page, "Remove from tags and suites", losses.iter().map(|(_, _, names)| names.len()).sum())?;
    for (noun, name, names) in losses {
        let first = page.paint(Tone::Removed, &format!("  - {noun} {}: ", terminal_safe(name)));
        page.names(&first, names, usize::MAX)?;
    }
    Ok(())
}

fn changes(page: &mut Page<'_>, kind: ActionKind, view: &PlanView) -> io::Result<()> {
    let rows: Vec<&ExperienceRow> = view.of_kind(kind).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let (word, mark, tone) = match kind {
        ActionKind::Rename => ("Rename", "~", Tone::Moved),
        ActionKind::Restore => ("Restore", "^", Tone::Moved),
        ActionKind::Update | ActionKind::Archive | ActionKind::Create => ("Update", "~", Tone::Changed),
    };
    heading(page, word, rows.len())?;
    let (groups, single) = if rows.len() > DETAILED { grouped(&rows) } else { (Vec::new(), rows) };
    for rows in groups {
        let first = page.paint(tone, &format!("  {mark} {}: ", count(rows.len(), "experience")));
        let names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
        page.names(&first, &names, usize::MAX)?;
        if let Some(first) = rows.first() {
            details(page, first)?;
        }
    }
    for row in single.iter().take(DETAILED) {
        let line = page.paint(tone, &format!("  {mark} {}", renamed(row)));
        let at = row.place.as_ref().map(|at| page.paint(Tone::Faint, &format!("  {}", place(at)))).unwrap_or_default();
        page.line(&format!("{line}{at}"))?;
        details(page, row)?;
    }
    rest(page, mark, tone, &single, |row| {
        let fields: Vec<&str> = row.fields.iter().map(|field| field.field).collect();
        let before = row.renamed_from.as_ref().map(|before| format!("{before} → ")).unwrap_or_default();
        let fields = if fields.is_empty() { String::new() } else { format!(" ({})", fields.join(", ")) };
        format!("{before}{}{fields}", row.name)
    })
}

/// What an experience has in common with others that change in the same way.
type Sameness<'a> = (&'a [FieldView], &'a [String], &'a [String], &'a [String]);

fn sameness(row: &ExperienceRow) -> Sameness<'_> {
    (&row.fields, &row.tags_removed, &row.tags_added, &row.systems_added)
}

type Group<'a> = Vec<&'a ExperienceRow>;

/// The rows that change in the same way, most frequent first; and those that are alone with their change.
fn grouped<'a>(rows: &[&'a ExperienceRow]) -> (Vec<Group<'a>>, Group<'a>) {
    let mut groups: BTreeMap<Sameness<'a>, Group<'a>> = BTreeMap::new();
    let mut single = Vec::new();
    for row in rows {
        match &row.renamed_from {
            // A new name is never shared.
            Some(_) => single.push(*row),
            None => groups.entry(sameness(row)).or_default().push(*row),
        }
    }
    let (mut groups, alone): (Vec<Group<'_>>, Vec<Group<'_>>) = groups.into_values().partition(|rows| rows.len() > 1);
    groups.sort_by_key(|rows| std::cmp::Reverse(rows.len()));
    single.extend(alone.into_iter().flatten());
    single.sort_by_key(|row| &row.name);
    (groups, single)
}

fn renamed(row: &ExperienceRow) -> String {
    let name = terminal_safe(&row.name);
    match &row.renamed_from {
        Some(before) => format!("{} → {name}", terminal_safe(before)),
        None => name.into_owned(),
    }
}

/// What changes of an experience: its fields, then its tags and systems in one line.
fn details(page: &mut Page<'_>, row: &ExperienceRow) -> io::Result<()> {
    let mut lines = fields_lines(page, &row.fields);
    let name = |name: &String| terminal_safe(name).into_owned();
    let removed = row.tags_removed.iter().map(|tag| page.paint(Tone::Removed, &format!("- tag {}", name(tag))));
    let added = row.tags_added.iter().map(|tag| page.paint(Tone::Added, &format!("+ tag {}", name(tag))));
    let systems = row.systems_added.iter().map(|system| page.paint(Tone::Added, &format!("+ system {}", name(system))));
    let memberships: Vec<String> = removed.chain(added).chain(systems).collect();
    if !memberships.is_empty() {
        lines.push(memberships.join(", "));
    }
    let indent = " ".repeat(INDENT);
    lines.iter().try_for_each(|line| page.hung(&format!("{indent}{line}"), INDENT + indentation(line) + 2))
}

fn creations(page: &mut Page<'_>, view: &PlanView) -> io::Result<()> {
    let rows: Vec<&ExperienceRow> = view.of_kind(ActionKind::Create).collect();
    if rows.is_empty() {
        return Ok(());
    }
    heading(page, "Create", rows.len())?;
    for row in rows.iter().take(DETAILED) {
        let name = page.paint(Tone::Added, &format!("  + {}", terminal_safe(&row.name)));
        let mut words: Vec<String> = row.fields.iter().filter_map(in_few_words).collect();
        let list = |noun: &str, names: &[String]| {
            let named: Vec<_> = names.iter().map(|name| terminal_safe(name)).collect();
            let plural = if names.len() == 1 { "" } else { "s" };
            (!names.is_empty()).then(|| format!("{noun}{plural} {}", named.join(" ")))
        };
        words.extend(list("tag", &row.tags_added));
        words.extend(list("system", &row.systems_added));
        let at = row.place.as_ref().map(|at| page.paint(Tone::Faint, &format!("  {}", place(at)))).unwrap_or_default();
        page.line(&format!("{name}  {}{at}", words.join(", ")))?;
    }
    rest(page, "+", Tone::Added, &rows, |row| row.name.clone())
}

fn tags(page: &mut Page<'_>, view: &PlanView) -> io::Result<()> {
    let rows: Vec<_> = view.tags.iter().filter(|tag| tag.id.is_none() || !tag.added.is_empty()).collect();
    if rows.is_empty() {
        return Ok(());
    }
    heading(page, "Tags", rows.len())?;
    for tag in rows {
        let kind = match (&tag.id, tag.managed) {
            (None, _) => " (new)",
            (Some(_), true) => "",
            (Some(_), false) => " (not managed: only added)",
        };
        let first = format!("  + {}{kind}", terminal_safe(&tag.name));
        if tag.added.is_empty() {
            let line = page.paint(Tone::Added, &first);
            page.line(&line)?;
        } else {
            let first = page.paint(Tone::Added, &format!("{first}: "));
            page.names(&first, &tag.added, LISTED)?;
        }
    }
    Ok(())
}

fn systems(page: &mut Page<'_>, view: &PlanView) -> io::Result<()> {
    if view.systems.is_empty() {
        return Ok(());
    }
    heading(page, "Systems", view.systems.len())?;
    for system in &view.systems {
        let first = page.paint(Tone::Added, &format!("  + {}: ", terminal_safe(&system.name)));
        page.names(&first, &system.added, LISTED)?;
    }
    Ok(())
}

fn suites(page: &mut Page<'_>, rows: &[SuiteRow]) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    heading(page, "Suites", rows.len())?;
    for suite in rows {
        let SuiteRow { name, kind, id: _, system, description, revision, size_before, size_after, added, removed, archived, place: at } =
            suite;
        let (mark, tone) = match kind {
            SuiteKind::Create => ("+", Tone::Added),
            SuiteKind::Restore => ("^", Tone::Moved),
            SuiteKind::Revise => ("~", Tone::Changed),
        };
        let same = added.is_empty() && removed.is_empty() && archived.is_empty();
        let size = match kind {
            SuiteKind::Create => count(*size_after, "experience"),
            SuiteKind::Restore | SuiteKind::Revise if same => count(*size_after, "experience"),
            SuiteKind::Restore | SuiteKind::Revise => format!("{} → {}", thousands(*size_before), count(*size_after, "experience")),
        };
        let name = page.paint(tone, &format!("  {mark} {}", terminal_safe(name)));
        let mut words = vec![size];
        words.extend(system.as_ref().map(|system| format!("system {}", terminal_safe(system))));
        words.extend(description.as_ref().map(|description| format!("description {}", value(description))));
        words.extend(revision.map(|revision| format!("revision {revision} today")));
        let at = page.paint(Tone::Faint, &format!("  {}", place(at)));
        page.line(&format!("{name}  {}{at}", words.join(", ")))?;
        let lists = [("- ", Tone::Removed, removed), ("- archived: ", Tone::Removed, archived), ("+ ", Tone::Added, added)];
        for (first, tone, names) in lists {
            if !names.is_empty() {
                let first = page.paint(tone, &format!("      {first}"));
                page.names(&first, names, LISTED)?;
            }
        }
    }
    Ok(())
}

fn notes(page: &mut Page<'_>, notes: &[NoteView]) -> io::Result<()> {
    if notes.is_empty() {
        return Ok(());
    }
    heading(page, "Notes", notes.len())?;
    for note in notes {
        let NoteView { weight, kind: _, sentence: text, help, place: at, data: _ } = note;
        let mark = match weight {
            NoteWeight::Warning => page.paint(Tone::Changed, "  ! "),
            NoteWeight::Information => "  · ".to_owned(),
        };
        let at = at.as_ref().map(|at| page.paint(Tone::Faint, &format!("  {}", place(at)))).unwrap_or_default();
        page.hung(&format!("{mark}{}{at}", sentence(text)), 4)?;
        if let Some(help) = help {
            page.hung(&format!("    {}", sentence(help)), 4)?;
        }
    }
    Ok(())
}

/// Writes how a fresh plan differs from a saved one, for `apply --plan`; nothing if it does not.
///
/// # Errors
/// What the writer says.
pub fn render_difference(difference: &PlanDifference, style: Style, width: Width, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, style, width);
    let PlanDifference { gone, new, changed } = difference;
    let groups = [
        ("Gone since the plan was saved", "-", Tone::Removed, gone),
        ("New since the plan was saved", "+", Tone::Added, new),
        ("Changed since the plan was saved", "~", Tone::Changed, changed),
    ];
    for (word, mark, tone, changes) in groups {
        if changes.is_empty() {
            continue;
        }
        heading(&mut page, word, changes.len())?;
        for change in changes.iter().take(DETAILED) {
            let line = page.paint(tone, &format!("  {mark} {}", saved(change)));
            page.line(&line)?;
        }
        if changes.len() > DETAILED {
            let names: Vec<String> = changes.iter().skip(DETAILED).map(|change| change.title.clone()).collect();
            let first = page.paint(tone, &format!("  {mark} {} more: ", thousands(names.len())));
            page.names(&first, &names, usize::MAX)?;
        }
    }
    Ok(())
}

fn saved(change: &SavedChange) -> String {
    terminal_safe(&change.title).into_owned()
}
