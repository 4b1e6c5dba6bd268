//! A plan as a comment, as a job summary, as a file: what merging would do, the worst first.

use std::collections::BTreeSet;

use super::context::Context;
use super::escape::{code, sentence, text};
use super::ladder::fit;
use super::marker::{Destructive, Marker, MarkerKind};
use super::page::{Alert, Page};
use super::problems::{self, Problems};
use super::{changes, diffs, members, warnings};
use crate::plan::{Counts, DestructiveChange};
use crate::render::sentence::{Part, Sentence, count, plural, thousands};
use crate::render::view::{PlanView, RefusalView};

/// So many new destructive changes are named in the comparison with an earlier plan.
const NEWLY: usize = 10;

/// What a plan was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis<'a> {
    /// ReSim's live state.
    Live,
    /// A saved state.
    Snapshot {
        /// When it was saved, for people; empty if unknown.
        taken: &'a str,
        /// How old it is, for people; empty if unknown.
        age: &'a str,
    },
}

/// A plan to show.
#[derive(Clone, Copy, Debug)]
pub struct PlanText<'a> {
    /// The plan.
    pub view: &'a PlanView,
    /// Its destructive changes, for the marker.
    pub destructive: &'a [DestructiveChange],
    /// What it was made from.
    pub basis: Basis<'a>,
    /// Warnings about the config, if there can be any.
    pub problems: Option<Problems<'a>>,
    /// The body that this one takes the place of, to say what is new in the plan.
    pub previous: Option<&'a str>,
}

/// A plan: no changes, changes, or refused by the guard.
pub fn render_plan(context: &Context<'_>, plan: &PlanText<'_>) -> String {
    let marker = plan_marker(context, plan);
    fit(context.medium, |detail| {
        let mut page = Page::new(context, detail, &marker, &format!("ReSim plan for {}", code(context.project)));
        let PlanText { view, destructive, basis, problems, previous } = *plan;
        opening(&mut page, view, basis);
        body(&mut page, view);
        if let Some(problems) = problems {
            problems::warnings(&mut page, problems);
        }
        if let Some(since) = previous.and_then(|previous| since(context, view, destructive, previous)) {
            page.paragraph(&since);
        }
        page.finish(&[format!("plan {}", context.digest(&view.digest))])
    })
}

fn plan_marker(context: &Context<'_>, plan: &PlanText<'_>) -> Marker {
    let kind = match plan.basis {
        Basis::Live => MarkerKind::Plan,
        Basis::Snapshot { .. } => MarkerKind::Offline,
    };
    Marker {
        plan: Some(plan.view.digest.clone()),
        destructive: Destructive::new(plan.destructive.iter().map(|change| change.fingerprint)),
        ..context.marker(kind)
    }
}

/// The first sentence: the answer.
fn opening(page: &mut Page<'_>, view: &PlanView, basis: Basis<'_>) {
    let subject = if page.context.on_merge { "Merging" } else { "This plan" };
    let mut first = match basis {
        Basis::Live => String::new(),
        Basis::Snapshot { taken, age } => {
            let taken = if taken.is_empty() { String::new() } else { format!(" of {}", text(taken)) };
            let age = if age.is_empty() { String::new() } else { format!(", {} old", text(age)) };
            format!("**Live state not read.** This plan is made from a snapshot{taken}{age}; ReSim may differ by now.\n\n")
        }
    };
    if let Some(RefusalView { sentence: why, ways: _, archives: _, live: _, limit: _, experiences: _ }) = &view.refusal {
        first.push_str(&format!("**Refused by the guard.** {} Nothing is applied while it is so.\n\n", sentence(why)));
    }
    if let Some(what) = &view.permitted {
        let line = code("ReSim-Allow-Archive");
        first.push_str(&format!(
            "**Permitted by the pull request.** {} Its description allows that, in the line {line}.\n\n",
            sentence(what)
        ));
    }
    if view.is_empty() {
        let state = match basis {
            Basis::Live => "ReSim matches the config",
            Basis::Snapshot { .. } => "The snapshot matches the config",
        };
        let nothing = if page.context.on_merge { " Merging applies nothing." } else { "" };
        first.push_str(&format!("**No changes.** {state}: {} unchanged.{nothing}", count(view.unchanged, "experience")));
    } else {
        let subject = if view.refusal.is_some() { "The plan" } else { subject };
        first.push_str(&answer(view, subject));
    }
    page.paragraph(&first);
}

/// What a plan comes to, in a sentence and some numbers.
pub(crate) fn answer(view: &PlanView, subject: &str) -> String {
    let Counts { creates, updates, renames, restores, archives, tags_added, tags_removed, tags_created, systems_added, suites } =
        view.counts;
    let verbs = [(archives, "archives"), (renames, "renames"), (restores, "restores"), (updates, "updates"), (creates, "creates")];
    let mut verbs: Vec<String> =
        verbs.iter().filter(|(number, _)| *number > 0).map(|(number, verb)| format!("{verb} {}", thousands(*number))).collect();
    let last = [creates, updates, restores, renames, archives].into_iter().find(|number| *number > 0).unwrap_or(0);
    if let Some(verb) = verbs.last_mut() {
        verb.push(' ');
        verb.push_str(&plural(last, "experience"));
    }
    let sentence = match verbs.split_last() {
        None => format!("{subject} changes no experience itself, only where they belong"),
        Some((only, [])) => format!("{subject} {only}"),
        Some((last, first)) => format!("{subject} {} and {last}", first.join(", ")),
    };
    let groups = [
        (tags_removed, "tag", "removed"),
        (tags_added, "tag", "added"),
        (tags_created, "tag", "created"),
        (systems_added, "system", "added"),
        (suites, "suite", "changed"),
        (view.unchanged, "experience", "unchanged"),
    ];
    let groups: Vec<String> =
        groups.iter().filter(|(number, _, _)| *number > 0).map(|(number, noun, what)| format!("{} {what}", count(*number, noun))).collect();
    format!("**{sentence}.** {}", groups.join(" · ")).trim_end().to_owned()
}

/// Everything below the first sentence.
pub(crate) fn body(page: &mut Page<'_>, view: &PlanView) {
    let mut losses = warnings::losses(page, view);
    if let Some(refusal) = &view.refusal {
        losses.extend(ways_on(page.context, refusal));
    }
    if !losses.is_empty() {
        page.alert(Alert::Caution, &losses);
    }
    warnings::suspicions(page, view);
    changes::table(page, view);
    diffs::diffs(page, view);
    members::tags_and_systems(page, view);
    members::suites(page, view);
    warnings::remarks(page, view);
    members::left_alone(page, view);
}

/// How to go on after a refusal; in a workflow first what can be done in the pull request.
fn ways_on(context: &Context<'_>, refusal: &RefusalView) -> Vec<String> {
    let mut lines = vec![String::new(), "If that is meant:".to_owned()];
    let mut ways: Vec<&Sentence> = refusal.ways.iter().collect();
    if context.run.is_some() {
        let in_github = |way: &&Sentence| {
            !way.parts().iter().any(|part| match part {
                Part::Code(code) => code.starts_with("ReSim-Allow-Archive"),
                Part::Text(_) => false,
            })
        };
        ways.sort_by_key(in_github);
    }
    lines.extend(ways.iter().map(|way| format!("- {}", sentence(way))));
    lines.push(String::new());
    lines.push("If not: list them in the config; where one was renamed, give its entry the `experienceID`.".to_owned());
    lines
}

/// What is new since the plan of an earlier commit.
fn since(context: &Context<'_>, view: &PlanView, destructive: &[DestructiveChange], previous: &str) -> Option<String> {
    let marker = Marker::parse(previous)?;
    match marker.kind {
        MarkerKind::Plan | MarkerKind::Offline => {}
        MarkerKind::Invalid | MarkerKind::Error | MarkerKind::Apply | MarkerKind::Drift | MarkerKind::Clone => return None,
    }
    let (earlier, digest) = (marker.head?, marker.plan?);
    if context.head == Some(earlier.as_str()) {
        return None;
    }
    let at = Context::commit(&earlier);
    if digest == view.digest {
        return Some(format!("Same changes as at commit {at}."));
    }
    let Some(Destructive { fingerprints: seen }) = marker.destructive else {
        return Some(format!("Other changes than at commit {at}."));
    };
    let newly: Vec<String> =
        destructive.iter().filter(|change| !seen.contains(&change.fingerprint)).map(|change| warnings::destructive(&change.kind)).collect();
    let now: BTreeSet<_> = destructive.iter().map(|change| change.fingerprint).collect();
    let gone = seen.difference(&now).count();
    let mut words = format!("Other changes than at commit {at}");
    if !newly.is_empty() {
        let more = newly.len().saturating_sub(NEWLY);
        let named = newly.iter().take(NEWLY).cloned().collect::<Vec<_>>().join("; ");
        let more = if more == 0 { String::new() } else { format!(" and {} more", thousands(more)) };
        words.push_str(&format!(". **New: {}**: {named}{more}", count(newly.len(), "destructive change")));
    }
    if gone > 0 {
        words.push_str(&format!(". {} gone", count(gone, "destructive change")));
    }
    Some(words + ".")
}

#[cfg(test)]
mod tests;
