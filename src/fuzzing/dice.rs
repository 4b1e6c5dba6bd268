//! Decisions taken from an input's bytes, one after the other; when they are used up, always the first choice.

/// The bytes that are left.
pub(super) struct Dice<'a>(&'a [u8]);

/// Texts that are hard to write down in YAML, or to show.
const TEXTS: [&str; 24] = [
    "plain",
    "a: b",
    "- x",
    "# no comment",
    "x # y",
    "'quoted'",
    "\"",
    "true",
    "1.0",
    "null",
    "~",
    "",
    " edges ",
    "two\nlines",
    "tail\n\n",
    "\ttab",
    "[a, b]",
    "{a: b}",
    "&a *b !c",
    "|",
    "nel\u{85}ls\u{2028}",
    "\u{feff}bom",
    "bell\u{7}",
    "\u{1f600}",
];

impl<'a> Dice<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// One of so many choices.
    pub(super) fn one_of(&mut self, choices: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % choices.max(1)
    }

    pub(super) fn is(&mut self) -> bool {
        self.one_of(2) == 1
    }

    /// A text: one that is known to be hard, or the next few bytes.
    pub(super) fn text(&mut self) -> String {
        let choice = self.one_of(TEXTS.len() + 8);
        if let Some(text) = TEXTS.get(choice) {
            return (*text).to_owned();
        }
        let (text, rest) = self.0.split_at(self.0.len().min(choice));
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }

    /// A text of more than blanks.
    pub(super) fn name(&mut self) -> String {
        let text = self.text();
        if text.trim().is_empty() { format!("{text}x") } else { text }
    }
}
