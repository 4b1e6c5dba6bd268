//! The body of clone's pull request: what it writes into the config.

use super::context::Context;
use super::escape::{code, sentence};
use super::ladder::fit;
use super::marker::MarkerKind;
use super::page::{Alert, Page};
use crate::render::sentence::{Sentence, count, plural, thousands};

/// A clone to show.
#[derive(Clone, Copy, Debug)]
pub struct CloneText<'a> {
    /// What changes in the config, what is taken out first.
    pub changes: &'a [CloneChange<'a>],
    /// What was left out or needs a look.
    pub warnings: &'a [Sentence],
}

/// What happens to some entries of the config.
#[derive(Clone, Copy, Debug)]
pub struct CloneChange<'a> {
    /// What kind of entry, in the singular: `experience`, `suite`, `managed tag`.
    pub noun: &'a str,
    /// What happens to them: `removed`, `changed`, `added`.
    pub verb: &'a str,
    /// Their names, sorted.
    pub names: &'a [String],
}

/// The pull request's body.
pub fn render_clone(context: &Context<'_>, clone: &CloneText<'_>) -> String {
    let CloneText { changes, warnings } = *clone;
    let changes: Vec<&CloneChange<'_>> = changes.iter().filter(|change| !change.names.is_empty()).collect();
    fit(context.medium, |detail| {
        let title = format!("ReSim's state of {} as config", code(context.project));
        let mut page = Page::new(context, detail, &context.marker(MarkerKind::Clone), &title);
        let numbers: Vec<String> = changes
            .iter()
            .map(|CloneChange { noun, verb, names }| format!("{} {} {verb}", thousands(names.len()), plural(names.len(), noun)))
            .collect();
        let numbers = if numbers.is_empty() { "no entry changes".to_owned() } else { numbers.join(" · ") };
        page.paragraph(&format!("**Merging makes the config say what ReSim has**: {numbers}. Applying it afterwards changes nothing."));
        if !warnings.is_empty() {
            let most = detail.names;
            let mut lines: Vec<String> = warnings.iter().take(most).map(|warning| format!("- {}", sentence(warning))).collect();
            if warnings.len() > most {
                lines.push(format!("- {}", page.part(most, warnings.len(), "warnings")));
            }
            page.alert(Alert::Warning, &lines);
        }
        let row = |CloneChange { noun, verb, names }: &&CloneChange<'_>| {
            vec![(*verb).to_owned(), count(names.len(), noun), page.names(names, detail.losses)]
        };
        let rows: Vec<Vec<String>> = changes.iter().map(row).collect();
        page.table(&["", "Entries", "Names"], &rows, rows.len(), "kinds");
        page.paragraph("This branch is made anew by each clone; a commit of somebody else on it stops that, and nothing is overwritten.");
        page.finish(&[])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::markdown::context::Medium;
    use crate::render::markdown::golden::golden;
    use crate::render::markdown::sample::context;

    #[test]
    fn clone_says_what_the_merge_brings() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (gone, changed, added) = (names(&["legacy-hover-01"]), names(&["planner-long"]), names(&["canyon-01", "canyon-02"]));
        let change = |noun, verb, names| CloneChange { noun, verb, names };
        let changes = [
            change("experience", "removed", gone.as_slice()),
            change("experience", "changed", changed.as_slice()),
            change("experience", "added", added.as_slice()),
            change("managed suite", "added", &[]),
        ];
        let warnings = [Sentence::new("The suite ").code("Nightly Full").text(" is not managed and was left out.")];
        let context = Context { on_merge: false, ..context(Medium::Comment) };
        golden("clone_says_what_the_merge_brings", &render_clone(&context, &CloneText { changes: &changes, warnings: &warnings }));
    }
}
