//! What stands around the code says what is so: threats have tests, folders exist, locks name no machine.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use resim_sync::cli::{Environment, parse};
use serde_json::Value;

use crate::pages::{blocks, code_spans, sources, text};
use crate::support::repository_file;

/// Names of all test functions of the workspace, and of all golden cases.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in ["src", "crates", "tests"] {
        for (_, source) in sources(folder) {
            let mut expected = false;
            for line in source.lines().map(str::trim) {
                if line == "#[test]" || line.starts_with("#[tokio::test") {
                    expected = true;
                } else if expected && let Some(name) = line.strip_prefix("fn ").or_else(|| line.strip_prefix("async fn ")) {
                    names.extend(name.split('(').next().map(str::to_owned));
                    expected = false;
                }
            }
        }
    }
    for kind in ["config", "sync"] {
        let cases = std::fs::read_dir(repository_file(&format!("tests/cases/{kind}"))).expect("readable");
        names.extend(cases.filter_map(|case| case.expect("readable").file_name().into_string().ok()));
    }
    names
}

/// The rows of a page's tables, by the heading that they stand under.
fn rows(page: &str) -> BTreeMap<String, Vec<Vec<String>>> {
    let mut heading = String::new();
    let mut found: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for line in text(page).lines() {
        if let Some(title) = line.strip_prefix("## ") {
            heading = title.to_owned();
        } else if line.starts_with("| ") && !line.starts_with("| ---") {
            let cells = line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
            found.entry(heading.clone()).or_default().push(cells);
        }
    }
    found.values_mut().for_each(|rows| drop(rows.remove(0)));
    found
}

#[test]
fn every_threat_is_held_off_by_tests_that_exist() {
    let tests = tests();
    assert!(tests.len() > 500, "only {} tests were found", tests.len());
    let threats = rows("SECURITY.md").remove("Threats, and the tests that hold them off").expect("the table");
    assert!(threats.len() > 20);
    for threat in threats {
        let named = code_spans(threat.last().expect("a cell"));
        assert!(!named.is_empty(), "no test holds off: {}", threat[0]);
        for test in named {
            assert!(tests.contains(test), "there is no test `{test}`: {}", threat[0]);
        }
    }
}

#[test]
fn places_that_contributing_names_exist() {
    let rows = rows("CONTRIBUTING.md");
    let places = rows["Where things are"].iter().flat_map(|row| code_spans(&row[0]));
    let own = rows["Library or own code"].iter().flat_map(|row| code_spans(&row[1])).filter(|span| span.contains('/'));
    let mut seen = 0;
    for place in places.chain(own) {
        assert!(repository_file(place).exists(), "{place} is not there");
        seen += 1;
    }
    assert!(seen > 20);
}

#[test]
fn folders_of_the_sources_are_all_explained() {
    let rows = rows("CONTRIBUTING.md");
    let places: BTreeSet<&str> = rows["Where things are"].iter().flat_map(|row| code_spans(&row[0])).collect();
    for entry in std::fs::read_dir(repository_file("src")).expect("readable") {
        let path = entry.expect("readable").path();
        let name = format!("src/{}", path.file_name().and_then(|name| name.to_str()).expect("UTF-8"));
        assert!(!path.is_dir() || places.contains(name.as_str()), "CONTRIBUTING.md does not say what {name} is");
    }
}

/// The direct dependencies of a manifest.
fn dependencies(manifest: &str) -> Vec<String> {
    let manifest = text(manifest);
    let section = manifest.split("\n[dependencies]\n").nth(1).expect("dependencies").split("\n[").next().expect("its text").to_owned();
    let lines = section.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| line.split([' ', '.', '=']).next().expect("a name").to_owned()).collect()
}

#[test]
fn every_dependency_has_its_reason() {
    let rows = rows("CONTRIBUTING.md");
    let explained: BTreeSet<&str> = rows["Library or own code"].iter().flat_map(|row| code_spans(&row[1])).collect();
    for (manifest, at_least) in [("Cargo.toml", 10), ("crates/resim-sandbox/Cargo.toml", 10), ("crates/yaml-events/Cargo.toml", 1)] {
        let dependencies = dependencies(manifest);
        assert!(dependencies.len() >= at_least, "{manifest}: {dependencies:?}");
        for dependency in dependencies.iter().filter(|name| *name != "resim-sandbox") {
            assert!(explained.contains(dependency.as_str()), "CONTRIBUTING.md does not say why {dependency} is used");
        }
    }
}

#[test]
fn hook_runs_a_command_that_exists_and_the_readme_names_it() {
    let hooks: Value = serde_yaml::from_str(&text(".pre-commit-hooks.yaml")).expect("YAML");
    let shown: Vec<Value> = blocks("README.md")
        .into_iter()
        .filter(|block| block.kind == "yaml pre-commit")
        .map(|block| serde_yaml::from_str(&block.text).expect("YAML"))
        .collect();
    let [shown] = shown.as_slice() else { panic!("the README shows {} configs for pre-commit", shown.len()) };
    let version = version();
    assert_eq!(shown["repos"][0]["rev"], format!("v{version}"));
    for used in shown["repos"][0]["hooks"].as_array().expect("hooks") {
        let hook = hooks.as_array().expect("a list").iter().find(|hook| hook["id"] == used["id"]).expect("the hook is there");
        assert_eq!((hook["language"].as_str(), hook["pass_filenames"].as_bool()), (Some("rust"), Some(false)));
        let entry = hook["entry"].as_str().expect("an entry").split(' ');
        let args = used["args"].as_array().expect("arguments").iter().map(|arg| arg.as_str().expect("text"));
        parse(entry.chain(args).map(OsString::from).collect(), &Environment::default()).expect("it is understood");
    }
}

/// The version of all packages.
fn version() -> String {
    let manifest = text("Cargo.toml");
    manifest.lines().find_map(|line| line.strip_prefix("version = \"")).expect("a version").trim_end_matches('"').to_owned()
}

#[test]
fn one_version_is_named_everywhere() {
    let version = version();
    let manifest = text("Cargo.toml");
    for part in ["resim-sandbox", "yaml-events"] {
        let part = manifest.lines().find(|line| line.starts_with(&format!("{part} = "))).expect("the dependency");
        assert!(part.contains(&format!("version = \"{version}\"")), "{part}");
    }
    let changelog = text("CHANGELOG.md");
    assert!(changelog.contains("## [Unreleased]") || changelog.contains(&format!("## [{version}]")));
    for page in ["README.md", "examples/workflows/plan.yml"] {
        for line in text(page).lines().filter(|line| line.contains("uses: resim-sync/")) {
            assert!(line.ends_with(&format!(" # v{version}")), "{page}: {line}");
        }
    }
}

#[test]
fn releases_are_found_by_binstall_where_the_installer_finds_them() {
    let (manifest, script) = (text("Cargo.toml"), text("action/install.sh"));
    assert!(manifest.contains("pkg-url = \"{ repo }/releases/download/v{ version }/resim-sync-{ version }-{ target }.tar.gz\""));
    assert!(script.contains("/v$version/resim-sync-$version-$target.tar.gz"));
    let workflow = text(".github/workflows/release.yml");
    assert!(text(".ci/archive").contains("resim-sync-$version-$target.tar.gz"));
    // Each target that the installer knows is built, and the other way round.
    let known: BTreeSet<&str> = script.split(|c: char| !(c.is_alphanumeric() || "_-".contains(c))).filter(|word| is_target(word)).collect();
    let built: BTreeSet<&str> =
        workflow.split(|c: char| !(c.is_alphanumeric() || "_-".contains(c))).filter(|word| is_target(word)).collect();
    assert_eq!(known, built);
    assert_eq!(known.len(), 5);
}

fn is_target(word: &str) -> bool {
    ["x86_64-", "aarch64-"].iter().any(|start| word.starts_with(start)) && word.matches('-').count() >= 2
}

#[test]
fn locks_name_no_registry_but_the_public_ones() {
    let locks = text("Cargo.lock") + &text("fuzz/Cargo.lock");
    for line in locks.lines().filter_map(|line| line.strip_prefix("source = ")) {
        assert_eq!(line, "\"registry+https://github.com/rust-lang/crates.io-index\"");
    }
    let lock = text("tests/workflows/package-lock.json");
    assert!(!lock.contains("resolved") && !lock.contains("registry"), "strip what npm resolved");
    let lock: Value = serde_json::from_str(&lock).expect("JSON");
    for (name, package) in lock["packages"].as_object().expect("packages").iter().filter(|(name, _)| !name.is_empty()) {
        assert!(package["integrity"].as_str().is_some_and(|digest| digest.starts_with("sha512-")), "{name} has no digest");
    }
}

#[test]
fn issue_forms_ask_for_something() {
    for form in ["bug", "idea"] {
        let form: Value = serde_yaml::from_str(&text(&format!(".github/ISSUE_TEMPLATE/{form}.yml"))).expect("YAML");
        assert!(form["name"].is_string() && form["description"].is_string());
        let body = form["body"].as_array().expect("a body");
        assert!(body.iter().any(|field| field["validations"]["required"] == true));
        let ids: BTreeSet<&str> = body.iter().map(|field| field["id"].as_str().expect("an ID")).collect();
        assert_eq!(ids.len(), body.len());
    }
}

#[test]
fn dependabot_watches_every_lock() {
    let config: Value = serde_yaml::from_str(&text(".github/dependabot.yml")).expect("YAML");
    let watched: BTreeSet<String> = config["updates"]
        .as_array()
        .expect("updates")
        .iter()
        .map(|update| format!("{} {}", update["package-ecosystem"].as_str().expect("text"), update["directory"].as_str().expect("text")))
        .collect();
    assert_eq!(watched, BTreeSet::from(["cargo /", "cargo /fuzz", "github-actions /", "npm /tests/workflows"].map(str::to_owned)));
}
