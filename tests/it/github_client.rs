//! Requests to GitHub: what is repeated, what is final, where the token goes.

use std::time::{Duration, Instant};

use resim_sync::github::{GitHub, GitHubError, GitHubErrorKind, PullRequest, StickyComment};
use secrecy::SecretString;
use serde_json::json;

use crate::github::{Effect, FakeGitHub, Setup};

const PULL: &str = "GET /repos/octo/config/pulls/7";

async fn with_a_pull(setup: Setup) -> FakeGitHub {
    let fake = FakeGitHub::start_as(setup).await;
    fake.state(|state| {
        state.pull(7, &"a".repeat(40));
    });
    fake
}

async fn read(fake: &FakeGitHub) -> (Result<PullRequest, GitHubError>, Vec<Duration>) {
    let (github, waits) = fake.connect().await;
    (github.pull_request(7).await, waits.taken())
}

#[tokio::test]
async fn both_servers_and_both_versions_are_understood() {
    for (enterprise, newest) in [(false, false), (false, true), (true, false), (true, true)] {
        let fake = with_a_pull(Setup { enterprise, newest }).await;
        let (github, _) = fake.connect().await;
        assert_eq!(github.pull_request(7).await.expect("there").base_branch, "main");
        let comment = StickyComment::find(&github, 7, "x").await.expect("listed");
        assert_eq!(comment.body(), None);
        assert_eq!(fake.requests(), [PULL, "POST graphql FindComments"]);
        assert_eq!(github.requests(), 2);
    }
}

#[tokio::test]
async fn too_many_requests_wait_as_long_as_asked() {
    let fake = with_a_pull(Setup::default()).await;
    fake.once(PULL, Effect::refuse_with(429, &[("retry-after", "2")], "slow down"));
    fake.once(PULL, Effect::refuse_with(403, &[("retry-after", "3")], "You have exceeded a secondary rate limit"));
    let (pull, waits) = read(&fake).await;
    assert!(pull.is_ok());
    assert_eq!(waits, [Duration::from_secs(2), Duration::from_secs(3)]);
}

#[tokio::test]
async fn limit_without_a_time_waits_a_minute() {
    let fake = with_a_pull(Setup::default()).await;
    fake.once(PULL, Effect::refuse(403, "You have exceeded a secondary rate limit"));
    let (pull, waits) = read(&fake).await;
    assert!(pull.is_ok());
    assert_eq!(waits, [Duration::from_secs(60)]);
}

#[tokio::test]
async fn limit_that_lasts_too_long_fails_at_once() {
    let fake = with_a_pull(Setup::default()).await;
    let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1764068700"), ("date", "Tue, 25 Nov 2025 10:05:00 GMT")];
    fake.once(PULL, Effect::refuse_with(403, &headers, "API rate limit exceeded"));
    let (pull, waits) = read(&fake).await;
    let error = pull.expect_err("limited");
    assert!(matches!(&error.kind, GitHubErrorKind::RateLimited { wait, .. } if *wait == Duration::from_secs(3601)), "{error}");
    assert_eq!((waits.len(), fake.requests().len()), (0, 1));
}

#[tokio::test]
async fn nothing_waits_beyond_the_deadline() {
    let fake = with_a_pull(Setup::default()).await;
    fake.once(PULL, Effect::refuse_with(429, &[("retry-after", "90")], ""));
    let mut options = fake.options();
    options.deadline = Instant::now().checked_add(Duration::from_secs(60));
    let waits = options.waits.clone();
    let github = GitHub::connect(options).await.expect("set up");
    assert!(matches!(github.pull_request(7).await.expect_err("limited").kind, GitHubErrorKind::RateLimited { .. }));
    assert_eq!(waits.taken(), []);
}

#[tokio::test]
async fn reading_survives_server_errors_and_cut_connections() {
    let fake = with_a_pull(Setup::default()).await;
    fake.once(PULL, Effect::refuse(502, "bad gateway"));
    fake.once(PULL, Effect::CutBefore);
    fake.once(PULL, Effect::CutAfter);
    let (pull, waits) = read(&fake).await;
    assert!(pull.is_ok());
    assert_eq!(waits.len(), 3);
    assert!(waits.is_sorted(), "{waits:?}");
}

#[tokio::test]
async fn five_attempts_are_the_end() {
    let fake = with_a_pull(Setup::default()).await;
    for _ in 0..5 {
        fake.once(PULL, Effect::refuse(503, "unavailable"));
    }
    let (pull, waits) = read(&fake).await;
    assert_eq!(pull.expect_err("unavailable").to_string(), "GET …/pulls/7: 503 Service Unavailable: unavailable");
    assert_eq!(waits.len(), 4);
}

#[tokio::test]
async fn missing_permission_is_final_and_named() {
    let fake = with_a_pull(Setup::default()).await;
    fake.once(PULL, Effect::refuse(403, "Resource not accessible by integration"));
    let (pull, waits) = read(&fake).await;
    let error = pull.expect_err("forbidden");
    assert_eq!(
        error.to_string(),
        "GET …/pulls/7: the token lacks the permission `pull-requests: write`: Resource not accessible by integration"
    );
    assert_eq!(error.hint().as_deref(), Some("give the job the permission `pull-requests: write` under `permissions:`"));
    assert_eq!(waits, []);
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let elsewhere = with_a_pull(Setup::default()).await;
    let target = format!("{}repos/octo/config/pulls/7", elsewhere.options().api_url);
    let fake = with_a_pull(Setup::default()).await;
    for status in [301, 302, 307, 308] {
        fake.once(PULL, Effect::refuse_with(status, &[("location", &target)], "Moved"));
        let (pull, _) = read(&fake).await;
        let error = pull.expect_err("moved");
        assert_eq!(error.status(), Some(status));
        assert!(error.to_string().contains("not followed to 127.0.0.1"), "{error}");
    }
    assert_eq!(elsewhere.requests(), [""; 0]);
}

#[tokio::test]
async fn next_page_on_another_host_is_not_read() {
    let fake = with_a_pull(Setup::default()).await;
    let (github, _) = fake.connect().await;
    let elsewhere = FakeGitHub::start().await;
    let link = format!("<{}repos/octo/config/commits/x/pulls?page=2>; rel=\"next\"", elsewhere.options().api_url);
    fake.once("GET /repos/octo/config/commits/x/pulls", Effect::Answer(200, vec![("link", link)], json!([])));
    let error = github.merged_pull_request("x", "main", None).await.expect_err("a foreign page");
    assert!(matches!(error.kind, GitHubErrorKind::Malformed(_)), "{error}");
    assert_eq!(elsewhere.requests(), [""; 0]);
}

#[tokio::test]
async fn unreachable_host_is_tried_again_and_then_named() {
    let fake = FakeGitHub::start().await;
    let mut options = fake.options();
    // Reserved, and never listening.
    options.api_url = "http://127.0.0.1:1".parse().expect("a URL");
    let waits = options.waits.clone();
    let github = GitHub::connect(options).await.expect("set up");
    let error = github.pull_request(7).await.expect_err("nobody there");
    assert!(matches!(error.kind, GitHubErrorKind::Connect(_)) && !error.may_have_happened(), "{error}");
    assert_eq!(waits.taken().len(), 4);
}

#[tokio::test]
async fn answer_that_is_no_pull_request_is_not_understood() {
    let fake = with_a_pull(Setup::default()).await;
    fake.once(PULL, Effect::Answer(200, Vec::new(), json!({ "number": "seven" })));
    let (pull, _) = read(&fake).await;
    assert!(matches!(pull.expect_err("nonsense").kind, GitHubErrorKind::Malformed(_)));
}

#[tokio::test]
async fn token_is_in_no_error() {
    let fake = with_a_pull(Setup::default()).await;
    let secret = "ghs_FAKEtokenOfTheWorkflow0123456789";
    fake.once(PULL, Effect::refuse(401, &format!("Bad credentials: {secret}")));
    let (github, _) = fake.connect().await;
    let error = github.pull_request(7).await.expect_err("refused");
    for text in [error.to_string(), format!("{error:?}"), format!("{github:?}"), format!("{:?}", fake.options())] {
        assert!(!text.contains(secret), "{text}");
    }
    assert!(error.to_string().contains("(hidden)"), "{error}");
}

#[tokio::test]
async fn text_that_is_no_token_is_refused_before_anything_is_sent() {
    let fake = FakeGitHub::start().await;
    let mut options = fake.options();
    options.token = SecretString::from("two\nlines");
    let error = GitHub::connect(options).await.expect_err("no token");
    assert!(matches!(error.kind, GitHubErrorKind::Setup(_)) && !error.to_string().contains("lines"), "{error}");
    assert_eq!(fake.requests(), [""; 0]);
}
