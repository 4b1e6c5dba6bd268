//! One request from its bytes to its reply: token, permission, route, state.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use crate::auth::Auth;
use crate::reply::{Answer, Refusal, Reply};
use crate::request::Request;
use crate::routes::{Route, dispatch, find};
use crate::store::Store;

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
}

/// A lock whose holder cannot leave it half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
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
