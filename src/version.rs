//! The program's version.

/// The package's version; a release build adds its commit.
pub const LONG: &str = match option_env!("RESIM_SYNC_VERSION_TEXT") {
    Some(text) => text,
    None => env!("CARGO_PKG_VERSION"),
};
