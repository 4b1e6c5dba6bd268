//! `validate --fix`: a mended text has fewer problems, is mended for good, and a valid one means what it meant.

use crate::config::edit::meaning::Meaning;
use crate::config::{LoadOptions, Loaded, fix as mend, load_texts};

/// One file.
pub fn fix(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.contains('\0') {
        return;
    }
    let options = LoadOptions::default();
    let Some(mended) = mend("a.yaml", text, &options) else { return };
    let load = |text: &str| load_texts(vec![("a.yaml".to_owned(), text.to_owned())], &options);
    let (before, after) = (load(text), load(&mended));
    let problems = |loaded: &Loaded| (loaded.documents.is_empty(), loaded.diagnostics.sorted().len());
    assert!(problems(&after) <= problems(&before), "more problems: {text:?} became {mended:?}");
    if let Some(before) = &before.desired {
        let after = after.desired.as_ref().map(Meaning::of);
        let difference = after.map(|after| after.difference(&Meaning::of(before)));
        assert!(difference == Some(None), "{difference:?}: {text:?} became {mended:?}");
    }
    assert!(!before.documents.is_empty() || comments(text) == comments(&mended), "comments: {text:?} became {mended:?}");
    let again = mend("a.yaml", &mended, &options);
    assert!(again.is_none(), "mended twice: {text:?} became {mended:?} became {again:?}");
}

/// The lines that are comments, or look so.
fn comments(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| line.starts_with('#')).collect()
}
