//! Clone's pull request.

use std::collections::BTreeMap;
use std::fs;

use resim_sync::github::{Checkout, CloneBase, CloneError, CloneOutcome, CloneRequest, RepositoryPattern};
use resim_sync::render::markdown::{Marker, MarkerKind};
use serde_json::json;

use crate::github::{Effect, FakeGitHub, Setup, State, Who};

const BRANCH: &str = "resim-sync/clone";
const BOT: &str = "41898282+github-actions[bot]@users.noreply.github.com";

fn body(words: &str) -> String {
    format!("{}\n{words}", Marker::new("prod", MarkerKind::Clone).render())
}

async fn fake() -> FakeGitHub {
    with(Setup::default()).await
}

async fn with(setup: Setup) -> FakeGitHub {
    let fake = FakeGitHub::start_as(setup).await;
    fake.state(|state| {
        state.commit("main", "Begin", State::files(&[("experiences.yaml", "old\n"), ("src/main.rs", "fn main() {}\n")]));
    });
    fake
}

fn patterns(pattern: &str) -> Vec<RepositoryPattern> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    let checkout = Checkout::find(folder.path(), None).expect("a checkout");
    vec![checkout.pattern(pattern).expect("inside")]
}

async fn base(fake: &FakeGitHub) -> CloneBase {
    let (github, _) = fake.connect().await;
    github.read_clone_base(None, &patterns("experiences.yaml")).await.expect("read")
}

async fn try_clone(fake: &FakeGitHub, text: &str, words: &str) -> Result<CloneOutcome, CloneError> {
    let (github, _) = fake.connect().await;
    let base = github.read_clone_base(None, &patterns("experiences.yaml")).await?;
    let files = BTreeMap::from([("experiences.yaml".to_owned(), text.to_owned())]);
    let body = body(words);
    let clone = CloneRequest { base: &base, branch: BRANCH, files: &files, title: "Clone ReSim", body: &body, closing: "Nothing differs." };
    github.publish_clone(&clone).await
}

async fn clone(fake: &FakeGitHub, text: &str) -> CloneOutcome {
    try_clone(fake, text, "text").await.expect("published")
}

fn branches(fake: &FakeGitHub) -> Vec<String> {
    fake.state(|state| state.refs.keys().cloned().collect())
}

fn head(fake: &FakeGitHub) -> String {
    fake.state(|state| state.refs[&format!("refs/heads/{BRANCH}")].clone())
}

#[tokio::test]
async fn clone_starts_from_the_bases_tip() {
    let fake = fake().await;
    fake.state(|state| {
        state.commit("other/base", "Other", State::files(&[("experiences.yaml", "other\n")]));
    });
    assert_eq!(base(&fake).await.files, BTreeMap::from([("experiences.yaml".to_owned(), "old\n".to_owned())]));
    let (github, _) = fake.connect().await;
    let other = github.read_clone_base(Some("other/base"), &patterns("*.yaml")).await.expect("read");
    assert_eq!((other.branch.as_str(), other.files["experiences.yaml"].as_str()), ("other/base", "other\n"));
    let none = github.read_clone_base(None, &patterns("missing/*.yaml")).await.expect("read");
    assert_eq!(none.files, BTreeMap::new());
}

#[tokio::test]
async fn linked_config_is_cloned_into_what_it_points_at() {
    let fake = fake().await;
    fake.state(|state| {
        let mut files = State::files(&[("fleet/real.yaml", "real\n")]);
        files.insert("experiences.yaml".to_owned(), ("120000".to_owned(), b"fleet/real.yaml".to_vec()));
        state.commit("main", "Link", files);
    });
    assert_eq!(base(&fake).await.files, BTreeMap::from([("fleet/real.yaml".to_owned(), "real\n".to_owned())]));
}

#[tokio::test]
async fn file_that_is_not_utf8_is_named() {
    let fake = fake().await;
    fake.state(|state| {
        let mut files = State::files(&[]);
        files.insert("experiences.yaml".to_owned(), ("100644".to_owned(), vec![0xff, 0xfe]));
        state.commit("main", "Binary", files);
    });
    let error = try_clone(&fake, "new\n", "text").await.expect_err("no text");
    assert_eq!(error.to_string(), "`experiences.yaml` at the tip of `main` is not UTF-8");
}

#[tokio::test]
async fn difference_becomes_one_commit_on_the_bases_tip_and_one_pull_request() {
    for setup in [Setup::default(), Setup { enterprise: true, newest: true }] {
        let fake = with(setup).await;
        let CloneOutcome::Opened(opened) = clone(&fake, "new\n").await else { panic!("not opened") };
        assert!(opened.url.ends_with(&format!("/pull/{}", opened.number)));
        assert_eq!(branches(&fake), ["refs/heads/main", "refs/heads/resim-sync/clone"]);
        fake.state(|state| {
            assert_eq!(state.texts(BRANCH), BTreeMap::from([("experiences.yaml", "new\n"), ("src/main.rs", "fn main() {}\n")]));
            let commit = &state.commits[&state.refs[&format!("refs/heads/{BRANCH}")]];
            assert_eq!(commit.parents, [state.refs["refs/heads/main"].clone()]);
            let pull = &state.pulls[&opened.number];
            assert_eq!(
                (pull.title.as_str(), pull.body.as_str(), pull.base_branch.as_str()),
                ("Clone ReSim", body("text").as_str(), "main")
            );
        });
    }
}

#[tokio::test]
async fn same_state_again_writes_nothing() {
    let fake = fake().await;
    clone(&fake, "new\n").await;
    let before = fake.writes();
    assert!(matches!(clone(&fake, "new\n").await, CloneOutcome::Unchanged(_)));
    assert_eq!(fake.writes(), before);
}

#[tokio::test]
async fn another_state_updates_the_same_pull_request() {
    let fake = fake().await;
    let CloneOutcome::Opened(opened) = clone(&fake, "new\n").await else { panic!("not opened") };
    let updated = try_clone(&fake, "newer\n", "more").await.expect("published");
    assert_eq!(updated, CloneOutcome::Updated(opened.clone()));
    fake.state(|state| {
        assert_eq!((state.pulls.len(), state.texts(BRANCH)["experiences.yaml"]), (1, "newer\n"));
        assert_eq!(state.pulls[&opened.number].body, body("more"));
        let commit = &state.commits[&state.refs[&format!("refs/heads/{BRANCH}")]];
        assert_eq!(commit.parents, [state.refs["refs/heads/main"].clone()], "one commit, not two");
    });
}

#[tokio::test]
async fn branch_is_rebuilt_when_the_base_moved() {
    let fake = fake().await;
    clone(&fake, "new\n").await;
    fake.state(|state| {
        state.commit("main", "More", State::files(&[("experiences.yaml", "old\n"), ("README.md", "hello\n")]));
    });
    assert!(matches!(clone(&fake, "new\n").await, CloneOutcome::Updated(_)));
    fake.state(|state| assert_eq!(state.texts(BRANCH), BTreeMap::from([("README.md", "hello\n"), ("experiences.yaml", "new\n")])));
}

#[tokio::test]
async fn no_difference_opens_nothing_and_closes_what_is_open() {
    let fake = fake().await;
    assert_eq!(clone(&fake, "old\n").await, CloneOutcome::NoDifference { closed: None });
    assert_eq!(fake.writes(), [""; 0]);
    let CloneOutcome::Opened(opened) = clone(&fake, "new\n").await else { panic!("not opened") };
    assert_eq!(clone(&fake, "old\n").await, CloneOutcome::NoDifference { closed: Some(opened.clone()) });
    fake.state(|state| {
        assert!(!state.pulls[&opened.number].open);
        assert_eq!(state.bodies(opened.number), ["Nothing differs."]);
    });
    assert!(matches!(clone(&fake, "new\n").await, CloneOutcome::Opened(again) if again.number != opened.number));
}

#[tokio::test]
async fn commit_of_a_person_is_never_overwritten() {
    let trailer = "Clone ReSim\n\nReSim-Sync: clone";
    let commits = [
        ("Improve the clone", BOT, "noreply@github.com"),
        ("Improve the clone", "ada@example.com", "ada@example.com"),
        // Ours, amended.
        (trailer, BOT, "ada@example.com"),
    ];
    for (message, author, committer) in commits {
        let fake = fake().await;
        clone(&fake, "new\n").await;
        let taken =
            fake.state(|state| state.commit_as(BRANCH, message, State::files(&[("experiences.yaml", "by hand\n")]), author, committer));
        let before = fake.writes();
        let error = try_clone(&fake, "newer\n", "text").await.expect_err("taken");
        assert!(matches!(&error, CloneError::BranchTaken { commit, .. } if *commit == taken), "{error}");
        assert_eq!((fake.writes(), head(&fake)), (before, taken));
    }
}

#[tokio::test]
async fn commit_of_a_person_that_comes_at_the_last_moment_is_not_overwritten() {
    let fake = fake().await;
    clone(&fake, "new\n").await;
    fake.once(
        "POST graphql MoveBranch",
        Effect::First(Box::new(|state| {
            state.commit(BRANCH, "By hand", State::files(&[("experiences.yaml", "by hand\n")]));
        })),
    );
    let error = try_clone(&fake, "newer\n", "text").await.expect_err("taken");
    assert!(matches!(error, CloneError::BranchTaken { .. }), "{error}");
    fake.state(|state| assert_eq!(state.texts(BRANCH)["experiences.yaml"], "by hand\n"));
    assert_eq!(branches(&fake).len(), 2, "nothing is left over");
}

#[tokio::test]
async fn server_that_cannot_move_branches_together_is_served_one_by_one() {
    let fake = fake().await;
    for _ in 0..2 {
        let unknown = json!({ "errors": [{ "message": "Field 'updateRefs' doesn't exist on type 'Mutation'" }] });
        fake.once("POST graphql MoveBranch", Effect::Answer(200, Vec::new(), unknown));
    }
    assert!(matches!(clone(&fake, "new\n").await, CloneOutcome::Opened(_)));
    assert!(matches!(clone(&fake, "newer\n").await, CloneOutcome::Updated(_)));
    fake.state(|state| assert_eq!(state.texts(BRANCH)["experiences.yaml"], "newer\n"));
    assert_eq!(branches(&fake).len(), 2, "nothing is left over");
}

#[tokio::test]
async fn missing_right_to_open_names_the_setting_and_the_way_by_hand() {
    let fake = fake().await;
    let message = "GitHub Actions is not permitted to create or approve pull requests.";
    fake.once("POST /repos/octo/config/pulls", Effect::refuse(403, message));
    let error = try_clone(&fake, "new\n", "text").await.expect_err("forbidden");
    assert!(error.to_string().contains("Allow GitHub Actions to create and approve pull requests"), "{error}");
    let hints = error.hints().join("\n");
    assert!(hints.contains("https://github.example/octo/config/compare/main...resim-sync/clone?expand=1"), "{hints}");
    fake.state(|state| assert_eq!(state.texts(BRANCH)["experiences.yaml"], "new\n"));
}

#[tokio::test]
async fn missing_right_to_commit_is_named_and_leaves_nothing() {
    let fake = fake().await;
    fake.once("POST /repos/octo/config/git/refs", Effect::refuse(403, "Resource not accessible by integration"));
    let error = try_clone(&fake, "new\n", "text").await.expect_err("forbidden");
    assert!(error.to_string().contains("`contents: write`"), "{error}");
    let forbidden = json!({ "errors": [{ "type": "FORBIDDEN", "message": "Resource not accessible by integration" }] });
    fake.once("POST graphql CreateCommit", Effect::Answer(200, Vec::new(), forbidden));
    let error = try_clone(&fake, "new\n", "text").await.expect_err("forbidden");
    assert!(error.to_string().contains("`contents: write`"), "{error}");
    assert_eq!(branches(&fake), ["refs/heads/main"]);
}

#[tokio::test]
async fn pull_request_that_a_person_opened_from_the_branch_keeps_its_words() {
    let fake = fake().await;
    let message = "GitHub Actions is not permitted to create or approve pull requests.";
    fake.once("POST /repos/octo/config/pulls", Effect::refuse(403, message));
    try_clone(&fake, "new\n", "text").await.expect_err("forbidden");
    fake.state(|state| {
        let pull = state.pull(5, "");
        BRANCH.clone_into(&mut pull.head_branch);
        pull.body = "opened by hand".to_owned();
    });
    assert!(matches!(clone(&fake, "newer\n").await, CloneOutcome::Updated(updated) if updated.number == 5));
    fake.state(|state| assert_eq!(state.pulls[&5].body, "opened by hand"));
}

#[tokio::test]
async fn pull_request_of_a_fork_with_the_same_branch_is_none_of_ours() {
    let fake = fake().await;
    fake.state(|state| {
        let pull = state.pull(5, "");
        BRANCH.clone_into(&mut pull.head_branch);
        pull.head_repository = Some("eve/config".to_owned());
        pull.author = Who::Person;
        // As GitHub does with what it does not understand.
        state.filters_ignored = true;
    });
    assert_eq!(clone(&fake, "old\n").await, CloneOutcome::NoDifference { closed: None });
    fake.state(|state| assert!(state.pulls[&5].open));
}

#[tokio::test]
async fn pull_request_opened_by_another_run_at_the_same_time_is_used() {
    let fake = fake().await;
    fake.once(
        "POST /repos/octo/config/pulls",
        Effect::First(Box::new(|state| {
            let pull = state.pull(3, "");
            BRANCH.clone_into(&mut pull.head_branch);
        })),
    );
    assert!(matches!(clone(&fake, "new\n").await, CloneOutcome::Opened(opened) if opened.number == 3));
}
