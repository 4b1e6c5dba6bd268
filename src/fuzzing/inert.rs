//! What must hold for everything that is written.

use crate::render::quote::is_active;

/// No character acts, no line is a command of a runner.
#[track_caller]
pub(super) fn lines_are_inert(text: &str) {
    assert!(!text.contains("##["), "a command of an old runner: {text:?}");
    for line in text.split('\n') {
        assert!(!line.chars().any(is_active), "active characters: {line:?}");
        // The name of a command is a word; ` ::: path` marks a second file of a message.
        let name = line.trim_start().strip_prefix("::").and_then(|rest| rest.chars().next());
        assert!(name.is_none_or(|first| first == ':'), "a command: {line:?}");
    }
}

/// Every line is a command that this program means, and one only.
#[track_caller]
pub(super) fn commands_are_ours(text: &str, names: &[&str]) {
    assert!(!text.contains("##["), "a command of an old runner: {text:?}");
    for line in text.lines() {
        assert!(!line.chars().any(is_active), "active characters: {line:?}");
        let name = line.strip_prefix("::").and_then(|rest| rest.split([' ', ':']).next());
        assert!(name.is_some_and(|name| names.contains(&name)), "{line:?}");
    }
}

/// What a renderer wrote.
#[track_caller]
pub(super) fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("this program writes UTF-8")
}
