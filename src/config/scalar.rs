//! What a scalar means where text, a boolean or a whole number is wanted.
//!
//! The rules are those of Go's yaml.v3, which the vendor's CLI reads its config with: YAML 1.2 with the
//! old words for booleans where a boolean is wanted. Nothing here knows places or keys.

use yaml_events::ScalarStyle;

/// Whether a scalar without a tag is the null value.
pub(crate) fn is_null(text: &str, style: ScalarStyle) -> bool {
    matches!(style, ScalarStyle::Plain) && matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// Reads a boolean. Quoted `"yes"` is one, quoted `"true"` is text: so it is in yaml.v3.
pub(crate) fn boolean(text: &str, style: ScalarStyle) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        "true" | "True" | "TRUE" if matches!(style, ScalarStyle::Plain) => Some(true),
        "false" | "False" | "FALSE" if matches!(style, ScalarStyle::Plain) => Some(false),
        _ => None,
    }
}

/// A plain scalar read as a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// A whole number.
    Whole(i128),
    /// A number with a fraction.
    Fraction,
    /// A number too large for either; whole for our purpose.
    Huge,
}

/// Reads a number as a plain scalar's text; `None` if it is none.
pub(crate) fn number(text: &str) -> Option<Number> {
    // Longer ones are no sensible number, and must not cost time.
    if text.len() > 400 || !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    let plain = text.replace('_', "");
    whole(&plain).map(Number::Whole).or_else(|| decimal(&plain))
}

/// Go's `strconv.ParseInt` with base 0: prefixes `0x`, `0o`, `0b`, and a leading zero for octal.
fn whole(plain: &str) -> Option<i128> {
    let (negative, digits) = match plain.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, plain.strip_prefix('+').unwrap_or(plain)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = if let Some(rest) = lower.strip_prefix("0x") {
        (16, rest)
    } else if let Some(rest) = lower.strip_prefix("0o") {
        (8, rest)
    } else if let Some(rest) = lower.strip_prefix("0b") {
        (2, rest)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, &lower[1..])
    } else {
        (10, lower.as_str())
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let value = i128::from_str_radix(digits, radix).ok()?;
    Some(if negative { -value } else { value })
}

/// The floating form of YAML 1.2: digits, a point, an exponent.
fn decimal(plain: &str) -> Option<Number> {
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(plain);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa_fits = match (before.is_empty(), after.is_empty()) {
        (true, true) => false,
        (true, false) => digits(after),
        (false, true) => digits(before),
        (false, false) => digits(before) && digits(after),
    };
    if !mantissa_fits || exponent.is_some_and(|text| !digits(text.strip_prefix(['+', '-']).unwrap_or(text))) {
        return None;
    }
    let value: f64 = plain.parse().ok()?;
    if value.fract() != 0.0 {
        return Some(Number::Fraction);
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and checked to be far below the limit of i128")]
    Some(if value.abs() < 1e30 { Number::Whole(value as i128) } else { Number::Huge })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_as_yaml_v3_does() {
        let cases = [("7200", 7200), ("7200.0", 7200), ("1_000", 1000), ("0x10", 16), ("0o17", 15), ("010", 8), ("0b11", 3)];
        for (text, value) in cases.into_iter().chain([("+5", 5), ("-5", -5), ("1e3", 1000), ("08", 8), ("1800.", 1800)]) {
            assert_eq!(number(text), Some(Number::Whole(value)), "{text}");
        }
    }

    #[test]
    fn what_is_no_whole_number_says_so() {
        assert_eq!(number("7200.5"), Some(Number::Fraction));
        assert_eq!(number("1e300"), Some(Number::Huge));
        for text in ["soon", "1h", "", ".", "+", "-.", "1e", "0x", "2024-01-01", ".inf", "1.2.3", "e5"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn words_for_booleans() {
        assert_eq!(boolean("yes", ScalarStyle::Plain), Some(true));
        assert_eq!(boolean("Off", ScalarStyle::Plain), Some(false));
        assert_eq!(boolean("true", ScalarStyle::DoubleQuoted), None);
        assert_eq!(boolean("yEs", ScalarStyle::Plain), None);
        assert_eq!(boolean("1", ScalarStyle::Plain), None);
    }
}
