use super::*;

fn form(pairs: &[(&str, &str)]) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
}

fn client(id: &str, secret: &str) -> Vec<u8> {
    form(&[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret), ("audience", AUDIENCE)])
}

fn user(realm: &str, password: &str) -> Vec<u8> {
    form(&[
        ("grant_type", PASSWORD_REALM),
        ("realm", realm),
        ("username", "ann"),
        ("password", password),
        ("audience", AUDIENCE),
        ("client_id", "public"),
    ])
}

fn token(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    format!("Bearer {}", body["access_token"].as_str().unwrap())
}

fn payload(authorization: &str) -> Value {
    let part = authorization.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn both_grants_give_a_token_with_permissions_and_an_end() {
    let mut auth = Auth::default();
    for (body, who) in [(client("ci", "s"), "ci@clients"), (user(REALM, "p"), "ann")] {
        let token = token(&auth.token(None, false, &body));
        let payload = payload(&token);
        assert_eq!(payload["permissions"], json!(PERMISSIONS));
        assert!(payload["exp"].as_u64() > payload["iat"].as_u64());
        assert_eq!(auth.identify(Some(&token)).unwrap().user, who);
    }
}

#[test]
fn client_pair_may_come_as_basic_or_json() {
    let mut auth = Auth::default();
    let bare = form(&[("grant_type", "client_credentials"), ("audience", AUDIENCE)]);
    let basic = format!("Basic {}", STANDARD.encode("a%20b:s%3As"));
    let by_basic = token(&auth.token(Some(&basic), false, &bare));
    assert_eq!(auth.identify(Some(&by_basic)).unwrap().user, "a b@clients");
    let body = json!({ "grant_type": "client_credentials", "client_id": "j", "client_secret": "s", "audience": AUDIENCE }).to_string();
    let by_json = token(&auth.token(None, true, body.as_bytes()));
    assert_eq!(auth.identify(Some(&by_json)).unwrap().user, "j@clients");
}

#[test]
fn bad_credentials_are_refused_by_kind() {
    let mut auth = Auth::default();
    let cases: [(Vec<u8>, u16); 8] = [
        (client("ci", "wrong"), 401),
        (client("wrong", "s"), 401),
        (client("ci", ""), 400),
        (user(REALM, "wrong"), 403),
        (user("elsewhere", "p"), 403),
        (form(&[("grant_type", "magic"), ("audience", AUDIENCE)]), 403),
        (form(&[("grant_type", "client_credentials"), ("audience", "https://other")]), 403),
        (form(&[("audience", AUDIENCE)]), 400),
    ];
    for (body, status) in cases {
        let reply = auth.token(None, false, &body);
        assert_eq!(reply.status, status, "{}", String::from_utf8_lossy(&body));
        assert!(serde_json::from_slice::<Value>(&reply.body).unwrap()["error"].is_string());
    }
    assert_eq!(auth.token(None, true, b"[").status, 400);
}

#[test]
fn token_ends_after_its_requests_or_seconds_or_when_told() {
    let mut auth = Auth::default();
    auth.rules.ttl = Ttl::Requests(2);
    let short = format!("Bearer {}", auth.issue("u").0);
    assert!(auth.identify(Some(&short)).is_ok());
    assert!(auth.identify(Some(&short)).is_ok());
    assert_eq!(auth.identify(Some(&short)).unwrap_err().status, 401);

    auth.rules.ttl = Ttl::Seconds(0);
    let dead = format!("Bearer {}", auth.issue("u").0);
    assert_eq!(auth.identify(Some(&dead)).unwrap_err().status, 401);

    auth.rules.ttl = Ttl::Seconds(60);
    let told = format!("Bearer {}", auth.issue("u").0);
    assert!(auth.identify(Some(&told)).is_ok());
    auth.expire(Some(&told));
    assert_eq!(auth.identify(Some(&told)).unwrap_err().status, 401);
}

#[test]
fn ready_token_is_good_unless_wrong_expired_or_switched_off() {
    let mut auth = Auth::default();
    assert!(auth.identify(Some("Bearer from-elsewhere")).is_ok());
    let past = format!("Bearer x.{}.y", URL_SAFE_NO_PAD.encode("{\"exp\":1}"));
    for bad in [None, Some("Bearer wrong"), Some("Bearer "), Some("Basic eDp5"), Some("nonsense"), Some(past.as_str())] {
        assert_eq!(auth.identify(bad).map_err(|refusal| refusal.status), Err(401), "{bad:?}");
    }
    auth.expire(Some("Bearer from-elsewhere"));
    assert!(auth.identify(Some("Bearer from-elsewhere")).is_err());
    auth.rules.ready_tokens = false;
    assert!(auth.identify(Some("Bearer another")).is_err());
}

#[test]
fn permissions_can_be_few_absent_empty_or_late() {
    let mut auth = Auth::default();
    auth.rules.permissions = Permissions::Listed(vec!["projects:read".to_owned()]);
    let few = format!("Bearer {}", auth.issue("u").0);
    let identity = auth.identify(Some(&few)).unwrap();
    assert!(identity.require("projects:read").is_ok());
    assert_eq!(identity.require("experiences:write").unwrap_err().status, 403);

    auth.rules.permissions = Permissions::Absent;
    assert!(payload(&auth.issue("u").0).get("permissions").is_none());
    auth.rules.permissions = Permissions::Empty;
    assert_eq!(payload(&auth.issue("u").0)["permissions"], json!([]));

    let mut auth = Auth::default();
    auth.rules.permissions = Permissions::Late;
    assert!(payload(&auth.issue("u").0).get("permissions").is_none());
    assert!(payload(&auth.issue("u").0).get("permissions").is_some());
}
