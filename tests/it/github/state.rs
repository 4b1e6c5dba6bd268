//! What the repository holds: comments, pull requests, issues, refs and commits.

use std::collections::BTreeMap;

use sha1::{Digest, Sha1};

pub(crate) const REPOSITORY: &str = "octo/config";

/// An account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// GitHub's workflow token.
    Workflow,
    /// Another app's token.
    OtherApp,
    /// A person.
    Person,
    /// An account that is gone.
    Ghost,
}

#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) number: u64,
    pub(crate) body: String,
    pub(crate) author: Who,
}

#[derive(Clone, Debug)]
pub(crate) struct Pull {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) author: Who,
    pub(crate) head_branch: String,
    pub(crate) head_sha: String,
    /// `None`: the fork is gone.
    pub(crate) head_repository: Option<String>,
    pub(crate) base_branch: String,
    pub(crate) open: bool,
    pub(crate) merged_at: Option<String>,
    pub(crate) merge_commit_sha: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) author: Who,
    pub(crate) open: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub(crate) message: String,
    pub(crate) author: String,
    pub(crate) committer: String,
    pub(crate) parents: Vec<String>,
    pub(crate) files: Files,
    pub(crate) tree: String,
}

/// Content by path; the mode of a link is 120000.
pub(crate) type Files = BTreeMap<String, (String, Vec<u8>)>;

#[derive(Clone, Debug)]
pub(crate) struct TreeEntry {
    pub(crate) path: String,
    pub(crate) mode: String,
    pub(crate) kind: &'static str,
    pub(crate) sha: String,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) comments: Vec<Comment>,
    pub(crate) pulls: BTreeMap<u64, Pull>,
    pub(crate) issues: BTreeMap<u64, Issue>,
    /// Pull requests that GitHub names for a commit.
    pub(crate) pulls_of_commits: BTreeMap<String, Vec<u64>>,
    pub(crate) refs: BTreeMap<String, String>,
    pub(crate) commits: BTreeMap<String, Commit>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) trees: BTreeMap<String, Vec<TreeEntry>>,
    pub(crate) blobs: BTreeMap<String, Vec<u8>>,
    /// Trees that GitHub cuts.
    pub(crate) truncated: bool,
    pub(crate) issues_disabled: bool,
    /// Lists of pull requests hold all of them, whatever was asked for.
    pub(crate) filters_ignored: bool,
    made: u64,
}

impl State {
    /// A new number, larger than all before; comment IDs no longer fit into 32 bits.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.made += 1;
        5_000_000_000 + self.made
    }

    pub(crate) fn comment(&mut self, number: u64, author: Who, body: &str) -> u64 {
        let id = self.next_id();
        self.comments.push(Comment { id, number, body: body.to_owned(), author });
        id
    }

    pub(crate) fn issue(&mut self, author: Who, open: bool, body: &str) -> u64 {
        let number = self.next_number();
        self.issues.insert(number, Issue { title: "drift".to_owned(), body: body.to_owned(), author, open });
        number
    }

    pub(crate) fn next_number(&self) -> u64 {
        let last = |number: Option<&u64>| number.copied().unwrap_or_default();
        last(self.pulls.keys().next_back()).max(last(self.issues.keys().next_back())) + 1
    }

    /// An open pull request from a branch of this repository into `main`.
    pub(crate) fn pull(&mut self, number: u64, head_sha: &str) -> &mut Pull {
        self.pulls.entry(number).or_insert(Pull {
            title: "Add the fleet".to_owned(),
            body: String::new(),
            author: Who::Person,
            head_branch: "topic".to_owned(),
            head_sha: head_sha.to_owned(),
            head_repository: Some(REPOSITORY.to_owned()),
            base_branch: "main".to_owned(),
            open: true,
            merged_at: None,
            merge_commit_sha: None,
        })
    }

    /// The bodies of a pull request's or issue's comments, in order.
    pub(crate) fn bodies(&self, number: u64) -> Vec<&str> {
        self.comments.iter().filter(|comment| comment.number == number).map(|comment| comment.body.as_str()).collect()
    }

    pub(crate) fn files(files: &[(&str, &str)]) -> Files {
        files.iter().map(|(path, content)| ((*path).to_owned(), ("100644".to_owned(), content.as_bytes().to_vec()))).collect()
    }

    /// Commits files by a person.
    pub(crate) fn commit(&mut self, branch: &str, message: &str, files: Files) -> String {
        self.commit_as(branch, message, files, "ada@example.com", "ada@example.com")
    }

    /// Commits on a branch, which is made if needed.
    pub(crate) fn commit_as(&mut self, branch: &str, message: &str, files: Files, author: &str, committer: &str) -> String {
        let full_ref = format!("refs/heads/{branch}");
        let parents: Vec<String> = self.refs.get(&full_ref).cloned().into_iter().collect();
        let sha = self.store(message, files, author, committer, parents);
        self.refs.insert(full_ref, sha.clone());
        sha
    }

    pub(crate) fn store(&mut self, message: &str, files: Files, author: &str, committer: &str, parents: Vec<String>) -> String {
        let tree = self.store_folder("", &files);
        let id = self.next_id();
        let sha = hash("commit", format!("{tree}{message}{id}").as_bytes());
        let (message, author, committer) = (message.to_owned(), author.to_owned(), committer.to_owned());
        self.commits.insert(sha.clone(), Commit { message, author, committer, parents, files, tree });
        sha
    }

    fn store_folder(&mut self, folder: &str, files: &Files) -> String {
        let mut entries = Vec::new();
        let mut inner: Vec<String> = Vec::new();
        for (path, (mode, content)) in files {
            let Some(rest) = path.strip_prefix(folder) else { continue };
            match rest.split_once('/') {
                Some((name, _)) if inner.last().is_some_and(|last| last == name) => {}
                Some((name, _)) => inner.push(name.to_owned()),
                None => {
                    let sha = hash("blob", content);
                    self.blobs.insert(sha.clone(), content.clone());
                    entries.push(TreeEntry { path: rest.to_owned(), mode: mode.clone(), kind: "blob", sha });
                }
            }
        }
        for name in inner {
            let sha = self.store_folder(&format!("{folder}{name}/"), files);
            entries.push(TreeEntry { path: name, mode: "040000".to_owned(), kind: "tree", sha });
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        let sha = hash("tree", format!("{entries:?}").as_bytes());
        self.trees.insert(sha.clone(), entries);
        sha
    }

    /// The files at a branch's tip, as texts.
    pub(crate) fn texts(&self, branch: &str) -> BTreeMap<&str, &str> {
        let sha = &self.refs[&format!("refs/heads/{branch}")];
        let files = self.commits[sha].files.iter();
        files.map(|(path, (_, content))| (path.as_str(), std::str::from_utf8(content).expect("a text"))).collect()
    }
}

/// As Git hashes; for commits and trees only the looks are Git's.
pub(crate) fn hash(kind: &str, content: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(format!("{kind} {}\0", content.len()));
    hash.update(content);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
