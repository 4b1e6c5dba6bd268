//! The files that a run leaves for the runner and for later steps: outputs, job summary, plan and report.
//!
//! Never `GITHUB_ENV` or `GITHUB_PATH`: they would change what later steps run.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::{Outputs, RunnerEnv};

/// From this size on GitHub shows nothing of a step's summary.
const SUMMARY_LIMIT: u64 = 1 << 20;

/// Where a run leaves its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunnerFiles {
    output: Option<PathBuf>,
    summary: Option<PathBuf>,
    folder: Option<PathBuf>,
}

impl RunnerFiles {
    /// The files for one `label`; what the runner did not name is not written.
    pub fn new(env: &RunnerEnv, label: &str) -> Self {
        let folder = env.runner_temp.as_ref().map(|temp| temp.join("resim-sync").join(folder_name(label)));
        Self { output: env.output.clone(), summary: env.step_summary.clone(), folder }
    }

    /// Writes the outputs, if the runner reads any.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write_outputs(&self, outputs: &Outputs) -> io::Result<()> {
        self.output.as_ref().map_or(Ok(()), |file| outputs.append_to(file))
    }

    /// How many bytes the summary still takes; 0 if there is none.
    ///
    /// # Errors
    /// What the file system says.
    pub fn summary_room(&self) -> io::Result<usize> {
        let Some(file) = &self.summary else { return Ok(0) };
        let used = match fs::metadata(file) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        // One byte under the limit, and a line break before and after.
        Ok(usize::try_from(SUMMARY_LIMIT.saturating_sub(used).saturating_sub(3)).unwrap_or(0))
    }

    /// Appends Markdown to the job summary, if there is one.
    ///
    /// # Errors
    /// What the file system says, or that the text does not fit ([`RunnerFiles::summary_room`]):
    /// then nothing is written, as GitHub would show nothing at all.
    pub fn append_summary(&self, markdown: &str) -> io::Result<()> {
        let Some(file) = &self.summary else { return Ok(()) };
        if markdown.len() > self.summary_room()? {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the job summary would exceed 1 MiB"));
        }
        let text = format!("\n{}\n", markdown.trim_end_matches('\n'));
        OpenOptions::new().append(true).create(true).open(file)?.write_all(text.as_bytes())
    }

    /// The folder for plan and report, `$RUNNER_TEMP/resim-sync/<label>`, made if needed; `None` outside
    /// a runner.
    ///
    /// # Errors
    /// What the file system says.
    pub fn folder(&self) -> io::Result<Option<PathBuf>> {
        let Some(folder) = &self.folder else { return Ok(None) };
        fs::create_dir_all(folder)?;
        Ok(Some(folder.clone()))
    }
}

#[cfg(any(test, fuzzing))]
impl RunnerFiles {
    /// The folder for plan and report, whether it is there or not.
    pub(crate) fn folder_path(&self) -> Option<&std::path::Path> {
        self.folder.as_deref()
    }
}

/// A label as the name of one folder, on every system; different labels get different folders.
fn folder_name(label: &str) -> String {
    if label.is_empty() {
        return "default".to_owned();
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let kept: String = label.chars().take(64).map(|c| if plain(c) { c } else { '-' }).collect();
    // Names such as `con` and `nul` are devices on Windows.
    let harmless = label.len() > 4 && label.len() <= 64 && kept == label && label != "default";
    if harmless {
        return kept;
    }
    let digest = Sha256::digest(label.as_bytes());
    let suffix: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{kept}-{suffix}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn label_stays_one_folder_of_its_own() {
        let labels = ["", "default", "prod-eu", "Prod-EU", "prod/eu", "../../etc", "..", "con", "nul", "ünï", "a b", &"x".repeat(300)];
        let names: BTreeSet<String> = labels.iter().map(|label| folder_name(label)).collect();
        assert_eq!(names.len(), labels.len(), "{names:?}");
        for name in &names {
            assert!(name.len() < 80 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{name}");
            assert!(!["con", "nul", "aux", "prn"].contains(&name.as_str()));
        }
        assert_eq!((folder_name("prod-eu"), folder_name("")), ("prod-eu".to_owned(), "default".to_owned()));
    }

    #[test]
    fn summary_never_reaches_the_limit() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("summary");
        let env = RunnerEnv { step_summary: Some(file.clone()), ..RunnerEnv::default() };
        let files = RunnerFiles::new(&env, "");
        files.append_summary("# Plan\n").expect("fits");
        assert_eq!(fs::read_to_string(&file).expect("there"), "\n# Plan\n");
        let room = files.summary_room().expect("readable");
        assert!(files.append_summary(&"x".repeat(room + 1)).is_err());
        assert_eq!(fs::read_to_string(&file).expect("there"), "\n# Plan\n");
        files.append_summary(&"x".repeat(room)).expect("fits");
        assert_eq!(fs::metadata(&file).expect("there").len(), SUMMARY_LIMIT - 1);
        assert_eq!(files.summary_room().expect("readable"), 0);
    }

    #[test]
    fn nothing_is_written_outside_a_runner() {
        let files = RunnerFiles::new(&RunnerEnv::default(), "x");
        files.append_summary("x").expect("nothing to do");
        files.write_outputs(&Outputs::default()).expect("nothing to do");
        assert_eq!(files.folder().expect("nothing to do"), None);
    }
}
