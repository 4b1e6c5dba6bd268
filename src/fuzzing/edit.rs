//! The editor: whatever is to change in whatever file, the edited files mean just that, or there are none.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::config::loaded;
use super::dice::Dice;
use crate::config::edit::meaning::{EntryMeaning, Meaning, SuiteMeaning};
use crate::config::edit::rewrite::{Intent, rewrite};
use crate::config::{FileEdit, LoadOptions, Loaded, insert_ids, load_texts};
use crate::desired::{CustomField, CustomFieldKind, EnvironmentVariable, ExperienceSettings, Setting};
use crate::ids::{ExperienceId, ExperienceName, SystemName, TagName};
use crate::source::SourceId;

/// Files, a NUL byte, and decisions about what changes.
pub fn edit(data: &[u8]) {
    let (files, decisions) = data.iter().position(|byte| *byte == 0).map_or((data, &[][..]), |at| (&data[..at], &data[at + 1..]));
    let options = LoadOptions::default();
    let loaded = loaded(files, &options);
    let Some(desired) = &loaded.desired else { return };
    let meaning = Meaning::of(desired);
    ids_are_inserted(&loaded, &meaning);
    let intent = intent(&meaning, loaded.sources.iter().count(), &mut Dice::new(decisions));
    let outcome = intent.outcome();
    if let Ok(edits) = rewrite(&loaded, intent, &options) {
        means(&loaded, &edits, &outcome);
    }
}

/// The files, edited, mean this.
fn means(loaded: &Loaded, edits: &[FileEdit], outcome: &Meaning) {
    let edited = |path: &str| edits.iter().find(|edit| edit.path == path).map(|edit| edit.new.clone());
    let files =
        loaded.sources.iter().map(|(_, source)| (source.path.clone(), edited(&source.path).unwrap_or_else(|| source.text.to_string())));
    let after = load_texts(files.collect(), &LoadOptions::default());
    let Some(desired) = &after.desired else { panic!("invalid: {edits:?}") };
    let difference = Meaning::of(desired).difference(outcome);
    assert!(difference.is_none(), "{difference:?}: {edits:?}");
}

/// IDs come in, and nothing that was there goes.
fn ids_are_inserted(loaded: &Loaded, meaning: &Meaning) {
    let id = |number: usize| ExperienceId(Uuid::from_u128(0x5f0c_0000 + number as u128));
    let taken: BTreeSet<ExperienceId> = meaning.experiences.values().filter_map(|entry| entry.id).collect();
    let ids: BTreeMap<ExperienceName, ExperienceId> = meaning
        .experiences
        .keys()
        .enumerate()
        .map(|(number, name)| (name.clone(), id(number)))
        .filter(|(_, id)| !taken.contains(id))
        .collect();
    let Ok(edits) = insert_ids(loaded, &ids) else { return };
    let mut outcome = meaning.clone();
    for (name, entry) in &mut outcome.experiences {
        entry.id = entry.id.or_else(|| ids.get(name).copied());
    }
    means(loaded, &edits, &outcome);
    for edit in &edits {
        let old = edit.old.as_deref().unwrap_or_default();
        let mut rest = edit.new.chars();
        // Aliases may have to be written out where an anchor's own line moves.
        let anchors = old.contains(['&', '*']);
        assert!(anchors || old.chars().all(|c| rest.any(|other| other == c)), "something went: {old:?} became {:?}", edit.new);
    }
}

fn intent(meaning: &Meaning, files: usize, dice: &mut Dice<'_>) -> Intent {
    let mut intent = Intent::keep(meaning);
    let mut names: BTreeSet<ExperienceName> = meaning.experiences.keys().cloned().collect();
    let mut ids: BTreeSet<ExperienceId> = meaning.experiences.values().filter_map(|entry| entry.id).collect();
    for (name, fate) in &mut intent.entries {
        match dice.one_of(4) {
            1 => *fate = None,
            2 => {
                let wanted = ExperienceName::new(dice.name());
                if let Some((name, _)) = fate.as_mut().filter(|_| names.insert(wanted.clone())) {
                    *name = wanted;
                }
            }
            3 => {
                if let Some((_, entry)) = fate {
                    change(entry, dice);
                }
            }
            _ => {}
        }
        // What was renamed away or taken out stays taken, so that no two names meet.
        names.insert(name.clone());
    }
    intent.add_to = SourceId(dice.one_of(files));
    for _ in 0..dice.one_of(3) {
        let name = ExperienceName::new(dice.name());
        let id = ExperienceId(Uuid::from_u128(dice.one_of(256) as u128));
        if names.insert(name.clone()) {
            let mut entry = blank(dice);
            change(&mut entry, dice);
            entry.id = (dice.is() && ids.insert(id)).then_some(id);
            intent.added.push((name, entry));
        }
    }
    let outcome = intent.outcome();
    let live: Vec<&ExperienceName> = outcome.experiences.iter().filter(|(_, entry)| !entry.archived).map(|(name, _)| name).collect();
    for fate in intent.suites.values_mut() {
        let Some(SuiteMeaning { experiences, system, description }) = fate else { continue };
        match dice.one_of(4) {
            1 => {
                *fate = None;
                continue;
            }
            2 => *experiences = live.iter().filter(|_| dice.is()).map(|name| (*name).clone()).collect(),
            3 => {
                *system = dice.is().then(|| SystemName::new(dice.name()));
                *description = dice.is().then(|| dice.text());
            }
            _ => {}
        }
        experiences.retain(|name| live.contains(&name));
    }
    intent.managed_tags.retain(|_| !dice.is());
    intent
}

fn blank(dice: &mut Dice<'_>) -> EntryMeaning {
    let settings = ExperienceSettings {
        description: dice.text(),
        locations: vec![dice.name()],
        profile: Setting::Keep,
        environment_variables: Setting::Keep,
        container_timeout_seconds: Setting::Keep,
        cache_exempt: Setting::Keep,
        custom_fields: Setting::Keep,
    };
    EntryMeaning { id: None, settings, tags: BTreeSet::new(), systems: BTreeSet::new(), archived: false }
}

/// Some of an entry's settings become others.
fn change(entry: &mut EntryMeaning, dice: &mut Dice<'_>) {
    fn setting<T>(dice: &mut Dice<'_>, value: impl FnOnce(&mut Dice<'_>) -> T) -> Setting<T> {
        if dice.is() { Setting::Set(value(dice)) } else { Setting::Keep }
    }
    fn some<T: Ord>(dice: &mut Dice<'_>, one: impl Fn(&mut Dice<'_>) -> T) -> BTreeSet<T> {
        (0..dice.one_of(4)).map(|_| one(dice)).collect()
    }
    for _ in 0..=dice.one_of(3) {
        let settings = &mut entry.settings;
        match dice.one_of(10) {
            0 => settings.description = dice.text(),
            1 => settings.locations = some(dice, |dice| dice.name()).into_iter().collect(),
            2 => settings.profile = setting(dice, |dice| dice.text()),
            3 => {
                settings.environment_variables = setting(dice, |dice| {
                    let names = some(dice, |dice| dice.name());
                    names.into_iter().map(|name| EnvironmentVariable { name, value: dice.text() }).collect()
                });
            }
            4 => settings.container_timeout_seconds = setting(dice, |dice| 1 + i32::try_from(dice.one_of(256)).unwrap_or_default()),
            5 => settings.cache_exempt = setting(dice, |dice| dice.is()),
            6 => {
                settings.custom_fields = setting(dice, |dice| {
                    let names = some(dice, |dice| dice.name().to_lowercase());
                    let field = |name| CustomField {
                        name,
                        kind: CustomFieldKind::Text,
                        values: some(dice, |dice| dice.text()).into_iter().collect(),
                    };
                    names.into_iter().map(field).collect()
                });
            }
            7 => entry.tags = some(dice, |dice| TagName::new(dice.name())),
            8 => entry.systems = some(dice, |dice| SystemName::new(dice.name())),
            _ => entry.archived = dice.is(),
        }
    }
}
