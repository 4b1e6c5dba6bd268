//! The name that was probably meant by one that is not known.
//!
//! Comparing is quadratic, so its cost is bounded: once the budget is spent, nothing is suggested.

/// Comparisons that all suggestions of one run may cost together.
const COMPARISONS: usize = 500_000;
/// Longer names are compared with nothing, in bytes.
const LONGEST: usize = 200;

/// Suggests names until its budget is spent.
#[derive(Debug)]
pub(crate) struct Suggester {
    budget: usize,
}

impl Default for Suggester {
    fn default() -> Self {
        Self { budget: COMPARISONS }
    }
}

impl Suggester {
    /// The candidate that is most like the wanted name, if one is like it: blanks and case hardly count.
    pub(crate) fn nearest<'a>(&mut self, wanted: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        let folded = fold(wanted);
        // At most so many; an iterator that cannot tell is too long.
        let cost = candidates.size_hint().1.unwrap_or(usize::MAX);
        if folded.len() > LONGEST || self.budget < cost {
            return None;
        }
        self.budget -= cost;
        let allowed = (folded.chars().count() / 4).max(1);
        let (distance, name) = candidates
            .filter(|name| name.len().abs_diff(folded.len()) <= 4 * allowed)
            .map(|name| (strsim::osa_distance(&folded, &fold(name)), name))
            .min()?;
        (distance <= allowed).then_some(name)
    }
}

fn fold(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_case_or_a_slip_is_recognised_and_another_word_is_not() {
        let known = ["nightly", "regression", "Nightly Full"];
        let nearest = |wanted| Suggester::default().nearest(wanted, known.into_iter());
        assert_eq!(nearest("regresion"), Some("regression"));
        assert_eq!(nearest("nightly  full"), Some("Nightly Full"));
        assert_eq!(nearest("weekly"), None);
    }

    #[test]
    fn spent_budget_suggests_nothing() {
        let mut suggester = Suggester { budget: 3 };
        assert_eq!(suggester.nearest("aa", ["ab", "zz"].into_iter()), Some("ab"));
        assert_eq!(suggester.nearest("aa", ["ab", "zz"].into_iter()), None);
    }
}
