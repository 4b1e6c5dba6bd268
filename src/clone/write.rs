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
        if let Err(error) = replace(&edit.file, edit.new.as_bytes()) {
            return Err(WriteError { path: edit.path.clone(), written, error });
        }
        written.push(edit.path.clone());
    }
    Ok(())
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let old = fs::metadata(path).ok();
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
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(old) = old {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
