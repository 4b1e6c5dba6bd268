//! Experiences restored, renamed, updated and created; at the very end, archived.

use std::collections::BTreeMap;

use super::renames::{self, Kind, Node};
use super::{ActionId, Builder, CHUNK, Request, ScheduledAction, Stage, memberships};
use crate::apply::report::{Subject, Write};
use crate::desired::ExperienceSettings;
use crate::ids::{ExperienceId, ExperienceName, SystemId};
use crate::plan::{ExperienceAction, ExperienceChange, FieldChange, Plan, SystemChange, TagChange};
use crate::snapshot::Snapshot;

/// The tags and systems of each creation.
type Carried<'a> = BTreeMap<&'a ExperienceName, (Vec<&'a TagChange>, Vec<&'a SystemChange>)>;

/// Schedules all that happens to experiences but archiving.
pub(super) fn write(plan: &Plan, current: &Snapshot, carried: &Carried<'_>, builder: &mut Builder) {
    let nodes = renames::order(&plan.experiences, current);
    let base = builder.next().0;
    for node in &nodes {
        let needs = node.needs.iter().map(|need| ActionId(base + need)).collect();
        push(&plan.experiences[node.change], node, needs, carried, builder);
    }
}

fn push(change: &ExperienceChange, node: &Node, mut needs: Vec<ActionId>, carried: &Carried<'_>, builder: &mut Builder) {
    let (id, write, request) = match (&change.action, &node.kind) {
        (ExperienceAction::Restore { id, fields: _ }, Kind::Restore) => {
            builder.restored.insert(*id, builder.next());
            (Some(*id), Write::Restore, Request::Restore(*id))
        }
        (ExperienceAction::Update { id, .. } | ExperienceAction::Restore { id, .. }, Kind::Park(parking)) => {
            (Some(*id), Write::Park { parking: parking.clone() }, Request::Park { id: *id, parking: parking.clone() })
        }
        (ExperienceAction::Update { id, fields } | ExperienceAction::Restore { id, fields: Some(fields) }, Kind::Update) => {
            let write =
                Write::Update { renamed_from: fields.renamed_from().cloned(), fields: fields.iter().map(FieldChange::json_name).collect() };
            (Some(*id), write, Request::Update { id: *id, fields: fields.iter().cloned().collect() })
        }
        (ExperienceAction::Create { settings }, Kind::Create) => {
            builder.created.insert(change.name.clone(), builder.next());
            let (tags, systems) = carried.get(&change.name).map_or((&[][..], &[][..]), |(tags, systems)| (tags, systems));
            needs.extend(tags.iter().filter_map(|tag| builder.tags.get(&tag.name)));
            let (write, request) = create(&change.name, settings, tags, systems);
            (None, write, request)
        }
        (
            ExperienceAction::Archive { .. }
            | ExperienceAction::Update { .. }
            | ExperienceAction::Restore { .. }
            | ExperienceAction::Create { .. },
            Kind::Restore | Kind::Park(_) | Kind::Update | Kind::Create,
        ) => return, // Nodes are made from the same changes, each of a kind that fits.
    };
    let subject = Subject::Experience(change.name.clone(), id);
    let action = ScheduledAction { subject, write, origin: change.origin, needs };
    builder.push(Stage::Experiences, request, node.cycle, vec![action]);
}

fn create(name: &ExperienceName, settings: &ExperienceSettings, tags: &[&TagChange], systems: &[&SystemChange]) -> (Write, Request) {
    let tags = tags.iter().map(|tag| memberships::reference(tag)).collect::<Vec<_>>();
    let systems = systems.iter().map(|system| system.id).collect::<Vec<SystemId>>();
    let write = Write::Create { tags: tags.len(), systems: systems.len() };
    (write, Request::Create { name: name.clone(), settings: settings.clone(), tags, systems })
}

/// Archives in bulk, each experience after the managed suites that lose it.
pub(super) fn archive(plan: &Plan, losing: &BTreeMap<ExperienceId, Vec<ActionId>>, builder: &mut Builder) {
    let archived: Vec<(ExperienceId, ScheduledAction)> = plan
        .experiences
        .iter()
        .filter_map(|change| match &change.action {
            ExperienceAction::Archive { id, reason: _ } => {
                let needs = losing.get(id).cloned().unwrap_or_default();
                let subject = Subject::Experience(change.name.clone(), Some(*id));
                Some((*id, ScheduledAction { subject, write: Write::Archive, origin: change.origin, needs }))
            }
            ExperienceAction::Update { .. } | ExperienceAction::Restore { .. } | ExperienceAction::Create { .. } => None,
        })
        .collect();
    for chunk in archived.chunks(CHUNK) {
        let (ids, actions) = chunk.iter().cloned().unzip();
        builder.push(Stage::Archives, Request::Archive(ids), None, actions);
    }
}
