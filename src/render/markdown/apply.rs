//! How an apply ended, in the comment of the merged pull request and in the job summary.

use super::context::{Context, Medium};
use super::escape::{code, link, message, sentence, text};
use super::kept::{Kept, fit_with};
use super::marker::{Marker, MarkerKind};
use super::page::{Alert, Page};
use super::warnings;
use crate::plan::DestructiveChange;
use crate::render::sentence::{count, thousands};
use crate::render::view::{
    ActionRow, ForeignView, OutcomeKind, PlanView, ReportView, ResidueView, SubjectView, VerificationKind, VerificationView,
};

/// An apply to show.
#[derive(Clone, Copy, Debug)]
pub struct ApplyText<'a> {
    /// How it ended.
    pub result: ApplyResult<'a>,
    /// What was applied or refused though no reviewer saw it; empty if reviews are not compared.
    pub unreviewed: &'a [DestructiveChange],
    /// The body that this one takes the place of: the plan in it is kept, folded.
    pub previous: Option<&'a str>,
}

/// How an apply ended.
#[derive(Clone, Copy, Debug)]
pub enum ApplyResult<'a> {
    /// Something was to be written.
    Report(&'a ReportView),
    /// ReSim already matched the config.
    NothingToDo(&'a PlanView),
    /// The guard refused the plan, or `reviewed: guard` its unreviewed changes: nothing was written.
    Refused(&'a PlanView),
    /// The plan is not the one that was expected: nothing was written.
    PlanChanged {
        /// The plan now.
        view: &'a PlanView,
        /// The digest that was given.
        expected: &'a str,
    },
    /// A newer commit of the config is on the branch, and its own run applies it: nothing was written.
    Superseded {
        /// The newer commit, if known.
        tip: Option<&'a str>,
    },
    /// A newer commit of the config is on the branch, or it could not be read, and this is a re-run:
    /// nothing was written.
    Stale {
        /// The newer commit, if known.
        tip: Option<&'a str>,
    },
}

/// The result of an apply.
pub fn render_apply(context: &Context<'_>, apply: &ApplyText<'_>) -> String {
    let ApplyText { result, unreviewed, previous } = *apply;
    let kept = previous.and_then(Kept::of);
    // A later run of this apply needs the record, whether the plan is still shown or not.
    let marker = context.marker(MarkerKind::Apply);
    let marker = previous.and_then(Marker::parse).map_or(marker.clone(), |earlier| earlier.record_for(marker));
    fit_with(context, kept.is_some(), |detail, kept_detail| {
        let mut page = Page::new(context, detail, &marker, &format!("ReSim apply for {}", code(context.project)));
        let mut footer = Vec::new();
        match result {
            ApplyResult::Report(view) => {
                report(&mut page, view, unreviewed);
                footer.push(format!("plan {}", context.digest(&view.digest)));
                let retries = if view.retries == 0 { String::new() } else { format!(", {} repeated", view.retries) };
                footer.push(format!("{} requests{retries}", view.requests));
            }
            ApplyResult::NothingToDo(view) => {
                let unchanged = count(view.unchanged, "experience");
                page.paragraph(&format!("**Nothing to apply.** ReSim matches the config: {unchanged} unchanged."));
            }
            ApplyResult::Refused(view) => refused(&mut page, view, unreviewed),
            ApplyResult::PlanChanged { view, expected } => {
                page.paragraph(&format!(
                    "**Not applied: the plan changed.** Nothing was written. Expected was plan {}, now it is {}.",
                    context.digest(expected),
                    context.digest(&view.digest)
                ));
                page.paragraph(&super::plan::answer(view, "It"));
                super::plan::body(&mut page, view);
                to_go_on(&mut page, view);
            }
            ApplyResult::Superseded { tip } => page.paragraph(&format!(
                "**Superseded.** The config on the branch is newer{}; the run of that commit applies it. Nothing was written by this one.",
                at(tip)
            )),
            ApplyResult::Stale { tip } => page.paragraph(&format!(
                "**Not applied: this run is outdated.** The config on the branch is {}. Nothing was written: an old run must not bring \
                 back an old config. Run the workflow for the newest commit instead.",
                tip.map_or("not known to be the same".to_owned(), |tip| format!("newer, {}", Context::commit(tip)))
            )),
        }
        if let Some(kept) = &kept {
            kept.show(&mut page, "As reviewed: the plan", kept_detail);
        }
        page.finish(&footer)
    })
}

fn at(tip: Option<&str>) -> String {
    tip.map_or(String::new(), |tip| format!(" (commit {})", Context::commit(tip)))
}

fn refused(page: &mut Page<'_>, view: &PlanView, unreviewed: &[DestructiveChange]) {
    if !unreviewed.is_empty() {
        page.paragraph(&format!("**Not applied: {}.** Nothing was written.", not_reviewed(unreviewed)));
        named(page, Alert::Caution, unreviewed);
    }
    if let Some(refusal) = &view.refusal {
        page.paragraph(&format!("**Not applied: refused by the guard.** {} Nothing was written.", sentence(&refusal.sentence)));
        super::plan::body(page, view);
        return;
    }
    page.paragraph(&super::plan::answer(view, "In all, the plan"));
    to_go_on(page, view);
}

/// How to apply a plan that was not reviewed in the pull request.
fn to_go_on(page: &mut Page<'_>, view: &PlanView) {
    page.paragraph("If all of this is meant, start the apply workflow by hand with this plan's digest as `expect-digest`:");
    page.code_block("text", &text_digest(&view.digest));
    page.paragraph("If not, correct the config in a new pull request.");
}

/// A digest is hexadecimal; anything else is not shown.
fn text_digest(digest: &str) -> String {
    digest.chars().filter(char::is_ascii_hexdigit).collect()
}

fn not_reviewed(unreviewed: &[DestructiveChange]) -> String {
    let number = count(unreviewed.len(), "destructive change");
    let verb = if unreviewed.len() == 1 { "was" } else { "were" };
    format!("{number} {verb} not in the reviewed plan")
}

fn named(page: &mut Page<'_>, alert: Alert, changes: &[DestructiveChange]) {
    let most = page.detail.losses.min(page.detail.rows);
    let mut lines: Vec<String> = changes.iter().take(most).map(|change| format!("- {}", warnings::destructive(&change.kind))).collect();
    if changes.len() > most {
        lines.push(format!("- {}", page.part(most, changes.len(), "changes")));
    }
    page.alert(alert, &lines);
}

fn report(page: &mut Page<'_>, view: &ReportView, unreviewed: &[DestructiveChange]) {
    let ReportView {
        project: _,
        digest: _,
        succeeded,
        counts,
        actions: _,
        meanwhile,
        verification,
        interrupted: _,
        requests: _,
        retries: _,
        // No job of GitHub's has a ledger.
        earlier: _,
    } = view;
    let read_again = match verification.kind {
        // The headline says that it is verified.
        VerificationKind::Verified if *succeeded => "ReSim was read again and matches the config.".to_owned(),
        VerificationKind::NotNeeded if *succeeded => String::new(),
        VerificationKind::NotNeeded
        | VerificationKind::Verified
        | VerificationKind::NotConverged
        | VerificationKind::NoLongerValid
        | VerificationKind::NotRead => sentence(&verification.sentence),
    };
    page.paragraph(format!("**{}** {read_again}", sentence(&view.headline())).trim_end());
    if !succeeded {
        let written = if counts.done + counts.unknown == 0 { "Nothing was written." } else { "ReSim and the config differ now." };
        let again = page.context.run.map_or_else(|| "run this again".to_owned(), |run| link("run this again", run.url));
        let correct = if counts.failed > 0 { "Correct what failed in a new pull request, or" } else { "To complete it," };
        page.alert(Alert::Caution, &[format!("{written} {correct} {again}: what is done is not repeated.")]);
    }
    if !unreviewed.is_empty() {
        page.paragraph(&format!("**{}:**", not_reviewed(unreviewed)));
        named(page, Alert::Warning, unreviewed);
    }
    unfinished(page, view);
    unverified(page, verification);
    let most = page.detail.rows;
    let rows: Vec<Vec<String>> = meanwhile
        .iter()
        .take(most)
        .map(|ForeignView { subject: about, sentence: words, what: _ }| vec![subject(about), sentence(words)])
        .collect();
    page.table(&["Changed by others meanwhile", ""], &rows, meanwhile.len(), "changes by others");
    let done: Vec<&ActionRow> = view.ended(OutcomeKind::Done).collect();
    if !done.is_empty() {
        let open = page.context.medium == Medium::Summary;
        page.details(open, &format!("<b>Done</b> ({})", thousands(done.len())), |page| {
            let row = |row: &&ActionRow| vec![subject(&row.subject), sentence(&row.what), id(&row.subject)];
            let rows: Vec<Vec<String>> = done.iter().take(most).map(row).collect();
            page.table(&["Object", "Write", "ID"], &rows, done.len(), "writes");
        });
    }
}

/// What did not end as done, the worst first.
fn unfinished(page: &mut Page<'_>, view: &ReportView) {
    let kinds = [OutcomeKind::Failed, OutcomeKind::Unknown, OutcomeKind::Blocked, OutcomeKind::NotAttempted];
    let all: Vec<&ActionRow> = kinds.iter().flat_map(|kind| view.ended(*kind)).collect();
    let context = page.context;
    let row = |row: &&ActionRow| {
        let ActionRow { subject: about, write: _, what, experience: _, outcome, detail, place, data: _ } = row;
        let outcome_word = match outcome {
            OutcomeKind::Failed | OutcomeKind::Unknown => format!("**{}**", outcome.as_str()),
            OutcomeKind::Blocked | OutcomeKind::NotAttempted | OutcomeKind::Done => outcome.as_str().to_owned(),
        };
        let detail = detail.as_deref().unwrap_or_default();
        let detail = match outcome {
            OutcomeKind::Blocked if !detail.is_empty() => format!("waits for: {}", text(detail)),
            OutcomeKind::Failed | OutcomeKind::Unknown | OutcomeKind::Blocked | OutcomeKind::NotAttempted | OutcomeKind::Done => {
                message(detail)
            }
        };
        let place = place.as_ref().map(|place| context.place(place)).unwrap_or_default();
        vec![outcome_word, subject(about), sentence(what), detail, place]
    };
    let rows: Vec<Vec<String>> = all.iter().take(page.detail.rows).map(row).collect();
    page.table(&["Result", "Object", "Write", "Why", "Config"], &rows, all.len(), "unfinished writes");
}

/// What the second read found.
fn unverified(page: &mut Page<'_>, verification: &VerificationView) {
    // The sentence counts what is left.
    let VerificationView { kind: _, sentence: _, left: _, residues, reasons } = verification;
    let most = page.detail.rows;
    let row = |residue: &ResidueView| {
        let ResidueView { subject: about, what, sent, returned, by_others } = residue;
        let sent = sent.as_deref().map(code).unwrap_or_default();
        let who = if *by_others { "changed by others" } else { "not as sent" };
        vec![subject(about), code(what), sent, code(returned), who.to_owned()]
    };
    let rows: Vec<Vec<String>> = residues.iter().take(most).map(row).collect();
    page.table(&["Still different", "What", "Sent", "Returned", "Because"], &rows, residues.len(), "differences");
    if !reasons.is_empty() {
        page.paragraph("Because:");
    }
    let mut lines: Vec<String> = reasons.iter().take(most).map(|reason| format!("- {}", message(reason))).collect();
    if reasons.len() > most {
        lines.push(format!("- {}", page.part(most, reasons.len(), "reasons")));
    }
    page.paragraph(&lines.join("\n"));
}

fn subject(subject: &SubjectView) -> String {
    let SubjectView { kind, name, id: _ } = subject;
    format!("{} {}", kind.as_str(), code(name))
}

fn id(subject: &SubjectView) -> String {
    subject.id.as_deref().map(code).unwrap_or_default()
}

#[cfg(test)]
mod tests;
