//! All routes, and the permission that each needs.

use uuid::Uuid;

use super::{experiences, misc, projects, suites, systems, tags};
use crate::reply::{Answer, Refusal};
use crate::request::{Request, parse_id};
use crate::store::{Group, Store};

/// An operation of the API with the IDs of its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Health,
    Quota,
    CheckLocation,
    ListProjects,
    GetProject(Uuid),
    InProject(Uuid, InProject),
}

/// An operation within a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InProject {
    ListExperiences,
    CreateExperience,
    ArchiveExperiences,
    CustomFields,
    GetExperience(Uuid),
    UpdateExperience(Uuid),
    ArchiveExperience(Uuid),
    RestoreExperience(Uuid),
    TagsOfExperience(Uuid),
    SystemsOfExperience(Uuid),
    ListTags,
    CreateTag,
    GetTag(Uuid),
    DeleteTag(Uuid),
    ListSystems,
    CreateSystem,
    GetSystem(Uuid),
    AddInBulk(Group),
    RemoveInBulk,
    Members(Group, Uuid),
    Add(Group, Uuid, Uuid),
    Remove(Group, Uuid, Uuid),
    ListSuites,
    CreateSuite,
    AddToSuites,
    GetSuite(Uuid),
    ReviseSuite(Uuid),
    ArchiveSuite(Uuid),
    RestoreSuite(Uuid),
    AddToSuite(Uuid),
    RemoveFromSuite(Uuid),
    SuiteRevisions(Uuid),
    SuiteRevision(Uuid, i32),
}

/// Finds the operation of a request.
pub(crate) fn find(request: &Request) -> Result<Route, Refusal> {
    let unknown = || Refusal::not_found(format!("no such path: {}", request.path));
    let segments = request.segments().ok_or_else(unknown)?;
    let wrong_method = || Refusal { status: 405, message: format!("{} is not allowed here", request.method) };
    match (request.method.as_str(), &segments[..]) {
        ("GET", ["health"]) => Ok(Route::Health),
        ("GET", ["quota"]) => Ok(Route::Quota),
        ("POST", ["validateExperienceLocation"]) => Ok(Route::CheckLocation),
        ("GET", ["projects"]) => Ok(Route::ListProjects),
        ("GET", ["projects", project]) => Ok(Route::GetProject(parse_id("projectID", project)?)),
        (method, ["projects", project, rest @ ..]) if !rest.is_empty() => {
            let project = parse_id("projectID", project)?;
            match in_project(method, rest)? {
                Found::Operation(operation) => Ok(Route::InProject(project, operation)),
                Found::OtherMethod => Err(wrong_method()),
                Found::Nothing => Err(unknown()),
            }
        }
        (_, ["health" | "quota" | "validateExperienceLocation" | "projects"] | ["projects", _]) => Err(wrong_method()),
        _ => Err(unknown()),
    }
}

enum Found {
    Operation(InProject),
    OtherMethod,
    Nothing,
}

fn in_project(method: &str, rest: &[&str]) -> Result<Found, Refusal> {
    use InProject as P;
    let experience = |text| parse_id("experienceID", text);
    let tag = |text| parse_id("experienceTagID", text);
    let system = |text| parse_id("systemID", text);
    let suite = |text| parse_id("testSuiteID", text);
    Ok(Found::Operation(match (method, rest) {
        ("GET", ["experiences"]) => P::ListExperiences,
        ("POST", ["experiences"]) => P::CreateExperience,
        ("POST", ["experiences", "archive"]) => P::ArchiveExperiences,
        ("GET", ["experiences", "customfields"]) => P::CustomFields,
        ("GET", ["experiences", id]) => P::GetExperience(experience(id)?),
        ("PATCH", ["experiences", id]) => P::UpdateExperience(experience(id)?),
        ("DELETE", ["experiences", id]) => P::ArchiveExperience(experience(id)?),
        ("POST", ["experiences", id, "restore"]) => P::RestoreExperience(experience(id)?),
        ("GET", ["experiences", id, "experienceTags"]) => P::TagsOfExperience(experience(id)?),
        ("GET", ["experiences", id, "systems"]) => P::SystemsOfExperience(experience(id)?),
        ("GET", ["experienceTags"]) => P::ListTags,
        ("POST", ["experienceTags"]) => P::CreateTag,
        ("POST", ["experienceTags", "addExperiences"]) => P::AddInBulk(Group::Tag),
        ("GET", ["experienceTags", id]) => P::GetTag(tag(id)?),
        ("DELETE", ["experienceTags", id]) => P::DeleteTag(tag(id)?),
        ("GET", ["experienceTags", id, "experiences"]) => P::Members(Group::Tag, tag(id)?),
        ("POST", ["experienceTags", id, "experiences", one]) => P::Add(Group::Tag, tag(id)?, experience(one)?),
        ("DELETE", ["experienceTags", id, "experiences", one]) => P::Remove(Group::Tag, tag(id)?, experience(one)?),
        ("GET", ["systems"]) => P::ListSystems,
        ("POST", ["systems"]) => P::CreateSystem,
        ("POST", ["systems", "addExperiences"]) => P::AddInBulk(Group::System),
        ("POST", ["systems", "removeExperiences"]) => P::RemoveInBulk,
        ("GET", ["systems", id]) => P::GetSystem(system(id)?),
        ("GET", ["systems", id, "experiences"]) => P::Members(Group::System, system(id)?),
        ("POST", ["systems", id, "experiences", one]) => P::Add(Group::System, system(id)?, experience(one)?),
        ("DELETE", ["systems", id, "experiences", one]) => P::Remove(Group::System, system(id)?, experience(one)?),
        ("GET", ["suites"]) => P::ListSuites,
        ("POST", ["suites"]) => P::CreateSuite,
        ("POST", ["suites", "addExperiences"]) => P::AddToSuites,
        ("GET", ["suites", id]) => P::GetSuite(suite(id)?),
        ("PATCH", ["suites", id]) => P::ReviseSuite(suite(id)?),
        ("DELETE", ["suites", id]) => P::ArchiveSuite(suite(id)?),
        ("POST", ["suites", id, "restore"]) => P::RestoreSuite(suite(id)?),
        ("PATCH", ["suites", id, "addExperiences"]) => P::AddToSuite(suite(id)?),
        ("PATCH", ["suites", id, "removeExperiences"]) => P::RemoveFromSuite(suite(id)?),
        ("GET", ["suites", id, "revisions"]) => P::SuiteRevisions(suite(id)?),
        ("GET", ["suites", id, "revisions", number]) => {
            P::SuiteRevision(suite(id)?, number.parse().map_err(|_| crate::request::invalid_parameter("revision"))?)
        }
        (
            _,
            ["experiences" | "experienceTags" | "systems" | "suites"]
            | ["experiences" | "experienceTags" | "systems" | "suites", _]
            | ["experiences", _, "restore" | "experienceTags" | "systems"]
            | ["experienceTags" | "systems", _, "experiences"]
            | ["experienceTags" | "systems", _, "experiences", _]
            | ["suites", _, "restore" | "addExperiences" | "removeExperiences" | "revisions"]
            | ["suites", _, "revisions", _],
        ) => return Ok(Found::OtherMethod),
        _ => return Ok(Found::Nothing),
    }))
}

impl Route {
    /// The permission that it needs, where it needs one.
    pub(crate) fn scope(self) -> Option<&'static str> {
        use InProject as P;
        let (_, operation) = match self {
            Self::Health => return None,
            Self::Quota => return Some("batches:read"),
            Self::CheckLocation => return Some("experiences:write"),
            Self::ListProjects | Self::GetProject(_) => return Some("projects:read"),
            Self::InProject(project, operation) => (project, operation),
        };
        Some(match operation {
            P::ListExperiences | P::CustomFields | P::GetExperience(_) | P::TagsOfExperience(_) | P::SystemsOfExperience(_) => {
                "experiences:read"
            }
            P::CreateExperience | P::ArchiveExperiences | P::UpdateExperience(_) | P::ArchiveExperience(_) | P::RestoreExperience(_) => {
                "experiences:write"
            }
            P::ListTags | P::GetTag(_) | P::Members(Group::Tag, _) => "experienceTags:read",
            P::CreateTag | P::DeleteTag(_) | P::AddInBulk(Group::Tag) | P::Add(Group::Tag, ..) | P::Remove(Group::Tag, ..) => {
                "experienceTags:write"
            }
            P::ListSystems | P::GetSystem(_) | P::Members(Group::System, _) => "systems:read",
            P::CreateSystem | P::AddInBulk(Group::System) | P::RemoveInBulk | P::Add(Group::System, ..) | P::Remove(Group::System, ..) => {
                "systems:write"
            }
            P::ListSuites | P::GetSuite(_) | P::SuiteRevisions(_) | P::SuiteRevision(..) => "batches:read",
            P::CreateSuite
            | P::AddToSuites
            | P::ReviseSuite(_)
            | P::ArchiveSuite(_)
            | P::RestoreSuite(_)
            | P::AddToSuite(_)
            | P::RemoveFromSuite(_) => "batches:write",
        })
    }
}

/// Answers a request that only reads; `None` if it writes.
fn read(store: &Store, route: Route, request: &Request) -> Option<Answer> {
    use InProject as P;
    let (project, operation) = match route {
        Route::Health => return Some(misc::health()),
        Route::Quota => return Some(misc::quota()),
        Route::CheckLocation => return Some(misc::check_location(store, request)),
        Route::ListProjects => return Some(projects::list(store, request)),
        Route::GetProject(id) => return Some(projects::get(store, id)),
        Route::InProject(project, operation) => (project, operation),
    };
    let project = match store.project(project) {
        Ok(project) => project,
        Err(refusal) => return Some(Err(refusal)),
    };
    let rules = &store.rules;
    Some(match operation {
        P::ListExperiences => experiences::list(rules, project, request),
        P::CustomFields => experiences::custom_fields(rules, project, request),
        P::GetExperience(id) => experiences::get(rules, project, id),
        P::TagsOfExperience(id) => tags::of_experience(rules, project, id, request),
        P::SystemsOfExperience(id) => systems::of_experience(rules, project, id, request),
        P::ListTags => tags::list(rules, project, request),
        P::GetTag(id) => tags::get(project, id),
        P::ListSystems => systems::list(rules, project, request),
        P::GetSystem(id) => systems::get(rules, project, id),
        P::Members(group, id) => experiences::members(rules, project, group, id, request),
        P::ListSuites => suites::list(rules, project, request),
        P::GetSuite(id) => suites::get(project, id),
        P::SuiteRevisions(id) => suites::revisions(rules, project, id, request),
        P::SuiteRevision(id, number) => suites::revision(project, id, number),
        P::CreateExperience
        | P::ArchiveExperiences
        | P::UpdateExperience(_)
        | P::ArchiveExperience(_)
        | P::RestoreExperience(_)
        | P::CreateTag
        | P::DeleteTag(_)
        | P::CreateSystem
        | P::AddInBulk(_)
        | P::RemoveInBulk
        | P::Add(..)
        | P::Remove(..)
        | P::CreateSuite
        | P::AddToSuites
        | P::ReviseSuite(_)
        | P::ArchiveSuite(_)
        | P::RestoreSuite(_)
        | P::AddToSuite(_)
        | P::RemoveFromSuite(_) => return None,
    })
}

fn write(store: &mut Store, route: Route, request: &Request) -> Answer {
    use InProject as P;
    let Route::InProject(project, operation) = route else { return Err(Refusal::not_found("no such path")) };
    let (project, write) = store.write(project, &request.user)?;
    match operation {
        P::CreateExperience => experiences::create(&write, project, request),
        P::ArchiveExperiences => experiences::archive_many(&write, project, request),
        P::UpdateExperience(id) => experiences::update(&write, project, id, request),
        P::ArchiveExperience(id) => experiences::archive_one(&write, project, id),
        P::RestoreExperience(id) => experiences::restore(&write, project, id),
        P::CreateTag => tags::create(&write, project, request),
        P::DeleteTag(id) => tags::delete(project, id),
        P::CreateSystem => systems::create(&write, project, request),
        P::AddInBulk(Group::Tag) => tags::add_in_bulk(&write, project, request),
        P::AddInBulk(Group::System) => systems::add_in_bulk(&write, project, request),
        P::RemoveInBulk => systems::remove_in_bulk(&write, project, request),
        P::Add(group, id, experience) => experiences::add(project, group, id, experience),
        P::Remove(group, id, experience) => experiences::remove(project, group, id, experience),
        P::CreateSuite => suites::create(&write, project, request),
        P::AddToSuites => suites::add_to_many(&write, project, request),
        P::ReviseSuite(id) => suites::revise(&write, project, id, request),
        P::ArchiveSuite(id) => suites::archive(&write, project, id, true),
        P::RestoreSuite(id) => suites::archive(&write, project, id, false),
        P::AddToSuite(id) => suites::change_members(&write, project, id, request, true),
        P::RemoveFromSuite(id) => suites::change_members(&write, project, id, request, false),
        P::ListExperiences
        | P::CustomFields
        | P::GetExperience(_)
        | P::TagsOfExperience(_)
        | P::SystemsOfExperience(_)
        | P::ListTags
        | P::GetTag(_)
        | P::ListSystems
        | P::GetSystem(_)
        | P::Members(..)
        | P::ListSuites
        | P::GetSuite(_)
        | P::SuiteRevisions(_)
        | P::SuiteRevision(..) => Err(Refusal::not_found("no such path")),
    }
}

/// Answers a request.
pub(crate) fn dispatch(store: &std::sync::RwLock<Store>, route: Route, request: &Request) -> Answer {
    let poisoned = || Refusal { status: 500, message: "an earlier request broke the embedded API".to_owned() };
    if let Some(answer) = read(&*store.read().map_err(|_| poisoned())?, route, request) {
        return answer;
    }
    write(&mut *store.write().map_err(|_| poisoned())?, route, request)
}
