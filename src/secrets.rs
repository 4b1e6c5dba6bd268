//! Which values look secret, and are therefore never shown unless asked for.
//!
//! Judged by the name of an environment variable and by the look of a text; nothing is looked up or kept.
//! Names are read in words, so that `KEYBOARD` is harmless; texts by marks that chance does not make.

use std::borrow::Cow;

/// Words that make the name of a variable, or of a parameter, one of a secret.
const WORDS: &[&str] = &["TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "CREDENTIALS", "KEY", "AUTH"];

/// Words that make a parameter a signature: whoever has the URL may use it.
const SIGNATURES: &[&str] = &["SIG", "SIGNATURE"];

/// Whether an environment variable's value must be hidden, by its name or by its own look.
pub fn is_secret_variable(name: &str, value: &str) -> bool {
    words(name).any(|word| is_one_of(word, WORDS)) || looks_secret(value)
}

/// Whether a location must be hidden: user info in a URL, a signature parameter, a well-known token.
pub fn is_secret_location(location: &str) -> bool {
    looks_secret(location)
}

/// Whether any other text must be hidden, by its look alone.
pub fn looks_secret(text: &str) -> bool {
    text.contains("-----BEGIN ") || has_user_info(text) || has_secret_parameter(text) || has_token(text)
}

/// A message with its secret-looking words hidden; all of it if the words alone don't tell which.
pub fn without_secrets(message: &str) -> Cow<'_, str> {
    if !looks_secret(message) {
        return Cow::Borrowed(message);
    }
    let safe: String = message
        .split_inclusive(char::is_whitespace)
        .map(|word| {
            let (bare, blank) = word.split_at(word.trim_end().len());
            if looks_secret(bare) { format!("(hidden){blank}") } else { word.to_owned() }
        })
        .collect();
    Cow::Owned(if looks_secret(&safe) { "(hidden)".to_owned() } else { safe })
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|listed| word.eq_ignore_ascii_case(listed))
}

/// The words of a name: runs of letters, parted where the case goes up (`apiKey`) and before the last
/// capital of a run that ends in a word (`APIKey`).
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphabetic()).flat_map(|run| {
        let chars: Vec<(usize, char)> = run.char_indices().collect();
        let begins = |at: usize| {
            let upper = |at: usize| chars.get(at).is_some_and(|(_, c)| c.is_uppercase());
            let lower = |at: usize| chars.get(at).is_some_and(|(_, c)| c.is_lowercase());
            upper(at) && (lower(at - 1) || lower(at + 1))
        };
        let mut cuts: Vec<usize> = (1..chars.len()).filter(|at| begins(*at)).map(|at| chars[at].0).collect();
        cuts.push(run.len());
        let mut start = 0;
        cuts.into_iter().map(move |end| {
            let word = &run[start..end];
            start = end;
            word
        })
    })
}

/// How much is looked at behind one mark: longer than any token, so that hostile text costs little.
const REACH: usize = 512;

/// Whether a URL in the text has a part before `@` in its authority.
fn has_user_info(text: &str) -> bool {
    text.match_indices("://").any(|(at, mark)| {
        let scheme = text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        let rest = &text[at + mark.len()..];
        let authority = &rest[..rest.find(|c| is_blank_or_quote(c) || matches!(c, '/' | '?' | '#' | '\\')).unwrap_or(rest.len())];
        // A password may hold a bare slash; a port is a number.
        let cut_password = authority.split_once(':').is_some_and(|(_, port)| {
            let more = rest.bytes().take(REACH).take_while(|byte| !is_blank_or_quote(char::from(*byte))).any(|byte| byte == b'@');
            !authority.starts_with('[') && !port.bytes().all(|byte| byte.is_ascii_digit()) && more
        });
        scheme && (authority.rfind('@').is_some_and(|user| user > 0) || cut_password)
    })
}

fn is_blank_or_quote(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>')
}

/// Whether `name=value` with the name of a secret or of a signature stands in the text, other than as
/// a folder of a path (`/token=a/`).
fn has_secret_parameter(text: &str) -> bool {
    text.match_indices('=').any(|(at, _)| {
        let value = text[at + 1..].chars().next();
        if value.is_none_or(|c| is_blank_or_quote(c) || matches!(c, '&' | ';')) {
            return false;
        }
        let before = text[..at].trim_end_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '%'));
        let name = &text[before.len()..at];
        // A bare `key` names a place in a store more often than a secret.
        let secret = |word: &str| is_one_of(word, SIGNATURES) || is_one_of(word, WORDS);
        !before.ends_with('/') && !name.eq_ignore_ascii_case("key") && words(name).any(secret)
    })
}

/// What follows the prefix of a token.
#[derive(Clone, Copy)]
enum Body {
    /// At least so many letters, digits, `_` or `-`.
    Any(usize),
    /// So many capitals and digits, and no more.
    Capitals(usize),
    /// A run of at least so many letters and digits, one of each at least; other parts may come before it.
    Random(usize),
    /// At least so many characters, a period, and more.
    Dotted(usize),
}

/// Prefixes that issuers put before their tokens so that they can be found.
const TOKENS: &[(&str, Body)] = &[
    ("ghp_", Body::Any(8)),
    ("gho_", Body::Any(8)),
    ("ghu_", Body::Any(8)),
    ("ghs_", Body::Any(8)),
    ("ghr_", Body::Any(8)),
    ("github_pat_", Body::Any(8)),
    ("glpat-", Body::Any(8)),
    ("gldt-", Body::Random(16)),
    ("glrt-", Body::Random(16)),
    ("glptt-", Body::Random(16)),
    ("AKIA", Body::Capitals(16)),
    ("ASIA", Body::Capitals(16)),
    ("xoxa-", Body::Any(8)),
    ("xoxb-", Body::Any(8)),
    ("xoxe-", Body::Any(8)),
    ("xoxe.", Body::Any(8)),
    ("xoxp-", Body::Any(8)),
    ("xoxr-", Body::Any(8)),
    ("xoxs-", Body::Any(8)),
    ("xapp-", Body::Random(16)),
    ("sk-", Body::Random(16)),
    ("sk_live_", Body::Any(8)),
    ("sk_test_", Body::Any(8)),
    ("rk_live_", Body::Any(8)),
    ("rk_test_", Body::Any(8)),
    ("eyJ", Body::Dotted(8)),
    ("AIza", Body::Any(30)),
    ("ya29.", Body::Any(16)),
    ("npm_", Body::Random(16)),
    ("pypi-", Body::Random(16)),
    ("rubygems_", Body::Random(16)),
    ("dckr_pat_", Body::Any(8)),
    ("dop_v1_", Body::Any(16)),
    ("hvs.", Body::Any(16)),
    ("hvb.", Body::Any(16)),
    ("hvr.", Body::Any(16)),
    ("hf_", Body::Any(30)),
    ("SG.", Body::Dotted(16)),
    ("glsa_", Body::Random(16)),
    ("lin_api_", Body::Random(16)),
    ("pul-", Body::Random(32)),
    ("shpat_", Body::Random(16)),
    ("AGE-SECRET-KEY-1", Body::Any(16)),
];

/// Whether a token begins anywhere in the text but within a word.
fn has_token(text: &str) -> bool {
    TOKENS.iter().any(|(prefix, body)| {
        text.match_indices(prefix).any(|(at, _)| {
            let within = text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
            !within && follows(*body, &text.as_bytes()[at + prefix.len()..])
        })
    })
}

fn follows(body: Body, rest: &[u8]) -> bool {
    let rest = &rest[..rest.len().min(REACH)];
    let run = |bytes: &[u8], of: fn(u8) -> bool| bytes.iter().take_while(|byte| of(**byte)).count();
    match body {
        Body::Any(least) => run(rest, is_token_byte) >= least,
        Body::Capitals(exactly) => {
            let capitals = run(rest, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            capitals == exactly && !rest.get(capitals).is_some_and(u8::is_ascii_alphanumeric)
        }
        Body::Random(least) => rest[..run(rest, is_token_byte)]
            .split(|byte| !byte.is_ascii_alphanumeric())
            .any(|part| part.len() >= least && part.iter().any(u8::is_ascii_digit) && part.iter().any(u8::is_ascii_alphabetic)),
        Body::Dotted(least) => {
            let first = run(rest, is_token_byte);
            first >= least && rest.get(first) == Some(&b'.') && run(&rest[first + 1..], is_token_byte) >= least
        }
    }
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

#[cfg(test)]
mod tests {
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
}
