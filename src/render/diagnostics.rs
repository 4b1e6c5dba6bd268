//! Diagnostics for people, in the manner of rustc, and for programs.
//!
//! Quoted lines come from files that anybody may have written: they are made inert, cut to the part
//! that matters, and rid of values that look secret.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Value, json};

use super::quote::{Quote, shows_both, terminal_safe};
use super::redact::Redaction;
use super::text::Width;
use crate::diagnostics::{Diagnostic, Diagnostics, Label, Severity};
use crate::source::{Origin, SourceId, Sources};

/// Whether to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// ANSI colours.
    Coloured,
}

/// Stands for a place in what annotate-snippets writes: it would count columns in the text as shown, and
/// that differs from the file where the line was cut or made inert. No text that is shown can hold it.
const PLACE: char = '\u{1}';

/// Columns before and after a quoted line: its number, a bar, the dots where it is cut. A line that the terminal
/// itself broke would part its marks from what they mark.
const GUTTER: usize = 12;
/// Less of a line says nothing.
const NARROWEST: usize = 16;

/// Writes all diagnostics with the lines concerned, then how many there are; nothing if there are none.
///
/// # Errors
/// What the writer says.
pub fn render_diagnostics(sources: &Sources, diagnostics: &Diagnostics, style: Style, width: Width, out: &mut dyn Write) -> io::Result<()> {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let renderer = match width {
        Width::Terminal(columns) => renderer.term_width(columns.saturating_sub(GUTTER).max(NARROWEST)),
        Width::Endless => renderer,
    };
    let sorted = diagnostics.sorted();
    let mut redactions = BTreeMap::new();
    for diagnostic in &sorted {
        writeln!(out, "{}\n", one(sources, diagnostic, &renderer, &mut redactions))?;
    }
    if !sorted.is_empty() {
        writeln!(out, "{}", counts(&sorted))?;
    }
    Ok(())
}

fn one(sources: &Sources, diagnostic: &Diagnostic, renderer: &Renderer, redactions: &mut BTreeMap<SourceId, Redaction>) -> String {
    let Diagnostic { code, severity, message, labels, help } = diagnostic;
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(terminal_safe(message)).id(code.as_str()));
    let mut places = Vec::new();
    for (line, labels) in by_line(sources, labels) {
        let Some(first) = labels.first() else { continue };
        let source = sources.get(first.origin.source);
        let redaction = redactions.entry(first.origin.source).or_insert_with(|| Redaction::of(first.origin.source, source));
        let quote = Quote::new(source, line, first.origin.span, redaction);
        let mut snippet = Snippet::source(quote.text().to_owned()).line_start(line).path(PLACE.to_string());
        for (index, label) in labels.iter().enumerate() {
            let primary = places.is_empty() && index == 0;
            let kind = if primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let text = (!label.text.is_empty()).then(|| terminal_safe(&label.text));
            snippet = snippet.annotation(kind.span(quote.place(label.origin.span)).label(text));
        }
        places.push(place(sources, first.origin));
        group = group.element(snippet);
    }
    for line in help {
        group = group.element(Level::HELP.message(terminal_safe(line)));
    }
    with_places(&renderer.render(&[group]), &places)
}

/// The labels by file and line, in order; those of one line together, if one quote can show them.
fn by_line<'a>(sources: &Sources, labels: &'a [Label]) -> Vec<(usize, Vec<&'a Label>)> {
    let mut lines: Vec<(usize, Vec<&Label>)> = Vec::new();
    for label in labels {
        let line = sources.get(label.origin.source).line_column(label.origin.span.start).line;
        let together = |first: &Label| {
            first.origin.source == label.origin.source
                && shows_both(sources.get(first.origin.source).line(line), first.origin.span, label.origin.span)
        };
        match lines.iter_mut().find(|(other, labels)| *other == line && together(labels[0])) {
            Some((_, labels)) => labels.push(label),
            None => lines.push((line, vec![label])),
        }
    }
    lines
}

/// `path:line:column` for people.
fn place(sources: &Sources, origin: Origin) -> String {
    let source = sources.get(origin.source);
    let start = source.line_column(origin.span.start);
    format!("{}:{}:{}", terminal_safe(&source.path), start.line, start.column)
}

/// Puts the true places where annotate-snippets wrote its own.
fn with_places(rendered: &str, places: &[String]) -> String {
    let mut parts = rendered.split(PLACE);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (part, place) in parts.zip(places) {
        text.push_str(place);
        text.push_str(part.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()));
    }
    text
}

fn counts(sorted: &[&Diagnostic]) -> String {
    let (errors, warnings) = tally(sorted);
    let count = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    let mut text = String::new();
    if errors > 0 {
        text.push_str(&count(errors, "error"));
    }
    if warnings > 0 {
        let comma = if errors > 0 { ", " } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(text, "{comma}{}", count(warnings, "warning"));
    }
    text
}

fn tally(sorted: &[&Diagnostic]) -> (usize, usize) {
    let errors = sorted.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    (errors, sorted.len() - errors)
}

/// All diagnostics for programs: `schemas/diagnostics-v1.schema.json`. Lines and columns count from 1,
/// columns in characters; an end is exclusive.
pub fn diagnostics_json(sources: &Sources, diagnostics: &Diagnostics) -> Value {
    let sorted = diagnostics.sorted();
    let (errors, warnings) = tally(&sorted);
    let items: Vec<Value> = sorted.iter().map(|diagnostic| diagnostic_json(sources, diagnostic)).collect();
    json!({ "formatVersion": "diagnostics/v1", "errors": errors, "warnings": warnings, "diagnostics": items })
}

fn diagnostic_json(sources: &Sources, diagnostic: &Diagnostic) -> Value {
    let Diagnostic { code, severity, message, labels, help } = diagnostic;
    let severity = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut value = json!({ "code": code.as_str(), "severity": severity, "message": message, "help": help });
    let primary = labels.first().map_or_else(
        || json!({ "path": null, "line": null, "column": null, "endLine": null, "endColumn": null, "label": null }),
        |label| label_json(sources, label),
    );
    if let (Value::Object(value), Value::Object(primary)) = (&mut value, primary) {
        value.extend(primary);
        value.insert("labels".into(), labels.iter().skip(1).map(|label| label_json(sources, label)).collect());
    }
    value
}

fn label_json(sources: &Sources, label: &Label) -> Value {
    let Label { origin, text } = label;
    let source = sources.get(origin.source);
    let (start, end) = (source.line_column(origin.span.start), source.line_column(origin.span.end));
    let text = (!text.is_empty()).then_some(text);
    json!({ "path": source.path, "line": start.line, "column": start.column, "endLine": end.line, "endColumn": end.column, "label": text })
}

#[cfg(test)]
mod tests;
