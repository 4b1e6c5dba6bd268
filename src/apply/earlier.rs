//! What earlier runs of the same job left in the ledger: how far a run that was killed came.
//!
//! In: the file and the project. Out: the runs since the last one that succeeded, oldest first, each with its
//! writes. Lines that cannot be read are passed over: whoever was killed may have left half of one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;

use serde::Deserialize;

use super::ledger::Named;
use crate::ids::ProjectId;

/// A run that was to do what this one is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierRun {
    /// When it began, as the ledger says it.
    pub at: String,
    /// The digest of its plan.
    pub digest: String,
    /// Whether it came to its end; one that was killed did not.
    pub finished: bool,
    /// In the order in which they were sent.
    pub writes: Vec<EarlierWrite>,
}

/// A writing request of an earlier run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierWrite {
    /// The ledger's number of it, within its run.
    pub number: u64,
    /// The ledger's word for what was to be done.
    pub operation: String,
    /// The tags or systems that it is about, by name; untrusted.
    pub things: Vec<String>,
    /// The experiences or the suite that it is about, by name or else by ID; untrusted.
    pub on: Vec<String>,
    /// How it ended.
    pub end: EarlierEnd,
}

/// How a write of an earlier run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarlierEnd {
    /// As it should.
    Done,
    /// Certainly without effect, or refused.
    Failed,
    /// Nobody knows: no answer came, or none that is in the ledger.
    Unknown,
}

impl EarlierEnd {
    /// The word for people and programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// The runs for this project since the last one that succeeded; none if there is no such file yet.
///
/// # Errors
/// A file that cannot be read.
pub fn earlier_runs(ledger: &Path, project: ProjectId) -> io::Result<Vec<EarlierRun>> {
    let file = match File::open(ledger) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut runs = Runs { project: project.to_string(), known: Vec::new(), open: None };
    for line in BufReader::new(file).split(b'\n') {
        if let Ok(line) = serde_json::from_slice(&line?) {
            runs.take(line);
        }
    }
    runs.close();
    Ok(runs.known)
}

/// Any line of a ledger.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    format_version: Option<String>,
    #[serde(default)]
    at: String,
    project: Option<Project>,
    #[serde(default)]
    digest: String,
    write: Option<u64>,
    event: Option<String>,
    succeeded: Option<bool>,
    #[serde(default)]
    operation: String,
    experience: Option<Named>,
    suite: Option<Named>,
    #[serde(default)]
    tags: Vec<Named>,
    #[serde(default)]
    systems: Vec<Named>,
    #[serde(default)]
    experiences: Vec<Named>,
}

#[derive(Deserialize)]
struct Project {
    id: String,
}

struct Runs {
    project: String,
    known: Vec<EarlierRun>,
    /// The run whose lines are read, if it is one for the project, and where its writes are.
    open: Option<(EarlierRun, BTreeMap<u64, usize>)>,
}

impl Runs {
    fn take(&mut self, line: Line) {
        let Line { format_version, at, project, digest, write, event, succeeded, operation, experience, suite, tags, systems, experiences } =
            line;
        if format_version.is_some() {
            self.close();
            let ours = project.is_some_and(|project| project.id == self.project);
            self.open = ours.then(|| (EarlierRun { at, digest, finished: false, writes: Vec::new() }, BTreeMap::new()));
            return;
        }
        let Some((run, places)) = &mut self.open else { return };
        match (event.as_deref(), write) {
            (Some("sent"), Some(number)) => {
                let all = [experience, suite].into_iter().flatten().chain(experiences);
                let on = all.filter_map(|named| named.name.or(named.id)).collect();
                // Those of a creation go with it: they have no names here.
                let things = tags.into_iter().chain(systems).filter_map(|named| named.name).collect();
                places.insert(number, run.writes.len());
                run.writes.push(EarlierWrite { number, operation, things, on, end: EarlierEnd::Unknown });
            }
            (Some("finished"), _) => {
                run.finished = true;
                if succeeded == Some(true) {
                    self.known.clear();
                    self.open = None;
                }
            }
            (Some(event), Some(number)) => {
                let end = match event {
                    "done" => EarlierEnd::Done,
                    "failed" => EarlierEnd::Failed,
                    _ => EarlierEnd::Unknown,
                };
                if let Some(write) = places.get(&number).and_then(|place| run.writes.get_mut(*place)) {
                    write.end = end;
                }
            }
            (Some(_) | None, _) => {}
        }
    }

    /// A run that sent nothing has nothing to tell.
    fn close(&mut self) {
        if let Some((run, _)) = self.open.take().filter(|(run, _)| !run.writes.is_empty()) {
            self.known.push(run);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::fixtures::project;

    const HEADER: &str =
        r#"{"formatVersion":"ledger/v1","at":"T","project":{"id":"00000000-0000-0000-0000-000000000007","name":"p"},"digest":"d"}"#;
    const UPDATE: &str = r#"{"write":1,"event":"sent","at":"T","operation":"update","experience":{"id":"1","name":"a"},"fields":["name"]}"#;
    const TAG: &str = r#"{"write":2,"event":"sent","at":"T","operation":"add-tags","tags":[{"id":"2","name":"t"}],"experiences":[{"id":"1"},{"id":"3","name":"b"}]}"#;

    fn runs(lines: &[&str]) -> Vec<EarlierRun> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ledger.jsonl");
        std::fs::write(&path, lines.join("\n")).expect("written");
        earlier_runs(&path, project().id).expect("readable")
    }

    fn ends(run: &EarlierRun) -> Vec<EarlierEnd> {
        run.writes.iter().map(|write| write.end).collect()
    }

    #[test]
    fn write_without_an_end_is_of_unknown_outcome() {
        let found = runs(&[HEADER, UPDATE, TAG, r#"{"write":1,"event":"done","at":"T"}"#, r#"{"write":2,"eve"#]);
        let [run] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(ends(run), [EarlierEnd::Done, EarlierEnd::Unknown]);
        assert!(!run.finished);
        assert_eq!((&run.writes[1].things, &run.writes[1].on), (&vec!["t".to_owned()], &vec!["1".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn run_that_succeeded_ends_the_job() {
        let succeeded = r#"{"event":"finished","at":"T","succeeded":true}"#;
        let failed = r#"{"event":"finished","at":"T","succeeded":false}"#;
        assert_eq!(runs(&[HEADER, UPDATE, HEADER, UPDATE, succeeded]), []);
        let found = runs(&[HEADER, UPDATE, succeeded, HEADER, UPDATE, failed, HEADER, HEADER, TAG]);
        assert_eq!(found.iter().map(|run| run.finished).collect::<Vec<_>>(), [true, false], "{found:?}");
    }

    #[test]
    fn other_projects_and_other_files_tell_nothing() {
        assert_eq!(runs(&[&HEADER.replace("0007", "0008"), UPDATE]), []);
        assert_eq!(runs(&["experiences:", "[]", "{}", "\u{0}", UPDATE, r#"{"event":"finished"}"#]), []);
        assert_eq!(earlier_runs(Path::new("no/such/ledger"), project().id).expect("none yet"), []);
    }
}
