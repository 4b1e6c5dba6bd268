//! Every folder of `tests/cases/sync` is a config, a state of ReSim and what follows from them.
//!
//! `experiences.yaml` and `state.json` go in, with an argument a line from `args`. What comes out is held
//! in `plan.txt`, `plan.md` and `plan.json` (what `plan` prints), `requests.txt` (what `apply` sends) and,
//! where the plan is refused or impossible, `error.txt` with the exit code. After an apply, a second plan
//! is empty. `UPDATE_GOLDEN=1` writes what was seen, for a person to read.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::support::{Folder, Program, Server, repository_file};

struct Case {
    folder: Folder,
    server: Server,
    args: Vec<String>,
}

impl Case {
    fn open(path: &Path) -> Self {
        let read = |name: &str| fs::read_to_string(path.join(name)).unwrap_or_else(|error| panic!("{}/{name}: {error}", path.display()));
        let args = fs::read_to_string(path.join("args")).unwrap_or_default().lines().map(str::to_owned).collect();
        Self { folder: Folder::with_config(&read("experiences.yaml")), server: Server::with_state(&read("state.json")), args }
    }

    fn program(&self, command: &[&str]) -> Program {
        let args: Vec<&str> = self.args.iter().map(String::as_str).collect();
        Program::new(&self.folder, command).args(&args).args(&["--parallel", "1"]).with(&self.server)
    }

    /// What `apply` wrote, one request a line, without what all of them share.
    fn requests(&self) -> String {
        let mut text = String::new();
        for entry in self.server.writes() {
            let path = entry["path"].as_str().unwrap_or_default();
            let path = path.split_once(&format!("/projects/{}/", self.server.project())).map_or(path, |(_, path)| path);
            let body = if entry["request"].is_null() { String::new() } else { format!(" {}", entry["request"]) };
            writeln!(text, "{} {path}{body}", entry["method"].as_str().unwrap_or_default()).expect("a String takes everything");
        }
        text
    }

    /// What was seen, by the file that holds it.
    fn seen(&self) -> Vec<(&'static str, String)> {
        let text = self.program(&["plan"]).run();
        let mut seen = Vec::new();
        if text.code != Some(0) {
            seen.push(("error.txt", format!("exit code {:?}\n{}", text.code.unwrap_or(-1), text.stderr)));
        }
        if !text.stdout.is_empty() {
            seen.push(("plan.txt", text.stdout));
            seen.push(("plan.md", self.program(&["plan", "--format", "markdown"]).run().stdout));
            seen.push(("plan.json", self.program(&["plan", "--format", "json"]).run().stdout));
        }
        assert_eq!(self.requests(), "", "a plan writes nothing");
        let apply = self.program(&["apply"]).run();
        assert_eq!(apply.code, text.code, "{:?}: apply ends as plan does: {}{}", self.args, apply.stdout, apply.stderr);
        seen.push(("requests.txt", self.requests()));
        if apply.code == Some(0) {
            let before = self.requests();
            assert!(apply.stdout.contains("verified") || before.is_empty(), "{}", apply.stdout);
            self.program(&["plan", "--detailed-exitcode"]).ends_with(0);
            self.program(&["apply"]).ends_with(0);
            assert_eq!(self.requests(), before, "a second apply writes nothing");
        }
        seen
    }
}

#[test]
fn every_state_gets_its_plan_and_its_requests() {
    let mut folders: Vec<_> = fs::read_dir(repository_file("tests/cases/sync"))
        .expect("the cases are there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    folders.sort();
    assert!(folders.len() >= 12, "only {} cases", folders.len());
    let mut wrong = Vec::new();
    for path in folders {
        let seen = Case::open(&path).seen();
        for name in ["error.txt", "plan.txt", "plan.md", "plan.json", "requests.txt"] {
            let text = seen.iter().find(|(file, _)| *file == name).map(|(_, text)| text.as_str());
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                let _ = fs::remove_file(path.join(name));
                if let Some(text) = text {
                    fs::write(path.join(name), text).expect("writable");
                }
                continue;
            }
            let wanted = fs::read_to_string(path.join(name)).ok().map(|text| text.replace("\r\n", "\n"));
            if wanted.as_deref() != text {
                let (wanted, text) = (wanted.unwrap_or_default(), text.unwrap_or_default());
                wrong.push(format!("{}/{name}\n--- expected\n{wanted}\n--- seen\n{text}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
