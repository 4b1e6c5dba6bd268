//! Requests about one thing, and what is read where one was refused or its outcome is unknown.

use std::collections::BTreeSet;

use super::Run;
use super::bulk::is_refusal;
use super::once::Found;
use super::send::{Letter, Trouble};
use crate::apply::foreign;
use crate::apply::ledger::{Named, Sent};
use crate::apply::report::{ForeignChange, ForeignChangeKind, Outcome, Subject};
use crate::apply::schedule::ActionId;
use crate::client::{NewExperience, NewSuite};
use crate::ids::{ExperienceId, ExperienceName, SuiteId, SuiteName, TagId, TagName};
use crate::plan::{FieldChange, is_as_wanted};
use crate::snapshot::{CurrentExperience, CurrentSuite};

/// Something by the ID and name that are known of it.
fn one(id: Option<String>, name: String) -> Option<Named> {
    Some(Named { id, name: Some(name) })
}

impl Run<'_> {
    pub(super) async fn create_tag(&self, action: ActionId, name: &TagName) -> Outcome {
        let tags = vec![Named { id: None, name: Some(name.to_string()) }];
        let letter =
            Letter {
                actions: &[action], words: "POST …/experienceTags", sent: Sent { operation: "create-tag", tags, ..Sent::default() }
            };
        let look = async || Ok(self.resim.tag_named(name).await?.map_or(Found::Absent, Found::Ours));
        match self.once(&letter, async || self.resim.create_tag(name).await, look).await {
            Ok((id, _)) => {
                self.board.lock().tags.insert(name.clone(), id);
                Outcome::Done
            }
            Err(outcome) => outcome,
        }
    }

    pub(super) async fn restore(&self, action: ActionId, id: ExperienceId) -> Outcome {
        let sent = Sent { operation: "restore", experience: one(Some(id.to_string()), self.subject_name(action)), ..Sent::default() };
        let words = format!("POST …/experiences/{id}/restore");
        match self.write(&Letter { actions: &[action], words: &words, sent }, self.resim.restore_experience(id)).await {
            Ok(()) => Outcome::Done,
            // A repeat, or somebody else, may have been faster.
            Err(Trouble::Api(error)) if is_refusal(&error) => match self.resim.experience(id).await {
                Ok(Some(current)) if !current.archived => Outcome::Done,
                Ok(_) | Err(_) => Outcome::Failed(error.to_string()),
            },
            Err(trouble) => self.outcome(trouble),
        }
    }

    pub(super) async fn park(&self, action: ActionId, id: ExperienceId, parking: &ExperienceName) -> Outcome {
        let sent = Sent {
            operation: "park",
            experience: one(Some(id.to_string()), self.subject_name(action)),
            parking: Some(parking.to_string()),
            fields: vec!["name"],
            ..Sent::default()
        };
        let words = format!("PATCH …/experiences/{id}");
        match self.write(&Letter { actions: &[action], words: &words, sent }, self.resim.rename_experience(id, parking)).await {
            Ok(answer) => {
                self.compare(action, id, &["name"], answer);
                Outcome::Done
            }
            Err(trouble) => self.outcome(trouble),
        }
    }

    pub(super) async fn update(&self, action: ActionId, id: ExperienceId, fields: &[FieldChange]) -> Outcome {
        let mask: Vec<&'static str> = fields.iter().map(FieldChange::json_name).collect();
        let sent = Sent {
            operation: "update",
            experience: one(Some(id.to_string()), self.subject_name(action)),
            fields: mask.clone(),
            ..Sent::default()
        };
        let words = format!("PATCH …/experiences/{id}");
        match self.write(&Letter { actions: &[action], words: &words, sent }, self.resim.update_experience(id, fields)).await {
            Ok(answer) => {
                self.compare(action, id, &mask, answer);
                Outcome::Done
            }
            Err(trouble) => self.outcome(trouble),
        }
    }

    pub(super) async fn create(&self, action: ActionId, new: &NewExperience) -> Outcome {
        let NewExperience { name, settings, tags, systems } = new;
        let by_id = |id: String| Named { id: Some(id), name: None };
        let sent = Sent {
            operation: "create",
            experience: one(None, name.to_string()),
            tags: tags.iter().map(|tag| by_id(tag.to_string())).collect(),
            systems: systems.iter().map(|system| by_id(system.to_string())).collect(),
            ..Sent::default()
        };
        let look = async || {
            Ok(match self.resim.experience_named(name).await? {
                None => Found::Absent,
                Some((id, current)) if !current.archived && is_as_wanted(name, settings, &current) => Found::Ours((id, current)),
                Some((id, _)) => Found::Other(format!("{id} has this name, and is not what was sent")),
            })
        };
        let letter = Letter { actions: &[action], words: "POST …/experiences", sent };
        match self.once(&letter, async || self.resim.create_experience(new).await, look).await {
            Ok(((id, current), _)) => {
                let mut state = self.board.lock();
                state.experiences.insert(name.clone(), id);
                state.experience_answers.insert(id, current);
                Outcome::Done
            }
            Err(outcome) => outcome,
        }
    }

    pub(super) async fn remove_tag(&self, action: ActionId, tag: TagId, experience: ExperienceId) -> Outcome {
        let tags = vec![Named { id: Some(tag.to_string()), name: Some(self.subject_name(action)) }];
        let named = Named { id: Some(experience.to_string()), name: None };
        let sent = Sent { operation: "remove-tag", tags, experience: Some(named), ..Sent::default() };
        let words = format!("DELETE …/experienceTags/{tag}/experiences/{experience}");
        match self.write(&Letter { actions: &[action], words: &words, sent }, self.resim.untag_experience(tag, experience)).await {
            Ok(()) => Outcome::Done,
            Err(Trouble::Api(error)) if error.status() == Some(404) => match self.has_tag(tag, experience).await {
                Some(false) => Outcome::Done,
                Some(true) | None => Outcome::Failed(error.to_string()),
            },
            Err(trouble) => self.outcome(trouble),
        }
    }

    /// Whether the experience has the tag now. One reading serves all refused removals of the tag: who lacked
    /// it then lacks it now, or the removal would not have been refused.
    async fn has_tag(&self, tag: TagId, experience: ExperienceId) -> Option<bool> {
        let mut known = self.tag_members.lock().await;
        if known.get(&tag).is_some_and(|members| !members.contains(&experience)) {
            return Some(false);
        }
        let members = self.resim.tag_members(tag).await.ok()?;
        let has = members.contains(&experience);
        known.insert(tag, members);
        Some(has)
    }

    pub(super) async fn restore_suite(&self, action: ActionId, id: SuiteId) -> Outcome {
        let sent = Sent { operation: "restore-suite", suite: one(Some(id.to_string()), self.subject_name(action)), ..Sent::default() };
        let words = format!("POST …/suites/{id}/restore");
        let look = async || {
            Ok(match self.resim.suite(id).await? {
                Some(suite) if !suite.archived => Found::Ours(()),
                Some(_) => Found::Absent,
                None => Found::Other("the suite is gone".to_owned()),
            })
        };
        match self.once(&Letter { actions: &[action], words: &words, sent }, async || self.resim.restore_suite(id).await, look).await {
            Ok(_) => Outcome::Done,
            Err(outcome) => outcome,
        }
    }

    pub(super) async fn create_suite(&self, action: ActionId, new: &NewSuite) -> Outcome {
        let NewSuite { name, description: _, system, experiences } = new;
        let sent = Sent { operation: "create-suite", suite: one(None, name.to_string()), ..Sent::default() };
        let look = async || {
            let suites = self.resim.suites_named(name).await?;
            Ok(match suites.iter().find(|(_, suite)| suite.system == *system && suite.members == *experiences) {
                Some(ours) => Found::Ours(ours.clone()),
                None if suites.is_empty() => Found::Absent,
                None => Found::Other("a suite of this name is there, and is not what was sent".to_owned()),
            })
        };
        let letter = Letter { actions: &[action], words: "POST …/suites", sent };
        match self.once(&letter, async || self.resim.create_suite(new).await, look).await {
            Ok(((_, suite), _)) => {
                self.board.lock().suite_answers.insert(name.clone(), suite);
                Outcome::Done
            }
            Err(outcome) => outcome,
        }
    }

    pub(super) async fn revise_suite(&self, action: ActionId, id: SuiteId, read: Option<i64>, members: &BTreeSet<ExperienceId>) -> Outcome {
        let sent = Sent { operation: "revise-suite", suite: one(Some(id.to_string()), self.subject_name(action)), ..Sent::default() };
        let words = format!("PATCH …/suites/{id}");
        let look = async || {
            Ok(match self.resim.suite(id).await? {
                Some(suite) if suite.members == *members => Found::Ours(suite),
                Some(_) => Found::Absent,
                None => Found::Other("the suite is gone".to_owned()),
            })
        };
        match self
            .once(&Letter { actions: &[action], words: &words, sent }, async || self.resim.revise_suite(id, members).await, look)
            .await
        {
            Ok((suite, uncertain)) => {
                // After an attempt of unknown outcome nobody can tell whose revision is the one between.
                if let Some(read) = read.filter(|read| !uncertain && suite.revision != read.saturating_add(1)) {
                    self.foreign(action, ForeignChangeKind::Revision { read, answered: suite.revision });
                }
                self.remember_suite(action, suite);
                Outcome::Done
            }
            Err(outcome) => outcome,
        }
    }

    fn remember_suite(&self, action: ActionId, suite: CurrentSuite) {
        let name = SuiteName::new(self.subject_name(action));
        self.board.lock().suite_answers.insert(name, suite);
    }

    /// Remembers an answer, and whatever it tells of others: fields outside the mask that are not as read.
    fn compare(&self, action: ActionId, id: ExperienceId, mask: &[&'static str], answer: CurrentExperience) {
        if let Some(read) = self.current.experiences.get(&id) {
            for field in foreign::changed_fields(read, &answer).into_iter().filter(|field| !mask.contains(field)) {
                self.foreign(action, ForeignChangeKind::Field(field));
            }
        }
        self.board.lock().experience_answers.insert(id, answer);
    }

    fn foreign(&self, action: ActionId, what: ForeignChangeKind) {
        let subject: Subject = self.schedule.actions[action.0].subject.clone();
        self.board.lock().foreign.push((action, ForeignChange { subject, what }));
    }
}
