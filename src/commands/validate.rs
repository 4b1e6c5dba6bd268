//! `validate`: is the config right? Offline.

use std::io::Write;

use super::{Context, load, policy, show};
use crate::cli::{Format, ValidateArgs};
use crate::clone::write_files;
use crate::config::{self, FileEdit, LoadOptions, Loaded, Mended};
use crate::failure::{Ending, Failure, FailureKind};
use crate::render::diagnostics::diagnostics_json;
use crate::render::escape::write_json;
use crate::render::sentence::count;
use crate::render::terminal_safe;
use similar::TextDiff;

pub(super) async fn run(args: &ValidateArgs, context: &Context) -> Result<Ending, Failure> {
    policy::unlisted(&args.scope)?;
    let options = load::options(&args.config, &args.scope, &context.environment)?;
    let mut loaded = load::read(&options, context).await?;
    if args.fix {
        mend(args, &loaded, &options, context)?;
        if args.write {
            // What is saved is saved: this is not to be stopped.
            loaded = config::load(&options);
        }
    }
    match args.format {
        Format::Text => load::tell(&loaded.sources, &loaded.diagnostics, context),
        Format::Markdown => {
            load::tell(&loaded.sources, &loaded.diagnostics, context);
            let text = show::validity_markdown(&loaded);
            context.console.out(|out| out.write_all(text.as_bytes()))?;
        }
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

/// Shows each mended file as a diff, and writes it if asked to.
fn mend(args: &ValidateArgs, loaded: &Loaded, options: &LoadOptions, context: &Context) -> Result<(), Failure> {
    let mended = config::fix_all(loaded, options);
    let ending = match (mended.len(), args.write) {
        (0, _) => "nothing that can be mended here".to_owned(),
        (files, true) => format!("saved {}", count(files, "mended file")),
        (_, false) => "not saved: `--write` saves what is shown".to_owned(),
    };
    let mut edits = Vec::new();
    for Mended { source: id, text } in mended {
        let source = loaded.sources.get(id);
        let diff = TextDiff::from_lines(&*source.text, &text);
        let shown = diff.unified_diff().context_radius(3).header(&source.path, &source.path).to_string();
        let diff = |out: &mut dyn Write| shown.lines().try_for_each(|line| writeln!(out, "{}", with_tabs(line)));
        // Another format has stdout to itself.
        if args.format == Format::Text {
            context.console.out(diff)?
        } else {
            context.console.err(diff)
        }
        edits.push(FileEdit { path: source.path.clone(), file: loaded.files[id.0].clone(), old: Some(source.text.to_string()), new: text });
    }
    if args.write {
        write_files(&edits).map_err(|error| Failure::new(FailureKind::Local, error.to_string()))?;
    }
    context.console.say(&ending);
    Ok(())
}

/// A line made safe but for its tabs, which are harmless, and often what is mended.
fn with_tabs(line: &str) -> String {
    line.split('\t').map(|part| terminal_safe(part).to_string()).collect::<Vec<_>>().join("\t")
}
