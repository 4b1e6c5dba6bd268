//! What GitHub answers, in full: the schema says which fields there are.

use serde_json::{Map, Value, json};

use super::state::{Comment, Commit, Issue, Pull, REPOSITORY, Who};

const TIME: &str = "2026-11-25T10:00:00Z";

/// Bases of the URLs in answers.
#[derive(Clone, Debug)]
pub(crate) struct Urls {
    pub(crate) api: String,
    pub(crate) server: String,
}

impl Urls {
    pub(crate) fn page(&self) -> String {
        format!("{}/{REPOSITORY}", self.server)
    }

    fn repository(&self) -> String {
        format!("{}/repos/{REPOSITORY}", self.api)
    }

    pub(crate) fn comment_page(&self, comment: &Comment) -> String {
        format!("{}/pull/{}#issuecomment-{}", self.page(), comment.number, comment.id)
    }
}

/// Fields that all hold URLs.
fn urls(base: &str, names: &str) -> Map<String, Value> {
    names.split_whitespace().map(|name| (name.to_owned(), json!(format!("{base}/{name}")))).collect()
}

fn with(mut fields: Map<String, Value>, more: Value) -> Value {
    if let Value::Object(more) = more {
        fields.extend(more);
    }
    Value::Object(fields)
}

pub(crate) fn user(who: Who, urls_of: &Urls) -> Value {
    let (login, kind, id) = match who {
        Who::Workflow => ("github-actions[bot]", "Bot", 41_898_282),
        Who::OtherApp => ("other-app[bot]", "Bot", 7),
        Who::Person => ("ada", "User", 1),
        Who::Ghost => return Value::Null,
    };
    let base = format!("{}/users/{login}", urls_of.api);
    let names = "avatar_url events_url followers_url following_url gists_url html_url organizations_url received_events_url \
                 repos_url starred_url subscriptions_url url";
    with(urls(&base, names), json!({ "login": login, "id": id, "node_id": "U", "gravatar_id": "", "type": kind, "site_admin": false }))
}

pub(crate) fn repository(full_name: &str, urls_of: &Urls) -> Value {
    let base = format!("{}/repos/{full_name}", urls_of.api);
    let (_, name) = full_name.split_once('/').expect("owner/name");
    let names = "archive_url assignees_url blobs_url branches_url collaborators_url comments_url commits_url compare_url contents_url \
                 contributors_url deployments_url downloads_url events_url forks_url git_commits_url git_refs_url git_tags_url hooks_url \
                 html_url issue_comment_url issue_events_url issues_url keys_url labels_url languages_url merges_url milestones_url \
                 notifications_url pulls_url releases_url stargazers_url statuses_url subscribers_url subscription_url tags_url teams_url \
                 trees_url url clone_url git_url ssh_url svn_url mirror_url";
    with(
        urls(&base, names),
        json!({
            "id": if full_name == REPOSITORY { 10 } else { 20 },
            "node_id": "R_10", "name": name, "full_name": full_name, "owner": user(Who::Person, urls_of), "private": false,
            "description": null, "fork": full_name != REPOSITORY, "homepage": null, "language": null, "license": null,
            "default_branch": "main", "forks": 0, "forks_count": 0, "stargazers_count": 0, "watchers": 0, "watchers_count": 0,
            "size": 1, "open_issues": 0, "open_issues_count": 0, "has_issues": true, "has_projects": false, "has_wiki": false,
            "has_pages": false, "has_downloads": false, "has_discussions": false, "archived": false, "disabled": false,
            "pushed_at": TIME, "created_at": TIME, "updated_at": TIME, "network_count": 0, "subscribers_count": 0,
        }),
    )
}

fn side(branch: &str, sha: &str, full_name: Option<&str>, urls_of: &Urls) -> Value {
    json!({
        "label": format!("octo:{branch}"), "ref": branch, "sha": sha,
        "repo": full_name.map(|name| repository(name, urls_of)), "user": user(Who::Person, urls_of),
    })
}

/// A pull request, in the long form that lists do not have.
pub(crate) fn pull(number: u64, pull: &Pull, newest: bool, urls_of: &Urls) -> Value {
    let base = format!("{}/pulls/{number}", urls_of.repository());
    let names = "url diff_url patch_url issue_url commits_url comments_url statuses_url review_comments_url review_comment_url";
    let link = json!({ "href": base });
    let mut value = with(
        urls(&base, names),
        json!({
            "id": number + 900, "node_id": "PR", "number": number, "html_url": format!("{}/pull/{number}", urls_of.page()),
            "state": if pull.open { "open" } else { "closed" }, "locked": false, "title": pull.title, "body": pull.body,
            "user": user(pull.author, urls_of), "labels": [], "milestone": null, "assignee": null, "auto_merge": null,
            "created_at": TIME, "updated_at": TIME, "closed_at": if pull.open { Value::Null } else { json!(TIME) },
            "merged_at": pull.merged_at, "merged": pull.merged_at.is_some(), "merge_commit_sha": pull.merge_commit_sha,
            "author_association": "MEMBER", "additions": 1, "deletions": 0, "changed_files": 1, "commits": 1, "comments": 0,
            "review_comments": 0, "mergeable": null, "mergeable_state": "unknown", "maintainer_can_modify": false, "merged_by": null,
            "head": side(&pull.head_branch, &pull.head_sha, pull.head_repository.as_deref(), urls_of),
            "base": side(&pull.base_branch, &"b".repeat(40), Some(REPOSITORY), urls_of),
            "_links": {
                "comments": link, "commits": link, "statuses": link, "html": link, "issue": link, "review_comments": link,
                "review_comment": link, "self": link,
            },
        }),
    );
    if newest {
        value.as_object_mut().expect("an object").remove("merge_commit_sha");
    }
    value
}

pub(crate) fn comment(comment: &Comment, urls_of: &Urls) -> Value {
    json!({
        "id": comment.id, "node_id": "IC", "html_url": urls_of.comment_page(comment), "body": comment.body,
        "url": format!("{}/issues/comments/{}", urls_of.repository(), comment.id),
        "issue_url": format!("{}/issues/{}", urls_of.repository(), comment.number),
        "user": user(comment.author, urls_of), "created_at": TIME, "updated_at": TIME, "author_association": "NONE",
        "performed_via_github_app": app(comment.author, urls_of),
    })
}

fn app(who: Who, urls_of: &Urls) -> Value {
    let slug = match who {
        Who::OtherApp => "other-app",
        Who::Workflow => "github-actions",
        Who::Person | Who::Ghost => return Value::Null,
    };
    json!({
        "id": 3, "slug": slug, "node_id": "A", "owner": user(Who::Person, urls_of), "name": slug, "description": null,
        "external_url": urls_of.server, "html_url": urls_of.server, "created_at": TIME, "updated_at": TIME, "permissions": {}, "events": [],
    })
}

pub(crate) fn issue(number: u64, issue: &Issue, urls_of: &Urls) -> Value {
    let base = format!("{}/issues/{number}", urls_of.repository());
    with(
        urls(&base, "url repository_url labels_url comments_url events_url"),
        json!({
            "id": number + 700, "node_id": "I", "number": number, "html_url": format!("{}/issues/{number}", urls_of.page()),
            "state": if issue.open { "open" } else { "closed" }, "title": issue.title, "body": issue.body,
            "user": user(issue.author, urls_of), "labels": [], "assignee": null, "milestone": null, "locked": false, "comments": 0,
            "closed_at": if issue.open { Value::Null } else { json!(TIME) }, "created_at": TIME, "updated_at": TIME,
            "author_association": "NONE", "performed_via_github_app": app(issue.author, urls_of),
        }),
    )
}

pub(crate) fn git_ref(full_ref: &str, sha: &str, kind: &str, urls_of: &Urls) -> Value {
    let url = format!("{}/git/{full_ref}", urls_of.repository());
    json!({ "ref": full_ref, "node_id": "REF", "url": url, "object": { "type": kind, "sha": sha, "url": url } })
}

pub(crate) fn git_tag(sha: &str, commit: &str, urls_of: &Urls) -> Value {
    let url = format!("{}/git/tags/{sha}", urls_of.repository());
    json!({
        "node_id": "T", "tag": "v1", "sha": sha, "url": url, "message": "one",
        "tagger": { "name": "Ada", "email": "ada@example.com", "date": TIME },
        "object": { "type": "commit", "sha": commit, "url": url },
    })
}

pub(crate) fn commit(sha: &str, commit: &Commit, urls_of: &Urls) -> Value {
    let url = format!("{}/git/commits/{sha}", urls_of.repository());
    let person = |email: &str| json!({ "name": email, "email": email, "date": TIME });
    let parents: Vec<Value> = commit.parents.iter().map(|parent| json!({ "sha": parent, "url": url, "html_url": url })).collect();
    json!({
        "sha": sha, "node_id": "C", "url": url, "html_url": url, "message": commit.message, "author": person(&commit.author),
        "committer": person(&commit.committer), "tree": { "sha": commit.tree, "url": url }, "parents": parents,
        "verification": { "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null },
    })
}
