//! Whether a custom field's value is of its field's type.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use crate::desired::CustomFieldKind;

/// Why a value is not of the type, with the way out; `None` if it is.
pub(crate) fn problem(kind: CustomFieldKind, value: &str) -> Option<(String, &'static str)> {
    match kind {
        CustomFieldKind::Text => None,
        CustomFieldKind::Number if is_decimal(value) => None,
        CustomFieldKind::Number => {
            Some(("is not a decimal number".into(), "write digits such as `12`, `-0.5` or `1.5e3`, or make the field `type: text`"))
        }
        CustomFieldKind::Timestamp => match parse_timestamp(value) {
            Ok(_) => None,
            Err(TimestampError::NoOffset) => Some((
                "is a timestamp without an offset".into(),
                "say which instant it is: `2026-01-31T08:30:00Z` or `2026-01-31T08:30:00+01:00`",
            )),
            Err(TimestampError::NotATimestamp) => {
                Some(("is not a timestamp".into(), "write ISO 8601 with an offset, `2026-01-31T08:30:00Z`, or a date alone, `2026-01-31`"))
            }
        },
        CustomFieldKind::Json => {
            let error = serde_json::from_str::<serde::de::IgnoredAny>(value).err()?;
            Some((format!("is not JSON: {error}"), "quote the JSON as a whole in single quotes: `values: ['{\"weather\": \"rain\"}']`"))
        }
    }
}

/// Whether a text is a number in decimal digits, with a point and an exponent if wanted.
pub fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|text| {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        !digits.is_empty() && all_digits(digits)
    });
    (!before.is_empty() || !after.is_empty()) && all_digits(before) && all_digits(after) && exponent_fits
}

/// Why a text is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampError {
    /// Date and time, but nobody knows where.
    NoOffset,
    /// Anything else.
    NotATimestamp,
}

/// Reads an ISO 8601 instant; a date alone is its midnight UTC.
///
/// # Errors
/// A time without an offset, or another text.
pub fn parse_timestamp(text: &str) -> Result<DateTime<Utc>, TimestampError> {
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return if is_plain_date(text) { Ok(date.and_time(NaiveTime::MIN).and_utc()) } else { Err(TimestampError::NotATimestamp) };
    }
    if !text.get(..10).is_some_and(is_plain_date) || !text[10..].starts_with(['T', 't', ' ']) {
        return Err(TimestampError::NotATimestamp);
    }
    let text = text.replacen(['t', ' '], "T", 1).replace('z', "Z");
    // The offset may be `Z`, `+01:00`, `+0100` or `+01`; seconds may be absent.
    let (local, offset) = split_offset(&text);
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(local, format).ok())
        .ok_or(TimestampError::NotATimestamp)?;
    let minutes = offset.ok_or(TimestampError::NoOffset)?.ok_or(TimestampError::NotATimestamp)?;
    let instant = local.checked_sub_signed(chrono::TimeDelta::minutes(minutes)).ok_or(TimestampError::NotATimestamp)?;
    Ok(instant.and_utc())
}

/// `YYYY-MM-DD`, all digits: chrono alone would also take shorter and longer years.
fn is_plain_date(text: &str) -> bool {
    text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
}

/// The local part and, if there is an offset, its minutes (`None` inside: not well-formed).
fn split_offset(text: &str) -> (&str, Option<Option<i64>>) {
    if let Some(local) = text.strip_suffix('Z') {
        return (local, Some(Some(0)));
    }
    let Some(at) = text.char_indices().skip(11).find(|(_, c)| matches!(c, '+' | '-')).map(|(at, _)| at) else { return (text, None) };
    (&text[..at], Some(offset_minutes(&text[at..])))
}

fn offset_minutes(text: &str) -> Option<i64> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits = text.get(1..)?;
    let (hours, minutes) = match digits.len() {
        2 => (digits, "00"),
        4 => (digits.get(..2)?, digits.get(2..)?),
        5 => digits.split_once(':').filter(|(hours, _)| hours.len() == 2)?,
        _ => return None,
    };
    let two_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<i64>().ok()).flatten();
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_instant_are_one_instant() {
        let wanted = parse_timestamp("2026-01-31T08:30:00Z");
        assert!(wanted.is_ok());
        for text in [
            "2026-01-31t08:30:00z",
            "2026-01-31 09:30:00+01:00",
            "2026-01-31T09:30+0100",
            "2026-01-31T09:30+01",
            "2026-01-31T08:30:00.000Z",
        ] {
            assert_eq!(parse_timestamp(text), wanted, "{text}");
        }
    }

    #[test]
    fn date_alone_is_midnight_utc() {
        assert_eq!(parse_timestamp("2026-01-31"), parse_timestamp("2026-01-31T00:00:00Z"));
    }

    #[test]
    fn time_without_an_offset_is_told_apart_from_nonsense() {
        assert_eq!(parse_timestamp("2026-01-31T08:30:00"), Err(TimestampError::NoOffset));
        for text in [
            "",
            "tomorrow",
            "2026-13-01",
            "26-01-31",
            "2026-1-3",
            "2026-01-31T25:00:00Z",
            "2026-01-31T08:30:00+1",
            "2026-01-31T08:30:00+0é",
            "2026-01-31é",
        ] {
            assert_eq!(parse_timestamp(text), Err(TimestampError::NotATimestamp), "{text}");
        }
    }

    #[test]
    fn decimals() {
        for text in ["0", "-1", "+1.50", ".5", "5.", "1e3", "1.5E-3"] {
            assert!(is_decimal(text), "{text}");
        }
        for text in ["", ".", "-", "1e", "0x10", "1_000", "NaN", "inf", "1,5", " 1"] {
            assert!(!is_decimal(text), "{text}");
        }
    }
}
