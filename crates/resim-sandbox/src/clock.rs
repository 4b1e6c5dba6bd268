//! Time and IDs that a run can repeat: a clock that moves by one second with each write, and IDs made of
//! what they name instead of chance.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use uuid::Uuid;

/// An instant of the logical clock, or one read from a state file.
pub(crate) type Timestamp = DateTime<Utc>;

/// Where the logical clock starts: 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;

/// Counts writes, as seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    now: Timestamp,
}

impl Clock {
    /// A clock at its fixed start.
    pub(crate) fn new() -> Self {
        Self { now: start() }
    }

    /// The next instant, later than all before it.
    pub(crate) fn tick(&mut self) -> Timestamp {
        self.now = self.now.checked_add_signed(TimeDelta::seconds(1)).unwrap_or(self.now);
        self.now
    }

    /// Moves on to an instant that is known from elsewhere, so that later writes look later.
    pub(crate) fn catch_up(&mut self, seen: Timestamp) {
        self.now = self.now.max(seen);
    }
}

/// The instant at which everything began whose beginning is not known.
pub(crate) fn start() -> Timestamp {
    DateTime::from_timestamp(START, 0).unwrap_or_default()
}

/// RFC 3339 in UTC, as short as the instant allows.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// An ID for the `nth` thing of a kind and name, the same in each run with the same seed, whatever else was
/// made before it: concurrent creations get the same IDs in whatever order they arrive.
pub(crate) fn derived_id(seed: u64, parts: &[&str], nth: u64) -> Uuid {
    // FNV-1a: nobody attacks these IDs, they only have to differ.
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let mut hash = OFFSET;
    let mut mix = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u128::from(*byte)).wrapping_mul(PRIME);
        }
    };
    mix(&seed.to_le_bytes());
    mix(&nth.to_le_bytes());
    for part in parts {
        mix(part.as_bytes());
        mix(&[0xff]);
    }
    // Spreads the last bytes over all bits.
    let high = scramble((hash >> 64) as u64 ^ (hash as u64).rotate_left(31));
    let low = scramble((hash as u64) ^ high);
    uuid::Builder::from_random_bytes(((u128::from(high) << 64) | u128::from(low)).to_be_bytes()).into_uuid()
}

fn scramble(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn clock_starts_at_its_fixed_instant_and_never_stands() {
        let mut clock = Clock::new();
        assert_eq!(rfc3339(clock.tick()), "2026-01-01T00:00:01Z");
        assert_eq!(rfc3339(clock.tick()), "2026-01-01T00:00:02Z");
        clock.catch_up(DateTime::from_timestamp(START + 100, 0).unwrap());
        clock.catch_up(DateTime::from_timestamp(START, 0).unwrap());
        assert_eq!(rfc3339(clock.tick()), "2026-01-01T00:01:41Z");
    }

    #[test]
    fn ids_differ_by_every_part_and_repeat() {
        let parts = [["experience", "a"], ["experience", "b"], ["tag", "a"], ["experiencea", ""]];
        let mut seen = BTreeSet::new();
        for seed in 0..3 {
            for nth in 0..3 {
                for part in &parts {
                    let id = derived_id(seed, part, nth);
                    assert_eq!(id, derived_id(seed, part, nth));
                    assert_eq!(id.get_version_num(), 4);
                    assert!(seen.insert(id), "{id} came twice");
                }
            }
        }
    }
}
