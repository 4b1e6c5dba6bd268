//! What an apply did as text: what went wrong first, the counts last.

use std::io::{self, Write};

use super::page::{Page, Tone, Width, place, sentence};
use crate::apply::Interrupt;
use crate::render::diagnostics::Style;
use crate::render::escape::terminal_safe;
use crate::render::sentence::{count, thousands};
use crate::render::view::{
    ActionRow, ForeignView, OutcomeKind, ReportView, ResidueView, SubjectView, VerificationKind, VerificationView, WriteKind,
};

/// A group with more rows shows only so many, and the others by name.
const DETAILED: usize = 100;
/// A list of things that went well shows so many.
const LISTED: usize = 50;

/// Writes a report for people.
///
/// # Errors
/// What the writer says.
pub fn render_report(view: &ReportView, style: Style, width: Width, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, style, width);
    // What came before was told before this run began.
    let ReportView {
        project,
        digest,
        succeeded,
        counts: _,
        actions: _,
        meanwhile,
        verification,
        interrupted,
        requests,
        retries,
        earlier: _,
    } = view;
    page.section(Tone::Heading, &format!("Apply for {}", terminal_safe(&project.name)))?;
    for outcome in OutcomeKind::ALL {
        group(&mut page, outcome, view)?;
    }
    foreign(&mut page, meanwhile)?;
    verified(&mut page, verification)?;
    if let Some(signal) = interrupted {
        let signal = match signal {
            Interrupt::Int => "SIGINT",
            Interrupt::Term => "SIGTERM",
        };
        page.section(Tone::Alarm, &format!("Stopped by {signal}. Run it again to complete the job; what is done is not repeated."))?;
    }
    let repeats = if *retries == 0 { String::new() } else { format!(", {} of them repeated", thousands_of(*retries)) };
    let requests = count(usize::try_from(*requests).unwrap_or(usize::MAX), "request");
    page.digest(&format!("{requests}{repeats}. Digest"), digest)?;
    let tone = if *succeeded { Tone::Added } else { Tone::Alarm };
    page.headline(tone, &sentence(&view.headline()))
}

fn thousands_of(number: u64) -> String {
    thousands(usize::try_from(number).unwrap_or(usize::MAX))
}

/// Rows that differ in their experience alone.
struct Bundle<'a> {
    first: &'a ActionRow,
    experiences: Vec<String>,
}

fn group(page: &mut Page<'_>, outcome: OutcomeKind, view: &ReportView) -> io::Result<()> {
    let (word, mark, tone) = match outcome {
        OutcomeKind::Failed => ("Failed", "x", Tone::Alarm),
        OutcomeKind::Unknown => ("Unknown: sent, but not answered", "?", Tone::Alarm),
        OutcomeKind::Blocked => ("Blocked by what did not succeed", "-", Tone::Changed),
        OutcomeKind::NotAttempted => ("Not attempted", "-", Tone::Changed),
        OutcomeKind::Done => ("Done", "+", Tone::Added),
    };
    let bundles = bundled(view.ended(outcome));
    if bundles.is_empty() {
        return Ok(());
    }
    let number = view.ended(outcome).count();
    page.section(Tone::Heading, &format!("{word} ({})", thousands(number)))?;
    for Bundle { first, experiences } in bundles.iter().take(DETAILED) {
        let begin = page.paint(tone, &format!("  {mark} {}", subject(&first.subject)));
        if experiences.len() > 1 {
            let what = match first.write {
                WriteKind::AddTag => "add to",
                WriteKind::RemoveTag => "remove from",
                WriteKind::Register => "register",
                WriteKind::Restore
                | WriteKind::Park
                | WriteKind::Rename
                | WriteKind::Update
                | WriteKind::Create
                | WriteKind::Archive
                | WriteKind::CreateTag
                | WriteKind::CreateSuite
                | WriteKind::RestoreSuite
                | WriteKind::ReviseSuite => first.write.as_str(),
            };
            let most = if outcome == OutcomeKind::Done { LISTED } else { usize::MAX };
            let number = count(experiences.len(), "experience");
            page.names(&format!("{begin}  {what} {number}: "), experiences, most)?;
        } else {
            let at = first.place.as_ref().map(|at| page.paint(Tone::Faint, &format!("  {}", place(at)))).unwrap_or_default();
            page.line(&format!("{begin}  {}{at}", sentence(&first.what)))?;
        }
        if let Some(detail) = &first.detail {
            let before = if outcome == OutcomeKind::Blocked { "waits for " } else { "" };
            page.line(&format!("      {before}{}", terminal_safe(detail)))?;
        }
    }
    let names: Vec<String> = bundles.iter().skip(DETAILED).map(|bundle| bundle.first.subject.name.clone()).collect();
    if names.is_empty() {
        return Ok(());
    }
    let most = if outcome == OutcomeKind::Done { LISTED } else { usize::MAX };
    let first = page.paint(tone, &format!("  {mark} {} more: ", thousands(names.len())));
    page.names(&first, &names, most)
}

fn bundled<'a>(rows: impl Iterator<Item = &'a ActionRow>) -> Vec<Bundle<'a>> {
    let mut bundles: Vec<Bundle<'_>> = Vec::new();
    for row in rows {
        match (bundles.last_mut(), &row.experience) {
            (Some(Bundle { first, experiences }), Some(name))
                if first.write == row.write && first.subject == row.subject && first.detail == row.detail =>
            {
                experiences.push(name.clone());
            }
            (_, name) => bundles.push(Bundle { first: row, experiences: name.iter().cloned().collect() }),
        }
    }
    bundles
}

fn subject(subject: &SubjectView) -> String {
    let SubjectView { kind, name, id: _ } = subject;
    format!("{} {}", kind.as_str(), terminal_safe(name))
}

fn foreign(page: &mut Page<'_>, changes: &[ForeignView]) -> io::Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    page.section(Tone::Heading, &format!("Changed by others in the meantime ({})", thousands(changes.len())))?;
    for ForeignView { subject: about, sentence: text, what: _ } in changes {
        page.line(&format!("  ! {}  {}", subject(about), sentence(text)))?;
    }
    Ok(())
}

fn verified(page: &mut Page<'_>, verification: &VerificationView) -> io::Result<()> {
    let VerificationView { kind, sentence: text, left: _, residues, reasons } = verification;
    let tone = match kind {
        VerificationKind::NotNeeded => Tone::Faint,
        VerificationKind::Verified => Tone::Added,
        VerificationKind::NotConverged | VerificationKind::NoLongerValid | VerificationKind::NotRead => Tone::Alarm,
    };
    page.section(tone, &sentence(text))?;
    for reason in reasons {
        page.line(&format!("  {}", terminal_safe(reason)))?;
    }
    for ResidueView { subject: about, what, sent, returned, by_others } in residues {
        let sent = sent.as_ref().map(|sent| format!("sent {}, ", terminal_safe(sent))).unwrap_or_default();
        let who = if *by_others { "; changed by others in the meantime" } else { "" };
        page.line(&format!("  ~ {}  {}: {sent}returned {}{who}", subject(about), terminal_safe(what), terminal_safe(returned)))?;
    }
    Ok(())
}
