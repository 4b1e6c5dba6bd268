use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::config::yaml::tests::fragments;
use crate::desired::{DesiredExperience, EnvironmentVariable, Setting};
use crate::render::diagnostics::{Style, diagnostics_json, render_diagnostics};
use crate::render::text::Width;

fn loaded(text: &str) -> Loaded {
    load_texts(vec![("experiences.yaml".to_owned(), text.to_owned())], &LoadOptions::default())
}

fn codes(loaded: &Loaded) -> Vec<&'static str> {
    loaded.diagnostics.sorted().iter().map(|diagnostic| diagnostic.code.as_str()).collect()
}

/// The experience of an entry that has these further lines, each of one key.
fn experience(lines: &str) -> DesiredExperience {
    let lines: String = lines.lines().map(|line| format!("  {line}\n")).collect();
    let loaded = loaded(&format!("experiences:\n- name: a\n  description: d\n  locations: [s3://b/a]\n{lines}"));
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    loaded.desired.expect("no errors").experiences.remove(&ExperienceName::new("a")).expect("the entry")
}

#[test]
fn simple_file_becomes_desired() {
    let loaded = loaded(
        "experiences:\n- name: a\n  description: d\n  locations: [s3://b/a]\n  tags: [t]\n  container_timeout_seconds: 7200.0\n\
         managed_test_suites:\n- {name: s, experiences: [a], system: x}\nmanagedExperienceTags: [t]\n",
    );
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let desired = loaded.desired.expect("no errors");
    let experience = &desired.experiences[&ExperienceName::new("a")];
    assert_eq!(experience.settings.container_timeout_seconds, Setting::Set(7200));
    assert!(experience.tags.contains_key(&TagName::new("t")));
    let suite = &desired.suites[&SuiteName::new("s")];
    assert!(suite.experiences.contains_key(&ExperienceName::new("a")));
    assert_eq!(suite.system.as_ref().map(|system| system.value.as_str()), Some("x"));
    assert!(desired.managed_tags.contains_key(&TagName::new("t")));
}

#[test]
fn absent_and_null_keep_while_empty_sets() {
    let absent = experience("").settings;
    let null = experience("profile:\nenvironmentVariables: ~\ncustomFields: null\ncacheExempt:\ncontainerTimeoutSeconds: ~").settings;
    let empty = experience("profile: ''\nenvironmentVariables: []\ncustomFields: []").settings;
    for settings in [&absent, &null] {
        assert_eq!((&settings.profile, &settings.environment_variables), (&Setting::Keep, &Setting::Keep));
        assert_eq!((&settings.custom_fields, &settings.cache_exempt), (&Setting::Keep, &Setting::Keep));
        assert_eq!(settings.container_timeout_seconds, Setting::Keep);
    }
    assert_eq!((empty.profile, empty.environment_variables), (Setting::Set(String::new()), Setting::Set(Vec::new())));
    assert_eq!(empty.custom_fields, Setting::Set(Vec::new()));
}

#[test]
fn plain_scalar_keeps_its_source_text_where_text_is_wanted() {
    for text in ["1.0", "true", "0x10", "2.50", "007", "2026-01-31", "Yes", "1_000", "12:30:45", "=", "<<"] {
        let settings = experience(&format!("environmentVariables: [{{name: A, value: {text}}}]")).settings;
        let variable = EnvironmentVariable { name: "A".to_owned(), value: text.to_owned() };
        assert_eq!(settings.environment_variables, Setting::Set(vec![variable]));
    }
    assert_eq!(experience("profile: !!str null").settings.profile, Setting::Set("null".to_owned()));
    assert_eq!(experience("profile: \"~\"").settings.profile, Setting::Set("~".to_owned()));
}

#[test]
fn own_keys_win_over_merged_ones_and_earlier_mappings_over_later_ones() {
    let text = "x-a: &a {profile: from-a, cache_exempt: true}\nx-b: &b {profile: from-b, containerTimeoutSeconds: 5, tags: [b]}\n\
                experiences:\n- {<<: [*a, *b], name: n, description: d, locations: [x], cacheExempt: false, tags: }\n";
    let loaded = loaded(text);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let experience = loaded.desired.expect("no errors").experiences.remove(&ExperienceName::new("n")).expect("the entry");
    assert_eq!(experience.settings.profile, Setting::Set("from-a".to_owned()));
    assert_eq!(experience.settings.container_timeout_seconds, Setting::Set(5));
    assert_eq!(experience.settings.cache_exempt, Setting::Set(false));
    assert!(experience.tags.is_empty(), "null hides the merged list");
}

#[test]
fn anchors_do_not_cross_files() {
    let texts = [("a.yaml", "x-a: &a [t]\nexperiences: []\n"), ("b.yaml", "managedExperienceTags: *a\n")];
    let loaded = load_texts(texts.map(|(path, text)| (path.to_owned(), text.to_owned())).to_vec(), &LoadOptions::default());
    assert_eq!(codes(&loaded), ["yaml-syntax"]);
}

#[test]
fn managed_tags_of_all_files_are_united() {
    let entry = "experiences: [{name: a, description: d, locations: [x], tags: [t, u]}]\nmanagedExperienceTags: [t]\n";
    let texts = vec![("a.yaml".to_owned(), entry.to_owned()), ("b.yaml".to_owned(), "managedExperienceTags: [t, u]\n".to_owned())];
    let loaded = load_texts(texts, &LoadOptions::default());
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let tags: Vec<TagName> = loaded.desired.expect("no errors").managed_tags.into_keys().collect();
    assert_eq!(tags, [TagName::new("t"), TagName::new("u")]);
}

#[test]
fn unlisted_members_are_returned_without_archiving() {
    let text = "experiences: []\nmanagedTestSuites: [{name: s, experiences: [live]}]\n";
    let options = LoadOptions { no_archive: true, ..LoadOptions::default() };
    let loaded = load_texts(vec![("a.yaml".to_owned(), text.to_owned())], &options);
    assert!(loaded.desired.is_some());
    let [member] = loaded.unlisted_members.as_slice() else { panic!("{:?}", loaded.unlisted_members) };
    assert_eq!((member.suite.as_str(), member.experience.as_str()), ("s", "live"));
}

#[test]
fn example_with_older_keys_loads_once_its_tabs_are_spaces() {
    let text = "experiences:\n    - name: survey\n      description: Aerial\n      locations:\n        - s3://m/a\n\t  tags:\n\t    - regression\n      environment_variables:\n        - name: MAX\n          value: \"120\"\nmanaged_test_suites:\n    - name: Basic\n      experiences:\n        - survey\nmanaged_experience_tags:\n    - regression\n";
    assert_eq!(codes(&loaded(text)), ["tab-indentation"]);
    let mended = loaded(&text.replace('\t', "    "));
    assert!(mended.diagnostics.is_empty(), "{:?}", mended.diagnostics);
}

mod paths {
    use super::*;

    const EMPTY: &str = "experiences: []\n";

    fn options(folder: &Path, pattern: &str) -> LoadOptions {
        LoadOptions { patterns: vec![folder.join(pattern).to_str().expect("UTF-8").to_owned()], ..LoadOptions::default() }
    }

    #[test]
    fn allowed_missing_file_is_no_error_and_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let wanted = LoadOptions { allow_missing: true, ..options(folder.path(), "new.yaml") };
        let loaded = load(&wanted);
        assert!(loaded.diagnostics.is_empty() && loaded.desired.is_some());
        assert_eq!(loaded.missing, Some(folder.path().join("new.yaml")));
        let pattern = load(&LoadOptions { allow_missing: true, ..options(folder.path(), "*.yaml") });
        assert_eq!(codes(&pattern), ["file-unreadable"]);
        let outside = load(&LoadOptions { confine_to: vec![folder.path().join("inner")], ..wanted });
        assert_eq!(codes(&outside), ["file-outside"]);
    }

    #[test]
    fn file_whose_name_looks_like_a_pattern_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("[a].yaml"), EMPTY).expect("writable");
        assert!(load(&options(folder.path(), "[a].yaml")).desired.is_some());
    }

    #[test]
    fn pattern_passes_over_folders_and_sorts_files() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("c.yaml")).expect("writable");
        fs::write(folder.path().join("b.yaml"), EMPTY).expect("writable");
        fs::write(folder.path().join("a.yaml"), EMPTY).expect("writable");
        let loaded = load(&options(folder.path(), "*.yaml"));
        let names: Vec<_> = loaded.files.iter().map(|file| file.file_name().expect("a name").to_owned()).collect();
        assert_eq!(names, ["a.yaml", "b.yaml"]);
        assert!(loaded.desired.is_some());
    }

    #[test]
    fn file_outside_the_allowed_folders_is_refused_and_not_read() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("inside")).expect("writable");
        fs::write(folder.path().join("outside.yaml"), "hunter2").expect("writable");
        fs::write(folder.path().join("inside/c.yaml"), EMPTY).expect("writable");
        let confined = |pattern| load(&LoadOptions { confine_to: vec![folder.path().join("inside")], ..options(folder.path(), pattern) });
        assert!(confined("inside/c.yaml").desired.is_some());
        for pattern in ["outside.yaml", "inside/../outside.yaml"] {
            let loaded = confined(pattern);
            assert_eq!(codes(&loaded), ["file-outside"]);
            assert_eq!(loaded.sources.iter().count(), 0);
        }
    }

    #[cfg(unix)]
    #[test]
    fn link_counts_by_what_it_points_at() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("inside")).expect("writable");
        fs::write(folder.path().join("outside.yaml"), EMPTY).expect("writable");
        std::os::unix::fs::symlink(folder.path().join("outside.yaml"), folder.path().join("inside/link.yaml")).expect("a link");
        let confined = LoadOptions { confine_to: vec![folder.path().join("inside")], ..options(folder.path(), "inside/link.yaml") };
        assert_eq!(codes(&load(&confined)), ["file-outside"]);
        let twice = LoadOptions { patterns: vec![], ..options(folder.path(), "") };
        let patterns = ["inside/link.yaml", "outside.yaml"].map(|path| folder.path().join(path).to_str().expect("UTF-8").to_owned());
        assert_eq!(load(&LoadOptions { patterns: patterns.to_vec(), ..twice }).files.len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn pipe_keeps_no_job_waiting() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe.yaml")).status().expect("mkfifo runs");
        assert!(made.success());
        let confined = LoadOptions { confine_to: vec![folder.path().to_owned()], ..options(folder.path(), "pipe.yaml") };
        assert_eq!(codes(&load(&confined)), ["file-unreadable"]);
    }

    #[cfg(unix)]
    #[test]
    fn endless_and_large_files_are_refused() {
        let endless = LoadOptions { patterns: vec!["/dev/zero".to_owned()], ..LoadOptions::default() };
        assert_eq!(codes(&load(&endless)), ["file-too-large"]);
        let folder = tempfile::tempdir().expect("a folder");
        fs::File::create(folder.path().join("large.yaml")).and_then(|file| file.set_len(100 << 20)).expect("writable");
        assert_eq!(codes(&load(&options(folder.path(), "large.yaml"))), ["file-too-large"]);
    }
}

mod hostile {
    use super::*;

    /// Loads and renders, as `validate` does.
    fn survive(text: String) -> Vec<&'static str> {
        let loaded = load_texts(vec![("c.yaml".to_owned(), text)], &LoadOptions::default());
        let mut out = Vec::new();
        render_diagnostics(&loaded.sources, &loaded.diagnostics, Style::Plain, Width::Endless, &mut out).expect("a Vec takes everything");
        assert!(!out.is_empty());
        codes(&loaded)
    }

    #[test]
    fn chain_of_merges_ends() {
        let mut text = "x-0: &a0 {profile: p}\n".to_owned();
        (1..20_000).for_each(|n| text.push_str(&format!("x-{n}: &a{n} {{<<: *a{}}}\n", n - 1)));
        let entries: String = (0..2000).map(|n| format!("- {{<<: *a19999, name: n{n}, description: d, locations: [x]}}\n")).collect();
        let seen = survive(format!("{text}experiences:\n{entries}"));
        assert!(seen.contains(&"alias-limit"), "{seen:?}");
    }

    #[test]
    fn list_of_lists_of_aliases_ends() {
        let mut text = "x-a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for (before, after) in ('a'..'m').zip('b'..) {
            text.push_str(&format!("x-{after}: &{after} [{}]\n", vec![format!("*{before}"); 10].join(", ")));
        }
        assert_eq!(survive(format!("{text}experiences: *m\n")), ["wrong-type"; 10]);
    }

    #[test]
    fn one_large_list_used_by_every_entry_ends() {
        let list: Vec<String> = (0..5000).map(|n| format!("t{n}")).collect();
        let entries: String = (0..5000).map(|n| format!("- {{name: n{n}, description: d, locations: [x], tags: *t}}\n")).collect();
        let seen = survive(format!("x-t: &t [{}]\nexperiences:\n{entries}", list.join(", ")));
        assert!(seen.contains(&"alias-limit"), "{seen:?}");
    }

    #[test]
    fn countless_problems_end() {
        let seen = survive(format!("experiences: [{}]\n", "1, ".repeat(100_000)));
        assert_eq!(seen.len(), crate::config::problems::MAX_PROBLEMS + 1);
        assert_eq!(seen.last(), Some(&"too-many-problems"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_loaded_and_rendered_without_a_panic(text in fragments(), other in fragments()) {
        let options = LoadOptions { archive_tag: Some(TagName::new("t")), ..LoadOptions::default() };
        let loaded = load_texts(vec![("a.yaml".to_owned(), text), ("b.yaml".to_owned(), other)], &options);
        prop_assert_eq!(loaded.desired.is_none(), loaded.diagnostics.has_errors());
        let mut out = Vec::new();
        render_diagnostics(&loaded.sources, &loaded.diagnostics, Style::Plain, Width::Endless, &mut out).expect("a Vec takes everything");
        let out = String::from_utf8(out).expect("UTF-8");
        prop_assert!(!out.chars().any(|c| c.is_control() && c != '\n'), "{:?}", out);
        diagnostics_json(&loaded.sources, &loaded.diagnostics);
        for diagnostic in loaded.diagnostics.sorted() {
            for label in &diagnostic.labels {
                let source = loaded.sources.get(label.origin.source);
                prop_assert!(source.text.get(label.origin.span.start..label.origin.span.end).is_some());
            }
        }
    }
}
