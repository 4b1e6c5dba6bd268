//! From a pushed commit to its merged pull request.

use std::time::Duration;

use resim_sync::github::PullRequest;

use crate::github::{Effect, FakeGitHub, Setup};

const COMMIT: &str = "cccccccccccccccccccccccccccccccccccccccc";
const LOOKUP: &str = "GET /repos/octo/config/commits/cccccccccccccccccccccccccccccccccccccccc/pulls";

fn merged(fake: &FakeGitHub, number: u64, base: &str, at: &str) {
    fake.state(|state| {
        let pull = state.pull(number, &"a".repeat(40));
        base.clone_into(&mut pull.base_branch);
        pull.open = false;
        pull.merged_at = Some(at.to_owned());
        pull.merge_commit_sha = Some(COMMIT.to_owned());
        state.pulls_of_commits.entry(COMMIT.to_owned()).or_default().push(number);
    });
}

async fn find(fake: &FakeGitHub, message: Option<&str>) -> (Option<PullRequest>, Vec<u64>) {
    let (github, waits) = fake.connect().await;
    let found = github.merged_pull_request(COMMIT, "main", message).await.expect("answered");
    (found, waits.taken().iter().map(Duration::as_secs).collect())
}

async fn number(fake: &FakeGitHub, message: Option<&str>) -> Option<u64> {
    find(fake, message).await.0.map(|pull_request| pull_request.number)
}

#[tokio::test]
async fn merged_pull_request_is_found_without_waiting() {
    for newest in [false, true] {
        let fake = FakeGitHub::start_as(Setup { enterprise: false, newest }).await;
        merged(&fake, 7, "main", "2026-11-25T10:00:00Z");
        let (found, waits) = find(&fake, None).await;
        assert_eq!((found.map(|pull_request| pull_request.number), waits), (Some(7), vec![]));
    }
}

#[tokio::test]
async fn backports_open_and_closed_ones_of_the_same_commit_are_passed_over() {
    let fake = FakeGitHub::start().await;
    merged(&fake, 7, "main", "2026-11-25T10:00:00Z");
    merged(&fake, 8, "release", "2026-11-25T11:00:00Z");
    merged(&fake, 9, "main", "2026-11-25T12:00:00Z");
    fake.state(|state| state.pull(9, "").merged_at = None);
    assert_eq!(number(&fake, None).await, Some(7));
}

#[tokio::test]
async fn of_several_the_last_merged_is_meant() {
    let fake = FakeGitHub::start().await;
    merged(&fake, 9, "main", "2026-11-24T10:00:00Z");
    merged(&fake, 7, "main", "2026-11-25T10:00:00Z");
    assert_eq!(number(&fake, None).await, Some(7));
}

#[tokio::test]
async fn github_is_given_ten_seconds_to_know() {
    let fake = FakeGitHub::start().await;
    merged(&fake, 7, "main", "2026-11-25T10:00:00Z");
    fake.once(LOOKUP, Effect::Answer(200, Vec::new(), serde_json::json!([])));
    fake.once(LOOKUP, Effect::refuse(422, "No commit found for SHA"));
    let (found, waits) = find(&fake, None).await;
    assert_eq!((found.map(|pull_request| pull_request.number), waits), (Some(7), vec![1, 3]));
}

#[tokio::test]
async fn number_in_the_message_is_confirmed() {
    for newest in [false, true] {
        let fake = FakeGitHub::start_as(Setup { enterprise: false, newest }).await;
        merged(&fake, 7, "main", "2026-11-25T10:00:00Z");
        fake.state(|state| {
            state.pulls_of_commits.clear();
            state.pull(8, "");
        });
        let (found, waits) = find(&fake, Some("Add the fleet (#7)\n\nMore")).await;
        assert_eq!((found.map(|pull_request| pull_request.number), waits), (Some(7), vec![1, 3, 6]));
        assert_eq!(number(&fake, Some("Add the fleet (#8)")).await, None, "not merged");
        assert_eq!(number(&fake, Some("Add the fleet (#99)")).await, None, "no such number");
    }
}

#[tokio::test]
async fn number_of_another_commits_pull_request_does_not_count() {
    let fake = FakeGitHub::start().await;
    merged(&fake, 7, "main", "2026-11-20T10:00:00Z");
    fake.state(|state| {
        state.pulls_of_commits.clear();
        state.pull(7, "").merge_commit_sha = Some("e".repeat(40));
    });
    assert_eq!(number(&fake, Some("Cherry-picked (#7)")).await, None);
}

#[tokio::test]
async fn direct_push_has_no_pull_request() {
    let fake = FakeGitHub::start().await;
    assert_eq!(number(&fake, Some("Fix it")).await, None);
    assert_eq!(number(&fake, None).await, None);
}

#[tokio::test]
async fn github_that_does_not_answer_is_an_error_and_no_direct_push() {
    let fake = FakeGitHub::start().await;
    for _ in 0..5 {
        fake.once(LOOKUP, Effect::refuse(500, "oops"));
    }
    let (github, _) = fake.connect().await;
    assert!(github.merged_pull_request(COMMIT, "main", None).await.is_err());
}
