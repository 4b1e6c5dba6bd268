//! An apply that is asked to stop says what was done, and the next one does the rest.

use std::process::Command;

use crate::support::{Folder, Program, Server};

fn config(count: usize) -> String {
    let entries: String = (0..count).map(|index| format!("  - {{name: e{index}, description: d, locations: [s3://{index}]}}\n")).collect();
    format!("experiences:\n{entries}")
}

#[test]
fn stopped_apply_reports_the_rest_and_the_next_one_completes_it() {
    // The fourth creation and all after it have no answer for as long as the test lasts.
    let server = Server::start(None, &["POST experiences#4-=latency:60s"]);
    let folder = Folder::with_config(&config(8));
    let child = Program::new(&folder, &["apply", "--parallel", "1", "--ledger", "ledger.jsonl"]).with(&server).start();
    // The ledger is written before a request is sent.
    while !std::fs::read_to_string(folder.file("ledger.jsonl")).is_ok_and(|text| text.contains("\"write\":4,\"event\":\"sent\"")) {
        std::thread::yield_now();
    }
    let signalled = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill runs");
    assert!(signalled.success());
    let output = child.wait_with_output().expect("it ends");
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(143), "{stdout}");
    assert!(stdout.contains("3 of 8 actions done") && stdout.contains("not attempted"), "{stdout}");

    server.clear_faults();
    Program::new(&folder, &["apply"]).with(&server).ends_with(0);
    let names: Vec<String> = server.state()["experiences"].as_array().into_iter().flatten().map(|row| row["name"].to_string()).collect();
    let mut once = names.clone();
    once.sort();
    once.dedup();
    assert_eq!((names.len(), once.len()), (8, 8), "nothing is made twice: {names:?}");
}

#[test]
fn reading_is_given_up_at_once() {
    let server = Server::start(None, &["GET experiences=latency:60s"]);
    let folder = Folder::with_config(&config(1));
    let child = Program::new(&folder, &["plan"]).with(&server).start();
    while !server.journal().iter().any(|entry| entry["path"].as_str().is_some_and(|path| path.ends_with("/projects"))) {
        std::thread::yield_now();
    }
    let signalled = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(signalled.success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing was written"));
}

#[test]
fn config_that_never_ends_is_given_up_at_once() {
    let folder = Folder::new();
    let config = folder.file("experiences.yaml");
    assert!(Command::new("mkfifo").arg(&config).status().expect("mkfifo runs").success());
    for args in [&["validate"][..], &["plan", "--project", "p", "--sandbox"], &["clone", "--project", "p", "--sandbox"]] {
        let child = Program::new(&folder, args).start();
        // Opens once the program reads; nothing is ever written.
        let pipe = std::fs::OpenOptions::new().write(true).open(&config).expect("the program reads it");
        let signalled = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
        assert!(signalled.success());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(130), "{args:?}");
        drop(pipe);
    }
}
