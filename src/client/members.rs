//! Who has a tag or is registered with a system: one request where it can be, page by page where it must.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use futures_util::future::try_join;
use tokio::sync::OnceCell;

use super::connection::Connection;
use super::pages::{List, ListError, PAGE, Page, moved};
use super::wire::MemberRow;
use super::{ApiError, ApiErrorKind};
use crate::ids::{ExperienceId, ProjectId, SystemId, TagId};

/// A version 4 UUID that no server ever made: nothing has this tag or system.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// What has members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    Tag(TagId),
    System(SystemId),
}

impl Group {
    fn path(self, project: ProjectId) -> String {
        match self {
            Self::Tag(id) => format!("projects/{project}/experienceTags/{id}/experiences"),
            Self::System(id) => format!("projects/{project}/systems/{id}/experiences"),
        }
    }

    fn search(self, id: &str) -> String {
        match self {
            Self::Tag(_) => format!("tag_id IN (\"{id}\")"),
            Self::System(_) => format!("system_id IN (\"{id}\")"),
        }
    }

    fn id(self) -> String {
        match self {
            Self::Tag(id) => id.to_string(),
            Self::System(id) => id.to_string(),
        }
    }
}

/// Whether this deployment's `search` really filters by tag and by system; found out once each, when first needed.
#[derive(Debug, Default)]
pub(crate) struct SearchProbes {
    tag: OnceCell<bool>,
    system: OnceCell<bool>,
}

impl SearchProbes {
    fn of(&self, group: Group) -> &OnceCell<bool> {
        match group {
            Group::Tag(_) => &self.tag,
            Group::System(_) => &self.system,
        }
    }
}

impl Connection {
    /// The live or the archived members, all of them. Where more than a page of them are expected, the search
    /// does not wait for the first page.
    pub(crate) async fn members(
        &self,
        project: ProjectId,
        group: Group,
        archived: bool,
        expected: usize,
        probes: &SearchProbes,
    ) -> Result<BTreeSet<ExperienceId>, ApiError> {
        let path = group.path(project);
        let list = List { path: &path, query: &[], archived: Some(archived), large: false };
        let search = || self.search(project, group.search(&group.id()), archived);
        let (first, found): (Page<MemberRow>, _) = if expected > PAGE as usize && self.may_search(group, probes) {
            let (first, found) = try_join(self.first_page(&list), search()).await?;
            (first, Some(found))
        } else {
            (self.first_page(&list).await?, None)
        };
        if first.next.is_some() && self.may_search(group, probes) {
            let found = match found {
                Some(found) => found,
                None => search().await?,
            };
            if let Some(members) = self.trusted(project, group, probes, &first, found).await? {
                return Ok(members);
            }
        }
        let rows = match self.rest(&list, first).await {
            Ok(rows) => rows,
            Err(ListError::Api(error)) => return Err(error),
            Err(ListError::Contradiction(_)) => {
                let first = self.first_page(&list).await?;
                self.rest(&list, first).await.map_err(|error| match error {
                    ListError::Api(error) => error,
                    ListError::Contradiction(what) => moved(&list, &what),
                })?
            }
        };
        Ok(ids(&rows))
    }

    /// Whether a search may take fewer requests than the pages of the membership.
    fn may_search(&self, group: Group, probes: &SearchProbes) -> bool {
        probes.of(group).get() != Some(&false) && !self.small_pages.load(Ordering::Relaxed)
    }

    /// What a search found, if it can be trusted: it finds all of the first page and more, as many as the list
    /// says there are in total, or else it has shown that it finds nobody where there is nobody.
    async fn trusted(
        &self,
        project: ProjectId,
        group: Group,
        probes: &SearchProbes,
        first: &Page<MemberRow>,
        found: Option<BTreeSet<ExperienceId>>,
    ) -> Result<Option<BTreeSet<ExperienceId>>, ApiError> {
        let works = probes.of(group);
        let Some(found) = found else {
            // An error says that another request has found out meanwhile.
            let _ = works.set(false);
            return Ok(None);
        };
        if found.len() <= first.rows.len() || !found.is_superset(&ids(&first.rows)) {
            return Ok(None);
        }
        let trusted = match first.total {
            Some(total) => {
                if found.len() as u64 > total {
                    // It finds what was not asked for: nobody else needs to try.
                    let _ = works.set(false);
                }
                total == found.len() as u64
            }
            None => {
                let probe = async || -> Result<bool, ApiError> {
                    let nobody = self.search(project, group.search(NOBODY), false).await?;
                    Ok(nobody.is_some_and(|found| found.is_empty()))
                };
                *works.get_or_try_init(probe).await?
            }
        };
        Ok(trusted.then_some(found))
    }

    /// `None` if the deployment does not search, or not in a way that adds up.
    async fn search(&self, project: ProjectId, search: String, archived: bool) -> Result<Option<BTreeSet<ExperienceId>>, ApiError> {
        let path = format!("projects/{project}/experiences");
        let query = [("search", search.as_str())];
        let list = List { path: &path, query: &query, archived: Some(archived), large: true };
        let found = match self.first_page::<MemberRow>(&list).await {
            // Found out just now: it would take as many pages as the membership itself.
            Ok(first) if first.next.is_some() && self.small_pages.load(Ordering::Relaxed) => return Ok(None),
            Ok(first) => self.rest(&list, first).await,
            Err(error) => Err(error.into()),
        };
        match found {
            Ok(rows) => Ok(Some(ids(&rows))),
            Err(ListError::Contradiction(_)) => Ok(None),
            Err(ListError::Api(error)) => match &error.kind {
                ApiErrorKind::Status { .. } | ApiErrorKind::NoAnswer(_) | ApiErrorKind::Malformed(_) => Ok(None),
                ApiErrorKind::Connect(_) | ApiErrorKind::Unauthorized(_) | ApiErrorKind::Deadline(_) | ApiErrorKind::StateMoved(_) => {
                    Err(error)
                }
            },
        }
    }
}

fn ids(rows: &[MemberRow]) -> BTreeSet<ExperienceId> {
    rows.iter().map(|row| ExperienceId(row.id)).collect()
}
