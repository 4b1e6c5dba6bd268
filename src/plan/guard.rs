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

/// The refusal, unless the plan is within the limit or the limit is lifted.
pub(super) fn guard(effect: Effect, policy: &Policy) -> Option<Refusal> {
    let Effect { live, archives, left } = effect;
    let permitted = policy.permitted_archives.is_some_and(|permitted| as_u128(archives) <= u128::from(permitted));
    if policy.force || permitted {
        return None;
    }
    let limit = match policy.max_archive {
        _ if live > 0 && left == 0 => Some(ExceededLimit::NothingLeft),
        ArchiveLimit::Number(number) => (as_u128(archives) > u128::from(number)).then_some(ExceededLimit::Number(number)),
        ArchiveLimit::Percent(percent) => {
            (live >= PERCENT_FROM && exceeds(archives, live, percent)).then_some(ExceededLimit::Percent(percent))
        }
    };
    limit.map(|limit| Refusal { archives, live, limit })
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
