//! Lines of text with colours, and lists of names in as few lines as the width allows.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Ansi};
use unicode_width::UnicodeWidthStr;

use super::wrap::{indentation, plain_width, wrapped};
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
    /// The words of it that come.
    AddedWords,
    /// Goes.
    Removed,
    /// The words of it that go.
    RemovedWords,
    /// Changes.
    Changed,
    /// Comes back, or gets another name.
    Moved,
    /// Beside the point.
    Faint,
    /// To be seen first.
    Alarm,
}

/// How wide lines may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// A terminal's columns: every line keeps to them.
    Terminal(usize),
    /// No terminal: lists are as wide as people like to read, and other lines stay whole for other programs.
    Endless,
}

/// What is narrower is no terminal that anybody reads.
const NARROWEST: usize = 20;
/// Columns that people like to read.
const READABLE: usize = 100;

/// Where the lines go, and how they look.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    style: Style,
    width: Width,
    begun: bool,
}

impl<'a> Page<'a> {
    pub(super) fn new(out: &'a mut dyn Write, style: Style, width: Width) -> Self {
        Self { out, style, width, begun: false }
    }

    /// The columns to keep to where there is a choice.
    pub(super) fn columns(&self) -> usize {
        match self.width {
            Width::Terminal(columns) => columns.max(NARROWEST),
            Width::Endless => READABLE,
        }
    }

    /// Whether colours tell what marks must tell otherwise.
    pub(super) fn is_coloured(&self) -> bool {
        self.style == Style::Coloured
    }

    /// Text of this program, or made inert before, in a colour.
    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        let ansi = match tone {
            Tone::Heading => Ansi::new().bold(),
            Tone::Added => AnsiColor::Green.on_default(),
            Tone::Removed => AnsiColor::Red.on_default(),
            Tone::AddedWords => AnsiColor::Green.on_default().bold().underline(),
            Tone::RemovedWords => AnsiColor::Red.on_default().bold().underline(),
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

    /// A line that is inert already; further lines of it are indented a little more.
    pub(super) fn line(&mut self, line: &str) -> io::Result<()> {
        self.hung(line, indentation(line) + 4)
    }

    /// A line that is inert already, with this indentation of its further lines.
    pub(super) fn hung(&mut self, line: &str, hang: usize) -> io::Result<()> {
        match self.width {
            Width::Terminal(_) => wrapped(line, self.columns(), hang).iter().try_for_each(|line| self.whole(line)),
            Width::Endless => self.whole(line),
        }
    }

    /// A line that stays one, because it is copied.
    pub(super) fn whole(&mut self, line: &str) -> io::Result<()> {
        self.begun = true;
        writeln!(self.out, "{line}")
    }

    /// An empty line before a heading, but not at the top.
    pub(super) fn section(&mut self, tone: Tone, heading: &str) -> io::Result<()> {
        if self.begun {
            writeln!(self.out)?;
        }
        let heading = self.paint(tone, heading);
        self.hung(&heading, 2)
    }

    /// The digest of a plan, never broken, because it is copied.
    pub(super) fn digest(&mut self, words: &str, digest: &str) -> io::Result<()> {
        writeln!(self.out)?;
        let fits = words.width() + 1 + digest.width() <= self.columns();
        let parted = if fits || self.width == Width::Endless { " " } else { "\n" };
        let text = self.paint(Tone::Faint, &format!("{words}{parted}{digest}"));
        self.whole(&text)
    }

    /// The last word on a page.
    pub(super) fn headline(&mut self, tone: Tone, headline: &str) -> io::Result<()> {
        let headline = self.paint(tone, headline);
        self.hung(&headline, 2)
    }

    /// Names from outside, parted by commas, `first` before them and as much space before further lines.
    /// Of more than `most` only the first ones, and how many more.
    pub(super) fn names(&mut self, first: &str, names: &[String], most: usize) -> io::Result<()> {
        let columns = self.columns();
        let mut indent = plain_width(first);
        let mut line = first.to_owned();
        let mut used = indent;
        // Where the space is needed, the names stand below.
        if indent > columns / 2 {
            self.line(first.trim_end())?;
            indent = indentation(first) + 4;
            line = " ".repeat(indent);
            used = indent;
        }
        let shown = names.len().min(most);
        let mut begun = false;
        for (index, name) in names.iter().take(shown).enumerate() {
            let mut name = terminal_safe(name).into_owned();
            if index + 1 < names.len() {
                name.push(',');
            }
            let width = name.width();
            if begun && used + 1 + width > columns {
                self.hung(&line, indent)?;
                line = " ".repeat(indent);
                used = indent;
                begun = false;
            }
            if begun {
                line.push(' ');
                used += 1;
            }
            line.push_str(&name);
            used += width;
            begun = true;
        }
        if shown < names.len() {
            let more = format!("and {} more (all in --format json)", thousands(names.len() - shown));
            if used + 1 + more.width() > columns {
                self.hung(&line, indent)?;
                line = " ".repeat(indent);
            } else {
                line.push(' ');
            }
            line.push_str(&self.paint(Tone::Faint, &more));
        }
        self.hung(&line, indent)
    }
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
