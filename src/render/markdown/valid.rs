//! A valid config that was not compared with ReSim.

use super::context::Context;
use super::escape::code;
use super::ladder::fit;
use super::marker::MarkerKind;
use super::page::Page;
use super::problems::{self, Problems};
use crate::render::sentence::count;

/// A config that is valid in itself.
#[derive(Clone, Copy, Debug)]
pub struct ValidText<'a> {
    /// Why ReSim was not read, if a plan would have been wanted.
    pub unread: Option<Unread>,
    /// Experiences in the config.
    pub experiences: usize,
    /// Managed suites in the config.
    pub suites: usize,
    /// Managed tags in the config.
    pub managed_tags: usize,
    /// Warnings about the config.
    pub problems: Option<Problems<'a>>,
}

/// Why there is no live state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// GitHub gives runs for forks no secrets.
    Fork,
    /// GitHub gives Dependabot's runs no secrets.
    Dependabot,
}

/// What can be said without ReSim.
pub fn render_valid(context: &Context<'_>, valid: &ValidText<'_>) -> String {
    let ValidText { unread, experiences, suites, managed_tags, problems } = *valid;
    let project = if context.project.is_empty() { String::new() } else { format!(" for {}", code(context.project)) };
    let title = match unread {
        Some(Unread::Fork | Unread::Dependabot) => format!("ReSim plan{project}"),
        None => format!("ReSim config{project}"),
    };
    fit(context.medium, |detail| {
        let mut page = Page::new(context, detail, &context.marker(MarkerKind::Offline), &title);
        let without = |whose| {
            format!(
                "**Live state not read**: GitHub gives the runs of {whose} no credentials. What merging changes in ReSim is not known \
                 here; the plan is made again on merge."
            )
        };
        match unread {
            Some(Unread::Fork) => page.paragraph(&without("a fork's pull request")),
            Some(Unread::Dependabot) => page.paragraph(&without("Dependabot's pull requests")),
            None => {}
        }
        let holds = [count(experiences, "experience"), count(suites, "managed suite"), count(managed_tags, "managed tag")].join(", ");
        page.paragraph(&format!("**The config is valid**: {holds}."));
        if let Some(problems) = problems {
            problems::warnings(&mut page, problems);
        }
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
    fn run_without_credentials_says_first_that_nothing_was_read() {
        let context = Context { read_at: None, project: "", ..context(Medium::Comment) };
        let valid = ValidText { unread: Some(Unread::Fork), experiences: 42, suites: 3, managed_tags: 1, problems: None };
        let out = render_valid(&context, &valid);
        golden("run_without_credentials_says_first_that_nothing_was_read", &out);
        assert!(render_valid(&context, &ValidText { unread: None, ..valid }).contains("\n**The config is valid**: 42 experiences"));
    }
}
