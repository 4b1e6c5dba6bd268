//! The GraphQL API, as far as the program uses it: answers hold exactly the fields that were asked for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::data::Urls;
use super::state::{REPOSITORY, State, Who};

const NOTHING: &str = "0000000000000000000000000000000000000000";

/// The fields asked for, each with those below it.
#[derive(Debug)]
struct Field {
    name: String,
    fields: Vec<Field>,
}

/// Answers a document.
pub(crate) fn answer(state: &mut State, body: &Value, urls: &Urls) -> Value {
    let text = body["query"].as_str().unwrap_or_default();
    let variables = &body["variables"];
    let root = match body["operationName"].as_str() {
        Some("FindComments") => find_comments(state, variables, urls),
        Some("FindIssues") => Ok(find_issues(state, variables, urls)),
        Some("RepositoryId") => Ok(json!({ "repository": { "id": "R_10" } })),
        Some("CreateCommit") => create_commit(state, &variables["input"]),
        Some("MoveBranch") => move_branch(state, &variables["input"]),
        other => Err(("undefined", format!("unknown operation {other:?}"))),
    };
    let error = |(code, message): (&str, String)| json!({ "data": null, "errors": [{ "type": code, "message": message, "path": [] }] });
    let root = match root {
        Ok(root) => root,
        Err(failure) => return error(failure),
    };
    let mut tokens = tokens(text).into_iter().peekable();
    // The operation's head ends where its selection begins.
    while tokens.next_if(|token| token != "{").is_some() {}
    match project(&root, &selection(&mut tokens)) {
        Ok(data) => json!({ "data": data }),
        Err(field) => {
            json!({ "errors": [{ "message": format!("Field '{field}' doesn't exist"), "extensions": { "code": "undefinedField" } }] })
        }
    }
}

/// Names and braces; arguments and variables are left out.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut depth = 0;
    let mut word = String::new();
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            c if depth == 0 && (c.is_alphanumeric() || c == '_') => {
                word.push(c);
                continue;
            }
            _ => {}
        }
        if !word.is_empty() {
            tokens.push(std::mem::take(&mut word));
        }
        if depth == 0 && matches!(c, '{' | '}') {
            tokens.push(c.to_string());
        }
    }
    tokens
}

fn selection(tokens: &mut std::iter::Peekable<std::vec::IntoIter<String>>) -> Vec<Field> {
    let mut fields = Vec::new();
    if tokens.next_if(|token| token == "{").is_none() {
        return fields;
    }
    while let Some(name) = tokens.next_if(|token| token != "}") {
        fields.push(Field { name, fields: selection(tokens) });
    }
    tokens.next();
    fields
}

fn project(value: &Value, fields: &[Field]) -> Result<Value, String> {
    match value {
        Value::Object(object) => fields
            .iter()
            .map(|Field { name, fields }| Ok((name.clone(), project(object.get(name).ok_or_else(|| name.clone())?, fields)?)))
            .collect::<Result<Map<_, _>, String>>()
            .map(Value::Object),
        Value::Array(items) => items.iter().map(|item| project(item, fields)).collect::<Result<Vec<_>, _>>().map(Value::Array),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(value.clone()),
    }
}

/// A hundred nodes after a cursor.
fn connection(nodes: Vec<Value>, variables: &Value) -> Value {
    let after: usize = variables["after"].as_str().map_or(0, |cursor| cursor.parse().expect("our own cursor"));
    let end = (after + 100).min(nodes.len());
    let page = json!({ "hasNextPage": end < nodes.len(), "endCursor": (end > after).then(|| end.to_string()) });
    json!({ "nodes": nodes[after.min(end)..end], "pageInfo": page })
}

fn find_comments(state: &State, variables: &Value, urls: &Urls) -> Result<Value, (&'static str, String)> {
    let number = variables["number"].as_u64().unwrap_or_default();
    if !state.pulls.contains_key(&number) {
        return Err(("NOT_FOUND", format!("Could not resolve to a PullRequest with the number of {number}.")));
    }
    let comments = state.comments.iter().filter(|comment| comment.number == number);
    let nodes = comments
        .map(|comment| {
            json!({
                "fullDatabaseId": comment.id.to_string(), "url": urls.comment_page(comment), "body": comment.body,
                "viewerDidAuthor": comment.author == Who::Workflow,
            })
        })
        .collect();
    Ok(json!({ "repository": { "pullRequest": { "comments": connection(nodes, variables) } } }))
}

fn find_issues(state: &State, variables: &Value, urls: &Urls) -> Value {
    let open = variables["states"][0] == "OPEN";
    let nodes = state.issues.iter().filter(|(_, issue)| issue.open == open && !state.issues_disabled).rev();
    let nodes = nodes
        .map(|(number, issue)| {
            json!({
                "number": number, "url": format!("{}/issues/{number}", urls.page()), "body": issue.body,
                "state": if issue.open { "OPEN" } else { "CLOSED" }, "viewerDidAuthor": issue.author == Who::Workflow,
            })
        })
        .collect();
    json!({ "repository": { "issues": connection(nodes, variables) } })
}

fn create_commit(state: &mut State, input: &Value) -> Result<Value, (&'static str, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    assert_eq!(input["branch"]["repositoryNameWithOwner"], REPOSITORY);
    let full_ref = format!("refs/heads/{}", text(&input["branch"]["branchName"]));
    let Some(head) = state.refs.get(&full_ref).cloned() else {
        return Err(("NOT_FOUND", format!("No such branch {full_ref}")));
    };
    if input["expectedHeadOid"] != head {
        return Err(("STALE_DATA", format!("Expected branch to point to \"{}\" but it did not", text(&input["expectedHeadOid"]))));
    }
    let mut files = state.commits[&head].files.clone();
    for addition in input["fileChanges"]["additions"].as_array().into_iter().flatten() {
        let content = STANDARD.decode(text(&addition["contents"])).map_err(|_| ("UNPROCESSABLE", "not base64".to_owned()))?;
        files.insert(text(&addition["path"]), ("100644".to_owned(), content));
    }
    let message = format!("{}\n\n{}", text(&input["message"]["headline"]), text(&input["message"]["body"]));
    let bot = "41898282+github-actions[bot]@users.noreply.github.com";
    let sha = state.store(&message, files, bot, "noreply@github.com", vec![head]);
    state.refs.insert(full_ref, sha.clone());
    Ok(json!({ "createCommitOnBranch": { "commit": { "oid": sha } } }))
}

fn move_branch(state: &mut State, input: &Value) -> Result<Value, (&'static str, String)> {
    assert_eq!(input["repositoryId"], "R_10");
    let updates = input["refUpdates"].as_array().cloned().unwrap_or_default();
    let field = |update: &Value, name: &str| update[name].as_str().unwrap_or_default().to_owned();
    for update in &updates {
        let now = state.refs.get(&field(update, "name")).map_or(NOTHING, String::as_str);
        // Without it GitHub looks at nothing.
        if update["beforeOid"].is_string() && field(update, "beforeOid") != now {
            return Err(("UNPROCESSABLE", format!("{} is at {now}", field(update, "name"))));
        }
    }
    for update in &updates {
        match field(update, "afterOid") {
            gone if gone == NOTHING => state.refs.remove(&field(update, "name")),
            sha => state.refs.insert(field(update, "name"), sha),
        };
    }
    // Pull requests follow their branches.
    for pull in state.pulls.values_mut().filter(|pull| pull.open) {
        if let Some(sha) = state.refs.get(&format!("refs/heads/{}", pull.head_branch)) {
            pull.head_sha.clone_from(sha);
        }
    }
    Ok(json!({ "updateRefs": { "clientMutationId": null } }))
}
