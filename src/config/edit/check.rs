//! Reads an edited file with a second, independent YAML parser: where that one read the old file as ours does,
//! it must read the new one so too.

use serde_yaml::Value;
use yaml_events::ScalarStyle;

use super::rewrite::EditError;
use crate::config::load::Loaded;
use crate::config::yaml::{Content, Document, NodeId};
use crate::diagnostics::Severity;
use crate::source::Source;

/// More values than this are not compared: aliases may repeat a file's values without end.
const MAX_VALUES: usize = 5_000_000;

/// Why a config is refused, by its first error.
pub(super) fn refused(loaded: &Loaded) -> EditError {
    let error = loaded.diagnostics.sorted().into_iter().find(|diagnostic| diagnostic.severity == Severity::Error);
    let Some(error) = error else { return EditError::InvalidConfig };
    let place = error.labels.first().map(|label| {
        let source = loaded.sources.get(label.origin.source);
        let place = source.line_column(label.origin.span.start);
        format!("{}:{}:{}: ", source.path, place.line, place.column)
    });
    EditError::Refused(format!("{}{}", place.unwrap_or_default(), error.message))
}

/// Demands that both parsers read the edited file alike.
pub(super) fn agree(before: &Source, after: &Source, document: &Document) -> Result<(), EditError> {
    let Err(what) = compare(&after.text, document) else { return Ok(()) };
    // The parsers differ in corners of YAML; what was there before is not the edit's doing.
    let old = Document::parse(document.source, before).map_err(|_| EditError::InvalidConfig)?;
    if compare(&before.text, &old).is_err() {
        return Ok(());
    }
    Err(EditError::Disagreement { path: after.path.clone(), what })
}

/// Compares our tree with what the other parser reads.
pub(super) fn compare(text: &str, document: &Document) -> Result<(), String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let other: Value = match document.root() {
        Some(_) => serde_yaml::from_str(text).map_err(|error| error.to_string())?,
        None => return Ok(()),
    };
    let Some(root) = document.root() else { return Ok(()) };
    let mut pending = vec![(root, &other)];
    let mut budget = MAX_VALUES;
    while let Some((node, value)) = pending.pop() {
        if budget == 0 {
            return Ok(());
        }
        budget -= 1;
        let node = document.resolve(node);
        let fits = match (document.content(node), untagged(value)) {
            (Content::Scalar { text, style }, value) => same_scalar(text, style, document.tag(node), value),
            (Content::Sequence { items, .. }, Value::Sequence(values)) => {
                pending.extend(items.iter().copied().zip(values));
                items.len() == values.len()
            }
            (Content::Mapping { entries, .. }, Value::Mapping(values)) => {
                for ((key, value), (other_key, other_value)) in entries.iter().zip(values) {
                    pending.push((*key, other_key));
                    pending.push((*value, other_value));
                }
                entries.len() == values.len()
            }
            (Content::Sequence { .. } | Content::Mapping { .. } | Content::Alias(_), _) => false,
        };
        if !fits {
            return Err(place(document, node, text));
        }
    }
    Ok(())
}

fn untagged(value: &Value) -> &Value {
    match value {
        Value::Tagged(tagged) => &tagged.value,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Sequence(_) | Value::Mapping(_) => value,
    }
}

/// Whether a scalar is the same; of numbers, booleans and null only the kind can be compared.
fn same_scalar(text: &str, style: ScalarStyle, tag: Option<&str>, value: &Value) -> bool {
    let plain = matches!(style, ScalarStyle::Plain) || tag.is_some();
    match value {
        Value::String(other) => other == text,
        Value::Null | Value::Bool(_) | Value::Number(_) => plain,
        Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_) => false,
    }
}

fn place(document: &Document, node: NodeId, text: &str) -> String {
    let line = text.get(..document.span(node).start).map_or(0, |before| before.matches('\n').count()) + 1;
    format!("the value in line {line}")
}
