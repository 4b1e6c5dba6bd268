//! State files on disk.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use super::format::StateFile;

/// Reads a file; `None` if it is missing or empty.
pub(crate) fn read(path: &Path) -> Result<Option<StateFile>, String> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    serde_json::from_slice(&bytes).map(Some).map_err(|error| error.to_string())
}

/// Replaces a file as a whole or not at all; only the owner may read it, for it holds the values sent.
pub(crate) fn write(path: &Path, file: &StateFile) -> Result<(), String> {
    // A link goes on pointing where it points.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // tempfile makes files that only the owner may read.
    let mut temporary = tempfile::Builder::new().prefix(".state-").tempfile_in(folder).map_err(|error| error.to_string())?;
    let mut bytes = serde_json::to_vec_pretty(file).map_err(|error| error.to_string())?;
    bytes.push(b'\n');
    temporary.write_all(&bytes).map_err(|error| error.to_string())?;
    temporary.as_file().sync_all().map_err(|error| error.to_string())?;
    temporary.persist(&target).map_err(|error| error.error.to_string())?;
    Ok(())
}
