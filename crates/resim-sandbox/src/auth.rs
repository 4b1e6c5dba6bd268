//! The OAuth tenant, and who a bearer token stands for.
//!
//! Any credentials are good that are not called `wrong`. No credential is kept.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::clock::derived_id;
use crate::reply::{Refusal, Reply};

/// The audience of every ReSim deployment.
const AUDIENCE: &str = "https://api.resim.ai";
/// The grant of users, in Auth0's words.
const PASSWORD_REALM: &str = "http://auth0.com/oauth/grant-type/password-realm";
/// The realm of users.
const REALM: &str = "cli-users";
/// Credentials and tokens of this name are refused.
const WRONG: &str = "wrong";

/// All permissions that the API knows.
pub(crate) const PERMISSIONS: [&str; 11] = [
    "batches:read",
    "batches:write",
    "experienceTags:read",
    "experienceTags:write",
    "experiences:read",
    "experiences:write",
    "projects:read",
    "projects:write",
    "reports:read",
    "systems:read",
    "systems:write",
];

/// How tokens are issued and taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuthRules {
    /// How long a token is good.
    pub(crate) ttl: Ttl,
    /// The claim `permissions` of tokens to come.
    pub(crate) permissions: Permissions,
    /// Whether tokens are good that were not issued here.
    pub(crate) ready_tokens: bool,
}

/// How long a token is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ttl {
    /// For so many seconds.
    Seconds(u64),
    /// For so many requests.
    Requests(u64),
}

/// The claim `permissions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Permissions {
    /// These, and no request beyond them is allowed.
    Listed(Vec<String>),
    /// The claim is absent.
    Absent,
    /// The claim is an empty list.
    Empty,
    /// The first token lacks the claim, later ones have it.
    Late,
}

impl Default for AuthRules {
    fn default() -> Self {
        Self { ttl: Ttl::Seconds(86_400), permissions: Permissions::all(), ready_tokens: true }
    }
}

impl Permissions {
    /// Everything.
    pub(crate) fn all() -> Self {
        Self::Listed(PERMISSIONS.map(str::to_owned).to_vec())
    }
}

/// The tokens given out.
#[derive(Debug, Default)]
pub(crate) struct Auth {
    /// How tokens are issued and taken.
    pub(crate) rules: AuthRules,
    issued: BTreeMap<String, Issued>,
    count: u64,
}

#[derive(Debug)]
struct Issued {
    user: String,
    permissions: Option<Vec<String>>,
    expires: Instant,
    requests_left: Option<u64>,
}

/// Who a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// For `userID`.
    pub(crate) user: String,
    /// What it may do; `None` for anything.
    permissions: Option<Vec<String>>,
}

impl Identity {
    /// Refuses what is not permitted.
    pub(crate) fn require(&self, scope: &str) -> Result<(), Refusal> {
        match &self.permissions {
            Some(granted) if !granted.iter().any(|one| one == scope) => {
                Err(Refusal { status: 403, message: format!("insufficient permissions: {scope} is required") })
            }
            _ => Ok(()),
        }
    }
}

/// A refusal in OAuth's form.
fn refused(status: u16, error: &str, description: &str) -> Reply {
    Reply { status, body: json!({ "error": error, "error_description": description }).to_string().into_bytes() }
}

impl Auth {
    /// Answers `POST /oauth/token`: a form or JSON, the client's pair in it or in the header.
    pub(crate) fn token(&mut self, authorization: Option<&str>, json_body: bool, body: &[u8]) -> Reply {
        let Some(form) = fields(json_body, body) else { return refused(400, "invalid_request", "the body cannot be parsed") };
        let field = |name: &str| form.get(name).map(String::as_str).filter(|text| !text.is_empty());
        if field("audience") != Some(AUDIENCE) {
            let given = field("audience").unwrap_or("(none)");
            return refused(403, "access_denied", &format!("Service not found: {given}"));
        }
        let basic = authorization.and_then(basic_pair);
        let client = field("client_id").or(basic.as_ref().map(|(id, _)| id.as_str()));
        let user = match field("grant_type") {
            Some("client_credentials") => {
                let secret = field("client_secret").or(basic.as_ref().map(|(_, secret)| secret.as_str()));
                let (Some(id), Some(secret)) = (client, secret) else {
                    return refused(400, "invalid_request", "client_id and client_secret are required");
                };
                if id == WRONG || secret == WRONG {
                    return refused(401, "access_denied", "Unauthorized");
                }
                format!("{id}@clients")
            }
            Some(PASSWORD_REALM) => {
                let (Some(_), Some(username), Some(password)) = (client, field("username"), field("password")) else {
                    return refused(400, "invalid_request", "client_id, username and password are required");
                };
                if field("realm") != Some(REALM) {
                    return refused(403, "invalid_grant", "Unknown realm");
                }
                if username == WRONG || password == WRONG {
                    return refused(403, "invalid_grant", "Wrong email or password.");
                }
                username.to_owned()
            }
            Some(_) => return refused(403, "unsupported_grant_type", "Unsupported grant type"),
            None => return refused(400, "invalid_request", "grant_type is required"),
        };
        let (token, expires_in) = self.issue(&user);
        let body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": expires_in });
        Reply { status: 200, body: body.to_string().into_bytes() }
    }

    /// Makes a token for a user; also its lifetime as told to the client, in seconds.
    pub(crate) fn issue(&mut self, user: &str) -> (String, u64) {
        let (permissions, claim) = match &self.rules.permissions {
            Permissions::Listed(granted) => (Some(granted.clone()), Some(granted.clone())),
            Permissions::Absent => (None, None),
            Permissions::Empty => (None, Some(Vec::new())),
            Permissions::Late if self.count == 0 => (None, None),
            Permissions::Late => (None, Some(PERMISSIONS.map(str::to_owned).to_vec())),
        };
        // A token that ends after some requests ends by surprise: it claims to last.
        let (seconds, requests_left) = match self.rules.ttl {
            Ttl::Seconds(seconds) => (seconds, None),
            Ttl::Requests(requests) => (86_400, Some(requests)),
        };
        self.count += 1;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let mut payload = json!({
            "iss": "resim-sandbox",
            "sub": user,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now.saturating_add(seconds),
            "jti": self.count.to_string(),
        });
        if let (Some(claim), Some(payload)) = (claim, payload.as_object_mut()) {
            payload.insert("permissions".to_owned(), json!(claim));
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signature = derived_id(now, &["token", user], self.count).simple().to_string();
        let token = format!("{}.{}.{signature}", part(&json!({ "alg": "HS256", "typ": "JWT" })), part(&payload));
        let expires = Instant::now().checked_add(Duration::from_secs(seconds)).unwrap_or_else(Instant::now);
        self.issued.insert(token.clone(), Issued { user: user.to_owned(), permissions, expires, requests_left });
        (token, seconds)
    }

    /// Who a bearer token stands for; counts the request against it.
    pub(crate) fn identify(&mut self, authorization: Option<&str>) -> Result<Identity, Refusal> {
        let Some(token) = authorization.and_then(bearer) else { return Err(unauthenticated("the access token is missing")) };
        let Some(issued) = self.issued.get_mut(token) else {
            return if self.rules.ready_tokens && !token.starts_with(WRONG) && !token.is_empty() && !expired(token) {
                Ok(Identity { user: "ready-token".to_owned(), permissions: None })
            } else {
                Err(unauthenticated("the access token is not valid"))
            };
        };
        if issued.requests_left == Some(0) || Instant::now() >= issued.expires {
            return Err(unauthenticated("the access token is expired"));
        }
        issued.requests_left = issued.requests_left.map(|left| left - 1);
        Ok(Identity { user: issued.user.clone(), permissions: issued.permissions.clone() })
    }

    /// Ends a token, as if its time were over.
    pub(crate) fn expire(&mut self, authorization: Option<&str>) {
        let Some(token) = authorization.and_then(bearer) else { return };
        match self.issued.get_mut(token) {
            Some(issued) => issued.requests_left = Some(0),
            None => {
                let gone = Issued { user: String::new(), permissions: None, expires: Instant::now(), requests_left: Some(0) };
                self.issued.insert(token.to_owned(), gone);
            }
        }
    }
}

fn unauthenticated(message: &str) -> Refusal {
    Refusal { status: 401, message: message.to_owned() }
}

fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whether a token from elsewhere says that it is past its time.
fn expired(token: &str) -> bool {
    let Some(payload) = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()) else { return false };
    let Ok(payload) = serde_json::from_slice::<Value>(&payload) else { return false };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    payload.get("exp").and_then(Value::as_u64).is_some_and(|end| end <= now)
}

fn basic_pair(authorization: &str) -> Option<(String, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    // OAuth's Basic carries both parts as form values.
    let decode = |part: &str| form_urlencoded::parse(format!("x={part}").as_bytes()).next().map(|(_, value)| value.into_owned());
    Some((decode(id)?, decode(secret)?))
}

/// The fields of a body.
fn fields(json_body: bool, body: &[u8]) -> Option<BTreeMap<String, String>> {
    if !json_body {
        return Some(form_urlencoded::parse(body).into_owned().collect());
    }
    let Ok(Value::Object(map)) = serde_json::from_slice(body) else { return None };
    Some(map.into_iter().filter_map(|(name, value)| value.as_str().map(|text| (name, text.to_owned()))).collect())
}

#[cfg(test)]
mod tests;
