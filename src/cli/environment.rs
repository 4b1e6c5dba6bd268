//! Variables that stand for options: option beats `RESIM_SYNC_*` beats `RESIM_*`, and an empty one counts
//! as absent.
//!
//! They become the options' defaults before the command line is parsed, so that each is checked like the
//! option itself, and only where the command has that option.

use std::collections::BTreeMap;
use std::ffi::OsString;

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
    let mut command = with_environment(Cli::command(), environment, "");
    let mut matches = command.try_get_matches_from_mut(args)?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
}

/// The command line's description without any variables, for completions and documentation.
pub(crate) fn command() -> clap::Command {
    Cli::command()
}

fn with_environment(command: clap::Command, environment: &Environment, path: &str) -> clap::Command {
    let name = format!("{path} {}", command.get_name());
    let command = command.mut_args(|arg| match variable(&arg, environment, &name) {
        Some(value) => with_default(arg, value),
        None => arg,
    });
    command.mut_subcommands(|sub| with_environment(sub, environment, &name))
}

/// What the environment says for an option.
fn variable(arg: &clap::Arg, environment: &Environment, command: &str) -> Option<String> {
    let long = arg.get_long()?;
    let own = format!("RESIM_SYNC_{}", long.replace('-', "_").to_ascii_uppercase());
    if let Some(value) = environment.get(&own) {
        return Some(value.to_owned());
    }
    let theirs = match long {
        "project" if !command.ends_with(" sandbox") => "RESIM_PROJECT",
        "api-url" => "RESIM_URL",
        "auth-url" => "RESIM_AUTH_URL",
        "govcloud" => "RESIM_GOVCLOUD",
        "config" => "RESIM_EXPERIENCES_CONFIG",
        // Whatever shows what an apply would do reads what the apply reads.
        "no-archive" => "RESIM_NO_ARCHIVE",
        "update-config" => "RESIM_UPDATE_CONFIG",
        "clone" => "RESIM_CLONE",
        _ => return None,
    };
    let value = environment.get(theirs)?;
    if !matches!(arg.get_action(), ArgAction::SetTrue) {
        return Some(value.to_owned());
    }
    // The other program reads booleans in these spellings.
    Some(match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => "true".to_owned(),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => "false".to_owned(),
        other => other.to_owned(),
    })
}

fn with_default(arg: clap::Arg, value: String) -> clap::Arg {
    let arg = arg.hide_default_value(true);
    if matches!(arg.get_action(), ArgAction::Append) {
        let lines: Vec<String> = value.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        if lines.is_empty() { arg } else { arg.default_values(lines) }
    } else {
        arg.default_value(value)
    }
}

#[cfg(test)]
mod tests {
    use super::super::args::{Command, ExperiencesCommand};
    use super::*;

    fn parsed(args: &[&str], variables: &[(&str, &str)]) -> Result<Command, String> {
        let environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let args = std::iter::once("resim-sync").chain(args.iter().copied()).map(OsString::from).collect();
        parse(args, &environment).map(|cli| cli.command).map_err(|error| error.to_string())
    }

    fn apply(args: &[&str], variables: &[(&str, &str)]) -> super::super::args::ApplyArgs {
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
        assert!(parsed(&["apply"], &[("RESIM_SYNC_PARALLEL", "many")]).is_err());
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
