//! Where output goes: data to stdout, everything else to stderr. Only `main` makes one.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use crate::failure::{Failure, FailureKind};
use crate::render::diagnostics::Style;
use crate::render::terminal_safe;
use crate::render::text::Width;

/// The two streams of a run and how to write to them.
pub struct Console {
    stdout: Mutex<Box<dyn Write + Send>>,
    stderr: Mutex<Box<dyn Write + Send>>,
    /// Colours on stdout.
    pub stdout_style: Style,
    /// Colours on stderr.
    pub stderr_style: Style,
    /// How wide lines on stdout may be.
    pub stdout_width: Width,
    /// How wide lines on stderr may be.
    pub stderr_width: Width,
    /// Whether to say nothing but results and errors.
    pub quiet: bool,
    /// Whether stderr is a terminal that can show bars.
    pub bars: bool,
}

impl Console {
    /// A console over two streams.
    pub fn new(stdout: Box<dyn Write + Send>, stderr: Box<dyn Write + Send>) -> Self {
        Self {
            stdout: Mutex::new(stdout),
            stderr: Mutex::new(stderr),
            stdout_style: Style::Plain,
            stderr_style: Style::Plain,
            stdout_width: Width::Endless,
            stderr_width: Width::Endless,
            quiet: false,
            bars: false,
        }
    }

    /// Writes data. A reader that went away is no reason to complain.
    pub(super) fn out(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        let mut stdout = self.stdout.lock().unwrap_or_else(PoisonError::into_inner);
        // One write for many small ones: the stream may be unbuffered.
        let mut buffer = Vec::new();
        let written = write(&mut buffer).and_then(|()| stdout.write_all(&buffer)).and_then(|()| stdout.flush());
        written.map_err(|error| {
            if error.kind() == io::ErrorKind::BrokenPipe {
                Failure::told(FailureKind::Local)
            } else {
                Failure::new(FailureKind::Local, format!("cannot write to stdout: {error}"))
            }
        })
    }

    /// Writes what is not data; a stderr that cannot be written to has nobody to tell.
    pub(super) fn err(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        let mut stderr = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = Vec::new();
        let _ = write(&mut buffer).and_then(|()| stderr.write_all(&buffer)).and_then(|()| stderr.flush());
    }

    /// Says a line on stderr, unless quiet.
    pub(super) fn say(&self, line: &str) {
        if !self.quiet {
            self.err(|err| writeln!(err, "{}", terminal_safe(line)));
        }
    }

    /// Tells why a run failed, with the ways out.
    pub fn tell(&self, failure: &Failure) {
        if failure.message.is_empty() && failure.hints.is_empty() {
            return;
        }
        self.err(|err| {
            if !failure.message.is_empty() {
                writeln!(err, "error: {}", terminal_safe(&failure.message))?;
            }
            failure.details.iter().try_for_each(|detail| writeln!(err, "  - {}", terminal_safe(detail)))?;
            failure.hints.iter().try_for_each(|hint| writeln!(err, "  help: {}", terminal_safe(hint)))
        });
    }
}
