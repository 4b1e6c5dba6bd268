//! What a new user tries first: help with examples that work, manual pages, completions, and slips of the pen.

use std::ffi::OsString;

use resim_sync::cli::{Environment, parse};

use crate::support::{Folder, Output, Program};

/// The commands that `--help` lists.
const COMMANDS: [&str; 11] = ["validate", "plan", "apply", "clone", "drift", "ci", "snapshot", "schema", "sandbox", "completions", "man"];

fn run(args: &[&str]) -> Output {
    Program::new(&Folder::new(), args).run()
}

/// The command lines below `Examples:`, up to what a shell would do with their output.
fn examples(help: &str) -> Vec<String> {
    let after = help.split_once("Example").map_or("", |(_, after)| after);
    let lines = after.lines().skip(1).take_while(|line| line.starts_with("  "));
    lines.map(|line| line.split(['>', '|']).next().unwrap_or_default().trim().to_owned()).collect()
}

#[test]
fn every_command_is_listed_and_has_examples_that_parse() {
    let all = run(&["--help"]).stdout;
    for command in COMMANDS {
        assert!(all.lines().any(|line| line.trim_start().starts_with(&format!("{command} "))), "{command} is not listed\n{all}");
        for flag in ["-h", "--help"] {
            let help = run(&[command, flag]).stdout;
            let lines = examples(&help);
            assert!(!lines.is_empty(), "{command} {flag} has no example\n{help}");
            for line in lines {
                let words = line.split_whitespace().map(|word| OsString::from(word.trim_matches('\'')));
                let parsed = parse(words.collect(), &Environment::default());
                assert!(parsed.is_ok(), "{line}\n{}", parsed.err().map(|error| error.to_string()).unwrap_or_default());
                assert!(line.starts_with(&format!("resim-sync {command}")), "{line}");
            }
        }
    }
    assert_eq!(examples(&all).len(), 3, "{all}");
}

#[test]
fn manual_pages_are_written_for_each_command() {
    let folder = Folder::new();
    let output = Program::new(&folder, &["man", "pages/man1"]).run();
    assert_eq!(output.code, Some(0), "{output:?}");
    let page = |name: &str| std::fs::read_to_string(folder.path().join(format!("pages/man1/{name}.1"))).expect("a page");
    assert!(page("resim-sync").contains("resim\\-sync\\-plan(1)"));
    for command in COMMANDS {
        let page = page(&format!("resim-sync-{command}"));
        assert!(page.contains(".SH SYNOPSIS") && page.contains(".SH EXTRA") && page.contains("Example"), "{command}\n{page}");
    }
    // What help hides has no page.
    assert_eq!(std::fs::read_dir(folder.path().join("pages/man1")).expect("the folder").count(), COMMANDS.len() + 1);
    let first = Program::new(&folder, &["man"]).run();
    assert_eq!(first.stdout, page("resim-sync"));
}

#[test]
fn manual_pages_that_cannot_be_written_are_told() {
    let folder = Folder::new();
    std::fs::write(folder.path().join("file"), "").expect("the folder can be written");
    let output = Program::new(&folder, &["man", "file"]).run();
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(output.stderr.starts_with("error: cannot write file: "), "{output:?}");
}

#[test]
fn every_shell_gets_completions_of_all_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(&["completions", shell]).stdout;
        for word in COMMANDS.iter().copied().chain(["max-archive", "show-values"]) {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn slips_are_answered_with_what_was_probably_meant() {
    let slips: [(&[&str], &str); 6] = [
        (&["plann"], "'plan'"),
        (&["plan", "--projet", "x"], "'--project'"),
        (&["plan", "--format", "htlm"], "'html'"),
        (&["completions", "bsh"], "'bash'"),
        (&["clone", "--manage", "sutes"], "'suites'"),
        (&["experiences", "snyc"], "'sync'"),
    ];
    for (args, meant) in slips {
        let output = run(args);
        assert_eq!(output.code, Some(64), "{output:?}");
        assert!(output.stderr.lines().any(|line| line.contains("tip: a similar") && line.contains(meant)), "{output:?}");
    }
}
