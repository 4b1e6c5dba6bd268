//! `validate`: is the config right? Offline.

use super::{Context, load, policy};
use crate::cli::{Format, ValidateArgs};
use crate::config;
use crate::failure::{Ending, Failure, FailureKind};
use crate::render::diagnostics::diagnostics_json;
use crate::render::escape::write_json;
use crate::render::sentence::count;

pub(super) fn run(args: &ValidateArgs, context: &Context) -> Result<Ending, Failure> {
    policy::unlisted(&args.scope)?;
    let loaded = config::load(&load::options(&args.config, &args.scope, &context.environment));
    match args.format {
        Format::Text => load::tell(&loaded.sources, &loaded.diagnostics, context),
        Format::Markdown => {}
        Format::Json => {
            let json = diagnostics_json(&loaded.sources, &loaded.diagnostics);
            context.console.out(|out| write_json(&json, out))?;
        }
    }
    let Some(desired) = &loaded.desired else { return Err(Failure::told(FailureKind::ConfigInvalid)) };
    if args.format == Format::Text && !context.console.quiet {
        let line = format!(
            "valid: {}, {}, {} in {}",
            count(desired.experiences.len(), "experience"),
            count(desired.suites.len(), "managed suite"),
            count(desired.managed_tags.len(), "managed tag"),
            count(loaded.files.len(), "file")
        );
        context.console.out(|out| writeln!(out, "{line}"))?;
    }
    if !loaded.unlisted_members.is_empty() {
        let count = count(loaded.unlisted_members.len(), "suite member");
        context.console.say(&format!("{count} that no file defines will be looked for in ReSim by the plan"));
    }
    Ok(Ending::Done)
}
