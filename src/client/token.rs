//! One bearer token: what it claims, when it ends, what became of the requests that carry it.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::HeaderValue;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::Instant;

use super::ApiError;
use super::auth::refused;

/// A bearer token. Has no `Debug`, which would show it.
pub(super) struct Token {
    pub(super) header: HeaderValue,
    /// When it is no longer used, where the tenant said how long it lives.
    pub(super) expires: Option<Instant>,
    uses: watch::Sender<Uses>,
    /// The first one of the run; a refusal of it is worth one more.
    pub(super) first: bool,
    pub(super) permissions: Option<Vec<String>>,
}

/// What became of the requests that carry a token.
#[derive(Clone, Copy, Debug, Default)]
struct Uses {
    /// Those without an answer yet.
    in_flight: usize,
    /// Whether the API took it once: a refusal then means that it has ended.
    accepted: bool,
}

/// A request that carries a token, until it is answered.
pub(super) struct InFlight(Arc<Token>);

/// What is read of a token's payload, unverified: it only serves to explain.
#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    permissions: Option<Vec<String>>,
}

impl Token {
    pub(super) fn new(token: &str, lifetime: Option<Duration>, first: bool) -> Result<Self, ApiError> {
        if token.is_empty() {
            return Err(refused("the token is empty".into()));
        }
        let mut header = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| refused("the token holds characters that no token has".into()))?;
        header.set_sensitive(true);
        let expires = lifetime.filter(|lifetime| !lifetime.is_zero()).and_then(|lifetime| {
            // Renewed a little early, so that none ends on its way.
            let margin = (lifetime / 10).min(Duration::from_secs(30));
            Instant::now().checked_add(lifetime - margin)
        });
        let uses = watch::Sender::default();
        Ok(Self { header, expires, uses, first, permissions: claimed_permissions(token) })
    }

    /// Counts a request in.
    pub(super) fn begin_use(self: &Arc<Self>) -> InFlight {
        self.uses.send_modify(|uses| uses.in_flight += 1);
        InFlight(Arc::clone(self))
    }

    fn accept(&self) {
        self.uses.send_modify(|uses| uses.accepted = true);
    }

    /// Whether the API ever took it: known at once if it has, else when the last request that carries it is answered.
    pub(super) async fn was_accepted(&self) -> bool {
        let mut uses = self.uses.subscribe();
        uses.wait_for(|uses| uses.accepted || uses.in_flight == 0).await.is_ok_and(|uses| uses.accepted)
    }
}

impl InFlight {
    /// The token that it carries.
    pub(super) fn token(&self) -> &Arc<Token> {
        &self.0
    }

    /// The API took the token.
    pub(super) fn accept(&self) {
        self.0.accept();
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.uses.send_modify(|uses| uses.in_flight -= 1);
    }
}

/// The claim `permissions` of a JWT, sorted; `None` if it is missing or empty, or the token is no JWT.
fn claimed_permissions(token: &str) -> Option<Vec<String>> {
    let payload = token.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let Claims { permissions } = serde_json::from_slice(&payload).ok()?;
    let mut permissions = permissions.filter(|permissions| !permissions.is_empty())?;
    permissions.sort();
    permissions.dedup();
    Some(permissions)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn jwt(payload: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn permissions_are_read_from_the_claim() {
        let claimed = |payload: &str| claimed_permissions(&jwt(payload));
        let scopes = Some(vec!["experiences:read".to_owned(), "projects:read".to_owned()]);
        assert_eq!(claimed(r#"{"permissions":["projects:read","experiences:read","projects:read"],"exp":1}"#), scopes);
        for none in [r"{}", r#"{"permissions":[]}"#, r#"{"permissions":null}"#, r#"{"permissions":"x"}"#, "[]", "junk"] {
            assert_eq!(claimed(none), None, "{none}");
        }
        for opaque in ["", "opaque", "a.b", "a.%%%.c", "..."] {
            assert_eq!(claimed_permissions(opaque), None, "{opaque}");
        }
    }

    #[test]
    fn a_padded_payload_is_read_too() {
        let token = jwt(r#"{"permissions":["a"]}"#).replace(".c2ln", "==.c2ln");
        assert_eq!(claimed_permissions(&token), Some(vec!["a".to_owned()]));
    }

    #[test]
    fn a_token_that_cannot_be_sent_is_refused_without_being_shown() {
        let error = Token::new("line\nbreak", None, true).err().unwrap();
        assert!(!error.to_string().contains("break"), "{error}");
        assert!(Token::new("", None, true).is_err());
    }

    #[tokio::test]
    async fn a_refused_token_is_judged_when_all_its_requests_are_answered() {
        let fresh = || Arc::new(Token::new("t", None, false).unwrap());
        assert!(!fresh().was_accepted().await);
        for accepted in [true, false] {
            let token = fresh();
            let other = token.begin_use();
            let mut judged = std::pin::pin!(token.was_accepted());
            let mut judged = || judged.as_mut().now_or_never();
            assert_eq!(judged(), None, "the other request may still succeed");
            if accepted {
                token.accept();
                assert_eq!(judged(), Some(true), "at once");
            } else {
                drop(other);
                assert_eq!(judged(), Some(false));
            }
        }
    }

    #[test]
    fn a_short_lived_token_is_used_for_most_of_its_life() {
        let now = Instant::now();
        let token = Token::new("t", Some(Duration::from_secs(10)), true).unwrap();
        assert!(token.expires.unwrap() >= now + Duration::from_secs(9));
        let token = Token::new("t", Some(Duration::from_secs(86400)), true).unwrap();
        assert!(token.expires.unwrap() >= now + Duration::from_secs(86370));
        assert_eq!(Token::new("t", Some(Duration::ZERO), true).unwrap().expires, None);
        assert_eq!(Token::new("t", Some(Duration::MAX), true).unwrap().expires, None);
    }
}
