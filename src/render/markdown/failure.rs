//! A run that ended before there was a plan, or before anything was written.

use super::context::Context;
use super::escape::{code, message};
use super::kept::{Kept, fit_with};
use super::marker::MarkerKind;
use super::page::{Alert, Page};
use crate::secrets::without_secrets;

/// What went wrong.
#[derive(Clone, Copy, Debug)]
pub struct FailureText<'a> {
    /// What was to be made.
    pub what: Failed,
    /// The error with its causes, in one line; may hold a server's words. Values between backticks become code.
    pub message: &'a str,
    /// What may help, one a line, in the same form.
    pub help: &'a [String],
    /// The body that this one takes the place of: a plan in it is kept, folded and marked as outdated.
    pub previous: Option<&'a str>,
}

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// A plan.
    Plan,
    /// An apply, before its first write.
    Apply,
    /// A clone.
    Clone,
}

/// A failure: nothing was changed.
pub fn render_failure(context: &Context<'_>, failure: &FailureText<'_>) -> String {
    let FailureText { what, message: error, help, previous } = *failure;
    let kept = previous.and_then(Kept::of);
    let (what, nothing) = match what {
        Failed::Plan => ("plan", "No plan could be made, and nothing was changed."),
        Failed::Apply => ("apply", "Nothing was applied."),
        Failed::Clone => ("clone", "Nothing was cloned."),
    };
    let project = if context.project.is_empty() { String::new() } else { format!(" for {}", code(context.project)) };
    let marker = match &kept {
        // What is still shown is still on record.
        Some(kept) => kept.marker.record_for(context.marker(MarkerKind::Error)),
        None => context.marker(MarkerKind::Error),
    };
    fit_with(context, kept.is_some(), |detail, kept_detail| {
        let mut page = Page::new(context, detail, &marker, &format!("ReSim {what}{project} failed"));
        page.alert(Alert::Caution, &[format!("**{nothing}** {}", message(&capital(&without_secrets(error))))]);
        let help: Vec<String> = help.iter().map(|line| format!("- {}", message(&capital(&without_secrets(line))))).collect();
        page.paragraph(&help.join("\n"));
        if let Some(kept) = &kept {
            kept.show(&mut page, "Outdated: the plan", kept_detail);
        }
        page.finish(&[])
    })
}

/// A fragment as the beginning of a sentence.
fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::markdown::context::Medium;
    use crate::render::markdown::golden::{check, golden};
    use crate::render::markdown::sample::{context, destructive, plan, view};
    use crate::render::markdown::{Basis, PlanText, render_plan};

    fn failed(previous: Option<&str>) -> String {
        let context = Context { head: Some("d4e5f60718293a4b5c6d7e8f90123456789abcde"), read_at: None, ..context(Medium::Comment) };
        let message = "reading the project failed: `GET …/experiences`: 503 Service Unavailable, 5 attempts in 61 s";
        let help = ["this is a fault of the service or of the network: re-run the failed job".to_owned()];
        render_failure(&context, &FailureText { what: Failed::Plan, message, help: &help, previous })
    }

    fn earlier() -> String {
        let plan = plan();
        let text = PlanText { view: &view(&plan), destructive: &destructive(&plan), basis: Basis::Live, problems: None, previous: None };
        render_plan(&context(Medium::Comment), &text)
    }

    #[test]
    fn failure_keeps_the_last_good_plan_as_outdated() {
        let out = failed(Some(&earlier()));
        golden("failure_keeps_the_last_good_plan_as_outdated", &out);
        let again = failed(Some(&out));
        assert_eq!(again, out, "a second failure keeps the same plan");
    }

    #[test]
    fn failure_alone_says_that_nothing_was_changed() {
        golden("failure_alone_says_that_nothing_was_changed", &failed(None));
    }

    #[test]
    fn text_of_others_is_not_kept() {
        let plain = failed(None);
        for previous in ["hello", "<!-- resim-sync:v1 label= kind=plan -->\n<details>\n", &plain] {
            assert_eq!(failed(Some(previous)), plain);
        }
    }

    #[test]
    fn plan_too_large_to_be_kept_gives_way() {
        let (marker, rest) = earlier().split_once('\n').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("lines");
        let folded = format!("{marker}\n{}\n<details><summary>x</summary>\n\n{}\n\n</details>\n", rest, "y".repeat(57_000));
        let out = failed(Some(&folded));
        check(&out);
        assert!(out.contains("legacy-hover-01") && !out.contains("yyyy") && out.len() < 60_000);
        let out = failed(Some(&format!("{marker}\n{}\n", "z".repeat(59_900))));
        check(&out);
        assert!(out.contains("edit history") && !out.contains("zzz"), "{out}");
    }
}
