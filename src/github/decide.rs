//! Which job an event asks for, and whether it may write to ReSim. Pure.

use std::str::FromStr;

use super::{Event, EventError, EventKind, RunnerEnv};

/// The action's input `command`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Command {
    /// What the event asks for.
    #[default]
    Auto,
    /// `validate`.
    Validate,
    /// `plan`.
    Plan,
    /// `apply`.
    Apply,
    /// `clone`.
    Clone,
    /// `drift`.
    Drift,
}

/// A word that is no command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown command `{0}`: one of auto, validate, plan, apply, clone, drift")]
pub struct UnknownCommand(pub String);

impl FromStr for Command {
    type Err = UnknownCommand;

    /// The empty word is `auto`.
    fn from_str(word: &str) -> Result<Self, UnknownCommand> {
        match word.trim() {
            "" | "auto" => Ok(Self::Auto),
            "validate" => Ok(Self::Validate),
            "plan" => Ok(Self::Plan),
            "apply" => Ok(Self::Apply),
            "clone" => Ok(Self::Clone),
            "drift" => Ok(Self::Drift),
            other => Err(UnknownCommand(other.to_owned())),
        }
    }
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// Plan, and comment if the event has a pull request to comment on.
    Plan {
        /// Whether there is one.
        comment: bool,
    },
    /// Validate only.
    Validate,
    /// Nothing.
    Nothing {
        /// Why, for people.
        notice: String,
    },
    /// Apply.
    Apply,
    /// Clone into a pull request.
    Clone,
    /// Look for drift.
    Drift,
}

/// Why no job can be told: wrong usage.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// `auto` knows nothing to do for this event.
    #[error("the event `{event}` does not say what to do: set `command`")]
    SetCommand {
        /// The event, with its action where that matters.
        event: String,
    },
    /// The default branch decides, and the payload does not name it.
    #[error("the payload of the event `{event}` does not name the default branch: set `command`")]
    NoDefaultBranch {
        /// The event.
        event: String,
    },
    /// The dispatch's own input `command` is none.
    #[error("the workflow's input `command`: {0}")]
    UnknownCommand(#[from] UnknownCommand),
}

/// The job for an event and the action's input.
///
/// # Errors
/// [`DecideError`]: wrong usage.
pub fn decide(event: &Event, input: Command) -> Result<Job, DecideError> {
    match input {
        Command::Auto => by_event(event),
        Command::Validate | Command::Plan | Command::Apply | Command::Clone | Command::Drift => Ok(asked_for(input, event)),
    }
}

fn asked_for(command: Command, event: &Event) -> Job {
    match command {
        Command::Plan => Job::Plan { comment: event.pull_request().is_some() },
        Command::Validate => Job::Validate,
        Command::Apply => Job::Apply,
        // A dispatch without a word is a clone.
        Command::Auto | Command::Clone => Job::Clone,
        Command::Drift => Job::Drift,
    }
}

fn by_event(event: &Event) -> Result<Job, DecideError> {
    let default_branch = || event.default_branch.as_deref().ok_or_else(|| DecideError::NoDefaultBranch { event: event.name.clone() });
    match &event.kind {
        EventKind::PullRequest { action, pull_request } => match action.as_str() {
            "closed" => Ok(Job::Nothing {
                notice: "nothing to do when a pull request is closed: apply belongs on `push` to the default branch".to_owned(),
            }),
            _ if pull_request.base_branch != default_branch()? => Ok(Job::Validate),
            "opened" | "synchronize" | "reopened" | "ready_for_review" | "edited" => Ok(Job::Plan { comment: true }),
            _ => Err(DecideError::SetCommand { event: format!("{}: {action}", event.name) }),
        },
        EventKind::MergeGroup => Ok(Job::Plan { comment: false }),
        EventKind::Push(push) if push.deleted => Ok(Job::Nothing { notice: "nothing to do when a branch or tag is deleted".to_owned() }),
        EventKind::Push(push) if push.branch() == Some(default_branch()?) => Ok(Job::Apply),
        EventKind::Push(_) => Ok(Job::Validate),
        EventKind::WorkflowDispatch { inputs } => {
            let word = inputs.get("command").map(String::as_str).unwrap_or_default();
            Ok(asked_for(word.parse()?, event))
        }
        EventKind::Schedule => Ok(Job::Drift),
        EventKind::RepositoryDispatch | EventKind::Other { .. } => Err(DecideError::SetCommand { event: event.name.clone() }),
    }
}

/// Why nothing may be written to ReSim on this event.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The event is none of those that may.
    #[error("`apply` does not write on the event `{event}`")]
    Event {
        /// The event.
        event: String,
    },
    /// The run is not on the default branch, and nobody asked for another one.
    #[error(
        "`apply` writes on the default branch only, and this run is on {}",
        branch.as_ref().map_or_else(|| "no branch".to_owned(), |branch| format!("`{branch}`"))
    )]
    Branch {
        /// The run's branch.
        branch: Option<String>,
    },
    /// It is not known on which event this runs.
    #[error("`apply` does not write where the event is not known: {0}")]
    UnknownEvent(#[from] EventError),
}

impl Refusal {
    /// The way out.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Event { .. } | Self::UnknownEvent(_) => "apply on `push`, `workflow_dispatch`, `schedule` or `repository_dispatch`",
            Self::Branch { .. } => "to apply from here, set the action's input `command: apply`",
        }
    }
}

/// Whether a job may write to ReSim: only `apply` does, only on some events, and only on the default
/// branch unless the action's own input says `apply`. What a dispatch asks for does not count.
///
/// # Errors
/// The refusal; ReSim must not be contacted then.
pub fn write_permission(event: &Event, job: &Job, input: Command) -> Result<(), Refusal> {
    match job {
        Job::Plan { .. } | Job::Validate | Job::Nothing { .. } | Job::Clone | Job::Drift => return Ok(()),
        Job::Apply => {}
    }
    match &event.kind {
        EventKind::Push(_) | EventKind::WorkflowDispatch { .. } | EventKind::Schedule | EventKind::RepositoryDispatch => {}
        EventKind::PullRequest { .. } | EventKind::MergeGroup | EventKind::Other { .. } => {
            return Err(Refusal::Event { event: event.name.clone() });
        }
    }
    if input == Command::Apply || event.is_on_default_branch() {
        return Ok(());
    }
    Err(Refusal::Branch { branch: event.branch.clone() })
}

/// The same rule for a plain `resim-sync apply`, which has no input of an action: outside GitHub Actions
/// it always may. A payload that does not name the default branch is given the benefit of the doubt.
///
/// # Errors
/// The refusal; ReSim must not be contacted then.
pub fn plain_apply_permission(env: &RunnerEnv) -> Result<(), Refusal> {
    if !env.actions {
        return Ok(());
    }
    let event = Event::read(env)?;
    let input = if event.default_branch.is_none() { Command::Apply } else { Command::Auto };
    write_permission(&event, &Job::Apply, input)
}

#[cfg(test)]
mod tests;
