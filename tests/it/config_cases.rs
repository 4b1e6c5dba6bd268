//! Every folder of `tests/cases/config` is a config and what is said about it.
//!
//! `experiences.yaml` is loaded, or what the file `args` names (an argument a line). `UPDATE_GOLDEN=1`
//! writes what was seen into `expected.txt`, for a person to read.

use std::fs;
use std::path::Path;

use resim_sync::config::{LoadOptions, load};
use resim_sync::ids::TagName;
use resim_sync::render::diagnostics::{Style, render_diagnostics};
use resim_sync::render::text::Width;

fn options(case: &Path) -> LoadOptions {
    let mut options = LoadOptions::default();
    let text = fs::read_to_string(case.join("args")).unwrap_or_default();
    let mut args = text.lines();
    while let Some(arg) = args.next() {
        match arg {
            "--config" => options.patterns.push(args.next().expect("a path follows").to_owned()),
            "--no-archive" => options.no_archive = true,
            "--archive-tag" => options.archive_tag = args.next().map(TagName::new),
            other => panic!("{}: unknown argument {other}", case.display()),
        }
    }
    if options.patterns.is_empty() {
        options.patterns.push("experiences.yaml".to_owned());
    }
    let folder = case.to_str().expect("the repository's path is UTF-8");
    options.patterns.iter_mut().for_each(|pattern| *pattern = format!("{folder}/{pattern}"));
    options
}

fn rendered(case: &Path) -> String {
    let loaded = load(&options(case));
    let mut out = Vec::new();
    render_diagnostics(&loaded.sources, &loaded.diagnostics, Style::Plain, Width::Endless, &mut out).expect("a Vec takes everything");
    let mut text =
        String::from_utf8(out).expect("output is UTF-8").replace(&format!("{}/", case.display().to_string().replace('\\', "/")), "");
    if loaded.desired.is_some() {
        text.push_str("valid\n");
    }
    assert_eq!(loaded.desired.is_none(), loaded.diagnostics.has_errors());
    text
}

#[test]
fn every_config_gets_its_diagnostics() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/config");
    let mut folders: Vec<_> = fs::read_dir(cases).expect("the cases are there").map(|entry| entry.expect("readable").path()).collect();
    folders.sort();
    assert!(folders.len() >= 60, "only {} cases", folders.len());
    let mut wrong = Vec::new();
    for case in folders {
        let expected = case.join("expected.txt");
        let seen = rendered(&case);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&expected, &seen).expect("writable");
        } else {
            let wanted = fs::read_to_string(&expected).unwrap_or_default().replace("\r\n", "\n");
            if wanted != seen {
                wrong.push(format!("{}\n--- expected\n{wanted}\n--- seen\n{seen}", case.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
