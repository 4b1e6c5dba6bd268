//! Lines of text with colours, and lists of names in as few lines as the width allows.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Ansi};
use unicode_width::UnicodeWidthStr;

use crate::render::diagnostics::Style;
use crate::render::escape::terminal_safe;
use crate::render::sentence::{Part, Sentence, thousands};
use crate::render::view::Place;

/// What a text is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// A heading.
    Heading,
    /// Comes into being.
    Added,
    /// Goes.
    Removed,
    /// Changes.
    Changed,
    /// Comes back, or gets another name.
    Moved,
    /// Beside the point.
    Faint,
    /// To be seen first.
    Alarm,
}

/// Lists narrower than this are put one name a line.
const NARROWEST: usize = 40;

/// Where the lines go, and how they look.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    style: Style,
    width: usize,
    begun: bool,
}

impl<'a> Page<'a> {
    pub(super) fn new(out: &'a mut dyn Write, style: Style, width: usize) -> Self {
        Self { out, style, width: width.max(NARROWEST), begun: false }
    }

    /// Text of this program, or made inert before, in a colour.
    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        let ansi = match tone {
            Tone::Heading => Ansi::new().bold(),
            Tone::Added => AnsiColor::Green.on_default(),
            Tone::Removed => AnsiColor::Red.on_default(),
            Tone::Changed => AnsiColor::Yellow.on_default(),
            Tone::Moved => AnsiColor::Cyan.on_default(),
            Tone::Faint => Ansi::new().dimmed(),
            Tone::Alarm => AnsiColor::Red.on_default().bold(),
        };
        match self.style {
            Style::Plain => text.to_owned(),
            Style::Coloured => format!("{ansi}{text}{ansi:#}"),
        }
    }

    /// A line that is inert already.
    pub(super) fn line(&mut self, line: &str) -> io::Result<()> {
        self.begun = true;
        writeln!(self.out, "{line}")
    }

    /// An empty line before a heading, but not at the top.
    pub(super) fn section(&mut self, tone: Tone, heading: &str) -> io::Result<()> {
        if self.begun {
            writeln!(self.out)?;
        }
        let heading = self.paint(tone, heading);
        self.line(&heading)
    }

    /// Names from outside, parted by commas, `first` before them and as much space before further lines.
    /// Of more than `most` only the first ones, and how many more.
    pub(super) fn names(&mut self, first: &str, names: &[String], most: usize) -> io::Result<()> {
        let indent = plain_width(first);
        let mut line = first.to_owned();
        let mut used = indent;
        let shown = names.len().min(most);
        for (index, name) in names.iter().take(shown).enumerate() {
            let mut name = terminal_safe(name).into_owned();
            if index + 1 < names.len() {
                name.push(',');
            }
            let width = name.width();
            if used > indent && used + 1 + width > self.width {
                self.line(&line)?;
                line = " ".repeat(indent);
                used = indent;
            }
            if used > indent {
                line.push(' ');
                used += 1;
            }
            line.push_str(&name);
            used += width;
        }
        if shown < names.len() {
            let more = format!(" and {} more (all in --format json)", thousands(names.len() - shown));
            line.push_str(&self.paint(Tone::Faint, &more));
        }
        self.line(&line)
    }
}

/// How wide a text is without its colours.
fn plain_width(text: &str) -> usize {
    let mut width = 0;
    for (index, part) in text.split('\u{1b}').enumerate() {
        let part = if index == 0 { part } else { part.split_once('m').map_or("", |(_, rest)| rest) };
        width += part.width();
    }
    width
}

/// A sentence as one inert line.
pub(super) fn sentence(sentence: &Sentence) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Code(code) => format!("`{}`", terminal_safe(code)),
    };
    sentence.parts().iter().map(part).collect()
}

/// `path:line`, inert.
pub(super) fn place(place: &Place) -> String {
    let Place { path, line } = place;
    format!("{}:{line}", terminal_safe(path))
}
