//! Answers that are lost: nothing is made twice, and what cannot be known is called unknown.

use std::time::Duration;

use super::*;
use crate::apply::{Outcome, Verification};

const NEW: &str = "experiences:
- {name: a, description: d, locations: [s3://x/a], tags: [t]}
managedExperienceTags: [t]
managedTestSuites: [{name: S, system: sys, experiences: [a]}]
";

#[tokio::test]
async fn creations_whose_answer_is_lost_are_found_and_not_made_twice() {
    for fault in ["cut-after", "500:after", "status:502", "body:{}", "truncate"] {
        let world = World::new("").await;
        for path in ["experienceTags", "experiences", "suites"] {
            world.fault(&format!("POST {path}#1={fault}"));
        }
        let report = world.apply(NEW).await;
        assert!(report.succeeded(), "{fault}: {:?}", outcomes(&report));
        let written: Vec<String> = world.writes().iter().map(|write| write.rsplit_once(' ').expect("a status").0.to_owned()).collect();
        assert_eq!(written, ["POST experienceTags", "POST experiences", "POST suites"], "{fault}");
        assert_eq!(["experiences", "tags", "suites"].map(|list| world.rows(list).len()), [1, 1, 1], "{fault}");
        let id = world.row("experiences", "a")["id"].as_str().expect("an ID").to_owned();
        assert!(format!("{:?}", report.actions[1].subject).contains(&id), "the ID that was looked up is reported");
    }
}

#[tokio::test]
async fn creations_that_did_not_happen_are_sent_again() {
    for fault in ["cut-before", "500", "503:html"] {
        let world = World::new("").await;
        for path in ["experienceTags", "experiences", "suites"] {
            world.fault(&format!("POST {path}#1-2={fault}"));
        }
        let report = world.apply(NEW).await;
        assert!(report.succeeded(), "{fault}: {:?}", outcomes(&report));
        assert_eq!(world.writes().len(), 9, "{fault}");
        assert_eq!(["experiences", "tags", "suites"].map(|list| world.rows(list).len()), [1, 1, 1], "{fault}");
    }
}

#[tokio::test]
async fn creation_that_never_happens_fails_with_the_last_error() {
    let world = World::new("").await;
    world.fault("POST experiences=500:message=no more room");
    let report = world.apply("experiences: [{name: a, description: d, locations: [s3://x/a]}]").await;
    assert_eq!(outcomes(&report), ["create a: failed 500 Internal Server Error"]);
    assert_eq!(world.writes().len(), 5, "as often as any request is sent");
    assert_eq!(world::residues(&report), ["a experience: \"created\" -> not there"]);
}

#[tokio::test]
async fn something_else_of_the_name_is_not_taken_for_ours() {
    let world = World::new("").await;
    // Somebody creates the same name while our request is lost.
    world.fault("POST experiences#1=edit:POST experiences {\"name\": \"a\", \"description\": \"theirs\", \"locations\": [\"s3://x/b\"]}");
    world.fault("POST experiences#1=cut-before");
    let report = world.apply("experiences: [{name: a, description: d, locations: [s3://x/a]}]").await;
    let Outcome::Failed(why) = &report.actions[0].outcome else { panic!("{:?}", outcomes(&report)) };
    assert!(why.contains("has this name, and is not what was sent"), "{why}");
    assert_eq!(world.rows("experiences").len(), 1);
    assert_eq!(world.row("experiences", "a")["description"], "theirs");
}

#[tokio::test]
async fn lookup_that_fails_leaves_the_outcome_unknown() {
    let world = World::new("").await;
    world.fault("POST experiences=cut-after");
    world.fault("GET experiences?name=a=500");
    let report = world.apply("experiences: [{name: a, description: d, locations: [s3://x/a]}]").await;
    assert_eq!(outcomes(&report), ["create a: unknown"]);
    assert_eq!(report.verification, Verification::Verified, "the read after it tells");
    assert!(!report.succeeded());
}

#[tokio::test]
async fn suite_revision_whose_answer_is_lost_is_not_made_twice() {
    let world = World::new(NEW).await;
    let config = NEW.replace("managedExp", "- {name: b, description: d, locations: [s3://x/b]}\nmanagedExp").replace("[a]}", "[a, b]}");
    world.fault("PATCH suites/*#1=cut-after");
    let report = world.apply(&config).await;
    assert!(report.succeeded() && report.meanwhile.is_empty(), "{:?}", outcomes(&report));
    assert_eq!(world.row("suites", "S")["revision"], 1);
    let config = config.replace("[a, b]}", "[b]}");
    world.fault("PATCH suites/*#2=cut-before");
    assert!(world.apply(&config).await.succeeded());
    assert_eq!(world.row("suites", "S")["revision"], 2);
}

#[tokio::test]
async fn what_is_the_same_when_sent_twice_is_sent_twice() {
    let world = World::new(NEW).await;
    world.edit("POST experiences/archive {\"experienceIDs\": [\"{experience:a}\"]}");
    world.fault("POST experiences/*/restore#1=cut-after");
    world.fault("PATCH experiences/*#1=cut-after");
    world.fault("POST experienceTags/addExperiences#1=cut-after");
    world.fault("POST systems/addExperiences#1=cut-after");
    world.fault("DELETE experienceTags/*/experiences/*#1=cut-after");
    world.fault("POST experiences/archive#1=cut-after");
    let config = "experiences:
- {name: a, description: D, locations: [s3://x/a], tags: [u], systems: [sys]}
managedExperienceTags: [t, u]
managedTestSuites: [{name: S, system: sys, experiences: [a]}]
";
    let report = world.apply(config).await;
    assert!(report.succeeded(), "{:?}", outcomes(&report));
    let report = world.apply("experiences: []\nmanagedTestSuites: [{name: S, system: sys, experiences: []}]").await;
    assert!(report.succeeded(), "{:?}", outcomes(&report));
    let writes = world.writes();
    for request in
        ["POST experiences/*/restore", "PATCH experiences/*", "POST experienceTags/addExperiences", "POST systems/addExperiences"]
    {
        assert_eq!(writes.iter().filter(|write| write.starts_with(request)).count(), 2, "{request}: {writes:?}");
    }
}

#[tokio::test]
async fn archived_suite_whose_restore_is_lost_is_looked_at() {
    let world = World::new(NEW).await;
    world.edit("DELETE suites/{suite:S}");
    world.fault("POST suites/*/restore#1=cut-after");
    let report = world.apply(NEW).await;
    assert_eq!(outcomes(&report), ["restore S: done"]);
    assert!(report.succeeded());
}

#[tokio::test]
async fn after_the_deadline_nothing_is_attempted() {
    let config = "experiences:
- {name: a, description: d, locations: [s3://x/a]}
- {name: b, description: d, locations: [s3://x/b]}
";
    let world = World::with(config, 1, Duration::from_secs(5)).await;
    world.fault("PATCH experiences/*=429:3600");
    let report = world.apply(&config.replace("description: d", "description: D")).await;
    assert_eq!(outcomes(&report), ["update a description: failed the deadline of the run passed", "update b description: not attempted"]);
}
