//! The README says what the program does: its generated parts are kept equal, its examples work.
//!
//! `UPDATE_GOLDEN=1` writes the generated parts anew.

use std::fmt::Write as _;
use std::fs;

use resim_sync::config::{LoadOptions, load_texts, reference_markdown};
use serde_yaml::Value;

use crate::support::{Folder, Program, repository_file};

fn read(path: &str) -> String {
    fs::read_to_string(repository_file(path)).unwrap_or_else(|error| panic!("{path}: {error}")).replace("\r\n", "\n")
}

fn action() -> Value {
    serde_yaml::from_str(&read("action.yml")).expect("action.yml is YAML")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn inputs() -> String {
    let mut table = "| Input | Default | Meaning |\n| --- | --- | --- |\n".to_owned();
    for (name, input) in action()["inputs"].as_mapping().expect("inputs") {
        let name = name.as_str().expect("a name");
        let default = input["default"].as_str().unwrap_or_default();
        let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
        writeln!(table, "| `{name}` | {default} | {} |", cell(input["description"].as_str().expect("a description"))).expect("a String");
    }
    table
}

fn outputs() -> String {
    let mut table = "| Output | Meaning |\n| --- | --- |\n".to_owned();
    for (name, output) in action()["outputs"].as_mapping().expect("outputs") {
        writeln!(table, "| `{}` | {} |", name.as_str().expect("a name"), cell(output["description"].as_str().expect("a description")))
            .expect("a String");
    }
    table
}

fn workflows() -> String {
    let mut text = String::new();
    for (title, name) in
        [("Plan on pull requests", "plan"), ("Apply after a merge", "apply"), ("Clone by hand", "clone"), ("Drift on a schedule", "drift")]
    {
        write!(text, "### {title}\n\n```yaml workflow\n{}```\n\n", read(&format!("examples/workflows/{name}.yml"))).expect("a String");
    }
    text.truncate(text.trim_end().len() + 1);
    text
}

/// From the code's own table, so that the two cannot differ.
fn exit_codes() -> String {
    "| Code | Meaning |\n| --- | --- |\n\
     | 0 | done, or no changes |\n\
     | 1 | failed: network, API, GitHub, a partial apply, not converged |\n\
     | 2 | changes are pending, where that was asked for (`--detailed-exitcode`, `fail-on`) |\n\
     | 3 | the config is invalid, in itself or against ReSim |\n\
     | 4 | refused: by a guard, or because the plan or commit is stale |\n\
     | 64 | wrong usage |\n\
     | 130, 143 | interrupted |\n"
        .to_owned()
}

#[test]
fn generated_parts_are_up_to_date() {
    let mut readme = read("README.md");
    let before = readme.clone();
    let parts = [
        ("workflows", workflows()),
        ("inputs", inputs()),
        ("outputs", outputs()),
        ("config", reference_markdown()),
        ("exit-codes", exit_codes()),
    ];
    for (name, text) in parts {
        let open = format!("<!-- generated: {name} -->\n");
        let start = readme.find(&open).unwrap_or_else(|| panic!("README.md has no part {name}")) + open.len();
        let end = start + readme[start..].find("<!-- end -->").unwrap_or_else(|| panic!("the part {name} has no end"));
        readme.replace_range(start..end, &format!("\n{text}\n"));
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(repository_file("README.md"), &readme).expect("writable");
    } else {
        assert!(readme == before, "README.md is not up to date: run UPDATE_GOLDEN=1 cargo test --test it readme");
    }
}

/// The blocks of one kind: what stands between "```kind" and the next fence.
fn blocks(kind: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in read("README.md").lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(opened)) => open = Some((opened == kind, String::new())),
            (Some(_), Some(_)) => found.extend(open.take().filter(|(wanted, _)| *wanted).map(|(_, text)| text)),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

#[test]
fn configs_shown_are_valid() {
    let configs = blocks("yaml config");
    assert!(!configs.is_empty());
    for config in configs {
        let loaded = load_texts(vec![("README.md".to_owned(), config.clone())], &LoadOptions::default());
        assert!(loaded.diagnostics.is_empty(), "{config}\n{:?}", loaded.diagnostics);
    }
}

#[test]
fn command_lines_shown_are_understood() {
    let mut seen = 0;
    for line in blocks("").iter().flat_map(|block| block.lines()).filter(|line| line.starts_with("resim-sync ")) {
        let words: Vec<&str> = line.split(" #").next().unwrap_or_default().split_whitespace().skip(1).collect();
        // Help is asked for, so that nothing is done; a wrong option is refused all the same.
        let folder = Folder::new();
        let output = Program::new(&folder, &words).args(&["--help"]).run();
        assert_eq!(output.code, Some(0), "{line}\n{}", output.stderr);
        seen += 1;
    }
    assert!(seen >= 8, "only {seen} command lines");
}

#[test]
fn files_that_are_linked_exist() {
    let readme = read("README.md");
    let mut rest = readme.as_str();
    while let Some(at) = rest.find("](") {
        rest = &rest[at + 2..];
        let target = &rest[..rest.find(')').expect("a link ends")];
        if !target.starts_with("http") && !target.starts_with('#') {
            assert!(repository_file(target).exists(), "{target} is linked and missing");
        }
    }
}

#[test]
fn exit_codes_are_those_of_the_code() {
    use resim_sync::apply::Interrupt;
    use resim_sync::failure::{Ending, FailureKind};
    let text = exit_codes();
    let codes = [
        Ending::Done.exit_code(),
        Ending::ChangesPending.exit_code(),
        FailureKind::ConfigInvalid.exit_code(),
        FailureKind::PlanChanged.exit_code(),
        FailureKind::PartialApply.exit_code(),
        FailureKind::Usage.exit_code(),
        FailureKind::Interrupted(Interrupt::Int).exit_code(),
        FailureKind::Interrupted(Interrupt::Term).exit_code(),
    ];
    for code in codes {
        assert!(
            text.lines().any(|line| line.split('|').nth(1).is_some_and(|cell| cell.split(',').any(|word| word.trim() == code.to_string()))),
            "{code}"
        );
    }
}

#[test]
fn messages_in_troubleshooting_are_those_of_the_program() {
    let readme = read("README.md");
    let part = readme.split("## Troubleshooting").nth(1).expect("the section").split("\n## ").next().expect("its text");
    let mut sources = String::new();
    let mut folders = vec![repository_file("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push_str(&fs::read_to_string(path).expect("text"));
            }
        }
    }
    let messages: Vec<&str> = part.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert!(messages.len() >= 6);
    for message in messages {
        assert!(sources.contains(message), "`{message}` is nowhere in the program");
    }
}
