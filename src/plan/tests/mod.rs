//! What planning promises, one claim a test.

mod archives;
mod demand;
mod digest;
mod fields;
mod guard;
mod matching;
mod membership;
mod missing;
mod names;
mod notes;
mod properties;
mod suites;

use super::testing::{ConfigBuilder, StateBuilder, problems, summary};
use super::{Plan, Policy, Unlisted, plan};

/// The plan of a config that fits, with the default policy.
fn planned(config: ConfigBuilder, state: StateBuilder) -> Plan {
    planned_with(&Policy::default(), config, state)
}

/// The plan of a config that fits.
fn planned_with(policy: &Policy, config: ConfigBuilder, state: StateBuilder) -> Plan {
    plan(&config.done(), &state.done(), policy).expect("the config fits")
}

/// The changes, in few words.
fn changes(config: ConfigBuilder, state: StateBuilder) -> Vec<String> {
    summary(&planned(config, state))
}

/// What is wrong, in the order of the config.
fn refused(config: ConfigBuilder, state: StateBuilder) -> Vec<String> {
    refused_with(&Policy::default(), config, state)
}

/// What is wrong, in the order of the config.
fn refused_with(policy: &Policy, config: ConfigBuilder, state: StateBuilder) -> Vec<String> {
    problems(&plan(&config.done(), &state.done(), policy).expect_err("the config does not fit"))
}

/// `--no-archive`.
fn keeping() -> Policy {
    Policy { unlisted: Unlisted::Keep, ..Policy::default() }
}

/// `--create-missing`.
fn creating() -> Policy {
    Policy { create_missing: true, ..Policy::default() }
}
