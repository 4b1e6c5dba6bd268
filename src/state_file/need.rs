//! Which lists of a state file a command needs, and which of them the file lacks.

use crate::snapshot::{Members, Snapshot};

/// The lists that a command needs and a state file may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need<'a> {
    /// What a plan demands ([`crate::plan::demand`]).
    Plan(&'a crate::plan::Demand),
    /// All live members of tags and systems, and the archived experiences if so.
    Clone {
        /// Whether the archived experiences are needed.
        archived_experiences: bool,
    },
}

/// Names the first list that is needed and was not read.
pub fn missing_list(snapshot: &Snapshot, need: Need<'_>) -> Option<String> {
    let (archived_experiences, archived_suites) = match need {
        Need::Plan(demand) => (demand.archived_experiences, demand.archived_suites),
        Need::Clone { archived_experiences } => (archived_experiences, false),
    };
    if archived_experiences && !snapshot.read.archived_experiences {
        return Some("the archived experiences".to_owned());
    }
    if archived_suites && !snapshot.read.archived_suites {
        return Some("the archived suites".to_owned());
    }
    let lacks =
        |members: &Members, live: bool, archived: bool| (live && members.live.is_none()) || (archived && members.archived.is_none());
    let tag = snapshot.tags.iter().find(|(id, tag)| match need {
        Need::Plan(demand) => lacks(&tag.members, demand.tags.contains_key(id), demand.archived_tags.contains(id)),
        Need::Clone { .. } => lacks(&tag.members, true, false),
    });
    if let Some((_, tag)) = tag {
        return Some(format!("the members of the tag `{}`", tag.name));
    }
    let system = snapshot.systems.iter().find(|(id, system)| match need {
        Need::Plan(demand) => lacks(&system.members, demand.systems.contains_key(id), demand.archived_systems.contains(id)),
        Need::Clone { .. } => lacks(&system.members, true, false),
    });
    system.map(|(_, system)| format!("the members of the system `{}`", system.name))
}
