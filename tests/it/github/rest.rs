//! The REST API: which operation a path means, and what it does.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::data::{self, Urls};
use super::fake::Reply;
use super::state::{Issue, Pull, REPOSITORY, State, TreeEntry, Who};

/// One request.
pub(crate) struct Call<'a> {
    pub(crate) arguments: Vec<String>,
    pub(crate) query: &'a BTreeMap<String, String>,
    pub(crate) body: &'a Value,
    pub(crate) urls: &'a Urls,
    pub(crate) newest: bool,
}

impl Call<'_> {
    fn number(&self) -> u64 {
        self.arguments.first().and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    fn text(&self, field: &str) -> Option<String> {
        self.body[field].as_str().map(str::to_owned)
    }
}

/// Templates below the repository, longest first where one could hide another; `*` takes the rest.
const ROUTES: [(&str, &str); 19] = [
    ("GET", ""),
    ("GET", "/commits/{commit_sha}/pulls"),
    ("GET", "/git/ref/{ref*}"),
    ("POST", "/git/refs"),
    ("PATCH", "/git/refs/{ref*}"),
    ("DELETE", "/git/refs/{ref*}"),
    ("GET", "/git/tags/{tag_sha}"),
    ("GET", "/git/commits/{commit_sha}"),
    ("GET", "/git/trees/{tree_sha}"),
    ("GET", "/git/blobs/{file_sha}"),
    ("PATCH", "/issues/comments/{comment_id}"),
    ("DELETE", "/issues/comments/{comment_id}"),
    ("GET", "/issues/{issue_number}/comments"),
    ("POST", "/issues/{issue_number}/comments"),
    ("GET", "/issues"),
    ("POST", "/issues"),
    ("PATCH", "/issues/{issue_number}"),
    ("GET", "/pulls"),
    ("POST", "/pulls"),
];
const MORE_ROUTES: [(&str, &str); 2] = [("GET", "/pulls/{pull_number}"), ("PATCH", "/pulls/{pull_number}")];

/// The operation's name in the schema, and what stands in its path. The pages of a list are addressed by the
/// repository's number, as GitHub does.
pub(crate) fn operation(method: &str, path: &str) -> Option<(String, Vec<String>)> {
    let rest = path.strip_prefix(&format!("/repos/{REPOSITORY}")).or_else(|| path.strip_prefix("/repositories/10"))?;
    ROUTES.iter().chain(&MORE_ROUTES).find_map(|(verb, template)| {
        let arguments = arguments(template, rest)?;
        let name = format!("{verb} /repos/{{owner}}/{{repo}}{}", template.replace("*}", "}"));
        (*verb == method).then_some((name, arguments))
    })
}

fn arguments(template: &str, path: &str) -> Option<Vec<String>> {
    let mut arguments = Vec::new();
    let mut parts = path.split('/');
    for wanted in template.split('/') {
        if wanted.ends_with("*}") {
            let rest: Vec<&str> = parts.by_ref().collect();
            arguments.push(rest.join("/"));
            return Some(arguments);
        }
        let part = parts.next()?;
        if wanted.starts_with('{') {
            arguments.push(part.to_owned());
        } else if wanted != part {
            return None;
        }
    }
    parts.next().is_none().then_some(arguments)
}

/// Does what an operation says.
pub(crate) fn answer(state: &mut State, operation: &str, call: &Call<'_>) -> Reply {
    let (method, path) = operation.split_once(' ').expect("a method and a path");
    let path = path.strip_prefix("/repos/{owner}/{repo}").expect("below the repository");
    match (method, path) {
        ("GET", "") => Reply::json(200, data::repository(REPOSITORY, call.urls)),
        ("GET", "/commits/{commit_sha}/pulls") => pulls_of_commit(state, call),
        (_, path) if path.starts_with("/git/") => git(state, method, path, call),
        (_, path) if path.starts_with("/issues/comments/") => one_comment(state, method, call),
        (_, "/issues/{issue_number}/comments") => comments(state, method, call),
        (_, path) if path.starts_with("/issues") => issues(state, method, call),
        _ => pulls(state, method, call),
    }
}

fn not_found() -> Reply {
    Reply::error(404, "Not Found")
}

/// A page of a list, with the addresses of its neighbours.
fn page(all: Vec<Value>, path: &str, call: &Call<'_>) -> Reply {
    let number = |name: &str, default: usize| call.query.get(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (per_page, page) = (number("per_page", 30).min(100), number("page", 1));
    let last = all.len().div_ceil(per_page).max(1);
    let items: Vec<Value> = all.into_iter().skip((page - 1) * per_page).take(per_page).collect();
    let mut reply = Reply::json(200, Value::from(items));
    if page < last {
        let other: String = call.query.iter().filter(|(name, _)| *name != "page").map(|(name, value)| format!("{name}={value}&")).collect();
        let url = |page: usize| format!("{}/repositories/10{path}?{other}page={page}", call.urls.api);
        reply.link = Some(format!("<{}>; rel=\"next\", <{}>; rel=\"last\"", url(page + 1), url(last)));
    }
    reply
}

fn pulls_of_commit(state: &State, call: &Call<'_>) -> Reply {
    let numbers = state.pulls_of_commits.get(&call.arguments[0]).cloned().unwrap_or_default();
    let all = numbers.iter().map(|number| data::pull(*number, &state.pulls[number], call.newest, call.urls)).collect();
    page(all, &format!("/commits/{}/pulls", call.arguments[0]), call)
}

fn git(state: &mut State, method: &str, path: &str, call: &Call<'_>) -> Reply {
    let argument = call.arguments.first().cloned().unwrap_or_default();
    let full_ref = format!("refs/{argument}");
    match (method, path) {
        ("GET", "/git/ref/{ref}") => match state.refs.get(&full_ref) {
            Some(sha) => {
                let kind = if state.tags.contains_key(sha) { "tag" } else { "commit" };
                Reply::json(200, data::git_ref(&full_ref, sha, kind, call.urls))
            }
            None => not_found(),
        },
        ("POST", _) => {
            let (name, sha) = (call.text("ref").unwrap_or_default(), call.text("sha").unwrap_or_default());
            if state.refs.contains_key(&name) {
                return Reply::error(422, "Reference already exists");
            }
            state.refs.insert(name.clone(), sha.clone());
            Reply::json(201, data::git_ref(&name, &sha, "commit", call.urls))
        }
        ("PATCH", _) => {
            let sha = call.text("sha").unwrap_or_default();
            match state.refs.get_mut(&full_ref) {
                Some(old) => {
                    old.clone_from(&sha);
                    Reply::json(200, data::git_ref(&full_ref, &sha, "commit", call.urls))
                }
                None => Reply::error(422, "Reference does not exist"),
            }
        }
        ("DELETE", _) => match state.refs.remove(&full_ref) {
            Some(_) => Reply::empty(),
            None => Reply::error(422, "Reference does not exist"),
        },
        (_, "/git/tags/{tag_sha}") => {
            state.tags.get(&argument).map_or_else(not_found, |commit| Reply::json(200, data::git_tag(&argument, commit, call.urls)))
        }
        (_, "/git/commits/{commit_sha}") => {
            state.commits.get(&argument).map_or_else(not_found, |commit| Reply::json(200, data::commit(&argument, commit, call.urls)))
        }
        (_, "/git/trees/{tree_sha}") => tree(state, &argument, call),
        _ => state.blobs.get(&argument).map_or_else(not_found, |blob| {
            // GitHub breaks lines.
            let encoded = STANDARD.encode(blob).as_bytes().chunks(60).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n");
            let url = format!("{}/repos/{REPOSITORY}/git/blobs/{argument}", call.urls.api);
            Reply::json(
                200,
                json!({ "content": encoded + "\n", "encoding": "base64", "url": url, "sha": argument, "size": blob.len(), "node_id": "B" }),
            )
        }),
    }
}

fn tree(state: &State, sha: &str, call: &Call<'_>) -> Reply {
    if !state.trees.contains_key(sha) {
        return not_found();
    }
    let recursive = call.query.contains_key("recursive");
    let mut entries = Vec::new();
    list_folder(state, sha, "", recursive, &mut entries);
    let url = format!("{}/repos/{REPOSITORY}/git/trees/{sha}", call.urls.api);
    let entries: Vec<Value> = entries
        .iter()
        .map(|(path, entry)| json!({ "path": path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha, "url": url }))
        .collect();
    Reply::json(200, json!({ "sha": sha, "url": url, "tree": entries, "truncated": state.truncated }))
}

fn list_folder(state: &State, sha: &str, prefix: &str, recursive: bool, entries: &mut Vec<(String, TreeEntry)>) {
    for entry in &state.trees[sha] {
        let path = format!("{prefix}{}", entry.path);
        entries.push((path.clone(), entry.clone()));
        if recursive && entry.kind == "tree" {
            list_folder(state, &entry.sha, &format!("{path}/"), true, entries);
        }
    }
}

fn comments(state: &mut State, method: &str, call: &Call<'_>) -> Reply {
    let number = call.number();
    if !state.pulls.contains_key(&number) && !state.issues.contains_key(&number) {
        return not_found();
    }
    if method == "GET" {
        let all = state.comments.iter().filter(|comment| comment.number == number);
        let all = all.map(|comment| data::comment(comment, call.urls)).collect();
        return page(all, &format!("/issues/{number}/comments"), call);
    }
    let body = call.text("body").unwrap_or_default();
    if body.len() > 65_536 {
        return too_long();
    }
    state.comment(number, Who::Workflow, &body);
    Reply::json(201, data::comment(state.comments.last().expect("just made"), call.urls))
}

fn too_long() -> Reply {
    let errors = json!([{ "resource": "IssueComment", "field": "data", "code": "unprocessable", "message": "body is too long" }]);
    Reply::json(422, json!({ "message": "Validation Failed", "documentation_url": "https://docs.github.com/rest", "errors": errors }))
}

fn one_comment(state: &mut State, method: &str, call: &Call<'_>) -> Reply {
    let id = call.number();
    let Some(at) = state.comments.iter().position(|comment| comment.id == id) else { return not_found() };
    if method == "DELETE" {
        state.comments.remove(at);
        return Reply::empty();
    }
    let body = call.text("body").unwrap_or_default();
    if body.len() > 65_536 {
        return too_long();
    }
    state.comments[at].body = body;
    Reply::json(200, data::comment(&state.comments[at], call.urls))
}

fn issues(state: &mut State, method: &str, call: &Call<'_>) -> Reply {
    if state.issues_disabled {
        return Reply::error(410, "Issues has been disabled in this repository.");
    }
    match method {
        "GET" => {
            let wanted = call.query.get("state").map_or("open", String::as_str);
            let all = state.issues.iter().filter(|(_, issue)| wanted == "all" || issue.open == (wanted == "open"));
            let mut all: Vec<Value> = all.map(|(number, issue)| data::issue(*number, issue, call.urls)).collect();
            // GitHub lists pull requests as issues too.
            for (number, pull) in &state.pulls {
                let issue = Issue { title: pull.title.clone(), body: pull.body.clone(), author: pull.author, open: pull.open };
                let mut value = data::issue(*number, &issue, call.urls);
                value["pull_request"] = json!({ "url": null, "html_url": null, "diff_url": null, "patch_url": null });
                all.push(value);
            }
            page(all, "/issues", call)
        }
        "POST" => {
            let number = state.issue(Who::Workflow, true, &call.text("body").unwrap_or_default());
            let issue = state.issues.get_mut(&number).expect("just made");
            issue.title = call.text("title").unwrap_or_default();
            Reply::json(201, data::issue(number, issue, call.urls))
        }
        _ => {
            let number = call.number();
            let Some(issue) = state.issues.get_mut(&number) else { return not_found() };
            issue.title = call.text("title").unwrap_or_else(|| issue.title.clone());
            issue.body = call.text("body").unwrap_or_else(|| issue.body.clone());
            issue.open = call.text("state").map_or(issue.open, |state| state == "open");
            Reply::json(200, data::issue(number, issue, call.urls))
        }
    }
}

fn pulls(state: &mut State, method: &str, call: &Call<'_>) -> Reply {
    let number = call.number();
    match (method, call.arguments.is_empty()) {
        ("GET", true) => {
            let fits = |pull: &Pull| {
                let head = pull
                    .head_repository
                    .as_deref()
                    .and_then(|name| name.split_once('/'))
                    .map(|(owner, _)| format!("{owner}:{}", pull.head_branch));
                let state = call.query.get("state").map_or("open", String::as_str);
                (state == "all" || pull.open == (state == "open"))
                    && call.query.get("head").is_none_or(|wanted| Some(wanted) == head.as_ref())
                    && call.query.get("base").is_none_or(|wanted| *wanted == pull.base_branch)
            };
            let all = state.pulls.iter().filter(|(_, pull)| state.filters_ignored || fits(pull));
            page(all.map(|(number, pull)| data::pull(*number, pull, call.newest, call.urls)).collect(), "/pulls", call)
        }
        ("POST", _) => {
            let (head, base) = (call.text("head").unwrap_or_default(), call.text("base").unwrap_or_default());
            let Some(head_sha) = state.refs.get(&format!("refs/heads/{head}")).cloned() else {
                return Reply::error(422, "Validation Failed");
            };
            if state.pulls.values().any(|pull| pull.open && pull.head_branch == head && pull.base_branch == base) {
                return Reply::error(422, "Validation Failed");
            }
            let number = state.next_number();
            let pull = state.pull(number, &head_sha);
            pull.author = Who::Workflow;
            pull.title = call.text("title").unwrap_or_default();
            pull.body = call.text("body").unwrap_or_default();
            (pull.head_branch, pull.base_branch) = (head, base);
            Reply::json(201, data::pull(number, pull, call.newest, call.urls))
        }
        (_, _) => {
            let Some(pull) = state.pulls.get_mut(&number) else { return not_found() };
            pull.title = call.text("title").unwrap_or_else(|| pull.title.clone());
            pull.body = call.text("body").unwrap_or_else(|| pull.body.clone());
            pull.open = call.text("state").map_or(pull.open, |state| state == "open");
            Reply::json(200, data::pull(number, pull, call.newest, call.urls))
        }
    }
}

/// A path or query value without its escapes.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16)).expect("a digit");
                bytes.push(u8::try_from(digit() * 16 + digit()).expect("a byte"));
            }
            b'+' => bytes.push(b' '),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}
