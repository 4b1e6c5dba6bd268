//! Writes edited files, each whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use crate::config::FileEdit;

/// A file that could not be written; it is as it was.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}: {error}{}", if written.is_empty() { String::new() } else { format!("; written before: {}", written.join(", ")) })]
pub struct WriteError {
    /// The file as shown to people.
    pub path: String,
    /// The files that were written before it.
    pub written: Vec<String>,
    /// What the file system says.
    pub error: io::Error,
}

/// Writes each file by way of a temporary one beside it: whatever goes wrong, an old file stays whole.
///
/// # Errors
/// The first file that could not be written, with those that were.
pub fn write_files(edits: &[FileEdit]) -> Result<(), WriteError> {
    let mut written = Vec::new();
    for edit in edits {
        if let Err(error) = replace(&edit.file, edit.old.as_deref(), edit.new.as_bytes()) {
            return Err(WriteError { path: edit.path.clone(), written, error });
        }
        written.push(edit.path.clone());
    }
    Ok(())
}

fn replace(path: &Path, expected: Option<&str>, bytes: &[u8]) -> io::Result<()> {
    let old = as_it_was_read(path, expected)?;
    // Replacing needs no right on the file itself, but a read-only file is meant to stay.
    if old.as_ref().is_some_and(|metadata| metadata.permissions().readonly()) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    if old.is_none() {
        use std::os::unix::fs::PermissionsExt as _;
        // As an editor would make it; the process's mask still holds.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let is_new = old.is_none();
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(old) = old {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    if is_new { file.persist_noclobber(path) } else { file.persist(path) }.map_err(|error| error.error)?;
    Ok(())
}

/// The file's metadata, if it is there: what somebody wrote since it was read is not overwritten, and neither is a link that came
/// in its place.
fn as_it_was_read(path: &Path, expected: Option<&str>) -> io::Result<Option<fs::Metadata>> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound && expected.is_none() => return Ok(None),
        Err(error) => return Err(error),
    };
    let changed = |what| Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
    if !metadata.is_file() {
        return changed("it is no file any more");
    }
    let now = fs::read(path)?;
    let same = match expected {
        Some(text) => now == text.as_bytes(),
        // A new config goes where there was nothing, or nothing but blanks.
        None => String::from_utf8_lossy(&now).trim().is_empty(),
    };
    if same { Ok(Some(metadata)) } else { changed("it was changed since it was read") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(file: &Path, old: Option<&str>) -> FileEdit {
        FileEdit { path: "a.yaml".to_owned(), file: file.to_owned(), old: old.map(str::to_owned), new: "new".to_owned() }
    }

    #[test]
    fn what_somebody_wrote_meanwhile_is_not_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.yaml");
        for old in [Some("old"), None] {
            fs::write(&file, "somebody's").expect("writable");
            let error = write_files(&[edit(&file, old)]).expect_err("refused");
            assert!(error.to_string().contains("changed since it was read"), "{error}");
            assert_eq!(fs::read_to_string(&file).expect("readable"), "somebody's");
        }
        assert!(write_files(&[edit(&folder.path().join("gone.yaml"), Some("old"))]).is_err());
        write_files(&[edit(&file, Some("somebody's"))]).expect("as it was read");
        assert_eq!(fs::read_to_string(&file).expect("readable"), "new");
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1, "a temporary file is left");
    }

    #[test]
    fn new_config_goes_where_nothing_was() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, before) in [("none.yaml", None), ("blank.yaml", Some(" \n"))] {
            let file = folder.path().join(name);
            if let Some(text) = before {
                fs::write(&file, text).expect("writable");
            }
            write_files(&[edit(&file, None)]).expect("free");
            assert_eq!(fs::read_to_string(&file).expect("readable"), "new");
        }
    }

    #[cfg(unix)]
    #[test]
    fn link_that_came_in_the_files_place_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, target) = (folder.path().join("a.yaml"), folder.path().join("target"));
        fs::write(&target, "old").expect("writable");
        std::os::unix::fs::symlink(&target, &file).expect("a link");
        assert!(write_files(&[edit(&file, Some("old"))]).is_err());
        assert_eq!(fs::read_to_string(&target).expect("readable"), "old");
        assert!(fs::symlink_metadata(&file).expect("there").is_symlink());
    }
}
