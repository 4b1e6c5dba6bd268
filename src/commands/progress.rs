//! How far long work is, on stderr: a bar on a terminal, else a line now and then.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Console;
use crate::progress::Progress;

/// Without a terminal, a stage says how far it is this often.
const EVERY: Duration = Duration::from_secs(5);

/// Shows progress on a console.
pub(super) struct Shown<'a> {
    console: &'a Console,
    stage: Mutex<Option<Stage>>,
}

struct Stage {
    name: String,
    total: Option<usize>,
    said: Instant,
    bar: Option<ProgressBar>,
}

impl<'a> Shown<'a> {
    pub(super) fn on(console: &'a Console) -> Self {
        Self { console, stage: Mutex::new(None) }
    }
}

impl Progress for Shown<'_> {
    fn begin(&self, stage: &str, total: Option<usize>) {
        let bar = (self.console.bars && !self.console.quiet).then(|| bar(stage, total));
        if bar.is_none() {
            let count = total.map(|total| format!(" ({total})")).unwrap_or_default();
            self.console.say(&format!("{stage}{count} ..."));
        }
        let stage = Stage { name: stage.to_owned(), total, said: Instant::now(), bar };
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = Some(stage);
    }

    fn advance(&self, done: usize) {
        let mut guard = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(stage) = guard.as_mut() else { return };
        if let Some(bar) = &stage.bar {
            bar.set_position(done as u64);
        } else if stage.said.elapsed() >= EVERY {
            stage.said = Instant::now();
            let total = stage.total.map(|total| format!(" of {total}")).unwrap_or_default();
            let line = format!("{}: {done}{total}", stage.name);
            drop(guard);
            self.console.say(&line);
        }
    }

    fn end(&self) {
        if let Some(Stage { bar: Some(bar), .. }) = self.stage.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}

fn bar(stage: &str, total: Option<usize>) -> ProgressBar {
    let target = ProgressDrawTarget::stderr();
    let template = match total {
        Some(_) => "{msg} [{bar:30}] {human_pos} of {human_len}, {rate}, {eta} left",
        None => "{spinner} {msg} {pos}",
    };
    let bar = ProgressBar::with_draw_target(total.map(|total| total as u64), target);
    // The default style serves where a template does not parse.
    if let Ok(style) = ProgressStyle::with_template(template) {
        let rate = |state: &ProgressState, out: &mut dyn fmt::Write| write!(out, "{:.0}/s", state.per_sec()).unwrap_or_default();
        bar.set_style(style.with_key("rate", rate).progress_chars("=> "));
    }
    bar.set_message(stage.to_owned());
    bar
}
