//! Suites restored, created and revised, each after every member that the schedule makes live.

use std::collections::BTreeMap;

use super::{ActionId, Builder, Request, ScheduledAction, Stage};
use crate::apply::report::{Subject, Write};
use crate::ids::{ExperienceId, SuiteId};
use crate::plan::{ExperienceRef, Plan, SuiteAction, SuiteChange};

/// Schedules the suites; returns, for each experience that a managed suite loses because it is archived,
/// the actions on those suites.
pub(super) fn write(plan: &Plan, builder: &mut Builder) -> BTreeMap<ExperienceId, Vec<ActionId>> {
    let mut losing: BTreeMap<ExperienceId, Vec<ActionId>> = BTreeMap::new();
    for suite in &plan.suites {
        let last = match &suite.action {
            SuiteAction::Create { system, system_name: _, description } => {
                let request = Request::CreateSuite {
                    name: suite.name.clone(),
                    description: description.clone(),
                    system: *system,
                    members: suite.members.iter().cloned().collect(),
                };
                Some(push(suite, Write::CreateSuite { members: suite.members.len() }, request, members_live(suite, builder), builder))
            }
            SuiteAction::Restore { id, revision: _, revise } => {
                let restored = push(suite, Write::RestoreSuite, Request::RestoreSuite(*id), Vec::new(), builder);
                let needs = members_live(suite, builder).into_iter().chain([restored]).collect();
                Some(if *revise { self::revise(suite, *id, None, needs, builder) } else { restored })
            }
            // Members that are archived leave by the archive itself: ReSim makes the revision.
            SuiteAction::Revise { .. } if suite.added.is_empty() && suite.removed.is_empty() => None,
            SuiteAction::Revise { id, revision } => {
                // What restoring an experience does to its suites is not documented.
                let restores = suite.members.iter().any(|member| member.id().is_some_and(|id| builder.restored.contains_key(&id)));
                Some(revise(suite, *id, (!restores).then_some(*revision), members_live(suite, builder), builder))
            }
        };
        for member in &suite.archived {
            if let (Some(last), ExperienceRef::Existing { id, name: _ }) = (last, member) {
                losing.entry(*id).or_default().push(last);
            }
        }
    }
    losing
}

fn revise(suite: &SuiteChange, id: SuiteId, revision: Option<i64>, needs: Vec<ActionId>, builder: &mut Builder) -> ActionId {
    let request = Request::ReviseSuite { id, revision, members: suite.members.iter().cloned().collect() };
    push(suite, Write::ReviseSuite { members: suite.members.len() }, request, needs, builder)
}

fn members_live(suite: &SuiteChange, builder: &Builder) -> Vec<ActionId> {
    suite.members.iter().filter_map(|member| builder.making_live(member)).collect()
}

fn push(suite: &SuiteChange, write: Write, request: Request, needs: Vec<ActionId>, builder: &mut Builder) -> ActionId {
    let action = ScheduledAction { subject: Subject::Suite(suite.name.clone()), write, origin: Some(suite.origin), needs };
    let id = builder.next();
    builder.push(Stage::Suites, request, None, vec![action]);
    id
}
