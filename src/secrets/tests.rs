use proptest::prelude::*;

use super::*;

fn is_secret_name(name: &str) -> bool {
    is_secret_variable(name, "1")
}

#[test]
fn names_with_a_secret_word_are_secret() {
    for name in [
        "TOKEN",
        "API_TOKEN",
        "api_token",
        "apiToken",
        "APIToken",
        "api-token",
        "TOKEN_FILE",
        "CLIENT_SECRET",
        "DB_PASSWORD",
        "passwd",
        "SSH_PASSPHRASE",
        "GOOGLE_CREDENTIALS",
        "AWS_CREDENTIAL",
        "API_KEY",
        "apiKey",
        "KeyId",
        "APIKey",
        "AWSAccessKeyId",
        "key",
        "HTTP_AUTH",
        "auth",
        "API_KEY2",
        "x.key",
        "S3_SECRET_ACCESS_KEY",
    ] {
        assert!(is_secret_name(name), "{name}");
    }
}

#[test]
fn names_that_hold_the_letters_only_are_harmless() {
    for name in [
        "KEYBOARD",
        "MONKEY",
        "Monkey",
        "keyboardLayout",
        "TOKENIZER",
        "MAX_TOKENS",
        "AUTHOR",
        "AUTHORITY",
        "SECRETARY",
        "HOCKEY_TEAM",
        "APIKEY",
        "KEYFRAME_RATE",
        "donkeyCount",
        "MAX_ALTITUDE_M",
        "",
        "_",
        "--",
        "ÄKEYÖ",
        "ΚΕΥ",
    ] {
        assert!(!is_secret_name(name), "{name}");
    }
}

#[test]
fn user_info_in_a_url_is_secret() {
    for text in [
        "https://user:pw@host/x",
        "https://token@host",
        "postgres://u:p/w@host/db",
        "see ftp://a:b@c.d for more",
        "jdbc:postgresql://u:p@h/db",
        "https://:pw@host",
    ] {
        assert!(looks_secret(text), "{text}");
    }
    for text in [
        "https://host/a@b",
        "s3://bucket/x@v1",
        "http://host:8080/a@b",
        "https://host?a@b",
        "mail@example.org",
        "http://[::1]:80/@",
        "://a@b",
        "https://@host",
    ] {
        assert!(!looks_secret(text), "{text}");
    }
}

#[test]
fn signature_parameters_are_secret() {
    for text in [
        "https://b.s3.amazonaws.com/k?X-Amz-Signature=abc",
        "https://h/p?a=1&X-Goog-Signature=00",
        "https://h/p?sv=1&sig=abc%3D",
        "https://h/p?Signature=abc&Expires=1",
        "https://h/p?token=abc",
        "https://h/p#access_token=abc",
        "https://h/p?x-amz-security-token=abc",
        "AccountName=a;AccountKey=b==",
        "--password=hunter2",
    ] {
        assert!(is_secret_location(text), "{text}");
    }
    for text in [
        "s3://b/keyframes",
        "s3://b/key=1/token=2/x",
        "https://h/p?token=",
        "https://h/p?key=maps/v1",
        "https://h/p?design=1",
        "https://h/p?sigma=1",
        "a=b",
        "=",
        "https://h/p?token=&a=1",
    ] {
        assert!(!is_secret_location(text), "{text}");
    }
}

#[test]
fn page_tokens_are_places_in_a_list() {
    for text in ["https://h/p?pageToken=abc&pageSize=100", "https://h/p?page_token=abc", "GET /p?pageSize=9&nextPageToken=abc: 500"] {
        assert!(!looks_secret(text), "{text}");
        assert_eq!(without_secrets(text), text);
    }
    for text in ["https://h/p?pageToken=abc&token=def", "https://h/p?pageTokenKey=abc", "https://h/p?webpageToken=abc"] {
        assert!(looks_secret(text), "{text}");
    }
    assert!(is_secret_name("PAGE_TOKEN"));
}

#[test]
fn pem_headers_are_secret() {
    assert!(looks_secret("-----BEGIN RSA PRIVATE KEY-----\nMII"));
    assert!(!looks_secret("-----END-----"));
}

#[test]
fn well_known_tokens_are_secret() {
    let body = "0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R";
    for prefix in [
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "xoxb-",
        "xoxp-",
        "sk-",
        "sk-proj-",
        "AIza",
        "npm_",
        "pypi-",
        "dckr_pat_",
        "hvs.",
        "sk_live_",
        "hf_",
    ] {
        assert!(looks_secret(&format!("{prefix}{body}")), "{prefix}");
        assert!(looks_secret(&format!("Bearer {prefix}{body}")), "{prefix}");
        assert!(!looks_secret(prefix), "{prefix}");
    }
    for text in ["AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "x AKIAIOSFODNN7EXAMPLE y"] {
        assert!(looks_secret(text), "{text}");
    }
}

#[test]
fn words_that_begin_like_tokens_are_harmless() {
    for text in [
        "AKIA",
        "AKIAIOSFODNN7EXAMPLEX",
        "npm_config_registry",
        "sk-learn",
        "task-0a1B2c3D4e5F6g7H8i9J",
        "pypi-mirror.example.org",
        "eyJhIjoxfQ",
        "ASIA/maps/v1",
        "s3://b/sk-regression-survey-alpha-2024",
        "hvs.yaml",
        "SG.1",
    ] {
        assert!(!looks_secret(text), "{text}");
    }
}

#[test]
fn messages_lose_the_secret_words_alone() {
    assert_eq!(without_secrets("409: https://u:p@h/x is taken"), "409: (hidden) is taken");
    assert_eq!(without_secrets("-----BEGIN PRIVATE KEY----- x"), "(hidden)");
    assert_eq!(without_secrets("name is taken"), "name is taken");
}

#[test]
fn hostile_repetition_is_judged_in_bounded_time() {
    for unit in ["://", "a://b:c", "sk-", "-eyJ", "a=", "aA"] {
        assert!(!looks_secret(&unit.repeat(20_000)), "{unit}");
    }
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(name in any::<String>(), value in any::<String>()) {
        let _ = is_secret_variable(&name, &value);
    }

    #[test]
    fn messages_without_secrets_look_harmless(before in any::<String>(), secret in 0..4_usize, after in any::<String>()) {
        let secret = ["https://u:hunter2@h", "ghp_hunter2hunter2", "-----BEGIN KEY-----\nhunter2", "?sig=hunter2"][secret];
        let message = format!("{before} {secret} {after}");
        let safe = without_secrets(&message);
        prop_assert!(!looks_secret(&safe) && !safe.contains("hunter2"));
    }

    #[test]
    fn hostile_mixtures_do_not_panic(value in "([:/@=?&#.%_-]|://|ghp_|eyJ|KEY|key|é|\u{0}|[a-z0-9A-Z]){0,40}") {
        let _ = is_secret_variable(&value, &value);
    }

    #[test]
    fn word_between_separators_is_secret_in_any_case(before in "[A-Z]{0,5}", after in "[A-Z]{0,5}", word in 0..WORDS.len(), upper in any::<bool>(), separator in "[_-]") {
        let name = [before.as_str(), WORDS[word], after.as_str()].join(&separator);
        let cased = if upper { name } else { name.to_ascii_lowercase() };
        prop_assert!(is_secret_name(&cased));
    }

    #[test]
    fn letters_in_front_of_a_word_in_one_case_make_it_harmless(before in "[B-D]{1,5}", word in 0..WORDS.len()) {
        let letters = format!("{}{}", before, WORDS[word]);
        prop_assert!(!is_secret_name(&letters));
    }

    #[test]
    fn user_info_is_seen_wherever_the_url_stands(before in "[a-z ]{0,9}", user in "[a-z0-9%:]{1,9}", after in "[a-z/ ]{0,9}") {
        let text = format!("{before} https://{user}@h/{after}");
        prop_assert!(looks_secret(&text));
    }

    #[test]
    fn plain_object_paths_are_harmless(path in "[a-z]{1,8}(/[a-z0-9]{1,8}){0,4}") {
        let location = format!("s3://{path}");
        prop_assert!(!looks_secret(&location));
    }
}
