//! The whole client against the embedded API: what is in a state is what is read, and what is written is read back.

use std::collections::BTreeSet;

use resim_sandbox::{Options, Sandbox};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::desired::{CustomField, CustomFieldKind, EnvironmentVariable, ExperienceSettings, Setting};
use crate::ids::{ExperienceId, ExperienceName, SuiteId, SuiteName, SystemId, TagId, TagName};
use crate::plan::{Delta, Demand, FieldChange, Known, LiveLists};
use crate::snapshot::{CurrentVariable, Observed, Snapshot};

pub(super) fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0x4000_8000_0000_0000_0000 + number)
}

pub(super) const fn experience(number: u128) -> ExperienceId {
    ExperienceId(Uuid::from_u128(0x4000_8000_0000_0000_0000 + number))
}

pub(super) fn tag() -> TagId {
    TagId(uuid(100))
}

pub(super) fn system() -> SystemId {
    SystemId(uuid(200))
}

pub(super) fn suite() -> SuiteId {
    SuiteId(uuid(300))
}

fn experience_state(number: u128, archived: bool) -> Value {
    json!({
        "id": uuid(number), "name": format!("e{number}"), "description": "d", "locations": [format!("s3://{number}"), {"hidden": true}],
        "profile": "full", "environmentVariables": [{"name": "B", "value": "2"}, {"name": "TOKEN", "value": {"hidden": true}}],
        "containerTimeoutSeconds": 3600, "cacheExempt": true, "customFields": [{"name": "n", "type": "number", "values": ["32"]}],
        "archived": archived
    })
}

/// Live 1, 2, 3; archived 4, 5; a tag on 1 and 4; systems with 1, 2 and with none; a live suite of 1 and 4, an archived one.
pub(super) fn state() -> Value {
    let suite = |number: u128, archived: bool, members: &[u128]| {
        json!({
            "id": uuid(number), "name": format!("s{number}"), "description": "", "systemId": uuid(200), "revision": 3, "archived": archived,
            "experiences": members.iter().map(|member| uuid(*member)).collect::<Vec<_>>()
        })
    };
    let experiences: Vec<Value> = (1..=5).map(|number| experience_state(number, number > 3)).collect();
    json!({
        "formatVersion": "state/v1",
        "project": {"id": PROJECT, "name": "drones"},
        "read": {"archivedExperiences": true, "archivedSuites": true},
        "experiences": experiences,
        "tags": [{"id": uuid(100), "name": "nightly", "description": "t", "experiences": [uuid(1)], "archivedExperiences": [uuid(4)]}],
        "systems": [
            {"id": uuid(200), "name": "planner", "description": "y", "experiences": [uuid(1), uuid(2)], "archivedExperiences": []},
            {"id": uuid(201), "name": "empty", "description": "", "experiences": [], "archivedExperiences": []}
        ],
        "suites": [suite(300, false, &[1, 4]), suite(301, true, &[2])]
    })
}

/// The embedded API with this state; the folder goes with it.
pub(super) struct World {
    pub(super) sandbox: Sandbox,
    _folder: TempDir,
}

impl World {
    pub(super) async fn new(state: &Value, faults: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        std::fs::write(&path, state.to_string()).unwrap();
        let faults = faults.iter().map(ToString::to_string).collect();
        let sandbox = Sandbox::start(Options { state: Some(path), faults, ..Options::default() }).await.unwrap();
        Self { sandbox, _folder: folder }
    }

    pub(super) fn options(&self) -> ConnectOptions {
        let url = Url::parse(&self.sandbox.api_url()).unwrap();
        let credentials = Credentials::Client { id: "me".into(), secret: SecretString::from("good-secret") };
        ConnectOptions {
            auth_url: Some(Url::parse(&self.sandbox.auth_url()).unwrap()),
            credentials,
            hidden_placeholder: true,
            ..super::options(&url)
        }
    }

    pub(super) async fn open(&self) -> ReSim {
        open_with(&self.options(), quick()).await
    }
}

pub(super) fn ids<const N: usize>(numbers: [u128; N]) -> BTreeSet<ExperienceId> {
    numbers.map(experience).into()
}

fn suite_names(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.suites.values().map(|suite| suite.name.as_str()).collect()
}

#[tokio::test]
async fn everything_is_read() {
    let world = World::new(&state(), &[]).await;
    let resim = world.open().await;
    assert_eq!(resim.project().name, "drones");
    let snapshot = resim.read(Scope::Everything).await.unwrap();
    assert!(snapshot.read.archived_experiences && snapshot.read.archived_suites);
    let archived = |number| snapshot.experiences[&experience(number)].archived;
    assert_eq!([1, 2, 3, 4, 5].map(archived), [false, false, false, true, true]);
    let one = &snapshot.experiences[&experience(1)];
    assert_eq!((one.name.as_str(), one.profile.as_str(), one.container_timeout_seconds, one.cache_exempt), ("e1", "full", 3600, true));
    assert_eq!(one.locations, [Observed::Known("s3://1".into()), Observed::Hidden]);
    let variable = |name: &str, value| CurrentVariable { name: name.into(), value };
    assert_eq!(one.environment_variables, [variable("B", Observed::Known("2".into())), variable("TOKEN", Observed::Hidden)]);
    assert_eq!(one.custom_fields, [CustomField { name: "n".into(), kind: CustomFieldKind::Number, values: vec!["32".into()] }]);
    let tag = &snapshot.tags[&tag()];
    assert_eq!((tag.name.as_str(), &tag.members.live, &tag.members.archived), ("nightly", &Some(ids([1])), &Some(ids([4]))));
    let members = &snapshot.systems[&system()].members;
    assert_eq!((&members.live, &members.archived), (&Some(ids([1, 2])), &Some(ids([]))));
    assert_eq!(snapshot.systems[&SystemId(uuid(201))].members.live, Some(ids([])));
    let suite = &snapshot.suites[&suite()];
    assert_eq!((suite.revision, suite.system, &suite.members), (3, system(), &ids([1, 4])));
    assert_eq!(suite_names(&snapshot), ["s300", "s301"]);
    assert_eq!(world.open().await.read(Scope::Everything).await.unwrap(), snapshot, "the same again");
}

#[tokio::test]
async fn only_what_is_demanded_is_read() {
    let world = World::new(&state(), &[]).await;
    let resim = world.open().await;
    let before = resim.traffic().requests;
    let nothing = resim.read(Scope::Demanded(&|_| Demand::default())).await.unwrap();
    assert_eq!(resim.traffic().requests - before, 4);
    assert!(!nothing.read.archived_experiences && !nothing.read.archived_suites);
    assert_eq!((nothing.experiences.len(), suite_names(&nothing)), (3, vec!["s300"]));
    assert_eq!(nothing.tags[&tag()].members, crate::snapshot::Members::default());

    let demand = |known: Known<'_>| {
        let live = known.lists;
        assert_eq!(live.experiences.len(), if known.live == LiveLists::Read { 3 } else { 0 });
        assert_eq!(live.tags[&tag()].members, crate::snapshot::Members::default());
        assert!(known.archived.is_none_or(|archived| archived.len() == 2));
        Demand { archived_experiences: true, tags: [(tag(), 1)].into(), archived_tags: [tag()].into(), ..Demand::default() }
    };
    let some = resim.read(Scope::Demanded(&demand)).await.unwrap();
    assert!(some.read.archived_experiences && !some.read.archived_suites);
    assert_eq!(some.experiences.len(), 5);
    assert_eq!((&some.tags[&tag()].members.live, &some.tags[&tag()].members.archived), (&Some(ids([1])), &Some(ids([4]))));
    assert_eq!(some.systems[&system()].members.live, None);
    assert_eq!(resim.traffic().requests - before, 4 + 4 + 3);
}

#[tokio::test]
async fn live_state_has_all_live_members() {
    let world = World::new(&state(), &[]).await;
    let resim = world.open().await;
    let before = resim.traffic().requests;
    let live = resim.read(Scope::Live { archived_experiences: false }).await.unwrap();
    assert_eq!((live.experiences.len(), live.read.archived_experiences), (3, false));
    assert_eq!((&live.tags[&tag()].members.live, &live.tags[&tag()].members.archived), (&Some(ids([1])), &None));
    assert_eq!(live.systems[&system()].members.live, Some(ids([1, 2])));
    assert_eq!(live.systems[&SystemId(uuid(201))].members.live, Some(ids([])));
    assert_eq!(resim.traffic().requests - before, 6, "a system that says it is empty costs nothing");
    let with_archived = resim.read(Scope::Live { archived_experiences: true }).await.unwrap();
    assert_eq!((with_archived.experiences.len(), with_archived.read.archived_experiences), (5, true));
}

#[tokio::test]
async fn projects_are_found_by_id_and_by_name() {
    let world = World::new(&state(), &[]).await;
    let session = Session::connect_with(&world.options(), quick()).await.unwrap();
    assert!(session.permissions().unwrap().contains(&"experiences:write".to_owned()));
    for asked in [PROJECT, "drones"] {
        assert_eq!(session.open_project(asked).await.unwrap().project().id.to_string(), PROJECT);
    }
    let error = session.open_project("drone").await.unwrap_err();
    assert!(matches!(&error, ProjectError::NotFound { near, .. } if near == &["drones"]), "{error}");
    let unknown = uuid(12345).to_string();
    assert!(matches!(session.open_project(&unknown).await, Err(ProjectError::NotFound { .. })));
}

#[tokio::test]
async fn what_is_written_is_read_back() {
    let world = World::new(&state(), &[]).await;
    let resim = world.open().await;
    let settings = ExperienceSettings {
        description: "new".into(),
        locations: vec!["s3://new".into()],
        profile: Setting::Set("p".into()),
        environment_variables: Setting::Set(vec![EnvironmentVariable { name: "A".into(), value: "1".into() }]),
        container_timeout_seconds: Setting::Set(60),
        cache_exempt: Setting::Set(true),
        custom_fields: Setting::Set(vec![CustomField { name: "c".into(), kind: CustomFieldKind::Text, values: vec!["v".into()] }]),
    };
    let new = NewExperience { name: ExperienceName::new("new"), settings, tags: vec![tag()], systems: vec![system()] };
    let (id, created) = resim.create_experience(&new).await.unwrap();
    assert_eq!(created.custom_fields.len(), 1);
    assert_eq!(resim.experience_named(&new.name).await.unwrap(), Some((id, created.clone())));
    assert_eq!(resim.experience(id).await.unwrap(), Some(created.clone()));
    assert_eq!(resim.tag_members(tag()).await.unwrap(), [experience(1), experience(4), id].into());
    assert!(resim.system_members(system()).await.unwrap().contains(&id));

    let profile = FieldChange::Profile(Delta { before: "p".into(), after: String::new() });
    let updated = resim.update_experience(id, &[profile]).await.unwrap();
    assert_eq!((updated.profile.as_str(), &updated.environment_variables), ("", &created.environment_variables));
    let renamed = resim.rename_experience(id, &ExperienceName::new("renamed")).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.description.as_str()), ("renamed", "new"));

    assert_eq!(resim.archive_experiences(&[id, experience(2)]).await.unwrap(), 2);
    assert!(resim.experience(id).await.unwrap().unwrap().archived);
    assert_eq!(resim.experience_named(&ExperienceName::new("renamed")).await.unwrap().unwrap().0, id, "archived ones too");
    resim.restore_experience(id).await.unwrap();
    assert!(!resim.experience(id).await.unwrap().unwrap().archived);

    let fresh = resim.create_tag(&TagName::new("fresh")).await.unwrap();
    assert_eq!(resim.tag_named(&TagName::new("fresh")).await.unwrap(), Some(fresh));
    resim.tag_experiences(&[fresh], &[id, experience(1)]).await.unwrap();
    resim.untag_experience(fresh, id).await.unwrap();
    assert_eq!(resim.tag_members(fresh).await.unwrap(), ids([1]));
    let empty = SystemId(uuid(201));
    resim.register_experiences(&[empty], &[id]).await.unwrap();
    assert_eq!(resim.system_members(empty).await.unwrap(), [id].into());

    let name = SuiteName::new("made");
    let (made, suite) = resim
        .create_suite(&NewSuite { name: name.clone(), description: "sd".into(), system: system(), experiences: [id].into() })
        .await
        .unwrap();
    assert_eq!((suite.revision, &suite.members, suite.description.as_str()), (0, &[id].into(), "sd"));
    let revised = resim.revise_suite(made, &ids([1])).await.unwrap();
    assert_eq!((revised.revision, &revised.members), (1, &ids([1])));
    assert_eq!(resim.suite(made).await.unwrap(), Some(revised.clone()));
    assert_eq!(resim.suites_named(&name).await.unwrap(), [(made, revised)]);
    let archived = SuiteId(uuid(301));
    resim.restore_suite(archived).await.unwrap();
    assert!(!resim.suite(archived).await.unwrap().unwrap().archived);
}

#[tokio::test]
async fn what_is_not_there_is_not_an_error() {
    let world = World::new(&state(), &[]).await;
    let resim = world.open().await;
    assert_eq!(resim.experience(experience(999)).await, Ok(None));
    assert_eq!(resim.experience_named(&ExperienceName::new("e")).await, Ok(None), "the name is exact");
    assert_eq!(resim.tag_named(&TagName::new("night")).await, Ok(None));
    assert_eq!(resim.suite(SuiteId(uuid(999))).await, Ok(None));
    assert_eq!(resim.suites_named(&SuiteName::new("s301")).await, Ok(vec![]), "archived ones do not count");
}

#[tokio::test]
async fn refusals_carry_the_servers_words() {
    let world = World::new(&state(), &[]).await;
    let resim = world.open().await;
    let error = resim.rename_experience(experience(1), &ExperienceName::new("e2")).await.unwrap_err();
    assert!(matches!(error.status(), Some(400 | 409)) && error.request.starts_with("PATCH …/experiences/"), "{error}");
    let ApiErrorKind::Status { message: Some(_), .. } = error.kind else { panic!("{error}") };
    assert_eq!(resim.untag_experience(tag(), experience(2)).await.unwrap_err().status(), Some(404));
    assert_eq!(resim.tag_experiences(&[tag()], &[experience(1)]).await.unwrap_err().status(), Some(409));
}

#[tokio::test]
async fn wrong_credentials_are_refused() {
    let world = World::new(&state(), &[]).await;
    let credentials = Credentials::Client { id: "me".into(), secret: SecretString::from("wrong") };
    let error = Session::connect_with(&ConnectOptions { credentials, ..world.options() }, quick()).await.unwrap_err();
    assert!(matches!(error.kind, ApiErrorKind::Unauthorized(_)), "{error}");
}

/// The same with a tag on 125 live and 125 archived experiences more.
pub(super) fn large_state() -> Value {
    let mut state = state();
    let numbers = 1000..1250_u128;
    let experiences = state["experiences"].as_array_mut().unwrap();
    experiences.extend(numbers.clone().map(|number| experience_state(number, number % 2 == 0)));
    let members = |archived: bool| numbers.clone().filter(|number| (number % 2 == 0) == archived).map(uuid).collect::<Vec<_>>();
    state["tags"][0]["experiences"] = json!(members(false));
    state["tags"][0]["archivedExperiences"] = json!(members(true));
    state
}

#[tokio::test]
async fn large_memberships_are_read_whole() {
    let world = World::new(&large_state(), &[]).await;
    let snapshot = world.open().await.read(Scope::Everything).await.unwrap();
    let read = &snapshot.tags[&tag()].members;
    let expected = |archived: u128| Some((1000..1250).filter(|number| number % 2 == 1 - archived).map(experience).collect::<BTreeSet<_>>());
    assert_eq!((&read.live, &read.archived), (&expected(0), &expected(1)));
}
