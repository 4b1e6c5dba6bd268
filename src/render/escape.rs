//! Untrusted text made inert for terminals, JSON and the commands of a CI runner.
//!
//! Applied at the last moment, to the parts from outside; Markdown and HTML have a file of their own.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::quote::is_active;
pub use super::quote::terminal_safe;

/// The longest message that a runner keeps, in characters; it cuts what is longer.
const LONGEST_MESSAGE: usize = 4096;

/// The data of a workflow command: `::error::<data>`.
pub fn command_data(text: &str) -> String {
    escaped(text, false)
}

/// A property of a workflow command: `::error file=<property>::`.
pub fn command_property(text: &str) -> String {
    escaped(text, true)
}

fn escaped(text: &str, property: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    // Cut before escaping, so that no escape is cut in two.
    for c in text.chars().take(LONGEST_MESSAGE) {
        match c {
            '%' => escaped.push_str("%25"),
            '\r' => escaped.push_str("%0D"),
            '\n' => escaped.push_str("%0A"),
            ':' if property => escaped.push_str("%3A"),
            ',' if property => escaped.push_str("%2C"),
            c if is_active(c) => escaped.extend(c.escape_unicode()),
            c => escaped.push(c),
        }
        // Old runners take `##[` anywhere in a line for a command.
        if escaped.ends_with("##[") {
            escaped.truncate(escaped.len() - 1);
            escaped.push_str("\\u{5b}");
        }
    }
    escaped
}

/// Writes a value as indented JSON with a final line end. What acts on a terminal or a runner is written
/// as a JSON escape, so the value that a reader gets is the same.
///
/// # Errors
/// What the writer says.
pub fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(json_text(value)?.as_bytes())
}

/// The text that [`write_json`] writes.
///
/// # Errors
/// A value that has no JSON form.
pub fn json_text(value: &impl Serialize) -> io::Result<String> {
    let plain = serde_json::to_string_pretty(value)?;
    let mut text = String::with_capacity(plain.len() + 1);
    // Nearly all of it is ASCII that stays as it is, and is copied in runs.
    let stays = |byte: u8| matches!(byte, b'\n' | b' '..=b'~') && byte != b'[';
    let mut rest = plain.as_str();
    loop {
        let run = rest.bytes().position(|byte| !stays(byte)).unwrap_or(rest.len());
        text.push_str(&rest[..run]);
        let mut others = rest[run..].chars();
        let Some(c) = others.next() else { break };
        rest = others.as_str();
        // Line ends of the layout stay; within strings serde_json has escaped them.
        if c != '\n' && is_active(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else if c == '[' && text.ends_with("##") {
            text.push_str("\\u005b");
        } else {
            text.push(c);
        }
    }
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn command_data_keeps_one_line() {
        assert_eq!(command_data("50%\r\na: b, c\u{1b}[2J ##[error]x"), "50%25%0D%0Aa: b, c\\u{1b}[2J ##\\u{5b}error]x");
    }

    #[test]
    fn command_properties_cannot_begin_another() {
        assert_eq!(command_property("a,line=7::x%"), "a%2Cline=7%3A%3Ax%25");
    }

    #[test]
    fn long_messages_are_cut_between_characters() {
        assert_eq!(command_data(&"é%".repeat(5000)).matches("%25").count(), LONGEST_MESSAGE / 2);
    }

    #[test]
    fn json_is_inert_and_reads_back_the_same() {
        let value = json!({ "name": "##[error]\u{9b}2J\u{202e}\u{e0041}\u{7f}\n::error::x", "##[group]": [["##"], "[x"] });
        let text = json_text(&value).expect("JSON");
        assert!(!text.contains("##[") && !text.chars().any(|c| c != '\n' && is_active(c)), "{text}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    }

    proptest! {
        #[test]
        fn any_json_text_is_inert_and_reads_back_the_same(text in any::<String>()) {
            let written = json_text(&json!([text])).expect("JSON");
            prop_assert!(!written.contains("##["));
            prop_assert!(!written.chars().any(|c| c != '\n' && is_active(c)));
            prop_assert_eq!(serde_json::from_str::<Value>(&written).expect("JSON"), json!([text]));
        }

        #[test]
        fn any_command_stays_one_line(text in any::<String>()) {
            let (data, property) = (command_data(&text), command_property(&text));
            prop_assert!(!data.contains(char::is_control) && !data.contains("##["));
            prop_assert!(!property.contains([':', ',']) && !property.contains(char::is_control) && !property.contains("##["));
        }
    }
}
