//! Variables that stand for options: option beats `RESIM_SYNC_*` beats `RESIM_*`, and an empty one counts
//! as absent.
//!
//! They become arguments, after those of the command line, so that each is checked like the option itself,
//! and only where the command has that option.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};
use clap::{ArgAction, CommandFactory as _, FromArgMatches as _};

use super::args::Cli;

/// The process's variables, as values: nothing else in the program asks the process.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

/// Values may be secrets, so only names are shown.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Environment {
    /// The variables of this process; what is not UTF-8 is kept with replacement characters.
    pub fn of_process() -> Self {
        std::env::vars_os().map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())).collect()
    }

    /// A variable's value; an empty one counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether the variable says `true`.
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(variables: T) -> Self {
        Self(variables.into_iter().collect())
    }
}

/// Parses the command line, with variables for what it does not say.
///
/// # Errors
/// Wrong usage, and requests for help or the version.
pub fn parse(args: Vec<OsString>, environment: &Environment) -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    command.build();
    let given = command.clone().try_get_matches_from(&args)?;
    let variables = variables(&command, &given, environment)?;
    let mut all = args;
    all.extend(variables.iter().flat_map(|variable| variable.args.iter().map(OsString::from)));
    let parsed = command.try_get_matches_from_mut(all).and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches));
    parsed.map_err(|error| name_the_variable(error, &variables))
}

/// The command line's description, for completions and documentation.
pub(crate) fn command() -> clap::Command {
    Cli::command()
}

/// A variable that stands for an option, as arguments.
struct Variable {
    name: String,
    option: String,
    args: Vec<String>,
}

/// What the environment says for the options of the chosen command that the command line does not have.
fn variables(command: &clap::Command, given: &clap::ArgMatches, environment: &Environment) -> Result<Vec<Variable>, clap::Error> {
    let mut found = Vec::new();
    let (mut command, mut given) = (command, given);
    loop {
        let clone = cloning(command, given, environment);
        for arg in command.get_arguments() {
            // Options that all commands have are listed with each; one reading of them is enough.
            if (arg.is_global_set() && given.subcommand().is_some()) || is_given(arg, given) {
                continue;
            }
            // What `--clone` excludes is ignored where a variable says it.
            if clone && arg.get_id() != "clone" && excludes_clone(arg) {
                continue;
            }
            found.extend(variable(arg, environment, command.get_name())?);
        }
        let Some((name, matches)) = given.subcommand() else { return Ok(found) };
        let Some(chosen) = command.find_subcommand(name) else { return Ok(found) };
        (command, given) = (chosen, matches);
    }
}

fn is_given(arg: &clap::Arg, given: &clap::ArgMatches) -> bool {
    // Groups of options have IDs too, which are no arguments.
    given.try_contains_id(arg.get_id().as_str()).unwrap_or(false)
        && given.value_source(arg.get_id().as_str()) == Some(clap::parser::ValueSource::CommandLine)
}

fn cloning(command: &clap::Command, given: &clap::ArgMatches, environment: &Environment) -> bool {
    let Some(clone) = command.get_arguments().find(|arg| arg.get_id() == "clone") else { return false };
    is_given(clone, given) || variable(clone, environment, command.get_name()).is_ok_and(|variable| variable.is_some())
}

fn excludes_clone(arg: &clap::Arg) -> bool {
    matches!(arg.get_id().as_str(), "update_config" | "no_archive")
}

/// What the environment says for an option.
fn variable(arg: &clap::Arg, environment: &Environment, command: &str) -> Result<Option<Variable>, clap::Error> {
    let Some(long) = arg.get_long() else { return Ok(None) };
    let own = format!("RESIM_SYNC_{}", long.replace('-', "_").to_ascii_uppercase());
    let theirs = match long {
        "project" if command != "sandbox" => Some("RESIM_PROJECT"),
        "api-url" => Some("RESIM_URL"),
        "auth-url" => Some("RESIM_AUTH_URL"),
        "govcloud" => Some("RESIM_GOVCLOUD"),
        "config" => Some("RESIM_EXPERIENCES_CONFIG"),
        // Whatever shows what an apply would do reads what the apply reads.
        "no-archive" => Some("RESIM_NO_ARCHIVE"),
        "update-config" => Some("RESIM_UPDATE_CONFIG"),
        "clone" => Some("RESIM_CLONE"),
        _ => None,
    };
    let own_value = environment.get(&own).map(|value| (own.as_str(), value));
    let their_value = theirs.and_then(|name| environment.get(name).map(|value| (name, value)));
    let Some((name, value)) = own_value.or(their_value) else { return Ok(None) };
    let option = format!("--{long}");
    let action = arg.get_action();
    let args = if matches!(action, ArgAction::SetTrue) {
        match value {
            "true" => vec![option.clone()],
            "false" => Vec::new(),
            // The other program reads booleans in these spellings.
            "1" | "t" | "T" | "TRUE" | "True" if name != own => vec![option.clone()],
            "0" | "f" | "F" | "FALSE" | "False" if name != own => Vec::new(),
            other => {
                let message = format!("the variable {name} must be `true` or `false`, not `{other}`\n");
                return Err(clap::Error::raw(clap::error::ErrorKind::InvalidValue, message));
            }
        }
    } else if matches!(action, ArgAction::Append) {
        value.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| format!("{option}={line}")).collect()
    } else if matches!(action, ArgAction::Count) {
        vec![option.clone(); value.parse::<usize>().unwrap_or(1).min(3)]
    } else {
        vec![format!("{option}={value}")]
    };
    Ok((!args.is_empty()).then(|| Variable { name: name.to_owned(), option, args }))
}

/// An error about a value that nobody typed says where the value comes from.
fn name_the_variable(error: clap::Error, variables: &[Variable]) -> clap::Error {
    let argument = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) => argument.clone(),
        _ => return error,
    };
    let option = argument.split([' ', '=']).next().unwrap_or_default();
    match variables.iter().find(|variable| variable.option == option) {
        Some(Variable { name, option, .. }) => {
            let text = error.to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            clap::Error::raw(error.kind(), format!("{text}\n{option} comes from the variable {name}\n"))
        }
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::super::args::Command;
    use super::super::command_args::ExperiencesCommand;
    use super::*;

    fn parsed(args: &[&str], variables: &[(&str, &str)]) -> Result<Command, String> {
        let environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let args = std::iter::once("resim-sync").chain(args.iter().copied()).map(OsString::from).collect();
        parse(args, &environment).map(|cli| cli.command).map_err(|error| error.to_string())
    }

    fn apply(args: &[&str], variables: &[(&str, &str)]) -> super::super::command_args::ApplyArgs {
        match parsed(args, variables) {
            Ok(Command::Apply(args)) => args,
            other => panic!("not an apply: {other:?}"),
        }
    }

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn option_beats_own_variable_beats_the_other_programs() {
        let both = [("RESIM_SYNC_PROJECT", "own"), ("RESIM_PROJECT", "theirs")];
        assert_eq!(apply(&["apply", "--project", "option"], &both).online.project.as_deref(), Some("option"));
        assert_eq!(apply(&["apply"], &both).online.project.as_deref(), Some("own"));
        assert_eq!(apply(&["apply"], &both[1..]).online.project.as_deref(), Some("theirs"));
    }

    #[test]
    fn empty_variable_counts_as_absent() {
        let args = apply(&["apply"], &[("RESIM_SYNC_PROJECT", ""), ("RESIM_PROJECT", "theirs"), ("RESIM_SYNC_PARALLEL", "")]);
        assert_eq!((args.online.project.as_deref(), args.online.parallel), (Some("theirs"), 16));
    }

    #[test]
    fn flags_come_from_variables_strictly() {
        assert!(apply(&["apply"], &[("RESIM_SYNC_NO_ARCHIVE", "true")]).scope.no_archive);
        assert!(!apply(&["apply"], &[("RESIM_SYNC_NO_ARCHIVE", "false")]).scope.no_archive);
        assert!(apply(&["apply"], &[("RESIM_NO_ARCHIVE", "1")]).scope.no_archive);
        assert!(parsed(&["apply"], &[("RESIM_SYNC_NO_ARCHIVE", "yes")]).is_err());
        assert!(parsed(&["apply"], &[("RESIM_NO_ARCHIVE", "yes")]).is_err());
    }

    #[test]
    fn config_variable_holds_a_path_a_line() {
        let args = apply(&["apply"], &[("RESIM_SYNC_CONFIG", "a.yaml\n  b/*.yaml\n\n")]);
        assert_eq!(args.config.config, ["a.yaml", "b/*.yaml"]);
        assert_eq!(apply(&["apply", "--experience-config", "x"], &[("RESIM_SYNC_CONFIG", "a")]).config.config, ["x"]);
        assert_eq!(apply(&["apply"], &[("RESIM_EXPERIENCES_CONFIG", "theirs.yaml")]).config.config, ["theirs.yaml"]);
        assert_eq!(apply(&["apply"], &[]).config.config, ["experiences.yaml"]);
    }

    #[test]
    fn variable_of_an_option_that_the_command_lacks_is_ignored() {
        assert!(parsed(&["schema"], &[("RESIM_SYNC_PARALLEL", "many"), ("RESIM_UPDATE_CONFIG", "maybe")]).is_ok());
        let error = parsed(&["apply"], &[("RESIM_SYNC_PARALLEL", "many")]).expect_err("no number");
        assert!(error.contains("RESIM_SYNC_PARALLEL"), "{error}");
    }

    #[test]
    fn sync_is_the_other_programs_spelling() {
        let sync = |args: &[&str], variables: &[(&str, &str)]| match parsed(args, variables) {
            Ok(Command::Experiences(args)) => match args.command {
                ExperiencesCommand::Sync(args) => Ok(args),
            },
            Ok(other) => Err(format!("{other:?}")),
            Err(error) => Err(error),
        };
        let line = ["experiences", "sync", "--project", "p", "--experiences-config", "x.yaml"];
        let args = sync(&line, &[]).expect("parses");
        assert_eq!((args.clone, args.apply.config.config), (false, vec!["x.yaml".to_owned()]));
        assert!(sync(&line, &[("RESIM_CLONE", "true"), ("RESIM_UPDATE_CONFIG", "true")]).expect("a variable conflicts with nothing").clone);
        let mut both = line.to_vec();
        both.extend(["--clone", "--update-config"]);
        assert!(sync(&both, &[]).is_err());
    }

    #[test]
    fn sandbox_is_a_flag_or_a_file() {
        let state = |args: &[&str], variables: &[(&str, &str)]| apply(args, variables).online.sandbox.map(|choice| choice.state);
        assert_eq!(state(&["apply"], &[]), None);
        assert_eq!(state(&["apply", "--sandbox"], &[]), Some(None));
        assert_eq!(state(&["apply", "--sandbox=s.json"], &[]), Some(Some("s.json".into())));
        assert_eq!(state(&["apply"], &[("RESIM_SYNC_SANDBOX", "true")]), Some(None));
        assert_eq!(state(&["apply"], &[("RESIM_SYNC_SANDBOX", "s.json")]), Some(Some("s.json".into())));
    }

    #[test]
    fn debug_shows_no_values() {
        let environment: Environment = [("RESIM_TOKEN".to_owned(), "canary".to_owned())].into_iter().collect();
        assert!(!format!("{environment:?}").contains("canary"));
    }
}
