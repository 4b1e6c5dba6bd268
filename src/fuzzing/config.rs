//! The config's reader: any bytes are a config or are refused, with places that exist and messages that do nothing.

use super::inert::{commands_are_ours, lines_are_inert, written};
use super::parts;
use crate::config::edit::meaning::Meaning;
use crate::config::edit::new_file;
use crate::config::{LoadOptions, Loaded, load_bytes};
use crate::ids::TagName;
use crate::render::annotations::render_annotations;
use crate::render::diagnostics::{Style, diagnostics_json, render_diagnostics};
use crate::render::escape::json_text;
use crate::render::markdown::{Against, Context, Medium, Problems, inert::check, render_invalid};
use crate::render::text::Width;

/// Comments for longer files cost too much.
const LONGEST_FOR_MARKDOWN: usize = 400;

/// Several files, parted by form feeds.
pub fn config(data: &[u8]) {
    let strict = LoadOptions::default();
    let lenient = LoadOptions { no_archive: true, archive_tag: Some(TagName::new("nightly")), ..LoadOptions::default() };
    for options in [&strict, &lenient] {
        let loaded = loaded(data, options);
        places_exist(&loaded);
        problems_are_inert(&loaded, data.len() <= LONGEST_FOR_MARKDOWN);
        if let Some(desired) = &loaded.desired {
            let text = new_file::text(&Meaning::of(desired), "new.yaml", options);
            assert!(text.is_ok(), "cannot be written anew: {}", text.err().map(|error| error.to_string()).unwrap_or_default());
        }
    }
}

/// The files of an input.
pub(super) fn loaded(data: &[u8], options: &LoadOptions) -> Loaded {
    let files = parts(data, 3).into_iter().zip(["a.yaml", "b.yaml", "c.yaml"]);
    load_bytes(files.map(|(bytes, path)| (path.to_owned(), bytes.to_vec())), options)
}

fn places_exist(loaded: &Loaded) {
    for label in loaded.diagnostics.sorted().iter().flat_map(|diagnostic| &diagnostic.labels) {
        let (text, span) = (&loaded.sources.get(label.origin.source).text, label.origin.span);
        assert!(text.get(span.start..span.end).is_some(), "no place: {span:?} in {text:?}");
    }
    for document in &loaded.documents {
        let text = &loaded.sources.get(document.source).text;
        for (_, node) in document.nodes() {
            assert!(text.get(node.span.start..node.span.end).is_some(), "no place: {:?} in {text:?}", node.span);
        }
    }
}

fn problems_are_inert(loaded: &Loaded, with_markdown: bool) {
    let (sources, diagnostics) = (&loaded.sources, &loaded.diagnostics);
    if diagnostics.is_empty() {
        return;
    }
    lines_are_inert(&written(|out| render_diagnostics(sources, diagnostics, Style::Plain, Width::Terminal(40), out)));
    commands_are_ours(&written(|out| render_annotations(sources, diagnostics, "", out)), &["error", "warning"]);
    lines_are_inert(&json_text(&diagnostics_json(sources, diagnostics)).expect("JSON"));
    if with_markdown {
        let problems = Problems { sources, diagnostics };
        check(&render_invalid(&document(Medium::Comment), problems, Against::Itself));
    }
}

/// A text without surroundings.
pub(super) fn document(medium: Medium) -> Context<'static> {
    Context { medium, project: "", label: "", files: None, head: None, base: None, run: None, read_at: None, on_merge: false }
}
