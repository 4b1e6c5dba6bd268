//! Diagnostics as annotations of a CI run: one workflow command each.
//!
//! A runner keeps ten of a kind and step, so the tenth says how many more there are.

use std::io::{self, Write};

use super::escape::{command_data, command_property};
use crate::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::source::Sources;

/// So many of a kind are shown before the one that counts the rest.
const SHOWN: usize = 9;

/// Writes errors, then warnings. `prefix` is the folder of relative paths as seen from the root of the
/// workspace (`""` or `configs/`): a runner wants its paths from there.
///
/// # Errors
/// What the writer says.
pub fn render_annotations(sources: &Sources, diagnostics: &Diagnostics, prefix: &str, out: &mut dyn Write) -> io::Result<()> {
    let sorted = diagnostics.sorted();
    for (severity, command) in [(Severity::Error, "error"), (Severity::Warning, "warning")] {
        let items: Vec<&&Diagnostic> = sorted.iter().filter(|diagnostic| diagnostic.severity == severity).collect();
        for diagnostic in items.iter().take(SHOWN) {
            writeln!(out, "{}", one(sources, diagnostic, command, prefix))?;
        }
        if items.len() > SHOWN {
            writeln!(out, "::{command}::and {} more: see the log", items.len() - SHOWN)?;
        }
    }
    Ok(())
}

fn one(sources: &Sources, diagnostic: &Diagnostic, command: &str, prefix: &str) -> String {
    let Diagnostic { code, severity: _, message, labels, help } = diagnostic;
    let mut properties = Vec::new();
    if let Some(label) = labels.first() {
        let source = sources.get(label.origin.source);
        let (start, end) = (source.line_column(label.origin.span.start), source.line_column(label.origin.span.end));
        let rooted = source.path.starts_with('/') || source.path.get(1..2) == Some(":");
        let path = if rooted { source.path.clone() } else { format!("{prefix}{}", source.path) };
        properties.push(format!("file={}", command_property(&path)));
        properties.push(format!("line={}", start.line));
        properties.push(format!("endLine={}", end.line));
        // Columns of a place over several lines are dropped by the runner.
        if start.line == end.line {
            properties.push(format!("col={}", start.column));
            // Ours is exclusive, the runner's is not.
            properties.push(format!("endColumn={}", end.column.saturating_sub(1).max(start.column)));
        }
    }
    properties.push(format!("title={}", command_property(code.as_str())));
    let text: Vec<&str> = std::iter::once(message.as_str()).chain(help.iter().map(String::as_str)).collect();
    format!("::{command} {}::{}", properties.join(","), command_data(&text.join("\n")))
}
