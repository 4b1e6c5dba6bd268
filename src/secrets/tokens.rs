//! Tokens that can be told by how they begin.

use super::REACH;

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

/// The letters that prefixes begin with, a bit each.
const INITIALS: u128 = {
    let mut initials = 0;
    let mut at = 0;
    while at < TOKENS.len() {
        initials |= 1 << TOKENS[at].0.as_bytes()[0];
        at += 1;
    }
    initials
};

/// Whether a token begins anywhere in the text but within a word. Each word is looked at once for all prefixes:
/// every text of a plan comes by here, and a search for each prefix costs more than all the rest of a rendering.
pub(super) fn has_token(text: &str) -> bool {
    let bytes = text.as_bytes();
    let initial = |byte: u8| byte.is_ascii() && INITIALS & (1 << byte) != 0;
    let begins = |at: &usize| initial(bytes[*at]) && !(*at > 0 && bytes[at - 1].is_ascii_alphanumeric());
    (0..bytes.len()).filter(begins).any(|at| {
        let word = &bytes[at..];
        TOKENS.iter().any(|(prefix, body)| {
            // The first letter tells most apart, without a call.
            prefix.as_bytes()[0] == word[0] && word.strip_prefix(prefix.as_bytes()).is_some_and(|rest| follows(*body, rest))
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

    /// A search for each prefix by itself.
    fn has_token_searched(text: &str) -> bool {
        TOKENS.iter().any(|(prefix, body)| {
            text.match_indices(prefix).any(|(at, _)| {
                let within = text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
                !within && follows(*body, &text.as_bytes()[at + prefix.len()..])
            })
        })
    }

    proptest! {
        #[test]
        fn tokens_are_found_as_by_a_search_for_each_prefix(
            parts in prop::collection::vec(
                prop_oneof![(0..TOKENS.len()).prop_map(|at| TOKENS[at].0.to_owned()), "[A-Z0-9]{16}", "[a-z0-9]{0,30}", "[-_. é]{1,2}"],
                0..8,
            ),
        ) {
            let text = parts.concat();
            prop_assert_eq!(has_token(&text), has_token_searched(&text), "{}", text);
        }
    }

    #[test]
    fn token_prefixes_begin_with_a_letter() {
        assert!(TOKENS.iter().all(|(prefix, _)| prefix.starts_with(|c: char| c.is_ascii_alphabetic())));
    }
}
