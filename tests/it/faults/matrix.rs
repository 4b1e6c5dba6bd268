//! Every kind of request meets every class of fault.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::cell::{Cell, Scout, apply};
use super::classes::classes;
use super::kinds::{Kind, Nature, kinds};
use super::rules::{Often, expected};
use super::scenario::{CONFIG, EFFECTS, before, comparable, holds};
use crate::support::{Folder, Program, Server};

/// Most of them wait most of the time.
const AT_ONCE: usize = 48;

#[test]
fn every_fault_ends_as_the_rules_say_and_the_next_run_does_the_rest() {
    let (kinds, classes) = (kinds(), classes());
    let scout = scout(&kinds);
    let mut cells = Vec::new();
    for kind in &kinds {
        for class in &classes {
            let ends = [Often::Once, Often::Always].map(|often| (often, expected(kind, class, often)));
            for (often, expected) in ends {
                // A lasting fault that must come out like a single one shows nothing new, and neither does each way in
                // which a read can fail to pass.
                let same = ends[0].1 == expected || (class.variant && !matches!(kind.nature, Nature::Write(_)));
                if let Some(expected) = expected
                    && (often == Often::Once || !same)
                {
                    cells.push(Cell { kind, class, often, expected });
                }
            }
        }
    }
    // Whatever takes longest begins first.
    cells.sort_by_key(|cell| (cell.often == Often::Once, !matches!(cell.kind.nature, Nature::Write(_))));
    let (next, complaints) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(cell) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = cell.play(&scout);
                    if !found.is_empty() {
                        complaints.lock().expect("no thread died").insert(cell.name(), (cell.expected, found));
                    }
                }
            });
        }
    });
    let complaints = complaints.into_inner().expect("no thread died");
    let told: Vec<String> =
        complaints.iter().map(|(name, (expected, found))| format!("{name}: {expected:?}\n    {}", found.join("\n    "))).collect();
    assert!(told.is_empty(), "{} of {} cells:\n{}", told.len(), cells.len(), told.join("\n"));
    assert!(cells.len() > 500, "the table has shrunk to {} cells", cells.len());
}

/// Without faults everything is done, one request after another, and a plan is empty afterwards.
fn scout(kinds: &[Kind]) -> Scout {
    // They do nothing but tell in the journal which requests fit.
    let marks: Vec<String> = kinds.iter().map(|kind| format!("{}=latency:0ms", kind.request)).collect();
    let server = Server::start(Some(&before().to_string()), &marks.iter().map(String::as_str).collect::<Vec<_>>());
    let folder = Folder::with_config(CONFIG);
    let missing = EFFECTS.iter().filter(|effect| holds(effect.key, &before()));
    assert_eq!(missing.map(|effect| effect.key).collect::<Vec<_>>(), [""; 0], "everything is yet to be done");
    apply(&server, &folder).args(&["--parallel", "1"]).ends_with(0);
    let state = server.state();
    let done = EFFECTS.iter().filter(|effect| !holds(effect.key, &state));
    assert_eq!(done.map(|effect| effect.key).collect::<Vec<_>>(), [""; 0], "everything is done");
    let journal = server.journal();
    Program::new(&folder, &["plan", "--detailed-exitcode"]).with(&server).ends_with(0);
    let turns = kinds.iter().zip(&marks).map(|(kind, mark)| {
        let hit = journal.iter().filter(|entry| entry["faults"].as_array().is_some_and(|faults| faults.iter().any(|fault| fault == mark)));
        // A name is looked up in place of an ID, in the same turn.
        let project = (kind.name == "projects").then_some(2);
        (kind.name, project.into_iter().chain(hit.filter_map(|entry| entry["number"].as_u64())).collect())
    });
    Scout { wanted: comparable(&state), turns: turns.collect() }
}
