//! The checked-out repository on disk: paths and patterns as Git names them, and what Git would call the
//! contents.

use std::fs;
use std::path::{Component, Path, PathBuf};

use sha1::{Digest, Sha1};

/// A working tree, and the folder in it that config paths start from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// Symbolic links resolved.
    root: PathBuf,
    /// Symbolic links resolved.
    folder: PathBuf,
}

/// A path or pattern from the root of the repository. Its literal part has no symbolic links but perhaps
/// the last component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryPattern {
    /// Components without wildcards.
    pub(super) literal: Vec<String>,
    /// From the first wildcard on; empty for a plain path.
    pub(super) wild: Vec<String>,
}

impl RepositoryPattern {
    /// The path, if it has no wildcards.
    pub fn plain(&self) -> Option<String> {
        self.wild.is_empty().then(|| self.literal.join("/"))
    }

    /// All its components.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn components(&self) -> Vec<&str> {
        self.literal.iter().chain(&self.wild).map(String::as_str).collect()
    }
}

impl Checkout {
    /// The working tree that a folder lies in: the nearest one that Git made, else the runner's workspace.
    pub fn find(folder: &Path, workspace: Option<&Path>) -> Option<Self> {
        let folder = fs::canonicalize(folder).ok()?;
        let made_by_git = folder.ancestors().find(|ancestor| ancestor.join(".git").exists()).map(Path::to_owned);
        let workspace = || fs::canonicalize(workspace?).ok().filter(|workspace| folder.starts_with(workspace));
        let root = made_by_git.or_else(workspace)?;
        Some(Self { root, folder })
    }

    /// The folder that paths start from, as seen from the root: empty, or with a slash at its end.
    pub fn prefix(&self) -> String {
        match self.path_of(&self.folder) {
            Some(path) if !path.is_empty() => format!("{path}/"),
            Some(_) | None => String::new(),
        }
    }

    /// A real path as Git names it; `None` outside the repository.
    pub(super) fn path_of(&self, real: &Path) -> Option<String> {
        components(real.strip_prefix(&self.root).ok()?).map(|parts| parts.join("/"))
    }

    /// A config path or pattern as seen from the root; `None` if it leads outside the repository.
    pub fn pattern(&self, pattern: &str) -> Option<RepositoryPattern> {
        let pattern = if cfg!(windows) { pattern.replace('\\', "/") } else { pattern.to_owned() };
        // As in loading: a path that exists as written is no pattern.
        let exists = self.folder.join(&pattern).exists();
        let parts: Vec<&str> = pattern.split('/').collect();
        let wild = if exists { None } else { parts.iter().position(|part| part.contains(['*', '?', '['])) };
        // A plain path's last component may be a link of its own: the folder before it is what is resolved.
        let split = wild.unwrap_or(parts.len().saturating_sub(1));
        let (before, after) = parts.split_at(split);
        let mut before = before.join("/");
        if pattern.starts_with('/') && before.is_empty() {
            before.push('/');
        }
        let folder = self.folder.join(before);
        let folder = fs::canonicalize(&folder).unwrap_or_else(|_| without_dots(&folder));
        let mut literal = components(folder.strip_prefix(&self.root).ok()?)?;
        let after: Vec<String> = after.iter().filter(|part| !part.is_empty() && **part != ".").map(|&part| part.to_owned()).collect();
        if after.iter().any(|part| part == "..") {
            return None;
        }
        if wild.is_some() {
            return Some(RepositoryPattern { literal, wild: after });
        }
        literal.extend(after);
        Some(RepositoryPattern { literal, wild: Vec::new() })
    }

    /// The first symbolic link on the way to a path, as Git names it, with the ID of its blob. Behind it the
    /// path is none of Git's.
    pub(super) fn first_link(&self, path: &Path) -> Option<(String, String)> {
        let path = without_dots(&self.folder.join(path));
        let mut at = self.root.clone();
        for part in components(path.strip_prefix(&self.root).ok()?)? {
            at.push(part);
            if let Some(id) = link_id(&at) {
                return Some((self.path_of(&at)?, id));
            }
        }
        None
    }

    /// The ID of the blob of a symbolic link at a path that Git names; `None` if there is none.
    pub(super) fn link_at(&self, path: &str) -> Option<String> {
        link_id(&self.root.join(path))
    }
}

fn link_id(path: &Path) -> Option<String> {
    let target = fs::read_link(path).ok()?;
    let target = target.to_str()?;
    let target = if cfg!(windows) { target.replace('\\', "/") } else { target.to_owned() };
    Some(blob_id(target.as_bytes()))
}

/// Plain components as text; `None` if there is any other, or one that is not UTF-8.
fn components(path: &Path) -> Option<Vec<String>> {
    path.components()
        .map(|component| match component {
            Component::Normal(part) => part.to_str().map(str::to_owned),
            Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
        })
        .collect()
}

/// The path with `.` and `..` taken out, without asking the file system.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(component),
        }
    }
    plain
}

/// The ID that Git gives a blob.
pub(super) fn blob_id(content: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", content.len()));
    hash.update(content);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> (tempfile::TempDir, Checkout) {
        let folder = tempfile::tempdir().expect("a folder");
        for path in [".git", "fleet/eu", "docs"] {
            fs::create_dir_all(folder.path().join(path)).expect("a folder");
        }
        fs::write(folder.path().join("fleet/a[1].yaml"), "x").expect("a file");
        let checkout = Checkout::find(&folder.path().join("fleet"), None).expect("a checkout");
        (folder, checkout)
    }

    fn parts(literal: &[&str], wild: &[&str]) -> Option<RepositoryPattern> {
        let owned = |parts: &[&str]| parts.iter().map(|&part| part.to_owned()).collect();
        Some(RepositoryPattern { literal: owned(literal), wild: owned(wild) })
    }

    #[test]
    fn blob_ids_are_gits() {
        assert_eq!(blob_id(b""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(blob_id(b"hello\n"), "ce013625030ba8dba906f756967f9e9ca394464a");
    }

    #[test]
    fn patterns_are_seen_from_the_root() {
        let (folder, checkout) = repository();
        assert_eq!(checkout.prefix(), "fleet/");
        assert_eq!(checkout.pattern("x.yaml"), parts(&["fleet", "x.yaml"], &[]));
        assert_eq!(checkout.pattern("./eu/**/*.yaml"), parts(&["fleet", "eu"], &["**", "*.yaml"]));
        assert_eq!(checkout.pattern("../docs/./x.yaml"), parts(&["docs", "x.yaml"], &[]));
        assert_eq!(checkout.pattern("missing/../*.yaml"), parts(&["fleet"], &["*.yaml"]));
        let absolute = fs::canonicalize(folder.path()).expect("there").join("docs/x.yaml");
        assert_eq!(checkout.pattern(absolute.to_str().expect("UTF-8")), parts(&["docs", "x.yaml"], &[]));
    }

    #[test]
    fn path_that_exists_as_written_is_no_pattern() {
        let (_folder, checkout) = repository();
        assert_eq!(checkout.pattern("a[1].yaml"), parts(&["fleet", "a[1].yaml"], &[]));
    }

    #[test]
    fn what_lies_outside_is_none_of_gits() {
        let (_folder, checkout) = repository();
        assert_eq!(checkout.pattern("../../x.yaml"), None);
        assert_eq!(checkout.pattern("/etc/*.yaml"), None);
        assert_eq!(checkout.pattern("*/../x.yaml"), None);
    }

    #[test]
    fn folder_without_git_needs_a_workspace() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).expect("a folder");
        assert_eq!(Checkout::find(&inner, None), None);
        assert_eq!(Checkout::find(&inner, Some(folder.path())).expect("a checkout").prefix(), "inner/");
        let other = tempfile::tempdir().expect("a folder");
        assert_eq!(Checkout::find(other.path(), Some(folder.path())), None);
    }

    #[cfg(unix)]
    #[test]
    fn first_link_on_the_way_is_found() {
        let (folder, checkout) = repository();
        std::os::unix::fs::symlink("../docs", folder.path().join("fleet/linked")).expect("a link");
        let link = ("fleet/linked".to_owned(), blob_id(b"../docs"));
        assert_eq!(checkout.first_link(Path::new("linked/x.yaml")), Some(link.clone()));
        assert_eq!(checkout.link_at("fleet/linked"), Some(link.1));
        assert_eq!(checkout.first_link(Path::new("a[1].yaml")), None);
        assert_eq!(checkout.pattern("linked/*.yaml"), parts(&["docs"], &["*.yaml"]));
    }
}
