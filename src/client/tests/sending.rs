//! Retries, time limits, redirects, error texts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use futures_util::future::join_all;
use serde_json::json;
use tokio::net::TcpListener;
use uuid::Uuid;

use super::*;
use crate::desired::{ExperienceSettings, Setting};
use crate::ids::{ExperienceId, ExperienceName, SuiteId, TagId, TagName};

const ID: ExperienceId = ExperienceId(Uuid::from_u128(7));

fn experience_json() -> Value {
    json!({"experienceID": ID.0, "name": "survey"})
}

fn new_experience() -> NewExperience {
    let settings = ExperienceSettings {
        description: "d".into(),
        locations: vec!["s3://a".into()],
        profile: Setting::Keep,
        environment_variables: Setting::Keep,
        container_timeout_seconds: Setting::Keep,
        cache_exempt: Setting::Keep,
        custom_fields: Setting::Keep,
    };
    NewExperience { name: ExperienceName::new("survey"), settings, tags: vec![], systems: vec![] }
}

fn failing(status: u16) -> Reply {
    Reply::Json(status, json!({"message": "as scripted"}))
}

fn wait_seconds(status: u16, seconds: &str) -> Reply {
    Reply::Raw(status, vec![("retry-after", seconds.to_owned())], String::new())
}

#[tokio::test]
async fn trouble_that_passes_is_not_seen() {
    let server = project_server(|_, number| match number {
        0 => failing(500),
        1 => Reply::Cut,
        2 => Reply::Half(experience_json()),
        3 => Reply::Raw(429, vec![], "slow down".into()),
        _ => Reply::Json(200, experience_json()),
    })
    .await;
    let resim = open(&server).await;
    let experience = resim.experience(ID).await.unwrap().unwrap();
    assert_eq!(experience.name.as_str(), "survey");
    assert_eq!(resim.traffic(), Traffic { requests: 6, retries: 4 });
}

#[tokio::test]
async fn a_body_cut_off_without_a_trace_is_no_answer() {
    let cut = |text: &str| Reply::Raw(200, vec![("content-type", "application/json".into())], text.into());
    let server =
        project_server(move |_, number| if number == 0 { cut(r#"{"experienceID": "#) } else { Reply::Json(200, experience_json()) }).await;
    let resim = open(&server).await;
    assert!(resim.experience(ID).await.unwrap().is_some());
    assert_eq!(resim.traffic().retries, 1);
}

#[tokio::test]
async fn lasting_trouble_ends_after_five_attempts() {
    let server = project_server(|_, _| failing(503)).await;
    let resim = open(&server).await;
    let error = resim.experience(ID).await.unwrap_err();
    assert_eq!(error.to_string(), "GET …/experiences/00000000…: 503 Service Unavailable: as scripted");
    assert_eq!(server.count("experiences"), 5);
}

#[tokio::test]
async fn a_dead_port_is_tried_five_times_and_named() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let session = Session::connect_with(&options(&url), quick()).await.unwrap();
    let ProjectError::Api(error) = session.open_project(PROJECT).await.unwrap_err() else { panic!() };
    assert!(matches!(&error.kind, ApiErrorKind::Connect(cause) if cause.starts_with("127.0.0.1:")), "{error}");
    assert!(!error.may_have_happened() && error.hint().unwrap().contains("RESIM_URL"));
    assert_eq!(error.to_string().lines().count(), 1);
    assert_eq!(session.traffic(), Traffic { requests: 5, retries: 4 });
}

#[tokio::test]
async fn final_answers_are_not_asked_for_twice() {
    for status in [400, 403, 409, 422] {
        let server = project_server(move |_, _| failing(status)).await;
        let error = open(&server).await.experience(ID).await.unwrap_err();
        assert_eq!((error.status(), server.count("experiences")), (Some(status), 1));
        assert!(error.to_string().ends_with(": as scripted"), "{error}");
    }
    let server = project_server(|_, _| failing(404)).await;
    assert_eq!(open(&server).await.experience(ID).await, Ok(None));
    assert_eq!(server.count("experiences"), 1);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_no_answer() {
    let server = project_server(|_, _| Reply::Hang).await;
    let resim = open_with(&options(&server.url), Timing { answer: Duration::from_millis(400), attempts: 2, ..quick() }).await;
    let error = resim.experience(ID).await.unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::NoAnswer("none within 0.4 s".into()));
    assert!(error.may_have_happened());
    assert_eq!(server.count("experiences"), 2);
}

#[tokio::test]
async fn a_lost_creation_or_revision_is_not_repeated() {
    for lost in [|| Reply::Cut, || failing(500), || Reply::Half(experience_json()), || Reply::Json(200, json!({}))] {
        let server = project_server(move |_, _| lost()).await;
        let resim = open(&server).await;
        let errors = [
            resim.create_experience(&new_experience()).await.unwrap_err(),
            resim.create_tag(&TagName::new("t")).await.unwrap_err(),
            resim.revise_suite(SuiteId(Uuid::nil()), &[ID].into()).await.unwrap_err(),
        ];
        assert!(errors.iter().all(ApiError::may_have_happened), "{errors:?}");
        assert_eq!(resim.traffic(), Traffic { requests: 4, retries: 0 });
    }
}

#[tokio::test]
async fn a_creation_that_was_not_taken_is_repeated() {
    let server = project_server(|_, number| if number < 2 { failing(429) } else { Reply::Json(201, experience_json()) }).await;
    let (id, _) = open(&server).await.create_experience(&new_experience()).await.unwrap();
    assert_eq!((id, server.count("experiences")), (ID, 3));
}

#[tokio::test]
async fn writes_that_are_the_same_twice_are_repeated() {
    let server = project_server(|seen, number| match number % 2 {
        0 => Reply::Cut,
        _ if seen.path.ends_with("archive") => Reply::Json(200, json!(1)),
        _ if seen.method == "PATCH" => Reply::Json(200, experience_json()),
        _ => Reply::Raw(204, vec![], String::new()),
    })
    .await;
    let resim = open(&server).await;
    resim.rename_experience(ID, &ExperienceName::new("survey")).await.unwrap();
    resim.restore_experience(ID).await.unwrap();
    assert_eq!(resim.archive_experiences(&[ID]).await, Ok(1));
    resim.tag_experiences(&[TagId(Uuid::nil())], &[ID]).await.unwrap();
    resim.untag_experience(TagId(Uuid::nil()), ID).await.unwrap();
    assert_eq!(resim.traffic(), Traffic { requests: 11, retries: 5 });
}

#[tokio::test]
async fn nothing_is_sent_for_nothing() {
    let server = project_server(|_, _| Reply::Json(200, experience_json())).await;
    let resim = open(&server).await;
    assert_eq!(resim.archive_experiences(&[]).await, Ok(0));
    resim.tag_experiences(&[], &[ID]).await.unwrap();
    resim.register_experiences(&[], &[ID]).await.unwrap();
    assert_eq!(resim.traffic().requests, 1);
    resim.update_experience(ID, &[]).await.unwrap();
    assert_eq!(server.seen().last().unwrap().method, "GET");
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_fails_at_once() {
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(9000));
    for wait in ["9000", date.as_str(), "18446744073709551615"] {
        let wait = wait.to_owned();
        let server = project_server(move |_, _| wait_seconds(429, &wait)).await;
        let resim = open_with(&options(&server.url), Timing { request: Duration::from_secs(100_000), ..quick() }).await;
        let error = resim.experience(ID).await.unwrap_err();
        assert!(matches!(&error.kind, ApiErrorKind::Deadline(why) if why.contains("429")), "{error}");
        assert_eq!(server.count("experiences"), 1);
    }
}

#[tokio::test]
async fn a_wait_beyond_the_time_of_a_request_fails_at_once() {
    let server = project_server(|_, _| wait_seconds(429, "300")).await;
    let error = open(&server).await.experience(ID).await.unwrap_err();
    assert_eq!((error.status(), server.count("experiences")), (Some(429), 1));
}

#[tokio::test]
async fn a_pause_that_one_request_is_asked_for_holds_for_all() {
    let server = project_server(|_, _| wait_seconds(503, "550")).await;
    let timing = Timing { request: Duration::from_secs(100_000), ..quick() };
    let resim = open_with(&options(&server.url), timing).await;
    let (first, tag) = (resim.experience(ID), TagName::new("t"));
    let second = async {
        // Not before the first one is asked to wait.
        while server.count("experiences") == 0 {
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        resim.create_tag(&tag).await
    };
    let both = async { tokio::join!(first, second) };
    assert!(tokio::time::timeout(Duration::from_millis(400), both).await.is_err(), "both wait");
    assert_eq!(server.count("experienceTags"), 0);
}

#[tokio::test]
async fn requests_refused_together_come_back_one_by_one() {
    let server = project_server(|_, number| if number < 4 { wait_seconds(429, "0.1") } else { Reply::Json(200, experience_json()) }).await;
    let resim = open_with(&options(&server.url), Timing { gap: Duration::from_millis(100), ..quick() }).await;
    let start = Instant::now();
    for outcome in join_all((0..4).map(|_| resim.experience(ID))).await {
        outcome.unwrap();
    }
    assert_eq!(resim.traffic(), Traffic { requests: 9, retries: 4 });
    // The fourth has its turn three gaps after the first, however fast this machine is.
    assert!(start.elapsed() >= Duration::from_millis(400), "{:?}", start.elapsed());
}

#[tokio::test]
async fn nothing_is_sent_after_the_deadline() {
    let server = project_server(|_, _| Reply::Hang).await;
    let timing = quick();
    let resim = open_with(&ConnectOptions { deadline: Duration::from_millis(1500), ..options(&server.url) }, timing).await;
    let lost = resim.experience(ID).await.unwrap_err();
    assert_eq!(lost.kind, ApiErrorKind::NoAnswer("none before the deadline of the run".into()), "it was sent");
    assert!(lost.may_have_happened() && lost.hint().unwrap().contains("--deadline"));
    let late = resim.experience(ID).await.unwrap_err();
    assert!(matches!(late.kind, ApiErrorKind::Deadline(_)), "{late}");
    let repeat = resim.back_off(1, &lost).await.unwrap_err();
    assert!(matches!(repeat.kind, ApiErrorKind::Deadline(_)), "{repeat}");
    assert_eq!(server.count("experiences"), 1);
}

#[tokio::test]
async fn the_caller_has_as_many_attempts_as_a_request() {
    let server = project_server(|_, _| failing(500)).await;
    let resim = open(&server).await;
    let lost = resim.create_tag(&TagName::new("t")).await.unwrap_err();
    for attempt in 1..5 {
        resim.back_off(attempt, &lost).await.unwrap();
    }
    assert_eq!(resim.back_off(5, &lost).await, Err(lost));
}

#[tokio::test]
async fn no_more_requests_are_in_flight_than_allowed() {
    let flying = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (flying_there, most_there) = (flying.clone(), most.clone());
    let server = project_server(move |_, _| {
        let now = flying_there.fetch_add(1, Ordering::SeqCst) + 1;
        most_there.fetch_max(now, Ordering::SeqCst);
        Reply::Hang
    })
    .await;
    let resim = open_with(&ConnectOptions { parallel: 3, ..options(&server.url) }, quick()).await;
    let all = join_all((0..9).map(|_| resim.experience(ID)));
    assert!(tokio::time::timeout(Duration::from_millis(300), all).await.is_err());
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Server::start(|_, _| Reply::Json(200, experience_json())).await;
    let target = format!("{}elsewhere?secret=1", other.url);
    for status in [301, 302, 307, 308] {
        let target = target.clone();
        let server = project_server(move |_, _| Reply::Raw(status, vec![("location", target.clone())], String::new())).await;
        let error = open(&server).await.experience(ID).await.unwrap_err();
        assert!(error.to_string().contains("not followed to http://127.0.0.1"), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(error.hint().unwrap().contains("redirects"));
    }
    assert_eq!(other.count(""), 0);
}

#[tokio::test]
async fn web_pages_are_not_quoted() {
    let page = || Reply::Raw(502, vec![("content-type", "text/html".into())], "<html><b>Bad</b></html>".into());
    let server = project_server(move |_, _| page()).await;
    let error = open(&server).await.experience(ID).await.unwrap_err();
    assert!(error.to_string().ends_with("502 Bad Gateway"), "{error}");
    let server = project_server(|_, _| Reply::Raw(200, vec![("content-type", "text/html".into())], "<html>login</html>".into())).await;
    let error = open(&server).await.experience(ID).await.unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::Malformed("it is not JSON".into()));
}

#[tokio::test]
async fn requests_say_who_sends_them_and_carry_the_token() {
    let server = project_server(|_, _| Reply::Json(200, experience_json())).await;
    open(&server).await.experience(ID).await.unwrap();
    let seen = server.seen().pop().unwrap();
    assert_eq!(seen.headers["authorization"], "Bearer ready-token");
    assert_eq!(seen.headers["user-agent"], concat!("resim-sync/", env!("CARGO_PKG_VERSION")));
    assert_eq!(seen.headers["accept-encoding"], "gzip");
}

#[tokio::test]
async fn futures_can_be_spawned() {
    fn spawnable(_: impl Send) {}
    let server = project_server(|_, _| failing(500)).await;
    let resim = open(&server).await;
    spawnable(resim.read(Scope::Everything));
    spawnable(resim.create_experience(&new_experience()));
    spawnable(resim.tag_members(TagId(Uuid::nil())));
    spawnable(resim.experience_named(&ExperienceName::new("x")));
}
