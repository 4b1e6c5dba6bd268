//! Collects what is wrong with a config: each problem once, and never without end.

use std::collections::BTreeSet;

use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::Origin;

/// More problems than this are not collected: nobody reads them, and junk must not fill the memory.
pub(crate) const MAX_PROBLEMS: usize = 20_000;

/// The problems so far.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    diagnostics: Diagnostics,
    /// A value behind an alias is read once for each use, but wrong only once.
    seen: BTreeSet<(Code, Origin, String)>,
    count: usize,
    errors: bool,
}

impl Problems {
    /// Adds one, unless it was added before.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.errors |= diagnostic.severity == Severity::Error;
        if self.is_full() {
            return;
        }
        if let Some(label) = diagnostic.labels.first()
            && !self.seen.insert((diagnostic.code, label.origin, diagnostic.message.clone()))
        {
            return;
        }
        self.diagnostics.push(diagnostic);
        self.count += 1;
        if self.is_full() {
            let message = format!("more than {MAX_PROBLEMS} problems: the rest is not shown");
            let diagnostic = Diagnostic::new(Severity::Error, Code::TooManyProblems, message);
            self.diagnostics.push(diagnostic.help("mend the first ones and validate again; is this the right file?"));
            self.errors = true;
        }
    }

    /// Whether further problems would be dropped, so that looking for them is idle.
    pub(crate) fn is_full(&self) -> bool {
        self.count >= MAX_PROBLEMS
    }

    /// Whether there are errors.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors
    }

    /// All of them.
    pub(crate) fn into_diagnostics(self) -> Diagnostics {
        self.diagnostics
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceId, Span};

    fn problem(at: usize) -> Diagnostic {
        let origin = Origin { source: SourceId(0), span: Span { start: at, end: at } };
        Diagnostic::warning(Code::EmptyValue, origin, "empty")
    }

    #[test]
    fn same_problem_at_one_place_is_kept_once() {
        let mut problems = Problems::default();
        problems.push(problem(1));
        problems.push(problem(1));
        assert_eq!(problems.into_diagnostics().sorted().len(), 1);
    }

    #[test]
    fn endless_problems_end_with_an_error_that_says_so() {
        let mut problems = Problems::default();
        (0..MAX_PROBLEMS + 5).for_each(|at| problems.push(problem(at)));
        assert!(problems.has_errors());
        let diagnostics = problems.into_diagnostics();
        let sorted = diagnostics.sorted();
        assert_eq!(sorted.len(), MAX_PROBLEMS + 1);
        assert_eq!(sorted.last().map(|last| last.code), Some(Code::TooManyProblems));
    }
}
