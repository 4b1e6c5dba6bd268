//! Credentials, hosts and the project: one clear line, what to do, and never a secret.

use crate::support::{Folder, Output, Program, Server};

const CONFIG: &str = "experiences:\n  - {name: a, description: d, locations: [s3://b/a]}\n";
const INVALID: &str = "experiences:\n  - {description: d, locations: [s3://b/a]}\n";
const CANARY: &str = "canary-7c41d2";

fn fails(program: Program, code: i32, said: &[&str]) -> Output {
    let output = program.ends_with(code);
    for text in said {
        assert!(output.stderr.contains(text), "`{text}` is not said:\n{}", output.stderr);
    }
    assert!(!output.stderr.contains(CANARY) && !output.stdout.contains(CANARY), "a secret is shown:\n{}", output.stderr);
    assert_eq!(output.stderr.lines().filter(|line| line.starts_with("error")).count(), 1, "{}", output.stderr);
    output
}

fn plan(folder: &Folder) -> Program {
    Program::new(folder, &["plan", "--project", "p"])
}

#[test]
fn missing_credentials_say_which_to_set() {
    let folder = Folder::with_config(CONFIG);
    fails(plan(&folder), 1, &["no credentials", "RESIM_CLIENT_ID", "RESIM_USERNAME", "--sandbox"]);
}

#[test]
fn half_a_pair_names_the_missing_half() {
    let folder = Folder::with_config(CONFIG);
    fails(plan(&folder).env("RESIM_CLIENT_SECRET", CANARY), 1, &["RESIM_CLIENT_ID is missing"]);
    fails(plan(&folder).env("RESIM_CLIENT_ID", "id"), 1, &["RESIM_CLIENT_SECRET is missing"]);
    fails(plan(&folder).env("RESIM_PASSWORD", CANARY), 1, &["RESIM_USERNAME is missing"]);
    // Own variables hide the other program's, even half a pair of them.
    let own = plan(&folder).env("RESIM_TOKEN", CANARY).env("RESIM_SYNC_CLIENT_ID", "id");
    fails(own, 1, &["RESIM_SYNC_CLIENT_SECRET is missing"]);
}

#[test]
fn refused_credentials_are_no_network_failure() {
    let server = Server::empty();
    let folder = Folder::with_config(CONFIG);
    let refused = Program::new(&folder, &["plan"]).with(&server).env("RESIM_CLIENT_SECRET", "wrong");
    let output = refused.ends_with(1);
    assert!(output.stderr.contains("refused"), "{}", output.stderr);
}

#[test]
fn refused_token_is_not_shown() {
    let server = Server::empty();
    let folder = Folder::with_config(CONFIG);
    fails(Program::new(&folder, &["plan"]).with(&server).env("RESIM_TOKEN", "wrong-canary-7c41d2"), 1, &["401"]);
}

#[test]
fn user_and_password_are_taken() {
    let server = Server::empty();
    let folder = Folder::with_config(CONFIG);
    let program = Program::new(&folder, &["plan"])
        .env("RESIM_URL", &server.api_url())
        .env("RESIM_AUTH_URL", &server.auth_url())
        .env("RESIM_PROJECT", &server.project())
        .env("RESIM_USERNAME", "somebody")
        .env("RESIM_PASSWORD", "anything");
    program.ends_with(0);
}

#[test]
fn unreachable_host_is_named() {
    let folder = Folder::with_config(CONFIG);
    // A port that was free a moment ago, and that nobody listens on.
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let url = format!("http://127.0.0.1:{port}/v1");
    let program = plan(&folder).args(&["--deadline", "2s"]).env("RESIM_URL", &url).env("RESIM_TOKEN", CANARY);
    fails(program, 1, &["cannot connect", &port.to_string()]);
}

#[test]
fn credentials_are_sent_over_https_only() {
    let folder = Folder::with_config(CONFIG);
    let program = plan(&folder).env("RESIM_URL", "http://api.example.com/v1").env("RESIM_TOKEN", CANARY);
    fails(program, 64, &["https"]);
    let program = plan(&folder).env("RESIM_URL", "https://user:canary-7c41d2@api.example.com/v1").env("RESIM_TOKEN", "t");
    fails(program, 64, &["must not hold credentials"]);
}

#[test]
fn govcloud_and_another_url_contradict_each_other() {
    let folder = Folder::with_config(CONFIG);
    let program = plan(&folder).args(&["--govcloud", "--api-url", "https://api.resim.ai/v1"]).env("RESIM_TOKEN", CANARY);
    fails(program, 64, &["--govcloud"]);
}

#[test]
fn unknown_host_needs_its_tenant() {
    let folder = Folder::with_config(CONFIG);
    let program =
        plan(&folder).args(&["--api-url", "https://resim.example.com/v1"]).env("RESIM_CLIENT_ID", "id").env("RESIM_CLIENT_SECRET", CANARY);
    fails(program, 64, &["--auth-url"]);
}

#[test]
fn unknown_project_shows_near_names() {
    let server = Server::empty();
    let folder = Folder::with_config(CONFIG);
    let program = Program::new(&folder, &["plan", "--project", "test-projct"]).with(&server);
    fails(program, 1, &["test-projct", "did you mean `test-project`?"]);
}

#[test]
fn no_project_is_wrong_usage() {
    let folder = Folder::with_config(CONFIG);
    fails(Program::new(&folder, &["plan"]).env("RESIM_TOKEN", CANARY), 64, &["--project"]);
}

/// The config is read while the project is opened; which of them ended first must not show.
#[test]
fn wrong_config_comes_before_whatever_is_wrong_with_the_connection() {
    let server = Server::empty();
    let folder = Folder::with_config(INVALID);
    for command in ["plan", "apply", "drift"] {
        let program = || Program::new(&folder, &[command]);
        let connections = [
            ("no project", program().env("RESIM_TOKEN", CANARY)),
            ("no credentials", program().env("RESIM_PROJECT", "p")),
            ("refused credentials", program().with(&server).env("RESIM_CLIENT_SECRET", "wrong")),
            ("unknown project", program().with(&server).env("RESIM_PROJECT", "other")),
            ("all is well", program().with(&server)),
        ];
        for (connection, program) in connections {
            let output = program.ends_with(3);
            let errors: Vec<&str> = output.stderr.lines().filter(|line| line.starts_with("error")).collect();
            assert!(errors.len() == 1 && errors[0].contains("name"), "{command}, {connection}:\n{}", output.stderr);
        }
    }
}

#[test]
fn wrong_config_reads_nothing_but_the_projects() {
    let server = Server::empty();
    let folder = Folder::with_config(INVALID);
    for command in ["plan", "apply", "drift"] {
        Program::new(&folder, &[command]).with(&server).ends_with(3);
    }
    let journal = server.journal();
    let paths: Vec<&str> = journal.iter().filter_map(|entry| entry["path"].as_str()).collect();
    let project = format!("/projects/{}", server.project());
    let ends = ["/oauth/token", "/projects", &project];
    assert!(paths.iter().all(|path| ends.iter().any(|end| path.ends_with(end))), "{paths:?}");
}

#[test]
fn wrong_config_and_wrong_usage_leave_state_and_journal_of_the_embedded_api_alone() {
    let folder = Folder::with_config(INVALID);
    folder.write("journal.jsonl", "an earlier run's\n");
    for command in ["plan", "apply", "drift"] {
        Program::new(&folder, &[command, "--project", "p", "--sandbox=state.json", "--journal", "journal.jsonl"]).ends_with(3);
    }
    // Neither does a project that nobody names.
    folder.write("experiences.yaml", CONFIG);
    Program::new(&folder, &["plan", "--sandbox=state.json", "--journal", "journal.jsonl"]).ends_with(64);
    assert!(!folder.file("state.json").exists());
    assert_eq!(folder.read("journal.jsonl"), "an earlier run's\n");
}
