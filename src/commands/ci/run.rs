//! From the runner's environment to a job, and from its end to outputs and an exit code.

use std::io::{self, Write};

use super::job::{Job, Verdict};
use super::{apply, clone, drift, plan, validate};
use crate::cli::{CiArgs, CiCommand, Environment, FailOnChoice};
use crate::commands::Context;
use crate::failure::{Ending, Failure, FailureKind};
use crate::github::{
    Command, Event, Job as Kind, MessageKind, Output, Outputs, Refusal, RunnerEnv, RunnerFiles, decide, write_message, write_permission,
};

/// Does what the event asks for.
pub(in crate::commands) async fn run(args: &CiArgs, context: &Context) -> Result<Ending, Failure> {
    let runner = RunnerEnv::new(&context.environment);
    let files = RunnerFiles::new(&runner, &args.label);
    let event = Event::read(&runner).map_err(|error| Failure::usage(error.to_string()));
    let mut job = Job::new(args, context, runner, files);
    let result = match event {
        Ok(event) => work(&mut job, &event).await,
        Err(failure) => Err(failure),
    };
    finish(job, result)
}

async fn work(job: &mut Job<'_>, event: &Event) -> Result<Verdict, Failure> {
    let input = match job.args.command {
        CiCommand::Auto => Command::Auto,
        CiCommand::Validate => Command::Validate,
        CiCommand::Plan => Command::Plan,
        CiCommand::Apply => Command::Apply,
        CiCommand::Clone => Command::Clone,
        CiCommand::Drift => Command::Drift,
    };
    let kind = decide(event, input).map_err(|error| usage(&error.to_string()))?;
    // Only the embedded API in this process may be written to on any event.
    if job.args.online.sandbox.is_none() {
        write_permission(event, &kind, input).map_err(|refusal| refused(&refusal))?;
    }
    job.connect_to_github().await;
    match kind {
        Kind::Nothing { notice } => {
            job.message(MessageKind::Notice, &notice)?;
            Ok(Verdict::Ok)
        }
        Kind::Validate => validate::run(job, event).await,
        Kind::Plan { comment } => plan::run(job, event, comment).await,
        Kind::Apply => apply::run(job, event).await,
        Kind::Drift => drift::run(job).await,
        Kind::Clone => clone::run(job).await,
    }
}

/// A message whose hints stand on lines of their own.
fn usage(text: &str) -> Failure {
    let mut lines = text.lines();
    let failure = Failure::usage(lines.next().unwrap_or_default());
    lines.fold(failure, |failure, line| failure.hint(line.strip_prefix("hint: ").unwrap_or(line)))
}

/// Why the event must not write.
pub(in crate::commands) fn refused(refusal: &Refusal) -> Failure {
    let text = refusal.to_string();
    let failure = Failure::new(FailureKind::EventCannotWrite, text.lines().next().unwrap_or_default());
    failure.hint(refusal.hint())
}

/// Writes the outputs; what cannot be written fails the run, for later steps would read nothing.
fn finish(mut job: Job<'_>, result: Result<Verdict, Failure>) -> Result<Ending, Failure> {
    let (word, reason) = match &result {
        Ok(verdict) => (verdict.word(), ""),
        Err(failure) => (failed_word(failure.kind), failure.kind.reason()),
    };
    complete(&mut job.outputs, word, reason);
    let written = job.files.write_outputs(&job.outputs);
    if let Err(failure) = &result
        && !failure.message.is_empty()
    {
        // The console tells it too, with its hints; this is what GitHub shows beside the run.
        job.context.console.out(|out| write_message(MessageKind::Error, &failure.message, out))?;
    }
    let verdict = result?;
    written.map_err(|error| Failure::new(FailureKind::Local, format!("cannot write the outputs: {error}")))?;
    let changed = job.outputs.get(Output::Changed) == Some("true") && verdict.is_pending();
    Ok(match job.args.fail_on {
        FailOnChoice::Changes if changed => Ending::ChangesPending,
        FailOnChoice::Warnings if changed || job.warned => Ending::ChangesPending,
        FailOnChoice::Error | FailOnChoice::Changes | FailOnChoice::Warnings => Ending::Done,
    })
}

/// How the run ended, and what later steps read where nothing was planned.
fn complete(outputs: &mut Outputs, word: &str, reason: &str) {
    outputs.set(Output::Result, word);
    outputs.set(Output::FailureReason, reason);
    outputs.set(Output::Version, crate::version::LONG);
    for output in [Output::Changed, Output::Creates, Output::Updates, Output::Renames, Output::Restores, Output::Archives] {
        if outputs.get(output).is_none() {
            outputs.set(output, if output == Output::Changed { "false" } else { "0" });
        }
    }
}

/// The outputs of a `ci` whose options are wrong, so that no job of it begins; and the message beside the run.
///
/// # Errors
/// What the file system or the writer says.
pub fn ci_wrong_usage(environment: &Environment, message: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut outputs = Outputs::default();
    complete(&mut outputs, failed_word(FailureKind::Usage), FailureKind::Usage.reason());
    write_message(MessageKind::Error, message, out)?;
    RunnerFiles::new(&RunnerEnv::new(environment), "").write_outputs(&outputs)
}

fn failed_word(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::PlanChanged
        | FailureKind::StaleCommit
        | FailureKind::BranchTaken
        | FailureKind::Guard
        | FailureKind::EventCannotWrite => "refused",
        FailureKind::ConfigInvalid
        | FailureKind::NoCredentials
        | FailureKind::AuthFailed
        | FailureKind::ApiError
        | FailureKind::StateMoved
        | FailureKind::PartialApply
        | FailureKind::NotConverged
        | FailureKind::GitHubError
        | FailureKind::Interrupted(_)
        | FailureKind::InterruptedApply(_)
        | FailureKind::Usage
        | FailureKind::Local => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_apart_from_failures() {
        assert_eq!(failed_word(FailureKind::Guard), "refused");
        assert_eq!(failed_word(FailureKind::Usage), "failed");
    }
}
