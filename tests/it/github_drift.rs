//! The drift issue.

use resim_sync::github::{DriftIssue, DriftOutcome};
use resim_sync::render::markdown::{Marker, MarkerKind};
use serde_json::json;

use crate::github::{Effect, FakeGitHub, Who};

fn body(label: &str, digest: &str, words: &str) -> String {
    let marker = Marker { plan: Some(digest.to_owned()), ..Marker::new(label, MarkerKind::Drift) };
    format!("{}\n{words}", marker.render())
}

async fn report(fake: &FakeGitHub, digest: &str) -> DriftOutcome {
    let (github, _) = fake.connect().await;
    let issue = DriftIssue::find(&github, "prod").await.expect("listed");
    issue.report("ReSim has drifted", &body("prod", digest, "text")).await.expect("reported")
}

async fn close(fake: &FakeGitHub) -> Option<String> {
    let (github, _) = fake.connect().await;
    DriftIssue::find(&github, "prod").await.expect("listed").close("No drift any more.").await.expect("closed")
}

#[tokio::test]
async fn issue_lives_from_the_first_drift_to_the_last() {
    let fake = FakeGitHub::start().await;
    assert_eq!(close(&fake).await, None);
    assert!(matches!(report(&fake, "d1").await, DriftOutcome::Opened { url } if url.ends_with("/issues/1")));
    let before = fake.writes();
    assert!(matches!(report(&fake, "d1").await, DriftOutcome::Unchanged { .. }));
    assert_eq!(fake.writes(), before);
    assert!(matches!(report(&fake, "d2").await, DriftOutcome::Edited { .. }));
    assert!(close(&fake).await.is_some_and(|url| url.ends_with("/issues/1")));
    fake.state(|state| {
        assert_eq!(state.bodies(1), ["No drift any more."]);
        assert!(!state.issues[&1].open);
    });
    assert_eq!(close(&fake).await, None);
    assert!(matches!(report(&fake, "d2").await, DriftOutcome::Reopened { url } if url.ends_with("/issues/1")));
    fake.state(|state| {
        assert_eq!((state.issues.len(), state.issues[&1].open), (1, true));
        assert_eq!(state.issues[&1].title, "ReSim has drifted");
    });
}

#[tokio::test]
async fn whoever_is_about_to_open_one_can_tell() {
    let fake = FakeGitHub::start().await;
    let (github, _) = fake.connect().await;
    assert!(!DriftIssue::find(&github, "prod").await.expect("listed").is_open());
    report(&fake, "d1").await;
    assert!(DriftIssue::find(&github, "prod").await.expect("listed").is_open());
}

#[tokio::test]
async fn issues_of_others_and_other_labels_stay_untouched() {
    for by_rest in [false, true] {
        let fake = FakeGitHub::start().await;
        fake.state(|state| {
            state.issue(Who::Person, true, &body("prod", "d1", "hijacked"));
            state.issue(Who::OtherApp, true, &body("prod", "d1", "hijacked"));
            state.issue(Who::Workflow, true, &body("dev", "d1", "another label"));
            state.issue(Who::Workflow, true, "no marker");
            state.pull(90, "").body = body("prod", "d1", "a pull request");
            state.pull(90, "").author = Who::Workflow;
        });
        if by_rest {
            for _ in 0..2 {
                fake.once("POST graphql FindIssues", Effect::refuse(404, "Not Found"));
            }
        }
        assert!(matches!(report(&fake, "d1").await, DriftOutcome::Opened { .. }));
        assert_eq!(fake.writes().iter().filter(|write| !write.contains("graphql")).collect::<Vec<_>>(), ["POST /issues"]);
    }
}

#[tokio::test]
async fn issue_behind_many_others_is_found() {
    let fake = FakeGitHub::start().await;
    let number = fake.state(|state| {
        let number = state.issue(Who::Workflow, true, &body("prod", "d1", "text"));
        for _ in 0..210 {
            state.issue(Who::Person, true, "another");
        }
        number
    });
    assert!(matches!(report(&fake, "d1").await, DriftOutcome::Unchanged { url } if url.ends_with(&format!("/issues/{number}"))));
}

#[tokio::test]
async fn two_runs_at_the_same_time_leave_one_open_issue() {
    let fake = FakeGitHub::start().await;
    fake.once(
        "POST /repos/octo/config/issues",
        Effect::First(Box::new(|state| {
            state.issue(Who::Workflow, true, &body("prod", "d1", "theirs"));
        })),
    );
    assert!(matches!(report(&fake, "d1").await, DriftOutcome::Opened { url } if url.ends_with("/issues/1")));
    fake.state(|state| {
        let open: Vec<u64> = state.issues.iter().filter(|(_, issue)| issue.open).map(|(number, _)| *number).collect();
        assert_eq!(open, [1]);
    });
}

#[tokio::test]
async fn issue_whose_answer_was_lost_is_not_opened_twice() {
    let fake = FakeGitHub::start().await;
    fake.once("POST /repos/octo/config/issues", Effect::CutAfter);
    assert!(matches!(report(&fake, "d1").await, DriftOutcome::Opened { .. }));
    fake.state(|state| assert_eq!(state.issues.len(), 1));
}

#[tokio::test]
async fn forbidden_and_disabled_issues_can_be_told_from_failures() {
    let fake = FakeGitHub::start().await;
    let (github, _) = fake.connect().await;
    fake.state(|state| state.issues_disabled = true);
    let issue = DriftIssue::find(&github, "prod").await.expect("an empty list");
    let error = issue.report("t", &body("prod", "d1", "x")).await.expect_err("disabled");
    assert!(error.is_no_issues(), "{error}");

    fake.state(|state| state.issues_disabled = false);
    fake.once("POST /repos/octo/config/issues", Effect::refuse(403, "Resource not accessible by integration"));
    let issue = DriftIssue::find(&github, "prod").await.expect("an empty list");
    let error = issue.report("t", &body("prod", "d1", "x")).await.expect_err("forbidden");
    assert!(error.is_no_issues() && error.to_string().contains("`issues: write`"), "{error}");

    let forbidden = json!({ "errors": [{ "type": "FORBIDDEN", "message": "Resource not accessible by integration" }] });
    fake.once("POST graphql", Effect::Answer(200, Vec::new(), forbidden));
    assert!(DriftIssue::find(&github, "prod").await.expect_err("forbidden").is_no_issues());
    for _ in 0..5 {
        fake.once("POST graphql", Effect::refuse(500, "oops"));
    }
    assert!(!DriftIssue::find(&github, "prod").await.expect_err("a failure").is_no_issues());
}

#[tokio::test]
async fn text_without_its_marker_is_never_sent() {
    let fake = FakeGitHub::start().await;
    let (github, _) = fake.connect().await;
    for body in ["no marker".to_owned(), body("other", "d1", "x")] {
        assert!(DriftIssue::find(&github, "prod").await.expect("listed").report("t", &body).await.is_err());
    }
    assert_eq!(fake.writes(), [""; 0]);
}
