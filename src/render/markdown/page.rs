//! The blocks that every text is made of: title, alerts, tables, folded parts, enumerations.

use std::cell::Cell;

use super::context::{Context, Medium};
use super::escape::{code, fenced};
use super::ladder::Detail;
use super::marker::Marker;
use crate::render::sentence::thousands;

/// The boxes that GitHub draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alert {
    /// What to look at twice.
    Warning,
    /// What is lost, or went wrong.
    Caution,
}

/// A text in the making. Every block ends with an empty line.
pub(crate) struct Page<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) detail: &'a Detail,
    text: String,
    /// Whether an enumeration left names out.
    shortened: Cell<bool>,
}

impl<'a> Page<'a> {
    /// Begins with the marker, where the medium has one, and the title.
    pub(crate) fn new(context: &'a Context<'a>, detail: &'a Detail, marker: &Marker, title: &str) -> Self {
        let mut page = Self { context, detail, text: String::new(), shortened: Cell::new(false) };
        if context.medium == Medium::Comment {
            page.text.push_str(&marker.render());
            page.text.push('\n');
        }
        let label = if context.label.is_empty() { String::new() } else { format!(" ({})", code(context.label)) };
        page.paragraph(&format!("### {title}{label}"));
        page
    }

    /// A block of Markdown.
    pub(crate) fn paragraph(&mut self, markdown: &str) {
        if !markdown.is_empty() {
            self.text.push_str(markdown.trim_end_matches('\n'));
            self.text.push_str("\n\n");
        }
    }

    /// A box; its lines may be list items.
    pub(crate) fn alert(&mut self, kind: Alert, lines: &[String]) {
        let kind = match kind {
            Alert::Warning => "WARNING",
            Alert::Caution => "CAUTION",
        };
        self.text.push_str(&format!("> [!{kind}]\n"));
        for line in lines {
            self.text.push_str(&format!("> {line}\n"));
        }
        self.text.push('\n');
    }

    /// A table of the first rows, with how many there are if those are not all; nothing without rows.
    pub(crate) fn table(&mut self, head: &[&str], rows: &[Vec<String>], total: usize, noun: &str) {
        if !rows.is_empty() {
            let mut table = format!("| {} |\n", head.join(" | ")) + &"|---".repeat(head.len()) + "|\n";
            for row in rows {
                for cell in row {
                    table.push_str("| ");
                    // A table takes its bars apart before anything else is read, in code too.
                    cell.split_inclusive('|').for_each(|part| match part.strip_suffix('|') {
                        Some(before) => table.extend([before, "\\|"]),
                        None => table.push_str(part),
                    });
                    table.push(' ');
                }
                table.push_str("|\n");
            }
            self.paragraph(&table);
        }
        if total > rows.len() {
            self.paragraph(&self.part(rows.len(), total, noun));
        }
    }

    /// A folded part; the summary is HTML.
    pub(crate) fn details(&mut self, open: bool, summary: &str, body: impl FnOnce(&mut Self)) {
        let open = if open { " open" } else { "" };
        self.text.push_str(&format!("<details{open}><summary>{summary}</summary>\n\n"));
        body(self);
        self.text.push_str("</details>\n\n");
    }

    /// A block of code.
    pub(crate) fn code_block(&mut self, info: &str, content: &str) {
        self.paragraph(&fenced(info, content));
    }

    /// Names in a row, with how many more there are.
    pub(crate) fn names<T: AsRef<str>>(&self, names: &[T], most: usize) -> String {
        let shown: Vec<String> = names.iter().take(most).map(|name| code(name.as_ref())).collect();
        let more = names.len() - shown.len();
        if more == 0 {
            return shown.join(", ");
        }
        self.shortened.set(true);
        if shown.is_empty() { thousands(more) } else { format!("{} and {} more", shown.join(", "), thousands(more)) }
    }

    /// How much of something is shown, and where all of it is.
    pub(crate) fn part(&self, shown: usize, total: usize, noun: &str) -> String {
        let elsewhere = self.context.elsewhere();
        format!("_{} of {} {noun} shown, {elsewhere}._", thousands(shown), thousands(total))
    }

    /// The text, with the last line.
    pub(crate) fn finish(mut self, footer: &[String]) -> String {
        if self.shortened.get() {
            self.paragraph(&format!("_Long lists are shortened, {}._", self.context.elsewhere()));
        }
        self.paragraph(&self.context.footer(footer));
        self.text.truncate(self.text.trim_end_matches('\n').len());
        self.text.push('\n');
        self.text
    }
}
