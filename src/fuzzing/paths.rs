//! Paths and patterns: none leads outside, and matching ends.

use std::path::{Component, Path};
use std::sync::OnceLock;

use glob::Pattern;

use super::texts;
use crate::github::{Checkout, RepositoryName, RunnerEnv, RunnerFiles};

/// A pattern and a path.
pub fn paths(data: &[u8]) {
    let texts = texts(data, 2);
    let (pattern, path) = (texts[0].as_str(), texts.get(1).map(String::as_str).unwrap_or_default());
    if let Ok(compiled) = Pattern::new(pattern) {
        let _ = compiled.matches(path);
    }
    if let Ok(name) = pattern.parse::<RepositoryName>() {
        assert_eq!(name.to_string().split('/').count(), 2);
        assert!(!name.to_string().split('/').any(|part| matches!(part, "" | "." | "..")), "{name}");
    }
    label(pattern);
    if pattern.contains('\0') {
        return;
    }
    if let Some(found) = checkout().and_then(|checkout| checkout.pattern(pattern)) {
        let odd = |part: &&str| matches!(*part, "" | "." | "..") || part.contains('/');
        assert_eq!(found.components().into_iter().find(odd), None, "{found:?}");
    }
}

/// The working tree of this repository, or none where there is none.
fn checkout() -> Option<&'static Checkout> {
    static FOUND: OnceLock<Option<Checkout>> = OnceLock::new();
    FOUND.get_or_init(|| Checkout::find(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"), None)).as_ref()
}

/// A label is one folder under `RUNNER_TEMP`.
fn label(label: &str) {
    let env = RunnerEnv { runner_temp: Some("temp".into()), ..RunnerEnv::default() };
    let folder = RunnerFiles::new(&env, label).folder_path().map(Path::to_owned).unwrap_or_default();
    let parts: Vec<Component<'_>> = folder.components().collect();
    assert!(parts.len() == 3 && parts.iter().all(|part| matches!(part, Component::Normal(_))), "{folder:?}");
}
