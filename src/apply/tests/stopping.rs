//! Runs that are stopped or killed: what is under way, what is never begun, and that the next run completes the job.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{Notify, watch};

use super::world::{Planned, never};
use super::*;
use crate::apply::execute::{Grace, execute};
use crate::apply::ledger::Ledger;
use crate::apply::schedule::schedule;
use crate::apply::{Interrupt, Outcome, Stop, Verification};
use crate::progress::{Progress, Silent};

const INT: Stop = Stop { signal: Interrupt::Int, hurry: false };
const TERM: Stop = Stop { signal: Interrupt::Term, hurry: false };
const HURRY: Stop = Stop { signal: Interrupt::Int, hurry: true };

/// Nobody waits for what hangs; or everybody for what does not.
const NO_GRACE: Grace = Grace { long: Duration::ZERO, short: Duration::ZERO };
const PATIENT: Grace = Grace { long: Duration::from_secs(600), short: Duration::ZERO };

/// Asks to stop once so many actions have ended.
struct StopAfter {
    done: usize,
    sender: watch::Sender<Option<Stop>>,
}

impl StopAfter {
    fn new(done: usize) -> (Self, watch::Receiver<Option<Stop>>) {
        let (sender, receiver) = watch::channel(None);
        (Self { done, sender }, receiver)
    }
}

impl Progress for StopAfter {
    fn begin(&self, _stage: &str, _total: Option<usize>) {}
    fn advance(&self, done: usize) {
        if done == self.done {
            self.sender.send_replace(Some(INT));
        }
    }
    fn end(&self) {}
}

fn config(descriptions: &[&str]) -> String {
    let entries = descriptions
        .iter()
        .enumerate()
        .map(|(index, text)| format!("- {{name: e{index}, description: {text}, locations: [s3://x/{index}]}}\n"));
    format!("experiences:\n{}", entries.collect::<String>())
}

#[tokio::test]
async fn stopped_before_it_begins_nothing_is_attempted() {
    let world = World::new(&config(&["d"])).await;
    let planned = world.plan(&config(&["D", "new"])).await;
    let (_sender, stop) = watch::channel(Some(TERM));
    let report = world.carry_out(&planned, None, stop).await;
    assert_eq!(outcomes(&report), ["update e0 description: not attempted", "create e1: not attempted"]);
    assert_eq!((report.interrupted, report.verification.clone()), (Some(Interrupt::Term), Verification::NotNeeded));
    assert_eq!(world.writes(), [""; 0]);
    assert!(!report.succeeded());
}

#[tokio::test]
async fn what_is_in_flight_when_the_grace_ends_is_unknown_and_the_rest_is_not_begun() {
    let world = World::with(&config(&["d", "d", "d", "d"]), 2, Duration::from_secs(600)).await;
    let planned = world.plan(&config(&["hangs", "D", "D", "D"])).await;
    world.fault("PATCH experiences/*~hangs=hang-before");
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = folder.path().join("ledger");
    let (progress, stop) = StopAfter::new(1);
    let report = world.carry_out_told(&planned, Some(&ledger), stop, &progress, NO_GRACE).await;
    assert_eq!(
        outcomes(&report),
        [
            "update e0 description: unknown",
            "update e1 description: done",
            "update e2 description: not attempted",
            "update e3 description: not attempted",
        ]
    );
    assert_eq!(report.interrupted, Some(Interrupt::Int));
    assert!(matches!(report.verification, Verification::NotRead(_)));
    assert_eq!(events(&ledger).into_iter().filter(|event| event.ends_with("unknown")).count(), 1);
}

#[tokio::test]
async fn what_is_in_flight_may_end_within_the_grace() {
    let world = World::with(&config(&["d", "d", "d"]), 2, Duration::from_secs(600)).await;
    let planned = world.plan(&config(&["slow", "D", "D"])).await;
    world.fault("PATCH experiences/*~slow=latency:50ms");
    let (progress, stop) = StopAfter::new(1);
    let report = world.carry_out_told(&planned, None, stop, &progress, PATIENT).await;
    assert_eq!(outcomes(&report), ["update e0 description: done", "update e1 description: done", "update e2 description: not attempted"]);
}

#[tokio::test]
async fn second_signal_and_termination_shorten_the_grace() {
    for wishes in [[INT, HURRY], [TERM, TERM]] {
        let world = World::new(&config(&["d"])).await;
        let planned = world.plan(&config(&["hangs"])).await;
        world.fault("PATCH experiences/*=hang-before");
        let (sender, stop) = watch::channel(None);
        let wish = async {
            for wish in wishes {
                // Others have their turn in between.
                for _ in 0..1000 {
                    tokio::task::yield_now().await;
                }
                sender.send_replace(Some(wish));
            }
            std::future::pending::<()>().await
        };
        let report = tokio::select! {
            report = world.carry_out_told(&planned, None, stop, &Silent, PATIENT) => report,
            () = wish => unreachable!(),
        };
        let Outcome::Unknown(why) = &report.actions[0].outcome else { panic!("{:?}", outcomes(&report)) };
        assert!(why.contains("stopped before its answer"), "{why}");
        assert_eq!(report.interrupted, Some(wishes[0].signal));
    }
}

#[tokio::test]
async fn bulk_request_that_is_taken_apart_stops_between_its_parts() {
    let world = World::with(&format!("{}managedExperienceTags: [t]", config(&["d", "d", "d", "d"])), 1, Duration::from_secs(600)).await;
    world.fault("POST experienceTags/addExperiences=409");
    let wanted = config(&["d", "d", "d", "d"]).replace("]}", "], tags: [t]}");
    let planned = world.plan(&format!("{wanted}managedExperienceTags: [t]")).await;
    let (sender, stop) = watch::channel(None);
    // The wish comes while the refused request is looked into.
    world.fault("GET experienceTags/*/experiences#1=latency:20ms");
    let carry_out = world.carry_out_told(&planned, None, stop, &Silent, PATIENT);
    let wish = async {
        while world.writes().is_empty() {
            tokio::task::yield_now().await;
        }
        sender.send_replace(Some(INT));
    };
    let (report, ()) = tokio::join!(carry_out, wish);
    assert_eq!(outcomes(&report), ["e0 +t: not attempted", "e1 +t: not attempted", "e2 +t: not attempted", "e3 +t: not attempted"]);
    assert_eq!(report.verification, Verification::NotNeeded);
}

const SWAP: &str = "experiences:
- {name: a, description: d, locations: [s3://x/a]}
- {name: b, description: d, locations: [s3://x/b]}
- {name: z, description: d, locations: [s3://x/z]}
";

/// The two names change hands, each with another field, and something else changes too.
fn swapped(world: &World) -> String {
    let id = |name: &str| world.row("experiences", name)["id"].as_str().expect("an ID").to_owned();
    format!(
        "experiences:
- {{name: b, description: D, locations: [s3://x/a], experienceID: {}}}
- {{name: a, description: D, locations: [s3://x/b], experienceID: {}}}
- {{name: z, description: D, locations: [s3://x/z]}}
",
        id("a"),
        id("b")
    )
}

#[tokio::test]
async fn opened_cycle_of_renames_is_ended_after_the_signal() {
    let world = World::with(SWAP, 1, Duration::from_secs(600)).await;
    let wanted = swapped(&world);
    let planned = world.plan(&wanted).await;
    let (progress, stop) = StopAfter::new(1);
    let report = world.carry_out_told(&planned, None, stop, &progress, PATIENT).await;
    let ended: Vec<String> = outcomes(&report).iter().map(|outcome| outcome.split(": ").last().unwrap_or_default().to_owned()).collect();
    assert_eq!(ended, ["done", "done", "done", "not attempted"], "{:?}", outcomes(&report));
    world.assert_converged(&wanted.replace("z, description: D", "z, description: d")).await;
}

#[tokio::test]
async fn cycle_that_was_not_opened_is_left_alone_after_the_signal() {
    let world = World::with(SWAP, 1, Duration::from_secs(600)).await;
    let planned = world.plan(&swapped(&world)).await;
    let (_sender, stop) = watch::channel(Some(INT));
    let report = world.carry_out(&planned, None, stop).await;
    assert!(outcomes(&report)[0].starts_with("park"), "{:?}", outcomes(&report));
    assert!(outcomes(&report).iter().all(|outcome| outcome.ends_with("not attempted")), "{:?}", outcomes(&report));
}

#[tokio::test]
async fn interrupt_during_the_second_read_leaves_it_unread() {
    struct StopWhenReading(watch::Sender<Option<Stop>>);
    impl Progress for StopWhenReading {
        fn begin(&self, stage: &str, _total: Option<usize>) {
            if stage == "reading again" {
                self.0.send_replace(Some(INT));
            }
        }
        fn advance(&self, _done: usize) {}
        fn end(&self) {}
    }
    let world = World::new(&config(&["d"])).await;
    let planned = world.plan(&config(&["D"])).await;
    world.fault("GET **=hang-before");
    let (sender, stop) = watch::channel(None);
    let report = world.carry_out_told(&planned, None, stop, &StopWhenReading(sender), NO_GRACE).await;
    assert_eq!(outcomes(&report), ["update e0 description: done"]);
    assert_eq!(report.interrupted, Some(Interrupt::Int));
    assert_eq!(report.verification, Verification::NotRead("the run was interrupted".to_owned()));
}

/// Everything at once: a swap, a restore, creations with a new tag, tags, systems, suites, an archive.
const BEFORE: &str = "experiences:
- {name: a, description: d, locations: [s3://x/a], tags: [t]}
- {name: b, description: d, locations: [s3://x/b]}
- {name: gone, description: d, locations: [s3://x/g]}
- {name: back, description: d, locations: [s3://x/back]}
managedExperienceTags: [t]
managedTestSuites: [{name: S, system: sys, experiences: [a, gone]}]
";

fn after(world: &World) -> String {
    let id = |name: &str| world.row("experiences", name)["id"].as_str().expect("an ID").to_owned();
    format!(
        "experiences:
- {{name: b, description: D, locations: [s3://x/a], experienceID: {}}}
- {{name: a, description: D, locations: [s3://x/b], experienceID: {}, tags: [t, u], systems: [sys]}}
- {{name: back, description: D, locations: [s3://x/back], tags: [t]}}
- {{name: n, description: d, locations: [s3://x/n], tags: [u], systems: [sys]}}
- {{name: m, description: d, locations: [s3://x/m]}}
managedExperienceTags: [t, u]
managedTestSuites:
- {{name: S, experiences: [a, n, back]}}
- {{name: T, system: sys, experiences: [b, m]}}
",
        id("a"),
        id("b")
    )
}

/// Breaks a run off when so many actions have ended: whatever is in flight then is cut.
async fn killed_after(world: &World, planned: &Planned, done: usize, ledger: &Path) {
    struct Kill(usize, Notify);
    impl Progress for Kill {
        fn begin(&self, _stage: &str, _total: Option<usize>) {}
        fn advance(&self, done: usize) {
            if done >= self.0 {
                self.1.notify_one();
            }
        }
        fn end(&self) {}
    }
    let kill = Kill(done, Notify::new());
    tokio::select! {
        biased;
        () = kill.1.notified() => {}
        _ = world.carry_out_told(planned, Some(ledger), never(), &kill, NO_GRACE) => {}
    }
}

#[tokio::test]
async fn killed_anywhere_the_next_run_completes_the_job_and_makes_nothing_twice() {
    for parallel in [1, 16] {
        for done in 0..16 {
            let world = World::with(BEFORE, parallel, Duration::from_secs(600)).await;
            world.edit("POST experiences/archive {\"experienceIDs\": [\"{experience:back}\"]}");
            let wanted = after(&world);
            let folder = tempfile::tempdir().expect("a folder");
            let planned = world.plan(&wanted).await;
            killed_after(&world, &planned, done, &folder.path().join("ledger")).await;
            let report = world.apply(&wanted).await;
            assert!(report.succeeded(), "{parallel} {done}: {:?}", outcomes(&report));
            world.assert_converged(&wanted).await;
            assert_eq!(["experiences", "tags", "suites"].map(|list| world.rows(list).len()), [6, 2, 2], "{parallel} {done}");
            assert_eq!(world.row("suites", "S")["revision"], 1, "{parallel} {done}");
            assert_eq!(world.row("suites", "T")["revision"], 0, "{parallel} {done}");
        }
    }
}

#[tokio::test]
async fn swap_that_was_cut_after_its_parking_is_ended_by_the_next_plan() {
    let world = World::new(SWAP).await;
    let wanted = swapped(&world);
    let report = {
        world.fault("PATCH experiences/*#2-=400");
        world.apply(&wanted).await
    };
    assert!(outcomes(&report)[0].starts_with("park"), "{:?}", outcomes(&report));
    let names: Vec<String> = world.rows("experiences").iter().map(|row| row["name"].to_string()).collect();
    assert!(names.iter().any(|name| name.contains('~')), "{names:?}");
    world.sandbox.clear_faults();
    let report = world.apply(&wanted).await;
    assert!(report.succeeded() && !outcomes(&report)[0].starts_with("park"), "{:?}", outcomes(&report));
    world.assert_converged(&wanted).await;
}

/// The ledger's lines, as operation or end.
fn events(ledger: &Path) -> Vec<String> {
    let schema = serde_json::from_str(include_str!("../../../schemas/ledger-v1.schema.json")).expect("a schema");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let text = std::fs::read_to_string(ledger).expect("a ledger");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines
        .inspect(|line| assert!(schema.is_valid(line), "{line}"))
        .map(|line| match line["operation"].as_str() {
            Some(operation) => format!("{} {} {operation}", line["write"], line["event"].as_str().unwrap_or_default()),
            None => format!("{} {}", line["write"], line["event"].as_str().unwrap_or("header")),
        })
        .collect()
}

#[tokio::test]
async fn ledger_tells_every_write_before_and_after_and_no_values() {
    let world = World::with(BEFORE, 1, Duration::from_secs(600)).await;
    let wanted = after(&world).replace("s3://x/m]", "s3://x/m], environmentVariables: [{name: API_TOKEN, value: hunter2}]");
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = folder.path().join("ledger");
    world.fault("PATCH suites/*=403");
    let planned = world.plan(&wanted).await;
    world.carry_out(&planned, Some(&ledger), never()).await;
    let events = events(&ledger);
    assert_eq!(events.len(), 1 + 2 * world.writes().len() + 1);
    assert_eq!(events.last().map(String::as_str), Some("null finished"));
    assert_eq!(events[..5], ["null header", "1 sent create-tag", "1 done", "2 sent park", "2 done"]);
    assert!(events.windows(2).any(|pair| pair[0].ends_with("sent revise-suite") && pair[1].ends_with("failed")), "{events:?}");
    let text = std::fs::read_to_string(&ledger).expect("a ledger");
    assert!(text.contains("\"name\":\"back\"") && text.contains(&crate::plan::digest(&planned.plan)), "{text}");
    assert!(!text.contains("hunter2") && !text.contains("s3://"), "{text}");
}

#[tokio::test]
async fn ledger_that_cannot_be_written_stops_the_run_before_anything_is_sent() {
    let world = World::with(&config(&["d", "d"]), 1, Duration::from_secs(600)).await;
    let planned = world.plan(&config(&["D", "D"])).await;
    let schedule = schedule(&planned.plan, &planned.current);
    let ledger = Ledger::broken();
    let execution = execute(&world.resim, &schedule, &planned.current, Some(&ledger), &Silent, never(), NO_GRACE).await;
    assert!(format!("{:?}", execution.outcomes[0]).contains("ledger"), "{:?}", execution.outcomes);
    assert_eq!((execution.outcomes[1].clone(), execution.written), (Outcome::NotAttempted, false));
    assert_eq!(world.writes(), [""; 0]);
}

#[tokio::test]
async fn ledger_in_a_folder_that_is_not_there_is_an_error_before_the_first_write() {
    let world = World::new("").await;
    let planned = world.plan(&config(&["d"])).await;
    let Planned { desired, current, plan } = &planned;
    let policy = world::policy();
    let ledger = Path::new("no/such/folder/ledger");
    let request = crate::apply::ApplyRequest {
        resim: &world.resim,
        desired,
        policy: &policy,
        plan,
        current,
        ledger: Some(ledger),
        stop: never(),
        progress: &Silent,
    };
    assert!(crate::apply::apply(request).await.is_err());
    assert_eq!(world.writes(), [""; 0]);
}
