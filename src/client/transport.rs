//! Sends one request: again where that is safe, within all limits, with nothing secret in what it reports.

use std::error::Error as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Method, StatusCode, Url};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until, timeout};

use super::answer::{Answer, error_message};
use super::retry::{Failure, Pace, Repeat, Timing, may_repeat, parse_retry_after};
use super::scrub::Scrubber;
use super::{ApiError, ApiErrorKind, Traffic};

/// More than any answer of the API needs, and less than would exhaust a runner.
const LARGEST_ANSWER: usize = 256 << 20;
/// As much room as is made for an answer before any of it has come, whatever its length is said to be.
const MOST_ROOM_AHEAD: u64 = 1 << 20;
/// As much of an error's body as is looked at.
const LARGEST_ERROR: usize = 64 << 10;

/// What all requests of a run share.
#[derive(Debug)]
pub(crate) struct Transport {
    pub(crate) timing: Timing,
    pub(crate) deadline: Instant,
    pub(crate) scrubber: Scrubber,
    /// Requests in flight at most.
    pub(crate) parallel: usize,
    permits: Semaphore,
    pace: Pace,
    requests: AtomicU64,
    retries: AtomicU64,
}

/// A request, ready to be sent any number of times.
pub(crate) struct Call {
    pub(crate) client: reqwest::Client,
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// For people: `PATCH …/experiences/3f2a1b2c…`.
    pub(crate) name: String,
    pub(crate) body: Body,
    pub(crate) repeat: Repeat,
}

/// What a request carries.
pub(crate) enum Body {
    Empty,
    Json(Vec<u8>),
    Form(Vec<u8>),
}

impl Transport {
    pub(crate) fn new(timing: Timing, parallel: usize, deadline: Duration) -> Self {
        let now = Instant::now();
        // Further than any run can last, where the sum would overflow.
        let deadline = now.checked_add(deadline).or_else(|| now.checked_add(Duration::from_secs(u32::MAX.into()))).unwrap_or(now);
        Self {
            timing,
            deadline,
            scrubber: Scrubber::default(),
            parallel: parallel.clamp(1, Semaphore::MAX_PERMITS),
            permits: Semaphore::new(parallel.clamp(1, Semaphore::MAX_PERMITS)),
            pace: Pace::new(timing.gap),
            requests: AtomicU64::new(0),
            retries: AtomicU64::new(0),
        }
    }

    pub(crate) fn traffic(&self) -> Traffic {
        Traffic { requests: self.requests.load(Ordering::Relaxed), retries: self.retries.load(Ordering::Relaxed) }
    }

    /// Sends without a token until it succeeds or must not be repeated.
    pub(crate) async fn run<T>(&self, call: &Call, decode: impl Fn(&Answer) -> Result<T, ApiErrorKind>) -> Result<T, ApiError> {
        let mut trial = Trial::new(self, call);
        loop {
            match trial.attempt(None, &decode).await {
                Ok(value) => return Ok(value),
                Err(failure) => trial.wait(failure).await?,
            }
        }
    }
}

/// The attempts at one request.
pub(crate) struct Trial<'a> {
    transport: &'a Transport,
    call: &'a Call,
    /// Attempts that failed and count as such.
    failed: u32,
    first_sent: Option<Instant>,
    delays: Box<dyn Iterator<Item = Duration> + Send + Sync>,
    /// The last failure, for when there is no time left for another attempt.
    last: Option<ApiError>,
}

impl<'a> Trial<'a> {
    pub(crate) fn new(transport: &'a Transport, call: &'a Call) -> Self {
        let delays = Box::new(transport.timing.delays());
        Self { transport, call, failed: 0, first_sent: None, delays, last: None }
    }

    /// Sends once, as soon as the run's limits allow.
    pub(crate) async fn attempt<T>(
        &mut self,
        bearer: Option<&HeaderValue>,
        decode: impl Fn(&Answer) -> Result<T, ApiErrorKind>,
    ) -> Result<T, Failure> {
        let permit = self.admission().await?;
        let now = Instant::now();
        let latest = self.latest();
        if now >= latest {
            return Err(self.out_of_time("no time is left to send it".into()));
        }
        self.transport.requests.fetch_add(1, Ordering::Relaxed);
        if self.first_sent.is_some() {
            self.transport.retries.fetch_add(1, Ordering::Relaxed);
        }
        self.first_sent.get_or_insert(now);
        let limit = self.transport.timing.answer.min(latest - now);
        let answer = match timeout(limit, self.exchange(bearer)).await {
            Ok(answer) => answer,
            Err(_) if now.checked_add(limit) == Some(self.transport.deadline) => {
                Err(self.failure(ApiErrorKind::NoAnswer("none before the deadline of the run".into())))
            }
            Err(_) => Err(self.failure(ApiErrorKind::NoAnswer(format!("none within {}", seconds(limit))))),
        };
        drop(permit);
        let status = answer.as_ref().map_or_else(|failure| failure.error.status(), |answer| Some(answer.status));
        let outcome = answer.and_then(|answer| decode(&answer).map_err(|kind| self.failure(kind)));
        tracing::debug!(
            method = self.call.method.as_str(),
            path = self.call.url.path(),
            status,
            ms = u64::try_from(now.elapsed().as_millis()).unwrap_or(u64::MAX),
            "request"
        );
        outcome
    }

    /// Waits for the next attempt, or ends with the failure if there must be none.
    pub(crate) async fn wait(&mut self, failure: Failure) -> Result<(), ApiError> {
        self.failed += 1;
        let delay = failure.retry_after.unwrap_or_else(|| self.delays.next().unwrap_or_default());
        let until = Instant::now().checked_add(delay).filter(|until| *until < self.latest());
        let slow_down = failure.error.status() == Some(429) || (failure.retry_after.is_some() && failure.error.status() == Some(503));
        if let Some(until) = until.filter(|_| slow_down) {
            self.transport.pace.pause_until(until, Instant::now());
        }
        if !may_repeat(self.call.repeat, &failure) || self.failed >= self.transport.timing.attempts {
            return Err(failure.error);
        }
        let status = failure.error.status();
        self.last = Some(failure.error);
        let Some(until) = until else {
            return Err(self.out_of_time(format!("the next attempt would have to wait {}", seconds(delay))).error);
        };
        tracing::info!(
            method = self.call.method.as_str(),
            path = self.call.url.path(),
            status,
            seconds = delay.as_secs_f32(),
            "request failed; it is sent again"
        );
        // Who was asked to slow down queues up with all the others; who failed by itself waits by itself.
        if !slow_down {
            sleep_until(until).await;
        }
        Ok(())
    }

    /// A place among the requests in flight, once nobody is asked to wait. None is held while waiting.
    async fn admission(&self) -> Result<SemaphorePermit<'a>, Failure> {
        let mut reserved = None;
        loop {
            let permit = self.transport.permits.acquire().await;
            let Some(slot) = self.transport.pace.turn(Instant::now(), reserved) else {
                return permit.map_err(|closed| self.failure(ApiErrorKind::Connect(closed.to_string())));
            };
            drop(permit);
            if slot >= self.latest() {
                let wait = slot.saturating_duration_since(Instant::now());
                return Err(self.out_of_time(format!("ReSim asks for a pause of {}", seconds(wait))));
            }
            reserved = Some(slot);
            sleep_until(slot).await;
        }
    }

    /// When this request must have ended.
    fn latest(&self) -> Instant {
        let own = self.first_sent.and_then(|first| first.checked_add(self.transport.timing.request));
        own.map_or(self.transport.deadline, |own| own.min(self.transport.deadline))
    }

    /// The end of a request for which there is no time: what it failed with if it may have been done, or if
    /// its own time is up; the run's deadline otherwise.
    fn out_of_time(&self, why: String) -> Failure {
        let within_deadline = self.latest() < self.transport.deadline;
        let error = match &self.last {
            Some(last) if within_deadline || last.may_have_happened() => last.clone(),
            Some(last) => self.error(ApiErrorKind::Deadline(format!("{}; {why}", last.kind))),
            None => self.error(ApiErrorKind::Deadline(why)),
        };
        Failure { error, retry_after: None, lasting: true }
    }

    /// One request and its whole answer; an answer that is no success is a failure.
    async fn exchange(&self, bearer: Option<&HeaderValue>) -> Result<Answer, Failure> {
        let Call { client, method, url, name: _, body, repeat: _ } = self.call;
        let mut request = client.request(method.clone(), url.clone()).header(ACCEPT, "application/json");
        if let Some(bearer) = bearer {
            request = request.header(AUTHORIZATION, bearer);
        }
        request = match body {
            Body::Empty => request,
            Body::Json(bytes) => request.header(CONTENT_TYPE, "application/json").body(bytes.clone()),
            Body::Form(bytes) => request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(bytes.clone()),
        };
        let mut response = request.send().await.map_err(|error| self.broken(&error))?;
        let status = response.status();
        let json = content_type(response.headers()).contains("json");
        if status.is_success() {
            let room = response.content_length().unwrap_or_default().min(MOST_ROOM_AHEAD);
            let mut body = Vec::with_capacity(usize::try_from(room).unwrap_or_default());
            loop {
                match response.chunk().await {
                    Ok(Some(chunk)) if body.len() + chunk.len() > LARGEST_ANSWER => {
                        return Err(self.failure(ApiErrorKind::Malformed("it is larger than any answer should be".into())));
                    }
                    Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                    Ok(None) => return Ok(Answer { status: status.as_u16(), body, json }),
                    Err(error) => return Err(self.failure(ApiErrorKind::NoAnswer(format!("it broke off: {}", cause(&error))))),
                }
            }
        }
        let headers = response.headers().clone();
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() >= LARGEST_ERROR {
                break;
            }
        }
        Err(self.refused(status, &headers, &body))
    }

    /// An answer that is no success.
    fn refused(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure {
        let scrubber = &self.transport.scrubber;
        let message = if status.is_redirection() {
            redirection(&self.call.url, headers).map(|host| scrubber.message(&host))
        } else {
            error_message(&content_type(headers), body, scrubber)
        };
        let reason = status.canonical_reason().unwrap_or("(no standard status)").to_owned();
        let error = self.error(ApiErrorKind::Status { status: status.as_u16(), reason, message });
        let value = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = value.and_then(|value| parse_retry_after(value, SystemTime::now()));
        Failure { error, retry_after, lasting: false }
    }

    /// A request that never got as far as an answer.
    fn broken(&self, error: &reqwest::Error) -> Failure {
        let cause = self.transport.scrubber.message(&cause(error));
        if error.is_builder() {
            return Failure { lasting: true, ..self.failure(ApiErrorKind::Connect(cause)) };
        }
        if error.is_connect() {
            let host = self.call.url.host_str().unwrap_or_default();
            let host = self.call.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
            let lasting = is_certificate(error);
            return Failure { lasting, ..self.failure(ApiErrorKind::Connect(format!("{host}: {cause}"))) };
        }
        self.failure(ApiErrorKind::NoAnswer(cause))
    }

    fn failure(&self, kind: ApiErrorKind) -> Failure {
        Failure::new(self.error(kind))
    }

    fn error(&self, kind: ApiErrorKind) -> ApiError {
        ApiError { request: self.call.name.clone(), kind }
    }
}

/// What a chain of errors comes down to, without the URL and the layers that say nothing.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(source) = next {
        let text = source.to_string();
        let empty = text.is_empty() || text.starts_with("client error (");
        if !empty && !parts.last().is_some_and(|last| last.contains(&text)) {
            parts.push(text);
        }
        next = source.source();
    }
    if parts.is_empty() { "the connection failed".to_owned() } else { parts.join(": ") }
}

/// Whether the other side's certificate is not trusted: that does not pass by itself.
fn is_certificate(error: &reqwest::Error) -> bool {
    let mut next = error.source();
    while let Some(source) = next {
        if let Some(rustls::Error::InvalidCertificate(_)) = source.downcast_ref() {
            return true;
        }
        // An I/O error hides what it wraps from `source`.
        next = match source.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref()) {
            Some(wrapped) => Some(wrapped),
            None => source.source(),
        };
    }
    false
}

fn content_type(headers: &HeaderMap) -> String {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase()
}

/// Where a redirect leads, without path and query, which may hold anything.
fn redirection(url: &Url, headers: &HeaderMap) -> Option<String> {
    let target = url.join(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    Some(format!("not followed to {}://{}", target.scheme(), target.host_str().unwrap_or_default()))
}

fn seconds(duration: Duration) -> String {
    if duration.as_secs() >= 10 { format!("{} s", duration.as_secs()) } else { format!("{:.1} s", duration.as_secs_f64()) }
}
