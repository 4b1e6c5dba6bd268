//! Payloads of webhooks, in the shape in which GitHub sends them.

use std::path::Path;

use resim_sync::github::{Event, EventError, RunnerEnv};
use serde_json::{Value, json};

/// An event as a runner hands it over.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) name: &'static str,
    pub(crate) full_ref: &'static str,
    /// `None`: there is no file.
    pub(crate) payload: Option<Value>,
}

impl Delivery {
    /// Writes the payload, and sets the variables that a runner sets.
    pub(crate) fn env(&self, folder: &Path) -> RunnerEnv {
        let path = folder.join("event.json");
        if let Some(payload) = &self.payload {
            std::fs::write(&path, payload.to_string()).expect("writable");
        }
        RunnerEnv {
            actions: true,
            event_name: Some(self.name.to_owned()),
            event_path: Some(path),
            full_ref: Some(self.full_ref.to_owned()),
            repository: Some("octo/config".parse().expect("a name")),
            sha: Some("c".repeat(40)),
            ..RunnerEnv::default()
        }
    }

    /// What the program makes of it.
    pub(crate) fn read(&self) -> Result<Event, EventError> {
        let folder = tempfile::tempdir().expect("a folder");
        Event::read(&self.env(folder.path()))
    }
}

fn repository(id: u64, full_name: &str) -> Value {
    let (owner, name) = full_name.split_once('/').expect("owner/name");
    json!({
        "id": id, "node_id": "R", "name": name, "full_name": full_name, "private": false, "owner": { "login": owner, "type": "Organization" },
        "html_url": format!("https://github.com/{full_name}"), "default_branch": "main", "fork": id != 10, "description": null,
    })
}

fn base_payload(action: Option<&str>) -> Value {
    let mut payload = json!({
        "repository": repository(10, "octo/config"),
        "organization": { "login": "octo", "id": 5 },
        "sender": { "login": "ada", "type": "User" },
    });
    if let Some(action) = action {
        payload["action"] = json!(action);
    }
    payload
}

/// A pull request from a branch of the same repository into `base`.
pub(crate) fn pull_request(action: &str, base: &str) -> Delivery {
    let mut payload = base_payload(Some(action));
    payload["number"] = json!(7);
    payload["pull_request"] = json!({
        "url": "https://api.github.com/repos/octo/config/pulls/7", "id": 907, "number": 7, "state": "open", "locked": false,
        "html_url": "https://github.com/octo/config/pull/7", "title": "Add the fleet", "body": "Why\r\nReSim-Allow-Archive: 12",
        "user": { "login": "ada", "id": 1, "type": "User" }, "labels": [{ "id": 1, "name": "fleet", "color": "fff", "description": null }],
        "draft": false, "merged": false, "mergeable": null, "merged_at": null, "merge_commit_sha": null, "milestone": null,
        "head": { "label": "octo:topic", "ref": "topic", "sha": "a".repeat(40), "user": { "login": "octo" }, "repo": repository(10, "octo/config") },
        "base": { "label": "octo:main", "ref": base, "sha": "b".repeat(40), "user": { "login": "octo" }, "repo": repository(10, "octo/config") },
    });
    Delivery { name: "pull_request", full_ref: "refs/pull/7/merge", payload: Some(payload) }
}

impl Delivery {
    /// The same from a fork.
    pub(crate) fn by_fork(mut self) -> Self {
        let payload = self.payload.as_mut().expect("a payload");
        payload["pull_request"]["head"]["repo"] = repository(20, "eve/config");
        payload["pull_request"]["head"]["label"] = json!("eve:topic");
        self
    }

    /// The same from a fork that is gone.
    pub(crate) fn by_deleted_fork(mut self) -> Self {
        let payload = self.payload.as_mut().expect("a payload");
        payload["pull_request"]["head"]["repo"] = Value::Null;
        payload["pull_request"]["head"]["user"] = Value::Null;
        self
    }

    /// The same by Dependabot.
    pub(crate) fn by_dependabot(mut self) -> Self {
        let payload = self.payload.as_mut().expect("a payload");
        payload["pull_request"]["user"] = json!({ "login": "dependabot[bot]", "id": 49_699_333, "type": "Bot" });
        self
    }

    /// Another event with the same payload.
    pub(crate) fn named(mut self, name: &'static str, full_ref: &'static str) -> Self {
        (self.name, self.full_ref) = (name, full_ref);
        self
    }
}

/// A push of one commit.
pub(crate) fn push(full_ref: &'static str) -> Delivery {
    let mut payload = base_payload(None);
    let commit = json!({ "id": "c".repeat(40), "message": "Add the fleet (#7)\n\nMore", "distinct": true, "author": { "name": "Ada" } });
    for (field, value) in [
        ("ref", json!(full_ref)),
        ("before", json!("b".repeat(40))),
        ("after", json!("c".repeat(40))),
        ("created", json!(false)),
        ("deleted", json!(false)),
        ("forced", json!(false)),
        ("base_ref", Value::Null),
        ("head_commit", commit.clone()),
        ("commits", json!([commit])),
        ("pusher", json!({ "name": "ada", "email": "ada@example.com" })),
    ] {
        payload[field] = value;
    }
    Delivery { name: "push", full_ref, payload: Some(payload) }
}

/// A deletion: the run itself is on the default branch.
pub(crate) fn deletion(full_ref: &str) -> Delivery {
    let mut delivery = push("refs/heads/main");
    let payload = delivery.payload.as_mut().expect("a payload");
    payload["ref"] = json!(full_ref);
    payload["after"] = json!("0".repeat(40));
    payload["deleted"] = json!(true);
    payload["head_commit"] = Value::Null;
    payload["commits"] = json!([]);
    delivery
}

/// A dispatch; GitHub sends null where the workflow has no inputs.
pub(crate) fn workflow_dispatch(inputs: Value) -> Delivery {
    let mut payload = base_payload(None);
    payload["inputs"] = inputs;
    payload["ref"] = json!("refs/heads/main");
    payload["workflow"] = json!(".github/workflows/clone.yml");
    Delivery { name: "workflow_dispatch", full_ref: "refs/heads/main", payload: Some(payload) }
}

/// A schedule, whose payload has little but its cron line.
pub(crate) fn schedule() -> Delivery {
    let payload = json!({ "schedule": "17 6 * * 1-5", "workflow": ".github/workflows/drift.yml" });
    Delivery { name: "schedule", full_ref: "refs/heads/main", payload: Some(payload) }
}

/// An entry of the merge queue.
pub(crate) fn merge_group() -> Delivery {
    let mut payload = base_payload(Some("checks_requested"));
    payload["merge_group"] = json!({
        "head_sha": "c".repeat(40), "head_ref": "refs/heads/gh-readonly-queue/main/pr-7-abc", "base_sha": "b".repeat(40), "base_ref": "refs/heads/main",
        "head_commit": { "id": "c".repeat(40), "message": "Add the fleet" },
    });
    Delivery { name: "merge_group", full_ref: "refs/heads/gh-readonly-queue/main/pr-7-abc", payload: Some(payload) }
}

/// A comment on a pull request.
pub(crate) fn issue_comment() -> Delivery {
    let mut payload = base_payload(Some("created"));
    payload["issue"] =
        json!({ "number": 7, "title": "Add the fleet", "pull_request": { "url": "https://api.github.com/repos/octo/config/pulls/7" } });
    payload["comment"] = json!({ "id": 1, "body": "/apply", "user": { "login": "eve" } });
    Delivery { name: "issue_comment", full_ref: "refs/heads/main", payload: Some(payload) }
}

/// The end of another workflow, for a fork: its list of pull requests is empty.
pub(crate) fn workflow_run() -> Delivery {
    let mut payload = base_payload(Some("completed"));
    payload["workflow_run"] = json!({ "id": 1, "head_sha": "a".repeat(40), "event": "pull_request", "pull_requests": [] });
    Delivery { name: "workflow_run", full_ref: "refs/heads/main", payload: Some(payload) }
}

/// A dispatch from outside.
pub(crate) fn repository_dispatch() -> Delivery {
    let mut payload = base_payload(Some("resim"));
    payload["client_payload"] = json!({ "command": "apply" });
    payload["branch"] = json!("main");
    Delivery { name: "repository_dispatch", full_ref: "refs/heads/main", payload: Some(payload) }
}
