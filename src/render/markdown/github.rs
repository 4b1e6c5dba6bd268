//! What GitHub makes of a Markdown text, for tests: its dialect rendered, and what it would do to the words.

use comrak::{Options, markdown_to_html};

/// Renders as GitHub does, before it sanitises: raw HTML passes. For emoji see [`acting_words`].
pub(crate) fn to_html(markdown: &str) -> String {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.alerts = true;
    options.extension.math_dollars = true;
    options.extension.math_code = true;
    options.render.r#unsafe = true;
    markdown_to_html(markdown, &options)
}

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A tag as written, without its angle brackets.
    Tag(String),
    /// Text with its entities decoded.
    Text(String),
}

/// Takes HTML apart. A `<` is never part of a text here: the renderer writes those as entities.
pub(crate) fn pieces(html: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let (text, tail) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if !text.is_empty() {
            pieces.push(Piece::Text(decode(text)));
        }
        let end = if tail.starts_with("<!--") { tail.find("-->").map(|at| at + 2) } else { tail.find('>') };
        let Some(end) = end else {
            assert!(tail.is_empty(), "a tag without an end: {tail}");
            break;
        };
        pieces.push(Piece::Tag(tail[1..end].to_owned()));
        rest = &tail[end + 1..];
    }
    pieces
}

fn decode(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

/// The names of all opening tags, in order; a comment is `!--`.
pub(crate) fn elements(html: &str) -> Vec<String> {
    let name = |tag: &str| tag.split([' ', '\n', '/']).next().unwrap_or_default().to_owned();
    pieces(html)
        .iter()
        .filter_map(|piece| match piece {
            Piece::Tag(tag) if !tag.starts_with('/') => Some(name(tag)),
            Piece::Tag(_) | Piece::Text(_) => None,
        })
        .collect()
}

/// The text in code, each span or block apart.
pub(crate) fn code_texts(html: &str) -> Vec<String> {
    walk(html).into_iter().filter(|(in_code, _)| *in_code).map(|(_, text)| text).collect()
}

/// The text outside code, where GitHub looks for mentions and references.
#[cfg(test)]
pub(crate) fn loose_text(html: &str) -> String {
    walk(html).into_iter().filter(|(in_code, _)| !in_code).map(|(_, text)| text).collect()
}

fn walk(html: &str) -> Vec<(bool, String)> {
    let mut depth = 0_usize;
    let mut texts = Vec::new();
    for piece in pieces(html) {
        match piece {
            Piece::Tag(tag) if tag == "code" || tag.starts_with("code ") => {
                depth += 1;
                texts.push((true, String::new()));
            }
            Piece::Tag(tag) if tag == "/code" => depth -= 1,
            Piece::Tag(_) => {}
            Piece::Text(text) if depth > 0 => texts.last_mut().expect("code was entered").1.push_str(&text),
            Piece::Text(text) => texts.push((false, text)),
        }
    }
    assert_eq!(depth, 0, "unbalanced code: {html}");
    texts
}

/// What of a page outside code would act; a word does not go on behind code.
pub(crate) fn acting(html: &str) -> Vec<String> {
    let loose: Vec<String> = walk(html).into_iter().filter(|(in_code, _)| !in_code).map(|(_, text)| text).collect();
    acting_words(&loose.join(" ")).into_iter().map(str::to_owned).collect()
}

/// Whether a word holds `:name:`, which stands for a picture.
fn emoji(word: &str) -> bool {
    let named = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+-".contains(&b));
    let parts: Vec<&str> = word.split(':').collect();
    parts.len() > 2 && parts[1..parts.len() - 1].iter().any(|name| named(name))
}

/// The words of a text outside code that GitHub would make into links, people or pictures.
pub(crate) fn acting_words(text: &str) -> Vec<&str> {
    let acts = |word: &&str| {
        let lower = word.to_lowercase();
        let digits = |w: &[u8]| w[0] == b'#' && w[1].is_ascii_digit();
        let mention = |w: &[u8]| w[0] == b'@' && w[1].is_ascii_alphanumeric();
        let issue = |w: &[u8]| w[0].is_ascii_alphabetic() && w[1] == b'-' && w[2].is_ascii_digit();
        let hash = |run: &str| run.len() >= 7 && run.bytes().any(|b| b.is_ascii_digit());
        word.as_bytes().windows(2).any(|w| digits(w) || mention(w))
            || word.as_bytes().windows(3).any(issue)
            || word.split(|c: char| !c.is_ascii_hexdigit()).any(hash)
            || ["://", "www.", "$"].iter().any(|sign| lower.contains(sign))
            || emoji(word)
    };
    text.split_whitespace().filter(acts).collect()
}
