//! A scalar's text: short ones, which most are, without an allocation of their own.

use std::fmt;
use std::ops::Deref;

const INLINE: usize = 22;

/// Text that derefs to `str`.
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    Short { length: u8, bytes: [u8; INLINE] },
    Long(Box<str>),
}

impl Text {
    /// The text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Short { length, bytes } => std::str::from_utf8(&bytes[..usize::from(*length)]).expect("copied whole from a str"),
            Repr::Long(text) => text,
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let mut bytes = [0; INLINE];
        match bytes.get_mut(..text.len()) {
            Some(start) => {
                start.copy_from_slice(text.as_bytes());
                #[expect(clippy::cast_possible_truncation, reason = "at most as long as the array")]
                let length = text.len() as u8;
                Self(Repr::Short { length, bytes })
            }
            None => Self(Repr::Long(text.into())),
        }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_any_length_is_kept() {
        for length in [0, 1, INLINE - 1, INLINE, INLINE + 1, 1000] {
            let text: String = "é".chars().chain("x".repeat(length).chars()).collect();
            assert_eq!(Text::from(text.as_str()).as_str(), text);
            assert_eq!(Text::from(&text[2..]).as_str(), &text[2..]);
        }
    }

    #[test]
    fn node_stays_small() {
        assert!(size_of::<crate::config::yaml::Node>() <= 56, "{}", size_of::<crate::config::yaml::Node>());
    }
}
