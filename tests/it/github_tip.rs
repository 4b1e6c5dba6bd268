//! Is the checked-out config the one at the branch's tip?

use std::fs;
use std::path::PathBuf;

use resim_sync::config::{LoadOptions, load};
use resim_sync::github::{Checkout, Tip, TipCheck, TipQuestion, check_tip};

use crate::github::{Effect, FakeGitHub, State};

const A: &str = "experiences:\n  - {name: a, description: d, locations: [s3://a]}\n";
const B: &str = "experiences:\n  - {name: b, description: d, locations: [s3://b]}\n";

/// A checked-out repository and GitHub's view of it.
struct Case {
    folder: tempfile::TempDir,
    fake: FakeGitHub,
    commit: String,
    patterns: Vec<String>,
    full_ref: &'static str,
    rerun: bool,
}

impl Case {
    async fn new(pattern: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join(".git")).expect("a folder");
        let fake = FakeGitHub::start().await;
        let commit = fake.state(|state| state.commit("main", "Begin", State::files(files)));
        let case = Self { folder, fake, commit, patterns: vec![pattern.to_owned()], full_ref: "refs/heads/main", rerun: false };
        for (path, text) in files {
            case.write(path, text);
        }
        case
    }

    fn path(&self, path: &str) -> PathBuf {
        fs::canonicalize(self.folder.path()).expect("there").join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("writable");
    }

    fn push(&self, files: &[(&str, &str)]) -> String {
        self.fake.state(|state| state.commit("main", "More", State::files(files)))
    }

    async fn check(&self) -> TipCheck {
        let absolute = self.patterns.iter().map(|pattern| self.path(pattern).to_str().expect("UTF-8").to_owned()).collect::<Vec<_>>();
        let loaded = load(&LoadOptions { patterns: absolute.clone(), ..LoadOptions::default() });
        let checkout = Checkout::find(self.folder.path(), None);
        let (github, _) = self.fake.connect().await;
        let question = TipQuestion {
            checkout: checkout.as_ref(),
            patterns: &absolute,
            loaded: &loaded,
            full_ref: self.full_ref,
            commit: &self.commit,
            rerun: self.rerun,
        };
        check_tip(&github, &question).await
    }

    async fn assert(&self, expected: Tip, generated: bool) {
        assert_eq!(self.check().await, TipCheck { tip: expected, generated });
    }
}

#[tokio::test]
async fn untouched_tip_is_the_same() {
    Case::new("fleet/a.yaml", &[("fleet/a.yaml", A)]).await.assert(Tip::Same, false).await;
    Case::new("fleet/*.yaml", &[("fleet/a.yaml", A), ("fleet/b.yaml", B), ("fleet/notes.txt", "x")]).await.assert(Tip::Same, false).await;
    Case::new("**/*.yaml", &[("a.yaml", A), ("fleet/eu/b.yaml", B)]).await.assert(Tip::Same, false).await;
}

#[tokio::test]
async fn unrelated_push_leaves_the_config_the_same() {
    let case = Case::new("fleet/*.yaml", &[("fleet/a.yaml", A)]).await;
    case.push(&[("fleet/a.yaml", A), ("README.md", "x"), ("fleet/eu/b.yaml", B), ("b.yaml", B)]);
    case.assert(Tip::Same, false).await;
}

#[tokio::test]
async fn changed_config_supersedes_a_first_attempt_and_makes_a_rerun_stale() {
    let mut case = Case::new("fleet/a.yaml", &[("fleet/a.yaml", A)]).await;
    let tip = case.push(&[("fleet/a.yaml", B)]);
    case.assert(Tip::Superseded { tip: tip.clone() }, false).await;
    case.rerun = true;
    case.assert(Tip::Stale { tip }, false).await;
}

#[tokio::test]
async fn file_that_came_or_went_at_the_tip_is_a_difference() {
    let case = Case::new("fleet/*.yaml", &[("fleet/a.yaml", A)]).await;
    let tip = case.push(&[("fleet/a.yaml", A), ("fleet/b.yaml", B)]);
    case.assert(Tip::Superseded { tip }, false).await;
    let case = Case::new("**/*.yaml", &[("fleet/a.yaml", A), ("fleet/b.yaml", B)]).await;
    let tip = case.push(&[("fleet/a.yaml", A), ("fleet/eu/b.yaml", B)]);
    case.assert(Tip::Superseded { tip }, false).await;
    let tip = case.push(&[("fleet/a.yaml", A)]);
    case.assert(Tip::Superseded { tip }, false).await;
}

#[tokio::test]
async fn config_back_at_its_old_content_is_the_same() {
    let mut case = Case::new("a.yaml", &[("a.yaml", A)]).await;
    case.push(&[("a.yaml", B)]);
    case.push(&[("a.yaml", A)]);
    case.rerun = true;
    case.assert(Tip::Same, false).await;
}

#[tokio::test]
async fn line_ends_of_windows_are_no_difference() {
    let case = Case::new("a.yaml", &[("a.yaml", A)]).await;
    case.write("a.yaml", &A.replace('\n', "\r\n"));
    case.assert(Tip::Same, false).await;
}

#[tokio::test]
async fn generated_config_is_as_old_as_its_commit() {
    let case = Case::new("a.yaml", &[("README.md", "x")]).await;
    case.write("a.yaml", A);
    case.assert(Tip::Same, true).await;
    let tip = case.push(&[("README.md", "y")]);
    case.assert(Tip::Superseded { tip }, true).await;
}

#[tokio::test]
async fn config_changed_by_the_job_counts_as_generated() {
    let case = Case::new("a.yaml", &[("a.yaml", A)]).await;
    case.write("a.yaml", B);
    case.assert(Tip::Same, true).await;
    let tip = case.push(&[("a.yaml", A), ("README.md", "y")]);
    case.assert(Tip::Superseded { tip }, true).await;
}

#[tokio::test]
async fn config_outside_the_repository_counts_as_generated() {
    let mut case = Case::new("a.yaml", &[("README.md", "x")]).await;
    let elsewhere = tempfile::tempdir().expect("a folder");
    let path = elsewhere.path().join("a.yaml");
    fs::write(&path, A).expect("writable");
    case.patterns = vec![path.to_str().expect("UTF-8").to_owned()];
    case.assert(Tip::Same, true).await;
}

#[tokio::test]
async fn tip_that_cannot_be_read_is_never_taken_for_the_same() {
    let case = Case::new("a.yaml", &[("a.yaml", A)]).await;
    let requests =
        ["GET /repos/octo/config/git/ref/heads/main", "GET /repos/octo/config/git/commits/", "GET /repos/octo/config/git/trees/"];
    for request in requests {
        case.fake.once(request, Effect::refuse(403, "Resource not accessible by integration"));
        let check = case.check().await;
        assert!(matches!(&check.tip, Tip::Unreadable(error) if error.to_string().contains("`contents: read`")), "{check:?}");
    }
    case.fake.state(|state| state.truncated = true);
    assert!(matches!(case.check().await.tip, Tip::Unreadable(_)));
    case.fake.state(|state| {
        state.truncated = false;
        state.refs.clear();
    });
    assert!(matches!(case.check().await.tip, Tip::Unreadable(_)));
}

#[tokio::test]
async fn tag_is_followed_to_its_commit() {
    let mut case = Case::new("a.yaml", &[("a.yaml", A)]).await;
    case.full_ref = "refs/tags/v1";
    let commit = case.commit.clone();
    case.fake.state(|state| {
        state.refs.insert("refs/tags/v1".to_owned(), "f".repeat(40));
        state.tags.insert("f".repeat(40), commit);
    });
    case.assert(Tip::Same, false).await;
}

#[tokio::test]
async fn branch_with_slashes_and_odd_letters_is_asked_for_by_its_name() {
    let mut case = Case::new("a.yaml", &[("a.yaml", A)]).await;
    case.full_ref = "refs/heads/topic/50%-é#1";
    let commit = case.commit.clone();
    case.fake.state(|state| state.refs.insert("refs/heads/topic/50%-é#1".to_owned(), commit));
    case.assert(Tip::Same, false).await;
}

#[cfg(unix)]
#[tokio::test]
async fn linked_config_is_compared_with_its_link_and_its_target() {
    let case = Case::new("a.yaml", &[("fleet/real.yaml", A), ("fleet/other.yaml", A)]).await;
    std::os::unix::fs::symlink("fleet/real.yaml", case.path("a.yaml")).expect("a link");
    let linked = |state: &mut State, target: &str, text: &str| {
        let mut files = State::files(&[("fleet/real.yaml", text), ("fleet/other.yaml", A)]);
        files.insert("a.yaml".to_owned(), ("120000".to_owned(), target.as_bytes().to_vec()));
        state.commit("main", "Link", files)
    };
    let mut case = case;
    case.commit = case.fake.state(|state| linked(state, "fleet/real.yaml", A));
    case.assert(Tip::Same, false).await;
    let tip = case.fake.state(|state| linked(state, "fleet/other.yaml", A));
    case.assert(Tip::Superseded { tip }, false).await;
    let tip = case.fake.state(|state| linked(state, "fleet/real.yaml", B));
    case.assert(Tip::Superseded { tip }, false).await;
}

#[cfg(unix)]
#[tokio::test]
async fn linked_folder_is_compared_with_its_link_and_what_is_in_it() {
    let mut case = Case::new("configs/*.yaml", &[("fleet/a.yaml", A)]).await;
    std::os::unix::fs::symlink("fleet", case.path("configs")).expect("a link");
    let linked = |state: &mut State, target: &str, files: &[(&str, &str)]| {
        let mut files = State::files(files);
        files.insert("configs".to_owned(), ("120000".to_owned(), target.as_bytes().to_vec()));
        state.commit("main", "Link", files)
    };
    case.commit = case.fake.state(|state| linked(state, "fleet", &[("fleet/a.yaml", A)]));
    case.assert(Tip::Same, false).await;
    let tip = case.fake.state(|state| linked(state, "fleet", &[("fleet/a.yaml", A), ("fleet/b.yaml", B)]));
    case.assert(Tip::Superseded { tip }, false).await;
    let tip = case.fake.state(|state| linked(state, "other", &[("fleet/a.yaml", A), ("other/a.yaml", B)]));
    case.assert(Tip::Superseded { tip }, false).await;
}
