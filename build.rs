//! Finds the commit that the program is built from, for `--version`. Where none is known, none is claimed.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

/// What decides what is built.
const INPUTS: [&str; 6] = ["src", "crates", "schemas", "Cargo.toml", "Cargo.lock", "build.rs"];

fn main() -> io::Result<()> {
    let version = env::var("CARGO_PKG_VERSION").map_err(io::Error::other)?;
    let folder = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let folder = Path::new(&folder);
    let given = env::var("RESIM_SYNC_COMMIT").ok();
    // A clone is asked for release builds alone: else each commit would mean a new build to whoever works on the code.
    let ask_git = env::var("PROFILE").is_ok_and(|profile| profile == "release");

    let mut out = io::stdout();
    writeln!(out, "cargo::rustc-env=RESIM_SYNC_VERSION_TEXT={}", version_text(&version, folder, given.as_deref(), ask_git))?;
    writeln!(out, "cargo::rerun-if-env-changed=RESIM_SYNC_COMMIT")?;
    let mut watched = vec!["build.rs".to_owned(), ARCHIVE.to_owned(), PACKAGE.to_owned()];
    if ask_git {
        watched.extend(INPUTS.map(str::to_owned));
        // Grows with every commit and every checkout.
        watched.extend(git(folder, &["rev-parse", "--git-path", "logs/HEAD"]));
    }
    // A file that is not there would count as changed, each time.
    for path in watched.iter().filter(|path| folder.join(path).exists()) {
        writeln!(out, "cargo::rerun-if-changed={path}")?;
    }
    Ok(())
}

/// In what `git archive` makes (the action, as runners download it), Git has put the commit's name into this file.
const ARCHIVE: &str = ".git-archival.txt";

/// In a package, cargo has put the commit's name into this file.
const PACKAGE: &str = ".cargo_vcs_info.json";

/// The version, with the commit where one is known: given by whoever builds, or told by what the sources came in.
pub(crate) fn version_text(version: &str, folder: &Path, given: Option<&str>, ask_git: bool) -> String {
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    let package = read(PACKAGE);
    let commit = given
        .and_then(|given| commit_in(given).map(|commit| (commit, false)))
        .or_else(|| commit_after(&read(ARCHIVE), "node: ").map(|commit| (commit, false)))
        .or_else(|| commit_after(&package, "\"sha1\": \"").map(|commit| (commit, package.contains("\"dirty\": true"))))
        .or_else(|| if ask_git { of_clone(folder) } else { None });
    match commit {
        Some((commit, modified)) => format!("{version} ({commit}{})", if modified { ", modified" } else { "" }),
        None => version.to_owned(),
    }
}

/// The start of a commit's name, if the text begins with a whole one.
fn commit_in(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(char::is_ascii_hexdigit).collect();
    (name.len() >= 40).then(|| name[..9].to_owned())
}

fn commit_after(text: &str, mark: &str) -> Option<String> {
    commit_in(text.split_once(mark)?.1)
}

/// The commit that is checked out, and whether what is built differs from it.
fn of_clone(folder: &Path) -> Option<(String, bool)> {
    // A repository further up holds something else.
    if !folder.join(".git").exists() {
        return None;
    }
    let commit = commit_in(&git(folder, &["rev-parse", "HEAD"])?)?;
    let changed = git(folder, &[&["status", "--porcelain", "--"], INPUTS.as_slice()].concat())?;
    Some((commit, !changed.is_empty()))
}

/// What git says, if it is there and content.
fn git(folder: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
