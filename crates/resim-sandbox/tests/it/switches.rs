//! Each open question can be answered either way.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, column, text};

async fn page(api: &Api, path: &str) -> (u16, usize, Value) {
    let (status, body) = api.get(path).await;
    (status, body["experiences"].as_array().map_or(0, Vec::len), body["nextPageToken"].clone())
}

async fn with_experiences(faults: &[&str], names: &[&str]) -> (Api, Vec<String>) {
    let api = Api::with(faults).await;
    let mut ids = Vec::new();
    for name in names {
        ids.push(api.experience(name).await);
    }
    (api, ids)
}

#[tokio::test]
async fn page_of_experiences_is_unbounded_capped_or_clamped() {
    let names = ["a", "b", "c"];
    let (api, _) = with_experiences(&[], &names).await;
    assert_eq!(page(&api, "{}/experiences?pageSize=1000000").await, (200, 3, json!("")));
    assert_eq!(api.get("{}/experienceTags?pageSize=101").await.0, 400);
    let (api, _) = with_experiences(&["page-cap=2"], &names).await;
    assert_eq!(page(&api, "{}/experiences?pageSize=3").await.0, 400);
    assert_eq!(page(&api, "{}/experiences").await.1, 2);
    let (api, _) = with_experiences(&["page-cap=2:clamp"], &names).await;
    assert_eq!(page(&api, "{}/experiences?pageSize=3").await.1, 2);
    let (api, _) = with_experiences(&["page-default=1"], &names).await;
    assert_eq!(page(&api, "{}/experiences").await.1, 1);
    for size in ["0", "-1", "x", "99999999999999999999"] {
        assert_eq!(page(&api, &format!("{{}}/experiences?pageSize={size}")).await.0, 400, "{size}");
    }
}

#[tokio::test]
async fn last_page_ends_as_it_is_told_but_suites_always_send_a_string() {
    for (switch, end) in [("end-token=empty", Some(json!(""))), ("end-token=null", Some(Value::Null)), ("end-token=absent", None)] {
        let api = Api::with(&[switch]).await;
        for list in ["experiences", "experienceTags", "systems"] {
            assert_eq!(api.get(&format!("{{}}/{list}")).await.1.get("nextPageToken"), end.as_ref(), "{switch} {list}");
        }
        assert_eq!(api.get("{}/suites").await.1["nextPageToken"], json!(""), "{switch}");
    }
}

#[tokio::test]
async fn pages_hold_each_row_once_in_every_order_and_tokens_fit_their_own_list() {
    for (switch, order) in [
        ("page-tokens=row", ""),
        ("page-tokens=offset", ""),
        ("timestamp-order=newest", "&orderBy=timestamp"),
        ("timestamp-order=oldest", "&orderBy=timestamp"),
    ] {
        let (api, ids) = with_experiences(&[switch], &["a", "b", "c", "d", "e"]).await;
        let (mut seen, mut token, mut foreign) = (Vec::new(), String::new(), String::new());
        loop {
            let (status, body) = api.get(&format!("{{}}/experiences?pageSize=2{order}&pageToken={token}")).await;
            assert_eq!((status, &body["total"]), (200, &json!(5)));
            seen.extend(body["experiences"].as_array().unwrap().iter().map(|row| text(&row["experienceID"])));
            token = text(&body["nextPageToken"]);
            if token.is_empty() {
                break;
            }
            foreign.clone_from(&token);
        }
        let mut sorted = (seen.clone(), ids.clone());
        sorted.0.sort();
        sorted.1.sort();
        assert_eq!(sorted.0, sorted.1, "{switch}");
        match switch {
            "timestamp-order=newest" => assert!(seen.iter().eq(ids.iter().rev())),
            "timestamp-order=oldest" => assert_eq!(seen, ids),
            _ => {}
        }
        assert_eq!(api.get(&format!("{{}}/experiences?archived=true&pageToken={foreign}")).await.0, 400);
        assert_eq!(api.get("{}/experiences?pageToken=%21").await.0, 400);
    }
}

#[tokio::test]
async fn row_that_goes_meanwhile_hides_another_under_offset_tokens_only() {
    for (switch, seen) in [("page-tokens=row", 2), ("page-tokens=offset", 1)] {
        let (api, _) = with_experiences(&[switch], &["a", "b", "c"]).await;
        let first = api.get("{}/experiences?pageSize=1").await.1;
        api.delete(&format!("{{}}/experiences/{}", text(&first["experiences"][0]["experienceID"]))).await;
        let token = text(&first["nextPageToken"]);
        let rest = api.get(&format!("{{}}/experiences?pageSize=100&pageToken={token}")).await.0;
        assert_eq!(rest, 200);
        // The token belongs to the list whatever the page's size.
        let (_, rows, _) = page(&api, &format!("{{}}/experiences?pageSize=50&pageToken={token}")).await;
        assert_eq!(rows, seen, "{switch}");
    }
}

#[tokio::test]
async fn absent_archived_lists_both_or_the_live_ones() {
    for (switch, rows) in [("archived-default=both", 2), ("archived-default=live", 1)] {
        let (api, ids) = with_experiences(&[switch], &["a", "b"]).await;
        let (tag, system) = (api.tag("t").await, api.system("s").await);
        let (kept, gone) = (api.suite("kept", &system, &[]).await, api.suite("gone", &system, &[]).await);
        assert_ne!(kept, gone);
        api.post("{}/experienceTags/addExperiences", json!({ "experienceTagIDs": [tag], "experiences": ids })).await;
        api.delete(&format!("{{}}/experiences/{}", ids[0])).await;
        api.delete(&format!("{{}}/suites/{gone}")).await;
        assert_eq!(page(&api, &format!("{{}}/experienceTags/{tag}/experiences")).await.1, rows, "{switch}");
        assert_eq!(api.get("{}/suites").await.1["total"], json!(rows), "{switch}");
        for (archived, name) in [("true", "a"), ("false", "b")] {
            let members = api.get(&format!("{{}}/experienceTags/{tag}/experiences?archived={archived}")).await.1;
            assert_eq!(column(&members, "experiences", "name"), [name]);
        }
    }
}

#[tokio::test]
async fn bulk_request_with_a_present_pair_is_refused_whole_or_passes_over_it() {
    for (switch, status, tagged) in [("bulk-present=conflict", 409, 1), ("bulk-present=skip", 201, 2)] {
        let (api, ids) = with_experiences(&[switch], &["a", "b"]).await;
        let tag = api.tag("t").await;
        api.send(Method::POST, &format!("{{}}/experienceTags/{tag}/experiences/{}", ids[0]), None).await;
        let body = json!({ "experienceTagIDs": [tag], "experiences": ids });
        assert_eq!(api.post("{}/experienceTags/addExperiences", body).await.0, status);
        assert_eq!(page(&api, &format!("{{}}/experienceTags/{tag}/experiences")).await.1, tagged, "{switch}");
        let system = api.system("s").await;
        let body = json!({ "systemIDs": [system], "experiences": ids });
        assert_eq!(api.post("{}/systems/removeExperiences", body).await.0, if status == 409 { 404 } else { 201 });
    }
}

#[tokio::test]
async fn bulk_lists_are_bounded_and_empty_ones_refused_where_told() {
    let (api, ids) = with_experiences(&["bulk-limit=1"], &["a", "b"]).await;
    assert_eq!(api.post("{}/experiences/archive", json!({ "experienceIDs": ids })).await.0, 400);
    assert_eq!(api.post("{}/experiences/archive", json!({ "experienceIDs": [] })).await.0, 400);
    api.sandbox.add_fault("empty-bulk=allowed\nbulk-limit=none").unwrap();
    assert_eq!(api.post("{}/experiences/archive", json!({ "experienceIDs": [] })).await, (200, json!(0)));
    assert_eq!(api.post("{}/experiences/archive", json!({ "experienceIDs": ids })).await, (200, json!(2)));
}

#[tokio::test]
async fn tags_in_a_mask_replace_or_add() {
    for (switch, tags) in [("mask-ids=replace", vec!["new"]), ("mask-ids=add", vec!["new", "old"])] {
        let api = Api::with(&[switch]).await;
        let (old, new) = (api.tag("old").await, api.tag("new").await);
        let body = json!({ "name": "a", "description": "", "experienceTagIDs": [old] });
        let id = text(&api.post("{}/experiences", body).await.1["experienceID"]);
        let change = json!({ "experience": { "experienceTagIDs": [new] }, "updateMask": ["experienceTagIDs"] });
        assert_eq!(api.patch(&format!("{{}}/experiences/{id}"), change).await.0, 200);
        let rows = api.get(&format!("{{}}/experiences/{id}/experienceTags")).await.1;
        assert_eq!(column(&rows, "experienceTags", "name"), tags, "{switch}");
    }
}

#[tokio::test]
async fn mask_decides_and_null_in_it_is_refused_in_the_servers_words() {
    for (switch, status, profile) in [("no-mask=present", 200, "p"), ("no-mask=nothing", 200, ""), ("no-mask=refused", 400, "")] {
        let (api, ids) = with_experiences(&[switch], &["a"]).await;
        let one = format!("{{}}/experiences/{}", ids[0]);
        assert_eq!(api.patch(&one, json!({ "experience": { "profile": "p" } })).await.0, status, "{switch}");
        assert_eq!(api.get(&one).await.1["profile"], json!(profile), "{switch}");
        for experience in [json!({}), json!({ "customFields": null })] {
            let (status, body) = api.patch(&one, json!({ "experience": experience, "updateMask": ["customFields"] })).await;
            assert_eq!((status, &body["message"]), (400, &json!("Missing CustomFields field, field is included in mask.")));
        }
        assert_eq!(api.patch(&one, json!({ "experience": {}, "updateMask": ["color"] })).await.0, 400);
    }
}

#[tokio::test]
async fn suite_takes_the_members_that_it_is_told_to_take() {
    for (switch, empty, archived, unregistered) in [
        ("suite-members=any", 201, 201, 201),
        ("empty-suite=refused", 400, 201, 201),
        ("suite-members=live", 201, 400, 201),
        ("suite-members=registered", 201, 400, 400),
    ] {
        let (api, ids) = with_experiences(&[switch], &["live", "gone", "registered"]).await;
        let system = api.system("s").await;
        api.send(Method::POST, &format!("{{}}/systems/{system}/experiences/{}", ids[2]), None).await;
        api.delete(&format!("{{}}/experiences/{}", ids[1])).await;
        let make = async |name: &str, members: Value| {
            api.post("{}/suites", json!({ "name": name, "description": "", "systemID": system, "experiences": members })).await.0
        };
        assert_eq!(make("empty", json!([])).await, empty, "{switch}");
        assert_eq!(make("archived", json!([ids[1]])).await, archived, "{switch}");
        assert_eq!(make("unregistered", json!([ids[0]])).await, unregistered, "{switch}");
        assert_eq!(make("registered", json!([ids[2]])).await, 201, "{switch}");
    }
}

#[tokio::test]
async fn suite_that_moves_to_another_system_keeps_only_members_of_it_where_that_is_the_rule() {
    let (api, ids) = with_experiences(&["suite-members=registered"], &["a"]).await;
    let (s, other) = (api.system("s").await, api.system("other").await);
    api.send(Method::POST, &format!("{{}}/systems/{s}/experiences/{}", ids[0]), None).await;
    let suite = api.suite("gate", &s, &[&ids[0]]).await;
    let moved = json!({ "systemID": other, "updateMetricsBuild": false });
    assert_eq!(api.patch(&format!("{{}}/suites/{suite}"), moved).await.0, 400);
}

#[tokio::test]
async fn archive_and_restore_do_to_suites_and_groups_what_they_are_told() {
    for (switches, revision, after_archive, after_restore, tagged) in [
        (&[][..], 1, 0, 0, 1),
        (&["archived-in-suites=listed"], 1, 1, 1, 1),
        (&["archive-revises=no"], 0, 0, 0, 1),
        (&["restore-rejoins=yes"], 1, 0, 1, 1),
        (&["archived-members=dropped"], 1, 0, 0, 0),
    ] {
        let (api, ids) = with_experiences(switches, &["a"]).await;
        let (tag, system) = (api.tag("t").await, api.system("s").await);
        api.send(Method::POST, &format!("{{}}/experienceTags/{tag}/experiences/{}", ids[0]), None).await;
        let suite = format!("{{}}/suites/{}", api.suite("gate", &system, &[&ids[0]]).await);
        let members = async || api.get(&suite).await.1["experiences"].as_array().unwrap().len();
        api.post("{}/experiences/archive", json!({ "experienceIDs": ids })).await;
        assert_eq!(api.get(&suite).await.1["testSuiteRevision"], json!(revision), "{switches:?}");
        assert_eq!(members().await, after_archive, "{switches:?}");
        assert_eq!(page(&api, &format!("{{}}/experienceTags/{tag}/experiences?archived=true")).await.1, tagged, "{switches:?}");
        api.send(Method::POST, &format!("{{}}/experiences/{}/restore", ids[0]), None).await;
        assert_eq!(members().await, after_restore, "{switches:?}");
        assert_eq!(page(&api, &format!("{{}}/experienceTags/{tag}/experiences?archived=false")).await.1, tagged, "{switches:?}");
    }
}

#[tokio::test]
async fn one_request_that_archives_two_members_makes_one_revision() {
    let (api, ids) = with_experiences(&[], &["a", "b", "c"]).await;
    let system = api.system("s").await;
    let members: Vec<&str> = ids.iter().map(String::as_str).collect();
    let suite = format!("{{}}/suites/{}", api.suite("gate", &system, &members).await);
    api.post("{}/experiences/archive", json!({ "experienceIDs": ids[..2] })).await;
    let after = api.get(&suite).await.1;
    assert_eq!((&after["testSuiteRevision"], &after["experiences"]), (&json!(1), &json!([ids[2]])));
    let before = api.get(&format!("{suite}/revisions/0")).await.1;
    assert_eq!(before["experiences"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn names_are_unique_among_all_live_ones_or_none() {
    for (switch, twin_of_archived, twin_of_live, restored) in
        [("unique-names=all", 409, 409, 204), ("unique-names=live", 201, 409, 409), ("unique-names=none", 201, 201, 204)]
    {
        let (api, ids) = with_experiences(&[switch], &["a"]).await;
        api.delete(&format!("{{}}/experiences/{}", ids[0])).await;
        let new = json!({ "name": "a", "description": "" });
        assert_eq!(api.post("{}/experiences", new.clone()).await.0, twin_of_archived, "{switch}");
        if switch == "unique-names=all" {
            api.send(Method::POST, &format!("{{}}/experiences/{}/restore", ids[0]), None).await;
        }
        assert_eq!(api.post("{}/experiences", new).await.0, twin_of_live, "{switch}");
        let again = api.send(Method::POST, &format!("{{}}/experiences/{}/restore", ids[0]), None).await.0;
        assert_eq!(again, restored, "{switch}");
    }
}

#[tokio::test]
async fn search_selects_is_ignored_or_refused() {
    for (switch, status, rows) in [("search=supported", 200, 1), ("search=ignored", 200, 2), ("search=refused", 400, 0)] {
        let (api, ids) = with_experiences(&[switch], &["a", "b"]).await;
        let tag = api.tag("t").await;
        api.send(Method::POST, &format!("{{}}/experienceTags/{tag}/experiences/{}", ids[0]), None).await;
        let found = page(&api, &format!("{{}}/experiences?search=tag_id%20IN%20(%22{tag}%22)&archived=false")).await;
        assert_eq!((found.0, found.1), (status, rows), "{switch}");
    }
    for (switch, rows) in [("search-archived=applies", 0), ("search-archived=ignored", 1)] {
        let (api, ids) = with_experiences(&[switch], &["a"]).await;
        let tag = api.tag("t").await;
        api.send(Method::POST, &format!("{{}}/experienceTags/{tag}/experiences/{}", ids[0]), None).await;
        api.delete(&format!("{{}}/experiences/{}", ids[0])).await;
        assert_eq!(page(&api, &format!("{{}}/experiences?search=tag_id%20IN%20(%22{tag}%22)&archived=false")).await.1, rows, "{switch}");
    }
}

#[tokio::test]
async fn name_filters_loosely_or_exactly() {
    for (switch, rows) in [("name-filter=contains", 3), ("name-filter=prefix", 2), ("name-filter=exact", 1)] {
        let (api, _) = with_experiences(&[switch], &["ab", "abc", "xab", "z"]).await;
        assert_eq!(page(&api, "{}/experiences?name=ab").await.1, rows, "{switch}");
    }
}

#[tokio::test]
async fn answered_lists_are_sorted_where_told() {
    for (switch, fields, locations) in [
        ("custom-fields=sorted", ["A", "B"], ["y", "x"]),
        ("custom-fields=kept", ["B", "A"], ["y", "x"]),
        ("lists=sorted", ["A", "B"], ["x", "y"]),
    ] {
        let api = Api::with(&[switch]).await;
        let field = |name: &str| json!({ "name": name, "type": "text", "values": ["v"] });
        let body = json!({ "name": "a", "description": "", "locations": ["y", "x"], "customFields": [field("B"), field("A")] });
        let made = api.post("{}/experiences", body).await.1;
        let names: Vec<&Value> = made["customFields"].as_array().unwrap().iter().map(|row| &row["name"]).collect();
        assert_eq!(names, fields, "{switch}");
        assert_eq!((&made["locations"], &made["location"]), (&json!(locations), &json!(locations[0])), "{switch}");
        assert_eq!(api.get("{}/experiences").await.1["experiences"][0]["customFields"], json!([]));
        assert_ne!(api.get("{}/experiences?includeCustomFields=true").await.1["experiences"][0]["customFields"], json!([]));
    }
}

#[tokio::test]
async fn system_counts_live_or_all_members() {
    for (switch, count) in [("system-count=live", 1), ("system-count=all", 2)] {
        let (api, ids) = with_experiences(&[switch], &["a", "b"]).await;
        let system = api.system("s").await;
        api.post("{}/systems/addExperiences", json!({ "systemIDs": [system], "experiences": ids })).await;
        api.delete(&format!("{{}}/experiences/{}", ids[0])).await;
        assert_eq!(api.get(&format!("{{}}/systems/{system}")).await.1["numExperiences"], json!(count), "{switch}");
    }
}

#[tokio::test]
async fn ad_hoc_suite_is_listed_or_hidden() {
    for (switch, total) in [("adhoc-suites=listed", 1), ("adhoc-suites=hidden", 0)] {
        let api = Api::with(&[switch]).await;
        let system = api.system("s").await;
        let suite = api.suite("gate", &system, &[]).await;
        api.patch(&format!("{{}}/suites/{suite}"), json!({ "updateMetricsBuild": false, "adhoc": true })).await;
        assert_eq!(api.get("{}/suites").await.1["total"], json!(total), "{switch}");
    }
}

#[tokio::test]
async fn token_ends_and_permissions_bind() {
    let api = Api::with(&["token-ttl=3req"]).await;
    assert_eq!(api.get("projects").await.0, 200);
    assert_eq!(api.get("projects").await.0, 200);
    let (status, body) = api.get("projects").await;
    assert_eq!(status, 401);
    assert!(body["message"].is_string());
    let api = Api::with(&["permissions=projects:read"]).await;
    assert_eq!(api.get("{}/experiences").await.0, 403);
    let mut api = Api::with(&["ready-tokens=refused"]).await;
    api.token = "from-elsewhere".to_owned();
    assert_eq!(api.get("projects").await.0, 401);
}

#[tokio::test]
async fn other_projects_can_be_added_and_foreign_ones_are_unknown() {
    let api = Api::with(&["also-project=twin", "also-project=twin"]).await;
    let names = column(&api.get("projects").await.1, "projects", "name");
    assert_eq!(names, ["sandbox", "twin", "twin"]);
    let foreign = "projects/00000000-0000-4000-8000-000000000000";
    assert_eq!(api.get(foreign).await.0, 404);
    assert_eq!(api.get(&format!("{foreign}/experiences")).await.0, 404);
    assert_eq!(api.post(&format!("{foreign}/experiences"), json!({ "name": "a", "description": "" })).await.0, 404);
}
