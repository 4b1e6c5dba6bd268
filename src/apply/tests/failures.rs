//! What is refused fails alone, with the server's words; what needs it is blocked, and the rest goes on.

use std::time::Duration;

use super::*;
use crate::apply::Verification;

const THREE: &str = "experiences:
- {name: a, description: d, locations: [s3://x/a]}
- {name: b, description: d, locations: [s3://x/b]}
- {name: c, description: d, locations: [s3://x/c]}
";

#[tokio::test]
async fn everything_that_a_plan_can_hold_is_done_and_verified() {
    let world = World::new(
        "experiences:
- {name: a, description: d, locations: [s3://x/a], tags: [t]}
- {name: b, description: d, locations: [s3://x/b]}
- {name: gone, description: d, locations: [s3://x/g]}
- {name: back, description: d, locations: [s3://x/back]}
managedExperienceTags: [t]
managedTestSuites:
- {name: S, system: sys, experiences: [a, gone]}
",
    )
    .await;
    let ids = |name: &str| world.row("experiences", name)["id"].as_str().expect("an ID").to_owned();
    let config = format!(
        "experiences:
- {{name: b, description: new, locations: [s3://x/a], experienceID: {}}}
- {{name: a, description: d, locations: [s3://x/b], tags: [t, u], experienceID: {}, systems: [sys]}}
- {{name: back, description: d, locations: [s3://x/other]}}
- {{name: n, description: d, locations: [s3://x/n], tags: [u], systems: [sys]}}
managedExperienceTags: [t, u]
managedTestSuites:
- {{name: S, experiences: [a, n, back]}}
- {{name: T, system: sys, experiences: [b]}}
",
        ids("a"),
        ids("b")
    );
    world.edit("POST experiences/archive {\"experienceIDs\": [\"{experience:back}\"]}");
    let report = world.apply(&config).await;
    assert_eq!(
        outcomes(&report),
        [
            "create u: done",
            "restore back: done",
            "park b: done",
            "update a from b name: done",
            "update b from a name+description: done",
            "update back locations: done",
            "create n: done",
            "a +t: done",
            "a +u: done",
            "b -t: done",
            "a @sys: done",
            "revise S to 3: done",
            "create T: done",
            "archive gone: done",
        ]
    );
    assert_eq!(report.verification, Verification::Verified);
    assert!(report.succeeded() && report.meanwhile.is_empty() && report.interrupted.is_none());
    world.assert_converged(&config).await;
    assert_eq!(world.row("suites", "S")["revision"], 1);
}

#[tokio::test]
async fn open_questions_may_be_answered_either_way() {
    let switches = [
        "unique-names=live",
        "unique-names=none",
        "archived-in-suites=listed",
        "archive-revises=no",
        "restore-rejoins=yes",
        "suite-members=live",
        "bulk-present=skip",
        "mask-ids=add",
        "bulk-limit=1",
        "page-cap=2:clamp",
    ];
    for switch in switches {
        let world = World::new("").await;
        world.fault(switch);
        let before = "experiences:
- {name: a, description: d, locations: [s3://x/a], tags: [t]}
- {name: b, description: d, locations: [s3://x/b], systems: [sys]}
- {name: gone, description: d, locations: [s3://x/g]}
- {name: lost, description: d, locations: [s3://x/l]}
managedExperienceTags: [t]
managedTestSuites: [{name: S, system: sys, experiences: [a, gone, lost]}]
";
        let after = "experiences:
- {name: a, description: D, locations: [s3://x/a], systems: [sys]}
- {name: c, description: d, locations: [s3://x/b], tags: [t]}
- {name: lost, description: d, locations: [s3://x/l]}
managedExperienceTags: [t]
managedTestSuites: [{name: S, system: sys, experiences: [c, lost]}]
";
        for config in [before, after, before, after] {
            let report = world.apply(config).await;
            assert!(report.succeeded() && report.meanwhile.is_empty(), "{switch}: {report:?}");
            world.assert_converged(config).await;
        }
    }
}

#[tokio::test]
async fn empty_plan_sends_nothing_and_needs_no_verification() {
    let world = World::new(THREE).await;
    let report = world.apply(THREE).await;
    assert_eq!((report.actions.len(), report.verification.clone()), (0, Verification::NotNeeded));
    assert_eq!(world.writes(), [""; 0]);
    assert!(report.succeeded());
}

#[tokio::test]
async fn one_update_of_many_is_refused() {
    let world = World::new(THREE).await;
    world.fault("PATCH experiences/*~two=400:message=the profile is unknown");
    let config = THREE.replace("description: d", "description: D").replace("s3://x/b]", "s3://x/b], profile: two");
    let report = world.apply(&config).await;
    assert_eq!(
        outcomes(&report),
        ["update a description: done", "update b description+profile: failed 400 Bad Request", "update c description: done"]
    );
    assert!(format!("{:?}", report.actions[1].outcome).contains("the profile is unknown"));
    let expected = ["b description: \"D\" -> d", "b profile: \"two\" -> "];
    assert_eq!(world::residues(&report), expected);
    assert!(!report.succeeded());
    world.sandbox.clear_faults();
    assert!(world.apply(&config).await.succeeded());
}

#[tokio::test]
async fn what_needs_a_failed_action_is_blocked_and_says_by_what() {
    let world = World::new("experiences:\n- {name: a, description: d, locations: [s3://x/a]}\n- {name: o, description: d, locations: [s3://x/o]}\nmanagedTestSuites: [{name: S, system: sys, experiences: [o]}]").await;
    world.fault("POST experiences=400");
    let config = "experiences:
- {name: a, description: D, locations: [s3://x/a]}
- {name: n, description: d, locations: [s3://x/n]}
managedTestSuites: [{name: S, experiences: [a, n]}]
";
    let report = world.apply(config).await;
    assert_eq!(
        outcomes(&report),
        [
            "update a description: done",
            "create n: failed 400 Bad Request",
            "revise S to 2: blocked by creating experience `n`",
            "archive o: blocked by creating experience `n`",
        ]
    );
    assert_eq!(
        world::residues(&report),
        ["o archived: \"-\" -> false", "n experience: \"created\" -> not there", "S experiences: \"-\" -> 1 experience, without a, n"]
    );
    world.sandbox.clear_faults();
    assert!(world.apply(config).await.succeeded());
}

#[tokio::test]
async fn refused_tag_blocks_what_carries_it_and_nothing_else() {
    let world = World::new("experiences: [{name: a, description: d, locations: [s3://x/a]}]").await;
    world.fault("POST experienceTags=403");
    let config = "experiences:
- {name: a, description: D, locations: [s3://x/a], tags: [t]}
- {name: n, description: d, locations: [s3://x/n], tags: [t]}
- {name: m, description: d, locations: [s3://x/m]}
managedExperienceTags: [t]
";
    let report = world.apply(config).await;
    assert_eq!(
        outcomes(&report),
        [
            "create t: failed 403 Forbidden",
            "update a description: done",
            "create m: done",
            "create n: blocked by creating tag `t`",
            "a +t: blocked by creating tag `t`",
        ]
    );
}

#[tokio::test]
async fn refused_rename_blocks_the_whole_chain_behind_it() {
    let world = World::new(THREE).await;
    let id = |name: &str| world.row("experiences", name)["id"].as_str().expect("an ID").to_owned();
    let config = format!(
        "experiences:
- {{name: b, description: d, locations: [s3://x/a], experienceID: {}}}
- {{name: c, description: d, locations: [s3://x/b], experienceID: {}}}
- {{name: e, description: d, locations: [s3://x/c], experienceID: {}}}
- {{name: a, description: d, locations: [s3://x/n]}}
",
        id("a"),
        id("b"),
        id("c")
    );
    world.fault(&format!("PATCH experiences/{}=422", id("c")));
    let report = world.apply(&config).await;
    let by = "blocked by renaming experience `e`";
    assert_eq!(
        outcomes(&report),
        [
            format!("update b from a name: {by}"),
            format!("update c from b name: {by}"),
            "update e from c name: failed 422 Unprocessable Entity".to_owned(),
            format!("create a: {by}"),
        ]
    );
    assert_eq!(report.verification, Verification::NotNeeded, "nothing was written");
    world.sandbox.clear_faults();
    assert!(world.apply(&config).await.succeeded());
}

#[tokio::test]
async fn refused_credentials_end_the_run() {
    let world = World::with(THREE, 1, Duration::from_secs(600)).await;
    world.fault("PATCH experiences/*=401");
    let report = world.apply(&THREE.replace("description: d", "description: D")).await;
    assert_eq!(
        outcomes(&report),
        ["update a description: failed credentials refused", "update b description: not attempted", "update c description: not attempted"]
    );
    assert_eq!(report.verification, Verification::NotNeeded);
}

#[tokio::test]
async fn server_error_on_an_update_may_have_been_one_and_is_looked_into() {
    let world = World::new(THREE).await;
    world.fault("PATCH experiences/*~Changed=500:after");
    let config = THREE.replacen("description: d", "description: Changed", 1);
    let report = world.apply(&config).await;
    assert_eq!(outcomes(&report), ["update a description: failed 500 Internal Server Error"]);
    assert_eq!(report.verification, Verification::Verified, "it was written after all");
    assert!(!report.succeeded());
}
