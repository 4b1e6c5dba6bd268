//! What earlier runs of a job did, as their ledger tells it: before this run writes anything.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::page::{Page, Tone, Width};
use crate::apply::{EarlierEnd, EarlierRun, EarlierWrite};
use crate::render::diagnostics::Style;
use crate::render::escape::terminal_safe;
use crate::render::sentence::{count, thousands};

/// Of a run, so many writes that did not end well have lines of their own.
const DETAILED: usize = 100;
/// A list of names shows so many.
const LISTED: usize = 50;

/// Writes the earlier runs in a ledger for people; nothing if there are none.
///
/// # Errors
/// What the writer says.
pub fn render_earlier(ledger: &str, runs: &[EarlierRun], style: Style, width: Width, out: &mut dyn Write) -> io::Result<()> {
    if runs.is_empty() {
        return Ok(());
    }
    let mut page = Page::new(out, style, width);
    let number = count(runs.len(), "run");
    page.section(Tone::Heading, &format!("{}: {number} before this one that did not complete the job", terminal_safe(ledger)))?;
    for run in runs {
        one(&mut page, run)?;
    }
    let last = "ReSim was read after all that: whatever of it took effect is not done again.";
    let last = page.paint(Tone::Faint, last);
    page.line(&last)
}

fn one(page: &mut Page<'_>, run: &EarlierRun) -> io::Result<()> {
    let EarlierRun { at, digest, finished, writes } = run;
    let ended = |end: EarlierEnd| writes.iter().filter(move |write| write.end == end);
    let counts = [(EarlierEnd::Done, "done"), (EarlierEnd::Failed, "failed"), (EarlierEnd::Unknown, "of unknown outcome")];
    let counts: Vec<String> = counts
        .into_iter()
        .map(|(end, words)| (ended(end).count(), words))
        .filter(|(number, _)| *number > 0)
        .map(|(number, words)| format!("{} {words}", thousands(number)))
        .collect();
    let how = if *finished { "came to its end" } else { "was killed" };
    let all = count(writes.len(), "write");
    let digest = digest.get(..12).unwrap_or(digest);
    page.line(&format!("  {}  plan {}  {how}; {all}: {}", terminal_safe(at), terminal_safe(digest), counts.join(", ")))?;
    for (end, mark, tone, note) in
        [(EarlierEnd::Unknown, "?", Tone::Alarm, "sent, but how it ended is not known"), (EarlierEnd::Failed, "x", Tone::Alarm, "failed")]
    {
        for write in ended(end).take(DETAILED) {
            let first = page.paint(tone, &format!("    {mark} {} ", terminal_safe(&write.operation)));
            page.names(&format!("{first}{}", things(write)), &write.on, LISTED)?;
        }
        let more = ended(end).count().saturating_sub(DETAILED);
        if more > 0 {
            page.line(&page.paint(tone, &format!("    {mark} {} more {note}", thousands(more))))?;
        }
    }
    let mut done: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for write in ended(EarlierEnd::Done) {
        let what = format!("{} {}", terminal_safe(&write.operation), things(write));
        done.entry(what).or_default().extend(write.on.iter().cloned());
    }
    for (what, on) in done {
        let first = page.paint(Tone::Added, "    + ");
        page.names(&format!("{first}{what}"), &on, LISTED)?;
    }
    Ok(())
}

/// The tags or systems of a membership, or the tag that was created; those that a creation carries are not named.
fn things(write: &EarlierWrite) -> String {
    let names: Vec<String> = write.things.iter().map(|name| terminal_safe(name).into_owned()).collect();
    match (names.is_empty(), write.on.is_empty()) {
        (true, _) => String::new(),
        (false, true) => names.join(", "),
        (false, false) => format!("{}: ", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(number: u64, operation: &str, things: &[&str], on: &[&str], end: EarlierEnd) -> EarlierWrite {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        EarlierWrite { number, operation: operation.to_owned(), things: owned(things), on: owned(on), end }
    }

    fn rendered(runs: &[EarlierRun]) -> String {
        let mut out = Vec::new();
        render_earlier("ledger.jsonl", runs, Style::Plain, Width::Endless, &mut out).expect("a Vec");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn killed_run_is_told_with_what_nobody_knows_first() {
        let run = EarlierRun {
            at: "2026-01-31T12:00:00.000Z".to_owned(),
            digest: "0123456789abcdef".to_owned(),
            finished: false,
            writes: vec![
                write(1, "create-tag", &["fresh"], &[], EarlierEnd::Done),
                write(2, "create", &[], &["a"], EarlierEnd::Done),
                write(3, "create", &[], &["b\u{1b}[2J"], EarlierEnd::Done),
                write(4, "remove-tag", &["old"], &["c"], EarlierEnd::Failed),
                write(5, "add-tags", &["fresh", "new"], &["d", "e"], EarlierEnd::Unknown),
            ],
        };
        assert_eq!(
            rendered(&[run]),
            "ledger.jsonl: 1 run before this one that did not complete the job\n\
             \x20 2026-01-31T12:00:00.000Z  plan 0123456789ab  was killed; 5 writes: 3 done, 1 failed, 1 of unknown outcome\n\
             \x20   ? add-tags fresh, new: d, e\n\
             \x20   x remove-tag old: c\n\
             \x20   + create a, b\\u{1b}[2J\n\
             \x20   + create-tag fresh\n\
             ReSim was read after all that: whatever of it took effect is not done again.\n"
        );
    }

    #[test]
    fn nothing_before_is_nothing_to_say() {
        assert_eq!(rendered(&[]), "");
    }

    #[test]
    fn many_are_counted() {
        let writes = (1..=120).map(|number| write(number, "update", &[], &["a"], EarlierEnd::Unknown)).collect();
        let run = EarlierRun { at: String::new(), digest: String::new(), finished: true, writes };
        let text = rendered(&[run]);
        assert!(text.contains("came to its end; 120 writes: 120 of unknown outcome"), "{text}");
        assert!(text.contains("? 20 more sent, but how it ended is not known"), "{text}");
    }
}
