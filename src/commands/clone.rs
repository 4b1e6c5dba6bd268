//! `clone`: ReSim's live state as config files.

use std::path::PathBuf;

use super::Context;
use super::connect::connect;
use super::load::{self, Problems};
use super::planning::{require, saved_state};
use crate::cli::{CloneArgs, ManageChoice, ShowValuesChoice};
use crate::client::Scope;
use crate::clone::{CloneError, CloneOptions, CloneOutcome, clone_new, clone_onto, write_files};
use crate::config::{LoadOptions, Loaded};
use crate::failure::{Ending, Failure, FailureKind};
use crate::ids::TagName;
use crate::snapshot::Snapshot;
use crate::state_file::Need;

pub(super) async fn run(args: &CloneArgs, context: &Context) -> Result<Ending, Failure> {
    let options = options(args, context)?;
    let loaded = existing(&options.load, context).await?;
    let archived_experiences = wants_archived(&loaded);
    let snapshot = match &args.from_snapshot {
        Some(path) => {
            let snapshot = saved_state(path)?;
            require(path, &snapshot, Need::Clone { archived_experiences })?;
            snapshot
        }
        None => {
            let connection = connect(&args.online, context).await?;
            let read = async {
                let scope = Scope::Live { archived_experiences };
                connection.resim.read(scope).await.map_err(|error| Failure::from(error).context("reading ReSim's state"))
            };
            let read = context.unless_stopped(read).await;
            connection.close(read)?
        }
    };
    let outcome = clone(&loaded, &snapshot, args, &options)?;
    write_files(&outcome.files).map_err(|error| Failure::new(FailureKind::Local, error.to_string()))?;
    tell(&outcome, context)?;
    Ok(Ending::Done)
}

fn options(args: &CloneArgs, context: &Context) -> Result<CloneOptions, Failure> {
    let only_tagged = args.archive_tag.as_deref().map(TagName::new);
    let load = LoadOptions {
        patterns: args.config.config.clone(),
        confine_to: load::confinement(&context.environment)?,
        no_archive: false,
        archive_tag: only_tagged.clone(),
        allow_missing: true,
    };
    let (manage_suites, manage_tags) = match args.manage {
        ManageChoice::None => (false, false),
        ManageChoice::Suites => (true, false),
        ManageChoice::Tags => (false, true),
        ManageChoice::All => (true, true),
    };
    Ok(CloneOptions {
        manage_suites,
        manage_tags,
        ids: !args.no_ids,
        only_tagged,
        keep_secrets: args.show.show_values == ShowValuesChoice::All,
        defaults: args.from_snapshot.is_some(),
        load,
    })
}

/// The files that are there; an invalid one ends the run, for nobody knows what to keep of it.
async fn existing(options: &LoadOptions, context: &Context) -> Result<Loaded, Failure> {
    let loaded = load::read(options, context).await?;
    if loaded.missing.is_some() || loaded.desired.is_some() || only_blanks(&loaded) {
        return Ok(loaded);
    }
    Err(load::invalid(&loaded.sources, &loaded.diagnostics, Problems::Told, context)?)
}

/// Whether the one file holds nothing at all yet.
fn only_blanks(loaded: &Loaded) -> bool {
    let mut sources = loaded.sources.iter();
    matches!((sources.next(), sources.next()), (Some((_, source)), None) if source.text.trim().is_empty())
}

/// Entries that are wanted archived stay only if their experiences exist.
fn wants_archived(loaded: &Loaded) -> bool {
    loaded.desired.iter().flat_map(|desired| desired.experiences.values()).any(|entry| entry.archived && entry.id.is_some())
}

fn clone(loaded: &Loaded, snapshot: &Snapshot, args: &CloneArgs, options: &CloneOptions) -> Result<CloneOutcome, Failure> {
    let missing = loaded.missing.clone().map(|file| (file.display().to_string(), file));
    let blank = || loaded.sources.iter().next().map(|(id, source)| (source.path.clone(), loaded.files[id.0].clone()));
    let new: Option<(String, PathBuf)> = missing.or_else(|| if loaded.desired.is_none() { blank() } else { None });
    let outcome = match new {
        Some((path, file)) => clone_new(snapshot, &path, file, options),
        None => clone_onto(loaded, snapshot, args.add_to.as_deref(), options),
    };
    outcome.map_err(failure)
}

/// Why nothing was cloned, as the way a run ends.
pub(super) fn failure(error: CloneError) -> Failure {
    let kind = match &error {
        CloneError::NoSuchFile(_) => FailureKind::Usage,
        CloneError::Unsayable(_) | CloneError::Edit(_) => FailureKind::Local,
    };
    let failure = Failure::new(kind, error.to_string());
    match &error {
        CloneError::Unsayable(list) => list.iter().fold(failure, |failure, unsayable| failure.detail(unsayable.to_string())),
        CloneError::NoSuchFile(_) | CloneError::Edit(_) => failure,
    }
}

fn tell(outcome: &CloneOutcome, context: &Context) -> Result<(), Failure> {
    let CloneOutcome { files, summary } = outcome;
    context.console.out(|out| {
        for line in summary.lines() {
            writeln!(out, "{}", crate::render::terminal_safe(&line))?;
        }
        if files.is_empty() {
            writeln!(out, "No changes. The config says what ReSim has.")?;
        }
        files.iter().try_for_each(|edit| writeln!(out, "wrote {}", crate::render::terminal_safe(&edit.path)))
    })
}
