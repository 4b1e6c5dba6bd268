//! From config options to what is wanted, with everything that is wrong told.

use std::path::PathBuf;

use super::Context;
use crate::cli::{ConfigArgs, Environment, ScopeArgs};
use crate::config::{LoadOptions, Loaded, load};
use crate::desired::Desired;
use crate::diagnostics::Diagnostics;
use crate::failure::{Failure, FailureKind};
use crate::github::RunnerEnv;
use crate::ids::TagName;
use crate::render::diagnostics::{diagnostics_json, render_diagnostics};
use crate::render::escape::write_json;
use crate::source::Sources;

/// How problems are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problems {
    /// On stderr, for people.
    Told,
    /// As JSON on stdout if they end the run, else on stderr.
    Json,
}

/// The options of loading.
///
/// # Errors
/// The folders of a GitHub job cannot be read.
pub(super) fn options(config: &ConfigArgs, scope: &ScopeArgs, environment: &Environment) -> Result<LoadOptions, Failure> {
    Ok(LoadOptions {
        patterns: config.config.clone(),
        confine_to: confinement(environment)?,
        no_archive: scope.no_archive,
        archive_tag: scope.archive_tag.as_deref().map(TagName::new),
        allow_missing: false,
    })
}

/// In a GitHub job, config files lie in the workspace or in a folder that the job made: what else is under
/// `RUNNER_TEMP` is the runner's, payload and credentials of other steps among it.
///
/// # Errors
/// `RUNNER_TEMP` cannot be read.
pub(super) fn confinement(environment: &Environment) -> Result<Vec<PathBuf>, Failure> {
    let folders = RunnerEnv::new(environment).config_folders();
    let folders = folders.map_err(|error| Failure::new(FailureKind::Local, format!("cannot read RUNNER_TEMP: {error}")))?;
    Ok(folders.unwrap_or_default())
}

/// Loads the config beside whatever else goes on. A file that is large, or a pipe that never ends, does not keep a run
/// from being stopped.
///
/// # Errors
/// The run is stopped.
pub(super) async fn read(options: &LoadOptions, context: &Context) -> Result<Loaded, Failure> {
    let options = options.clone();
    let loading = tokio::task::spawn_blocking(move || load(&options));
    let loading = async {
        match loading.await {
            Ok(loaded) => Ok(loaded),
            Err(failed) if failed.is_panic() => std::panic::resume_unwind(failed.into_panic()),
            Err(failed) => Err(Failure::new(FailureKind::Local, format!("reading the config was given up: {failed}"))),
        }
    };
    context.unless_stopped(loading).await
}

/// What the config wants; errors end the run, warnings are told.
pub(super) async fn config(options: &LoadOptions, problems: Problems, context: &Context) -> Result<(Loaded, Desired), Failure> {
    let mut loaded = read(options, context).await?;
    let desired = loaded.desired.take();
    match desired {
        Some(desired) => {
            if !context.console.quiet && !loaded.diagnostics.is_empty() {
                tell(&loaded.sources, &loaded.diagnostics, context);
                // More follows.
                context.console.err(|err| writeln!(err));
            }
            Ok((loaded, desired))
        }
        None => Err(invalid(&loaded.sources, &loaded.diagnostics, problems, context)?),
    }
}

/// Shows what is wrong with the config, and makes the failure for it.
pub(super) fn invalid(sources: &Sources, diagnostics: &Diagnostics, problems: Problems, context: &Context) -> Result<Failure, Failure> {
    match problems {
        Problems::Told => tell(sources, diagnostics, context),
        Problems::Json => {
            let json = diagnostics_json(sources, diagnostics);
            context.console.out(|out| write_json(&json, out))?;
        }
    }
    Ok(Failure::told(FailureKind::ConfigInvalid))
}

/// Shows problems on stderr.
pub(super) fn tell(sources: &Sources, diagnostics: &Diagnostics, context: &Context) {
    context.console.err(|err| render_diagnostics(sources, diagnostics, context.console.stderr_style, context.console.stderr_width, err));
}
