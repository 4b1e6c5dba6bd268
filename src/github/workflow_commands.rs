//! What is said to the runner through the log: messages, groups, masks.
//!
//! The runner parses stdout and stderr alike. Everything untrusted in a command is escaped here, so that
//! it stays one command.

use std::collections::BTreeSet;
use std::io::{self, Write};

use secrecy::{ExposeSecret, SecretString};

use crate::client::forms;
use crate::render::escape::command_data;

/// A mask of a short text would blot out what is no secret, and drop outputs that contain it.
const MIN_MASK: usize = 8;

/// How grave a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// `error`.
    Error,
    /// `warning`.
    Warning,
    /// `notice`.
    Notice,
}

/// Writes one message about the whole run, which GitHub shows beside the log. For places in config files
/// see [`crate::render::annotations`].
///
/// # Errors
/// What the writer says.
pub fn write_message(kind: MessageKind, message: &str, out: &mut dyn Write) -> io::Result<()> {
    let command = match kind {
        MessageKind::Error => "error",
        MessageKind::Warning => "warning",
        MessageKind::Notice => "notice",
    };
    writeln!(out, "::{command} title=resim-sync::{}", command_data(message))
}

/// Begins a foldable group of log lines; groups do not nest.
///
/// # Errors
/// What the writer says.
pub fn begin_group(title: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "::group::{}", command_data(title))
}

/// Ends the group.
///
/// # Errors
/// What the writer says.
pub fn end_group(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "::endgroup::")
}

/// Has the runner blot out secrets in the log, in the forms in which they could come back. For those that
/// the workflow did not pass in (a token obtained at run time): the runner knows the others. Short ones
/// are left out. Only for a runner: it alone reads these lines without showing them.
///
/// # Errors
/// What the writer says.
pub fn add_masks(secrets: &[&SecretString], out: &mut dyn Write) -> io::Result<()> {
    let forms: BTreeSet<String> = secrets.iter().flat_map(|secret| mask_forms(secret.expose_secret())).collect();
    for form in forms {
        // To the letter, where other commands write out what acts on a terminal.
        writeln!(out, "::add-mask::{}", form.replace('%', "%25"))?;
    }
    Ok(())
}

/// A secret of several lines is masked line by line: the log has no other way.
fn mask_forms(secret: &str) -> Vec<String> {
    let mut masks: Vec<String> = secret.split(['\n', '\r']).map(str::trim).map(str::to_owned).collect();
    if secret.trim().chars().count() >= MIN_MASK {
        masks.extend(forms(secret).into_iter().filter(|form| !form.contains(['\r', '\n'])));
    }
    masks.retain(|mask| mask.chars().count() >= MIN_MASK);
    masks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_long_and_cover_the_forms_of_a_secret() {
        let secrets = [SecretString::from("short"), SecretString::from("s3cr\"t/ +value")];
        let mut out = Vec::new();
        add_masks(&secrets.iter().collect::<Vec<_>>(), &mut out).expect("a Vec takes everything");
        let text = String::from_utf8(out).expect("UTF-8").replace("%25", "%");
        let masks: BTreeSet<&str> = text.lines().filter_map(|line| line.strip_prefix("::add-mask::")).collect();
        for form in ["s3cr\"t/ +value", "s3cr\\\"t/ +value", "czNjciJ0LyArdmFsdWU=", "s3cr%22t%2F%20%2Bvalue", "s3cr%22t%2F+%2Bvalue"] {
            assert!(masks.contains(form), "{form} in {masks:?}");
        }
        assert!(masks.iter().all(|mask| mask.len() >= MIN_MASK));
    }

    #[test]
    fn short_line_of_a_long_secret_is_not_masked() {
        assert!(mask_forms("{\n  \"a\": \"long enough\"\n}").iter().all(|form| form != "{" && form != "}"));
    }
}
