//! `sandbox`: the embedded API, until a signal comes.

use resim_sandbox::Sandbox;

use super::Context;
use crate::cli::SandboxArgs;
use crate::failure::{Ending, Failure, FailureKind};

pub(super) async fn run(args: SandboxArgs, context: &Context) -> Result<Ending, Failure> {
    let SandboxArgs { listen, state, project, generate, seed, fault, journal } = args;
    let options =
        resim_sandbox::Options { listen: Some(listen), state, project: Some(project.clone()), generate, seed, faults: fault, journal };
    let local = |error: resim_sandbox::SandboxError| Failure::new(FailureKind::Local, error.to_string());
    let sandbox = Sandbox::start(options).await.map_err(local)?;
    context.console.out(|out| {
        writeln!(out, "RESIM_URL={}", sandbox.api_url())?;
        writeln!(out, "RESIM_AUTH_URL={}", sandbox.auth_url())
    })?;
    context.console.say("any credentials are accepted; Ctrl-C ends, and saves the state");
    let mut stop = context.stop.clone();
    // Without anybody who listens for signals there is no end but a kill.
    if stop.wait_for(Option::is_some).await.is_err() {
        std::future::pending::<()>().await;
    }
    sandbox.save().map_err(local)?;
    Ok(Ending::Done)
}
