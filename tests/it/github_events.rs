//! From a webhook's payload to the job.

use std::collections::BTreeMap;

use resim_sync::github::{
    Command, EventError, EventKind, Job, RunnerEnv, allowed_archives, decide, plain_apply_permission, write_permission,
};
use serde_json::{Value, json};

use crate::github::events::{
    Delivery, deletion, issue_comment, merge_group, pull_request, push, repository_dispatch, schedule, workflow_dispatch, workflow_run,
};

fn auto(delivery: &Delivery) -> Option<Job> {
    decide(&delivery.read().expect("understood"), Command::Auto).ok()
}

#[test]
fn payloads_lead_to_the_jobs_of_the_table() {
    let commented = Some(Job::Plan { comment: true });
    assert_eq!(auto(&pull_request("opened", "main")), commented);
    assert_eq!(auto(&pull_request("synchronize", "main")), commented);
    assert_eq!(auto(&pull_request("opened", "main").by_fork()), commented);
    assert_eq!(auto(&pull_request("opened", "main").by_deleted_fork()), commented);
    assert_eq!(auto(&pull_request("opened", "main").by_dependabot()), commented);
    assert_eq!(auto(&pull_request("opened", "release")), Some(Job::Validate));
    assert!(matches!(auto(&pull_request("closed", "main")), Some(Job::Nothing { .. })));
    assert_eq!(auto(&merge_group()), Some(Job::Plan { comment: false }));
    assert_eq!(auto(&push("refs/heads/main")), Some(Job::Apply));
    assert_eq!(auto(&push("refs/heads/topic")), Some(Job::Validate));
    assert_eq!(auto(&push("refs/tags/main")), Some(Job::Validate));
    assert!(matches!(auto(&deletion("refs/heads/topic")), Some(Job::Nothing { .. })));
    assert_eq!(auto(&workflow_dispatch(Value::Null)), Some(Job::Clone));
    assert_eq!(auto(&workflow_dispatch(json!({}))), Some(Job::Clone));
    assert_eq!(auto(&workflow_dispatch(json!({ "command": "apply" }))), Some(Job::Apply));
    assert_eq!(auto(&schedule()), Some(Job::Drift));
    for other in [issue_comment(), workflow_run(), repository_dispatch()] {
        assert_eq!(auto(&other), None, "{}", other.name);
    }
    let target = pull_request("opened", "main").named("pull_request_target", "refs/heads/main");
    assert_eq!(auto(&target), None);
    assert_eq!(decide(&target.read().expect("understood"), Command::Plan), Ok(Job::Plan { comment: true }));
}

#[test]
fn nothing_in_a_payload_makes_a_foreign_event_write() {
    for delivery in [
        pull_request("closed", "main"),
        pull_request("opened", "main").named("pull_request_target", "refs/heads/main"),
        pull_request("submitted", "main").named("pull_request_review", "refs/pull/7/merge"),
        merge_group(),
        issue_comment(),
        workflow_run(),
    ] {
        let event = delivery.read().expect("understood");
        assert!(write_permission(&event, &Job::Apply, Command::Apply).is_err(), "{}", delivery.name);
        let folder = tempfile::tempdir().expect("a folder");
        assert!(plain_apply_permission(&delivery.env(folder.path())).is_err(), "{}", delivery.name);
    }
    for delivery in [push("refs/heads/main"), workflow_dispatch(Value::Null), schedule(), repository_dispatch()] {
        let event = delivery.read().expect("understood");
        assert!(write_permission(&event, &Job::Apply, Command::Auto).is_ok(), "{}", delivery.name);
        let folder = tempfile::tempdir().expect("a folder");
        assert!(plain_apply_permission(&delivery.env(folder.path())).is_ok(), "{}", delivery.name);
    }
    let folder = tempfile::tempdir().expect("a folder");
    assert!(plain_apply_permission(&push("refs/heads/topic").env(folder.path())).is_err());
}

#[test]
fn pull_requests_of_forks_and_dependabot_get_no_secrets() {
    let secretless = |delivery: Delivery| delivery.read().expect("understood").pull_request().expect("one").gets_no_secrets();
    assert!(!secretless(pull_request("opened", "main")));
    assert!(secretless(pull_request("opened", "main").by_fork()));
    assert!(secretless(pull_request("opened", "main").by_deleted_fork()));
    assert!(secretless(pull_request("opened", "main").by_dependabot()));
}

#[test]
fn fork_is_known_by_its_name() {
    let repository = |delivery: Delivery| delivery.read().expect("understood").pull_request().expect("one").head_repository.clone();
    assert_eq!(repository(pull_request("opened", "main").by_fork()).as_deref(), Some("eve/config"));
    assert_eq!(repository(pull_request("opened", "main").by_deleted_fork()), None);
}

#[test]
fn description_of_a_same_repository_pull_request_allows_archives() {
    let allowed = |delivery: Delivery| allowed_archives(delivery.read().expect("understood").pull_request().expect("one"));
    assert_eq!(allowed(pull_request("edited", "main")), Some(12));
    assert_eq!(allowed(pull_request("edited", "main").by_fork()), None);
    assert_eq!(allowed(pull_request("edited", "main").by_deleted_fork()), None);
}

#[test]
fn pull_request_is_read_from_its_payload() {
    let event = pull_request("opened", "main").read().expect("understood");
    let pull_request = event.pull_request().expect("one");
    assert_eq!((pull_request.number, pull_request.head_sha.as_str()), (7, "a".repeat(40).as_str()));
    assert_eq!((pull_request.base_branch.as_str(), pull_request.labels.as_slice()), ("main", ["fleet".to_owned()].as_slice()));
    assert!(pull_request.open && !pull_request.was_merged_into(&"octo/config".parse().expect("a name"), "main"));
}

#[test]
fn push_knows_its_commits_message_and_a_deletion_has_none() {
    let message = |delivery: Delivery| {
        let EventKind::Push(push) = delivery.read().expect("understood").kind else { panic!("no push") };
        push.message
    };
    assert_eq!(message(push("refs/heads/main")).as_deref(), Some("Add the fleet (#7)\n\nMore"));
    assert_eq!(message(deletion("refs/heads/topic")), None);
}

#[test]
fn inputs_of_a_dispatch_are_texts() {
    let delivery = workflow_dispatch(json!({ "command": "plan", "force": true, "count": 3, "empty": null }));
    let EventKind::WorkflowDispatch { inputs } = delivery.read().expect("understood").kind else { panic!("no dispatch") };
    let expected = [("command", "plan"), ("count", "3"), ("empty", ""), ("force", "true")];
    assert_eq!(inputs, expected.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<BTreeMap<_, _>>());
}

#[test]
fn missing_payload_is_an_error_only_where_it_is_needed() {
    let without = |mut delivery: Delivery| {
        delivery.payload = None;
        delivery.read()
    };
    for delivery in [schedule(), workflow_dispatch(Value::Null), push("refs/heads/main"), merge_group(), issue_comment()] {
        assert!(without(delivery.clone()).is_ok(), "{}", delivery.name);
    }
    assert!(matches!(without(pull_request("opened", "main")), Err(EventError::NoPayload { .. })));
}

#[test]
fn payload_that_is_no_event_is_an_error_and_no_panic() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut env = pull_request("opened", "main").env(folder.path());
    for text in ["", "{", "[]", "null", "{\"pull_request\":7}", "{\"pull_request\":{\"number\":-1}}", "\u{0}"] {
        std::fs::write(folder.path().join("event.json"), text).expect("writable");
        assert!(matches!(resim_sync::github::Event::read(&env), Err(EventError::Malformed { .. })), "{text}");
    }
    std::fs::write(folder.path().join("event.json"), [0xff, 0xfe]).expect("writable");
    assert!(matches!(resim_sync::github::Event::read(&env), Err(EventError::Unreadable(_))));
    env.event_name = None;
    assert!(matches!(resim_sync::github::Event::read(&env), Err(EventError::NoEvent)));
    assert!(matches!(resim_sync::github::Event::read(&RunnerEnv::default()), Err(EventError::NoEvent)));
}
