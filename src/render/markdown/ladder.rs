//! The size ladder: a text is rendered with less detail until it fits, and is never cut.

use super::context::Medium;

/// GitHub refuses bodies over 65,536 characters; this is in bytes, and leaves room for what an older
/// server counts differently.
const COMMENT_BYTES: usize = 60_000;
/// GitHub shows no summary over 1 MiB a step.
const SUMMARY_BYTES: usize = 1_000_000;

/// How much a text shows. What is left out is always counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Detail {
    /// Experiences whose fields are shown before and after.
    pub(crate) diffs: usize,
    /// Rows of each table.
    pub(crate) rows: usize,
    /// Names of each list of things that are lost.
    pub(crate) losses: usize,
    /// Names of each other list.
    pub(crate) names: usize,
    /// Lines of one value in a diff.
    pub(crate) lines: usize,
    /// Characters of one line in a diff.
    pub(crate) columns: usize,
}

const ALL: usize = usize::MAX;

/// The steps below full detail: first fewer diffs, then fewer rows, then fewer names, then counts.
const STEPS: &[(usize, usize, usize)] = &[
    (1_000, ALL, ALL),
    (500, ALL, ALL),
    (200, ALL, ALL),
    (100, ALL, ALL),
    (50, ALL, ALL),
    (20, ALL, ALL),
    (10, ALL, ALL),
    (0, ALL, ALL),
    (0, 2_000, ALL),
    (0, 1_000, ALL),
    (0, 500, ALL),
    (0, 200, ALL),
    (0, 200, 1_000),
    (0, 200, 500),
    (0, 100, 500),
    (0, 100, 200),
    (0, 50, 100),
    (0, 20, 50),
    (0, 10, 20),
    (0, 5, 10),
    (0, 0, 5),
    (0, 0, 0),
];

impl Detail {
    pub(crate) fn full(medium: Medium) -> Self {
        let (names, lines, columns) = match medium {
            Medium::Comment => (20, 40, 400),
            Medium::Summary => (100, 400, 2_000),
            Medium::Document => (ALL, ALL, ALL),
        };
        Self { diffs: ALL, rows: ALL, losses: ALL, names, lines, columns }
    }

    /// From nearly all to none.
    fn step(medium: Medium, (diffs, rows, losses): (usize, usize, usize)) -> Self {
        let full = Self::full(medium);
        let names = full.names.min(losses).min(if rows < 200 { 5 } else { ALL });
        Self { diffs, rows, losses, names, ..full }
    }
}

impl Medium {
    /// The most that a text may have.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::Comment => COMMENT_BYTES,
            Self::Summary => SUMMARY_BYTES,
            Self::Document => ALL,
        }
    }
}

/// The text with the most detail that fits; the one with the least if none does.
pub(crate) fn fit(medium: Medium, render: impl Fn(&Detail) -> String) -> String {
    let full = render(&Detail::full(medium));
    if full.len() <= medium.bytes() {
        return full;
    }
    // Each step is shorter than the one before, so the first that fits can be found by halving.
    let (mut too_long, mut fitting) = (0, STEPS.len());
    let mut best = None;
    while too_long < fitting {
        let middle = too_long.midpoint(fitting);
        let text = render(&Detail::step(medium, STEPS[middle]));
        if text.len() <= medium.bytes() {
            (fitting, best) = (middle, Some(text));
        } else {
            too_long = middle + 1;
        }
    }
    best.unwrap_or_else(|| render(&Detail::step(medium, (0, 0, 0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Halving finds the first step that fits only if each shows less than the one before.
    #[test]
    fn each_step_shows_less_and_no_part_of_it_more() {
        for medium in [Medium::Comment, Medium::Summary, Medium::Document] {
            let parts = |detail: Detail| {
                let Detail { diffs, rows, losses, names, lines, columns } = detail;
                [diffs, rows, losses, names, lines, columns]
            };
            let steps = STEPS.iter().map(|step| Detail::step(medium, *step));
            let all: Vec<_> = [Detail::full(medium)].into_iter().chain(steps).map(parts).collect();
            for pair in all.windows(2) {
                assert_ne!(pair[0], pair[1]);
                assert!(pair[0].iter().zip(pair[1]).all(|(before, after)| *before >= after), "{pair:?}");
            }
        }
        assert_eq!(STEPS.last(), Some(&(0, 0, 0)));
    }
}
