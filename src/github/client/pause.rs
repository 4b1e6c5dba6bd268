//! Whether a refused request is worth another attempt, and when. Pure, but for [`Waits`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use crate::client::parse_retry_after;

/// Attempts at one request.
pub(super) const ATTEMPTS: u32 = 5;
/// How long one request waits in all.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);
/// GitHub asks for a minute where it names no time.
const UNNAMED_LIMIT: Duration = Duration::from_secs(60);

/// What comes before the next attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// There is none.
    Final,
    /// A short one that grows from attempt to attempt.
    Backoff,
    /// The one that GitHub asks for.
    Asked(Duration),
    /// A limit on requests without a time: a minute, doubled each time.
    Limit,
}

impl Pause {
    /// How long, before the attempt after this many; `None` if there is none.
    pub(super) fn length(self, attempts: u32) -> Option<Duration> {
        let doubled = |first: Duration| first.saturating_mul(1 << attempts.saturating_sub(1).min(8));
        match self {
            Self::Final => None,
            Self::Backoff => Some(doubled(Duration::from_secs(1)).mul_f64(0.75 + fastrand::f64() / 2.0)),
            Self::Asked(time) => Some(time),
            Self::Limit => Some(doubled(UNNAMED_LIMIT)),
        }
    }
}

/// The pause after an answer that is no success. `repeatable` says that doing it twice does no harm.
pub(super) fn after_refusal(status: u16, headers: &HeaderMap, message: &str, repeatable: bool) -> Pause {
    let message = message.to_ascii_lowercase();
    let exhausted = header(headers, "x-ratelimit-remaining") == Some("0");
    let limited = match status {
        429 => true,
        // A 403 means both "you may not" and "not so fast".
        403 => exhausted || headers.contains_key(RETRY_AFTER) || message.contains("rate limit") || message.contains("abuse detection"),
        _ => false,
    };
    if limited {
        return asked(headers).or_else(|| exhausted.then(|| until_reset(headers)).flatten()).map_or(Pause::Limit, Pause::Asked);
    }
    if (500..600).contains(&status) && repeatable {
        return asked(headers).map_or(Pause::Backoff, Pause::Asked);
    }
    Pause::Final
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn asked(headers: &HeaderMap) -> Option<Duration> {
    parse_retry_after(header(headers, RETRY_AFTER.as_str())?, servers_now(headers))
}

/// A second more than the difference: both sides count in whole seconds.
fn until_reset(headers: &HeaderMap) -> Option<Duration> {
    let reset: u64 = header(headers, "x-ratelimit-reset")?.trim().parse().ok()?;
    let now = servers_now(headers).duration_since(UNIX_EPOCH).ok()?.as_secs();
    Some(Duration::from_secs(reset.saturating_sub(now).saturating_add(1)))
}

/// The time on GitHub's clock, as this machine's may be wrong.
fn servers_now(headers: &HeaderMap) -> SystemTime {
    header(headers, DATE.as_str()).and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or_else(SystemTime::now)
}

/// How the program waits. Tests write down how long it would have.
#[derive(Clone, Debug, Default)]
pub struct Waits(Option<Arc<Mutex<Vec<Duration>>>>);

impl Waits {
    /// Waits that take no time and are written down.
    pub fn recorded() -> Self {
        Self(Some(Arc::default()))
    }

    /// What was written down so far.
    pub fn taken(&self) -> Vec<Duration> {
        self.0.as_ref().map(|waits| waits.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }

    pub(crate) async fn wait(&self, time: Duration) {
        match &self.0 {
            Some(waits) => waits.lock().unwrap_or_else(PoisonError::into_inner).push(time),
            None => tokio::time::sleep(time).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn plain_403_is_final_and_a_limited_one_is_not() {
        let pause = |pairs: &[_], message| after_refusal(403, &headers(pairs), message, true);
        assert_eq!(pause(&[("x-ratelimit-remaining", "4000")], "Resource not accessible by integration"), Pause::Final);
        assert_eq!(pause(&[], "You have exceeded a secondary rate limit"), Pause::Limit);
        assert_eq!(pause(&[("retry-after", "7")], ""), Pause::Asked(Duration::from_secs(7)));
    }

    #[test]
    fn exhausted_limit_waits_for_its_reset_on_githubs_clock() {
        let pairs = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1764065130"), ("date", "Tue, 25 Nov 2025 10:05:00 GMT")];
        assert_eq!(after_refusal(403, &headers(&pairs), "", false), Pause::Asked(Duration::from_secs(31)));
    }

    #[test]
    fn too_many_requests_are_repeated_even_where_repeating_would_harm() {
        assert_eq!(after_refusal(429, &headers(&[("retry-after", "2")]), "", false), Pause::Asked(Duration::from_secs(2)));
        let date = [("retry-after", "Tue, 25 Nov 2025 10:05:09 GMT"), ("date", "Tue, 25 Nov 2025 10:05:00 GMT")];
        assert_eq!(after_refusal(429, &headers(&date), "", false), Pause::Asked(Duration::from_secs(9)));
        assert_eq!(after_refusal(429, &headers(&[]), "", false), Pause::Limit);
    }

    #[test]
    fn server_error_is_repeated_only_where_repeating_does_no_harm() {
        assert_eq!(after_refusal(502, &headers(&[]), "", true), Pause::Backoff);
        assert_eq!(after_refusal(502, &headers(&[]), "", false), Pause::Final);
        assert_eq!(after_refusal(422, &headers(&[]), "", true), Pause::Final);
    }

    #[test]
    fn pauses_grow() {
        let limits: Vec<_> = (1..=3).filter_map(|attempts| Pause::Limit.length(attempts)).map(|time| time.as_secs()).collect();
        assert_eq!(limits, [60, 120, 240]);
        for attempts in 1..=4 {
            let seconds = Pause::Backoff.length(attempts).expect("a pause").as_secs_f64();
            let middle = f64::from(1_u32 << (attempts - 1));
            assert!((0.75 * middle..=1.25 * middle).contains(&seconds), "{seconds}");
        }
    }
}
