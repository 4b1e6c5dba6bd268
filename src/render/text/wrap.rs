//! Lines that fit a terminal: broken at blanks, colours kept, wide characters counted as such.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

const RESET: &str = "\u{1b}[0m";

/// How wide a text is without its colours.
pub(super) fn plain_width(text: &str) -> usize {
    parts(text).map(|part| if part.starts_with('\u{1b}') { 0 } else { part.width() }).sum()
}

/// The blanks that a text begins with.
pub(super) fn indentation(text: &str) -> usize {
    let blanks = |part: &str| part.len() - part.trim_start_matches(' ').len();
    parts(text).find(|part| !part.starts_with('\u{1b}')).map_or(0, blanks)
}

/// The line in as many lines as it needs, all but the first one indented by so much.
///
/// A word that is wider than the terminal stays whole: the terminal breaks it, and it can still be copied.
/// No line begins with a colon, because two of them begin a command where a CI runner reads.
pub(super) fn wrapped(line: &str, width: usize, hang: usize) -> Vec<String> {
    if plain_width(line) <= width {
        return vec![line.to_owned()];
    }
    let hang = hang.min(width / 2);
    let mut out = Wrapped {
        done: Vec::new(),
        line: String::new(),
        used: 0,
        colour: String::new(),
        last: None,
        hang,
        after_blank: true,
        sign: false,
        begun: false,
    };
    for part in parts(line) {
        if part.starts_with('\u{1b}') {
            out.paint(part);
            continue;
        }
        let mut chars = part.chars().peekable();
        while let Some(c) = chars.next() {
            out.push(c, chars.peek().copied(), width);
        }
    }
    out.finish()
}

/// Escape sequences, and what is between them.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = match rest.find('\u{1b}') {
            None => rest.len(),
            Some(0) => rest.find('m').map_or(rest.len(), |end| end + 1),
            Some(at) => at,
        };
        let (part, more) = rest.split_at(end);
        rest = more;
        (!part.is_empty()).then_some(part)
    })
}

/// A place where the line can be broken.
struct Break {
    /// In the line.
    at: usize,
    /// The colours that hold there.
    colour: String,
}

struct Wrapped {
    done: Vec<String>,
    line: String,
    used: usize,
    /// What was set since the last reset.
    colour: String,
    last: Option<Break>,
    hang: usize,
    after_blank: bool,
    /// Whether what was last seen is a sign alone.
    sign: bool,
    /// Whether the line holds more than its indentation.
    begun: bool,
}

impl Wrapped {
    fn paint(&mut self, escape: &str) {
        if escape == RESET {
            self.colour.clear();
        } else {
            self.colour.push_str(escape);
        }
        self.line.push_str(escape);
    }

    fn push(&mut self, c: char, next: Option<char>, width: usize) {
        let columns = c.width().unwrap_or(0);
        // A sign stays with the word that it is about.
        self.sign = if c == ' ' { self.sign } else { matches!(c, '+' | '-' | '~' | '^') && self.after_blank };
        self.after_blank = c == ' ';
        // Blanks at an end are not seen.
        if self.used + columns > width && c != ' ' {
            self.turn();
        }
        self.line.push(c);
        self.used += columns;
        let between = |other: Option<char>| other.is_some_and(|other| other.width() == Some(2));
        let after_blank = c == ' ' && next != Some(' ') && !self.sign;
        // Closing signs of scripts without blanks do not begin a line.
        let wide = columns == 2 && between(next) && !next.is_some_and(|c| "。、，．！？：；）］｝」』】〉》".contains(c));
        self.begun |= c != ' ';
        if self.begun && (after_blank || wide) && next != Some(':') {
            self.last = Some(Break { at: self.line.len(), colour: self.colour.clone() });
        }
    }

    /// Breaks at the last place where that is possible, if there is one.
    fn turn(&mut self) {
        let Some(Break { at, colour }) = self.last.take() else { return };
        let tail = self.line.split_off(at);
        self.end_line(!colour.is_empty());
        self.line = format!("{}{colour}{tail}", " ".repeat(self.hang));
        self.used = self.hang + plain_width(&tail);
        self.begun = !tail.trim().is_empty();
    }

    fn end_line(&mut self, coloured: bool) {
        let line = std::mem::take(&mut self.line);
        let line = line.trim_end_matches(' ');
        self.done.push(if coloured { format!("{line}{RESET}") } else { line.to_owned() });
    }

    fn finish(mut self) -> Vec<String> {
        self.end_line(false);
        self.done
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_broken_at_blanks_and_hang() {
        assert_eq!(wrapped("  - one two three", 12, 4), ["  - one two", "    three"]);
        assert_eq!(wrapped("  - one", 12, 4), ["  - one"]);
        assert_eq!(wrapped("one two   three", 9, 2), ["one two", "  three"]);
    }

    #[test]
    fn signs_stay_with_their_words() {
        assert_eq!(wrapped("- tag a, + tag b", 10, 2), ["- tag a,", "  + tag b"]);
        assert_eq!(wrapped("a - b", 4, 0), ["a", "- b"]);
    }

    #[test]
    fn words_wider_than_the_terminal_stay_whole() {
        assert_eq!(wrapped("see s3://bucket/a/long/path for more", 12, 2), ["see", "  s3://bucket/a/long/path", "  for more"]);
    }

    #[test]
    fn wide_letters_count_twice_and_break_anywhere() {
        assert_eq!(wrapped("車両は北東から接近します。", 10, 2), ["車両は北東", "  から接近", "  します。"]);
    }

    #[test]
    fn colours_end_with_the_line_and_begin_again() {
        let lines = wrapped("\u{1b}[31mred red red\u{1b}[0m plain", 8, 1);
        assert_eq!(lines, ["\u{1b}[31mred red\u{1b}[0m", " \u{1b}[31mred\u{1b}[0m", " plain"]);
    }

    #[test]
    fn no_line_begins_like_a_command() {
        assert_eq!(wrapped("some ::error::words here", 10, 2), ["some ::error::words", "  here"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_but_blanks(text in "[a-c:]{1,6}( {1,2}[a-c着:\u{301}]{1,6}){0,12}", width in 1_usize..30, hang in 0_usize..8) {
            let without_blanks = |text: &str| text.replace(' ', "");
            let lines = wrapped(&text, width, hang);
            prop_assert_eq!(without_blanks(&lines.concat()), without_blanks(&text));
            let fits = |line: &String| line.width() <= width || !line.trim().contains(' ') || line.contains(" :");
            prop_assert!(lines.iter().all(fits), "{lines:?}");
        }
    }
}
