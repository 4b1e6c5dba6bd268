//! An embedded, stateful ReSim API: real HTTP on loopback, for rehearsals and tests.
//!
//! Shares no types with the client: it is written from the API's description, so that a wrong JSON key
//! fails instead of cancelling out.

use std::net::SocketAddr;
use std::path::PathBuf;

/// How to start.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where to listen; loopback only. Default: `127.0.0.1:0`.
    pub listen: Option<SocketAddr>,
    /// State file: loaded if it exists and is not empty, saved on [`Sandbox::save`] and at the end.
    pub state: Option<PathBuf>,
    /// `experiences=10000,archived=2000,tags=50,systems=5,suites=20`.
    pub generate: Option<String>,
    /// Seed of what is generated.
    pub seed: u64,
    /// A project of this name (or ID) is created if the state has none.
    pub project: Option<String>,
    /// Faults and answers to open questions, one specification each.
    pub faults: Vec<String>,
    /// A JSON line per request.
    pub journal: Option<PathBuf>,
}

/// A running server; it stops when dropped.
#[derive(Debug)]
pub struct Sandbox {}

/// Why it could not start or save.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SandboxError(pub String);

impl Sandbox {
    /// Starts serving in the background of the present tokio runtime.
    ///
    /// # Errors
    /// An address that is not loopback or taken, an unreadable state file, a bad specification.
    pub async fn start(options: Options) -> Result<Self, SandboxError> {
        let _ = options;
        todo!()
    }

    /// `http://127.0.0.1:PORT/v1/`.
    pub fn api_url(&self) -> String {
        todo!()
    }

    /// `http://127.0.0.1:PORT/`, the OAuth tenant; it takes any credentials that are not called `wrong`.
    pub fn auth_url(&self) -> String {
        todo!()
    }

    /// Writes the state file, atomically, mode 0600; nothing without one.
    ///
    /// # Errors
    /// What the file system says.
    pub fn save(&self) -> Result<(), SandboxError> {
        todo!()
    }
}
