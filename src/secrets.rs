//! Which values look secret, and are therefore never shown unless asked for.
//!
//! Judged by the name of an environment variable and by the look of a text; nothing is looked up or kept.
//! Names are read in words, so that `KEYBOARD` is harmless; texts by marks that chance does not make.

mod tokens;

use std::borrow::Cow;

use tokens::has_token;

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

/// Whether a parameter says where a list goes on, as in `pageToken` and `next_page_token`.
fn is_page_token(name: &str) -> bool {
    let words: Vec<&str> = words(name).filter(|word| !word.is_empty()).collect();
    words.ends_with(&["page", "Token"]) || words.ends_with(&["Page", "Token"]) || words.ends_with(&["page", "token"])
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
        !before.ends_with('/') && !name.eq_ignore_ascii_case("key") && !is_page_token(name) && words(name).any(secret)
    })
}

#[cfg(test)]
mod tests;
