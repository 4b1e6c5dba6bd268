//! The client over real sockets: against a scripted server where the answer is the point, and against the
//! embedded API where the state is.

mod early;
mod environment;
mod faults;
mod lists;
mod reading;
mod sending;
mod server;
mod tokens;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;
use serde_json::{Value, json};

pub(crate) use self::server::{Reply, Seen, Server};
use super::retry::Timing;
use super::*;

pub(crate) const PROJECT: &str = "11111111-0000-4000-8000-000000000001";

/// Waits as short as can be; time-outs as in production.
pub(crate) fn quick() -> Timing {
    Timing { first_delay: Duration::from_millis(1), claims_delay: Duration::ZERO, gap: Duration::ZERO, ..Timing::default() }
}

pub(crate) fn options(api_url: &Url) -> ConnectOptions {
    ConnectOptions {
        api_url: api_url.clone(),
        auth_url: None,
        credentials: Credentials::Token(SecretString::from("ready-token")),
        parallel: 16,
        deadline: Duration::from_secs(600),
        hidden_placeholder: false,
    }
}

pub(crate) fn project_json() -> Value {
    json!({"projectID": PROJECT, "name": "drones", "archived": false})
}

/// Opens the project of a scripted server, whose first answer this takes.
pub(crate) async fn open(server: &Server) -> ReSim {
    open_with(&options(&server.url), quick()).await
}

pub(crate) async fn open_with(options: &ConnectOptions, timing: Timing) -> ReSim {
    Session::connect_with(options, timing).await.unwrap().open_project(PROJECT).await.unwrap()
}

/// A scripted server that knows the project; every other request is answered by the function, which counts without it.
pub(crate) async fn project_server(reply: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(
        move |seen, number| {
            if seen.path == format!("/projects/{PROJECT}") { Reply::Json(200, project_json()) } else { reply(seen, number - 1) }
        },
    )
    .await
}
