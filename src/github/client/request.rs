//! One request: what to send, what right it needs, whether doing it twice does harm.

use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::Permission;

/// A GraphQL document with its name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Document {
    /// The operation's name.
    pub(crate) name: &'static str,
    /// The text.
    pub(crate) text: &'static str,
}

/// A request to one of the two APIs.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(super) method: Method,
    /// `None`: the GraphQL endpoint.
    pub(super) path: Option<Vec<String>>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
    pub(super) needs: Permission,
    pub(super) repeatable: bool,
    /// For people.
    pub(super) name: String,
}

impl Request {
    /// A request below the repository; a path's segments are encoded here.
    fn rest(method: Method, path: &[&str], needs: Permission) -> Self {
        let name = format!("{method} …/{}", path.join("/"));
        let repeatable = method != Method::POST;
        let path = Some(path.iter().map(|&segment| segment.to_owned()).collect());
        Self { method, path, query: Vec::new(), body: None, needs, repeatable, name }
    }

    pub(crate) fn get(path: &[&str], needs: Permission) -> Self {
        Self::rest(Method::GET, path, needs)
    }

    /// Repeated only if it certainly was not done.
    pub(crate) fn post(path: &[&str], body: Value, needs: Permission) -> Self {
        Self { body: Some(body), ..Self::rest(Method::POST, path, needs) }
    }

    /// Says what something becomes, and may thus be repeated.
    pub(crate) fn patch(path: &[&str], body: Value, needs: Permission) -> Self {
        Self { body: Some(body), ..Self::rest(Method::PATCH, path, needs) }
    }

    pub(crate) fn delete(path: &[&str], needs: Permission) -> Self {
        Self::rest(Method::DELETE, path, needs)
    }

    /// Adds a parameter.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// A GraphQL query.
    pub(crate) fn query(document: Document, variables: &Value, needs: Permission) -> Self {
        let Document { name, text } = document;
        let body = Some(json!({ "query": text, "operationName": name, "variables": variables }));
        let name = format!("POST graphql ({name})");
        Self { method: Method::POST, path: None, query: Vec::new(), body, needs, repeatable: true, name }
    }

    /// A GraphQL mutation.
    pub(crate) fn mutation(document: Document, variables: &Value, needs: Permission) -> Self {
        Self { repeatable: false, ..Self::query(document, variables, needs) }
    }

    /// Whether it changes something at GitHub.
    pub(super) fn writes(&self) -> bool {
        self.method != Method::GET && !(self.path.is_none() && self.repeatable)
    }

    /// The address, from the bases of the two APIs.
    pub(super) fn url(&self, repository: &Url, graphql: &Url) -> Url {
        let Some(path) = &self.path else { return graphql.clone() };
        let mut url = repository.clone();
        // A base is https or http, and those have segments.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.extend(path);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }
}
