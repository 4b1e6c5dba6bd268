//! Edits of a text as byte ranges, applied once and in one pass.
//!
//! Edits never meet by accident: two that contradict each other are an error, and the text stays as it is.

use crate::source::Span;

/// One range that gets another text; an empty range is an insertion.
#[derive(Clone, Debug)]
struct Edit {
    span: Span,
    text: String,
}

/// The edits of one text, in any order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edits {
    edits: Vec<Edit>,
}

/// Two edits contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contradiction;

impl Edits {
    /// Takes a range out; ranges that are taken out may overlap.
    pub(crate) fn delete(&mut self, start: usize, end: usize) {
        if start < end {
            self.edits.push(Edit { span: Span { start, end }, text: String::new() });
        }
    }

    /// Puts a text in; several at one place keep the order in which they were given.
    pub(crate) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.edits.push(Edit { span: Span { start: at, end: at }, text: text.into() });
    }

    /// Puts a text in place of a range.
    pub(crate) fn replace(&mut self, start: usize, end: usize, text: impl Into<String>) {
        self.edits.push(Edit { span: Span { start, end }, text: text.into() });
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// All ranges that are taken out or replaced, sorted and joined where they meet.
    pub(crate) fn removed(&self) -> Removed {
        let mut spans: Vec<Span> = self.edits.iter().map(|edit| edit.span).filter(|span| span.start < span.end).collect();
        spans.sort();
        let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match joined.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => joined.push(span),
            }
        }
        Removed(joined)
    }

    /// The text with all edits made.
    ///
    /// # Errors
    /// Edits that overlap otherwise than by taking out, or that do not lie in the text.
    pub(crate) fn apply(mut self, text: &str) -> Result<String, Contradiction> {
        // Insertions come before what is removed from the same place on; the sort keeps their order.
        self.edits.sort_by_key(|edit| (edit.span.start, edit.span.end > edit.span.start));
        let mut out = String::with_capacity(text.len() + self.edits.iter().map(|edit| edit.text.len()).sum::<usize>());
        let mut at = 0;
        // Whether what ends at `at` was only taken out, so that more may be taken out across it.
        let mut deleting = false;
        for Edit { span, text: new } in self.edits {
            let deletion = new.is_empty();
            if span.start < at {
                if deleting && deletion {
                    at = at.max(span.end);
                    continue;
                }
                return Err(Contradiction);
            }
            out.push_str(text.get(at..span.start).ok_or(Contradiction)?);
            out.push_str(&new);
            if span.end > span.start || span.start > at {
                deleting = deletion && span.end > span.start;
            }
            at = span.end;
        }
        out.push_str(text.get(at..).ok_or(Contradiction)?);
        Ok(out)
    }
}

/// The ranges that edits take out of a text.
#[derive(Clone, Debug)]
pub(crate) struct Removed(Vec<Span>);

impl Removed {
    /// Whether a place is taken out.
    pub(crate) fn holds(&self, at: usize) -> bool {
        let index = self.0.partition_point(|span| span.end <= at);
        self.0.get(index).is_some_and(|span| span.start <= at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_in_any_order_are_made_at_once() {
        let mut edits = Edits::default();
        edits.replace(4, 5, "E");
        edits.insert(0, "<");
        edits.delete(1, 3);
        edits.insert(1, "-");
        edits.insert(1, "+");
        edits.insert(5, ">");
        assert_eq!(edits.apply("abcde").as_deref(), Ok("<a-+dE>"));
    }

    #[test]
    fn deletions_may_overlap() {
        let mut edits = Edits::default();
        edits.delete(1, 4);
        edits.delete(2, 3);
        edits.delete(3, 5);
        assert_eq!(edits.removed().0, [Span { start: 1, end: 5 }]);
        assert_eq!(edits.apply("abcdef").as_deref(), Ok("af"));
    }

    #[test]
    fn contradictions_are_refused() {
        let mut overlap = Edits::default();
        overlap.replace(1, 3, "x");
        overlap.replace(2, 4, "y");
        assert_eq!(overlap.apply("abcdef"), Err(Contradiction));
        let mut inside = Edits::default();
        inside.delete(1, 4);
        inside.insert(2, "x");
        assert_eq!(inside.apply("abcdef"), Err(Contradiction));
        let mut outside = Edits::default();
        outside.insert(9, "x");
        assert_eq!(outside.apply("abc"), Err(Contradiction));
        let mut split = Edits::default();
        split.delete(1, 2);
        assert_eq!(split.apply("é"), Err(Contradiction));
    }

    #[test]
    fn place_is_known_to_be_taken_out() {
        let mut edits = Edits::default();
        edits.delete(2, 4);
        edits.insert(7, "x");
        edits.replace(8, 9, "y");
        let removed = edits.removed();
        assert_eq!([1, 2, 3, 4, 7, 8, 9].map(|at| removed.holds(at)), [false, true, true, false, false, true, false]);
    }
}
