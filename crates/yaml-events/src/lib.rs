//! YAML text as a stream of events, each with its place in the text.
//!
//! The parser is generic over where its characters come from, so that it is compiled by the crate that uses it. This
//! one is there to be that crate: it is compiled for speed (`[profile.release.package]` in the workspace's
//! `Cargo.toml`), the program for size.

pub use granit_parser::{ErrorKind, Event, ScalarStyle, ScanError, Span, StructureStyle, Tag};

use granit_parser::{Parser, StrInput};

/// The events of a text, in order; the first error is the last item. Comments are none of them.
pub struct Events<'a>(Parser<'a, StrInput<'a>>);

impl<'a> Events<'a> {
    /// Begins at the start of the text. Spans are byte ranges of it.
    pub fn of(text: &'a str) -> Self {
        // Comments as events would be buffered by the parser, up to a limit that a long comment reaches.
        Self(Parser::new_from_str_with_options(text, granit_parser::options! { emit_comments: false }))
    }
}

impl<'a> Iterator for Events<'a> {
    type Item = Result<(Event<'a>, Span), ScanError>;

    // Inlined, it would be compiled like its caller.
    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_know_their_bytes_and_comments_are_none() {
        let text = "# ü\na: [1]\n";
        let places: Vec<_> = Events::of(text)
            .map(Result::unwrap)
            .filter_map(|(event, span)| matches!(event, Event::Scalar(..)).then(|| text[span.byte_range().unwrap()].to_owned()))
            .collect();
        assert_eq!(places, ["a", "1"]);
        assert!(Events::of("# only a comment").all(|event| !matches!(event, Ok((Event::Comment(..), _)))));
    }

    #[test]
    fn an_error_is_the_last_item() {
        let events: Vec<_> = Events::of("a: [").collect();
        assert_eq!(events.iter().position(Result::is_err), Some(events.len() - 1));
    }
}
