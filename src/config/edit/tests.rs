use std::collections::BTreeMap;

use super::meaning::{EntryMeaning, Meaning};
use super::rewrite::{Intent, rewrite};
use super::*;
use crate::config::{LoadOptions, Loaded, load_texts};
use crate::desired::{EnvironmentVariable, Setting};
use crate::ids::{ExperienceId, ExperienceName, SuiteName, TagName};
use crate::source::SourceId;

fn loaded(texts: &[&str]) -> Loaded {
    let texts = texts.iter().enumerate().map(|(index, text)| (format!("{index}.yaml"), (*text).to_owned())).collect();
    let loaded = load_texts(texts, &LoadOptions::default());
    assert!(loaded.desired.is_some(), "{:?}", loaded.diagnostics);
    loaded
}

fn name(name: &str) -> ExperienceName {
    ExperienceName::new(name)
}

fn id(digit: u8) -> ExperienceId {
    ExperienceId(uuid::Uuid::from_bytes([digit; 16]))
}

/// The text after making a config mean something else.
fn edited(text: &str, change: impl FnOnce(&mut Intent)) -> String {
    let loaded = loaded(&[text]);
    let desired = loaded.desired.as_ref().expect("valid");
    let mut intent = Intent::keep(&Meaning::of(desired));
    change(&mut intent);
    let edits = rewrite(&loaded, intent, &LoadOptions::default()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    edits.first().map_or_else(|| text.to_owned(), |edit| edit.new.clone())
}

/// The text after changing one entry.
fn with_entry(text: &str, entry: &str, change: impl FnOnce(&mut EntryMeaning)) -> String {
    edited(text, |intent| {
        let (_, meaning) = intent.entries.get_mut(&name(entry)).and_then(Option::as_mut).expect("the entry");
        change(meaning);
    })
}

fn tags(names: &[&str]) -> std::collections::BTreeSet<TagName> {
    names.iter().map(|name| TagName::new(*name)).collect()
}

fn variables(pairs: &[(&str, &str)]) -> Setting<Vec<EnvironmentVariable>> {
    Setting::Set(pairs.iter().map(|(name, value)| EnvironmentVariable { name: (*name).to_owned(), value: (*value).to_owned() }).collect())
}

const BASIC: &str = "\
# top
experiences:
  # about a
  - name: a # the first
    description: 'it''s a'
    locations:
      - s3://b/a # where
    tags: [x, y] # two
    environment_variables:
      - name: M
        value: \"1\" # one
      # the other
      - name: N
        value: \"2\"

  # about b
  - {name: b, description: B, locations: [s3://b/b]} # flow
managed_test_suites:
  - name: s
    experiences:
      - a # first
      - b
managed_experience_tags: [x, y]
# end
";

#[test]
fn nothing_to_change_changes_no_byte() {
    assert_eq!(edited(BASIC, |_| {}), BASIC);
}

#[test]
fn value_is_replaced_in_its_own_quotes() {
    let text = with_entry(BASIC, "a", |entry| entry.settings.description = "it's new".to_owned());
    assert_eq!(text, BASIC.replace("'it''s a'", "'it''s new'"));
    let text = with_entry(BASIC, "a", |entry| entry.settings.environment_variables = variables(&[("M", "true"), ("N", "2")]));
    assert_eq!(text, BASIC.replace("\"1\"", "\"true\""));
    let text = with_entry(BASIC, "b", |entry| entry.settings.description = "B, again".to_owned());
    assert_eq!(text, BASIC.replace("description: B,", "description: \"B, again\","));
}

#[test]
fn items_are_added_and_removed_with_their_comments() {
    let text = with_entry(BASIC, "a", |entry| entry.tags = tags(&["y", "z"]));
    assert_eq!(text, BASIC.replace("[x, y] # two", "[y, z] # two"));
    let text = with_entry(BASIC, "a", |entry| entry.settings.environment_variables = variables(&[("M", "1"), ("O", "3")]));
    assert_eq!(
        text,
        BASIC.replace("      # the other\n      - name: N\n        value: \"2\"\n", "      - name: O\n        value: \"3\"\n")
    );
    let text = with_entry(BASIC, "a", |entry| entry.settings.environment_variables = variables(&[]));
    let (before, after) = (BASIC.find("environment_variables:").expect("there"), BASIC.find("\n  # about b").expect("there"));
    assert_eq!(text, format!("{}environment_variables: []\n{}", &BASIC[..before], &BASIC[after..]));
    let text = with_entry(BASIC, "a", |entry| entry.settings.locations = vec!["s3://b/new".to_owned()]);
    assert_eq!(text, BASIC.replace("s3://b/a # where", "s3://b/new # where"));
}

#[test]
fn keys_are_added_in_the_spelling_of_the_file_and_taken_out() {
    let text = with_entry(BASIC, "a", |entry| entry.id = Some(id(1)));
    assert_eq!(text, BASIC.replace("# the first\n", "# the first\n    experience_id: 01010101-0101-0101-0101-010101010101\n"));
    let text = with_entry(BASIC, "b", |entry| entry.id = Some(id(1)));
    assert_eq!(text, BASIC.replace("{name: b,", "{name: b, experience_id: 01010101-0101-0101-0101-010101010101,"));
    let text = with_entry(BASIC, "b", |entry| entry.tags = tags(&["x"]));
    assert_eq!(text, BASIC.replace("[s3://b/b]}", "[s3://b/b], tags: [x]}"));
    let text = with_entry(BASIC, "a", |entry| entry.settings.environment_variables = Setting::Keep);
    let (before, after) = (BASIC.find("    environment_variables:").expect("there"), BASIC.find("\n  # about b").expect("there"));
    assert_eq!(text, format!("{}{}", &BASIC[..before], &BASIC[after..]));
}

#[test]
fn entries_go_with_their_comments_and_leave_the_lists_of_others() {
    let text = edited(BASIC, |intent| {
        intent.entries.insert(name("b"), None);
        intent.suites.get_mut(&SuiteName::new("s")).and_then(Option::as_mut).expect("the suite").experiences.remove(&name("b"));
    });
    assert_eq!(
        text,
        BASIC.replace("\n  # about b\n  - {name: b, description: B, locations: [s3://b/b]} # flow\n", "").replace("      - b\n", "")
    );
    let text = edited(BASIC, |intent| {
        intent.entries.insert(name("a"), None);
        intent.suites.get_mut(&SuiteName::new("s")).and_then(Option::as_mut).expect("the suite").experiences.remove(&name("a"));
    });
    let (before, after) = (BASIC.find("  # about a").expect("there"), BASIC.find("  # about b").expect("there"));
    assert_eq!(text, format!("{}{}", &BASIC[..before], &BASIC[after..]).replace("      - a # first\n", ""));
}

#[test]
fn all_entries_may_go_and_lists_stay_lists() {
    let text = edited(BASIC, |intent| {
        intent.entries.values_mut().for_each(|entry| *entry = None);
        intent.suites.values_mut().for_each(|suite| *suite = None);
        intent.managed_tags.clear();
    });
    assert_eq!(text, "# top\nexperiences: []\nmanaged_test_suites: []\nmanaged_experience_tags: []\n# end\n");
}

#[test]
fn new_entries_come_after_the_last_one_and_look_like_it() {
    let new = |intent: &mut Intent| {
        let (_, meaning) = intent.entries[&name("a")].clone().expect("the entry");
        intent.added = vec![(name("c: d"), EntryMeaning { id: Some(id(2)), ..meaning })];
    };
    let added = "
  - name: \"c: d\"
    experience_id: 02020202-0202-0202-0202-020202020202
    description: it's a
    locations:
      - s3://b/a
    tags: [x, \"y\"]
    environment_variables:
      - name: M
        value: \"1\"
      - name: \"N\"
        value: \"2\"
";
    assert_eq!(edited(BASIC, new), BASIC.replace("# flow\n", &format!("# flow\n{added}")));
}

#[test]
fn renamed_entry_keeps_its_place_in_suites() {
    let text = edited(BASIC, |intent| {
        let (_, meaning) = intent.entries[&name("a")].clone().expect("the entry");
        intent.entries.insert(name("a"), Some((name("new"), meaning)));
        let suite = intent.suites.get_mut(&SuiteName::new("s")).and_then(Option::as_mut).expect("the suite");
        suite.experiences = [name("new"), name("b")].into();
    });
    assert_eq!(text, BASIC.replace("name: a #", "name: new #").replace("- a # first", "- new # first"));
}

#[test]
fn names_may_be_swapped() {
    let text = edited(BASIC, |intent| {
        let (_, a) = intent.entries[&name("a")].clone().expect("the entry");
        let (_, b) = intent.entries[&name("b")].clone().expect("the entry");
        intent.entries = [(name("a"), Some((name("b"), a))), (name("b"), Some((name("a"), b)))].into();
    });
    assert_eq!(text, BASIC.replace("name: a #", "name: b #").replace("{name: b,", "{name: a,"));
}

const SHARED: &str = "\
x-base: &base
  profile: p
  tags: &t [x]
experiences:
  - &first
    <<: *base
    name: a
    description: &d A
    locations: &l
      - s3://b/a
  - <<: *first
    name: b
    cacheExempt: true
  - {<<: [*base], name: c, description: *d, locations: *l}
managedExperienceTags: *t
";

#[test]
fn merged_value_is_overridden_in_the_entry() {
    let text = with_entry(SHARED, "c", |entry| entry.settings.profile = Setting::Set("q".to_owned()));
    assert_eq!(text, SHARED.replace("locations: *l}", "locations: *l, profile: q}"));
    let text = with_entry(SHARED, "c", |entry| entry.settings.profile = Setting::Keep);
    assert_eq!(text, SHARED.replace("locations: *l}", "locations: *l, profile: null}"));
}

#[test]
fn what_an_entry_hands_on_is_overridden_where_it_must_not_change() {
    let text = with_entry(SHARED, "a", |entry| entry.settings.profile = Setting::Set("q".to_owned()));
    let wanted = SHARED.replace("- s3://b/a\n", "- s3://b/a\n    profile: q\n").replace("name: b\n", "name: b\n    profile: p\n");
    assert_eq!(text, wanted);
}

#[test]
fn aliased_value_is_replaced_in_its_entry_only() {
    let text = with_entry(SHARED, "c", |entry| entry.settings.locations = vec!["s3://b/c".to_owned()]);
    assert_eq!(text, SHARED.replace("locations: *l}", "locations: [s3://b/c]}"));
    let text = with_entry(SHARED, "c", |entry| entry.settings.description = "C".to_owned());
    assert_eq!(text, SHARED.replace("description: *d", "description: C"));
}

#[test]
fn anchor_moves_to_the_first_alias_that_still_needs_it() {
    let text = with_entry(SHARED, "a", |entry| entry.settings.description = "new".to_owned());
    assert!(text.contains("description: new\n") && text.contains("description: &d A,"), "{text}");
    let text = edited(SHARED, |intent| {
        intent.entries.insert(name("a"), None);
    });
    let wanted =
        "experiences:\n  - <<: &first {<<: {profile: p, tags: [x]}, name: a, description: A, locations: [s3://b/a]}\n    name: b\n";
    assert!(text.contains(wanted), "{text}");
    assert!(text.contains("{<<: [*base], name: c, description: &d A, locations: &l [s3://b/a]}"), "{text}");
}

#[test]
fn managed_tags_from_an_anchor_are_written_out() {
    let text = edited(SHARED, |intent| intent.managed_tags.clear());
    assert_eq!(text, SHARED.replace("managedExperienceTags: *t", "managedExperienceTags: []"));
}

#[test]
fn entry_that_is_an_alias_is_overridden() {
    let text = "x-a: &a {name: a, description: d, locations: [l]}\nexperiences:\n- *a\n";
    let edited = with_entry(text, "a", |entry| entry.settings.profile = Setting::Set("p".to_owned()));
    assert_eq!(edited, text.replace("- *a", "- {<<: *a, profile: p}"));
}

#[test]
fn ids_go_after_the_names_in_every_layout() {
    let texts = [
        (
            "experiences:\n- name: a\n  description: d\n  locations: [l]\n",
            "experiences:\n- name: a\n  experienceID: ID\n  description: d\n  locations: [l]\n",
        ),
        (
            "experiences:\n- description: d\n  locations: [l]\n  name: a",
            "experiences:\n- description: d\n  locations: [l]\n  name: a\n  experienceID: ID\n",
        ),
        (
            "experiences: [{name: a, description: d, locations: [l]}]",
            "experiences: [{name: a, experienceID: ID, description: d, locations: [l]}]",
        ),
        (
            "experiences: [{description: d, locations: [l], name: a}]",
            "experiences: [{description: d, locations: [l], name: a, experienceID: ID}]",
        ),
        (
            "{\"experiences\": [\n  {\n    \"name\": \"a\",\n    \"description\": \"d\",\n    \"locations\": [\"l\"]\n  }\n]}\n",
            "{\"experiences\": [\n  {\n    \"name\": \"a\",\n    \"experienceID\": \"ID\",\n    \"description\": \"d\",\n    \"locations\": [\"l\"]\n  }\n]}\n",
        ),
        (
            "experiences:\n  - {\n      description: d, # c\n      locations: [l],\n      name: a # n\n    }\n",
            "experiences:\n  - {\n      description: d, # c\n      locations: [l],\n      name: a, # n\n      experienceID: ID\n    }\n",
        ),
        (
            "\u{feff}experiences:\r\n-   name: a\r\n    description: |\r\n      d\r\n    locations: [l]\r\n",
            "\u{feff}experiences:\r\n-   name: a\r\n    experienceID: ID\r\n    description: |\r\n      d\r\n    locations: [l]\r\n",
        ),
        (
            "experiences:\n- locations: [l]\n  description: d\n  name: |-\n    a",
            "experiences:\n- locations: [l]\n  description: d\n  name: |-\n    a\n  experienceID: ID\n",
        ),
        (
            "experiences:\n- locations: [l]\n  description: d\n  name: a # n",
            "experiences:\n- locations: [l]\n  description: d\n  name: a # n\n  experienceID: ID\n",
        ),
        (
            "managed_test_suites: []\nexperiences:\n- name: &n a\n  description: *n\n  locations: [l]\n",
            "managed_test_suites: []\nexperiences:\n- name: &n a\n  experience_id: ID\n  description: *n\n  locations: [l]\n",
        ),
    ];
    for (text, wanted) in texts {
        let edits = insert_ids(&loaded(&[text]), &BTreeMap::from([(name("a"), id(7)), (name("other"), id(8))])).expect("edits");
        assert_eq!(edits[0].new, wanted.replace("ID", &id(7).to_string()).replace(&format!("experience{}", id(7)), "experienceID"));
    }
}

#[test]
fn ids_are_not_handed_on_by_merge_keys() {
    let text = "experiences:\n- &a\n  name: a\n  description: d\n  locations: [l]\n- <<: *a\n  name: b\n";
    let edits = insert_ids(&loaded(&[text]), &BTreeMap::from([(name("a"), id(7))])).expect("edits");
    assert_eq!(
        edits[0].new,
        text.replace("name: a\n", &format!("name: a\n  experienceID: {}\n", id(7))).replace("name: b\n", "name: b\n  experienceID: null\n")
    );
}

#[test]
fn only_files_that_change_are_returned() {
    let texts =
        ["experiences:\n- {name: a, description: d, locations: [l]}\n", "experiences:\n- {name: b, description: d, locations: [l]}\n"];
    let edits = insert_ids(&loaded(&texts), &BTreeMap::from([(name("b"), id(7))])).expect("edits");
    assert_eq!(edits.iter().map(|edit| edit.path.as_str()).collect::<Vec<_>>(), ["1.yaml"]);
    assert_eq!(edits[0].old.as_deref(), Some(texts[1]));
    assert!(insert_ids(&loaded(&texts), &BTreeMap::new()).expect("edits").is_empty());
}

#[test]
fn file_without_the_key_gets_it_for_new_entries() {
    let texts = ["experiences:\n- {name: a, description: d, locations: [l]}\n", "managedExperienceTags: []\n"];
    let loaded = loaded(&texts);
    let mut intent = Intent::keep(&Meaning::of(loaded.desired.as_ref().expect("valid")));
    let (_, meaning) = intent.entries[&name("a")].clone().expect("the entry");
    intent.added = vec![(name("b"), meaning)];
    intent.add_to = SourceId(1);
    let edits = rewrite(&loaded, intent, &LoadOptions::default()).expect("edits");
    assert_eq!(edits[0].new, "managedExperienceTags: []\nexperiences:\n  - name: b\n    description: d\n    locations:\n      - l\n");
}
