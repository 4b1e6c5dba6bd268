//! Files of a commit at GitHub, listed folder by folder.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use glob::{MatchOptions, Pattern};
use serde::Deserialize;

use super::checkout::RepositoryPattern;
use super::{GitHub, GitHubError, GitHubErrorKind, Permission, Request};

const NEEDS: Permission = Permission::ContentsRead;
const LINK_MODE: &str = "120000";
/// Tags of tags and links to links are followed so far.
const MAX_HOPS: usize = 8;
const MATCHING: MatchOptions = MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

/// A file, link or folder in a commit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Entry {
    /// From the folder that was listed.
    path: String,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    pub(crate) sha: String,
}

impl Entry {
    pub(crate) fn is_link(&self) -> bool {
        self.mode == LINK_MODE
    }

    /// Whether it is a file or a link; submodules are neither.
    fn is_blob(&self) -> bool {
        self.kind == "blob"
    }

    fn is_folder(&self) -> bool {
        self.kind == "tree"
    }
}

#[derive(Deserialize)]
struct TreeWire {
    tree: Vec<Entry>,
    truncated: bool,
}

#[derive(Deserialize)]
struct RefWire {
    object: ObjectWire,
}

#[derive(Deserialize)]
struct ObjectWire {
    sha: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct CommitWire {
    tree: ShaWire,
}

#[derive(Deserialize)]
struct ShaWire {
    sha: String,
}

#[derive(Deserialize)]
struct BlobWire {
    content: String,
    encoding: String,
}

impl GitHub {
    /// The commit at the tip of a branch or tag, given in full: `refs/heads/main`.
    pub(crate) async fn tip(&self, full_ref: &str) -> Result<String, GitHubError> {
        let segments: Vec<&str> = ["git", "ref"].into_iter().chain(full_ref.trim_start_matches("refs/").split('/')).collect();
        let request = Request::get(&segments, NEEDS);
        let RefWire { mut object } = self.json(&request).await?;
        for _ in 0..MAX_HOPS {
            match object.kind.as_str() {
                "commit" => return Ok(object.sha),
                "tag" => object = self.json::<RefWire>(&Request::get(&["git", "tags", &object.sha], NEEDS)).await?.object,
                _ => break,
            }
        }
        Err(self.malformed(&request, "it leads to no commit"))
    }

    /// The text of a blob; `None` if it is not UTF-8.
    pub(crate) async fn blob_text(&self, id: &str) -> Result<Option<String>, GitHubError> {
        let request = Request::get(&["git", "blobs", id], NEEDS);
        let BlobWire { content, encoding } = self.json(&request).await?;
        match encoding.as_str() {
            "utf-8" => return Ok(Some(content)),
            "base64" => {}
            _ => return Err(self.malformed(&request, "an unknown encoding")),
        }
        let bytes: Vec<u8> = content.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let bytes = STANDARD.decode(bytes).map_err(|_| self.malformed(&request, "no base64"))?;
        Ok(String::from_utf8(bytes).ok())
    }
}

/// A commit's files.
pub(crate) struct CommitFiles<'a> {
    github: &'a GitHub,
    root: String,
    /// What was listed so far, by the folder's ID.
    folders: BTreeMap<String, Vec<Entry>>,
}

impl<'a> CommitFiles<'a> {
    pub(crate) async fn of(github: &'a GitHub, commit: &str) -> Result<Self, GitHubError> {
        let CommitWire { tree } = github.json(&Request::get(&["git", "commits", commit], NEEDS)).await?;
        Ok(Self { github, root: tree.sha, folders: BTreeMap::new() })
    }

    /// What is at a path; `None` if nothing is, or a folder.
    pub(crate) async fn entry(&mut self, path: &str) -> Result<Option<Entry>, GitHubError> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let Some(folder) = self.folder(folder).await? else { return Ok(None) };
        let found = self.list(&folder).await?.iter().find(|entry| entry.path == name && entry.is_blob());
        Ok(found.cloned())
    }

    /// All files and links that a pattern means, by path.
    pub(crate) async fn matches(&mut self, pattern: &RepositoryPattern) -> Result<BTreeMap<String, Entry>, GitHubError> {
        let RepositoryPattern { literal, wild } = pattern;
        let start = literal.join("/");
        let mut found = BTreeMap::new();
        if wild.is_empty() {
            found.extend(self.entry(&start).await?.map(|entry| (start, entry)));
            return Ok(found);
        }
        let Some(folder) = self.folder(&start).await? else { return Ok(found) };
        let mut folders = vec![(start, folder)];
        for (index, part) in wild.iter().enumerate() {
            let last = index + 1 == wild.len();
            if part.contains("**") {
                let rest = wild.get(index..).unwrap_or_default().join("/");
                for (path, id) in folders {
                    found.extend(self.matches_below(&path, &id, &rest).await?);
                }
                return Ok(found);
            }
            let part = self.compiled(part)?;
            let mut inner = Vec::new();
            for (path, id) in folders {
                for entry in self.list(&id).await?.iter().filter(|entry| part.matches_with(&entry.path, MATCHING)) {
                    let path = joined(&path, &entry.path);
                    if last && entry.is_blob() {
                        found.insert(path, entry.clone());
                    } else if !last && entry.is_folder() {
                        inner.push((path, entry.sha.clone()));
                    }
                }
            }
            folders = inner;
        }
        Ok(found)
    }

    /// A file, or what a link to it leads to; with its own path.
    pub(crate) async fn resolved(&mut self, path: &str, entry: Entry) -> Result<Option<(String, Entry)>, GitHubError> {
        let (mut path, mut entry) = (path.to_owned(), entry);
        for _ in 0..MAX_HOPS {
            if !entry.is_link() {
                return Ok(Some((path, entry)));
            }
            let Some(target) = self.github.blob_text(&entry.sha).await? else { return Ok(None) };
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let Some(next) = link_target(folder, &target) else { return Ok(None) };
            let Some(found) = self.entry(&next).await? else { return Ok(None) };
            (path, entry) = (next, found);
        }
        Ok(None)
    }

    async fn matches_below(&mut self, path: &str, id: &str, pattern: &str) -> Result<Vec<(String, Entry)>, GitHubError> {
        let pattern = self.compiled(pattern)?;
        let request = Request::get(&["git", "trees", id], NEEDS).with("recursive", "1");
        let entries = self.whole(&request).await?.into_iter();
        let entries = entries.filter(|entry| entry.is_blob() && pattern.matches_with(&entry.path, MATCHING));
        Ok(entries.map(|entry| (joined(path, &entry.path), entry)).collect())
    }

    /// The ID of a folder; `None` if there is none.
    async fn folder(&mut self, path: &str) -> Result<Option<String>, GitHubError> {
        let mut id = self.root.clone();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let next = self.list(&id).await?.iter().find(|entry| entry.path == part && entry.is_folder());
            let Some(next) = next else { return Ok(None) };
            id = next.sha.clone();
        }
        Ok(Some(id))
    }

    async fn list(&mut self, id: &str) -> Result<&[Entry], GitHubError> {
        if !self.folders.contains_key(id) {
            let entries = self.whole(&Request::get(&["git", "trees", id], NEEDS)).await?;
            self.folders.insert(id.to_owned(), entries);
        }
        Ok(self.folders.get(id).map(Vec::as_slice).unwrap_or_default())
    }

    /// A list that GitHub cut would make files look absent.
    async fn whole(&self, request: &Request) -> Result<Vec<Entry>, GitHubError> {
        let TreeWire { tree, truncated } = self.github.json(request).await?;
        if truncated {
            return Err(self.github.malformed(request, "the folder is too large to be listed as a whole"));
        }
        Ok(tree)
    }

    fn compiled(&self, pattern: &str) -> Result<Pattern, GitHubError> {
        Pattern::new(pattern).map_err(|error| GitHubError {
            request: "config patterns".to_owned(),
            kind: GitHubErrorKind::Setup(format!("`{pattern}` is not a pattern: {}", error.msg)),
        })
    }
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Where a link in a folder leads, as a path from the root; `None` if that lies outside.
fn link_target(folder: &str, target: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_paths_from_the_root() {
        assert_eq!(link_target("fleet/eu", "../a.yaml").as_deref(), Some("fleet/a.yaml"));
        assert_eq!(link_target("", "docs/./a.yaml").as_deref(), Some("docs/a.yaml"));
        assert_eq!(link_target("fleet", "../../etc/passwd"), None);
        assert_eq!(link_target("fleet", "/etc/passwd"), None);
    }
}
