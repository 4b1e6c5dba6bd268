//! The problems of a config as a table, and the text about a config that is not valid.

use super::context::Context;
use super::escape::{code, message};
use super::ladder::fit;
use super::marker::MarkerKind;
use super::page::Page;
use crate::diagnostics::{Diagnostic, Diagnostics, Label, Severity};
use crate::render::sentence::count;
use crate::render::view::Place;
use crate::secrets::without_secrets;
use crate::source::Sources;

/// So many warnings are not folded.
const OPEN_WARNINGS: usize = 5;
/// Further places and hints of one problem.
const OTHER_PLACES: usize = 5;

/// What was found wrong with a config, in itself or against ReSim.
#[derive(Clone, Copy, Debug)]
pub struct Problems<'a> {
    /// The files they are in.
    pub sources: &'a Sources,
    /// The problems.
    pub diagnostics: &'a Diagnostics,
}

/// Where a config was found invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// In itself: ReSim was not asked.
    Itself,
    /// Against ReSim's state: a tag, suite, system or ID that it lacks, a name that is taken.
    ReSim,
}

/// A config that cannot be used.
pub fn render_invalid(context: &Context<'_>, problems: Problems<'_>, against: Against) -> String {
    let title = match against {
        Against::Itself => "The ReSim config is not valid".to_owned(),
        Against::ReSim if context.project.is_empty() => "The config does not fit ReSim".to_owned(),
        Against::ReSim => format!("The config does not fit the ReSim project {}", code(context.project)),
    };
    let (errors, warnings) = sorted(problems.diagnostics);
    fit(context.medium, |detail| {
        let mut page = Page::new(context, detail, &context.marker(MarkerKind::Invalid), &title);
        let warned = if warnings.is_empty() { String::new() } else { format!(", {}", count(warnings.len(), "warning")) };
        let unread = match against {
            Against::Itself => " ReSim was not contacted.",
            Against::ReSim => "",
        };
        let earlier = if context.on_merge { " Earlier plans of this pull request no longer hold." } else { "" };
        page.paragraph(&format!("**{}{warned}.** Nothing was planned or changed.{unread}{earlier}", count(errors.len(), "error")));
        let all: Vec<&Diagnostic> = errors.iter().chain(&warnings).copied().collect();
        table(&mut page, problems.sources, &all);
        if against == Against::Itself {
            page.paragraph(
                "To see the same before pushing: `resim-sync validate`, and `resim-sync validate --fix` for what can be mended.",
            );
        }
        page.finish(&[])
    })
}

/// Warnings about a config that was planned all the same.
pub(crate) fn warnings(page: &mut Page<'_>, problems: Problems<'_>) {
    let (_, warnings) = sorted(problems.diagnostics);
    if warnings.is_empty() {
        return;
    }
    let summary = format!("<b>{} about the config</b>", count(warnings.len(), "warning"));
    page.details(warnings.len() <= OPEN_WARNINGS, &summary, |page| table(page, problems.sources, &warnings));
}

/// Errors and warnings, each by file and place.
fn sorted(diagnostics: &Diagnostics) -> (Vec<&Diagnostic>, Vec<&Diagnostic>) {
    diagnostics.sorted().into_iter().partition(|diagnostic| diagnostic.severity == Severity::Error)
}

fn table(page: &mut Page<'_>, sources: &Sources, diagnostics: &[&Diagnostic]) {
    let context = page.context;
    let row = |diagnostic: &&Diagnostic| {
        let Diagnostic { code: id, severity, message: text, labels, help } = diagnostic;
        let severity = match severity {
            Severity::Error => "**error**",
            Severity::Warning => "warning",
        };
        let at = |label: &Label| context.place(&Place::new(sources, label.origin));
        let said = |text: &str| message(&without_secrets(text));
        let mut problem = vec![format!("{} ({})", said(text), code(id.as_str()))];
        let mut labels_left = labels.iter();
        let place = labels_left.next().map(|label| {
            // With several places it only says which of them this is.
            if !label.text.is_empty() && labels.len() == 1 {
                problem.push(said(&label.text));
            }
            at(label)
        });
        let others: Vec<&Label> = labels_left.collect();
        problem.extend(others.iter().take(OTHER_PLACES).map(|label| format!("{} {}", said(&label.text), at(label)).trim().to_owned()));
        if others.len() > OTHER_PLACES {
            problem.push(format!("and {}", count(others.len() - OTHER_PLACES, "more place")));
        }
        let help: Vec<String> = help.iter().take(OTHER_PLACES).map(|line| said(line)).collect();
        vec![severity.to_owned(), place.unwrap_or_default(), problem.join("<br>"), help.join("<br>")]
    };
    let rows: Vec<Vec<String>> = diagnostics.iter().take(page.detail.rows).map(row).collect();
    let total = diagnostics.len();
    page.table(&["", "Where", "Problem", "What helps"], &rows, total, "problems");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{LoadOptions, load_texts};
    use crate::render::markdown::context::Medium;
    use crate::render::markdown::golden::{check, golden};
    use crate::render::markdown::sample::context;

    #[test]
    fn every_problem_is_a_row_with_its_place() {
        let text = "experiences:\n- {name: a, description: d, locations: [x], tag: [b]}\n- {name: a, description: '', locations: [x]}\n\
                    managedTestSuites:\n- {name: S, experiences: [canyon-9]}\nmanagedExperienceTags: ['a|b']\n";
        let loaded = load_texts(vec![("fleet/a.yaml".to_owned(), text.to_owned())], &LoadOptions::default());
        let problems = Problems { sources: &loaded.sources, diagnostics: &loaded.diagnostics };
        golden(
            "every_problem_is_a_row_with_its_place",
            &render_invalid(&Context { read_at: None, ..context(Medium::Comment) }, problems, Against::Itself),
        );
        let out = render_invalid(&Context { project: "", ..context(Medium::Summary) }, problems, Against::ReSim);
        check(&out);
        assert!(out.starts_with("### The config does not fit ReSim\n"), "{out}");
    }
}
