//! Pages: sizes, orders and opaque tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::clock::derived_id;
use crate::reply::{Answer, Refusal, Reply};
use crate::request::{Request, invalid_parameter};
use crate::rules::{EndToken, PageTokens, Rules};
use crate::store::Stamp;

/// A row's place in an order; all orders ascend by it.
pub(crate) type Key = (i64, Uuid);

/// The largest page of every list but that of experiences.
const MAXIMUM: usize = 100;

/// How a list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// By ID.
    Id,
    /// By creation, newest first.
    Newest,
    /// By creation, oldest first.
    Oldest,
    /// By how well the name fits, then by ID.
    Rank,
}

impl Order {
    /// What `orderBy` asks for.
    pub(crate) fn of(request: &Request, rules: &Rules, ranked: bool) -> Result<Self, Refusal> {
        match request.parameter("orderBy") {
            None | Some("" | "id") => Ok(Self::Id),
            Some("timestamp") if rules.newest_first => Ok(Self::Newest),
            Some("timestamp") => Ok(Self::Oldest),
            Some("rank") if ranked => Ok(Self::Rank),
            Some(_) => Err(invalid_parameter("orderBy")),
        }
    }

    /// The key of a row that has no rank.
    pub(crate) fn key(self, id: Uuid, stamp: &Stamp) -> Key {
        let created = stamp.created.timestamp_millis();
        match self {
            Self::Id | Self::Rank => (0, id),
            Self::Newest => (created.saturating_neg(), id),
            Self::Oldest => (created, id),
        }
    }
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// At the first row.
    First,
    /// After this row.
    After(Key),
    /// After so many rows.
    Skip(usize),
}

/// What a request asks of a list.
#[derive(Clone, Debug)]
pub(crate) struct PageRequest {
    /// Rows.
    pub(crate) size: usize,
    /// Where to begin.
    pub(crate) start: Start,
    /// The same for all pages of one list: a token is good for its own list only.
    list: String,
}

/// One page.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// Its rows.
    pub(crate) rows: Vec<T>,
    /// The token of the page after it.
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// The same page of other rows.
    pub(crate) fn map<U>(self, row: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(row).collect(), next: self.next }
    }
}

impl PageRequest {
    /// Reads size and token; only lists of experiences have no fixed maximum.
    pub(crate) fn of(request: &Request, rules: &Rules, experiences: bool) -> Result<Self, Refusal> {
        let asked = match request.parameter("pageSize") {
            None => rules.page_default,
            Some(text) => text
                .parse::<usize>()
                .ok()
                .filter(|size| (1..=i32::MAX as usize).contains(size))
                .ok_or_else(|| invalid_parameter("pageSize"))?,
        };
        let (cap, clamps) = match (experiences, rules.page_cap) {
            (false, _) => (MAXIMUM, false),
            (true, None) => (usize::MAX, false),
            (true, Some(cap)) => (cap.rows, cap.clamps || request.parameter("pageSize").is_none()),
        };
        if asked > cap && !clamps {
            return Err(Refusal::bad(format!("pageSize must be at most {cap}")));
        }
        let list = fingerprint(&request.path, &request.query);
        let start = match request.parameter("pageToken") {
            None | Some("") => Start::First,
            Some(token) => decode(token, &list).ok_or_else(|| Refusal::bad("invalid pageToken"))?,
        };
        Ok(Self { size: asked.min(cap), start, list })
    }

    /// The key after which rows are wanted.
    pub(crate) fn after(&self) -> Option<Key> {
        match self.start {
            Start::After(key) => Some(key),
            Start::First | Start::Skip(_) => None,
        }
    }

    /// Cuts a page out of sorted rows; those up to [`Self::after`] may be left out beforehand.
    pub(crate) fn cut<T>(&self, rules: &Rules, rows: impl Iterator<Item = T>, key: impl Fn(&T) -> Key) -> Page<T> {
        let skip = match self.start {
            Start::Skip(count) => count,
            Start::First | Start::After(_) => 0,
        };
        let mut rows = rows.filter(|row| self.after().is_none_or(|after| key(row) > after)).skip(skip);
        let page: Vec<T> = rows.by_ref().take(self.size).collect();
        let next = match (rows.next(), page.last()) {
            (Some(_), Some(last)) => Some(match rules.page_tokens {
                PageTokens::Row => encode(&self.list, Start::After(key(last))),
                PageTokens::Offset => encode(&self.list, Start::Skip(skip.saturating_add(page.len()))),
            }),
            _ => None,
        };
        Page { rows: page, next }
    }
}

/// A token that leads to the first page of the list of this request.
pub(crate) fn first_token(path: &str, query: &str) -> String {
    let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    encode(&fingerprint(path, &query), Start::First)
}

fn fingerprint(path: &str, query: &[(String, String)]) -> String {
    let mut parts = vec![path];
    for (name, value) in query {
        if name != "pageToken" && name != "pageSize" {
            parts.extend([name.as_str(), value.as_str()]);
        }
    }
    let id = derived_id(0, &parts, 0).simple().to_string();
    id.chars().take(8).collect()
}

fn encode(list: &str, start: Start) -> String {
    let text = match start {
        Start::First => format!("{list}:"),
        Start::After((rank, id)) => format!("{list}:a:{rank}:{id}"),
        Start::Skip(count) => format!("{list}:s:{count}"),
    };
    URL_SAFE_NO_PAD.encode(text)
}

fn decode(token: &str, list: &str) -> Option<Start> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let rest = text.strip_prefix(list)?.strip_prefix(':')?;
    if rest.is_empty() {
        return Some(Start::First);
    }
    if let Some(count) = rest.strip_prefix("s:") {
        return Some(Start::Skip(count.parse().ok()?));
    }
    let (rank, id) = rest.strip_prefix("a:")?.split_once(':')?;
    Some(Start::After((rank.parse().ok()?, Uuid::try_parse(id).ok()?)))
}

/// Writes a page as its answer.
pub(crate) fn answer<T: Serialize>(rules: &Rules, name: &'static str, page: &Page<T>, total: Option<usize>) -> Answer {
    let end = match rules.end_token {
        EndToken::Empty => Some(json!("")),
        EndToken::Null => Some(Value::Null),
        EndToken::Absent => None,
    };
    // The page of suites, unlike that of one suite's revisions, is documented to carry a string always.
    let always = name == SUITES && total.is_some();
    let token = page.next.as_ref().map(|token| json!(token)).or(if always { Some(json!("")) } else { end });
    let mut tail = Map::new();
    if let Some(token) = token {
        tail.insert("nextPageToken".to_owned(), token);
    }
    if let Some(total) = total {
        tail.insert("total".to_owned(), json!(total));
    }
    Reply::ok(&PageBody { name, rows: &page.rows, tail })
}

/// The key of the rows of a page of suites or revisions.
pub(crate) const SUITES: &str = "testSuites";

struct PageBody<'a, T> {
    name: &'static str,
    rows: &'a [T],
    tail: Map<String, Value>,
}

impl<T: Serialize> Serialize for PageBody<'_, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(Some(1 + self.tail.len()))?;
        map.serialize_entry(self.name, self.rows)?;
        for (key, value) in &self.tail {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}
