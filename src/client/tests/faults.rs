//! The client against the embedded API's faults, and its answers to what the API's description leaves open.

use futures_util::future::join_all;
use resim_sandbox::Entry;

use super::reading::{World, experience, large_state, state, uuid};
use super::*;
use crate::ids::{ExperienceName, TagName};
use crate::snapshot::Snapshot;

async fn read(state: &Value, faults: &[&str]) -> (Result<Snapshot, ApiError>, ReSim, World) {
    let world = World::new(state, faults).await;
    let resim = world.open().await;
    (resim.read(Scope::Everything).await, resim, world)
}

/// Requests with this method whose path ends so.
fn sent(world: &World, method: &str, path: &str) -> Vec<Entry> {
    world.sandbox.journal().into_iter().filter(|entry| entry.method == method && entry.path.ends_with(path)).collect()
}

#[tokio::test]
async fn whatever_the_deployment_does_the_same_state_is_read() {
    let state = large_state();
    let plain = read(&state, &[]).await.0.unwrap();
    for switches in [
        &["end-token=null"][..],
        &["end-token=absent"],
        &["page-cap=100"],
        &["page-cap=100", "search=refused"],
        &["page-cap=30:clamp", "experience-total=absent"],
        &["page-tokens=offset"],
        &["experience-total=absent"],
        &["search=ignored"],
        &["search=ignored", "experience-total=absent"],
        &["search=refused"],
        &["search-archived=ignored"],
        &["search-archived=ignored", "experience-total=absent"],
        &["archived-default=live"],
        &["system-count=all"],
        &["*=content-type:text/html"],
    ] {
        let (outcome, ..) = read(&state, switches).await;
        assert_eq!(outcome.unwrap(), plain, "{switches:?}");
    }
}

#[tokio::test]
async fn trouble_that_passes_does_not_change_what_is_read() {
    let plain = read(&state(), &[]).await.0.unwrap();
    for fault in [
        "500",
        "503:0,html",
        "502:empty",
        "429:0",
        "429:0,date",
        "cut-before",
        "cut-after",
        "truncate",
        "truncate:1",
        "repeat-row",
        "lose-row",
        "total:+1",
        "total:-1",
        "repeat-token",
    ] {
        let (outcome, resim, world) = read(&state(), &[&format!("GET experiences#1-2={fault}")]).await;
        assert!(world.sandbox.journal().iter().any(|entry| !entry.faults.is_empty()), "{fault} did not hit");
        assert_eq!(outcome.unwrap(), plain, "{fault}");
        assert!(resim.traffic().requests > 11, "{fault}");
    }
}

#[tokio::test]
async fn pages_that_stay_wrong_fail_the_read() {
    for fault in ["repeat-row", "lose-row", "total:+1", "no-array", "repeat-token"] {
        let (outcome, ..) = read(&state(), &[&format!("GET experiences={fault}")]).await;
        let error = outcome.unwrap_err();
        assert!(matches!(error.kind, ApiErrorKind::StateMoved(_)), "{fault}: {error}");
    }
    let (outcome, ..) = read(&state(), &["GET systems=no-array", "end-token=absent"]).await;
    let error = outcome.unwrap_err();
    assert!(matches!(error.kind, ApiErrorKind::Malformed(_)), "{error}");
    let (outcome, ..) = read(&large_state(), &["page-cap=100", "GET experiences?archived=false=no-token"]).await;
    assert!(matches!(outcome.unwrap_err().kind, ApiErrorKind::StateMoved(_)));
}

#[tokio::test]
async fn answers_that_are_no_answers_are_named() {
    for fault in ["body:hello", "body:[]", "body:{\"message\":\"hi\"}"] {
        let (outcome, ..) = read(&state(), &[&format!("GET experiences={fault}")]).await;
        let error = outcome.unwrap_err();
        assert!(matches!(error.kind, ApiErrorKind::Malformed(_)), "{fault}: {error}");
        assert!(!error.to_string().contains("hello") && !error.to_string().contains("hi\""), "{error}");
    }
    let (outcome, ..) = read(&state(), &["GET experiences=cut-after"]).await;
    assert!(matches!(outcome.unwrap_err().kind, ApiErrorKind::NoAnswer(_)));
}

#[tokio::test]
async fn an_answer_that_stalls_is_no_answer() {
    for fault in ["stall", "hang-before", "slow:30s"] {
        let world = World::new(&state(), &[&format!("GET experiences/*={fault}")]).await;
        let timing = Timing { answer: std::time::Duration::from_millis(400), attempts: 2, ..quick() };
        let error = open_with(&world.options(), timing).await.experience(experience(1)).await.unwrap_err();
        assert!(matches!(error.kind, ApiErrorKind::NoAnswer(_)), "{fault}: {error}");
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    for fault in ["429:9000", "429:9000,date"] {
        let world = World::new(&state(), &[&format!("GET experiences/*={fault}")]).await;
        let resim = open_with(&world.options(), Timing { request: std::time::Duration::from_secs(100_000), ..quick() }).await;
        let error = resim.experience(experience(1)).await.unwrap_err();
        assert!(matches!(error.kind, ApiErrorKind::Deadline(_)), "{error}");
        assert_eq!(resim.traffic().retries, 0);
    }
}

#[tokio::test]
async fn a_rate_limit_slows_the_read_and_does_not_break_it() {
    let plain = read(&large_state(), &["search=refused"]).await.0.unwrap();
    let world = World::new(&large_state(), &["search=refused", "*=rate:8/1s"]).await;
    let resim = open_with(&world.options(), Timing { gap: Timing::default().gap, ..quick() }).await;
    assert_eq!(resim.read(Scope::Everything).await.unwrap(), plain);
    assert!(world.sandbox.journal().iter().any(|entry| entry.status == Some(429)));
}

#[tokio::test]
async fn tokens_that_end_in_mid_run_are_renewed() {
    let plain = read(&state(), &[]).await.0.unwrap();
    for fault in ["token-ttl=3req", "GET experiences#1=expire-token"] {
        let world = World::new(&state(), &[fault]).await;
        // No more in flight than one token is good for: else a fresh one may be used up before it is tried.
        let resim = open_with(&ConnectOptions { parallel: 3, ..world.options() }, quick()).await;
        assert_eq!(resim.read(Scope::Everything).await.unwrap(), plain, "{fault}");
        assert!(sent(&world, "POST", "/oauth/token").len() > 1, "{fault}");
    }
    let world = World::new(&state(), &[]).await;
    let resim = world.open().await;
    world.sandbox.add_fault("GET experiences/*#1=expire-token").unwrap();
    for outcome in join_all((0..16).map(|_| resim.experience(experience(1)))).await {
        outcome.unwrap();
    }
    assert_eq!(sent(&world, "POST", "/oauth/token").len(), 2, "the first, and one for all");
}

#[tokio::test]
async fn the_claim_decides_whether_a_token_is_asked_for_again() {
    for (switch, tokens, claims) in
        [("permissions=all", 1, true), ("permissions=late", 2, true), ("permissions=absent", 2, false), ("permissions=empty", 2, false)]
    {
        let world = World::new(&state(), &[switch]).await;
        let session = Session::connect_with(&world.options(), quick()).await.unwrap();
        assert_eq!((sent(&world, "POST", "/oauth/token").len(), session.permissions().is_some()), (tokens, claims), "{switch}");
    }
    let world = World::new(&state(), &["permissions=projects:read"]).await;
    let error = world.open().await.read(Scope::Everything).await.unwrap_err();
    assert_eq!(error.status(), Some(403));
    assert!(error.hint().unwrap().contains("permission"));
}

#[tokio::test]
async fn a_lost_creation_is_found_and_not_sent_again() {
    for (fault, there) in [("cut-after", true), ("cut-before", false), ("500:after", true), ("500", false), ("truncate", true)] {
        let world = World::new(&state(), &[&format!("POST experienceTags#1={fault}")]).await;
        let resim = world.open().await;
        let name = TagName::new("fresh");
        let error = resim.create_tag(&name).await.unwrap_err();
        assert!(error.may_have_happened(), "{fault}: {error}");
        assert_eq!(sent(&world, "POST", "/experienceTags").len(), 1, "{fault}");
        assert_eq!(resim.tag_named(&name).await.unwrap().is_some(), there, "{fault}");
        resim.back_off(1, &error).await.unwrap();
        assert_eq!(resim.create_tag(&name).await.err().and_then(|error| error.status()), there.then_some(409), "{fault}");
    }
}

#[tokio::test]
async fn a_lost_change_is_sent_again() {
    let world = World::new(
        &state(),
        &["PATCH experiences/*#1=cut-after", "POST experiences/archive#1=500:after", "POST experiences/*/restore#1=429:0"],
    )
    .await;
    let resim = world.open().await;
    let renamed = resim.rename_experience(experience(1), &ExperienceName::new("other")).await.unwrap();
    assert_eq!(renamed.name.as_str(), "other");
    assert_eq!(resim.archive_experiences(&[experience(1)]).await, Ok(0), "the first attempt had done it");
    resim.restore_experience(experience(1)).await.unwrap();
    assert_eq!(resim.traffic().retries, 3);
}

#[tokio::test]
async fn a_redirect_takes_no_credential_along() {
    let other = Server::start(|_, _| Reply::Json(200, project_json())).await;
    for path in ["oauth/token", "projects/*"] {
        let world = World::new(&state(), &[&format!("{path}=redirect:{}", other.url)]).await;
        let error = match Session::connect_with(&world.options(), quick()).await {
            Ok(session) => session.open_project(PROJECT).await.unwrap_err().to_string(),
            Err(error) => error.to_string(),
        };
        assert!(error.contains("307 Temporary Redirect: not followed to http://127.0.0.1"), "{error}");
    }
    assert_eq!(other.count(""), 0);
}

#[tokio::test]
async fn changes_by_others_during_the_read_do_not_leave_it_inconsistent() {
    let restore = format!("POST experiences/{}/restore", experience(4));
    let archive = format!("POST experiences/archive {{\"experienceIDs\":[\"{}\"]}}", uuid(2));
    for (what, when) in [(&restore, "GET experienceTags/*/experiences#1"), (&archive, "GET systems/*/experiences?archived=true#1")] {
        let (outcome, _, world) = read(&state(), &[&format!("{when}=edit:{what}")]).await;
        assert!(world.sandbox.journal().iter().any(|entry| !entry.faults.is_empty()), "{what} did not hit");
        let settled = world.open().await.read(Scope::Everything).await.unwrap();
        assert_eq!(outcome.unwrap().experiences, settled.experiences, "{what}");
    }
}

#[tokio::test]
async fn somebody_who_goes_on_changing_the_project_fails_the_read() {
    let (outcome, ..) = read(
        &state(),
        &[
            "GET experienceTags/*/experiences=latency:150ms",
            &format!("GET experienceTags/*/experiences=edit:POST experiences/{}/restore", experience(4)),
            &format!("GET experiences?archived=false=edit:POST experiences/archive {{\"experienceIDs\":[\"{}\"]}}", uuid(4)),
        ],
    )
    .await;
    let error = outcome.unwrap_err();
    assert!(matches!(&error.kind, ApiErrorKind::StateMoved(what) if what.contains(&uuid(4).to_string())), "{error}");
}
