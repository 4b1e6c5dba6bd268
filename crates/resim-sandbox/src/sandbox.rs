//! Starting, stopping and saving.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::task::AbortHandle;
use uuid::Uuid;

use crate::auth::Auth;
use crate::server::{bind, serve};
use crate::service::{Service, lock};
use crate::state_file;
use crate::store::{Project, Store};

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
pub struct Sandbox {
    address: SocketAddr,
    service: Arc<Service>,
    serving: AbortHandle,
    state: Option<PathBuf>,
    /// The version of the store that was loaded or saved last.
    saved: Mutex<Option<u64>>,
}

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
        let Options { listen, state, generate: _, seed, project, faults: _, journal: _ } = options;
        let file = match &state {
            Some(path) => state_file::read(path).map_err(|error| about(path, &error))?,
            None => None,
        };
        let loaded = file.is_some();
        let (project, latest) = match (file, &state) {
            (Some(file), Some(path)) => state_file::load(file).map_err(|error| about(path, &error))?,
            _ => (empty(seed, project.as_deref().unwrap_or("sandbox")), None),
        };
        let mut store = Store::new(seed, project);
        if let Some(latest) = latest {
            store.clock.catch_up(latest);
        }
        let listener = bind(listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))).await.map_err(SandboxError)?;
        let address = listener.local_addr().map_err(|error| SandboxError(error.to_string()))?;
        let saved = Mutex::new(loaded.then_some(store.version));
        let service = Arc::new(Service { store: RwLock::new(store), auth: Mutex::new(Auth::default()) });
        let serving = tokio::spawn(serve(listener, service.clone())).abort_handle();
        Ok(Self { address, service, serving, state, saved })
    }

    /// `http://127.0.0.1:PORT/v1/`.
    pub fn api_url(&self) -> String {
        format!("http://{}/v1/", self.address)
    }

    /// `http://127.0.0.1:PORT/`, the OAuth tenant; it takes any credentials that are not called `wrong`.
    pub fn auth_url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Writes the state file, atomically, mode 0600; nothing without one.
    ///
    /// # Errors
    /// What the file system says.
    pub fn save(&self) -> Result<(), SandboxError> {
        let Some(path) = &self.state else { return Ok(()) };
        // Held meanwhile, so that two savings don't overtake each other.
        let mut saved = lock(&self.saved);
        let (file, version) = {
            let store = self.service.store.read().unwrap_or_else(PoisonError::into_inner);
            let Some(project) = store.main() else { return Ok(()) };
            (state_file::save(project), store.version)
        };
        if *saved == Some(version) {
            return Ok(());
        }
        state_file::write(path, &file).map_err(|error| about(path, &error))?;
        *saved = Some(version);
        Ok(())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.serving.abort();
        // Whoever wants to know of a failure saves before.
        let _ = self.save();
    }
}

fn empty(seed: u64, asked: &str) -> Project {
    match Uuid::try_parse(asked) {
        Ok(id) => Project::new(id, asked),
        Err(_) => Project::named(seed, asked),
    }
}

fn about(path: &std::path::Path, error: &str) -> SandboxError {
    SandboxError(format!("state file {}: {error}", path.display()))
}
