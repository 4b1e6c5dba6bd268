//! One request from its bytes to its reply: token, permission, route, state.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use crate::auth::Auth;
use crate::door::Door;
use crate::faults::{Fault, Faults};
use crate::journal::Journal;
use crate::reply::{Answer, Refusal, Reply};
use crate::request::Request;
use crate::routes::{Route, dispatch, find};
use crate::store::Store;
use crate::switches::{SWITCHES, Settings};

/// A request as it came off the wire.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    /// Upper case.
    pub(crate) method: String,
    /// As sent, up to the question mark.
    pub(crate) path: String,
    /// As sent, after it.
    pub(crate) query: String,
    /// The header of that name.
    pub(crate) authorization: Option<String>,
    /// Whether the body claims to be JSON.
    pub(crate) json_body: bool,
    /// All of it.
    pub(crate) body: Vec<u8>,
}

/// Everything that requests share.
#[derive(Debug)]
pub(crate) struct Service {
    /// The state.
    pub(crate) store: RwLock<Store>,
    /// The tokens.
    pub(crate) auth: Mutex<Auth>,
    /// What goes wrong.
    pub(crate) faults: Mutex<Faults>,
    /// What was asked.
    pub(crate) journal: Mutex<Journal>,
    /// What the switches are set to.
    pub(crate) settings: Mutex<Settings>,
    /// Whether connections are accepted.
    pub(crate) door: Door,
}

/// A lock whose holder cannot leave it half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    /// A service over a state, without faults.
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store: RwLock::new(store),
            auth: Mutex::default(),
            faults: Mutex::default(),
            journal: Mutex::default(),
            settings: Mutex::default(),
            door: Door::default(),
        }
    }

    /// The state, to look at.
    pub(crate) fn store(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets a switch or adds a fault; several specifications stand on lines of their own.
    pub(crate) fn specify(&self, text: &str) -> Result<(), String> {
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            self.specify_one(line).map_err(|error| format!("fault `{line}`: {error}"))?;
        }
        Ok(())
    }

    fn specify_one(&self, text: &str) -> Result<(), String> {
        let mut settings = lock(&self.settings);
        if let Some(applied) = settings.apply(text) {
            applied?;
            let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
            store.rules = settings.rules.clone();
            for name in settings.more_projects.drain(..) {
                store.add_project(&name);
            }
            lock(&self.auth).rules = settings.auth.clone();
            lock(&self.journal).answers = settings.journal_answers;
            return Ok(());
        }
        match Fault::parse(text) {
            Ok(fault) => {
                lock(&self.faults).add(fault);
                Ok(())
            }
            Err(error) if looks_like_switch(text) => {
                let names: Vec<&str> = SWITCHES.iter().map(|switch| switch.name).collect();
                Err(format!("{error}; switches are {}", names.join(", ")))
            }
            Err(error) => Err(error),
        }
    }

    /// Answers a request, its effect included.
    pub(crate) fn answer(&self, incoming: &Incoming) -> Reply {
        let Incoming { method, path, query, authorization, json_body, body } = incoming;
        if path == "/oauth/token" {
            return if method == "POST" {
                lock(&self.auth).token(authorization.as_deref(), *json_body, body)
            } else {
                Refusal { status: 405, message: format!("{method} is not allowed here") }.into()
            };
        }
        let request = Request {
            method: method.clone(),
            path: path.clone(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            body: body.clone(),
            user: String::new(),
        };
        self.api(request, authorization.as_deref()).unwrap_or_else(Reply::from)
    }

    fn api(&self, mut request: Request, authorization: Option<&str>) -> Answer {
        let route = find(&request);
        if route == Ok(Route::Health) {
            return dispatch(&self.store, Route::Health, &request);
        }
        // Who may not ask learns nothing, not even which paths there are.
        let identity = lock(&self.auth).identify(authorization)?;
        let route = route?;
        if let Some(scope) = route.scope() {
            identity.require(scope)?;
        }
        request.user = identity.user;
        dispatch(&self.store, route, &request)
    }
}

/// Whether somebody may have meant a switch: a lone word before the first equals sign.
fn looks_like_switch(text: &str) -> bool {
    let name = text.split('=').next().unwrap_or_default();
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b'_')
}
