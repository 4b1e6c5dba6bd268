//! Starting, stopping and saving.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::task::AbortHandle;
use uuid::Uuid;

use crate::edit::Edit;
use crate::generate::generate;
use crate::journal::Entry;
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
    /// An address that is not loopback or taken, an unreadable state file, a bad specification, a journal
    /// that cannot be written, sizes to generate next to a state file that is not empty.
    pub async fn start(options: Options) -> Result<Self, SandboxError> {
        let Options { listen, state, generate, seed, project, faults, journal } = options;
        let (store, loaded) = initial(state.as_deref(), generate.as_deref(), seed, project.as_deref())?;
        let saved = Mutex::new(loaded.then_some(store.version));
        let service = Arc::new(Service::new(store));
        for fault in faults {
            service.specify(&fault).map_err(SandboxError)?;
        }
        if let Some(path) = journal {
            let opened = lock(&service.journal).open(&path);
            opened.map_err(|error| SandboxError(format!("journal {}: {error}", path.display())))?;
        }
        let listener = bind(listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))).await.map_err(SandboxError)?;
        let address = listener.local_addr().map_err(|error| SandboxError(error.to_string()))?;
        let serving = tokio::spawn(serve(listener, service.clone())).abort_handle();
        Ok(Self { address, service, serving, state, saved })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT/v1/`.
    pub fn api_url(&self) -> String {
        format!("http://{}/v1/", self.address)
    }

    /// `http://127.0.0.1:PORT/`, the OAuth tenant; it takes any credentials that are not called `wrong`.
    pub fn auth_url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// A bearer token as the tenant would issue it now.
    pub fn token(&self) -> String {
        lock(&self.service.auth).issue("ready@clients").0
    }

    /// Sets a switch or adds a fault, for the requests from now on; several stand on lines of their own.
    ///
    /// # Errors
    /// A specification that cannot be parsed; those on the lines before it hold.
    pub fn add_fault(&self, specification: &str) -> Result<(), SandboxError> {
        self.service.specify(specification).map_err(SandboxError)
    }

    /// Forgets all faults, and refuses no connection any more; switches stay as they are.
    pub fn clear_faults(&self) {
        lock(&self.service.faults).clear();
        self.service.door.open();
    }

    /// The requests so far, in the order of arrival. Those under way are not among them.
    pub fn journal(&self) -> Vec<Entry> {
        lock(&self.service.journal).entries()
    }

    /// Waits until the journal has a request that fits, and returns it. One that a fault leaves without an answer
    /// is in the journal as soon as it waits.
    pub async fn wait_for(&self, fits: impl Fn(&Entry) -> bool) -> Entry {
        let mut news = lock(&self.service.journal).news();
        loop {
            if let Some(entry) = lock(&self.service.journal).find(&fits) {
                return entry;
            }
            if news.changed().await.is_err() {
                // The journal lives as long as this value.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Forgets the requests so far; a journal file keeps them.
    pub fn clear_journal(&self) {
        lock(&self.service.journal).clear();
    }

    /// Writes as somebody else, past tokens, faults and journal: `METHOD PATH JSON` as in the fault `edit`.
    /// Returns the answer's body.
    ///
    /// # Errors
    /// What the API refuses, names that nothing has.
    pub fn edit(&self, edit: &str) -> Result<Value, SandboxError> {
        Edit::parse(edit).and_then(|edit| edit.apply(&self.service)).map_err(SandboxError)
    }

    /// The state of the main project in the format `state/v1`.
    pub fn state_json(&self) -> Value {
        let store = self.service.store();
        let file = store.main().map(state_file::save);
        serde_json::to_value(file).unwrap_or(Value::Null)
    }

    /// Writes the state file, atomically, mode 0600; nothing without one, or if nothing was written to the
    /// state since it was loaded or saved.
    ///
    /// # Errors
    /// What the file system says, of the journal too.
    pub fn save(&self) -> Result<(), SandboxError> {
        if let Some(path) = &self.state {
            // Held meanwhile, so that two savings don't overtake each other.
            let mut saved = lock(&self.saved);
            let (file, version) = {
                let store = self.service.store();
                (store.main().map(state_file::save), store.version)
            };
            if let Some(file) = file
                && *saved != Some(version)
            {
                state_file::write(path, &file).map_err(|error| about(path, &error))?;
                *saved = Some(version);
            }
        }
        match lock(&self.service.journal).failure() {
            Some(error) => Err(SandboxError(format!("journal: {error}"))),
            None => Ok(()),
        }
    }
}

/// The state at the start, and whether it came from a file.
fn initial(path: Option<&Path>, generated: Option<&str>, seed: u64, project: Option<&str>) -> Result<(Store, bool), SandboxError> {
    let file = match path {
        Some(path) => state_file::read(path).map_err(|error| about(path, &error))?,
        None => None,
    };
    let mut store = match (file, path) {
        (Some(_), Some(path)) if generated.is_some() => return Err(about(path, "it is not empty, so nothing can be generated")),
        (Some(file), Some(path)) => {
            let (project, latest) = state_file::load(file).map_err(|error| about(path, &error))?;
            let mut store = Store::new(seed, project);
            if let Some(latest) = latest {
                store.clock.catch_up(latest);
            }
            return Ok((store, true));
        }
        _ => Store::new(seed, empty(seed, project.unwrap_or("sandbox"))),
    };
    if let Some(spec) = generated {
        generate(&mut store, spec).map_err(|error| SandboxError(format!("cannot generate: {error}")))?;
    }
    Ok((store, false))
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

fn about(path: &Path, error: &str) -> SandboxError {
    SandboxError(format!("state file {}: {error}", path.display()))
}
