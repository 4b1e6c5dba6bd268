//! The faults of a server, and how often each was met.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::kind::{Failure, Kind, Moment, ReplyBody, Status};
use super::matcher::Matcher;
use crate::service::Incoming;

/// A fault that waits for its requests.
#[derive(Debug)]
pub(crate) struct Fault {
    /// As it was given, for the journal.
    text: String,
    matcher: Matcher,
    kind: Kind,
    /// Requests that fitted.
    met: u64,
    /// When the last ones came, of a limited rate.
    recent: VecDeque<Instant>,
}

/// A fault that hits a request.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    /// As it was given, for the journal.
    pub(crate) text: String,
    /// What happens.
    pub(crate) kind: Kind,
}

impl Fault {
    /// Parses a fault.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (matcher, kind) = Matcher::parse(text)?;
        Ok(Self { text: text.to_owned(), matcher, kind: Kind::parse(kind)?, met: 0, recent: VecDeque::new() })
    }

    fn meet(&mut self, request: &Incoming, now: Instant) -> Option<Hit> {
        if !self.matcher.fits(request) {
            return None;
        }
        self.met = self.met.saturating_add(1);
        if !self.matcher.means(self.met) {
            return None;
        }
        let kind = match self.kind {
            Kind::Rate(count, window) => self.limit(count, window, now)?,
            Kind::Latency(_)
            | Kind::ExpireToken
            | Kind::Edit(..)
            | Kind::Fail(..)
            | Kind::Alter(_)
            | Kind::Deliver(_)
            | Kind::Refuse(_) => self.kind.clone(),
        };
        Some(Hit { text: self.text.clone(), kind })
    }

    /// The refusal of a request that comes too early.
    fn limit(&mut self, count: usize, window: Duration, now: Instant) -> Option<Kind> {
        while self.recent.front().is_some_and(|at| now.duration_since(*at) >= window) {
            self.recent.pop_front();
        }
        if self.recent.len() < count {
            self.recent.push_back(now);
            return None;
        }
        let seconds = window.as_secs().max(1);
        let status = Status { code: 429, body: ReplyBody::Json(None), retry_after: Some(seconds), as_date: false };
        Some(Kind::Fail(Failure::Status(status), Moment::Before))
    }
}

/// All faults of a server.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    faults: Vec<Fault>,
}

impl Faults {
    /// Adds one.
    pub(crate) fn add(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.faults.clear();
    }

    /// Counts a request and tells what hits it, in the order in which the faults were given.
    pub(crate) fn meet(&mut self, request: &Incoming, now: Instant) -> Vec<Hit> {
        self.faults.iter_mut().filter_map(|fault| fault.meet(request, now)).collect()
    }
}
