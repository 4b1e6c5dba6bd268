//! Each resource does what its documentation says.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, column, text};

#[tokio::test]
async fn experience_lives_through_create_update_archive_restore() {
    let api = Api::with(&[]).await;
    let id = api.experience("a").await;
    let one = format!("{{}}/experiences/{id}");
    let (status, before) = api.get(&one).await;
    assert_eq!(
        (status, &before["name"], &before["profile"], &before["containerTimeoutSeconds"]),
        (200, &json!("a"), &json!(""), &json!(3600))
    );

    let change = json!({ "experience": { "profile": "p", "description": "not in the mask" }, "updateMask": ["profile"] });
    let (status, after) = api.patch(&one, change).await;
    assert_eq!((status, &after["profile"], &after["description"]), (200, &json!("p"), &json!("")));
    assert!(text(&after["updateTimestamp"]) > text(&before["updateTimestamp"]));
    assert_eq!(after["creationTimestamp"], before["creationTimestamp"]);

    assert_eq!(api.post("{}/experiences/archive", json!({ "experienceIDs": [id] })).await, (200, json!(1)));
    assert_eq!(api.post("{}/experiences/archive", json!({ "experienceIDs": [id] })).await, (200, json!(0)));
    assert_eq!(api.get("{}/experiences").await.1["experiences"], json!([]));
    assert_eq!(column(&api.get("{}/experiences?archived=true").await.1, "experiences", "name"), ["a"]);
    assert_eq!(api.send(Method::POST, &format!("{one}/restore"), None).await, (204, Value::Null));
    assert_eq!(column(&api.get("{}/experiences").await.1, "experiences", "name"), ["a"]);
}

#[tokio::test]
async fn tags_take_and_lose_members() {
    let api = Api::with(&[]).await;
    let (a, b, tag) = (api.experience("a").await, api.experience("b").await, api.tag("nightly").await);
    let body = json!({ "experienceTagIDs": [tag], "experiences": [a, b] });
    assert_eq!(api.post("{}/experienceTags/addExperiences", body.clone()).await, (201, Value::Null));
    assert_eq!(api.post("{}/experienceTags/addExperiences", body).await.0, 409);
    let members = format!("{{}}/experienceTags/{tag}/experiences");
    assert_eq!(column(&api.get(&members).await.1, "experiences", "name"), ["a", "b"]);
    let pair = format!("{members}/{a}");
    assert_eq!(api.send(Method::POST, &pair, None).await.0, 409);
    assert_eq!(api.delete(&pair).await, (204, Value::Null));
    assert_eq!(api.delete(&pair).await.0, 404);
    assert_eq!(api.send(Method::POST, &pair, None).await, (201, Value::Null));
}

#[tokio::test]
async fn suite_is_revised_by_each_patch_and_by_an_archive_that_hits_it() {
    let api = Api::with(&[]).await;
    let (a, b, system) = (api.experience("a").await, api.experience("b").await, api.system("s").await);
    let suite = format!("{{}}/suites/{}", api.suite("gate", &system, &[&a, &b]).await);
    assert_eq!(api.get(&suite).await.1["testSuiteRevision"], json!(0));
    let same = json!({ "experiences": [a, b], "updateMetricsBuild": false });
    assert_eq!(api.patch(&suite, same).await.1["testSuiteRevision"], json!(1));
    api.delete(&format!("{{}}/experiences/{a}")).await;
    let after = api.get(&suite).await.1;
    assert_eq!((&after["testSuiteRevision"], &after["experiences"]), (&json!(2), &json!([b])));
}
