//! Pages and memberships against servers that page, count and search in their own ways.

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::ids::{ExperienceId, TagId};
use crate::snapshot::Snapshot;

const TAG: TagId = TagId(Uuid::from_u128(900));

fn id(number: usize) -> String {
    Uuid::from_u128(number as u128 + 1).to_string()
}

fn experience(number: usize) -> Value {
    json!({"experienceID": id(number), "name": format!("e{number}"), "archived": false})
}

/// How a scripted deployment answers.
#[derive(Clone, Copy)]
struct Deployment {
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
    fn reply(&self, seen: &Seen) -> Reply {
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

#[tokio::test]
async fn a_refused_page_size_falls_back_to_a_hundred() {
    let (_, server) = Deployment { refuses_large: true, largest: 100, ..GOOD }.read().await;
    let sizes: Vec<_> = server
        .seen()
        .into_iter()
        .filter(|seen| seen.query.contains_key("includeCustomFields"))
        .map(|seen| seen.query["pageSize"].clone())
        .collect();
    assert_eq!(sizes, ["10000", "100", "100", "100"]);
    let searches: Vec<_> = server.seen().into_iter().filter(|seen| seen.query.contains_key("search")).collect();
    assert_eq!(searches.iter().map(|seen| &*seen.query["pageSize"]).collect::<Vec<_>>(), ["100", "100"], "it is not tried again");
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
