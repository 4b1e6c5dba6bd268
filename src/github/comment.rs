//! The sticky comment: one per pull request and label, updated in place.
//!
//! Found by hidden marker and own authorship, over all pages. An older run never overwrites what belongs
//! to a newer commit; of two runs that begin one at the same time, one comment is left.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::ours::{App, User, graphql_is_unusable, is_workflows, same_text};
use super::{Document, GitHub, GitHubError, GitHubErrorKind, MAX_PAGES, Permission, Request};
use crate::render::markdown::{Marker, MarkerKind};

const NEEDS: Permission = Permission::PullRequestsWrite;

/// Shared with the tests' server, which knows no other documents.
const FIND_COMMENTS: Document = Document {
    name: "FindComments",
    text: "query FindComments($owner: String!, $name: String!, $number: Int!, $after: String) { \
           repository(owner: $owner, name: $name) { pullRequest(number: $number) { \
           comments(first: 100, after: $after) { \
           nodes { fullDatabaseId url body viewerDidAuthor } pageInfo { hasNextPage endCursor } } } } }",
};

/// A comment of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Comment {
    id: u64,
    url: String,
    body: String,
}

/// The comment of one pull request and label, as it was found; perhaps there is none yet.
#[derive(Debug)]
pub struct StickyComment<'a> {
    github: &'a GitHub,
    pull_request: u64,
    label: &'a str,
    /// By ID: the first is the one, more are left over from races.
    own: BTreeMap<u64, Comment>,
}

/// How to publish a text.
#[derive(Clone, Copy, Debug)]
pub struct Publishing<'a> {
    /// The whole comment; its first line is a [`Marker`] with the label.
    pub body: &'a str,
    /// Whether to begin a comment where there is none.
    pub create: bool,
    /// The pull request's head that the text speaks of. Nothing is written if the head has moved on, or if
    /// the pull request is closed and its comment shows how apply ended. `None`: the text holds anyway.
    pub head: Option<&'a str>,
}

/// What became of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// A new comment.
    Created {
        /// Where people see it.
        url: String,
    },
    /// The existing comment was changed.
    Updated {
        /// Where people see it.
        url: String,
    },
    /// The existing comment says this already.
    Unchanged {
        /// Where people see it.
        url: String,
    },
    /// There is no comment, and none was wanted.
    NotNeeded,
    /// A newer commit or apply is what the comment is about: nothing was written.
    Superseded,
}

impl Published {
    /// The comment, if it says what was to be published.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Created { url } | Self::Updated { url } | Self::Unchanged { url } => Some(url),
            Self::NotNeeded | Self::Superseded => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GraphQlComment {
    #[serde(deserialize_with = "big_int")]
    full_database_id: u64,
    url: String,
    body: String,
    viewer_did_author: bool,
}

#[derive(Deserialize)]
struct RestComment {
    id: u64,
    html_url: String,
    body: Option<String>,
    user: Option<User>,
    performed_via_github_app: Option<App>,
}

/// GitHub writes its 64-bit integers as texts in GraphQL.
fn big_int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    number.ok_or_else(|| serde::de::Error::custom("not a 64-bit integer"))
}

impl<'a> StickyComment<'a> {
    /// Looks for the comment.
    ///
    /// # Errors
    /// What GitHub says.
    pub async fn find(github: &'a GitHub, pull_request: u64, label: &'a str) -> Result<Self, GitHubError> {
        let mut comment = Self { github, pull_request, label, own: BTreeMap::new() };
        comment.own = comment.list().await?;
        Ok(comment)
    }

    /// What it says now, marker included.
    pub fn body(&self) -> Option<&str> {
        self.own.values().next().map(|comment| comment.body.as_str())
    }

    /// What its marker records now.
    pub fn marker(&self) -> Option<Marker> {
        Marker::parse(self.body()?)
    }

    /// Makes the comment say this, as far as it may.
    ///
    /// # Errors
    /// What GitHub says.
    pub async fn publish(mut self, publishing: &Publishing<'_>) -> Result<Published, GitHubError> {
        let &Publishing { body, create, head } = publishing;
        if Marker::parse(body).is_none_or(|marker| marker.label != self.label) {
            let kind = GitHubErrorKind::Setup("a comment must begin with its marker".to_owned());
            return Err(GitHubError { request: "sticky comment".to_owned(), kind });
        }
        if self.own.is_empty() && !create {
            return Ok(Published::NotNeeded);
        }
        while let Some(comment) = self.own.values().next().cloned() {
            if same_text(&comment.body, body) {
                self.delete_others(comment.id).await?;
                return Ok(Published::Unchanged { url: comment.url });
            }
            if self.is_superseded(head).await? {
                return Ok(Published::Superseded);
            }
            match self.update(comment.id, body).await {
                Ok(()) => {
                    self.delete_others(comment.id).await?;
                    return Ok(Published::Updated { url: comment.url });
                }
                // Somebody deleted it: the next one, or a new one.
                Err(error) if error.status() == Some(404) => self.own.remove(&comment.id),
                Err(error) => return Err(error),
            };
        }
        if self.is_superseded(head).await? {
            return Ok(Published::Superseded);
        }
        self.create(body, head).await
    }

    async fn create(&mut self, body: &str, head: Option<&str>) -> Result<Published, GitHubError> {
        let created = match self.post(body).await {
            Ok(comment) => comment,
            // Perhaps it was done after all: look before it is sent again.
            Err(error) if error.may_have_happened() => {
                let found = self.list().await?.into_values().find(|comment| same_text(&comment.body, body));
                match found {
                    Some(comment) => comment,
                    None => self.post(body).await?,
                }
            }
            Err(error) => return Err(error),
        };
        // Another run may have begun one at the same time: both keep the one with the lowest ID.
        self.own = self.list().await?;
        self.own.entry(created.id).or_insert_with(|| created.clone());
        let kept = self.own.values().next().cloned().unwrap_or_else(|| created.clone());
        self.delete_others(kept.id).await?;
        if kept.id == created.id || same_text(&kept.body, body) {
            return Ok(Published::Created { url: kept.url });
        }
        if self.is_superseded(head).await? {
            return Ok(Published::Superseded);
        }
        self.update(kept.id, body).await?;
        Ok(Published::Updated { url: kept.url })
    }

    /// Reads the pull request anew: its head is what a text must speak of.
    async fn is_superseded(&self, head: Option<&str>) -> Result<bool, GitHubError> {
        let Some(head) = head else { return Ok(false) };
        let now = self.github.pull_request(self.pull_request).await?;
        let applied = !now.open && self.marker().is_some_and(|marker| marker.kind == MarkerKind::Apply);
        Ok(now.head_sha != head || applied)
    }

    async fn post(&self, body: &str) -> Result<Comment, GitHubError> {
        let number = self.pull_request.to_string();
        let request = Request::post(&["issues", &number, "comments"], json!({ "body": body }), NEEDS);
        let RestComment { id, html_url, body: _, user: _, performed_via_github_app: _ } = self.github.json(&request).await?;
        Ok(Comment { id, url: html_url, body: body.to_owned() })
    }

    async fn update(&self, id: u64, body: &str) -> Result<(), GitHubError> {
        let request = Request::patch(&["issues", "comments", &id.to_string()], json!({ "body": body }), NEEDS);
        self.github.done(&request).await
    }

    async fn delete_others(&mut self, kept: u64) -> Result<(), GitHubError> {
        for id in self.own.keys().filter(|id| **id != kept) {
            match self.github.done(&Request::delete(&["issues", "comments", &id.to_string()], NEEDS)).await {
                Ok(()) => {}
                Err(error) if error.status() == Some(404) => {}
                Err(error) => return Err(error),
            }
        }
        self.own.retain(|id, _| *id == kept);
        Ok(())
    }

    /// All comments of ours with the label.
    async fn list(&self) -> Result<BTreeMap<u64, Comment>, GitHubError> {
        let own = match self.list_by_graphql().await {
            Err(error) if graphql_is_unusable(&error) => self.list_by_rest().await?,
            other => other?,
        };
        let labelled = own.into_iter().filter(|comment| Marker::parse(&comment.body).is_some_and(|marker| marker.label == self.label));
        Ok(labelled.map(|comment| (comment.id, comment)).collect())
    }

    async fn list_by_graphql(&self) -> Result<Vec<Comment>, GitHubError> {
        let repository = self.github.repository();
        let variables = json!({ "owner": repository.owner(), "name": repository.name(), "number": self.pull_request, "after": null });
        let at = "/repository/pullRequest/comments";
        let comments: Vec<GraphQlComment> = self.github.connection(FIND_COMMENTS, variables, at, NEEDS, MAX_PAGES).await?;
        let own = comments.into_iter().filter(|comment| comment.viewer_did_author);
        Ok(own
            .map(|GraphQlComment { full_database_id, url, body, viewer_did_author: _ }| Comment { id: full_database_id, url, body })
            .collect())
    }

    async fn list_by_rest(&self) -> Result<Vec<Comment>, GitHubError> {
        let request = Request::get(&["issues", &self.pull_request.to_string(), "comments"], NEEDS);
        let comments: Vec<RestComment> = self.github.list(request).await?;
        let own = comments.into_iter().filter(|comment| is_workflows(comment.user.as_ref(), comment.performed_via_github_app.as_ref()));
        Ok(own.map(|comment| Comment { id: comment.id, url: comment.html_url, body: comment.body.unwrap_or_default() }).collect())
    }
}
