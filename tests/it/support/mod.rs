//! What tests of the whole program share: the binary with a clean environment, and servers to talk to.

mod folder;
mod program;
mod server;

pub use folder::Folder;
pub use program::{Output, Program, repository_file};
pub use server::Server;
