//! One request with the faults that hit it, in this order: waiting, edits, refusals, the effect, edits,
//! changes of the answer, losses of the answer, the door shut, delivery.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chrono::DateTime;
use hyper::Response;
use hyper::header::{CONTENT_TYPE, HeaderName, LOCATION, RETRY_AFTER};
use serde_json::json;

use crate::delivery::Paced;
use crate::faults::{Alteration, Delivery, Failure, Hit, Kind, Moment, ReplyBody, Status};
use crate::journal::{Entry, answer_body, request_body};
use crate::paging::first_token;
use crate::reply::Reply;
use crate::service::{Incoming, Service, lock};

/// A timer ends with the millisecond in which its time is up: on average so much too late.
const TIMER_ROUNDS_UP: Duration = Duration::from_micros(500);

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut")]
pub(crate) struct Cut;

/// An answer with what HTTP adds.
struct Outgoing {
    reply: Reply,
    content_type: String,
    more: Vec<(HeaderName, String)>,
}

/// Serves a request.
pub(crate) async fn exchange(service: Arc<Service>, request: Incoming) -> Result<Response<Paced>, Cut> {
    let hits = lock(&service.faults).meet(&request, Instant::now());
    let (number, ended_before) = lock(&service.journal).arrive();
    let faults = hits.iter().map(|hit| hit.text.clone()).collect();
    let mut pending = Pending { service: &service, request: &request, number, ended_before, faults, open: true };
    let outcome = perform(&mut pending, &hits).await;
    let refused = hits.iter().filter_map(|hit| if let Kind::Refuse(time) = hit.kind { Some(time) } else { None }).max();
    if let Some(time) = refused {
        service.door.shut(time).await;
    }
    let mut outgoing = match outcome {
        Ok(outgoing) => outgoing,
        Err(failure) => {
            pending.close(None);
            if failure == Failure::Hang {
                std::future::pending::<()>().await;
            }
            return Err(Cut);
        }
    };
    pending.close(Some(&outgoing.reply));
    drop(pending);
    let mut delivery = None;
    for hit in hits {
        if let Kind::Deliver(how) = hit.kind {
            match how {
                Delivery::ContentType(text) => outgoing.content_type = text,
                Delivery::Truncate(_) | Delivery::Stall | Delivery::Slow(_) => delivery = Some(how),
            }
        }
    }
    Ok(respond(outgoing, delivery))
}

/// Everything up to the answer; the error is the cut or the silence that comes instead.
async fn perform(pending: &mut Pending<'_>, hits: &[Hit]) -> Result<Outgoing, Failure> {
    let (service, request) = (pending.service, pending.request);
    let latency: Duration = hits.iter().map(|hit| if let Kind::Latency(time) = hit.kind { time } else { Duration::ZERO }).sum();
    if !latency.is_zero() {
        tokio::time::sleep(latency.saturating_sub(TIMER_ROUNDS_UP)).await;
    }
    if hits.iter().any(|hit| hit.kind == Kind::ExpireToken) {
        lock(&service.auth).expire(request.authorization.as_deref());
    }
    pending.edit(hits, Moment::Before);
    if let Some(failure) = failure(hits, Moment::Before) {
        return failed(failure);
    }
    let mut reply = service.answer(request);
    pending.edit(hits, Moment::After);
    for hit in hits {
        if let Kind::Alter(alteration) = &hit.kind {
            alter(&mut reply, alteration, request);
        }
    }
    match failure(hits, Moment::After) {
        Some(failure) => failed(failure),
        None => Ok(Outgoing { reply, content_type: "application/json".to_owned(), more: Vec::new() }),
    }
}

/// The first failure of a moment.
fn failure(hits: &[Hit], when: Moment) -> Option<&Failure> {
    hits.iter().find_map(|hit| match &hit.kind {
        Kind::Fail(failure, moment) if *moment == when => Some(failure),
        Kind::Latency(_)
        | Kind::ExpireToken
        | Kind::Edit(..)
        | Kind::Rate(..)
        | Kind::Fail(..)
        | Kind::Alter(_)
        | Kind::Deliver(_)
        | Kind::Refuse(_) => None,
    })
}

fn failed(failure: &Failure) -> Result<Outgoing, Failure> {
    match failure {
        Failure::Cut | Failure::Hang => Err(failure.clone()),
        Failure::Redirect(url) => Ok(Outgoing {
            reply: Reply { status: 307, body: Vec::new() },
            content_type: "application/json".to_owned(),
            more: vec![(LOCATION, url.clone())],
        }),
        Failure::Status(status) => Ok(refusal(status)),
    }
}

fn refusal(status: &Status) -> Outgoing {
    let Status { code, body, retry_after, as_date } = status;
    let reason = hyper::StatusCode::from_u16(*code).ok().and_then(|code| code.canonical_reason()).unwrap_or("Error");
    let (body, content_type) = match body {
        ReplyBody::Json(message) => (json!({ "message": message.as_deref().unwrap_or(reason) }).to_string(), "application/json"),
        ReplyBody::Html => (format!("<html><head><title>{code} {reason}</title></head><body>{code} {reason}</body></html>\n"), "text/html"),
        ReplyBody::Empty => (String::new(), "text/plain"),
    };
    let wait = |seconds: &u64| if *as_date { http_date(*seconds) } else { seconds.to_string() };
    let more = retry_after.iter().map(|seconds| (RETRY_AFTER, wait(seconds))).collect();
    Outgoing { reply: Reply { status: *code, body: body.into_bytes() }, content_type: content_type.to_owned(), more }
}

/// The date that is so many seconds away.
fn http_date(seconds: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let at = i64::try_from(now.saturating_add(seconds)).ok().and_then(|at| DateTime::from_timestamp(at, 0)).unwrap_or_default();
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Changes an answer; pages only where there is one.
fn alter(reply: &mut Reply, alteration: &Alteration, request: &Incoming) {
    match alteration {
        Alteration::Status(status) => reply.status = *status,
        Alteration::Body(text) => reply.body = text.clone().into_bytes(),
        Alteration::NoArray
        | Alteration::RepeatToken
        | Alteration::NoToken
        | Alteration::RepeatRow
        | Alteration::LoseRow
        | Alteration::Total(_) => alter_page(reply, alteration, request),
    }
}

fn alter_page(reply: &mut Reply, alteration: &Alteration, request: &Incoming) {
    let Ok(mut page) = serde_json::from_slice::<serde_json::Value>(&reply.body) else { return };
    let Some(fields) = page.as_object_mut() else { return };
    let Some(list) = fields.iter().find(|(_, value)| value.is_array()).map(|(key, _)| key.clone()) else { return };
    if reply.status != 200 {
        return;
    }
    let rows = fields.get_mut(&list).and_then(serde_json::Value::as_array_mut);
    match alteration {
        Alteration::NoArray => {
            fields.remove(&list);
        }
        Alteration::RepeatToken => {
            let token = form_urlencoded::parse(request.query.as_bytes()).find(|(name, _)| name == "pageToken");
            let token = token.map_or_else(|| first_token(&request.path, &request.query), |(_, token)| token.into_owned());
            fields.insert("nextPageToken".to_owned(), json!(token));
        }
        Alteration::NoToken => {
            fields.insert("nextPageToken".to_owned(), json!(""));
        }
        Alteration::RepeatRow => {
            if let Some(rows) = rows
                && let Some(first) = rows.first().cloned()
            {
                rows.push(first);
            }
        }
        Alteration::LoseRow => {
            rows.map(Vec::pop);
        }
        Alteration::Total(difference) => {
            let total = fields.get("total").and_then(serde_json::Value::as_i64).unwrap_or_default();
            fields.insert("total".to_owned(), json!(total.saturating_add(*difference)));
        }
        Alteration::Status(_) | Alteration::Body(_) => {}
    }
    reply.body = page.to_string().into_bytes();
}

fn respond(outgoing: Outgoing, delivery: Option<Delivery>) -> Response<Paced> {
    let Outgoing { reply: Reply { status, body }, content_type, more } = outgoing;
    let body = match delivery {
        Some(Delivery::Truncate(bytes)) => Paced::truncated(body, bytes),
        Some(Delivery::Stall) => Paced::stalled(body),
        Some(Delivery::Slow(over)) => Paced::slow(body, over),
        Some(Delivery::ContentType(_)) | None => Paced::whole(body),
    };
    let mut built = Response::builder().status(status).header(CONTENT_TYPE, content_type);
    for (name, value) in more {
        built = built.header(name, value);
    }
    // Fails only where a fault asks for a header that cannot be sent.
    built.body(body).unwrap_or_else(|_| Response::new(Paced::whole(Vec::new())))
}

/// A request that is not in the journal yet. It gets there in any case, also if the client leaves.
struct Pending<'a> {
    service: &'a Service,
    request: &'a Incoming,
    number: u64,
    ended_before: u64,
    faults: Vec<String>,
    open: bool,
}

impl Pending<'_> {
    fn edit(&mut self, hits: &[Hit], when: Moment) {
        for hit in hits {
            if let Kind::Edit(edit, moment) = &hit.kind
                && *moment == when
                && let Err(error) = edit.apply(self.service)
            {
                self.faults.push(format!("edit failed: {error}"));
            }
        }
    }

    fn close(&mut self, reply: Option<&Reply>) {
        self.open = false;
        let Incoming { method, path, query, body, .. } = self.request;
        let mut journal = lock(&self.service.journal);
        let answer = reply.filter(|_| journal.answers).map(|reply| answer_body(path, &reply.body));
        let bytes = body.len() + reply.filter(|_| journal.answers).map_or(0, |reply| reply.body.len());
        let entry = Entry {
            number: self.number,
            ended_before: self.ended_before,
            method: method.clone(),
            path: path.clone(),
            query: query.clone(),
            status: reply.map(|reply| reply.status),
            request: request_body(self.request),
            answer,
            faults: std::mem::take(&mut self.faults),
        };
        journal.record(entry, bytes);
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if self.open {
            self.close(None);
        }
    }
}
