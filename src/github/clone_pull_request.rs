//! Clone's pull request: commits through the API to a branch of its own, and one pull request from it.
//!
//! The branch holds one commit on the base's tip, made anew each time. A person's commit on it stops that.
//! The commit is made on a branch for the purpose and then moved over, so that the pull request never
//! looks empty: GitHub would close it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::checkout::{RepositoryPattern, blob_id};
use super::git_tree::CommitFiles;
use super::ours::same_text;
use super::pull_request::{PullRequestWire, RepositoryWire};
use super::{Document, GitHub, GitHubError, GitHubErrorKind, Permission, PullRequest, Request};
use crate::render::markdown::{Marker, MarkerKind};

/// On a line of its own in the message of our commits.
const TRAILER: &str = "ReSim-Sync: clone";
/// As a commit ID: no such ref.
const NOTHING: &str = "0000000000000000000000000000000000000000";

const CREATE_COMMIT: Document = Document {
    name: "CreateCommit",
    text: "mutation CreateCommit($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }",
};
const MOVE_BRANCH: Document = Document {
    name: "MoveBranch",
    text: "mutation MoveBranch($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }",
};
const REPOSITORY_ID: Document = Document {
    name: "RepositoryId",
    text: "query RepositoryId($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { id } }",
};

/// The config at the tip of the base branch, where a clone starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloneBase {
    /// The branch's name.
    pub branch: String,
    /// The commit at its tip.
    pub commit: String,
    /// Texts by path from the root of the repository.
    pub files: BTreeMap<String, String>,
}

/// What to publish.
#[derive(Clone, Copy, Debug)]
pub struct CloneRequest<'a> {
    /// Where it started.
    pub base: &'a CloneBase,
    /// The branch of its own: `resim-sync/clone`.
    pub branch: &'a str,
    /// All files as they are to be, by path from the root of the repository.
    pub files: &'a BTreeMap<String, String>,
    /// The commit's first line, and the pull request's title.
    pub title: &'a str,
    /// The pull request's body; its first line is a [`Marker`].
    pub body: &'a str,
    /// The comment with which a pull request that is not needed any more is closed.
    pub closing: &'a str,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CloneOutcome {
    /// The base has these files already.
    NoDifference {
        /// The pull request that was closed, if one was open.
        closed: Option<CloneReference>,
    },
    /// A new pull request.
    Opened(CloneReference),
    /// The open one was changed.
    Updated(CloneReference),
    /// The open one says this already.
    Unchanged(CloneReference),
}

/// A pull request, for outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloneReference {
    /// Its number.
    pub number: u64,
    /// Where people see it.
    pub url: String,
}

/// Why a clone was not published.
#[derive(Debug, thiserror::Error)]
pub enum CloneError {
    /// GitHub failed.
    #[error(transparent)]
    GitHub(#[from] GitHubError),
    /// The branch has a commit that is not ours: nothing was overwritten.
    #[error("the branch `{branch}` has a commit that is not from a clone: {commit}")]
    BranchTaken {
        /// The branch.
        branch: String,
        /// The commit at its tip.
        commit: String,
    },
    /// A config file is not UTF-8.
    #[error("`{path}` at the tip of `{branch}` is not UTF-8")]
    NotUtf8 {
        /// The file.
        path: String,
        /// The base branch.
        branch: String,
    },
    /// The commit is on the branch, but the pull request may not be opened.
    #[error("the branch is pushed, but its pull request cannot be opened: {error}")]
    MayNotOpen {
        /// What is missing.
        error: GitHubError,
        /// Where a person can open it.
        compare_url: String,
    },
}

impl CloneError {
    /// Ways out, one a line.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::GitHub(error) => error.hint().into_iter().collect(),
            Self::BranchTaken { branch, .. } => {
                vec![format!("merge or delete `{branch}`, or set the input `branch` to another name")]
            }
            Self::NotUtf8 { .. } => vec!["save the file as UTF-8".to_owned()],
            Self::MayNotOpen { error, compare_url } => {
                error.hint().into_iter().chain([format!("or open it yourself: {compare_url}")]).collect()
            }
        }
    }
}

#[derive(Deserialize)]
struct RefWire {
    object: Oid,
}

#[derive(Deserialize)]
struct Oid {
    #[serde(alias = "oid")]
    sha: String,
}

#[derive(Deserialize)]
struct CommitWire {
    message: String,
    author: Option<PersonWire>,
    committer: Option<PersonWire>,
    parents: Vec<Oid>,
}

#[derive(Deserialize)]
struct PersonWire {
    email: Option<String>,
}

impl CommitWire {
    /// Whether a clone made it and nobody changed it since. GitHub is the committer of what is made through
    /// its API, or else author and committer are one; who amends a commit becomes its committer.
    fn is_ours(&self) -> bool {
        let marked = self.message.lines().any(|line| line.trim_end() == TRAILER);
        let email = |person: &Option<PersonWire>| person.as_ref().and_then(|person| person.email.clone()).unwrap_or_default();
        let (author, committer) = (email(&self.author), email(&self.committer));
        marked && (committer.starts_with("noreply@") || committer == author)
    }
}

impl GitHub {
    /// The config at the tip of a branch, `None` meaning the default branch.
    ///
    /// # Errors
    /// What GitHub says, or a file that is not UTF-8.
    pub async fn read_clone_base(&self, branch: Option<&str>, patterns: &[RepositoryPattern]) -> Result<CloneBase, CloneError> {
        let branch = match branch {
            Some(branch) => branch.to_owned(),
            None => self.default_branch().await?,
        };
        let commit = self.tip(&format!("refs/heads/{branch}")).await?;
        let mut in_git = CommitFiles::of(self, &commit).await?;
        let mut files = BTreeMap::new();
        for pattern in patterns {
            for (path, entry) in in_git.matches(pattern).await? {
                // A link that leads nowhere, or to a folder, names no file.
                let Some((path, entry)) = in_git.resolved(&path, entry).await? else { continue };
                if !files.contains_key(&path) {
                    let text = self.blob_text(&entry.sha).await?;
                    let text = text.ok_or_else(|| CloneError::NotUtf8 { path: path.clone(), branch: branch.clone() })?;
                    files.insert(path, text);
                }
            }
        }
        Ok(CloneBase { branch, commit, files })
    }

    /// The repository's default branch.
    ///
    /// # Errors
    /// What GitHub says.
    pub async fn default_branch(&self) -> Result<String, GitHubError> {
        let request = Request::get(&[], Permission::ContentsRead);
        let repository: RepositoryWire = self.json(&request).await?;
        repository.default_branch.ok_or_else(|| self.malformed(&request, "no default branch"))
    }

    /// Opens, updates or closes clone's pull request.
    ///
    /// # Errors
    /// What GitHub says; a branch that a person has committed to; a right that is missing.
    pub async fn publish_clone(&self, clone: &CloneRequest<'_>) -> Result<CloneOutcome, CloneError> {
        let changed: BTreeMap<&str, &str> = clone
            .files
            .iter()
            .filter(|(path, text)| clone.base.files.get(*path) != Some(*text))
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        if changed.is_empty() {
            let open = self.clone_pull_request(clone).await?;
            if let Some(open) = &open {
                self.close(open, clone.closing).await?;
            }
            return Ok(CloneOutcome::NoDifference { closed: open.as_ref().map(reference) });
        }
        let head = self.head_of(clone.branch).await?;
        let up_to_date = match &head {
            Some(head) if *head == clone.base.commit => false,
            Some(head) => self.holds_already(head, clone, &changed).await?,
            None => false,
        };
        if !up_to_date {
            self.commit_clone(clone, &changed, head.as_deref()).await?;
        }
        match self.clone_pull_request(clone).await? {
            Some(open) if self.retitle(&open, clone).await? || !up_to_date => Ok(CloneOutcome::Updated(reference(&open))),
            Some(open) => Ok(CloneOutcome::Unchanged(reference(&open))),
            None => self.open(clone).await,
        }
    }

    /// The open pull request from the branch into the base.
    async fn clone_pull_request(&self, clone: &CloneRequest<'_>) -> Result<Option<PullRequest>, GitHubError> {
        let request = Request::get(&["pulls"], Permission::PullRequestsWrite)
            .with("state", "open")
            .with("head", format!("{}:{}", self.repository().owner(), clone.branch))
            .with("base", clone.base.branch.as_str());
        let open = self.list::<PullRequestWire>(request).await?.into_iter().map(PullRequest::from);
        // GitHub passes over a filter that it does not understand.
        let ours = |open: &PullRequest| !open.fork && open.head_branch == clone.branch && open.base_branch == clone.base.branch;
        Ok(open.filter(ours).min_by_key(|open| open.number))
    }

    async fn head_of(&self, branch: &str) -> Result<Option<String>, GitHubError> {
        let segments: Vec<&str> = ["git", "ref", "heads"].into_iter().chain(branch.split('/')).collect();
        match self.json::<RefWire>(&Request::get(&segments, Permission::ContentsWrite)).await {
            Ok(RefWire { object }) => Ok(Some(object.sha)),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the branch is one commit of ours on the base's tip with these files.
    async fn holds_already(&self, head: &str, clone: &CloneRequest<'_>, changed: &BTreeMap<&str, &str>) -> Result<bool, CloneError> {
        let commit: CommitWire = self.json(&Request::get(&["git", "commits", head], Permission::ContentsWrite)).await?;
        if !commit.is_ours() {
            return Err(CloneError::BranchTaken { branch: clone.branch.to_owned(), commit: head.to_owned() });
        }
        if !matches!(commit.parents.as_slice(), [parent] if parent.sha == clone.base.commit) {
            return Ok(false);
        }
        let mut in_git = CommitFiles::of(self, head).await?;
        for (path, text) in clone.files {
            let wanted = changed.get(path.as_str()).copied().unwrap_or(text);
            let entry = in_git.entry(path).await?;
            if entry.is_none_or(|entry| entry.sha != blob_id(wanted.as_bytes())) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes the commit on a branch for the purpose, then moves the real branch there.
    async fn commit_clone(&self, clone: &CloneRequest<'_>, changed: &BTreeMap<&str, &str>, head: Option<&str>) -> Result<(), CloneError> {
        let short: String = Uuid::new_v4().simple().to_string().chars().take(8).collect();
        let workbench = format!("{}-{short}", clone.branch);
        let base = clone.base.commit.as_str();
        let body = json!({ "ref": format!("refs/heads/{workbench}"), "sha": base });
        self.done(&Request::post(&["git", "refs"], body, Permission::ContentsWrite)).await?;
        let moved = match self.commit_on(&workbench, clone, changed).await {
            Ok(commit) => self.move_branch(clone.branch, head, &commit, &workbench).await.map_err(|error| (error, Some(commit))),
            Err(error) => Err((error, None)),
        };
        let Err((error, commit)) = moved else { return Ok(()) };
        let now = self.head_of(clone.branch).await?;
        let outcome = match (now, commit) {
            (Some(now), _) if Some(now.as_str()) != head => Err(CloneError::BranchTaken { branch: clone.branch.to_owned(), commit: now }),
            // Nobody moved the branch, so it is this kind of mutation that was refused.
            (now, Some(commit)) if matches!(error.kind, GitHubErrorKind::GraphQl { .. }) => {
                self.move_branch_by_rest(clone.branch, now.is_some(), &commit).await.map_err(CloneError::from)
            }
            _ => Err(error.into()),
        };
        // A branch that is left over does no harm, and what came before counts more.
        let _ = self.delete_branch(&workbench).await;
        outcome
    }

    async fn move_branch_by_rest(&self, branch: &str, exists: bool, to: &str) -> Result<(), GitHubError> {
        let needs = Permission::ContentsWrite;
        if exists {
            let segments: Vec<&str> = ["git", "refs", "heads"].into_iter().chain(branch.split('/')).collect();
            return self.done(&Request::patch(&segments, json!({ "sha": to, "force": true }), needs)).await;
        }
        let body = json!({ "ref": format!("refs/heads/{branch}"), "sha": to });
        self.done(&Request::post(&["git", "refs"], body, needs)).await
    }

    async fn commit_on(&self, branch: &str, clone: &CloneRequest<'_>, changed: &BTreeMap<&str, &str>) -> Result<String, GitHubError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Data {
            create_commit_on_branch: Payload,
        }
        #[derive(Deserialize)]
        struct Payload {
            commit: Oid,
        }
        let additions: Vec<Value> = changed.iter().map(|(path, text)| json!({ "path": path, "contents": STANDARD.encode(text) })).collect();
        let input = json!({
            "branch": { "repositoryNameWithOwner": self.repository().to_string(), "branchName": branch },
            "expectedHeadOid": clone.base.commit,
            "message": { "headline": clone.title, "body": TRAILER },
            "fileChanges": { "additions": additions },
        });
        let request = Request::mutation(CREATE_COMMIT, &json!({ "input": input }), Permission::ContentsWrite);
        let Data { create_commit_on_branch } = self.data(&request).await?;
        Ok(create_commit_on_branch.commit.sha)
    }

    /// Moves the branch and takes the other one away, at once and only if nobody moved it meanwhile.
    async fn move_branch(&self, branch: &str, from: Option<&str>, to: &str, workbench: &str) -> Result<(), GitHubError> {
        #[derive(Deserialize)]
        struct Data {
            repository: Repository,
        }
        #[derive(Deserialize)]
        struct Repository {
            id: String,
        }
        let names = json!({ "owner": self.repository().owner(), "name": self.repository().name() });
        let Data { repository } = self.data(&Request::query(REPOSITORY_ID, &names, Permission::ContentsWrite)).await?;
        let update = |branch: &str, before: &str, after: &str| json!({ "name": format!("refs/heads/{branch}"), "beforeOid": before, "afterOid": after, "force": true });
        let updates = [update(branch, from.unwrap_or(NOTHING), to), update(workbench, to, NOTHING)];
        let input = json!({ "input": { "repositoryId": repository.id, "refUpdates": updates } });
        self.data::<Value>(&Request::mutation(MOVE_BRANCH, &input, Permission::ContentsWrite)).await.map(drop)
    }

    async fn delete_branch(&self, branch: &str) -> Result<(), GitHubError> {
        let segments: Vec<&str> = ["git", "refs", "heads"].into_iter().chain(branch.split('/')).collect();
        self.done(&Request::delete(&segments, Permission::ContentsWrite)).await
    }

    /// Brings title and body up to date; says whether they were not. A text that is not ours stays.
    async fn retitle(&self, open: &PullRequest, clone: &CloneRequest<'_>) -> Result<bool, GitHubError> {
        let ours = Marker::parse(&open.body).is_some_and(|marker| marker.kind == MarkerKind::Clone);
        if !ours || (open.title == clone.title && same_text(&open.body, clone.body)) {
            return Ok(false);
        }
        let body = json!({ "title": clone.title, "body": clone.body });
        self.done(&Request::patch(&["pulls", &open.number.to_string()], body, Permission::PullRequestsWrite)).await?;
        Ok(true)
    }

    async fn open(&self, clone: &CloneRequest<'_>) -> Result<CloneOutcome, CloneError> {
        let body = json!({ "title": clone.title, "head": clone.branch, "base": clone.base.branch, "body": clone.body });
        match self.json::<PullRequestWire>(&Request::post(&["pulls"], body, Permission::PullRequestsWrite)).await {
            Ok(opened) => Ok(CloneOutcome::Opened(reference(&opened.into()))),
            Err(error) if matches!(error.kind, GitHubErrorKind::MissingPermission { .. }) => {
                let compare_url = self.compare_url(&clone.base.branch, clone.branch);
                Err(CloneError::MayNotOpen { error, compare_url })
            }
            Err(error) => match self.clone_pull_request(clone).await {
                // Another run opened it at the same time, or the answer was lost.
                Ok(Some(open)) => Ok(CloneOutcome::Opened(reference(&open))),
                Ok(None) | Err(_) => Err(error.into()),
            },
        }
    }

    /// With the reason first, so that nobody finds it closed without one.
    async fn close(&self, open: &PullRequest, comment: &str) -> Result<(), GitHubError> {
        let number = open.number.to_string();
        let needs = Permission::PullRequestsWrite;
        self.done(&Request::post(&["issues", &number, "comments"], json!({ "body": comment }), needs)).await?;
        self.done(&Request::patch(&["pulls", &number], json!({ "state": "closed" }), needs)).await
    }

    fn compare_url(&self, base: &str, branch: &str) -> String {
        let page = self.repository_page();
        let Ok(mut url) = Url::parse(&page) else { return page };
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.push("compare").push(&format!("{base}...{branch}"));
        }
        url.set_query(Some("expand=1"));
        url.to_string().replace("%2F", "/")
    }
}

fn reference(pull_request: &PullRequest) -> CloneReference {
    CloneReference { number: pull_request.number, url: pull_request.url.clone() }
}
