//! The shape of the code, as far as a test can hold it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::repository_file;

/// Rust files below a folder, tests left out; a file's own tests are cut off.
fn sources(path: &Path, found: &mut Vec<(PathBuf, String)>) {
    if path.is_file() {
        let text = fs::read_to_string(path).expect("text");
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
        found.push((path.to_owned(), code));
        return;
    }
    for entry in fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())) {
        let path = entry.expect("readable").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let is_test =
            ["tests", "tests.rs", "testing", "testing.rs", "fixtures.rs", "golden.rs", "sample.rs", "github.rs"].contains(&name.as_str());
        if !is_test && (path.is_dir() || name.ends_with(".rs")) {
            sources(&path, found);
        }
    }
}

/// Lines of code, without comments, that hold one of the words.
fn lines_with<'a>(code: &'a str, words: &[&str]) -> Vec<&'a str> {
    code.lines().filter(|line| !line.trim_start().starts_with("//")).filter(|line| words.iter().any(|word| line.contains(word))).collect()
}

#[test]
fn pure_modules_know_no_world() {
    const WORLD: [&str; 13] = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::time",
        "SystemTime",
        "Instant::now",
        "Utc::now",
        "tokio",
        "reqwest",
        "async ",
        "tracing",
        "fastrand",
    ];
    let mut found = Vec::new();
    for path in [
        "src/plan",
        "src/apply/schedule.rs",
        "src/apply/schedule",
        "src/apply/foreign.rs",
        "src/desired.rs",
        "src/snapshot.rs",
        "src/diagnostics.rs",
        "src/ids.rs",
        "src/listed.rs",
        "src/secrets.rs",
        "src/state_file",
        "src/config/edit",
        "src/config/fix.rs",
        "src/clone/live.rs",
        "src/clone/fresh.rs",
        "src/clone/onto.rs",
        "src/render",
        "src/github/decide.rs",
        "src/github/review.rs",
        "src/github/permit.rs",
    ] {
        sources(&repository_file(path), &mut found);
    }
    assert!(found.len() > 60, "only {} files", found.len());
    for (path, code) in found {
        let lines = lines_with(&code, &WORLD);
        assert!(lines.is_empty(), "{} is to be pure: {lines:#?}", path.display());
    }
}

#[test]
fn embedded_api_shares_nothing_with_the_client() {
    let mut found = Vec::new();
    sources(&repository_file("crates/resim-sandbox/src"), &mut found);
    for (path, code) in found {
        assert!(lines_with(&code, &["resim_sync"]).is_empty(), "{}", path.display());
    }
    let manifest = fs::read_to_string(repository_file("crates/resim-sandbox/Cargo.toml")).expect("a manifest");
    assert!(!manifest.contains("resim-sync"));
}

#[test]
fn dry_run_is_not_calling_execute() {
    let mut found = Vec::new();
    sources(&repository_file("src"), &mut found);
    for (path, code) in found {
        assert!(lines_with(&code, &["dry_run"]).is_empty(), "{}", path.display());
    }
}
