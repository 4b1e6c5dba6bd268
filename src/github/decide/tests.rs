use super::*;
use crate::github::{PullRequest, Push};

fn pull_request(base_branch: &str) -> PullRequest {
    PullRequest {
        number: 7,
        url: String::new(),
        title: String::new(),
        body: String::new(),
        author: None,
        head_sha: "a".repeat(40),
        head_branch: "topic".to_owned(),
        head_repository: None,
        base_sha: "b".repeat(40),
        base_branch: base_branch.to_owned(),
        base_repository: None,
        labels: Vec::new(),
        fork: false,
        open: true,
        merged_at: None,
        merge_commit_sha: None,
    }
}

fn event(name: &str, branch: Option<&str>, kind: EventKind) -> Event {
    Event { name: name.to_owned(), kind, default_branch: Some("main".to_owned()), branch: branch.map(str::to_owned) }
}

fn on_pull_request(action: &str, base_branch: &str) -> Event {
    let kind = EventKind::PullRequest { action: action.to_owned(), pull_request: pull_request(base_branch) };
    event("pull_request", None, kind)
}

fn on_push(full_ref: &str, deleted: bool) -> Event {
    // On a deletion the run is on the default branch.
    let branch = if deleted { Some("main") } else { full_ref.strip_prefix("refs/heads/") };
    event("push", branch, EventKind::Push(Push { full_ref: full_ref.to_owned(), deleted, message: None }))
}

fn on_dispatch(branch: &str, command: Option<&str>) -> Event {
    let inputs = command.map(|command| ("command".to_owned(), command.to_owned())).into_iter().collect();
    event("workflow_dispatch", Some(branch), EventKind::WorkflowDispatch { inputs })
}

fn on_other(name: &str, with_pull_request: bool) -> Event {
    event(name, Some("main"), EventKind::Other { pull_request: with_pull_request.then(|| pull_request("main")) })
}

fn word(decision: Result<Job, DecideError>) -> &'static str {
    match decision {
        Ok(Job::Plan { comment: true }) => "plan, comment",
        Ok(Job::Plan { comment: false }) => "plan",
        Ok(Job::Validate) => "validate",
        Ok(Job::Nothing { .. }) => "nothing",
        Ok(Job::Apply) => "apply",
        Ok(Job::Clone) => "clone",
        Ok(Job::Drift) => "drift",
        Err(DecideError::SetCommand { .. }) => "set command",
        Err(DecideError::NoDefaultBranch { .. }) => "no default branch",
        Err(DecideError::UnknownCommand(_)) => "unknown command",
    }
}

#[test]
fn auto_follows_the_table() {
    let table = [
        (on_pull_request("opened", "main"), "plan, comment"),
        (on_pull_request("synchronize", "main"), "plan, comment"),
        (on_pull_request("reopened", "main"), "plan, comment"),
        (on_pull_request("ready_for_review", "main"), "plan, comment"),
        (on_pull_request("edited", "main"), "plan, comment"),
        (on_pull_request("labeled", "main"), "set command"),
        (on_pull_request("closed", "main"), "nothing"),
        (on_pull_request("closed", "release"), "nothing"),
        (on_pull_request("opened", "release"), "validate"),
        (on_pull_request("labeled", "release"), "validate"),
        (event("merge_group", Some("gh-readonly-queue/main/pr-7"), EventKind::MergeGroup), "plan"),
        (on_push("refs/heads/main", false), "apply"),
        (on_push("refs/heads/topic", false), "validate"),
        (on_push("refs/heads/Main", false), "validate"),
        (on_push("refs/tags/main", false), "validate"),
        (on_push("refs/heads/main", true), "nothing"),
        (on_push("refs/heads/topic", true), "nothing"),
        (on_dispatch("main", None), "clone"),
        (on_dispatch("main", Some("")), "clone"),
        (on_dispatch("main", Some("auto")), "clone"),
        (on_dispatch("main", Some("plan")), "plan"),
        (on_dispatch("topic", Some("apply")), "apply"),
        (on_dispatch("main", Some("drift")), "drift"),
        (on_dispatch("main", Some("validate")), "validate"),
        (on_dispatch("main", Some("destroy")), "unknown command"),
        (event("schedule", Some("main"), EventKind::Schedule), "drift"),
        (event("repository_dispatch", Some("main"), EventKind::RepositoryDispatch), "set command"),
        (on_other("pull_request_target", true), "set command"),
        (on_other("issue_comment", false), "set command"),
        (on_other("workflow_run", false), "set command"),
    ];
    for (event, expected) in table {
        assert_eq!(word(decide(&event, Command::Auto)), expected, "{event:?}");
    }
}

#[test]
fn actions_own_input_decides_on_every_event() {
    for event in [on_pull_request("closed", "main"), on_push("refs/heads/x", true), on_dispatch("main", Some("apply"))] {
        let comment = if event.pull_request().is_some() { "plan, comment" } else { "plan" };
        let table = [
            (Command::Validate, "validate"),
            (Command::Plan, comment),
            (Command::Apply, "apply"),
            (Command::Clone, "clone"),
            (Command::Drift, "drift"),
        ];
        for (input, expected) in table {
            assert_eq!(word(decide(&event, input)), expected, "{event:?}");
        }
    }
}

#[test]
fn unknown_default_branch_is_never_guessed() {
    for mut event in [on_push("refs/heads/main", false), on_pull_request("opened", "main")] {
        event.default_branch = None;
        assert_eq!(word(decide(&event, Command::Auto)), "no default branch");
        assert!(write_permission(&event, &Job::Apply, Command::Auto).is_err());
    }
}

fn may_write(event: &Event, input: Command) -> &'static str {
    match write_permission(event, &Job::Apply, input) {
        Ok(()) => "writes",
        Err(Refusal::Event { .. }) => "wrong event",
        Err(Refusal::Branch { .. }) => "wrong branch",
        Err(Refusal::UnknownEvent(_)) => "unknown event",
    }
}

#[test]
fn only_four_events_write_and_only_on_the_default_branch_unless_the_input_says_apply() {
    let table = [
        (on_push("refs/heads/main", false), "writes", "writes"),
        (on_push("refs/heads/topic", false), "wrong branch", "writes"),
        (on_push("refs/tags/main", false), "wrong branch", "writes"),
        (on_dispatch("main", Some("apply")), "writes", "writes"),
        (on_dispatch("topic", Some("apply")), "wrong branch", "writes"),
        (event("schedule", Some("main"), EventKind::Schedule), "writes", "writes"),
        (event("repository_dispatch", Some("main"), EventKind::RepositoryDispatch), "writes", "writes"),
        (on_pull_request("opened", "main"), "wrong event", "wrong event"),
        (event("merge_group", Some("main"), EventKind::MergeGroup), "wrong event", "wrong event"),
        (on_other("pull_request_target", true), "wrong event", "wrong event"),
        (on_other("issue_comment", false), "wrong event", "wrong event"),
        (on_other("workflow_run", false), "wrong event", "wrong event"),
        (on_other("release", false), "wrong event", "wrong event"),
    ];
    for (event, by_auto, by_input) in table {
        for input in [Command::Auto, Command::Validate, Command::Plan, Command::Clone, Command::Drift] {
            assert_eq!(may_write(&event, input), by_auto, "{event:?} {input:?}");
        }
        assert_eq!(may_write(&event, Command::Apply), by_input, "{event:?}");
    }
}

#[test]
fn jobs_that_do_not_write_to_resim_need_no_permission() {
    let event = on_pull_request("opened", "main");
    let jobs = [Job::Plan { comment: true }, Job::Validate, Job::Nothing { notice: String::new() }, Job::Clone, Job::Drift];
    for job in jobs {
        assert!(write_permission(&event, &job, Command::Auto).is_ok(), "{job:?}");
    }
}

fn actions(event: Option<&str>, full_ref: &str) -> RunnerEnv {
    RunnerEnv { actions: true, event_name: event.map(str::to_owned), full_ref: Some(full_ref.to_owned()), ..RunnerEnv::default() }
}

#[test]
fn plain_apply_outside_actions_always_may() {
    assert!(plain_apply_permission(&RunnerEnv::default()).is_ok());
}

#[test]
fn plain_apply_in_actions_follows_the_rule() {
    assert!(plain_apply_permission(&actions(Some("push"), "refs/heads/main")).is_ok());
    assert!(matches!(plain_apply_permission(&actions(Some("issue_comment"), "refs/heads/main")), Err(Refusal::Event { .. })));
    assert!(matches!(plain_apply_permission(&actions(Some("pull_request"), "refs/pull/7/merge")), Err(Refusal::UnknownEvent(_))));
    assert!(matches!(plain_apply_permission(&actions(None, "refs/heads/main")), Err(Refusal::UnknownEvent(_))));
}

#[test]
fn unknown_word_names_the_known_ones() {
    let error = "Apply".parse::<Command>().expect_err("words are exact");
    assert_eq!(error.to_string(), "unknown command `Apply`: one of auto, validate, plan, apply, clone, drift");
}
