//! When a request is sent again: pure rules, and the pace that all requests of a run share.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use tokio::time::Instant;

use super::{ApiError, ApiErrorKind};

/// How long and how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// For the answer to one attempt, its body included.
    pub(crate) answer: Duration,
    /// Attempts per request.
    pub(crate) attempts: u32,
    /// From the first attempt of a request to the end of its last.
    pub(crate) request: Duration,
    /// Before the second attempt; doubled for each further one, and up to doubled again by chance.
    pub(crate) first_delay: Duration,
    /// Before a token without permissions is asked for again: the tenant needs a moment to attach them.
    pub(crate) claims_delay: Duration,
    /// Between any two requests once the server has refused one for coming too fast.
    pub(crate) gap: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(60),
            attempts: 5,
            request: Duration::from_secs(120),
            first_delay: Duration::from_millis(500),
            claims_delay: Duration::from_secs(1),
            gap: Duration::from_millis(10),
        }
    }
}

impl Timing {
    /// The delays between attempts, without end.
    pub(crate) fn delays(&self) -> impl Iterator<Item = Duration> + Send + Sync + use<> {
        ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(self.first_delay)
            .with_max_delay(Duration::from_secs(30))
            .without_max_times()
            .build()
    }
}

/// Whether a request may be sent twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Twice is the same as once.
    Safe,
    /// Only if it certainly was not done: twice makes two.
    IfNotDone,
}

/// One attempt that did not end well.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// What the request ends with if this was its last attempt.
    pub(crate) error: ApiError,
    /// How long the server asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// It would be the same again: a certificate that is not trusted, a request that cannot be built.
    pub(crate) lasting: bool,
}

impl Failure {
    /// A failure with nothing more to it.
    pub(crate) fn new(error: ApiError) -> Self {
        Self { error, retry_after: None, lasting: false }
    }
}

/// Whether a request that failed like this may be sent again. A 401 is not decided here: it is a matter of the token.
pub(crate) fn may_repeat(repeat: Repeat, failure: &Failure) -> bool {
    if failure.lasting {
        return false;
    }
    match &failure.error.kind {
        ApiErrorKind::Connect(_) => true,
        ApiErrorKind::NoAnswer(_) => repeat == Repeat::Safe,
        ApiErrorKind::Status { status: 429, .. } => true,
        ApiErrorKind::Status { status, .. } => *status >= 500 && repeat == Repeat::Safe,
        ApiErrorKind::Malformed(_) | ApiErrorKind::Unauthorized(_) | ApiErrorKind::Deadline(_) | ApiErrorKind::StateMoved(_) => false,
    }
}

/// The header `Retry-After`: seconds or an HTTP date; a date in the past is no wait.
pub(crate) fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// The longest gap between two requests that refusals lead to.
const WIDEST_GAP: Duration = Duration::from_secs(1);

/// Holds all requests of the run back once the server asks for it, and from then on lets them go one after another, at
/// a pace that every further refusal slows down by a fifth.
#[derive(Debug)]
pub(crate) struct Pace {
    state: Mutex<PaceState>,
}

#[derive(Debug)]
struct PaceState {
    gap: Duration,
    /// The last pause that was asked for; as long as there was none, nobody waits.
    paused_until: Option<Instant>,
    next_slot: Instant,
}

impl Pace {
    /// Nobody is held back.
    pub(crate) fn new(gap: Duration) -> Self {
        Self { state: Mutex::new(PaceState { gap, paused_until: None, next_slot: Instant::now() }) }
    }

    /// Nobody sends before this instant.
    pub(crate) fn pause_until(&self, instant: Instant, now: Instant) {
        let mut state = self.lock();
        // Refusals during a pause are of requests that were under way when it began.
        if state.paused_until.is_some_and(|until| until < now) {
            state.gap = (state.gap * 5 / 4).min(WIDEST_GAP);
        }
        state.paused_until = state.paused_until.max(Some(instant));
    }

    /// `None`: go. Else: ask again at this instant, with it as `reserved`.
    pub(crate) fn turn(&self, now: Instant, reserved: Option<Instant>) -> Option<Instant> {
        let mut state = self.lock();
        let paused_until = state.paused_until?;
        if reserved.is_some_and(|slot| slot <= now && paused_until <= slot) {
            return None;
        }
        let slot = paused_until.max(state.next_slot).max(now);
        state.next_slot = slot.checked_add(state.gap).unwrap_or(slot);
        (slot > now).then_some(slot)
    }

    fn lock(&self) -> MutexGuard<'_, PaceState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(kind: ApiErrorKind) -> Failure {
        Failure::new(ApiError { request: "GET …/x".into(), kind })
    }

    fn status(status: u16) -> Failure {
        failure(ApiErrorKind::Status { status, reason: String::new(), message: None })
    }

    #[test]
    fn only_what_can_pass_by_itself_is_repeated() {
        let text = String::new;
        let table = [
            (failure(ApiErrorKind::Connect(text())), true, true),
            (failure(ApiErrorKind::NoAnswer(text())), true, false),
            (failure(ApiErrorKind::Malformed(text())), false, false),
            (failure(ApiErrorKind::Unauthorized(text())), false, false),
            (failure(ApiErrorKind::Deadline(text())), false, false),
            (failure(ApiErrorKind::StateMoved(text())), false, false),
            (status(302), false, false),
            (status(400), false, false),
            (status(403), false, false),
            (status(404), false, false),
            (status(409), false, false),
            (status(422), false, false),
            (status(429), true, true),
            (status(500), true, false),
            (status(502), true, false),
            (status(503), true, false),
            (status(504), true, false),
        ];
        for (failure, safe, if_not_done) in table {
            assert_eq!(may_repeat(Repeat::Safe, &failure), safe, "{failure:?}");
            assert_eq!(may_repeat(Repeat::IfNotDone, &failure), if_not_done, "{failure:?}");
            let lasting = Failure { lasting: true, ..failure };
            assert!(!may_repeat(Repeat::Safe, &lasting), "{lasting:?}");
        }
    }

    #[test]
    fn what_may_have_happened_is_never_repeated_blindly() {
        for kind in [
            ApiErrorKind::NoAnswer(String::new()),
            ApiErrorKind::Malformed(String::new()),
            ApiErrorKind::Status { status: 500, reason: String::new(), message: None },
        ] {
            let failure = failure(kind);
            assert!(failure.error.may_have_happened());
            assert!(!may_repeat(Repeat::IfNotDone, &failure));
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let parse = |value| parse_retry_after(value, now);
        assert_eq!(parse("7"), Some(Duration::from_secs(7)));
        assert_eq!(parse(" 0 "), Some(Duration::ZERO));
        assert_eq!(parse("0.5"), Some(Duration::from_millis(500)));
        assert_eq!(parse("Sun, 06 Nov 1994 08:50:07 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(parse("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(parse("18446744073709551615"), Some(Duration::from_secs(u64::MAX)));
        for junk in ["", "soon", "-1", "NaN", "inf"] {
            assert_eq!(parse(junk), None, "{junk}");
        }
    }

    #[test]
    fn delays_grow_and_are_spread() {
        let timing = Timing::default();
        let delays: Vec<_> = timing.delays().take(4).collect();
        for (delay, least) in delays.iter().zip([500, 1000, 2000, 4000]) {
            let least = Duration::from_millis(least);
            assert!(*delay >= least && *delay <= least * 2, "{delays:?}");
        }
    }

    #[test]
    fn held_back_requests_go_one_after_another() {
        let pace = Pace::new(Duration::from_millis(10));
        let start = Instant::now() + Duration::from_secs(1);
        assert_eq!(pace.turn(start, None), None, "nobody is held back at first");
        let end = start + Duration::from_secs(5);
        pace.pause_until(end, start);
        pace.pause_until(start, start);
        let first = pace.turn(start, None).unwrap();
        let second = pace.turn(start, None).unwrap();
        assert_eq!((first, second), (end, end + Duration::from_millis(10)));
        assert_eq!(pace.turn(first, Some(first)), None);
        assert_eq!(pace.turn(second, Some(second)), None);
        let later = second + Duration::from_secs(1);
        assert_eq!(pace.turn(later, None), None, "the queue is empty again");
        assert_eq!(pace.turn(later, None), Some(later + Duration::from_millis(10)), "but the pace is kept");
    }

    #[test]
    fn pace_slows_down_with_each_pause_and_not_with_each_refusal() {
        let pace = Pace::new(Duration::from_millis(100));
        let start = Instant::now();
        let second = Duration::from_secs(1);
        for refusal in 0..3 {
            pace.pause_until(start + second, start + refusal * second / 4);
        }
        let gap = |at: Instant| {
            assert_eq!(pace.turn(at, None), None);
            pace.turn(at, None).map(|next| next - at)
        };
        assert_eq!(gap(start + 2 * second), Some(Duration::from_millis(100)));
        pace.pause_until(start + 4 * second, start + 3 * second);
        assert_eq!(gap(start + 5 * second), Some(Duration::from_millis(125)));
        for pause in 6..40 {
            pace.pause_until(start + pause * second, start + pause * second);
        }
        assert_eq!(gap(start + 50 * second), Some(WIDEST_GAP));
    }

    #[test]
    fn a_new_pause_holds_back_those_who_waited_for_the_last() {
        let pace = Pace::new(Duration::ZERO);
        let start = Instant::now();
        let later = start + Duration::from_secs(5);
        pace.pause_until(start + Duration::from_secs(1), start);
        let slot = pace.turn(start, None).unwrap();
        pace.pause_until(later, start);
        assert_eq!(pace.turn(slot, Some(slot)), Some(later));
    }
}
