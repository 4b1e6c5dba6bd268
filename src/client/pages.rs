//! Lists, followed to their end and checked: a list that is not whole is an error, never a shorter list.
//!
//! A page object that has its array key may have it null; one without the key counts as empty only if it is
//! recognisably a page (it has `nextPageToken` or `total`). Any other object is refused: reading `{}` as "no
//! experiences" would make the plan create everything again.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::Ordering;

use serde::de::{DeserializeOwned, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::connection::{Connection, display_name};
use super::wire::{ExperienceRow, MemberRow, ProjectRow, SuiteRow, SystemRow, TagRow};
use super::{ApiError, ApiErrorKind};

/// What every list of the API grants.
pub(crate) const PAGE: u32 = 100;
/// Asked for where the API states no limit; a server may give less.
pub(crate) const LARGE_PAGE: u32 = 10_000;
/// A list whose pages hold nothing but promise more is given up after so many of them.
const EMPTY_PAGES: u32 = 3;

/// A row of a list.
pub(crate) trait Row: DeserializeOwned + Send {
    /// The key of the page's array.
    const KEY: &'static str;
    /// What tells one row from another.
    fn id(&self) -> Uuid;
    /// Whether the row says that it is archived.
    fn archived(&self) -> Option<bool>;
}

macro_rules! row {
    ($type:ty, $key:literal, $archived:expr) => {
        impl Row for $type {
            const KEY: &'static str = $key;
            fn id(&self) -> Uuid {
                self.id
            }
            fn archived(&self) -> Option<bool> {
                let archived: fn(&$type) -> Option<bool> = $archived;
                archived(self)
            }
        }
    };
}

row!(ProjectRow, "projects", |row| row.archived);
row!(ExperienceRow, "experiences", |row| row.archived);
row!(MemberRow, "experiences", |row| row.archived);
row!(TagRow, "experienceTags", |_| None);
row!(SystemRow, "systems", |row| row.archived);
row!(SuiteRow, "testSuites", |row| row.archived);

/// One page as it was sent.
#[derive(Debug)]
pub(crate) struct Page<R> {
    pub(crate) rows: Vec<R>,
    /// Never empty.
    pub(crate) next: Option<String>,
    pub(crate) total: Option<u64>,
}

impl<'de, R: Row> Deserialize<'de> for Page<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PageVisitor<R>(PhantomData<R>);

        impl<'de, R: Row> Visitor<'de> for PageVisitor<R> {
            type Value = Page<R>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a page of `{}`", R::KEY)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut page = Page { rows: Vec::new(), next: None, total: None };
                let mut recognised = false;
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "nextPageToken" => page.next = map.next_value::<Option<String>>()?.filter(|token| !token.is_empty()),
                        "total" => page.total = map.next_value::<Option<i64>>()?.and_then(|total| total.try_into().ok()),
                        key if key == R::KEY => page.rows = map.next_value::<Option<Vec<R>>>()?.unwrap_or_default(),
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            continue;
                        }
                    }
                    recognised = true;
                }
                if recognised { Ok(page) } else { Err(A::Error::missing_field(R::KEY)) }
            }
        }

        deserializer.deserialize_map(PageVisitor(PhantomData))
    }
}

/// A list to read.
pub(crate) struct List<'a> {
    pub(crate) path: &'a str,
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// The filter `archived`, always sent where the list knows it.
    pub(crate) archived: Option<bool>,
    /// Whether the API states no page size for it.
    pub(crate) large: bool,
}

/// Why a list could not be read.
#[derive(Debug)]
pub(crate) enum ListError {
    /// A request failed.
    Api(ApiError),
    /// The pages contradict each other: worth reading once more.
    Contradiction(String),
}

impl From<ApiError> for ListError {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

/// The rows so far, and what must hold of them.
pub(crate) struct Collected<R> {
    rows: Vec<R>,
    archived: Option<bool>,
    ids: BTreeSet<Uuid>,
    tokens: BTreeSet<String>,
    total: Option<u64>,
    empty_pages: u32,
}

impl<R: Row> Collected<R> {
    pub(crate) fn new(archived: Option<bool>) -> Self {
        Self { rows: Vec::new(), archived, ids: BTreeSet::new(), tokens: BTreeSet::new(), total: None, empty_pages: 0 }
    }

    /// Adds a page; returns the token of the next one.
    pub(crate) fn add(&mut self, page: Page<R>) -> Result<Option<String>, String> {
        let Page { rows, next, total } = page;
        if let Some(total) = total {
            if self.total.is_some_and(|before| before != total) {
                return Err("`total` changed from page to page".into());
            }
            self.total = Some(total);
        }
        self.empty_pages = if rows.is_empty() { self.empty_pages + 1 } else { 0 };
        for row in &rows {
            if !self.ids.insert(row.id()) {
                return Err(format!("it lists {} twice", row.id()));
            }
            if let (Some(asked), Some(says)) = (self.archived, row.archived())
                && asked != says
            {
                return Err(format!("it lists {}, which is {}", row.id(), if says { "archived" } else { "not archived" }));
            }
        }
        if self.rows.is_empty() {
            self.rows = rows;
        } else {
            self.rows.extend(rows);
        }
        let Some(token) = next else { return Ok(None) };
        if !self.tokens.insert(token.clone()) {
            return Err("a page token came twice".into());
        }
        if self.empty_pages >= EMPTY_PAGES {
            // With as many rows as there are in total, the promise of more is empty too.
            let complete = self.total == Some(self.rows.len() as u64);
            return if complete { Ok(None) } else { Err("page after page was empty".into()) };
        }
        Ok(Some(token))
    }

    /// All rows, if they are as many as the server says.
    pub(crate) fn finish(self) -> Result<Vec<R>, String> {
        match self.total {
            Some(total) if total != self.rows.len() as u64 => Err(format!("it has {} rows, and `total` says {total}", self.rows.len())),
            Some(_) | None => Ok(self.rows),
        }
    }
}

impl Connection {
    /// Reads a list to its end; once more if it contradicts itself.
    pub(crate) async fn list<R: Row>(&self, list: &List<'_>) -> Result<Vec<R>, ApiError> {
        self.list_telling(list, |_| {}).await
    }

    /// The same; shows the first page as soon as it is there, if there are more.
    pub(crate) async fn list_telling<R: Row>(&self, list: &List<'_>, tell: impl FnOnce(&[R])) -> Result<Vec<R>, ApiError> {
        let mut tell = Some(tell);
        let mut again = false;
        loop {
            let first = self.first_page(list).await?;
            // Dropped in any case, so that who waits for it does not wait for the end of the list.
            if let (Some(tell), true) = (tell.take(), first.next.is_some()) {
                tell(&first.rows);
            }
            match self.rest(list, first).await {
                Ok(rows) => return Ok(rows),
                Err(ListError::Api(error)) => return Err(error),
                Err(ListError::Contradiction(what)) if again => return Err(moved(list, &what)),
                Err(ListError::Contradiction(_)) => again = true,
            }
        }
    }

    /// The first page, as large as the server lets it be.
    pub(crate) async fn first_page<R: Row>(&self, list: &List<'_>) -> Result<Page<R>, ApiError> {
        if list.large && !self.small_pages.load(Ordering::Relaxed) {
            match self.page(list, None, LARGE_PAGE).await {
                Err(error) if is_too_large(&error) => {
                    let page = self.page(list, None, PAGE).await?;
                    self.small_pages.store(true, Ordering::Relaxed);
                    return Ok(page);
                }
                Ok(page) => {
                    let Page { rows, next, total: _ } = &page;
                    if next.is_some() && rows.len() <= PAGE as usize {
                        self.small_pages.store(true, Ordering::Relaxed);
                    }
                    return Ok(page);
                }
                Err(error) => return Err(error),
            }
        }
        self.page(list, None, PAGE).await
    }

    /// The whole list, given its first page.
    pub(crate) async fn rest<R: Row>(&self, list: &List<'_>, first: Page<R>) -> Result<Vec<R>, ListError> {
        let mut collected = Collected::new(list.archived);
        let mut next = collected.add(first).map_err(ListError::Contradiction)?;
        while let Some(token) = next {
            let size = if list.large && !self.small_pages.load(Ordering::Relaxed) { LARGE_PAGE } else { PAGE };
            let page = self.page(list, Some(&token), size).await?;
            next = collected.add(page).map_err(ListError::Contradiction)?;
        }
        collected.finish().map_err(ListError::Contradiction)
    }

    async fn page<R: Row>(&self, list: &List<'_>, token: Option<&str>, size: u32) -> Result<Page<R>, ApiError> {
        let List { path, query, archived, large: _ } = list;
        let size = size.to_string();
        let mut parameters = query.to_vec();
        if let Some(archived) = archived {
            parameters.push(("archived", if *archived { "true" } else { "false" }));
        }
        parameters.push(("pageSize", &size));
        if let Some(token) = token {
            parameters.push(("pageToken", token));
        }
        self.get(path, &parameters).await
    }
}

/// Whether the server may have failed because of the page's size: it refuses it, or it (or a gateway before
/// it) cannot make an answer that large.
fn is_too_large(error: &ApiError) -> bool {
    match &error.kind {
        ApiErrorKind::Status { status, .. } => matches!(status, 400 | 413 | 422 | 500..),
        ApiErrorKind::NoAnswer(_) => true,
        ApiErrorKind::Connect(_)
        | ApiErrorKind::Malformed(_)
        | ApiErrorKind::Unauthorized(_)
        | ApiErrorKind::Deadline(_)
        | ApiErrorKind::StateMoved(_) => false,
    }
}

/// A list that contradicted itself twice.
pub(crate) fn moved(list: &List<'_>, what: &str) -> ApiError {
    let request = display_name(&reqwest::Method::GET, list.path);
    ApiError { request, kind: ApiErrorKind::StateMoved(format!("twice, {what}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(json: &str) -> Page<MemberRow> {
        serde_json::from_str(json).unwrap()
    }

    fn rows(ids: std::ops::Range<u32>, next: Option<&str>, total: Option<u64>) -> Page<MemberRow> {
        let rows = ids.map(|id| MemberRow { id: Uuid::from_u128(id.into()), archived: Some(false) }).collect();
        Page { rows, next: next.map(Into::into), total }
    }

    fn collect(pages: Vec<Page<MemberRow>>) -> Result<usize, String> {
        let mut collected = Collected::new(Some(false));
        for page in pages {
            collected.add(page)?;
        }
        collected.finish().map(|rows| rows.len())
    }

    #[test]
    fn every_kind_of_last_page_ends_the_list() {
        for last in [r#"{"experiences":[]}"#, r#"{"experiences":[],"nextPageToken":""}"#, r#"{"experiences":null,"nextPageToken":null}"#] {
            let page = page(last);
            assert!(page.next.is_none() && page.rows.is_empty(), "{last}");
        }
    }

    #[test]
    fn an_object_that_is_no_page_is_refused() {
        for other in ["{}", r#"{"message":"hello"}"#, r#"{"experience":[]}"#, "[]", "null"] {
            assert!(serde_json::from_str::<Page<MemberRow>>(other).is_err(), "{other}");
        }
        assert!(page(r#"{"nextPageToken":""}"#).rows.is_empty(), "recognisably a page");
        assert_eq!(page(r#"{"total":0}"#).total, Some(0));
    }

    #[test]
    fn whole_lists_are_taken() {
        assert_eq!(collect(vec![rows(0..2, Some("a"), Some(3)), rows(2..3, None, Some(3))]), Ok(3));
        assert_eq!(collect(vec![rows(0..2, Some("a"), None), rows(2..2, Some("b"), None), rows(2..3, None, None)]), Ok(3));
        assert_eq!(collect(vec![rows(0..0, None, None)]), Ok(0));
    }

    #[test]
    fn a_list_that_contradicts_itself_is_refused() {
        let cases = [
            ("twice", vec![rows(0..2, Some("a"), None), rows(1..3, None, None)]),
            ("`total` says 3", vec![rows(0..2, None, Some(3))]),
            ("`total` says 1", vec![rows(0..2, None, Some(1))]),
            ("changed", vec![rows(0..2, Some("a"), Some(3)), rows(2..3, None, Some(4))]),
            ("token", vec![rows(0..1, Some("a"), None), rows(1..2, Some("b"), None), rows(2..3, Some("a"), None)]),
            ("empty", vec![rows(0..0, Some("a"), None), rows(0..0, Some("b"), None), rows(0..0, Some("c"), None)]),
        ];
        for (word, pages) in cases {
            let error = collect(pages).unwrap_err();
            assert!(error.contains(word), "{word}: {error}");
        }
    }

    #[test]
    fn an_archived_row_among_live_ones_is_refused() {
        let archived = MemberRow { id: Uuid::nil(), archived: Some(true) };
        let error = collect(vec![Page { rows: vec![archived], next: None, total: None }]).unwrap_err();
        assert!(error.contains("is archived"), "{error}");
    }

    #[test]
    fn empty_pages_end_a_list_that_is_known_to_be_whole() {
        let mut collected = Collected::new(None);
        let mut next = collected.add(rows(0..2, Some("a"), Some(2))).unwrap();
        for token in ["b", "c", "d"] {
            assert!(next.is_some());
            next = collected.add(rows(0..0, Some(token), Some(2))).unwrap();
        }
        assert_eq!(next, None);
        assert_eq!(collected.finish().unwrap().len(), 2);
    }
}
