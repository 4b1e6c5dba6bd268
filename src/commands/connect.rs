//! From options and variables to an open project: ReSim's, or the embedded API's in this process.

use reqwest::Url;
use resim_sandbox::Sandbox;
use secrecy::SecretString;

use super::Context;
use crate::cli::{Environment, OnlineArgs, SandboxChoice};
use crate::client::{ConnectOptions, Credentials, GOVCLOUD_API_URL, PRODUCTION_API_URL, ReSim, Session, auth_url_for};
use crate::failure::{Failure, FailureKind};

/// An open project, with the embedded API behind it if that was asked for.
pub(super) struct Connection {
    /// The project.
    pub(super) resim: ReSim,
    /// The scopes that the token claims, if it says.
    pub(super) permissions: Option<Vec<String>>,
    sandbox: Option<Sandbox>,
}

impl Connection {
    /// Saves the embedded API's state, whatever the outcome of the run; the first failure wins.
    pub(super) fn close<T>(self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        let saved = match &self.sandbox {
            Some(sandbox) => {
                sandbox.save().map_err(|error| Failure::new(FailureKind::Local, format!("saving the sandbox's state: {error}")))
            }
            None => Ok(()),
        };
        let value = outcome?;
        saved?;
        Ok(value)
    }
}

/// Connects and opens the project.
pub(super) async fn connect(args: &OnlineArgs, context: &Context) -> Result<Connection, Failure> {
    let (options, sandbox, project) = match &args.sandbox {
        Some(choice) => {
            // Before it writes files; a state file may name the project.
            if !choice.state.as_ref().is_some_and(|path| path.exists()) {
                asked_project(args)?;
            }
            let sandbox = start_sandbox(choice, args).await?;
            let project = project_in_sandbox(choice, args)?;
            (sandbox_options(&sandbox, args)?, Some(sandbox), project)
        }
        None => (online_options(args, &context.environment)?, None, asked_project(args)?),
    };
    let opening = async {
        let session = Session::connect(&options).await?;
        let resim = session.open_project(&project).await?;
        Ok((session.permissions(), resim))
    };
    let (permissions, resim) = context.unless_stopped(opening).await?;
    Ok(Connection { resim, permissions, sandbox })
}

fn asked_project(args: &OnlineArgs) -> Result<String, Failure> {
    args.project
        .clone()
        .ok_or_else(|| Failure::usage("no project is named").hint("name it by --project, RESIM_SYNC_PROJECT or RESIM_PROJECT"))
}

async fn start_sandbox(choice: &SandboxChoice, args: &OnlineArgs) -> Result<Sandbox, Failure> {
    let options = resim_sandbox::Options {
        state: choice.state.clone(),
        project: args.project.clone(),
        faults: args.fault.clone(),
        journal: args.journal.clone(),
        ..resim_sandbox::Options::default()
    };
    Sandbox::start(options).await.map_err(|error| Failure::new(FailureKind::Local, format!("the sandbox cannot start: {error}")))
}

/// The project asked for, or the one that the state file holds.
fn project_in_sandbox(choice: &SandboxChoice, args: &OnlineArgs) -> Result<String, Failure> {
    #[derive(serde::Deserialize)]
    struct File {
        project: Project,
    }
    #[derive(serde::Deserialize)]
    struct Project {
        id: String,
    }
    if let Some(project) = &args.project {
        return Ok(project.clone());
    }
    let text = choice.state.as_ref().and_then(|path| std::fs::read_to_string(path).ok());
    match text.and_then(|text| serde_json::from_str::<File>(&text).ok()) {
        Some(file) => Ok(file.project.id),
        None => asked_project(args),
    }
}

fn sandbox_options(sandbox: &Sandbox, args: &OnlineArgs) -> Result<ConnectOptions, Failure> {
    Ok(ConnectOptions {
        api_url: url("the sandbox's address", &sandbox.api_url())?,
        auth_url: Some(url("the sandbox's address", &sandbox.auth_url())?),
        credentials: Credentials::Client { id: "sandbox".to_owned(), secret: SecretString::from("sandbox") },
        parallel: usize::from(args.parallel),
        deadline: args.deadline,
        hidden_placeholder: true,
    })
}

fn online_options(args: &OnlineArgs, environment: &Environment) -> Result<ConnectOptions, Failure> {
    // Usage before credentials: a job without secrets still hears of a wrong URL.
    let api_url = api_url(args)?;
    let credentials = credentials(environment)?;
    let auth_url = match &args.auth_url {
        Some(text) => Some(url("--auth-url", text)?),
        None => auth_url_for(&api_url),
    };
    if auth_url.is_none() && !matches!(credentials, Credentials::Token(_)) {
        return Err(Failure::usage(format!("the OAuth tenant of {api_url} is not known"))
            .hint("name it by --auth-url, RESIM_SYNC_AUTH_URL or RESIM_AUTH_URL"));
    }
    Ok(ConnectOptions {
        api_url,
        auth_url,
        credentials,
        parallel: usize::from(args.parallel),
        deadline: args.deadline,
        hidden_placeholder: false,
    })
}

fn api_url(args: &OnlineArgs) -> Result<Url, Failure> {
    let govcloud = url("the GovCloud address", GOVCLOUD_API_URL)?;
    match &args.api_url {
        None if args.govcloud => Ok(govcloud),
        None => url("the default address", PRODUCTION_API_URL),
        Some(text) => {
            let given = url("--api-url", text)?;
            if args.govcloud && given.host_str() != govcloud.host_str() {
                return Err(Failure::usage(format!("--govcloud means {govcloud}, and --api-url says {given}"))
                    .hint("leave one of them out; each may come from a variable: RESIM_GOVCLOUD, RESIM_URL"));
            }
            Ok(given)
        }
    }
}

/// A base URL: https, or anything on loopback.
fn url(what: &str, text: &str) -> Result<Url, Failure> {
    let wrong = |why: &str| Failure::usage(format!("{what}: {why}")).hint("give a base URL such as https://api.resim.ai/v1");
    let url = Url::parse(text).map_err(|_| wrong("not a URL"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("a URL must not hold credentials"));
    }
    let Some(host) = url.host_str() else { return Err(wrong("not a URL with a host")) };
    let address: Option<std::net::IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    let loopback = host == "localhost" || address.is_some_and(|address| address.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        "http" => Err(wrong("only https is used, because credentials are sent there (http for loopback alone)")),
        _ => Err(wrong("only https is used")),
    }
}

/// The first credentials that the environment holds: our own variables, else the other program's.
pub(super) fn credentials(environment: &Environment) -> Result<Credentials, Failure> {
    const NAMES: [&str; 5] = ["TOKEN", "CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD"];
    let set = |prefix: &str| NAMES.iter().any(|name| environment.get(&format!("{prefix}{name}")).is_some());
    let prefix = if set("RESIM_SYNC_") { "RESIM_SYNC_" } else { "RESIM_" };
    let get = |name: &str| environment.get(&format!("{prefix}{name}"));
    let half = |missing: &str, present: &str| {
        Failure::new(FailureKind::NoCredentials, format!("{prefix}{present} is set, and {prefix}{missing} is missing"))
            .hint("set both; in GitHub, pass both secrets to the action")
    };
    if let Some(token) = get("TOKEN") {
        return Ok(Credentials::Token(SecretString::from(token)));
    }
    match (get("CLIENT_ID"), get("CLIENT_SECRET")) {
        (Some(id), Some(secret)) => return Ok(Credentials::Client { id: id.to_owned(), secret: SecretString::from(secret) }),
        (Some(_), None) => return Err(half("CLIENT_SECRET", "CLIENT_ID")),
        (None, Some(_)) => return Err(half("CLIENT_ID", "CLIENT_SECRET")),
        (None, None) => {}
    }
    match (get("USERNAME"), get("PASSWORD")) {
        (Some(username), Some(password)) => {
            Ok(Credentials::Password { username: username.to_owned(), password: SecretString::from(password) })
        }
        (Some(_), None) => Err(half("PASSWORD", "USERNAME")),
        (None, Some(_)) => Err(half("USERNAME", "PASSWORD")),
        (None, None) => Err(Failure::new(FailureKind::NoCredentials, "no credentials for ReSim")
            .hint("set RESIM_CLIENT_ID and RESIM_CLIENT_SECRET, or RESIM_USERNAME and RESIM_PASSWORD, or RESIM_TOKEN")
            .hint("to try without an account: --sandbox runs against the embedded API")),
    }
}
