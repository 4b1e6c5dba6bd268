//! Files that nobody else may read, written whole or not at all.

use std::io::{self, Write as _};
use std::path::Path;

/// Writes a file with mode 0600 (where files have modes), replacing an old one atomically.
///
/// # Errors
/// What the file system says; the old file is then as it was.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link's target is replaced, not the link; a device or pipe is written to as it is.
    let resolved = path.canonicalize();
    let path = resolved.as_deref().unwrap_or(path);
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return std::fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Temporary files are private from the moment they exist.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Takes the rights of others from a file that was there before; where that cannot be done, it stays as its owner left it.
pub(crate) fn restrict(file: &std::fs::File) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o077 != 0) {
            let _ = file.set_permissions(std::fs::Permissions::from_mode(0o600));
        }
    }
    #[cfg(not(unix))]
    let _ = file;
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("there").permissions().mode() & 0o777
    }

    #[test]
    fn file_of_wider_mode_becomes_private() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["written", "kept"] {
            let path = folder.path().join(name);
            fs::write(&path, "old").expect("writable");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).expect("its owner");
            if name == "written" {
                write(&path, b"new").expect("writable");
            } else {
                restrict(&fs::File::open(&path).expect("readable"));
            }
            assert_eq!(mode(&path), 0o600, "{name}");
        }
        assert_eq!(fs::read_to_string(folder.path().join("written")).expect("readable"), "new");
    }

    #[test]
    fn link_goes_on_pointing_and_its_target_is_replaced_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let (link, target) = (folder.path().join("link"), folder.path().join("target"));
        fs::write(&target, "old").expect("writable");
        std::os::unix::fs::symlink(&target, &link).expect("a link");
        write(&link, b"new").expect("writable");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!((fs::read_to_string(&target).expect("readable").as_str(), mode(&target)), ("new", 0o600));
    }
}
