//! Before anything is applied: is the config that was checked out still the one at the branch's tip?
//!
//! Compares the set of files and their contents, not commits, as other pushes move the tip too.

use std::collections::BTreeMap;
use std::path::Path;

use super::checkout::{Checkout, RepositoryPattern, blob_id};
use super::git_tree::CommitFiles;
use super::{GitHub, GitHubError};
use crate::config::Loaded;

/// What to compare.
#[derive(Clone, Copy, Debug)]
pub struct TipQuestion<'a> {
    /// The working tree; without one the config counts as generated.
    pub checkout: Option<&'a Checkout>,
    /// Paths and patterns of the config, as given.
    pub patterns: &'a [String],
    /// What was read from them.
    pub loaded: &'a Loaded,
    /// `GITHUB_REF`.
    pub full_ref: &'a str,
    /// `GITHUB_SHA`.
    pub commit: &'a str,
    /// Whether somebody started this run again.
    pub rerun: bool,
}

/// How the checked-out config stands to the tip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tip {
    /// They are the same: go on.
    Same,
    /// The tip's differs, and its own run will apply it: do nothing.
    Superseded {
        /// The commit at the tip.
        tip: String,
    },
    /// The tip's differs, and this is an old run started again: refuse.
    Stale {
        /// The commit at the tip.
        tip: String,
    },
    /// The tip cannot be read: refuse.
    Unreadable(GitHubError),
}

/// The outcome of the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TipCheck {
    /// How the config stands to the tip.
    pub tip: Tip,
    /// Git does not hold the config as it was read: commits were compared, and there is nothing to link to.
    pub generated: bool,
}

/// The config's files on disk: for each path that Git names, the IDs that its blob may have.
struct OnDisk {
    files: BTreeMap<String, Vec<String>>,
    patterns: Vec<RepositoryPattern>,
}

/// Compares the config with the tip of the branch.
pub async fn check_tip(github: &GitHub, question: &TipQuestion<'_>) -> TipCheck {
    compare(github, question).await.unwrap_or_else(|error| TipCheck { tip: Tip::Unreadable(error), generated: false })
}

async fn compare(github: &GitHub, question: &TipQuestion<'_>) -> Result<TipCheck, GitHubError> {
    let TipQuestion { checkout, full_ref, commit, rerun, .. } = *question;
    let tip = github.tip(full_ref).await?;
    let mut generated = true;
    if let (Some(checkout), Some(on_disk)) = (checkout, checkout.and_then(|checkout| on_disk(checkout, question))) {
        if is_in(github, checkout, &on_disk, &tip).await? {
            return Ok(TipCheck { tip: Tip::Same, generated: false });
        }
        generated = tip == commit || !is_in(github, checkout, &on_disk, commit).await?;
    }
    let verdict = match (tip == commit, rerun) {
        (true, _) => Tip::Same,
        (false, false) => Tip::Superseded { tip },
        (false, true) => Tip::Stale { tip },
    };
    Ok(TipCheck { tip: verdict, generated })
}

/// `None` if any file or pattern lies outside the repository.
fn on_disk(checkout: &Checkout, question: &TipQuestion<'_>) -> Option<OnDisk> {
    let mut files = BTreeMap::new();
    for ((_, source), real) in question.loaded.sources.iter().zip(&question.loaded.files) {
        let text = &source.text;
        let mut ids = vec![blob_id(text.as_bytes())];
        if text.contains("\r\n") {
            // Checked out with line ends of Windows, kept in Git without.
            ids.push(blob_id(text.replace("\r\n", "\n").as_bytes()));
        }
        files.insert(checkout.path_of(real)?, ids);
        if let Some((path, id)) = checkout.first_link(Path::new(&source.path)) {
            files.insert(path, vec![id]);
        }
    }
    let patterns = question.patterns.iter().map(|pattern| checkout.pattern(pattern)).collect::<Option<_>>()?;
    Some(OnDisk { files, patterns })
}

/// Whether a commit has exactly the files on disk where the config's patterns look.
async fn is_in(github: &GitHub, checkout: &Checkout, on_disk: &OnDisk, commit: &str) -> Result<bool, GitHubError> {
    let OnDisk { files, patterns } = on_disk;
    let mut in_git = CommitFiles::of(github, commit).await?;
    for (path, ids) in files {
        let entry = in_git.entry(path).await?;
        if !entry.is_some_and(|entry| ids.contains(&entry.sha)) {
            return Ok(false);
        }
    }
    for pattern in patterns {
        for (path, entry) in in_git.matches(pattern).await? {
            // A link to a folder fits a pattern in Git, and is passed over on disk.
            let passed_over = entry.is_link() && checkout.link_at(&path).is_some_and(|id| id == entry.sha);
            if !files.contains_key(&path) && !passed_over {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
