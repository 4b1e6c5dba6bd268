//! The program's version.

/// The package's version, with the commit where the build knows it.
pub const LONG: &str = env!("RESIM_SYNC_VERSION_TEXT");
