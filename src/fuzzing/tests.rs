//! The corpora, replayed: what fuzzing found once, and what reaches far.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, panic};

use fastrand::Rng;

use super::*;

type Check = fn(&[u8]);

/// What each target checks.
const CHECKS: [(&str, Check); 9] = [
    ("config", config),
    ("edit", edit),
    ("fix", fix),
    ("state", state),
    ("plan", plan),
    ("event", event),
    ("escape", escape),
    ("comment", comment),
    ("paths", paths),
];

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder).expect("a corpus").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{target} has no corpus");
    files.into_iter().map(|file| (file.clone(), fs::read(file).expect("readable"))).collect()
}

fn replay(target: &str, check: Check) {
    for (file, data) in corpus(target) {
        assert!(panic::catch_unwind(|| check(&data)).is_ok(), "{}", file.display());
    }
}

/// An input of the corpus with a few places changed: bytes, stretches, and pieces of other inputs.
fn mutated(inputs: &[Vec<u8>], random: &mut Rng) -> Vec<u8> {
    let mut data = inputs[random.usize(..inputs.len())].clone();
    for _ in 0..=random.usize(..6) {
        let at = random.usize(..=data.len());
        let end = (at + random.usize(..24)).min(data.len());
        match random.u8(..5) {
            0 => drop(data.drain(at..end)),
            1 => data[at..end].iter_mut().take(1).for_each(|byte| *byte = random.u8(..)),
            2 => data.insert(at, *random.choice(b"\0\t\n\r\x0c #&*-:<>?@[]`{|}~").expect("not empty")),
            3 => {
                let again = data[at..end].to_vec();
                data.splice(at..at, again);
            }
            _ => {
                let other = &inputs[random.usize(..inputs.len())];
                let from = random.usize(..=other.len());
                let piece = other[from..(from + random.usize(..40)).min(other.len())].to_vec();
                data.splice(at..at, piece);
            }
        }
    }
    data
}

/// Thirty seconds in all, without coverage: `fuzz/run` fuzzes with it. CI asks for this test by name.
#[test]
#[ignore = "takes as long as it is given"]
fn mutated_inputs_keep_every_claim() {
    let each = Duration::from_secs(30) / u32::try_from(CHECKS.len()).expect("a few");
    let seed = fastrand::u64(..);
    let mut random = Rng::with_seed(seed);
    for (target, check) in CHECKS {
        let inputs: Vec<Vec<u8>> = corpus(target).into_iter().map(|(_, data)| data).collect();
        let (start, mut count) = (Instant::now(), 0);
        while start.elapsed() < each {
            let data = mutated(&inputs, &mut random);
            assert!(panic::catch_unwind(|| check(&data)).is_ok(), "{target}, seed {seed}, input {:?}", data.escape_ascii().to_string());
            count += 1;
        }
        assert!(count > 0);
    }
}

#[test]
fn configs_are_read_or_refused_at_places_that_exist() {
    replay("config", config);
}

#[test]
fn edited_files_mean_what_was_intended() {
    replay("edit", edit);
}

#[test]
fn mended_files_mean_what_they_meant() {
    replay("fix", fix);
}

#[test]
fn states_are_read_back_and_clones_of_them_plan_as_empty() {
    replay("state", state);
}

#[test]
fn saved_plans_are_the_same_as_themselves() {
    replay("plan", plan);
}

#[test]
fn payloads_let_nobody_write_but_on_the_default_branch() {
    replay("event", event);
}

#[test]
fn any_text_is_inert_in_every_medium() {
    replay("escape", escape);
}

#[test]
fn plans_of_any_text_are_inert() {
    replay("comment", comment);
}

#[test]
fn paths_and_labels_lead_nowhere_else() {
    replay("paths", paths);
}

#[test]
fn every_target_has_a_test_that_replays_its_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/targets");
    let mut targets: Vec<String> = fs::read_dir(folder)
        .expect("targets")
        .filter_map(|entry| entry.expect("an entry").path().file_stem().map(|name| name.to_string_lossy().into_owned()))
        .collect();
    targets.sort();
    let mut checks: Vec<&str> = CHECKS.iter().map(|(target, _)| *target).collect();
    checks.sort_unstable();
    assert_eq!(targets, checks);
}
