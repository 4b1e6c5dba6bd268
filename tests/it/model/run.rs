//! Runs sequences of steps, and checks after each that nothing was lost, made twice or touched that is not ours.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config as Settings, TestRunner};
use serde_json::Value;

use super::config::{Config, NAMES};
use super::prediction::{Prediction, new_id, predict};
use super::steps::{Disturbance, Outside, Step, step};
use super::world::{FOREIGN_SUITE, LISTED, MANAGED, SUITE, World, state};
use crate::support::{Folder, Output, Program, Server};

/// How many sequences; a long run takes some thousands.
const CASES: &str = "MODEL_CASES";

#[test]
fn any_sequence_of_edits_applies_faults_and_kills_converges() {
    let cases = std::env::var(CASES).ok().and_then(|cases| cases.parse().ok()).unwrap_or(24);
    // The runs mostly wait for each other's processes.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let settings = Settings { cases: cases / 4, max_shrink_iters: 60, failure_persistence: None, ..Settings::default() };
                let steps = (any::<bool>(), prop::collection::vec(step(), 4..16));
                let result = TestRunner::new(settings).run(&steps, |(no_archive, steps)| {
                    happens(no_archive, &steps);
                    Ok(())
                });
                result.unwrap_or_else(|error| panic!("{error}"));
            });
        }
    });
}

/// A project, its config, and what the model knows of them.
struct Run {
    server: Server,
    folder: Folder,
    config: Config,
}

fn happens(no_archive: bool, steps: &[Step]) {
    let run = Run { server: Server::with_state(&state().to_string()), folder: Folder::new(), config: Config::first(no_archive) };
    let mut run = run;
    for step in steps {
        run.happens(step);
        let world = run.world();
        let names: BTreeSet<&String> = world.experiences.values().map(|experience| &experience.name).collect();
        assert_eq!(names.len(), world.experiences.len(), "{step:?} left two of one name: {world:#?}");
    }
    run.happens(&Step::Apply);
}

impl Run {
    fn world(&self) -> World {
        World::of(&self.server.state())
    }

    fn program(&self, command: &str, more: &[&str]) -> Program {
        self.folder.write("experiences.yaml", &self.config.text());
        let scope: &[&str] = if self.config.no_archive { &["--no-archive"] } else { &[] };
        Program::new(&self.folder, &[command]).args(scope).args(more).with(&self.server)
    }

    fn apply(&self) -> Program {
        self.program("apply", &["--force", "--format", "json"])
    }

    fn happens(&mut self, step: &Step) {
        let before = self.world();
        match step {
            Step::Edit(edit) => self.config.edit(edit, &before),
            Step::Outside(outside) => self.outside(outside),
            Step::Apply => self.applies(&before, None),
            Step::Disturbed(write, what) => self.applies(&before, Some((*write, *what))),
            Step::Killed(write, after_effect) => self.is_killed(&before, *write, *after_effect),
        }
    }

    fn applies(&self, before: &World, disturbed: Option<(usize, Disturbance)>) {
        let seen = self.server.writes().len();
        if let Some((write, what)) = disturbed {
            self.server.add_fault(&format!("WRITE projects/**#{write}={}", what.fault()));
        }
        let output = self.apply().run();
        self.server.clear_faults();
        let writes = self.server.writes().split_off(seen);
        let after = self.world();
        let Some(prediction) = predict(&self.config, before) else {
            assert_eq!((output.code, writes.len()), (Some(3), 0), "a name for two must be refused: {}", told(&output, self));
            assert_eq!(after, *before);
            return;
        };
        between(before, &after, &prediction, self.config.no_archive);
        let hit = writes.iter().any(|write| write["faults"].as_array().is_some_and(|faults| !faults.is_empty()));
        match disturbed {
            Some((_, Disturbance::Refused)) if hit => assert_eq!(output.code, Some(1), "{}", told(&output, self)),
            Some(_) | None => {
                assert_eq!(output.code, Some(0), "{}", told(&output, self));
                assert_eq!(after.by_name(), prediction.world.by_name(), "{}", told(&output, self));
                self.plans_nothing();
            }
        }
        reports(&output, &writes);
    }

    fn plans_nothing(&self) {
        let seen = self.server.writes().len();
        self.program("plan", &["--detailed-exitcode"]).ends_with(0);
        assert_eq!(self.server.writes().len(), seen, "a plan writes nothing");
    }

    fn is_killed(&self, before: &World, write: usize, after_effect: bool) {
        let Some(prediction) = predict(&self.config, before) else { return };
        let least = at_least(before, &prediction);
        if least == 0 {
            return;
        }
        let fault = format!("WRITE projects/**#{}-=hang-{}", 1 + write % least, if after_effect { "after" } else { "before" });
        self.server.add_fault(&fault);
        let mut child = self.apply().start();
        self.server.wait_for_fault(&fault);
        child.kill().expect("it is running");
        child.wait_with_output().expect("it ends");
        self.server.clear_faults();
        between(before, &self.world(), &prediction, self.config.no_archive);
    }

    fn outside(&self, outside: &Outside) {
        let name = |index: &usize| NAMES[index % NAMES.len()];
        let update = |one: &usize, field: &str, value: &str| {
            format!(r#"PATCH experiences/{{experience:{}}} {{"experience":{{"{field}":"{value}"}},"updateMask":["{field}"]}}"#, name(one))
        };
        let edit = match outside {
            Outside::Create(new) => {
                format!(r#"POST experiences {{"name":"{0}","description":"theirs","locations":["s3://theirs/{0}"]}}"#, name(new))
            }
            Outside::Rename(one, new) => update(one, "name", name(new)),
            Outside::Describe(one, text) => update(one, "description", &format!("theirs {text}")),
            Outside::Archive(one) => format!("DELETE experiences/{{experience:{}}}", name(one)),
            Outside::Restore(one) => format!("POST experiences/{{experience:{}}}/restore", name(one)),
            Outside::Untag(one) => format!("DELETE experienceTags/{{tag:{MANAGED}}}/experiences/{{experience:{}}}", name(one)),
            Outside::Empty => format!(r#"PATCH suites/{{suite:{SUITE}}} {{"updateMetricsBuild":false,"experiences":[]}}"#),
        };
        self.server.edit(&edit);
    }
}

fn told(output: &Output, run: &Run) -> String {
    format!("{}\n{}\n{}", run.config.text(), output.stdout, output.stderr)
}

/// The least number of writes of an apply: each of these takes a request of its own.
fn at_least(before: &World, prediction: &Prediction) -> usize {
    let changed = prediction.world.experiences.iter().filter(|(id, after)| {
        before.experiences.get(*id).is_some_and(|before| {
            let fields = |one: &super::world::Experience| (one.name.clone(), one.description.clone(), one.location.clone());
            !after.archived && (before.archived || fields(before) != fields(after))
        })
    });
    changed.count() + prediction.created.len()
}

/// Whatever happened: each experience is as it was or as it is to be, in each of its parts, and nothing else changed.
fn between(before: &World, after: &World, prediction: &Prediction, no_archive: bool) {
    for (id, now) in &after.experiences {
        let Some(was) = before.experiences.get(id) else {
            let wanted = prediction.world.experiences.get(&new_id(&now.name));
            assert!(wanted.is_some(), "nobody wanted {now:?}");
            assert!(prediction.created.contains(&now.name) && !now.archived, "{now:?}");
            continue;
        };
        let wanted = &prediction.world.experiences[id];
        let parked = format!("{}~{}", wanted.name, &id[..8]);
        assert!([&was.name, &wanted.name, &parked].contains(&&now.name), "{was:?} became {now:?}");
        assert!([&was.description, &wanted.description].contains(&&now.description), "{was:?} became {now:?}");
        assert!([&was.location, &wanted.location].contains(&&now.location), "{was:?} became {now:?}");
        assert!([was.archived, wanted.archived].contains(&now.archived), "{was:?} became {now:?}");
        assert_eq!(was.systems, now.systems, "no system was listed");
        let foreign = |tags: &BTreeSet<String>| tags.iter().filter(|tag| *tag != MANAGED && *tag != LISTED).cloned().collect::<Vec<_>>();
        assert_eq!(foreign(&was.tags), foreign(&now.tags), "{was:?} became {now:?}");
        assert!(!was.tags.contains(LISTED) || now.tags.contains(LISTED), "a tag that nobody manages is never removed: {was:?}, {now:?}");
    }
    assert!(before.experiences.keys().all(|id| after.experiences.contains_key(id)), "nothing vanishes");
    let gone = before.suites[FOREIGN_SUITE].difference(&after.suites[FOREIGN_SUITE]);
    for id in gone {
        assert!(!no_archive || prediction.world.experiences[id].archived, "{id} left a suite of others");
        assert!(after.experiences[id].archived, "{id} left a suite of others");
    }
    assert!(after.suites[FOREIGN_SUITE].is_subset(&before.suites[FOREIGN_SUITE]), "a suite of others grew");
}

/// The report says what the journal shows.
fn reports(output: &Output, writes: &[Value]) {
    let report: Value = serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let actions: Vec<&Value> = report["actions"].as_array().expect("a list").iter().filter(|action| action["outcome"] == "done").collect();
    let done = |subject: &str, kinds: &[&str]| {
        let fits = |action: &&&Value| action["subject"]["kind"] == subject && kinds.iter().any(|kind| action["write"]["kind"] == *kind);
        actions.iter().filter(fits).count()
    };
    // What took effect: an answer that was lost may have.
    let effective = |write: &&Value| {
        write["status"].as_u64().is_some_and(|status| (200..300).contains(&status)) || write["faults"].to_string().contains("after")
    };
    let requests = |method: &str, fits: fn(&str) -> bool| {
        let fits = |write: &&Value| write["method"] == method && fits(write["path"].as_str().expect("a path"));
        writes.iter().filter(effective).filter(fits).collect::<Vec<_>>()
    };
    let created = requests("POST", |path| path.ends_with("/experiences") && path.matches('/').count() == 4);
    assert_eq!(done("experience", &["create"]), created.len(), "creations: {:#}", report["actions"]);
    let restored = requests("POST", |path| path.ends_with("/restore") && path.contains("/experiences/"));
    assert!(done("experience", &["restore"]) <= restored.len(), "restores: {:#}", report["actions"]);
    let updated = requests("PATCH", |path| path.contains("/experiences/"));
    assert!(done("experience", &["update", "rename", "park"]) <= updated.len(), "updates: {:#}", report["actions"]);
    let all = report["actions"].as_array().map_or(0, Vec::len);
    assert_eq!(all == 0, writes.is_empty(), "no action without a write: {:#}", report["actions"]);
}
