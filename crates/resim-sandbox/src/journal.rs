//! What was asked and answered: in memory for tests, as JSON lines for people. No credential is in it.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use serde_json::{Map, Value, json};
use tokio::sync::watch;

use crate::service::Incoming;

/// The most entries in memory, and the most bytes of bodies in them: older ones are forgotten.
const MOST_ENTRIES: usize = 200_000;
const MOST_BYTES: usize = 256 * 1024 * 1024;

/// Form fields of a token request that are no secret.
const PLAIN_FIELDS: [&str; 6] = ["grant_type", "client_id", "audience", "realm", "username", "scope"];

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Counts requests as they arrived, from 1.
    pub number: u64,
    /// How many requests had ended when it arrived: it may depend on those, and on no others.
    pub ended_before: u64,
    /// Upper case.
    pub method: String,
    /// As sent, up to the question mark.
    pub path: String,
    /// As sent, after it; empty for none.
    pub query: String,
    /// The status sent; `None` if no answer was, or the client left before.
    pub status: Option<u16>,
    /// The body: JSON, a form as an object, other text as a string, `null` for none. Secrets of token
    /// requests are `***`.
    pub request: Value,
    /// The body of the answer, where `journal-answers=yes` was set; tokens are `***`.
    pub answer: Option<Value>,
    /// The faults that hit, as they were given, in their order; edits that failed say so.
    pub faults: Vec<String>,
}

impl Entry {
    /// The line of the journal file.
    pub fn to_json(&self) -> Value {
        let Self { number, ended_before, method, path, query, status, request, answer, faults } = self;
        let mut line = json!({
            "number": number,
            "endedBefore": ended_before,
            "method": method,
            "path": path,
            "query": query,
            "status": status,
            "request": request,
            "faults": faults,
        });
        if let (Some(answer), Some(line)) = (answer, line.as_object_mut()) {
            line.insert("answer".to_owned(), answer.clone());
        }
        line
    }
}

/// All requests so far.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    /// Whether bodies of answers are kept.
    pub(crate) answers: bool,
    arrived: u64,
    ended: u64,
    entries: VecDeque<(usize, Entry)>,
    bytes: usize,
    file: Option<File>,
    failure: Option<String>,
    /// Changes with each entry.
    recorded: watch::Sender<()>,
}

impl Journal {
    /// Writes to a file from now on, replacing it; only its owner may read it.
    pub(crate) fn open(&mut self, path: &Path) -> Result<(), String> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| error.to_string())?;
        #[cfg(unix)]
        if file.metadata().is_ok_and(|metadata| metadata.is_file()) {
            // One that was there before may have let others read; a foreign one stays as it is.
            let _ = file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
        }
        self.file = Some(file);
        Ok(())
    }

    /// The number of a request that arrives, and how many have ended before.
    pub(crate) fn arrive(&mut self) -> (u64, u64) {
        self.arrived += 1;
        (self.arrived, self.ended)
    }

    /// Keeps an entry, and writes its line at once.
    pub(crate) fn record(&mut self, entry: Entry, bytes: usize) {
        self.ended += 1;
        if let Some(file) = &mut self.file {
            let line = format!("{}\n", entry.to_json());
            if let Err(error) = file.write_all(line.as_bytes()) {
                self.failure.get_or_insert(error.to_string());
            }
        }
        self.bytes += bytes;
        self.entries.push_back((bytes, entry));
        while self.entries.len() > MOST_ENTRIES || (self.bytes > MOST_BYTES && self.entries.len() > 1) {
            self.bytes -= self.entries.pop_front().map_or(0, |(bytes, _)| bytes);
        }
        self.recorded.send_replace(());
    }

    /// Tells of every entry from now on.
    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.recorded.subscribe()
    }

    /// The first entry in memory that fits, in the order in which they were recorded.
    pub(crate) fn find(&self, fits: impl Fn(&Entry) -> bool) -> Option<Entry> {
        self.entries.iter().map(|(_, entry)| entry).find(|entry| fits(entry)).cloned()
    }

    /// All entries in memory, in the order of arrival.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = self.entries.iter().map(|(_, entry)| entry.clone()).collect();
        entries.sort_by_key(|entry| entry.number);
        entries
    }

    /// Forgets the entries in memory.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }

    /// Why a line could not be written, if one could not.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }
}

/// The body of a request as the journal shows it.
pub(crate) fn request_body(request: &Incoming) -> Value {
    let Incoming { path, body, json_body, .. } = request;
    if body.is_empty() {
        return Value::Null;
    }
    if !is_token_path(path) {
        return readable(body);
    }
    let fields: Map<String, Value> = if *json_body {
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => map,
            _ => return json!("***"),
        }
    } else {
        form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect()
    };
    let masked = |(name, value): (String, Value)| if PLAIN_FIELDS.contains(&name.as_str()) { (name, value) } else { (name, json!("***")) };
    Value::Object(fields.into_iter().map(masked).collect())
}

/// The body of an answer as the journal shows it.
pub(crate) fn answer_body(path: &str, body: &[u8]) -> Value {
    let mut value = if body.is_empty() { Value::Null } else { readable(body) };
    if is_token_path(path)
        && let Some(token) = value.get_mut("access_token")
    {
        *token = json!("***");
    }
    value
}

fn is_token_path(path: &str) -> bool {
    path.starts_with("/oauth/")
}

fn readable(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()))
}
