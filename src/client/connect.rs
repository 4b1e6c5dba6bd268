//! Opening a connection: credentials, hosts, the project.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;

use super::connection::Connection;
use super::retry::Timing;
use super::{ApiError, ReSim};
use crate::plan::{Demand, Known};
use crate::snapshot::Project;

/// Where ReSim is and how to talk to it.
#[derive(Clone, Debug)]
pub struct ConnectOptions {
    /// Base of the API, with or without a trailing slash: `https://api.resim.ai/v1/`.
    pub api_url: Url,
    /// The OAuth tenant; not needed with a ready token.
    pub auth_url: Option<Url>,
    /// Who we are.
    pub credentials: Credentials,
    /// Requests in flight at most.
    pub parallel: usize,
    /// For the whole run, from now.
    pub deadline: Duration,
    /// Whether a value or location that is exactly `(hidden)` counts as not to be had: so the embedded API
    /// serves what its state file hides. Never set for a real server.
    pub hidden_placeholder: bool,
}

/// Who we are to ReSim. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A ready bearer token.
    Token(SecretString),
    /// OAuth client credentials.
    Client {
        /// Client ID.
        id: String,
        /// Client secret.
        secret: SecretString,
    },
    /// OAuth password-realm.
    Password {
        /// User name.
        username: String,
        /// Password.
        password: SecretString,
    },
}

/// A connection that has no project yet. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) connection: Arc<Connection>,
}

/// Why a project could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// A request failed.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// There is none of that name or ID.
    #[error("no project is called `{asked}`")]
    NotFound {
        /// What was asked for.
        asked: String,
        /// Names that are near, nearest first, a few at most.
        near: Vec<String>,
    },
    /// Several have the name.
    #[error("{} projects are called `{asked}`", candidates.len())]
    Ambiguous {
        /// What was asked for.
        asked: String,
        /// All of that name.
        candidates: Vec<Project>,
    },
}

/// What to read.
#[derive(Clone, Copy)]
pub enum Scope<'a> {
    /// The live lists, then what the function demands of what is known ([`crate::plan::demand`]); it is asked
    /// again whenever more is known: first with the tags and systems alone, then with the first page of a long list
    /// of live experiences.
    Demanded(&'a (dyn Fn(Known<'_>) -> Demand + Sync)),
    /// The live lists with all live members of all tags and systems, and the archived experiences if asked.
    Live {
        /// Whether to read the archived experiences too.
        archived_experiences: bool,
    },
    /// Everything, archived experiences, suites and members included.
    Everything,
}

/// What the run cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests sent, tokens and retries included.
    pub requests: u64,
    /// How many of them were repeats.
    pub retries: u64,
}

impl Session {
    /// Gets a token; sends nothing where it is given.
    ///
    /// # Errors
    /// Refused credentials, an unreachable host, a URL that is neither https nor loopback.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, ApiError> {
        Self::connect_with(options, Timing::default()).await
    }

    /// The same with other time limits, for tests.
    pub(crate) async fn connect_with(options: &ConnectOptions, timing: Timing) -> Result<Self, ApiError> {
        Ok(Self { connection: Arc::new(Connection::open(options, timing).await?) })
    }

    /// The scopes that the token claims, sorted, where it has the claim `permissions` and that is not empty.
    pub fn permissions(&self) -> Option<Vec<String>> {
        self.connection.auth.permissions()
    }

    /// Requests so far.
    pub fn traffic(&self) -> Traffic {
        self.connection.transport.traffic()
    }
}

impl ReSim {
    /// The project.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// Requests so far.
    pub fn traffic(&self) -> Traffic {
        self.connection.transport.traffic()
    }

    /// A path below the project.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("projects/{}/{rest}", self.project.id)
    }
}
