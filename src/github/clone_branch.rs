//! The branch of clone's pull request: one commit on the base's tip, made anew each time.
//!
//! A person's commit on it stops that. The commit is made on a branch for the purpose and then moved over,
//! so that the pull request never looks empty: GitHub would close it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::checkout::blob_id;
use super::git_tree::CommitFiles;
use super::{CloneError, CloneRequest, Document, GitHub, GitHubError, GitHubErrorKind, Permission, Request};

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
    pub(super) async fn head_of(&self, branch: &str) -> Result<Option<String>, GitHubError> {
        let segments: Vec<&str> = ["git", "ref", "heads"].into_iter().chain(branch.split('/')).collect();
        match self.json::<RefWire>(&Request::get(&segments, Permission::ContentsWrite)).await {
            Ok(RefWire { object }) => Ok(Some(object.sha)),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the branch is one commit of ours on the base's tip with these files.
    pub(super) async fn holds_already(
        &self,
        head: &str,
        clone: &CloneRequest<'_>,
        changed: &BTreeMap<&str, &str>,
    ) -> Result<bool, CloneError> {
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
    pub(super) async fn commit_clone(
        &self,
        clone: &CloneRequest<'_>,
        changed: &BTreeMap<&str, &str>,
        head: Option<&str>,
    ) -> Result<(), CloneError> {
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
}
