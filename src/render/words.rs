//! Which words differ between two texts, for whoever looks for one changed word in a long description.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Longer texts are not looked into, in bytes.
const LONGEST: usize = 1_000_000;
/// More words than this between what both texts begin and end with are one difference: comparing is quadratic.
const MOST_COMPARED: usize = 1_000;
/// Columns that stay around a difference where what both texts share is left out.
const CONTEXT: usize = 32;

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    /// As in the text.
    pub(crate) text: &'a str,
    /// Whether the other text lacks it.
    pub(crate) differs: bool,
}

/// Both texts in pieces, or `None` if they share too little for the difference to be of interest.
pub(crate) fn words<'a>(before: &'a str, after: &'a str) -> Option<(Vec<Piece<'a>>, Vec<Piece<'a>>)> {
    if before.len() > LONGEST || after.len() > LONGEST {
        return None;
    }
    let (old, new) = (Tokens::of(before), Tokens::of(after));
    let same = shared(&old, &new);
    let kept: usize = same.iter().map(|(range, _)| letters(old.text(range))).sum();
    // Two fifths of the longer one.
    if kept * 5 < letters(before).max(letters(after)) * 2 {
        return None;
    }
    let (old_same, new_same): (Vec<_>, Vec<_>) = same.into_iter().unzip();
    Some((old.pieces(&old_same), new.pieces(&new_same)))
}

/// The lines of both texts without their ends, so that the last line is the same line whether an end
/// follows or not; an end that only one of them has is an empty line of it.
pub(crate) fn lines_of<'a>(before: &'a str, after: &'a str) -> (Vec<&'a str>, Vec<&'a str>) {
    let (before, after) = match (before.strip_suffix('\n'), after.strip_suffix('\n')) {
        (Some(before), Some(after)) => (before, after),
        (Some(_) | None, _) => (before, after),
    };
    (before.split('\n').collect(), after.split('\n').collect())
}

/// The pieces without the middle of long stretches that both texts share.
pub(crate) fn shortened(pieces: &[Piece<'_>]) -> Vec<(String, bool)> {
    let last = pieces.len().saturating_sub(1);
    let piece = |(index, Piece { text, differs }): (usize, &Piece<'_>)| {
        let (head, tail) = match (index == 0, index == last) {
            (true, true) => (*text, ""),
            (true, false) => ("", tail(text)),
            (false, true) => (head(text), ""),
            (false, false) => (head(text), tail(text)),
        };
        // What is left out should be more than the mark for it.
        let short = *differs || head.width() + tail.width() + 8 >= text.width();
        (if short { (*text).to_owned() } else { format!("{head}…{tail}") }, *differs)
    };
    pieces.iter().enumerate().map(piece).collect()
}

/// The beginning of a text, up to a blank if there is one.
fn head(text: &str) -> &str {
    let mut width = 0;
    let end = text.char_indices().find(|(_, c)| {
        width += c.width().unwrap_or(0);
        width > CONTEXT
    });
    let cut = end.map_or(text, |(at, _)| &text[..at]);
    match cut.rfind(char::is_whitespace) {
        Some(blank) if blank > cut.len() / 2 => &cut[..blank + cut[blank..].chars().next().map_or(0, char::len_utf8)],
        Some(_) | None => cut,
    }
}

/// The end of a text, from a blank if there is one.
fn tail(text: &str) -> &str {
    let mut width = 0;
    let start = text.char_indices().rev().find(|(_, c)| {
        width += c.width().unwrap_or(0);
        width > CONTEXT
    });
    let cut = start.map_or(text, |(at, c)| &text[at + c.len_utf8()..]);
    match cut.find(char::is_whitespace) {
        Some(blank) if blank < cut.len() / 2 => &cut[blank..],
        Some(_) | None => cut,
    }
}

/// A text in words, blanks and signs.
struct Tokens<'a> {
    whole: &'a str,
    tokens: Vec<&'a str>,
    /// Where each token begins, and where the text ends.
    starts: Vec<usize>,
}

impl<'a> Tokens<'a> {
    fn of(whole: &'a str) -> Self {
        let mut starts = Vec::new();
        let mut in_word = false;
        for (at, c) in whole.char_indices() {
            let width = c.width().unwrap_or(0);
            // Scripts that part no words have wide letters; each stands for itself.
            let word = (c.is_alphanumeric() || c == '_') && width < 2;
            // A mark belongs to the letter before it.
            let mark = width == 0 && !starts.is_empty();
            if !(mark || word && in_word) {
                starts.push(at);
            }
            in_word = word || (mark && in_word);
        }
        starts.push(whole.len());
        let tokens = starts.windows(2).map(|pair| &whole[pair[0]..pair[1]]).collect();
        Self { whole, tokens, starts }
    }

    fn text(&self, tokens: &Range<usize>) -> &'a str {
        &self.whole[self.starts[tokens.start]..self.starts[tokens.end]]
    }

    /// The text in pieces: these runs of tokens are shared, the others are not.
    fn pieces(&self, same: &[Range<usize>]) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let mut at = 0;
        let mut push = |tokens: Range<usize>, differs| {
            if !tokens.is_empty() {
                pieces.push(Piece { text: self.text(&tokens), differs });
            }
        };
        for run in same {
            push(at..run.start, true);
            push(run.clone(), false);
            at = run.end;
        }
        push(at..self.tokens.len(), true);
        pieces
    }
}

/// The runs of tokens that both have, in order.
fn shared(old: &Tokens<'_>, new: &Tokens<'_>) -> Vec<(Range<usize>, Range<usize>)> {
    let (a, b) = (&old.tokens, &new.tokens);
    let most = a.len().min(b.len());
    let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let tail = a.iter().rev().zip(b.iter().rev()).take(most - head).take_while(|(a, b)| a == b).count();
    let (a_end, b_end) = (a.len() - tail, b.len() - tail);
    let mut same = vec![(0..head, 0..head)];
    if (a_end - head).max(b_end - head) <= MOST_COMPARED {
        for op in capture_diff_slices(Algorithm::Myers, &a[head..a_end], &b[head..b_end]) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                let (start, other) = (head + old_index, head + new_index);
                same.push((start..start + len, other..other + len));
            }
        }
    }
    same.push((a_end..a.len(), b_end..b.len()));
    let (a_len, b_len) = (a.len(), b.len());
    // A blank or a sign between two differences reads better as part of them.
    same.retain(|(run, other)| {
        let edge = (run.start == 0 && other.start == 0) || (run.end == a_len && other.end == b_len);
        !run.is_empty() && (edge || letters(old.text(run)) > 0)
    });
    joined(same)
}

/// Runs that follow each other without a gap on either side are one.
fn joined(runs: Vec<(Range<usize>, Range<usize>)>) -> Vec<(Range<usize>, Range<usize>)> {
    let mut joined: Vec<(Range<usize>, Range<usize>)> = Vec::with_capacity(runs.len());
    for (run, other) in runs {
        match joined.last_mut() {
            Some((before, before_other)) if before.end == run.start && before_other.end == other.start => {
                before.end = run.end;
                before_other.end = other.end;
            }
            Some(_) | None => joined.push((run, other)),
        }
    }
    joined
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The pieces as one text, with what differs between marks.
    fn marked(pieces: &[Piece<'_>]) -> String {
        pieces.iter().map(|Piece { text, differs }| if *differs { format!("<{text}>") } else { (*text).to_owned() }).collect()
    }

    fn both(before: &str, after: &str) -> Option<(String, String)> {
        words(before, after).map(|(before, after)| (marked(&before), marked(&after)))
    }

    fn pair(before: &str, after: &str) -> Option<(String, String)> {
        Some((before.to_owned(), after.to_owned()))
    }

    #[test]
    fn one_changed_word_is_marked_alone() {
        let (before, after) = ("from the north-east at 40 knots", "from the north-west at 40 knots");
        assert_eq!(both(before, after), pair("from the north-<east> at 40 knots", "from the north-<west> at 40 knots"));
    }

    #[test]
    fn words_that_come_or_go_are_marked_on_one_side() {
        assert_eq!(both("a long walk", "a very long walk"), pair("a long walk", "a <very >long walk"));
        assert_eq!(both("same text, more", "same text"), pair("same text<, more>", "same text"));
    }

    #[test]
    fn differences_next_to_each_other_are_one() {
        assert_eq!(both("stays a b stays too", "stays x y stays too"), pair("stays <a b> stays too", "stays <x y> stays too"));
    }

    #[test]
    fn letters_of_scripts_without_blanks_are_compared_one_by_one() {
        assert_eq!(both("車両は北東から接近", "車両は北西から接近"), pair("車両は北<東>から接近", "車両は北<西>から接近"));
    }

    #[test]
    fn marks_stay_with_their_letters() {
        assert_eq!(both("une cafe\u{301} noir", "une cafe noir"), pair("une <cafe\u{301}> noir", "une <cafe> noir"));
    }

    #[test]
    fn texts_that_share_little_are_not_compared() {
        assert_eq!(both("planner", "full_stack"), None);
        assert_eq!(both("one thing", "quite another matter"), None);
    }

    #[test]
    fn long_shared_stretches_are_left_out_at_blanks() {
        let filler = "word ".repeat(30);
        let (before, after) = (format!("{filler}old {filler}"), format!("{filler}new {filler}"));
        let (pieces, _) = words(&before, &after).expect("much is shared");
        let text: String = shortened(&pieces).into_iter().map(|(text, differs)| if differs { format!("<{text}>") } else { text }).collect();
        assert_eq!(text, "… word word word word word word <old> word word word word word word …");
    }

    #[test]
    fn texts_of_any_size_are_compared_in_bounded_steps() {
        let words_of = |word: &str| format!("begin {} end", format!("{word} ").repeat(20_000));
        let (before, after) = (words_of("a"), words_of("b"));
        assert_eq!(words(&before, &after), None);
        let middle = |text: &str| format!("{}{text}{}", "same ".repeat(20_000), "same ".repeat(20_000));
        assert!(words(&middle("x "), &middle("y ")).is_some());
        assert_eq!(words(&"x".repeat(LONGEST + 1), "x"), None);
    }

    proptest! {
        #[test]
        fn pieces_are_the_texts(before in "[a-c ,é着\u{301}]{0,40}", after in "[a-c ,é着\u{301}]{0,40}") {
            if let Some((old, new)) = words(&before, &after) {
                let whole = |pieces: &[Piece<'_>]| pieces.iter().map(|piece| piece.text).collect::<String>();
                let kept = |pieces: &[Piece<'_>]| pieces.iter().filter(|piece| !piece.differs).map(|piece| piece.text).collect::<String>();
                prop_assert_eq!(whole(&old), before.as_str());
                prop_assert_eq!(whole(&new), after.as_str());
                prop_assert_eq!(kept(&old), kept(&new));
            }
        }
    }
}
