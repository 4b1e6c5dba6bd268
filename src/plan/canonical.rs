//! Values in the form in which they are compared and hashed: the server may reorder and reformat them.

use std::borrow::Cow;

use chrono::SecondsFormat;

use crate::config::{is_decimal, parse_timestamp};
use crate::desired::{CustomField, CustomFieldKind};

/// A custom field whose equal spellings are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CanonicalField<'a> {
    /// Without case.
    pub(super) name: String,
    pub(super) kind: CustomFieldKind,
    /// Sorted; a value may be there more than once.
    pub(super) values: Vec<Cow<'a, str>>,
}

/// Custom fields by folded name.
pub(super) fn custom_fields(fields: &[CustomField]) -> Vec<CanonicalField<'_>> {
    let mut fields: Vec<CanonicalField<'_>> = fields.iter().map(canonical).collect();
    fields.sort_unstable();
    fields
}

/// Whether two custom fields are equal as they are compared, whatever their spelling.
pub(crate) fn same_custom_field(one: &CustomField, other: &CustomField) -> bool {
    canonical(one) == canonical(other)
}

fn canonical(field: &CustomField) -> CanonicalField<'_> {
    let CustomField { name, kind, values } = field;
    let mut values: Vec<Cow<'_, str>> = values.iter().map(|text| value(*kind, text)).collect();
    values.sort_unstable();
    CanonicalField { name: name.to_lowercase(), kind: *kind, values }
}

/// One value; what is not of its kind stands for itself.
fn value(kind: CustomFieldKind, text: &str) -> Cow<'_, str> {
    match kind {
        // ReSim keeps JSON as it was sent, blanks included.
        CustomFieldKind::Text | CustomFieldKind::Json => Cow::Borrowed(text),
        CustomFieldKind::Number => decimal(text).map_or(Cow::Borrowed(text), Cow::Owned),
        CustomFieldKind::Timestamp => match parse_timestamp(text) {
            Ok(instant) => Cow::Owned(instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Err(_) => Cow::Borrowed(text),
        },
    }
}

/// Longer exponents are compared as text, so that arithmetic on them cannot overflow.
const EXPONENT_DIGITS: usize = 18;

/// A decimal number as its significant digits and a power of ten: `-1.50` is `-15e-1`, all zeros are `0`.
fn decimal(text: &str) -> Option<String> {
    if !is_decimal(text) {
        return None;
    }
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{before}{after}");
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    let (negative, exponent) = match exponent.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, exponent.strip_prefix('+').unwrap_or(exponent)),
    };
    let exponent = exponent.trim_start_matches('0');
    if exponent.len() > EXPONENT_DIGITS {
        return None;
    }
    let exponent: i128 = if exponent.is_empty() { 0 } else { exponent.parse().ok()? };
    let exponent = if negative { -exponent } else { exponent };
    let shift = i128::try_from(digits.len() - significant.len()).ok()? - i128::try_from(after.len()).ok()?;
    Some(format!("{sign}{significant}e{}", exponent + shift))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_number_are_one() {
        for texts in [
            &["1.5", "+1.50", "15e-1", "0.15E1", "001.5", "150e-2"][..],
            &["0", "-0", "0.00", "0e99999999999999999999"],
            &["-1200", "-1.2e3", "-12E+2"],
            &["100", "1e2", "1e002"],
        ] {
            for text in texts {
                assert_eq!(decimal(text), decimal(texts[0]), "{text}");
                assert!(decimal(text).is_some(), "{text}");
            }
        }
    }

    #[test]
    fn different_numbers_differ_at_any_size() {
        let texts = ["1", "-1", "10", "0.1", "1e400", "1e401", "100000000000000000000000001", "100000000000000000000000002"];
        for (index, text) in texts.iter().enumerate() {
            assert!(texts[..index].iter().all(|other| decimal(other) != decimal(text)), "{text}");
        }
    }

    #[test]
    fn absurd_exponents_and_other_texts_stand_for_themselves() {
        assert_eq!(value(CustomFieldKind::Number, "1e9999999999999999999"), "1e9999999999999999999");
        assert_eq!(value(CustomFieldKind::Number, "many"), "many");
        assert_eq!(value(CustomFieldKind::Timestamp, "2026-01-31T08:30:00"), "2026-01-31T08:30:00");
        assert_eq!(value(CustomFieldKind::Text, "1.50"), "1.50");
    }

    #[test]
    fn spellings_of_one_instant_are_one() {
        let texts = ["2026-01-31T08:30:00Z", "2026-01-31T09:30:00.000+01:00", "2026-01-31 08:30Z"];
        assert!(texts.iter().all(|text| value(CustomFieldKind::Timestamp, text) == "2026-01-31T08:30:00Z"));
        assert_eq!(value(CustomFieldKind::Timestamp, "2026-01-31"), "2026-01-31T00:00:00Z");
    }
}
