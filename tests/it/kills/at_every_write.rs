//! Killed at a write, before its effect or after it, and run again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::world;
use crate::support::{Folder, Program, Server, comparable};

/// Set to anything: every write, one after another and many at once. Without it, the first and the last of each kind.
const EVERY_WRITE: &str = "KILL_AT_EVERY_WRITE";

/// A moment of an apply.
#[derive(Clone, Copy, Debug)]
struct Kill {
    /// The write that never gets an answer, counted from 1, and all after it.
    write: usize,
    /// Whether they take effect.
    after_effect: bool,
    parallel: &'static str,
}

fn apply(folder: &Folder, server: &Server, parallel: &str) -> Program {
    let args = ["apply", "--create-missing", "--ledger", "ledger.jsonl", "--format", "json", "--parallel", parallel];
    Program::new(folder, &args).with(server)
}

/// What an apply that nobody disturbs makes of the project, and its writes.
struct Undisturbed {
    before: Value,
    after: Value,
    writes: Vec<Value>,
}

fn undisturbed() -> Undisturbed {
    let (server, folder) = world::start(&[]);
    let before = server.state();
    let report: Value = serde_json::from_str(&apply(&folder, &server, "1").ends_with(0).stdout).expect("JSON");
    assert_eq!(report["succeeded"], true);
    let actions = report["actions"].as_array().expect("a list");
    assert!(actions.len() >= world::CHANGES, "{}", report["counts"]);
    assert!(actions.iter().any(|action| action["write"]["kind"] == "park"), "the swap needs a name in between");
    let state = server.state();
    Undisturbed { after: comparable(&state, &before), writes: server.writes(), before }
}

/// What a request does, without the IDs in it.
fn kind(write: &Value) -> String {
    let path = write["path"].as_str().expect("a path");
    let words: Vec<&str> = path.split('/').skip(4).map(|word| if word.len() == 36 { "*" } else { word }).collect();
    format!("{} {}", write["method"].as_str().expect("a method"), words.join("/"))
}

/// Whether a request had its effect.
fn had_effect(write: &Value) -> bool {
    let lost =
        write["faults"].as_array().into_iter().flatten().any(|fault| fault.as_str().is_some_and(|fault| fault.ends_with("=hang-after")));
    write["status"].as_u64().map_or(lost, |status| (200..300).contains(&status))
}

/// How often each creation, restore and suite's revision had its effect.
fn made(writes: &[Value]) -> BTreeMap<String, usize> {
    let mut made = BTreeMap::new();
    for write in writes.iter().filter(|write| had_effect(write)) {
        let kind = kind(write);
        if ["POST experiences", "POST experienceTags", "POST suites"].contains(&kind.as_str()) {
            *made.entry(format!("{kind} {}", write["request"]["name"])).or_default() += 1;
        } else if kind.ends_with("/restore") || kind.starts_with("PATCH suites/") {
            *made.entry(write["path"].to_string()).or_default() += 1;
        }
    }
    made
}

/// What the first run's ledger says, as a reader takes it who knows nothing but the format: by number, the operation
/// and how it ended.
fn ledger(folder: &Folder) -> BTreeMap<u64, (String, &'static str)> {
    let mut writes = BTreeMap::new();
    let text = folder.read("ledger.jsonl");
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("whole lines"));
    assert_eq!(lines.next().expect("a header")["formatVersion"], "ledger/v1");
    for line in lines {
        let number = line["write"].as_u64().expect("a number");
        match line["event"].as_str() {
            Some("sent") => {
                writes.insert(number, (line["operation"].as_str().expect("a word").to_owned(), "unknown"));
            }
            Some("done") => writes.get_mut(&number).expect("it was sent").1 = "done",
            other => panic!("{other:?} in {text}"),
        }
    }
    writes
}

/// The same from the report of the next run.
fn told(report: &Value) -> BTreeMap<u64, (String, &str)> {
    let [run] = report["earlier"].as_array().expect("a list").as_slice() else { panic!("{}", report["earlier"]) };
    assert_eq!(run["finished"], false);
    let word = |write: &'_ Value, field: &str| write[field].as_str().expect("a word").to_owned();
    let end = |write: &Value| if write["outcome"] == "done" { "done" } else { "unknown" };
    let writes = run["writes"].as_array().expect("a list").iter();
    writes.map(|write| (write["write"].as_u64().expect("a number"), (word(write, "operation"), end(write)))).collect()
}

fn survives(kill: Kill, undisturbed: &Undisturbed) {
    let Kill { write, after_effect, parallel } = kill;
    let fault = format!("WRITE projects/**#{write}-=hang-{}", if after_effect { "after" } else { "before" });
    let (server, folder) = world::start(&[&fault]);
    let mut child = apply(&folder, &server, parallel).start();
    server.wait_for_fault(&fault);
    child.kill().expect("it is running");
    let killed = child.wait_with_output().expect("it ends");
    assert_eq!((killed.status.code(), killed.stdout.as_slice()), (None, &b""[..]), "{kill:?}: it had no time to say anything");

    let ledger = ledger(&folder);
    let ended = |end: &str| ledger.values().filter(|write| write.1 == end).count();
    let arrived = server.writes();
    let answered = arrived.iter().filter(|write| write["status"].is_u64()).count();
    assert!(ended("done") <= answered && arrived.len() <= ledger.len(), "{kill:?}: {ledger:?}");
    if parallel == "1" {
        assert_eq!((ended("done"), ended("unknown")), (write - 1, 1), "{kill:?}: {ledger:?}");
    }

    server.clear_faults();
    let again = apply(&folder, &server, "16").ends_with(0);
    let report: Value = serde_json::from_str(&again.stdout).expect("JSON");
    assert_eq!(report["succeeded"], true, "{kill:?}");
    assert_eq!(told(&report), ledger, "{kill:?}");
    let words = format!("{} of unknown outcome", ended("unknown"));
    assert!(again.stderr.contains("was killed") && again.stderr.contains(&words), "{kill:?}: {}", again.stderr);
    let state = server.state();
    assert_eq!(comparable(&state, &undisturbed.before), undisturbed.after, "{kill:?}");

    let names: Vec<&str> = state["experiences"].as_array().into_iter().flatten().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{kill:?}: {names:?}");
    assert_eq!(made(&server.writes()), made(&undisturbed.writes), "{kill:?}");

    Program::new(&folder, &["plan", "--create-missing", "--detailed-exitcode"]).with(&server).ends_with(0);
}

/// Before the first write of each kind, and after the last.
fn telling(writes: &[Value]) -> Vec<Kill> {
    let mut places: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (index, write) in writes.iter().enumerate() {
        places.entry(kind(write)).or_insert((index + 1, index + 1)).1 = index + 1;
    }
    let parallel = |write: usize| if write.is_multiple_of(2) { "1" } else { "16" };
    let kills = places.into_values().flat_map(|(first, last)| [(first, false), (last, true)]);
    kills.map(|(write, after_effect)| Kill { write, after_effect, parallel: parallel(write) }).collect()
}

#[test]
fn killed_apply_is_completed_by_the_next_one() {
    let undisturbed = undisturbed();
    let count = undisturbed.writes.len();
    let kills: Vec<Kill> = if std::env::var_os(EVERY_WRITE).is_some() {
        let moments = (1..=count).flat_map(|write| [(write, false), (write, true)]);
        moments.flat_map(|(write, after_effect)| ["1", "16"].map(|parallel| Kill { write, after_effect, parallel })).collect()
    } else {
        telling(&undisturbed.writes)
    };
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(kill) = kills.get(next.fetch_add(1, Ordering::Relaxed)) {
                    survives(*kill, &undisturbed);
                }
            });
        }
    });
}
