//! Clone's pull request: where it starts, and one pull request from a branch of its own.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use reqwest::Url;
use serde_json::json;

use super::checkout::RepositoryPattern;
use super::git_tree::CommitFiles;
use super::ours::same_text;
use super::pull_request::{PullRequestWire, RepositoryWire};
use super::{GitHub, GitHubError, GitHubErrorKind, Permission, PullRequest, Request};
use crate::render::markdown::{Marker, MarkerKind};

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
                if let Entry::Vacant(place) = files.entry(path) {
                    let text = self.blob_text(&entry.sha).await?;
                    let not_utf8 = || CloneError::NotUtf8 { path: place.key().clone(), branch: branch.clone() };
                    let text = text.ok_or_else(not_utf8)?;
                    place.insert(text);
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
