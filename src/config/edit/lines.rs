//! Lines, columns and comments of one file's text. What the tokens mean is not decided here.

/// A text with its line starts. A line ends with `\n`, `\r\n` or `\r`, as in YAML.
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Finds the lines of a text.
    pub(crate) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| **byte == b'\n' || (**byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')));
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The text.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// Where the line of a place begins; a byte-order mark is before the first line.
    pub(crate) fn start(&self, at: usize) -> usize {
        match self.starts[self.line(at)] {
            0 if self.text.starts_with('\u{feff}') => '\u{feff}'.len_utf8(),
            start => start,
        }
    }

    /// Where the line of a place ends, its line end not included.
    pub(crate) fn end(&self, at: usize) -> usize {
        let start = self.starts[self.line(at)];
        let end = self.next(at);
        start + self.text[start..end].trim_end_matches(['\n', '\r']).len()
    }

    /// Where the line after that of a place begins; after the last one, the end of the text.
    pub(crate) fn next(&self, at: usize) -> usize {
        self.starts.get(self.line(at) + 1).copied().unwrap_or(self.text.len())
    }

    /// Where the line before that of a place begins.
    pub(crate) fn before(&self, at: usize) -> Option<usize> {
        let line = self.line(at);
        (line > 0).then(|| self.start(self.starts[line - 1]))
    }

    /// How many bytes stand before a place in its line.
    pub(crate) fn column(&self, at: usize) -> usize {
        at.saturating_sub(self.start(at))
    }

    /// The text before a place in its line.
    pub(crate) fn head(&self, at: usize) -> &'a str {
        self.text.get(self.start(at)..at).unwrap_or_default()
    }

    /// The text from a place to the end of its line.
    pub(crate) fn tail(&self, at: usize) -> &'a str {
        self.text.get(at..self.end(at)).unwrap_or_default()
    }

    /// Whether the line that begins at a place has nothing but blanks; the place after the last line has none.
    pub(crate) fn is_blank(&self, start: usize) -> bool {
        start < self.text.len() && is_blank(self.tail(start))
    }

    /// The column of the `#` if the line that begins at a place is a comment and nothing else.
    pub(crate) fn comment(&self, start: usize) -> Option<usize> {
        let line = self.tail(start);
        let content = line.trim_start_matches([' ', '\t']);
        content.starts_with('#').then(|| line.len() - content.len())
    }

    /// Whether nothing but a comment follows a place in its line.
    pub(crate) fn ends(&self, at: usize) -> bool {
        let tail = self.tail(at);
        let rest = tail.trim_start_matches([' ', '\t']);
        rest.is_empty() || (rest.starts_with('#') && (rest.len() < tail.len() || self.column(at) == 0))
    }

    /// The first place from `at` on that is no blank, line end or comment.
    pub(crate) fn skip(&self, mut at: usize) -> usize {
        loop {
            let Some(rest) = self.text.get(at..) else { return self.text.len() };
            let content = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            let place = self.text.len() - content.len();
            if !content.starts_with('#') || (place == at && self.column(at) > 0) {
                return place;
            }
            at = self.next(place);
        }
    }

    /// The line end that the text uses.
    pub(crate) fn newline(&self) -> &'static str {
        let Some(at) = self.text.find(['\n', '\r']) else { return "\n" };
        let rest = &self.text[at..];
        if rest.starts_with("\r\n") {
            "\r\n"
        } else if rest.starts_with('\r') {
            "\r"
        } else {
            "\n"
        }
    }
}

/// Whether a text has nothing but blanks.
pub(crate) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_three_ways() {
        let lines = Lines::new("\u{feff}a: b\r\n  c\rd\n\ne");
        assert_eq!((lines.start(5), lines.end(5), lines.next(5), lines.column(6)), (3, 7, 9, 3));
        assert_eq!((lines.start(10), lines.end(10), lines.next(10)), (9, 12, 13));
        assert_eq!((lines.end(13), lines.next(13), lines.next(16)), (14, 15, 17));
        assert_eq!((lines.before(9), lines.before(5), lines.before(15)), (Some(3), None, Some(13)));
        assert!(lines.is_blank(15) && !lines.is_blank(16) && !lines.is_blank(17));
        assert_eq!(lines.newline(), "\r\n");
        assert_eq!(Lines::new("").next(0), 0);
    }

    #[test]
    fn comments_are_told_from_text() {
        let lines = Lines::new("a: b # c\n  # d\n\n e#f\n#g\n");
        assert!(lines.ends(4) && !lines.ends(3) && !lines.ends(17));
        assert_eq!((lines.comment(0), lines.comment(9), lines.comment(16)), (None, Some(2), None));
        assert_eq!(lines.skip(4), 17);
        assert_eq!(lines.skip(20), 24);
        assert_eq!(lines.skip(18), 18, "a `#` inside a text begins no comment");
    }
}
