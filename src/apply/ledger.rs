//! The ledger: what an apply sent, on disk before it is sent, and how it ended, on disk before anything
//! that needs it is sent.
//!
//! A file of JSON lines that only ever grows; mode 0600 where there are modes; `schemas/ledger-v1.schema.json`
//! describes a line. Each run begins with a header:
//!
//! ```json
//! {"formatVersion":"ledger/v1","at":"2026-01-31T12:00:00Z","project":{"id":"…","name":"…"},"digest":"…"}
//! ```
//!
//! Each writing request is two lines, told apart by `event` and brought together by `write`, which counts
//! from 1 in each run. The first names what it is about, the second how it ended:
//!
//! ```json
//! {"write":1,"event":"sent","at":"…","operation":"update","experience":{"id":"…","name":"…"},"fields":["profile"]}
//! {"write":1,"event":"done","at":"…"}
//! {"write":2,"event":"sent","at":"…","operation":"add-tags","tags":[{"id":"…","name":"…"}],"experiences":[{"id":"…","name":"…"}]}
//! {"write":2,"event":"failed","at":"…","status":409}
//! ```
//!
//! `event` is `sent`, then `done`, `failed` (certainly without effect, or the server said so) or `unknown`
//! (no answer was understood). A `sent` without a second line was under way when the run was killed. Names
//! are those of the outcome; IDs are absent for what does not exist yet. Values of fields and words of the
//! server are never written: they may be secret. The last line of a run that was not killed says whether the
//! job is done:
//!
//! ```json
//! {"event":"finished","at":"…","succeeded":false}
//! ```

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use chrono::{SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use crate::private_file;
use crate::snapshot::Project;

/// The version of the format.
const FORMAT: &str = "ledger/v1";

/// An open ledger. Lines that come together share one flush, so that safety costs little time.
#[derive(Debug)]
pub(crate) struct Ledger {
    lines: mpsc::UnboundedSender<(Vec<u8>, oneshot::Sender<io::Result<()>>)>,
}

/// Something with a name and perhaps an ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Named {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

/// What a writing request is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Sent {
    pub(crate) operation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) experience: Option<Named>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parking: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) suite: Option<Named>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) fields: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<Named>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) systems: Vec<Named>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) experiences: Vec<Named>,
}

/// How a writing request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Done,
    /// With the HTTP status, if there was an answer.
    Failed(Option<u16>),
    Unknown(Option<u16>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Header<'a> {
    format_version: &'static str,
    at: String,
    project: ProjectLine<'a>,
    digest: &'a str,
}

#[derive(Serialize)]
struct ProjectLine<'a> {
    id: String,
    name: &'a str,
}

#[derive(Serialize)]
struct SentLine<'a> {
    write: u64,
    event: &'static str,
    at: String,
    #[serde(flatten)]
    sent: &'a Sent,
}

#[derive(Serialize)]
struct EndedLine {
    write: u64,
    event: &'static str,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
}

#[derive(Serialize)]
struct FinishedLine {
    event: &'static str,
    at: String,
    succeeded: bool,
}

impl Ledger {
    /// Opens or makes the file and writes the header of this run.
    pub(crate) fn open(path: &Path, project: &Project, digest: &str) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(path)?;
        private_file::restrict(&file);
        end_last_line(&mut file)?;
        let project = ProjectLine { id: project.id.to_string(), name: &project.name };
        let header = Header { format_version: FORMAT, at: now(), project, digest };
        file.write_all(&line(&header)?)?;
        file.sync_data()?;
        let (lines, receiver) = mpsc::unbounded_channel();
        std::thread::Builder::new().name("ledger".to_owned()).spawn(move || keep(&mut file, receiver))?;
        Ok(Self { lines })
    }

    /// One that cannot be written.
    #[cfg(test)]
    pub(crate) fn broken() -> Self {
        Self { lines: mpsc::unbounded_channel().0 }
    }

    /// Records that a request is about to be sent; it is on disk when this returns.
    pub(crate) async fn sent(&self, write: u64, sent: &Sent) -> io::Result<()> {
        self.append(line(&SentLine { write, event: "sent", at: now(), sent })?).await
    }

    /// Records how a request ended; it is on disk when this returns.
    pub(crate) async fn ended(&self, write: u64, ended: Ended) -> io::Result<()> {
        let (event, status) = match ended {
            Ended::Done => ("done", None),
            Ended::Failed(status) => ("failed", status),
            Ended::Unknown(status) => ("unknown", status),
        };
        self.append(line(&EndedLine { write, event, at: now(), status })?).await
    }

    /// Records that the run has come to its end, and whether nothing is left to do.
    pub(crate) async fn finished(&self, succeeded: bool) -> io::Result<()> {
        self.append(line(&FinishedLine { event: "finished", at: now(), succeeded })?).await
    }

    async fn append(&self, line: Vec<u8>) -> io::Result<()> {
        let (written, result) = oneshot::channel();
        let gone = || io::Error::other("the ledger is closed");
        self.lines.send((line, written)).map_err(|_| gone())?;
        result.await.map_err(|_| gone())?
    }
}

/// A run that was killed may have left half a line: the next begins on one of its own.
fn end_last_line(file: &mut File) -> io::Result<()> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(());
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" { Ok(()) } else { file.write_all(b"\n") }
}

/// Writes lines until nobody is left to send any; all that wait are written and flushed together.
fn keep(file: &mut File, mut lines: mpsc::UnboundedReceiver<(Vec<u8>, oneshot::Sender<io::Result<()>>)>) {
    let mut waiting = Vec::new();
    while let Some(first) = lines.blocking_recv() {
        let mut bytes = Vec::new();
        let mut next = Some(first);
        while let Some((line, written)) = next {
            bytes.extend_from_slice(&line);
            waiting.push(written);
            next = lines.try_recv().ok();
        }
        let result = file.write_all(&bytes).and_then(|()| file.sync_data());
        for written in waiting.drain(..) {
            let copy = result.as_ref().copied().map_err(|error| io::Error::new(error.kind(), error.to_string()));
            // Whoever stopped waiting has no use for the answer.
            let _ = written.send(copy);
        }
    }
}

fn line(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::fixtures::project;

    fn events(path: &Path) -> Vec<String> {
        let text = std::fs::read_to_string(path).expect("a ledger");
        let parse = |line: &str| {
            serde_json::from_str::<serde_json::Value>(line).map_or_else(
                |_| "broken".to_owned(),
                |value| value.get("event").or_else(|| value.get("formatVersion")).and_then(|word| word.as_str()).unwrap_or("?").to_owned(),
            )
        };
        text.lines().map(parse).collect()
    }

    #[tokio::test]
    async fn every_write_is_on_disk_before_and_after() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ledger.jsonl");
        let ledger = Ledger::open(&path, &project(), "00ff").expect("opened");
        assert_eq!(events(&path), ["ledger/v1"]);
        ledger.sent(1, &Sent { operation: "archive", ..Sent::default() }).await.expect("written");
        assert_eq!(events(&path), ["ledger/v1", "sent"]);
        ledger.ended(1, Ended::Failed(Some(409))).await.expect("written");
        assert_eq!(events(&path), ["ledger/v1", "sent", "failed"]);
        let last = std::fs::read_to_string(&path).expect("text").lines().last().map(str::to_owned).expect("a line");
        assert!(last.starts_with(r#"{"write":1,"event":"failed","at":""#) && last.ends_with(r#"Z","status":409}"#), "{last}");
    }

    #[tokio::test]
    async fn later_run_appends_on_a_line_of_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ledger.jsonl");
        std::fs::write(&path, "{\"formatVersion\":\"ledger/v1\"}\n{\"write\":1,\"eve").expect("half a line");
        drop(Ledger::open(&path, &project(), "00").expect("opened"));
        drop(Ledger::open(&path, &project(), "00").expect("opened"));
        assert_eq!(events(&path), ["ledger/v1", "broken", "ledger/v1", "ledger/v1"]);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ledger.jsonl");
        let _ledger = Ledger::open(&path, &project(), "00").expect("opened");
        assert_eq!(std::fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
    }
}
