//! What the YAML parser refuses, said so that the writer of a config knows what to do.

use yaml_events::{ErrorKind, ScanError};

use super::yaml::MAX_DEPTH;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{Origin, Source, SourceId, Span};

/// The parser's error as a diagnostic.
pub(super) fn error(id: SourceId, source: &Source, error: &ScanError) -> Diagnostic {
    let offset = error.marker().byte_offset().unwrap_or(source.text.len()).min(source.text.len());
    let here = Origin { source: id, span: Span { start: offset, end: offset } };
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        return too_deep(here);
    }
    if let Some(at) = tab_in_indentation(source, offset) {
        return tab(id, source, at);
    }
    let (message, help) = explain(error);
    let diagnostic = Diagnostic::error(Code::Syntax, here, message);
    if help.is_empty() { diagnostic } else { diagnostic.help(help) }
}

/// The error about a collection that is nested too deep.
pub(super) fn too_deep(at: Origin) -> Diagnostic {
    let message = format!("nested more than {MAX_DEPTH} levels deep");
    Diagnostic::error(Code::TooDeep, at, message).help("a config needs six levels; look for a bracket or dash too many")
}

/// The error about a tab, which counts the other lines that have one.
fn tab(id: SourceId, source: &Source, tab: usize) -> Diagnostic {
    let origin = Origin { source: id, span: Span { start: tab, end: tab + 1 } };
    let has_tab = |line: &&str| line[..line.len() - line.trim_start().len()].contains('\t');
    let others = source.text[tab..].lines().skip(1).filter(has_tab).count();
    let mut diagnostic = Diagnostic::error(Code::TabIndentation, origin, "a tab is used for indentation, which YAML forbids");
    diagnostic.labels[0].text = match others {
        0 => "this is a tab".into(),
        1 => "this is a tab; a line below has one too".into(),
        _ => format!("this is a tab; {others} lines below have one too"),
    };
    diagnostic.help("use spaces; `resim-sync validate --fix` shows the mended file and `--write` saves it")
}

/// The first tab in the leading blanks of the line of `offset` or of a line shortly after it: the parser
/// notices some tabs only when the scalar before them ends.
fn tab_in_indentation(source: &Source, offset: usize) -> Option<usize> {
    let text = &source.text;
    let line = source.line_column(offset).line;
    for line in line..line + 2 {
        let start = source.line_start(line);
        let rest = text.get(start..)?;
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = rest[..blanks].find('\t') {
            return Some(start + tab);
        }
    }
    None
}

/// What a syntax error means for the writer of a config, and the likely way out.
#[expect(clippy::wildcard_enum_match_arm, reason = "the parser has many kinds; those that a config's writer meets are explained")]
fn explain(error: &ScanError) -> (String, &'static str) {
    const INDENTATION: &str = "check the indentation: the keys of one entry begin in the same column, and so do the dashes of one list";
    const BRACKET: &str =
        "look for a `[` or `{` above that is not closed, and for a missing comma; a text with brackets or commas needs quotes";
    match error.kind() {
        ErrorKind::MappingValueNotAllowed => {
            ("a `:` where no key can be".into(), "a value that holds `: ` needs quotes; if a key is meant, check the indentation")
        }
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry | ErrorKind::MappingKeyNotAllowed => {
            ("this is not indented like what it belongs to".into(), INDENTATION)
        }
        ErrorKind::BlockSequenceEntryNotAllowed => ("a list item where none can be".into(), INDENTATION),
        ErrorKind::InvalidColonPlacement | ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => {
            (error.info(), BRACKET)
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            (format!("`{open}` is not closed"), "close it, or put the text in quotes if no list or mapping is meant")
        }
        ErrorKind::UnclosedQuotedScalar => {
            ("the quote is not closed".into(), "close it; inside '…' a quote is written twice, inside \"…\" as `\\\"`")
        }
        ErrorKind::UnknownAnchor => {
            ("alias of an anchor that is not defined above".into(), "anchors (`&name`) count from where they stand, in their own file only")
        }
        ErrorKind::UnknownQuotedScalarEscape => (error.info(), "inside \"…\" write a backslash twice, or use '…'"),
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            (error.info(), "quote the value as a whole; inside '…' a quote is written twice")
        }
        _ if error.info().starts_with("unexpected character") => {
            (error.info().replace('\'', "`"), "a value that begins with this character needs quotes")
        }
        _ => (error.info(), ""),
    }
}
