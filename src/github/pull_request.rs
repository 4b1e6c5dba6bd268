//! A pull request as webhooks and the REST API describe it: the same shape in both.

use serde::Deserialize;

use super::{GitHub, GitHubError, Permission, RepositoryName, Request};

/// What matters of a pull request. All texts are untrusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Where people see it; empty if the payload lacks it.
    pub url: String,
    /// The title; empty if the payload lacks it.
    pub title: String,
    /// The description; empty if there is none.
    pub body: String,
    /// The login of whoever opened it; `None` for a deleted account.
    pub author: Option<String>,
    /// The commit at the tip of its branch.
    pub head_sha: String,
    /// Its branch.
    pub head_branch: String,
    /// The full name of the repository that its branch lies in; `None` if that is gone.
    pub head_repository: Option<String>,
    /// The commit of the branch it goes into.
    pub base_sha: String,
    /// The branch it goes into.
    pub base_branch: String,
    /// The full name of the repository it goes into.
    pub base_repository: Option<String>,
    /// Names of its labels, in GitHub's order.
    pub labels: Vec<String>,
    /// Whether its branch lies in another repository, or in one that is gone.
    pub fork: bool,
    /// Whether it is open.
    pub open: bool,
    /// When it was merged, as GitHub writes it.
    pub merged_at: Option<String>,
    /// The commit that merged it, in versions of the API that tell.
    pub merge_commit_sha: Option<String>,
}

impl PullRequest {
    /// Whether Dependabot opened it: GitHub treats it as a fork's.
    pub fn is_dependabot(&self) -> bool {
        self.author.as_deref() == Some("dependabot[bot]")
    }

    /// Whether GitHub gives its workflows no secrets.
    pub fn gets_no_secrets(&self) -> bool {
        self.fork || self.is_dependabot()
    }

    /// Whether it was merged into this branch of this repository.
    pub fn was_merged_into(&self, repository: &RepositoryName, branch: &str) -> bool {
        let here = self.base_repository.as_deref().is_none_or(|name| repository.is(name));
        self.merged_at.is_some() && here && self.base_branch == branch
    }
}

/// The wire form, tolerant to everything that may be null.
#[derive(Debug, Deserialize)]
pub(crate) struct PullRequestWire {
    number: u64,
    html_url: Option<String>,
    title: Option<String>,
    body: Option<String>,
    state: Option<String>,
    user: Option<UserWire>,
    head: SideWire,
    base: SideWire,
    labels: Option<Vec<LabelWire>>,
    merged_at: Option<String>,
    merge_commit_sha: Option<String>,
}

#[derive(Debug, Deserialize)]
struct UserWire {
    login: Option<String>,
}

#[derive(Debug, Deserialize)]
struct SideWire {
    sha: String,
    #[serde(rename = "ref")]
    branch: String,
    repo: Option<RepositoryWire>,
}

/// A repository as it stands in payloads.
#[derive(Debug, Deserialize)]
pub(crate) struct RepositoryWire {
    id: Option<u64>,
    full_name: Option<String>,
    pub(crate) default_branch: Option<String>,
}

#[derive(Debug, Deserialize)]
struct LabelWire {
    name: Option<String>,
}

impl PullRequestWire {
    /// The default branch of the repository it goes into.
    pub(crate) fn default_branch(&self) -> Option<&str> {
        self.base.repo.as_ref()?.default_branch.as_deref()
    }
}

impl From<PullRequestWire> for PullRequest {
    fn from(wire: PullRequestWire) -> Self {
        let PullRequestWire { number, html_url, title, body, state, user, head, base, labels, merged_at, merge_commit_sha } = wire;
        Self {
            number,
            url: html_url.unwrap_or_default(),
            title: title.unwrap_or_default(),
            body: body.unwrap_or_default(),
            author: user.and_then(|user| user.login),
            fork: !same_repository(head.repo.as_ref(), base.repo.as_ref()),
            head_sha: head.sha,
            head_branch: head.branch,
            head_repository: head.repo.and_then(|repository| repository.full_name),
            base_sha: base.sha,
            base_branch: base.branch,
            base_repository: base.repo.and_then(|repository| repository.full_name),
            labels: labels.unwrap_or_default().into_iter().filter_map(|label| label.name).collect(),
            open: state.as_deref() == Some("open"),
            merged_at,
            merge_commit_sha,
        }
    }
}

/// Whether both are known and the same; a repository that is gone is not.
fn same_repository(head: Option<&RepositoryWire>, base: Option<&RepositoryWire>) -> bool {
    let (Some(head), Some(base)) = (head, base) else { return false };
    match ((head.id, base.id), (&head.full_name, &base.full_name)) {
        ((Some(head), Some(base)), _) => head == base,
        (_, (Some(head), Some(base))) => head.eq_ignore_ascii_case(base),
        _ => false,
    }
}

impl GitHub {
    /// `GET pulls/{number}`: as it is now, where an event's payload may be old.
    ///
    /// # Errors
    /// What GitHub says; 404 if there is none.
    pub async fn pull_request(&self, number: u64) -> Result<PullRequest, GitHubError> {
        let request = Request::get(&["pulls", &number.to_string()], Permission::PullRequestsWrite);
        self.json::<PullRequestWire>(&request).await.map(PullRequest::from)
    }
}
