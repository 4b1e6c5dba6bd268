//! The action's outputs, written where the runner reads them.
//!
//! Always the long form with a random delimiter: with `name=value` a line break in a value would begin a
//! second output.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use uuid::Uuid;

/// An output of the action; `action.yml` maps exactly these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Output {
    /// How the run ended.
    Result,
    /// Whether the plan has changes.
    Changed,
    /// How many experiences are created.
    Creates,
    /// How many are updated.
    Updates,
    /// How many are renamed.
    Renames,
    /// How many are restored.
    Restores,
    /// How many are archived.
    Archives,
    /// The plan's digest.
    PlanDigest,
    /// Path of the plan's JSON.
    PlanFile,
    /// Path of the report's JSON.
    ReportFile,
    /// The sticky comment.
    CommentUrl,
    /// The pull request commented on or opened.
    PrNumber,
    /// Where people see it.
    PrUrl,
    /// A stable word for a failure.
    FailureReason,
    /// The program's version.
    Version,
}

impl Output {
    /// All outputs.
    pub const ALL: [Self; 15] = [
        Self::Result,
        Self::Changed,
        Self::Creates,
        Self::Updates,
        Self::Renames,
        Self::Restores,
        Self::Archives,
        Self::PlanDigest,
        Self::PlanFile,
        Self::ReportFile,
        Self::CommentUrl,
        Self::PrNumber,
        Self::PrUrl,
        Self::FailureReason,
        Self::Version,
    ];

    /// The name in workflows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Changed => "changed",
            Self::Creates => "creates",
            Self::Updates => "updates",
            Self::Renames => "renames",
            Self::Restores => "restores",
            Self::Archives => "archives",
            Self::PlanDigest => "plan-digest",
            Self::PlanFile => "plan-file",
            Self::ReportFile => "report-file",
            Self::CommentUrl => "comment-url",
            Self::PrNumber => "pr-number",
            Self::PrUrl => "pr-url",
            Self::FailureReason => "failure-reason",
            Self::Version => "version",
        }
    }
}

/// The outputs of one run; each is written once, at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outputs(BTreeMap<Output, String>);

impl Outputs {
    /// Sets an output; the last value holds.
    pub fn set(&mut self, output: Output, value: impl Into<String>) {
        self.0.insert(output, value.into());
    }

    /// The value set, if any.
    pub fn get(&self, output: Output) -> Option<&str> {
        self.0.get(&output).map(String::as_str)
    }

    /// Appends all outputs to the runner's file, in one write.
    ///
    /// # Errors
    /// What the file system says.
    pub fn append_to(&self, file: &Path) -> io::Result<()> {
        OpenOptions::new().append(true).create(true).open(file)?.write_all(self.text().as_bytes())
    }

    /// All outputs in the runner's format.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (output, value) in &self.0 {
            // The line break before the name closes what another program left open.
            let delimiter = delimiter_absent_from(value);
            text.push_str(&format!("\n{}<<{delimiter}\n{value}\n{delimiter}\n", output.name()));
        }
        text
    }
}

fn delimiter_absent_from(value: &str) -> String {
    loop {
        let delimiter = format!("ghadelimiter_{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        if !value.contains(&delimiter) {
            return delimiter;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_one_the_runner_takes() {
        for output in Output::ALL {
            let name = output.name();
            let first = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            assert!(first && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'), "{name}");
        }
    }

    #[test]
    fn last_value_of_an_output_holds() {
        let mut outputs = Outputs::default();
        outputs.set(Output::Result, "ok");
        outputs.set(Output::Result, "failed");
        assert_eq!((outputs.get(Output::Result), outputs.get(Output::Changed)), (Some("failed"), None));
    }
}
