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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Code;
    use crate::render::testing::{HOSTILE, at, sources};
    use crate::source::{Origin, SourceId, Span};

    fn annotations(path: &str, prefix: &str, diagnostics: Vec<Diagnostic>) -> String {
        let mut all = Diagnostics::default();
        diagnostics.into_iter().for_each(|diagnostic| all.push(diagnostic));
        let mut out = Vec::new();
        render_annotations(&sources(path), &all, prefix, &mut out).expect("a Vec takes everything");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn annotation_has_its_place_from_the_root_of_the_workspace() {
        let error = || Diagnostic::error(Code::UnknownKey, at(3), "unknown key `tag`").help("did you mean `tags`?");
        assert_eq!(
            annotations("a.yaml", "configs/", vec![error()]),
            "::error file=configs/a.yaml,line=3,endLine=3,col=1,endColumn=4,title=unknown-key::unknown key `tag`%0Adid you mean `tags`?\n"
        );
        assert!(annotations("/tmp/a.yaml", "configs/", vec![error()]).starts_with("::error file=/tmp/a.yaml,"));
    }

    #[test]
    fn columns_are_left_out_over_several_lines() {
        let origin = Origin { source: SourceId(0), span: Span { start: 2, end: 8 } };
        let text = annotations("a.yaml", "", vec![Diagnostic::warning(Code::EmptyValue, origin, "m")]);
        assert_eq!(text, "::warning file=a.yaml,line=1,endLine=2,title=empty-value::m\n");
    }

    #[test]
    fn problem_without_a_place_is_told_too() {
        let text = annotations("a.yaml", "", vec![Diagnostic::new(Severity::Error, Code::FileUnreadable, "m")]);
        assert_eq!(text, "::error title=file-unreadable::m\n");
    }

    #[test]
    fn errors_come_first_and_nine_of_a_kind_are_enough() {
        let mut items: Vec<Diagnostic> = (1..=30).map(|line| Diagnostic::warning(Code::EmptyValue, at(line), "w")).collect();
        items.extend((1..=9).map(|line| Diagnostic::error(Code::EmptyValue, at(line + 50), "e")));
        let text = annotations("a.yaml", "", items);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 9 + 10);
        assert!(lines[..9].iter().all(|line| line.starts_with("::error ")));
        assert!(lines[9..18].iter().all(|line| line.starts_with("::warning ")));
        assert_eq!(lines[18], "::warning::and 21 more: see the log");
    }

    #[test]
    fn hostile_texts_begin_no_command_of_their_own() {
        for text in HOSTILE {
            let out = annotations(text, "", vec![Diagnostic::error(Code::UnknownKey, at(1), text).help(text)]);
            assert_eq!(out.lines().count(), 1, "{out}");
            assert!(out.starts_with("::error file=") && !out.contains("##[") && out.matches(",line=").count() == 1, "{out}");
            let properties = &out["::error ".len()..];
            assert_eq!(properties.split("::").next().map(|part| part.matches('=').count() >= 5), Some(true), "{out}");
        }
    }
}
