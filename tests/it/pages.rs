//! The repository's Markdown pages as data: generated parts, blocks of code, command lines, links.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::repository_file;

/// The pages that a stranger reads.
pub(crate) const PAGES: [&str; 14] = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/README.md",
    "docs/architecture.md",
    "docs/config.md",
    "docs/exit-codes.md",
    "docs/formats.md",
    "docs/github.md",
    "docs/other-ci.md",
    "docs/recipes.md",
    "docs/scale.md",
    "docs/teams.md",
];

/// A block of code.
pub(crate) struct Block {
    /// What stands after the opening fence: the language, and for YAML what it is.
    pub(crate) kind: String,
    /// Its lines.
    pub(crate) text: String,
}

/// A file of the repository as text, with line feeds alone.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(repository_file(path)).unwrap_or_else(|error| panic!("{path}: {error}")).replace("\r\n", "\n")
}

/// All Rust sources below a folder, by path.
pub(crate) fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![repository_file(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((path.clone(), fs::read_to_string(path).expect("text")));
            }
        }
    }
    found.sort();
    found
}

/// What a table's cell must not hold.
pub(crate) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Holds the generated parts of a page equal to what they are generated from; `UPDATE_GOLDEN=1` writes them.
pub(crate) fn check_generated(page: &str, parts: &[(&str, String)]) {
    let before = text(page);
    let mut after = before.clone();
    for (name, part) in parts {
        let open = format!("<!-- generated: {name} -->\n");
        assert_eq!(after.matches(&open).count(), 1, "{page} has no part {name}, or several");
        let start = after.find(&open).expect("counted") + open.len();
        let end = start + after[start..].find("<!-- end -->").unwrap_or_else(|| panic!("the part {name} has no end"));
        after.replace_range(start..end, &format!("\n{}\n\n", part.trim_end()));
    }
    assert_eq!(before.matches("<!-- generated:").count(), parts.len(), "{page} has a part that nobody generates");
    assert_eq!(before.matches("<!-- end -->").count(), parts.len(), "{page} has a part without an end, or an end without a part");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(repository_file(page), after).expect("writable");
    } else {
        assert!(after == before, "{page} is not up to date: run UPDATE_GOLDEN=1 cargo test --test it");
    }
}

/// The blocks of code of a page.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for line in text(page).lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(kind)) => open = Some(Block { kind: kind.to_owned(), text: String::new() }),
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{page}: a block without an end");
    found
}

/// The blocks of shell commands that stand below a heading of a page, up to the next heading.
pub(crate) fn blocks_below(page: &str, heading: &str) -> Vec<String> {
    let text = text(page);
    let (mut below, mut inside, mut found) = (false, false, Vec::new());
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(kind) => {
                inside = !inside && kind == "sh";
                if inside && below {
                    found.push(String::new());
                }
            }
            None if inside && below => {
                let block: &mut String = found.last_mut().expect("opened");
                block.push_str(line);
                block.push('\n');
            }
            None if line.starts_with('#') => below = line.trim_start_matches('#').trim() == heading,
            None => {}
        }
    }
    found
}

/// The lines outside blocks of code.
pub(crate) fn prose(page: &str) -> String {
    let text = text(page);
    let mut inside = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// What stands between backticks in a line.
pub(crate) fn code_spans(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// Every command line of this program that a page shows, in blocks and in sentences, as words.
pub(crate) fn command_lines(page: &str) -> Vec<Vec<String>> {
    let mut lines: Vec<String> = blocks(page)
        .iter()
        .filter(|block| block.kind == "sh")
        .flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    for line in prose(page).lines() {
        // `<command>` and the like stand for something.
        lines.extend(code_spans(line).into_iter().filter(|span| !span.contains('<') && !span.contains('…')).map(str::to_owned));
    }
    lines.iter().filter(|line| line.starts_with("resim-sync ")).map(|line| words(line)).collect()
}

/// The words of a line for a shell, up to a comment, a redirection or a further command.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for character in line.chars().chain([' ']) {
        match character {
            '\'' => quoted = !quoted,
            ' ' if !quoted => {
                if matches!(word.as_str(), "#" | ">" | "|" | "&&") {
                    return words;
                }
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            other => word.push(other),
        }
    }
    assert!(!quoted, "{line}: a quote without an end");
    words
}

/// The messages of the program that the README's troubleshooting explains.
pub(crate) fn troubleshooting() -> Vec<String> {
    let readme = text("README.md");
    let part = readme.split("\n## Troubleshooting\n").nth(1).expect("the section").split("\n## ").next().expect("its text");
    let lines = part.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    lines.map(str::to_owned).collect()
}

/// Targets of the links of a page.
pub(crate) fn links(page: &str) -> Vec<String> {
    let prose = prose(page);
    let mut found = Vec::new();
    let mut rest = prose.as_str();
    while let Some(at) = rest.find("](") {
        rest = &rest[at + 2..];
        found.push(rest[..rest.find(')').expect("a link ends")].to_owned());
    }
    found
}

/// The anchors that GitHub makes of a page's headings.
pub(crate) fn anchors(page: &str) -> BTreeSet<String> {
    let prose = prose(page);
    let headings = prose.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    headings
        .map(|heading| {
            let kept = heading.to_lowercase().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')).collect::<String>();
            kept.replace(' ', "-")
        })
        .collect()
}

/// Fails if a link of a page leads to a file or heading that is not there.
pub(crate) fn check_links(page: &str) {
    for target in links(page) {
        if target.contains("://") {
            continue;
        }
        let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
        let folder = Path::new(page).parent().expect("a page is a file");
        let linked = if path.is_empty() { page.to_owned() } else { folder.join(path).to_str().expect("UTF-8").replace('\\', "/") };
        assert!(repository_file(&linked).exists(), "{page}: {target} is linked and missing");
        assert!(anchor.is_empty() || anchors(&linked).contains(anchor), "{page}: {target} has no such heading");
    }
}
