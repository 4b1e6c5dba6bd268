//! Bearer tokens: got once, renewed when they end, shared by all requests of the run.
//!
//! Nothing in here may show a credential: every secret goes to the scrubber before it is sent.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};
use url::form_urlencoded;

use super::answer::Answer;
use super::hosts::{as_base, password_client_id};
use super::retry::Repeat;
use super::token::{InFlight, Token};
use super::transport::{Body, Call, Transport, Trial};
use super::{ApiError, ApiErrorKind, Credentials};

/// The audience of every deployment, staging included.
const AUDIENCE: &str = "https://api.resim.ai";
const PASSWORD_GRANT: &str = "http://auth0.com/oauth/grant-type/password-realm";
const PASSWORD_REALM: &str = "cli-users";
const TOKEN_REQUEST: &str = "POST …/oauth/token";

/// A request ends after so many refused tokens, whatever other requests do with them.
const REFUSALS: u32 = 3;

/// Where the run's tokens come from, and the present one.
pub(crate) struct Auth {
    /// `None` for a ready token, which cannot be renewed.
    source: Option<TokenSource>,
    present: Mutex<Present>,
    permissions: Option<Vec<String>>,
}

struct Present {
    token: Arc<Token>,
    /// The tenant's refusal to replace the present token: nobody asks again.
    refusal: Option<ApiError>,
}

struct TokenSource {
    call: Call,
}

/// What the tenant answers. Unknown keys are ignored. Without `Debug`, which would show the token.
#[derive(Deserialize)]
struct TokenReply {
    access_token: String,
    /// Seconds; only a hint, so anything else is taken for absent.
    #[serde(default)]
    expires_in: serde_json::Value,
}

impl Auth {
    /// Gets the first token; sends nothing where it is given.
    pub(crate) async fn open(
        transport: &Transport,
        client: reqwest::Client,
        auth_url: Option<&Url>,
        credentials: &Credentials,
    ) -> Result<Self, ApiError> {
        let (source, token) = match credentials {
            Credentials::Token(token) => {
                let token = token.expose_secret().trim();
                transport.scrubber.add(token);
                (None, Token::new(token, None, true)?)
            }
            Credentials::Client { id, secret } => {
                transport.scrubber.add(secret.expose_secret());
                transport.scrubber.add_name(id);
                let source = TokenSource::new(transport, client, tenant(auth_url)?, client_form(id, secret));
                let token = source.first(transport).await?;
                (Some(source), token)
            }
            Credentials::Password { username, password } => {
                transport.scrubber.add(password.expose_secret());
                transport.scrubber.add_name(username);
                let auth_url = tenant(auth_url)?;
                let Some(client_id) = password_client_id(auth_url) else {
                    let host = auth_url.host_str().unwrap_or_default();
                    return Err(refused(format!(
                        "a user name and password need one of ReSim's own OAuth tenants, and `{host}` is none; use client credentials or a token"
                    )));
                };
                let source = TokenSource::new(transport, client, auth_url, password_form(client_id, username, password));
                let token = source.first(transport).await?;
                (Some(source), token)
            }
        };
        let permissions = token.permissions.clone();
        Ok(Self { source, present: Mutex::new(Present { token: Arc::new(token), refusal: None }), permissions })
    }

    /// The scopes that the first token claims, sorted; `None` where it claims nothing.
    pub(crate) fn permissions(&self) -> Option<Vec<String>> {
        self.permissions.clone()
    }

    /// Sends with the run's token, renewed as needed, until it succeeds or must not be repeated.
    pub(crate) async fn run<T>(
        &self,
        transport: &Transport,
        call: &Call,
        decode: impl Fn(&Answer) -> Result<T, ApiErrorKind>,
    ) -> Result<T, ApiError> {
        let mut trial = Trial::new(transport, call);
        let mut refusals = 0;
        loop {
            let in_flight = self.token(transport).await?;
            let token = Arc::clone(in_flight.token());
            let outcome = trial.attempt(Some(&token.header), &decode).await;
            if outcome.as_ref().err().is_none_or(|failure| failure.error.status().is_some_and(|status| status < 500 && status != 401)) {
                in_flight.accept();
            }
            drop(in_flight);
            let failure = match outcome {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            if failure.error.status() == Some(401) {
                refusals += 1;
                self.replace(transport, &token, refusals, unauthorized(failure.error)).await?;
                continue;
            }
            trial.wait(failure).await?;
        }
    }

    /// The present token, or its successor if it has ended, with a request that carries it. That is counted before
    /// anybody else can judge the token.
    async fn token(&self, transport: &Transport) -> Result<InFlight, ApiError> {
        let mut present = self.present.lock().await;
        if let Some(source) = &self.source
            && present.token.expires.is_some_and(|end| end <= Instant::now())
        {
            present.renew(transport, source).await?;
        }
        Ok(present.token.begin_use())
    }

    /// Makes sure that the present token is another than the refused one: whoever comes first renews it, for all.
    async fn replace(&self, transport: &Transport, used: &Arc<Token>, refusals: u32, refusal: ApiError) -> Result<(), ApiError> {
        let mut present = self.present.lock().await;
        if refusals >= REFUSALS {
            return Err(refusal);
        }
        if !Arc::ptr_eq(&present.token, used) {
            return Ok(());
        }
        let Some(source) = &self.source else { return Err(refusal) };
        if !used.first && !used.was_accepted().await {
            return Err(refusal);
        }
        present.renew(transport, source).await
    }
}

impl Present {
    async fn renew(&mut self, transport: &Transport, source: &TokenSource) -> Result<(), ApiError> {
        if let Some(refusal) = &self.refusal {
            return Err(refusal.clone());
        }
        let next = source.next(transport, false).await;
        if let Err(error @ ApiError { kind: ApiErrorKind::Unauthorized(_), .. }) = &next {
            self.refusal = Some(error.clone());
        }
        self.token = Arc::new(next?);
        Ok(())
    }
}

impl TokenSource {
    fn new(transport: &Transport, client: reqwest::Client, auth_url: &Url, form: String) -> Self {
        transport.scrubber.add(&form);
        let mut url = as_base(auth_url);
        url.set_path(&format!("{}oauth/token", url.path()));
        let body = Body::Form(form.into_bytes());
        Self { call: Call { client, method: Method::POST, url, name: TOKEN_REQUEST.into(), body, repeat: Repeat::Safe } }
    }

    /// The first token, asked for once more if it claims no permissions: the tenant may attach them late.
    async fn first(&self, transport: &Transport) -> Result<Token, ApiError> {
        let token = self.next(transport, true).await?;
        if token.permissions.is_some() {
            return Ok(token);
        }
        sleep(transport.timing.claims_delay).await;
        self.next(transport, true).await
    }

    async fn next(&self, transport: &Transport, first: bool) -> Result<Token, ApiError> {
        let reply: TokenReply = transport.run(&self.call, Answer::json).await.map_err(refused_by_tenant)?;
        let TokenReply { access_token, expires_in } = reply;
        transport.scrubber.add(&access_token);
        let lifetime = expires_in.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        Token::new(&access_token, lifetime, first)
    }
}

fn tenant(auth_url: Option<&Url>) -> Result<&Url, ApiError> {
    auth_url.ok_or_else(|| refused("no OAuth tenant is known for this API: name it in RESIM_AUTH_URL, or give a token".into()))
}

fn client_form(id: &str, secret: &SecretString) -> String {
    form(&[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret.expose_secret()), ("audience", AUDIENCE)])
}

fn password_form(client_id: &str, username: &str, password: &SecretString) -> String {
    form(&[
        ("grant_type", PASSWORD_GRANT),
        ("realm", PASSWORD_REALM),
        ("username", username),
        ("password", password.expose_secret()),
        ("audience", AUDIENCE),
        ("client_id", client_id),
    ])
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(super) fn refused(why: String) -> ApiError {
    ApiError { request: TOKEN_REQUEST.into(), kind: ApiErrorKind::Unauthorized(why) }
}

/// An API request with a token that the API does not take.
fn unauthorized(error: ApiError) -> ApiError {
    let ApiError { request, kind } = error;
    ApiError { request, kind: ApiErrorKind::Unauthorized(kind.to_string()) }
}

/// The tenant answers wrong credentials with 401 or 403, and wrong kinds of credentials with 400.
fn refused_by_tenant(error: ApiError) -> ApiError {
    match error.status() {
        Some(400 | 401 | 403) => unauthorized(error),
        Some(_) | None => error,
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Auth")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_those_of_the_tenant() {
        let secret = SecretString::from("s&cret");
        assert_eq!(
            client_form("me", &secret),
            "grant_type=client_credentials&client_id=me&client_secret=s%26cret&audience=https%3A%2F%2Fapi.resim.ai"
        );
        assert_eq!(
            password_form("public", "me@x", &secret),
            "grant_type=http%3A%2F%2Fauth0.com%2Foauth%2Fgrant-type%2Fpassword-realm&realm=cli-users&username=me%40x&password=s%26cret\
             &audience=https%3A%2F%2Fapi.resim.ai&client_id=public"
        );
    }
}
