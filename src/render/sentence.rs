//! Sentences about a plan or a report, with the parts from outside kept apart so that each medium can
//! escape them in its own way.

use std::fmt;

/// One part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words of this program.
    Text(String),
    /// A name, an option, a line of YAML: shown as code. Untrusted.
    Code(String),
}

/// A sentence with its final period, but for fragments that say so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    parts: Vec<Part>,
}

impl Sentence {
    /// Begins with words.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self::default().text(text)
    }

    /// Goes on with words of this program.
    #[must_use]
    pub(crate) fn text(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Text(text.into()));
        self
    }

    /// Goes on with something untrusted, or to be typed.
    #[must_use]
    pub(crate) fn code(mut self, code: impl fmt::Display) -> Self {
        self.parts.push(Part::Code(code.to_string()));
        self
    }

    /// Goes on with several, parted by commas; of many only the first ones and how many more.
    #[must_use]
    pub(crate) fn codes<T: fmt::Display>(mut self, codes: impl ExactSizeIterator<Item = T>, most: usize) -> Self {
        let more = codes.len().saturating_sub(most);
        for (index, code) in codes.take(most).enumerate() {
            if index > 0 {
                self = self.text(", ");
            }
            self = self.code(code);
        }
        if more > 0 { self.text(format!(" and {} more", thousands(more))) } else { self }
    }

    /// The parts, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The sentence as plain text, code between backticks; not escaped.
    pub fn plain(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Code(code) => format!("`{code}`"),
        };
        self.parts.iter().map(part).collect()
    }
}

/// `1 experience`, `2 experiences`, `no experiences` is up to the caller; regular plurals, and `y` after a consonant.
pub fn count(number: usize, noun: &str) -> String {
    format!("{} {}", thousands(number), plural(number, noun))
}

/// The noun alone, in the number.
pub fn plural(number: usize, noun: &str) -> String {
    match noun.strip_suffix('y') {
        _ if number == 1 => noun.to_owned(),
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        Some(_) | None => format!("{noun}s"),
    }
}

/// A number with a comma after each thousand.
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_agree_with_their_nouns() {
        let counted = [count(0, "tag"), count(1, "tag"), count(2, "tag"), count(2, "retry"), count(2, "day"), count(1_234_567, "entry")];
        assert_eq!(counted, ["0 tags", "1 tag", "2 tags", "2 retries", "2 days", "1,234,567 entries"]);
    }

    #[test]
    fn long_enumerations_are_cut_with_their_number() {
        let sentence = Sentence::new("Lost: ").codes(["a", "b", "c"].iter(), 2).text(".");
        assert_eq!(sentence.plain(), "Lost: `a`, `b` and 1 more.");
        assert_eq!(Sentence::new("").codes(["a", "b"].iter(), 2).plain(), "`a`, `b`");
    }
}
