//! Members that are asked for before all lists are there, and lists that another one calls for.

use std::sync::atomic::{AtomicBool, Ordering};

use super::lists::{Deployment, TAG, demanding};
use super::*;
use crate::plan::{Demand, Known, LiveLists};
use crate::snapshot::Snapshot;

/// Three experiences, all with the tag.
const SMALL: Deployment = Deployment::good(3, 3);

fn is_live(seen: &Seen) -> bool {
    seen.query.contains_key("includeCustomFields")
}

fn is_members(seen: &Seen) -> bool {
    seen.path.contains("experienceTags/")
}

/// Wants the tag's members until the live experiences are there.
fn fickle(known: Known<'_>) -> Demand {
    if known.live == LiveLists::Read { Demand::default() } else { demanding(3)(known) }
}

/// Reads from a server that answers the members as told, and the live experiences only once these were asked for.
async fn read(demand: &(dyn Fn(Known<'_>) -> Demand + Sync), members: fn() -> Reply) -> (Result<Snapshot, ApiError>, Server) {
    let server = project_server(move |seen, _| {
        if is_members(seen) {
            return members();
        }
        let reply = SMALL.reply(seen);
        let asked = |all: &[Seen]| all.iter().any(is_members);
        if is_live(seen) { Reply::Once(Box::new(asked), Box::new(reply)) } else { reply }
    })
    .await;
    let resim = open(&server).await;
    let read = tokio::time::timeout(Duration::from_secs(60), resim.read(Scope::Demanded(demand))).await;
    (read.expect("a list waits for an answer that it does not need"), server)
}

#[tokio::test]
async fn members_that_turn_out_not_to_be_wanted_leave_no_trace() {
    fn strangers() -> Reply {
        Reply::Json(200, json!({"experiences": [{"experienceID": "00000000-0000-0000-0000-00000000ffff", "name": "x"}], "total": 1}))
    }
    let answers: [fn() -> Reply; 3] = [strangers, || Reply::Json(403, json!({"message": "no"})), || Reply::Hang];
    for members in answers {
        let (snapshot, server) = read(&fickle, members).await;
        assert_eq!(snapshot.unwrap().tags[&TAG].members.live, None);
        assert_eq!(server.seen().len(), 1 + 4 + 1, "nothing is read again");
    }
}

#[tokio::test]
async fn members_that_are_wanted_after_all_fail_the_read() {
    let (read, _) = read(&demanding(3), || Reply::Json(403, json!({"message": "no"}))).await;
    assert_eq!(read.unwrap_err().status(), Some(403));
}

#[tokio::test]
async fn members_that_were_given_up_are_read_once_they_are_wanted() {
    // Not wanted with the live experiences alone, but with the archived ones.
    let demand = |known: Known<'_>| {
        let wanted = if known.archived.is_some() { demanding(3)(known) } else { fickle(known) };
        Demand { archived_experiences: true, ..wanted }
    };
    let asked = AtomicBool::new(false);
    let server = project_server(move |seen, _| match seen {
        _ if is_members(seen) && !asked.swap(true, Ordering::SeqCst) => Reply::Hang,
        _ if is_live(seen) && seen.query["archived"] == "false" => {
            Reply::Once(Box::new(|all| all.iter().any(is_members)), Box::new(SMALL.reply(seen)))
        }
        _ => SMALL.reply(seen),
    })
    .await;
    let resim = open(&server).await;
    let read = tokio::time::timeout(Duration::from_secs(60), resim.read(Scope::Demanded(&demand))).await;
    let snapshot = read.expect("the first answer of the members never comes").unwrap();
    assert_eq!(snapshot.tags[&TAG].members.live.as_ref().map(std::collections::BTreeSet::len), Some(3));
}

#[tokio::test]
async fn members_that_are_wanted_in_any_case_do_not_wait_for_the_live_experiences() {
    let server = project_server(|seen, _| {
        let reply = Deployment::good(250, 3).reply(seen);
        let asked = |all: &[Seen]| all.iter().any(|seen| seen.path.contains("experienceTags/"));
        if seen.query.contains_key("includeCustomFields") { Reply::Once(Box::new(asked), Box::new(reply)) } else { reply }
    })
    .await;
    let demand = |known: Known<'_>| {
        assert_eq!(known.live == LiveLists::Read, !known.lists.experiences.is_empty());
        demanding(3)(known)
    };
    let resim = open(&server).await;
    let read = tokio::time::timeout(Duration::from_secs(60), resim.read(Scope::Demanded(&demand))).await;
    let snapshot = read.expect("the members wait for the experiences").unwrap();
    assert_eq!((snapshot.experiences.len(), server.seen().len()), (250, 1 + 4 + 1));
}

#[tokio::test]
async fn what_a_list_that_is_read_again_wants_is_read_too() {
    // The tag's third member is missing in the first reading of the live experiences.
    let read = AtomicBool::new(false);
    let server = project_server(move |seen, _| {
        let short =
            seen.query.contains_key("includeCustomFields") && seen.query["archived"] == "false" && !read.swap(true, Ordering::SeqCst);
        Deployment::good(if short { 2 } else { 3 }, 3).reply(seen)
    })
    .await;
    let demand = |known: Known<'_>| Demand { archived_experiences: known.lists.experiences.len() == 3, ..demanding(3)(known) };
    let snapshot = open(&server).await.read(Scope::Demanded(&demand)).await.unwrap();
    assert_eq!((snapshot.experiences.len(), snapshot.read.archived_experiences), (3, true));
}

#[tokio::test]
async fn archived_experiences_do_not_wait_for_members() {
    let server = project_server(|seen, _| {
        let reply = Deployment::good(250, 3).reply(seen);
        let asked = |all: &[Seen]| all.iter().any(|seen| seen.query.get("archived").is_some_and(|archived| archived == "true"));
        if seen.path.contains("experienceTags/") { Reply::Once(Box::new(asked), Box::new(reply)) } else { reply }
    })
    .await;
    let demand = |known: Known<'_>| Demand { archived_experiences: true, ..demanding(3)(known) };
    let resim = open(&server).await;
    let read = tokio::time::timeout(Duration::from_secs(60), resim.read(Scope::Demanded(&demand))).await;
    let snapshot = read.expect("the archived experiences wait for the members").unwrap();
    assert!(snapshot.read.archived_experiences);
    assert_eq!(server.seen().len(), 1 + 4 + 1 + 1);
}
