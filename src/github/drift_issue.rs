//! The drift issue: one per label, open as long as ReSim differs from the config.
//!
//! Found by marker, label and own authorship; edited only when the drift is another one.

use serde::Deserialize;
use serde_json::{Value, json};

use super::ours::{App, User, graphql_is_unusable, is_workflows};
use super::{Document, GitHub, GitHubError, GitHubErrorKind, MAX_PAGES, Permission, Request};
use crate::render::markdown::{Marker, MarkerKind};

const NEEDS: Permission = Permission::IssuesWrite;
/// A closed issue behind so many others that changed later is not opened again.
const CLOSED_PAGES: usize = 10;

const FIND_ISSUES: Document = Document {
    name: "FindIssues",
    text: "query FindIssues($owner: String!, $name: String!, $states: [IssueState!], $field: IssueOrderField!, $after: String) { \
           repository(owner: $owner, name: $name) { \
           issues(first: 100, after: $after, states: $states, orderBy: { field: $field, direction: DESC }) { \
           nodes { number url body state viewerDidAuthor } pageInfo { hasNextPage endCursor } } } }",
};

/// An issue of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Issue {
    number: u64,
    url: String,
    body: String,
    open: bool,
}

/// The issue of one label, as it was found; perhaps there is none yet.
#[derive(Debug)]
pub struct DriftIssue<'a> {
    github: &'a GitHub,
    label: &'a str,
    /// The one to use comes first.
    own: Vec<Issue>,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriftOutcome {
    /// A new issue.
    Opened {
        /// Where people see it.
        url: String,
    },
    /// A closed one is open again.
    Reopened {
        /// Where people see it.
        url: String,
    },
    /// The open one shows another drift now.
    Edited {
        /// Where people see it.
        url: String,
    },
    /// The open one shows this drift already.
    Unchanged {
        /// Where people see it.
        url: String,
    },
}

impl DriftOutcome {
    /// The issue.
    pub fn url(&self) -> &str {
        match self {
            Self::Opened { url } | Self::Reopened { url } | Self::Edited { url } | Self::Unchanged { url } => url,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GraphQlIssue {
    number: u64,
    url: String,
    body: String,
    state: String,
    viewer_did_author: bool,
}

#[derive(Deserialize)]
struct RestIssue {
    number: u64,
    html_url: String,
    body: Option<String>,
    state: String,
    user: Option<User>,
    performed_via_github_app: Option<App>,
    /// The list has pull requests too.
    pull_request: Option<Value>,
}

impl GitHubError {
    /// Whether the repository has no issues, or the token may not write them: worth a warning only.
    pub fn is_no_issues(&self) -> bool {
        match &self.kind {
            GitHubErrorKind::MissingPermission { permission, .. } => *permission == Permission::IssuesWrite,
            GitHubErrorKind::Status { status, .. } => *status == 410,
            GitHubErrorKind::RateLimited { .. }
            | GitHubErrorKind::GraphQl { .. }
            | GitHubErrorKind::Connect(_)
            | GitHubErrorKind::NoAnswer(_)
            | GitHubErrorKind::Malformed(_)
            | GitHubErrorKind::Deadline
            | GitHubErrorKind::Setup(_) => false,
        }
    }
}

impl<'a> DriftIssue<'a> {
    /// Looks for the issue.
    ///
    /// # Errors
    /// What GitHub says; see [`GitHubError::is_no_issues`].
    pub async fn find(github: &'a GitHub, label: &'a str) -> Result<Self, GitHubError> {
        let mut issue = Self { github, label, own: Vec::new() };
        issue.own = issue.list().await?;
        Ok(issue)
    }

    /// Whether one is open. Before one is opened, ReSim is worth a second look.
    pub fn is_open(&self) -> bool {
        self.own.first().is_some_and(|issue| issue.open)
    }

    /// Shows a drift. The body begins with a [`Marker`] that holds the label and the plan's digest.
    ///
    /// # Errors
    /// What GitHub says; see [`GitHubError::is_no_issues`].
    pub async fn report(mut self, title: &str, body: &str) -> Result<DriftOutcome, GitHubError> {
        let marker = Marker::parse(body).filter(|marker| marker.kind == MarkerKind::Drift && marker.label == self.label);
        let Some(marker) = marker else {
            let kind = GitHubErrorKind::Setup("a drift issue must begin with its marker".to_owned());
            return Err(GitHubError { request: "drift issue".to_owned(), kind });
        };
        let Some(issue) = self.own.first().cloned() else { return self.open(title, body).await };
        self.close_others(issue.number).await?;
        let shown = Marker::parse(&issue.body).and_then(|marker| marker.plan);
        let url = issue.url.clone();
        if issue.open && shown.is_some() && shown == marker.plan {
            return Ok(DriftOutcome::Unchanged { url });
        }
        self.edit(issue.number, &json!({ "title": title, "body": body, "state": "open" })).await?;
        Ok(if issue.open { DriftOutcome::Edited { url } } else { DriftOutcome::Reopened { url } })
    }

    /// Closes what is open, with a comment: there is no drift any more. Returns the page of the issue.
    ///
    /// # Errors
    /// What GitHub says; see [`GitHubError::is_no_issues`].
    pub async fn close(self, comment: &str) -> Result<Option<String>, GitHubError> {
        let mut closed = None;
        for issue in self.own.iter().filter(|issue| issue.open) {
            let number = issue.number.to_string();
            // With the reason first, so that nobody finds it closed without one.
            self.github.done(&Request::post(&["issues", &number, "comments"], json!({ "body": comment }), NEEDS)).await?;
            self.edit(issue.number, &json!({ "state": "closed", "state_reason": "completed" })).await?;
            closed.get_or_insert_with(|| issue.url.clone());
        }
        Ok(closed)
    }

    async fn open(&mut self, title: &str, body: &str) -> Result<DriftOutcome, GitHubError> {
        #[derive(Deserialize)]
        struct Opened {
            number: u64,
            html_url: String,
        }
        let request = Request::post(&["issues"], json!({ "title": title, "body": body }), NEEDS);
        let opened: Opened = match self.github.json(&request).await {
            Ok(opened) => opened,
            // Perhaps it was done after all.
            Err(error) if error.may_have_happened() => match self.list().await?.into_iter().find(|issue| issue.open) {
                Some(issue) => Opened { number: issue.number, html_url: issue.url },
                None => return Err(error),
            },
            Err(error) => return Err(error),
        };
        // Another run may have opened one at the same time: both keep the one with the lowest number.
        self.own = self.list().await?;
        let kept = self.own.iter().filter(|issue| issue.open).min_by_key(|issue| issue.number);
        let (number, url) = kept.map_or((opened.number, opened.html_url), |issue| (issue.number, issue.url.clone()));
        self.close_others(number).await?;
        Ok(DriftOutcome::Opened { url })
    }

    async fn close_others(&self, kept: u64) -> Result<(), GitHubError> {
        for issue in self.own.iter().filter(|issue| issue.open && issue.number != kept) {
            self.edit(issue.number, &json!({ "state": "closed", "state_reason": "not_planned" })).await?;
        }
        Ok(())
    }

    async fn edit(&self, number: u64, fields: &Value) -> Result<(), GitHubError> {
        self.github.done(&Request::patch(&["issues", &number.to_string()], fields.clone(), NEEDS)).await
    }

    /// All issues of ours with the label: open ones by number, then closed ones, the youngest first.
    async fn list(&self) -> Result<Vec<Issue>, GitHubError> {
        let own = match self.list_by_graphql().await {
            Err(error) if graphql_is_unusable(&error) => self.list_by_rest().await?,
            other => other?,
        };
        let labelled =
            |issue: &Issue| Marker::parse(&issue.body).is_some_and(|marker| marker.kind == MarkerKind::Drift && marker.label == self.label);
        let (mut open, mut closed): (Vec<_>, Vec<_>) = own.into_iter().filter(labelled).partition(|issue| issue.open);
        open.sort_by_key(|issue| issue.number);
        closed.sort_by_key(|issue| std::cmp::Reverse(issue.number));
        open.append(&mut closed);
        Ok(open)
    }

    async fn list_by_graphql(&self) -> Result<Vec<Issue>, GitHubError> {
        let mut all = Vec::new();
        // Of the open ones none may be missed, or another would be opened each day.
        for (state, field, pages) in [("OPEN", "CREATED_AT", MAX_PAGES), ("CLOSED", "UPDATED_AT", CLOSED_PAGES)] {
            let repository = self.github.repository();
            let variables =
                json!({ "owner": repository.owner(), "name": repository.name(), "states": [state], "field": field, "after": null });
            let issues: Vec<GraphQlIssue> = self.github.connection(FIND_ISSUES, variables, "/repository/issues", NEEDS, pages).await?;
            all.extend(
                issues.into_iter().filter(|issue| issue.viewer_did_author).map(
                    |GraphQlIssue { number, url, body, state, viewer_did_author: _ }| Issue { number, url, body, open: state == "OPEN" },
                ),
            );
        }
        Ok(all)
    }

    async fn list_by_rest(&self) -> Result<Vec<Issue>, GitHubError> {
        let issues: Vec<RestIssue> = self.github.list(Request::get(&["issues"], NEEDS).with("state", "all")).await?;
        let own = issues
            .into_iter()
            .filter(|issue| issue.pull_request.is_none() && is_workflows(issue.user.as_ref(), issue.performed_via_github_app.as_ref()));
        Ok(own
            .map(|issue| Issue {
                number: issue.number,
                url: issue.html_url,
                body: issue.body.unwrap_or_default(),
                open: issue.state == "open",
            })
            .collect())
    }
}
