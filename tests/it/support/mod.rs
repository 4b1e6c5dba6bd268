//! What tests of the whole program share: the binary with a clean environment, and servers to talk to.

#[cfg(unix)]
mod comparable;
mod folder;
mod program;
mod server;

#[cfg(unix)]
pub(crate) use comparable::comparable;
pub(crate) use folder::Folder;
pub(crate) use program::{Output, Program, repository_file};
pub(crate) use server::Server;
