//! Every message of the README's troubleshooting is one that a run prints: each is provoked here.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::ci_runner::{Ran, Runner, state_with};
use crate::github::{Delivery, Effect, State, events};
use crate::pages;
use crate::support::{Folder, Program, Server};

const CONFIG: &str = "experiences:\n  - {name: a, description: new, locations: [s3://a]}\n";
const EMPTY: &str = "experiences: []\n";

/// A message as the README has it, and how to come to see it.
type Provoked = (&'static str, fn() -> String);

const PLAIN: [Provoked; 23] = [
    ("no credentials for ReSim", || offline(&["plan", "--project=p"], &[], 1)),
    ("… is set, and … is missing", || offline(&["plan", "--project=p"], &[("RESIM_CLIENT_ID", "id")], 1)),
    ("credentials refused", || online("plan", &[], 1, |program| program.env("RESIM_CLIENT_SECRET", "wrong"))),
    ("the credentials lack …; nothing was written", || {
        online("apply", &["permissions=projects:read,experiences:read,experienceTags:read,systems:read,batches:read"], 1, |program| program)
    }),
    ("no project is named", || offline(&["plan"], &[("RESIM_TOKEN", "t")], 64)),
    ("no project is called", || online("plan", &[], 1, |program| program.env("RESIM_PROJECT", "dronse"))),
    ("projects are called", || online("plan", &["also-project=drones"], 1, |program| program.env("RESIM_PROJECT", "drones"))),
    ("cannot connect", || {
        // A port that was free a moment ago, and that nobody listens on.
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
        let url = format!("http://127.0.0.1:{port}/v1");
        offline(&["plan", "--project=p", "--deadline=1s"], &[("RESIM_URL", &url), ("RESIM_TOKEN", "t")], 1)
    }),
    ("the OAuth tenant of … is not known", || {
        let pair = [("RESIM_CLIENT_ID", "id"), ("RESIM_CLIENT_SECRET", "s")];
        offline(&["plan", "--project=p", "--api-url=https://resim.example.com/v1"], &pair, 64)
    }),
    ("only https is used", || offline(&["plan", "--project=p"], &[("RESIM_URL", "http://api.example.com/v1"), ("RESIM_TOKEN", "t")], 64)),
    ("redirects are not followed", || online("plan", &["experiences=redirect:https://example.com/"], 1, |program| program)),
    ("the deadline of the run passed", || online("plan", &["experiences=latency:60s"], 1, |program| program.args(&["--deadline", "1s"]))),
    ("too many requests", || online("plan", &["experiences=429:3600"], 1, |program| program)),
    ("the state moved while it was read", || online("plan", &["experiences=total:+1"], 1, |program| program)),
    ("a tab is used for indentation", || {
        let folder = Folder::with_config("experiences:\n\t- {name: a, description: d, locations: [s3://a]}\n");
        fails(Program::new(&folder, &["validate"]), 3)
    }),
    ("ReSim has no tag", || against(&CONFIG.replace("name: a", "name: a, tags: [t]"), &["plan"], 3)),
    ("ReSim has no live test suite", || against(&format!("{CONFIG}managedTestSuites:\n  - {{name: S, experiences: [a]}}\n"), &["plan"], 3)),
    ("This plan archives …, more than", || against(&CONFIG.replace("name: a", "name: b"), &["plan", "--max-archive", "0"], 4)),
    ("This plan leaves no live experience", || against(EMPTY, &["plan", "--max-archive", "100%"], 4)),
    ("the plan is not the one asked for", || against(CONFIG, &["apply", "--expect-digest", &"0".repeat(64)], 4)),
    ("no config can say", || clone_of(" ", EMPTY)),
    ("not edited, because", || clone_of("b", "x-all: &all\n  - {name: a, description: d, locations: [s3://a]}\nexperiences: *all\n")),
    ("does not hold …, which this needs", || {
        let folder = Folder::with_config(EMPTY);
        folder.write("state.json", &state_with("a").replace("\"archivedExperiences\":true", "\"archivedExperiences\":false"));
        folder.write("experiences.yaml", &CONFIG.replace("name: a", "name: b"));
        fails(Program::new(&folder, &["plan", "--from-snapshot", "state.json"]), 1)
    }),
];

const IN_GITHUB: [Provoked; 15] = [
    ("the plan has destructive changes that no reviewer saw", || {
        let runner = Runner::new(EMPTY, &state_with("a"));
        runner.merged();
        let program = runner.program(&push()).env("RESIM_SYNC_REVIEWED", "guard").env("RESIM_SYNC_FORCE", "true");
        said(runner.run(program, 4))
    }),
    ("the config at the branch's tip is a newer one", || {
        let runner = Runner::new(CONFIG, &state_with("a"));
        let pushed = runner.fake.state(|state| {
            let pushed = state.commit("main", "Older", State::files(&[("experiences.yaml", CONFIG)]));
            state.commit("main", "Newer", State::files(&[("experiences.yaml", EMPTY)]));
            state.pull(7, &pushed).merged_at = Some("2026-11-25T10:00:00Z".to_owned());
            state.pulls_of_commits.insert(pushed.clone(), vec![7]);
            pushed
        });
        let program = runner.program(&push()).env("GITHUB_SHA", &pushed).env("GITHUB_RUN_ATTEMPT", "2");
        said(runner.run(program, 4))
    }),
    ("the tip of the branch cannot be read", || {
        let runner = Runner::new(CONFIG, &state_with("a"));
        said(runner.run(runner.program(&push()).env("RESIM_SYNC_GITHUB_TOKEN", ""), 4))
    }),
    ("does not write on the event", || ci(CONFIG, &opened(), &[("RESIM_SYNC_COMMAND", "apply")], 64)),
    ("writes on the default branch only", || {
        let dispatch = events::workflow_dispatch(serde_json::json!({"command": "apply"}));
        ci(CONFIG, &Delivery { full_ref: "refs/heads/topic", ..dispatch }, &[], 64)
    }),
    ("does not say what to do: set", || ci(CONFIG, &events::issue_comment(), &[], 64)),
    ("the working directory is in no checkout", || {
        let runner = cloning();
        std::fs::remove_dir_all(runner.folder.file(".git")).expect("it is there");
        let elsewhere = Folder::new();
        let workspace = elsewhere.path().to_str().expect("UTF-8");
        said(runner.run(runner.program(&dispatched()).env("GITHUB_WORKSPACE", workspace), 64))
    }),
    ("the comment was not written", || github_refuses(&opened(), "POST /repos/octo/config/issues/7/comments", 0)),
    ("the issue was not written", || github_refuses(&events::schedule(), "POST /repos/octo/config/issues", 0)),
    ("the token lacks", || github_refuses(&opened(), "POST /repos/octo/config/issues/7/comments", 0)),
    ("GitHub limits requests for another", || {
        let runner = Runner::new(CONFIG, &state_with("a"));
        let limited = Effect::refuse_with(429, &[("retry-after", "3600")], "You have exceeded a secondary rate limit");
        runner.fake.once("POST /repos/octo/config/issues/7/comments", limited);
        said(runner.ends(&opened(), 0))
    }),
    ("has a commit that is not from a clone", || {
        let runner = cloning();
        runner.fake.state(|state| state.commit("resim-sync/clone", "Mine", State::files(&[("x", "y")])));
        said(runner.ends(&dispatched(), 4))
    }),
    ("its pull request cannot be opened", || {
        let runner = cloning();
        let refused = Effect::refuse(403, "GitHub Actions is not permitted to create or approve pull requests.");
        runner.fake.once("POST /repos/octo/config/pulls", refused);
        said(runner.ends(&dispatched(), 1))
    }),
    ("not everything was done", || {
        let runner = Runner::new(CONFIG, &state_with("a"));
        runner.merged();
        runner.server.add_fault("PATCH experiences/*=422");
        said(runner.ends(&push(), 1))
    }),
    ("ReSim still differs from the config", || {
        let runner = Runner::new(CONFIG, &state_with("a"));
        runner.merged();
        // Somebody undoes it at once.
        let undo = r#"{"experience": {"description": "d"}, "updateMask": ["description"]}"#;
        runner.server.add_fault(&format!("PATCH experiences/*#1=edit-after:PATCH experiences/33333333-3333-4333-8333-333333333333 {undo}"));
        said(runner.ends(&push(), 1))
    }),
];

#[cfg(unix)]
const INSTALLER: [Provoked; 2] = [
    ("is not the archive that this commit of the action names", crate::installer::what_another_archive_says),
    ("cargo is not there to build it from source", crate::installer::what_an_unknown_platform_says),
];

fn push() -> Delivery {
    events::push("refs/heads/main")
}

fn opened() -> Delivery {
    events::pull_request("opened", "main")
}

fn dispatched() -> Delivery {
    events::workflow_dispatch(Value::Null)
}

/// What a run says to its end.
fn fails(program: Program, code: i32) -> String {
    let output = program.ends_with(code);
    format!("{}\n{}", output.stdout, output.stderr)
}

/// With no ReSim at all.
fn offline(args: &[&str], env: &[(&str, &str)], code: i32) -> String {
    let folder = Folder::with_config(CONFIG);
    fails(env.iter().fold(Program::new(&folder, args), |program, (name, value)| program.env(name, value)), code)
}

/// With a ReSim that has faults.
fn online(command: &str, faults: &[&str], code: i32, change: fn(Program) -> Program) -> String {
    let server = Server::start(Some(&state_with("a")), faults);
    let folder = Folder::with_config(CONFIG);
    fails(change(Program::new(&folder, &[command]).with(&server)), code)
}

/// With a ReSim that has one experience, `a`.
fn against(config: &str, args: &[&str], code: i32) -> String {
    let server = Server::with_state(&state_with("a"));
    let folder = Folder::with_config(config);
    fails(Program::new(&folder, args).with(&server), code)
}

/// A clone of a ReSim with one experience of that name.
fn clone_of(name: &str, config: &str) -> String {
    let folder = Folder::with_config(config);
    folder.write("state.json", &state_with(name));
    fails(Program::new(&folder, &["clone", "--from-snapshot", "state.json"]), 1)
}

fn ci(config: &str, delivery: &Delivery, env: &[(&str, &str)], code: i32) -> String {
    let runner = Runner::new(config, &state_with("a"));
    let program = env.iter().fold(runner.program(delivery), |program, (name, value)| program.env(name, value));
    let ran = runner.run(program, code);
    said(ran)
}

/// A run to which GitHub forbids a request.
fn github_refuses(delivery: &Delivery, request: &str, code: i32) -> String {
    let runner = Runner::new(CONFIG, &state_with("a"));
    runner.fake.once(request, Effect::refuse(403, "Resource not accessible by integration"));
    let ran = runner.ends(delivery, code);
    said(ran)
}

/// A checkout whose config lacks what ReSim has, without a pull request.
fn cloning() -> Runner {
    let runner = Runner::new(EMPTY, &state_with("a"));
    runner.fake.state(|state| {
        state.pulls.clear();
        state.commit("main", "Begin", State::files(&[("experiences.yaml", EMPTY)]))
    });
    runner
}

/// What a person sees of a job: its log, and nothing else.
fn said(ran: Ran) -> String {
    format!("{}\n{}", ran.output.stdout, ran.output.stderr)
}

/// Whether a line says it; `…` stands for what differs from case to case.
fn says(text: &str, message: &str) -> bool {
    let mut pieces = message.split('…').map(str::trim);
    let first = pieces.next().unwrap_or_default();
    text.lines().any(|line| {
        let Some(at) = line.find(first) else { return false };
        let mut rest = &line[at + first.len()..];
        pieces.clone().all(|piece| rest.find(piece).map(|at| rest = &rest[at + piece.len()..]).is_some())
    })
}

fn all() -> Vec<Provoked> {
    let mut all: Vec<Provoked> = PLAIN.into_iter().chain(IN_GITHUB).collect();
    #[cfg(unix)]
    all.extend(INSTALLER);
    all
}

#[test]
fn every_message_in_troubleshooting_is_printed_by_a_run() {
    // Each is a run or two of a program that mostly waits.
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = all().into_iter().map(|(message, provoke)| (message, scope.spawn(provoke))).collect();
        let said = runs.into_iter().map(|(message, run)| (message, run.join().unwrap_or_else(|_| "a run that ended otherwise".to_owned())));
        said.filter(|(message, text)| !says(text, message)).map(|(message, text)| format!("`{message}` is not said in\n{text}")).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_message_in_troubleshooting_is_provoked() {
    let shown: Vec<String> = pages::troubleshooting();
    let shown: BTreeSet<&str> = shown.iter().map(String::as_str).collect();
    let provoked: BTreeSet<&str> = all().into_iter().map(|(message, _)| message).collect();
    #[cfg(unix)]
    assert_eq!(shown, provoked);
    #[cfg(not(unix))]
    assert!(shown.is_superset(&provoked));
}
