//! Scalars as YAML: quoted only where a reader would otherwise take them for something else.
//!
//! "A reader" is our own parser, a YAML 1.2 core reader or a YAML 1.1 one (PyYAML, Ruby, Go): a plain scalar
//! is written only where all of them read that very text. Every text can be written; none is changed.

use std::fmt::Write as _;

use crate::render::quote::is_active;

/// How a scalar is to be written, as far as its text allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quote {
    /// Without quotes.
    Plain,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
}

/// A text on one line. `prefer` is the style wanted, `otherwise` the quotes where plain is not possible.
pub(crate) fn scalar(text: &str, prefer: Quote, otherwise: Quote, flow: bool) -> String {
    let wanted = match prefer {
        Quote::Plain if is_plain(text, flow) => return text.to_owned(),
        Quote::Plain => otherwise,
        Quote::Single | Quote::Double => prefer,
    };
    let escapes = text.chars().any(needs_escape);
    // The other quotes only where they spare backslashes or doubled quotes.
    let single = match (wanted, prefer) {
        (Quote::Single, Quote::Plain) => !text.contains('\'') || text.contains(['"', '\\']),
        (Quote::Single, Quote::Single | Quote::Double) => true,
        (Quote::Double | Quote::Plain, Quote::Plain) => text.contains(['"', '\\']) && !text.contains('\''),
        (Quote::Double | Quote::Plain, Quote::Single | Quote::Double) => false,
    };
    if single && !escapes { format!("'{}'", text.replace('\'', "''")) } else { double(text) }
}

/// A text in double quotes; what cannot be seen is escaped, in a way that JSON reads too where it can.
pub(crate) fn double(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if needs_escape(c) => {
                let code = u32::from(c);
                // Writing to a String cannot fail.
                let _ = if code > 0xffff { write!(out, "\\U{code:08X}") } else { write!(out, "\\u{code:04X}") };
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A text of several lines as a literal block: header and lines indented by `indent`, without the last line
/// end. `None` where only escapes are sure to keep the text.
pub(crate) fn literal(text: &str, indent: usize, newline: &str) -> Option<String> {
    let (body, header) = match text.strip_suffix('\n') {
        Some(body) => (body, "|"),
        None => (text, "|-"),
    };
    if !text.contains('\n') || body.is_empty() || body.ends_with('\n') || body.starts_with(['\n', ' ', '\t']) {
        return None;
    }
    // Editors cut blanks at line ends; a comment-like or document-like line is safe, being indented.
    if body.split('\n').any(|line| line.ends_with([' ', '\t']) || line.chars().any(needs_escape)) {
        return None;
    }
    let mut out = header.to_owned();
    for line in body.split('\n') {
        out.push_str(newline);
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(line);
        }
    }
    Some(out)
}

/// Whether a character is only safe as an escape.
fn needs_escape(c: char) -> bool {
    is_active(c) || matches!(c, '\t' | '\u{fffe}' | '\u{ffff}') || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether a text can stand without quotes.
pub(crate) fn is_plain(text: &str, flow: bool) -> bool {
    !text.is_empty()
        && text.trim() == text
        && !begins_with_indicator(text)
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        // libyaml ends a plain scalar in flow at `:?` as it does at `: `.
        && !(flow && (text.contains([',', '[', ']', '{', '}']) || text.contains(":?")))
        && !text.chars().any(needs_escape)
        && !is_word(text)
        && !is_number(text)
        && !is_date(text)
}

fn begins_with_indicator(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        Some('-') => !chars.next().is_some_and(char::is_alphanumeric),
        Some('.') => text.starts_with("..."),
        Some(c) => ",[]{}#&*!|>'\"%@`?:".contains(c),
        None => true,
    }
}

/// Words that are null, a boolean, a merge key or the default key for some reader.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 12] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "~", "<<", "="];
    text.len() <= 5 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether some reader takes a text for a number: whole in any base, decimal, sexagesimal, infinite or none.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return false;
    }
    let digits = unsigned.replace('_', "").to_ascii_lowercase();
    let all = |text: &str, fits: fn(char) -> bool| !text.is_empty() && text.chars().all(fits);
    if matches!(digits.as_str(), ".inf" | ".nan") {
        return true;
    }
    if let Some(rest) = digits.strip_prefix("0x") {
        return all(rest, |c| c.is_ascii_hexdigit());
    }
    if let Some(rest) = digits.strip_prefix("0o").or_else(|| digits.strip_prefix("0b")) {
        return all(rest, |c| c.is_ascii_digit());
    }
    let (mantissa, exponent) = digits.split_once('e').unwrap_or((&digits, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    // With colons: `12:30:45` counts in sixties.
    all(mantissa, |c| c.is_ascii_digit() || matches!(c, '.' | ':'))
        && mantissa.contains(|c: char| c.is_ascii_digit())
        && mantissa.matches('.').count() <= 1
        && all(exponent, |c| c.is_ascii_digit())
}

/// Whether some reader takes a text for a date or an instant.
fn is_date(text: &str) -> bool {
    let date = text.split(['T', 't', ' ', '\t']).next().unwrap_or_default();
    let parts: Vec<&str> = date.split('-').collect();
    let digits = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    matches!(parts.as_slice(), [year, month, day] if digits(year, 4..=4) && digits(month, 1..=2) && digits(day, 1..=2))
}

#[cfg(test)]
mod tests;
