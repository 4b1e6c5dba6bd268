//! Pages and memberships against servers that page, count and search in their own ways.

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::ids::{ExperienceId, TagId};
use crate::plan::{Demand, Known};
use crate::snapshot::Snapshot;

pub(super) const TAG: TagId = TagId(Uuid::from_u128(900));

fn id(number: usize) -> String {
    Uuid::from_u128(number as u128 + 1).to_string()
}

fn experience(number: usize) -> Value {
    json!({"experienceID": id(number), "name": format!("e{number}"), "archived": false})
}

/// How a scripted deployment answers.
#[derive(Clone, Copy)]
pub(super) struct Deployment {
    /// Live experiences.
    experiences: usize,
    /// The first so many of them have the tag.
    tagged: usize,
    /// The most rows a page of experiences has; a larger page is refused or made smaller.
    largest: usize,
    refuses_large: bool,
    totals: bool,
    search: Search,
}

#[derive(Clone, Copy, PartialEq)]
enum Search {
    Works,
    Refused,
    /// Finds everything, whatever is searched for.
    Ignored,
    /// Finds one less.
    Forgetful,
}

const GOOD: Deployment =
    Deployment { experiences: 250, tagged: 150, largest: 100_000, refuses_large: false, totals: true, search: Search::Works };

impl Deployment {
    /// One without quirks.
    pub(super) const fn good(experiences: usize, tagged: usize) -> Self {
        Self { experiences, tagged, ..GOOD }
    }

    pub(super) fn reply(&self, seen: &Seen) -> Reply {
        let asked: usize = seen.query.get("pageSize").map_or(100, |size| size.parse().unwrap());
        let whole = seen.path.rsplit('/').next().unwrap();
        let archived = seen.query.get("archived").is_some_and(|archived| archived == "true");
        let rows: Vec<Value> = match (whole, seen.query.get("search")) {
            _ if archived => vec![],
            ("experiences", Some(search)) => match self.search {
                Search::Refused => return Reply::Json(400, json!({"message": "no search here"})),
                Search::Ignored => (0..self.experiences).map(experience).collect(),
                Search::Works | Search::Forgetful if !search.contains(&TAG.to_string()) => vec![],
                Search::Works => (0..self.tagged).map(experience).collect(),
                Search::Forgetful => (1..self.tagged).map(experience).collect(),
            },
            ("experiences", None) if seen.path.contains("experienceTags") => (0..self.tagged).map(experience).collect(),
            ("experiences", None) => (0..self.experiences).map(experience).collect(),
            ("experienceTags", _) => vec![json!({"experienceTagID": TAG.0, "name": "t", "description": ""})],
            _ => vec![],
        };
        let large = whole == "experiences" && !seen.path.contains("experienceTags");
        let largest = if large { self.largest } else { 100 };
        if asked > largest && (self.refuses_large || !large) {
            return Reply::Json(400, json!({"message": "pageSize is too large"}));
        }
        let start: usize = seen.query.get("pageToken").map_or(0, |token| token.parse().unwrap());
        let end = rows.len().min(start + asked.min(largest));
        let key = match whole {
            "suites" => "testSuites",
            other => other,
        };
        let next = if end < rows.len() { end.to_string() } else { String::new() };
        let mut page = json!({key: rows[start..end], "nextPageToken": next});
        if self.totals {
            page["total"] = json!(rows.len());
        }
        Reply::Json(200, page)
    }

    async fn read(self) -> (Snapshot, Server) {
        let server = project_server(move |seen, _| self.reply(seen)).await;
        let snapshot = open(&server).await.read(Scope::Live { archived_experiences: false }).await.unwrap();
        assert_eq!(snapshot.experiences.len(), self.experiences);
        let tagged: BTreeSet<ExperienceId> = (0..self.tagged).map(|number| ExperienceId(Uuid::try_parse(&id(number)).unwrap())).collect();
        assert_eq!(snapshot.tags[&TAG].members.live, Some(tagged));
        (snapshot, server)
    }
}

#[tokio::test]
async fn a_good_deployment_takes_few_requests() {
    let (_, server) = GOOD.read().await;
    let paths: Vec<_> = server.seen().into_iter().map(|seen| seen.path.rsplit('/').next().unwrap().to_owned()).collect();
    // The project, four lists, the tag's first page, one search for the rest.
    assert_eq!(paths.len(), 7, "{paths:?}");
    let live = server.seen().into_iter().find(|seen| seen.query.contains_key("includeCustomFields")).unwrap();
    assert_eq!((&*live.query["archived"], &*live.query["pageSize"]), ("false", "10000"));
}

#[tokio::test]
async fn a_small_membership_takes_one_request() {
    let (_, server) = Deployment { tagged: 100, ..GOOD }.read().await;
    assert_eq!(server.seen().len(), 6);
}

/// A search for members.
fn is_search(seen: &Seen) -> bool {
    seen.query.contains_key("search")
}

/// A later page of the live experiences: by then their first one is known.
fn is_later_page(seen: &Seen) -> bool {
    seen.query.contains_key("includeCustomFields") && seen.query.contains_key("pageToken")
}

#[tokio::test]
async fn a_refused_page_size_falls_back_to_a_hundred() {
    let server = project_server(|seen, _| {
        let reply = Deployment { refuses_large: true, largest: 100, ..GOOD }.reply(seen);
        let known = |all: &[Seen]| all.iter().any(is_later_page);
        if seen.path.contains("experienceTags/") { Reply::Once(Box::new(known), Box::new(reply)) } else { reply }
    })
    .await;
    let snapshot = open(&server).await.read(Scope::Live { archived_experiences: false }).await.unwrap();
    assert_eq!(snapshot.tags[&TAG].members.live.as_ref().unwrap().len(), 150);
    let sizes: Vec<_> = server
        .seen()
        .into_iter()
        .filter(|seen| seen.query.contains_key("includeCustomFields"))
        .map(|seen| seen.query["pageSize"].clone())
        .collect();
    assert_eq!(sizes, ["10000", "100", "100", "100"]);
    assert!(!server.seen().iter().any(is_search), "a search would take as many pages");
    assert_eq!(server.count("experienceTags/"), 2);
}

#[tokio::test]
async fn a_search_that_comes_in_small_pages_is_given_up_after_the_first() {
    // The search is under way when the first small page tells that it does not pay.
    let server = project_server(|seen, _| {
        let reply = Deployment { largest: 100, ..GOOD }.reply(seen);
        let searched = |all: &[Seen]| all.iter().any(is_search);
        if seen.query.contains_key("includeCustomFields") { Reply::Once(Box::new(searched), Box::new(reply)) } else { reply }
    })
    .await;
    let demand = demanding(150);
    let snapshot = open(&server).await.read(Scope::Demanded(&demand)).await.unwrap();
    assert_eq!(snapshot.tags[&TAG].members.live.as_ref().unwrap().len(), 150);
    assert_eq!(server.seen().iter().filter(|seen| is_search(seen)).count(), 1);
    assert_eq!(server.count("experienceTags/"), 2);
}

#[tokio::test]
async fn a_server_that_gives_less_than_asked_is_followed() {
    for totals in [true, false] {
        Deployment { largest: 30, totals, ..GOOD }.read().await;
    }
}

#[tokio::test]
async fn a_page_too_large_for_the_server_is_asked_for_in_parts() {
    for broken in [|| Reply::Raw(504, vec![], String::new()), || Reply::Raw(413, vec![], String::new()), || Reply::Cut] {
        let server =
            project_server(
                move |seen, _| {
                    if seen.query.get("pageSize").is_some_and(|size| size == "10000") { broken() } else { GOOD.reply(seen) }
                },
            )
            .await;
        let snapshot = open(&server).await.read(Scope::Live { archived_experiences: false }).await.unwrap();
        assert_eq!(snapshot.experiences.len(), 250);
    }
}

#[tokio::test]
async fn a_search_is_trusted_without_totals_once_it_finds_nobody_where_nobody_is() {
    let (_, server) = Deployment { totals: false, ..GOOD }.read().await;
    assert_eq!(server.seen().iter().filter(|seen| seen.query.contains_key("search")).count(), 2);
    assert_eq!(server.count("experienceTags/"), 1);
}

#[tokio::test]
async fn a_search_that_does_not_agree_is_not_used() {
    for totals in [true, false] {
        for search in [Search::Refused, Search::Ignored, Search::Forgetful] {
            let (_, server) = Deployment { totals, search, ..GOOD }.read().await;
            assert_eq!(server.count("experienceTags/"), 2, "both pages of the membership");
        }
    }
}

/// The live lists, which need nothing but the project.
const LISTS: &[&str] = &["00000001/experiences?includeCustomFields", "/experienceTags", "/systems", "/suites"];

/// Demands the tag's members, of which the config lists so many.
pub(super) fn demanding(listed: usize) -> impl Fn(Known<'_>) -> Demand + Sync {
    move |_| Demand { tags: [(TAG, listed)].into(), ..Demand::default() }
}

/// The requests that do not need each other's answers, in the order of a plan: none of a row is answered before
/// all of it have arrived.
async fn in_rows(deployment: Deployment, rows: &'static [&'static [&'static str]], listed: usize) -> Server {
    fn is_of(seen: &Seen, part: &str) -> bool {
        let (path, word) = part.split_once('?').unwrap_or((part, ""));
        let query = seen.query.iter().any(|(name, value)| format!("{name}={value}").contains(word));
        seen.path.ends_with(path) && (word.is_empty() || query)
    }
    let server = project_server(move |seen, _| {
        let row = rows.iter().find(|row| row.iter().any(|part| is_of(seen, part)));
        let row = *row.unwrap_or_else(|| panic!("unexpected: {seen:?}"));
        let complete = move |all: &[Seen]| row.iter().all(|part| all.iter().any(|seen| is_of(seen, part)));
        Reply::Once(Box::new(complete), Box::new(deployment.reply(seen)))
    })
    .await;
    let demand = demanding(listed);
    let resim = open(&server).await;
    let read = tokio::time::timeout(Duration::from_secs(60), resim.read(Scope::Demanded(&demand))).await;
    let snapshot = read.expect("a request waits for an answer that it does not need").unwrap();
    assert_eq!(snapshot.tags[&TAG].members.live.as_ref().unwrap().len(), deployment.tagged);
    server
}

#[tokio::test]
async fn members_and_the_search_for_them_take_one_round_trip() {
    const MEMBERS: &[&str] = &["0384/experiences?archived=false", "00000001/experiences?search"];
    let server = in_rows(GOOD, &[MEMBERS, LISTS], 150).await;
    assert_eq!(server.seen().len(), 1 + 4 + 2);
}

#[tokio::test]
async fn nothing_is_searched_for_where_a_page_is_expected_to_do() {
    const MEMBERS: &[&str] = &["0384/experiences?archived=false"];
    for listed in [0, 100] {
        let server = in_rows(Deployment { tagged: 100, ..GOOD }, &[MEMBERS, LISTS], listed).await;
        assert_eq!(server.seen().len(), 1 + 4 + 1);
    }
}

#[tokio::test]
async fn later_pages_and_members_are_read_side_by_side() {
    const FIRST: &[&str] = &["00000001/experiences?pageSize=10000", "/experienceTags", "/systems", "/suites"];
    const SECOND: &[&str] = &["00000001/experiences?pageToken=100", "0384/experiences?archived=false"];
    const THIRD: &[&str] = &["00000001/experiences?pageToken=200", "0384/experiences?pageToken=100"];
    in_rows(Deployment { largest: 100, ..GOOD }, &[THIRD, SECOND, FIRST], 150).await;
}

#[tokio::test]
async fn a_search_that_finds_too_much_is_not_tried_for_others() {
    let tags = json!({"experienceTags": [{"experienceTagID": TAG.0, "name": "t"}, {"experienceTagID": Uuid::from_u128(901), "name": "u"}]});
    let server = project_server(move |seen, _| {
        if seen.path.ends_with("/experienceTags") {
            return Reply::Json(200, tags.clone());
        }
        let reply = Deployment { search: Search::Ignored, ..GOOD }.reply(seen);
        let first_page = seen.path.ends_with("0385/experiences") && !seen.query.contains_key("pageToken");
        // The second tag's turn comes when the first one's search has been found out.
        let second_page =
            |all: &[Seen]| all.iter().any(|seen| seen.path.ends_with("0384/experiences") && seen.query.contains_key("pageToken"));
        if first_page { Reply::Once(Box::new(second_page), Box::new(reply)) } else { reply }
    })
    .await;
    open(&server).await.read(Scope::Live { archived_experiences: false }).await.unwrap();
    assert_eq!(server.seen().iter().filter(|seen| seen.query.contains_key("search")).count(), 1);
}

/// A deployment whose answers to one list are bent for as many times as said.
async fn bent(times: usize, which: &'static str, bend: fn(&mut Value)) -> (Result<Snapshot, ApiError>, Server) {
    let left = std::sync::atomic::AtomicUsize::new(times);
    let server = project_server(move |seen, _| {
        let Reply::Json(status, mut page) = Deployment { tagged: 3, experiences: 5, ..GOOD }.reply(seen) else { panic!() };
        let concerned = seen.path.ends_with(which);
        let count = |left: usize| left.checked_sub(1);
        if concerned && left.fetch_update(std::sync::atomic::Ordering::SeqCst, std::sync::atomic::Ordering::SeqCst, count).is_ok() {
            bend(&mut page);
        }
        Reply::Json(status, page)
    })
    .await;
    (open(&server).await.read(Scope::Live { archived_experiences: false }).await, server)
}

#[tokio::test]
async fn a_list_that_contradicts_itself_is_read_once_more() {
    let bends: [fn(&mut Value); 4] = [
        |page| page["total"] = json!(6),
        |page| page["experiences"].as_array_mut().unwrap().push(experience(0)),
        |page| page["experiences"][0]["archived"] = json!(true),
        |page| page["experiences"] = json!([]),
    ];
    for bend in bends {
        let list = "00000001/experiences";
        let (once, server) = bent(1, list, bend).await;
        assert_eq!(once.unwrap().experiences.len(), 5);
        // Project, four lists, one of them twice, the members.
        assert_eq!(server.seen().len(), 7, "only this list is read again");
        let (twice, _) = bent(2, list, bend).await;
        let error = twice.unwrap_err();
        assert!(matches!(error.kind, ApiErrorKind::StateMoved(_)), "{error}");
        assert!(error.request.ends_with("/experiences") && error.hint().is_some(), "{error}");
    }
}

#[tokio::test]
async fn a_token_that_comes_again_ends_the_read() {
    let (outcome, server) = bent(9, "00000001/experiences", |page| {
        page["nextPageToken"] = json!("0");
        page["total"] = Value::Null;
        let number = page["experiences"].as_array().unwrap().len();
        page["experiences"] = json!([]);
        assert_eq!(number, 5);
    })
    .await;
    assert!(matches!(outcome.unwrap_err().kind, ApiErrorKind::StateMoved(_)));
    assert!(server.count("experiences") <= 8);
}

#[tokio::test]
async fn lists_that_contradict_each_other_are_read_once_more() {
    fn stranger(page: &mut Value) {
        page["experiences"].as_array_mut().unwrap().push(experience(77));
        page["total"] = json!(4);
    }
    let (once, server) = bent(1, "/experienceTags/00000000-0000-0000-0000-000000000384/experiences", stranger).await;
    assert_eq!(once.unwrap().tags[&TAG].members.live.as_ref().unwrap().len(), 3);
    assert_eq!(server.seen().len(), 8, "the members and the live experiences are read again");
    let (twice, _) = bent(2, "/experienceTags/00000000-0000-0000-0000-000000000384/experiences", stranger).await;
    let error = twice.unwrap_err();
    assert!(matches!(&error.kind, ApiErrorKind::StateMoved(what) if what.contains("tag 00000000")), "{error}");
}

#[tokio::test]
async fn a_page_without_its_rows_fails_the_read() {
    let (outcome, _) = bent(9, "/systems", |page| *page = json!({})).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.to_string(), "GET …/systems: answer not understood: missing field `systems` at line 1 column 2");
}

#[tokio::test]
async fn one_failed_page_fails_the_read() {
    let server = project_server(|seen, _| {
        if seen.query.contains_key("pageToken") { Reply::Json(403, json!({})) } else { Deployment { largest: 100, ..GOOD }.reply(seen) }
    })
    .await;
    let error = open(&server).await.read(Scope::Live { archived_experiences: false }).await.unwrap_err();
    assert_eq!(error.status(), Some(403));
}
