//! The text of a new config file, read again and checked like every edit.

use super::check;
use super::layout::Layout;
use super::meaning::Meaning;
use super::rewrite::EditError;
use super::value::{Texts, Value, Writer, key};
use crate::config::keys::{CONFIG, EXPERIENCE, SUITE};
use crate::config::load::{LoadOptions, load_texts};
use crate::ids::TagName;

const HEADER: &str = "\
# The ReSim project's experiences, as they were when this file was made.
#
# experiences: every live experience. Live ones that are not listed are archived.
# managedTestSuites: these suites hold exactly the experiences they list; other suites are left alone.
# managedExperienceTags: these tags are removed from listed experiences that do not list them; other tags
# are only ever added.
";

/// A file that means this.
///
/// # Errors
/// A text that would be refused or read otherwise: then the editor is wrong, and nothing may be written.
pub(crate) fn text(meaning: &Meaning, path: &str, options: &LoadOptions) -> Result<String, EditError> {
    let Meaning { experiences, suites, managed_tags } = meaning;
    let layout = Layout::default();
    let writer = Writer { layout: &layout };
    let entries = experiences.iter().map(|(name, entry)| entry.fields(name)).collect();
    let mut parts = vec![writer.pair(&CONFIG, key(&CONFIG, "experiences"), &Value::Items(&EXPERIENCE, entries), 0)];
    if !suites.is_empty() {
        let suites = suites.iter().map(|(name, suite)| suite.fields(name)).collect();
        parts.push(writer.pair(&CONFIG, key(&CONFIG, "managedTestSuites"), &Value::Items(&SUITE, suites), 0));
    }
    if !managed_tags.is_empty() {
        let tags = Value::Texts(Texts::of(managed_tags.iter().map(TagName::as_str)));
        parts.push(writer.pair(&CONFIG, key(&CONFIG, "managedExperienceTags"), &tags, 0));
    }
    let text = format!("{HEADER}{}\n", parts.join("\n\n"));
    let loaded = load_texts(vec![(path.to_owned(), text.clone())], options);
    let Some(desired) = &loaded.desired else { return Err(check::refused(&loaded)) };
    if let Some(what) = Meaning::of(desired).difference(meaning) {
        return Err(EditError::Differs(what));
    }
    for document in &loaded.documents {
        check::compare(&text, document).map_err(|what| EditError::Disagreement { path: path.to_owned(), what })?;
    }
    Ok(text)
}
