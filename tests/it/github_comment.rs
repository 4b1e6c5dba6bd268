//! The sticky comment: one per pull request and label, ours alone, never older than the commit.

use resim_sync::github::{GitHubErrorKind, Published, Publishing, StickyComment};
use resim_sync::render::markdown::{Marker, MarkerKind};
use serde_json::{Value, json};

use crate::github::{Effect, FakeGitHub, Setup, Who};

const HEAD: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const NEWER: &str = "dddddddddddddddddddddddddddddddddddddddd";
const POST: &str = "POST /repos/octo/config/issues/7/comments";
const PATCH: &str = "PATCH /repos/octo/config/issues/comments/";

fn text(label: &str, kind: MarkerKind, words: &str) -> String {
    format!("{}\n{words}", Marker::new(label, kind).render())
}

fn plan(words: &str) -> String {
    text("prod", MarkerKind::Plan, words)
}

async fn fake() -> FakeGitHub {
    let fake = FakeGitHub::start().await;
    fake.state(|state| {
        state.pull(7, HEAD);
    });
    fake
}

async fn try_publish(fake: &FakeGitHub, body: &str, create: bool) -> Result<Published, resim_sync::github::GitHubError> {
    let (github, _) = fake.connect().await;
    let comment = StickyComment::find(&github, 7, "prod").await?;
    comment.publish(&Publishing { body, create, head: Some(HEAD) }).await
}

async fn publish(fake: &FakeGitHub, body: &str) -> Published {
    try_publish(fake, body, true).await.expect("published")
}

fn bodies(fake: &FakeGitHub) -> Vec<String> {
    fake.state(|state| state.bodies(7).into_iter().map(str::to_owned).collect())
}

#[tokio::test]
async fn first_plan_makes_a_comment_and_the_next_changes_it() {
    let fake = fake().await;
    assert!(matches!(publish(&fake, &plan("one")).await, Published::Created { url } if url.contains("#issuecomment-")));
    assert!(matches!(publish(&fake, &plan("two")).await, Published::Updated { .. }));
    assert_eq!(bodies(&fake), [plan("two")]);
}

#[tokio::test]
async fn same_text_is_not_sent_again() {
    let fake = fake().await;
    publish(&fake, &plan("one\n")).await;
    // GitHub may give it back with other line ends.
    fake.state(|state| state.comments[0].body = plan("one").replace('\n', "\r\n"));
    let before = fake.writes();
    assert!(matches!(publish(&fake, &plan("one\n")).await, Published::Unchanged { .. }));
    assert_eq!(fake.writes(), before);
}

#[tokio::test]
async fn nothing_to_say_makes_no_comment_but_changes_an_old_one() {
    let fake = fake().await;
    assert_eq!(try_publish(&fake, &plan("no changes"), false).await.expect("fine"), Published::NotNeeded);
    assert_eq!(bodies(&fake).len(), 0);
    publish(&fake, &plan("one")).await;
    assert!(matches!(try_publish(&fake, &plan("no changes"), false).await.expect("fine"), Published::Updated { .. }));
    assert_eq!(bodies(&fake), [plan("no changes")]);
}

#[tokio::test]
async fn comments_of_others_with_our_marker_stay_untouched() {
    for by_rest in [false, true] {
        let fake = fake().await;
        let hijack = plan("hijacked");
        fake.state(|state| {
            state.comment(7, Who::Person, &hijack);
            for number in 0..230 {
                state.comment(7, Who::Person, &format!("talk {number}"));
            }
            state.comment(7, Who::OtherApp, &hijack);
            state.comment(7, Who::Ghost, &hijack);
            // A comment of the workflow's that only quotes the marker.
            state.comment(7, Who::Workflow, &format!("> {hijack}"));
        });
        if by_rest {
            for _ in 0..2 {
                let refused = json!({ "errors": [{ "message": "Field 'fullDatabaseId' doesn't exist on type 'IssueComment'" }] });
                fake.once("POST graphql FindComments", Effect::Answer(200, Vec::new(), refused));
            }
        }
        assert!(matches!(publish(&fake, &plan("ours")).await, Published::Created { .. }));
        let bodies = bodies(&fake);
        assert_eq!(bodies.iter().filter(|body| **body == hijack).count(), 3);
        assert_eq!(bodies.last(), Some(&plan("ours")));
        assert_eq!(fake.writes().iter().filter(|write| !write.contains("graphql")).count(), 1, "{:?}", fake.writes());
    }
}

#[tokio::test]
async fn comment_on_the_last_page_is_found() {
    for by_rest in [false, true] {
        let fake = fake().await;
        fake.state(|state| {
            for number in 0..250 {
                state.comment(7, Who::Person, &format!("talk {number}"));
            }
            state.comment(7, Who::Workflow, &plan("one"));
        });
        if by_rest {
            fake.once("POST graphql FindComments", Effect::refuse(404, "Not Found"));
        }
        assert!(matches!(publish(&fake, &plan("two")).await, Published::Updated { .. }));
        assert_eq!(bodies(&fake).last(), Some(&plan("two")));
    }
}

#[tokio::test]
async fn each_label_has_a_comment_of_its_own() {
    let fake = fake().await;
    fake.state(|state| {
        state.comment(7, Who::Workflow, &text("dev", MarkerKind::Plan, "dev"));
        state.comment(7, Who::Workflow, &text("", MarkerKind::Plan, "none"));
    });
    assert!(matches!(publish(&fake, &plan("prod")).await, Published::Created { .. }));
    assert_eq!(bodies(&fake).len(), 3);
}

#[tokio::test]
async fn older_run_does_not_overwrite_a_newer_commits_plan() {
    let fake = fake().await;
    publish(&fake, &plan("one")).await;
    let before = fake.writes();
    // Between the list and the change.
    fake.once(
        "GET /repos/octo/config/pulls/7",
        Effect::First(Box::new(|state| {
            state.pull(7, HEAD).head_sha = NEWER.to_owned();
        })),
    );
    assert_eq!(publish(&fake, &plan("old news")).await, Published::Superseded);
    assert_eq!((fake.writes(), bodies(&fake)), (before, vec![plan("one")]));
}

#[tokio::test]
async fn older_run_makes_no_first_comment_either() {
    let fake = fake().await;
    fake.state(|state| state.pull(7, HEAD).head_sha = NEWER.to_owned());
    assert_eq!(publish(&fake, &plan("old news")).await, Published::Superseded);
    assert_eq!(fake.writes(), [""; 0]);
}

#[tokio::test]
async fn late_plan_does_not_overwrite_how_apply_ended() {
    let fake = fake().await;
    let result = text("prod", MarkerKind::Apply, "applied");
    fake.state(|state| {
        state.comment(7, Who::Workflow, &result);
        state.pull(7, HEAD).open = false;
    });
    assert_eq!(publish(&fake, &plan("late")).await, Published::Superseded);
    assert_eq!(bodies(&fake), [result]);
}

#[tokio::test]
async fn result_of_apply_is_written_whatever_the_head_is() {
    let fake = fake().await;
    publish(&fake, &plan("one")).await;
    fake.state(|state| state.pull(7, HEAD).head_sha = NEWER.to_owned());
    let (github, _) = fake.connect().await;
    let comment = StickyComment::find(&github, 7, "prod").await.expect("found");
    assert_eq!(comment.marker().map(|marker| marker.kind), Some(MarkerKind::Plan));
    let body = text("prod", MarkerKind::Apply, "applied");
    let published = comment.publish(&Publishing { body: &body, create: true, head: None }).await.expect("published");
    assert!(matches!(published, Published::Updated { .. }));
    assert_eq!(bodies(&fake), [body]);
}

#[tokio::test]
async fn comment_deleted_meanwhile_is_made_anew() {
    let fake = fake().await;
    publish(&fake, &plan("one")).await;
    fake.once(PATCH, Effect::First(Box::new(|state| state.comments.clear())));
    assert!(matches!(publish(&fake, &plan("two")).await, Published::Created { .. }));
    assert_eq!(bodies(&fake), [plan("two")]);
}

#[tokio::test]
async fn two_runs_at_the_same_time_leave_one_comment() {
    let fake = fake().await;
    // The other run posts between this one's list and its post.
    fake.once(
        POST,
        Effect::First(Box::new(|state| {
            state.comment(7, Who::Workflow, &plan("theirs"));
        })),
    );
    assert!(matches!(publish(&fake, &plan("ours")).await, Published::Updated { .. }));
    assert_eq!(bodies(&fake), [plan("ours")]);
}

#[tokio::test]
async fn really_concurrent_runs_leave_one_comment() {
    let fake = fake().await;
    let (one, two) = (plan("one"), plan("two"));
    let (first, second) = tokio::join!(try_publish(&fake, &one, true), try_publish(&fake, &two, true));
    assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
    let bodies = bodies(&fake);
    assert!(bodies == [plan("one")] || bodies == [plan("two")], "{bodies:?}");
}

#[tokio::test]
async fn leftover_duplicates_of_ours_are_deleted() {
    let fake = fake().await;
    fake.state(|state| {
        for words in ["one", "two", "three"] {
            state.comment(7, Who::Workflow, &plan(words));
        }
    });
    publish(&fake, &plan("new")).await;
    assert_eq!(bodies(&fake), [plan("new")]);
}

#[tokio::test]
async fn comment_whose_answer_was_lost_is_not_made_twice() {
    let fake = fake().await;
    fake.once(POST, Effect::CutAfter);
    assert!(matches!(publish(&fake, &plan("one")).await, Published::Created { .. }));
    assert_eq!(bodies(&fake), [plan("one")]);
}

#[tokio::test]
async fn comment_that_certainly_was_not_made_is_sent_again() {
    let fake = fake().await;
    fake.once(POST, Effect::refuse(502, "bad gateway"));
    assert!(matches!(publish(&fake, &plan("one")).await, Published::Created { .. }));
    assert_eq!(bodies(&fake), [plan("one")]);
}

#[tokio::test]
async fn limited_post_is_sent_again_without_a_look() {
    let fake = fake().await;
    fake.once(POST, Effect::refuse_with(429, &[("retry-after", "2")], "secondary rate limit"));
    publish(&fake, &plan("one")).await;
    let posts = fake.writes().iter().filter(|write| write.starts_with("POST /issues")).count();
    assert_eq!((posts, bodies(&fake)), (2, vec![plan("one")]));
}

#[tokio::test]
async fn refusals_name_what_is_wrong() {
    let fake = fake().await;
    fake.once(POST, Effect::refuse(403, "Resource not accessible by integration"));
    let error = try_publish(&fake, &plan("one"), true).await.expect_err("forbidden");
    assert!(error.to_string().contains("`pull-requests: write`"), "{error}");
    let long = plan(&"x".repeat(70_000));
    let error = try_publish(&fake, &long, true).await.expect_err("too long");
    assert!(error.to_string().contains("422") && error.to_string().contains("body is too long"), "{error}");
    fake.once(
        "POST graphql",
        Effect::Answer(200, Vec::new(), json!({ "data": Value::Null, "errors": [{ "type": "FORBIDDEN", "message": "no" }] })),
    );
    let error = try_publish(&fake, &plan("one"), true).await.expect_err("forbidden");
    assert!(matches!(error.kind, GitHubErrorKind::MissingPermission { .. }), "{error}");
    assert_eq!(bodies(&fake).len(), 0);
}

#[tokio::test]
async fn limited_graphql_waits() {
    let fake = fake().await;
    let limited = json!({ "errors": [{ "type": "RATE_LIMITED", "message": "API rate limit exceeded" }] });
    fake.once("POST graphql", Effect::Answer(200, vec![("retry-after", "5".to_owned())], limited));
    assert!(matches!(publish(&fake, &plan("one")).await, Published::Created { .. }));
}

#[tokio::test]
async fn text_without_its_marker_is_never_sent() {
    let fake = fake().await;
    for body in ["no marker".to_owned(), text("other", MarkerKind::Plan, "x")] {
        assert!(try_publish(&fake, &body, true).await.is_err());
    }
    assert_eq!(fake.writes(), [""; 0]);
}

#[tokio::test]
async fn comments_work_on_an_enterprise_server_with_the_newest_version() {
    let fake = FakeGitHub::start_as(Setup { enterprise: true, newest: true }).await;
    fake.state(|state| {
        state.pull(7, HEAD);
    });
    publish(&fake, &plan("one")).await;
    publish(&fake, &plan("two")).await;
    assert_eq!(bodies(&fake), [plan("two")]);
}
