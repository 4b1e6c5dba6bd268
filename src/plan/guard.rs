//! Whether a plan archives too much to be applied without being asked again.

use super::{ArchiveLimit, ExceededLimit, Percent, Policy, Refusal};

/// From how many live experiences on a percentage says anything.
const PERCENT_FROM: usize = 10;

/// What the plan does to the number of live experiences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Effect {
    /// Live before.
    pub(super) live: usize,
    /// Of these, archived by the plan.
    pub(super) archives: usize,
    /// Live afterwards, created and restored ones included.
    pub(super) left: usize,
}

/// The refusal, unless the plan is within the limit or the limit is lifted; else the refusal that a
/// reviewer's permission lifted.
pub(super) fn guard(effect: Effect, policy: &Policy) -> (Option<Refusal>, Option<Refusal>) {
    let Effect { live, archives, left } = effect;
    if policy.force {
        return (None, None);
    }
    let limit = match policy.max_archive {
        _ if live > 0 && left == 0 => Some(ExceededLimit::NothingLeft),
        ArchiveLimit::Number(number) => (as_u128(archives) > u128::from(number)).then_some(ExceededLimit::Number(number)),
        ArchiveLimit::Percent(percent) => {
            (live >= PERCENT_FROM && exceeds(archives, live, percent)).then_some(ExceededLimit::Percent(percent))
        }
    };
    let refusal = limit.map(|limit| Refusal { archives, live, limit });
    let permitted = policy.permitted_archives.is_some_and(|permitted| as_u128(archives) <= u128::from(permitted));
    if permitted { (None, refusal) } else { (refusal, None) }
}

/// Whether `part` is more than that percentage of `whole`, exactly.
fn exceeds(part: usize, whole: usize, percent: Percent) -> bool {
    let Percent { numerator, scale } = percent;
    // part / whole > numerator / 10^scale / 100; the right side below always fits.
    let scaled = 10_u128.checked_pow(scale).and_then(|power| power.checked_mul(100)).and_then(|power| power.checked_mul(as_u128(part)));
    match scaled {
        Some(scaled) => scaled > u128::from(numerator) * as_u128(whole),
        None => part > 0,
    }
}

fn as_u128(count: usize) -> u128 {
    // A count of things in memory fits into any wider type.
    count as u128
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn percentage_is_that_of_exact_arithmetic(part in 0_usize..100_000, whole in 0_usize..100_000, numerator in 0_u64..100_000_000, scale in 0_u32..7) {
            // The most that may go, rounded down.
            let most = whole as u128 * u128::from(numerator) / (100 * 10_u128.pow(scale));
            prop_assert_eq!(exceeds(part, whole, Percent { numerator, scale }), part as u128 > most);
        }

        #[test]
        fn no_percentage_overflows(part: usize, whole: usize, numerator: u64, scale: u32) {
            let percent = Percent { numerator, scale };
            prop_assert!(!exceeds(0, whole, percent));
            prop_assert!(exceeds(part, whole, percent) || !exceeds(part / 2, whole, percent));
        }
    }

    #[test]
    fn more_decimals_than_any_number_has_are_almost_zero() {
        assert!(exceeds(1, usize::MAX, Percent { numerator: u64::MAX, scale: u32::MAX }));
    }
}
