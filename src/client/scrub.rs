//! Keeps the credentials of this run out of every text that a server sends back.
//!
//! Server messages end in errors, logs and pull request comments; a server or proxy may echo what it was sent.

use std::fmt;
use std::sync::{PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use url::form_urlencoded;

/// Shown in place of a credential.
const HIDDEN: &str = "(hidden)";
/// Anything shorter is no secret, and would tear every message apart.
const SHORTEST: usize = 4;
/// Names are words that messages may hold by chance, unless they are long.
const SHORTEST_NAME: usize = 8;
/// Longer server messages are cut.
const LONGEST_MESSAGE: usize = 300;

/// The credentials of this run, in the forms in which they may come back. `Debug` shows none.
#[derive(Default)]
pub(crate) struct Scrubber {
    /// Longest first, so that no form is torn by a shorter one within it.
    needles: RwLock<Vec<String>>,
}

impl Scrubber {
    /// From now on this text is hidden, in all [`forms`].
    pub(crate) fn add(&self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        let mut forms = forms(secret);
        let mut needles = self.needles.write().unwrap_or_else(PoisonError::into_inner);
        needles.append(&mut forms);
        needles.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        needles.dedup();
    }

    /// The same for the public half of credentials: a client ID, a user name.
    pub(crate) fn add_name(&self, name: &str) {
        if name.len() >= SHORTEST_NAME {
            self.add(name);
        }
    }

    /// The text without the credentials.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let needles = self.needles.read().unwrap_or_else(PoisonError::into_inner);
        let mut scrubbed = text.to_owned();
        for needle in needles.iter() {
            if scrubbed.contains(needle.as_str()) {
                scrubbed = scrubbed.replace(needle.as_str(), HIDDEN);
            }
        }
        scrubbed
    }

    /// What a server said, fit for an error: without credentials, on one line, not too long. Still untrusted.
    pub(crate) fn message(&self, text: &str) -> String {
        let scrubbed = self.scrub(text);
        let mut line = String::new();
        let mut characters = 0;
        for word in scrubbed.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
            if !line.is_empty() {
                line.push(' ');
                characters += 1;
            }
            for character in word.chars() {
                if characters >= LONGEST_MESSAGE {
                    line.push('…');
                    return line;
                }
                line.push(character);
                characters += 1;
            }
        }
        line
    }
}

impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scrubber")
    }
}

/// A text as it may come back: as it is, in base64, percent-encoded, and as JSON writes it.
pub(crate) fn forms(secret: &str) -> Vec<String> {
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let percent = form.replace('+', "%20");
    let json = serde_json::Value::from(secret).to_string();
    vec![
        STANDARD.encode(secret),
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
        lower_case_escapes(&form),
        lower_case_escapes(&percent),
        form,
        percent,
        json.trim_matches('"').to_owned(),
        secret.to_owned(),
    ]
}

/// `%2F` as `%2f`, everything else as it is.
fn lower_case_escapes(text: &str) -> String {
    let mut left = 0_u8;
    text.chars()
        .map(|character| {
            if character == '%' {
                left = 2;
                return character;
            }
            let escape = left > 0;
            left = left.saturating_sub(1);
            if escape { character.to_ascii_lowercase() } else { character }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "C4n/ry+se=cret \"x\"&Zq";

    fn scrubber() -> Scrubber {
        let scrubber = Scrubber::default();
        scrubber.add(CANARY);
        scrubber
    }

    #[test]
    fn every_form_of_a_secret_is_hidden() {
        let form: String = form_urlencoded::byte_serialize(CANARY.as_bytes()).collect();
        for echoed in [
            CANARY.to_owned(),
            STANDARD.encode(CANARY),
            URL_SAFE_NO_PAD.encode(CANARY),
            form.clone(),
            form.replace('+', "%20"),
            form.replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d"),
            serde_json::Value::from(CANARY).to_string(),
        ] {
            let text = scrubber().scrub(&format!("you sent <{echoed}>, twice: {echoed}"));
            assert!(text.contains(HIDDEN), "{echoed}: {text}");
            assert!(!text.contains("C4n") && !text.contains("Zq") && !text.contains("QzRu"), "{echoed}: {text}");
        }
    }

    #[test]
    fn a_secret_at_the_cut_leaves_no_beginning() {
        let text = scrubber().message(&format!("{} {CANARY}", "x".repeat(LONGEST_MESSAGE - 4)));
        assert!(!text.contains("C4n"), "{text}");
        assert!(text.ends_with('…'));
    }

    #[test]
    fn a_secret_within_another_leaves_no_rest() {
        let scrubber = Scrubber::default();
        scrubber.add("abcd");
        scrubber.add("abcd-efgh");
        assert_eq!(scrubber.scrub("<abcd-efgh>"), "<(hidden)>");
    }

    #[test]
    fn only_long_names_are_hidden() {
        let scrubber = Scrubber::default();
        scrubber.add_name("tester");
        scrubber.add_name("tester@example.com");
        assert_eq!(scrubber.scrub("tester, not tester@example.com"), "tester, not (hidden)");
    }

    #[test]
    fn a_message_is_one_line() {
        assert_eq!(Scrubber::default().message(" a\r\n\tb\u{1b}[31m c "), "a b [31m c");
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", scrubber()), "Scrubber");
    }
}
