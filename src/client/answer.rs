//! What a server sent back: understood, or said what it is not.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

use super::ApiErrorKind;
use super::scrub::Scrubber;

/// A whole successful answer.
pub(crate) struct Answer {
    /// For the log.
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// Whether the server calls it JSON.
    pub(crate) json: bool,
}

impl Answer {
    /// The answer as a value of the API.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiErrorKind> {
        // Known to be UTF-8 as a whole, not each text has to be looked at for that.
        let read = std::str::from_utf8(&self.body).map_or_else(|_| serde_json::from_slice(&self.body), serde_json::from_str);
        read.map_err(|error| self.not_understood(&error))
    }

    /// An answer of which only the success matters.
    #[expect(clippy::unnecessary_wraps, reason = "one of the decoders that a request takes")]
    pub(crate) fn nothing(&self) -> Result<(), ApiErrorKind> {
        Ok(())
    }

    /// Says where and how the body does not fit, but nothing of the body itself: it may hold a secret.
    fn not_understood(&self, error: &serde_json::Error) -> ApiErrorKind {
        let place = format!("at line {} column {}", error.line(), error.column());
        if self.body.is_empty() {
            return ApiErrorKind::Malformed("it is empty".into());
        }
        match error.classify() {
            // A body that ends early was cut off on the way.
            Category::Eof => ApiErrorKind::NoAnswer(format!("it broke off {place}")),
            Category::Syntax | Category::Io if !self.json => ApiErrorKind::Malformed("it is not JSON".into()),
            Category::Syntax | Category::Io => ApiErrorKind::Malformed(format!("it is not JSON {place}")),
            Category::Data => {
                let text = error.to_string();
                let expected = text.rsplit_once(", expected ").map(|(_, expected)| format!("expected {expected}"));
                let missing = text.starts_with("missing field `").then(|| text.clone());
                ApiErrorKind::Malformed(expected.or(missing).unwrap_or_else(|| format!("a value does not fit {place}")))
            }
        }
    }
}

/// The server's own words for an error, if it has any: `message` in JSON (or what OAuth calls it), or plain text.
pub(crate) fn error_message(content_type: &str, body: &[u8], scrubber: &Scrubber) -> Option<String> {
    let words = match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => {
            let said = |key: &str| fields.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
            let text = ["message", "error_description", "detail", "error", "title"].into_iter().find_map(said)?;
            text.to_owned()
        }
        Ok(Value::String(text)) => text,
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) => return None,
        Err(_) if content_type.starts_with("text/plain") => String::from_utf8_lossy(body).into_owned(),
        Err(_) => return None,
    };
    Some(scrubber.message(&words)).filter(|message| !message.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Thing {
        #[expect(dead_code, reason = "only the reading is tested")]
        number: u8,
    }

    fn read(body: &str) -> ApiErrorKind {
        Answer { status: 200, body: body.into(), json: true }.json::<Thing>().unwrap_err()
    }

    #[test]
    fn nothing_of_a_body_is_repeated() {
        for body in [
            r#"{"number": "CANARY"}"#,
            r#"{"number": "CANARY, expected CANARY"}"#,
            r#""CANARY""#,
            "CANARY",
            "<html>CANARY</html>",
            r#"{"number": 1, "number": "CANARY"}"#,
        ] {
            let error = read(body);
            assert!(matches!(error, ApiErrorKind::Malformed(_)), "{body}: {error}");
            assert!(!error.to_string().contains("CANARY"), "{body}: {error}");
        }
        assert_eq!(read("{}"), ApiErrorKind::Malformed("missing field `number` at line 1 column 2".into()));
        assert_eq!(read(r#"{"number":"x"}"#), ApiErrorKind::Malformed("expected u8 at line 1 column 13".into()));
    }

    #[test]
    fn a_body_that_ends_early_is_no_answer() {
        assert!(matches!(read(r#"{"number""#), ApiErrorKind::NoAnswer(_)));
        assert!(matches!(read(""), ApiErrorKind::Malformed(_)), "an empty one was never begun");
    }

    #[test]
    fn what_nobody_reads_need_not_be_utf_8() {
        let read = |body: &[u8]| Answer { status: 200, body: body.into(), json: true }.json::<Thing>();
        assert!(read(b"{\"number\":1,\"other\":\"\xff\"}").is_ok());
        assert!(matches!(read(b"{\"number\":1,\"other\":\"\xc3").unwrap_err(), ApiErrorKind::NoAnswer(_)), "cut within a character");
    }

    #[test]
    fn an_error_says_what_the_server_says() {
        let message = |content_type: &str, body: &str| error_message(content_type, body.as_bytes(), &Scrubber::default());
        assert_eq!(message("application/json", r#"{"message":"name\n taken"}"#).as_deref(), Some("name taken"));
        assert_eq!(
            message("application/json", r#"{"error":"access_denied","error_description":"Unauthorized"}"#).as_deref(),
            Some("Unauthorized")
        );
        assert_eq!(message("", r#"{"message":"no type"}"#).as_deref(), Some("no type"));
        assert_eq!(message("text/plain", "upstream is away\n").as_deref(), Some("upstream is away"));
        for silent in
            [("text/html", "<h1>502</h1>"), ("application/json", "{}"), ("application/json", "[1]"), ("", ""), ("text/plain", " ")]
        {
            assert_eq!(message(silent.0, silent.1), None, "{silent:?}");
        }
    }
}
