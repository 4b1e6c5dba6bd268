//! What a fault does.

use std::time::Duration;

use crate::edit::Edit;

/// What a fault does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Waits before anything else.
    Latency(Duration),
    /// Ends the token that the request carries.
    ExpireToken,
    /// Somebody else writes, before or after the effect.
    Edit(Edit, Moment),
    /// Answers 429 beyond so many requests in so much time.
    Rate(usize, Duration),
    /// Something else than the answer, before or after the effect.
    Fail(Failure, Moment),
    /// The effect happens; its answer is changed.
    Alter(Alteration),
    /// The answer is delivered in a bad way.
    Deliver(Delivery),
    /// All connections end, its own after the answer, and no other is accepted for so long.
    Refuse(Duration),
}

/// When something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Before the request takes effect; where it fails, it has none.
    Before,
    /// After it took effect.
    After,
}

/// What comes instead of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The connection ends.
    Cut,
    /// Nothing ever comes.
    Hang,
    /// An error.
    Status(Status),
    /// A redirection to this URL.
    Redirect(String),
}

/// An error status with what goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    /// HTTP status code.
    pub(crate) code: u16,
    /// Its body.
    pub(crate) body: ReplyBody,
    /// `Retry-After`, in seconds.
    pub(crate) retry_after: Option<u64>,
    /// Whether that is sent as a date.
    pub(crate) as_date: bool,
}

/// The body of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ReplyBody {
    /// `{"message": …}`; the text is the status' own where it is `None`.
    Json(Option<String>),
    /// A page such as a proxy sends.
    Html,
    /// None.
    Empty,
}

/// A change of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Alteration {
    /// Another status.
    Status(u16),
    /// Another body.
    Body(String),
    /// A page without its rows' key.
    NoArray,
    /// A page whose token leads to itself.
    RepeatToken,
    /// A page without its token.
    NoToken,
    /// A page whose first row comes twice.
    RepeatRow,
    /// A page without its last row.
    LoseRow,
    /// A page whose total is off by this.
    Total(i64),
}

/// A way of delivering an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The connection ends after so many bytes of the body; half of them where it is `None`.
    Truncate(Option<usize>),
    /// Half of the body comes, then nothing.
    Stall,
    /// The body takes this long.
    Slow(Duration),
    /// Another content type.
    ContentType(String),
}

/// All kinds as they are written, with what they do.
pub(crate) const KINDS: [(&str, &str); 24] = [
    ("latency:20ms", "waits before the request takes effect"),
    ("429:2", "refuses; any status from 400 to 599. Options after the colon, joined by commas:"),
    ("", "  a number is Retry-After in seconds, `date` sends it as a date, `html` or `empty` is the body,"),
    ("", "  `after` lets the request take effect first, `message=…` (the last one) is what it says"),
    ("cut-before", "the connection ends, the request has no effect"),
    ("cut-after", "the connection ends after the effect"),
    ("hang-before", "no answer ever comes, the request has no effect"),
    ("hang-after", "no answer ever comes after the effect"),
    ("refuse:2s", "all connections end after their answers, and for that long no new one is accepted"),
    ("redirect:URL", "answers 307, the request has no effect"),
    ("rate:10", "refuses with 429 beyond 10 requests per second; rate:10/5s beyond 10 in 5 seconds"),
    ("expire-token", "ends the token that the request carries"),
    ("edit:METHOD PATH JSON", "somebody else's request takes effect first; edit-after: takes effect second"),
    ("truncate", "half of the body comes, then the connection ends; truncate:10 after 10 bytes"),
    ("stall", "half of the body comes, then nothing"),
    ("slow:2s", "the body takes that long"),
    ("content-type:text/html", "another content type"),
    ("status:200", "another status after the effect"),
    ("body:TEXT", "another body after the effect"),
    ("no-array", "a page without the key of its rows"),
    ("repeat-token", "a page whose token leads to itself"),
    ("no-token", "a page without its token"),
    ("repeat-row, lose-row", "a page whose first row comes twice, or without its last row"),
    ("total:+1", "a page whose total is off by that"),
];

impl Kind {
    /// Parses a kind with its argument.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name, Some(argument)),
            None => (text, None),
        };
        let needed = || argument.filter(|argument| !argument.is_empty()).ok_or_else(|| format!("`{name}` needs something after a colon"));
        let none = |kind: Self| match argument {
            None => Ok(kind),
            Some(_) => Err(format!("`{name}` takes nothing after it")),
        };
        match name {
            "latency" => Ok(Self::Latency(duration(needed()?)?)),
            "expire-token" => none(Self::ExpireToken),
            "edit" => Ok(Self::Edit(Edit::parse(needed()?)?, Moment::Before)),
            "edit-after" => Ok(Self::Edit(Edit::parse(needed()?)?, Moment::After)),
            "rate" => {
                let (count, window) = match needed()?.split_once('/') {
                    Some((count, window)) => (count, duration(window)?),
                    None => (needed()?, Duration::from_secs(1)),
                };
                Ok(Self::Rate(number(count)?, window))
            }
            "cut-before" => none(Self::Fail(Failure::Cut, Moment::Before)),
            "cut-after" => none(Self::Fail(Failure::Cut, Moment::After)),
            "hang-before" => none(Self::Fail(Failure::Hang, Moment::Before)),
            "hang-after" => none(Self::Fail(Failure::Hang, Moment::After)),
            "refuse" => Ok(Self::Refuse(duration(needed()?)?)),
            "redirect" => Ok(Self::Fail(Failure::Redirect(needed()?.to_owned()), Moment::Before)),
            "truncate" => Ok(Self::Deliver(Delivery::Truncate(argument.map(number).transpose()?))),
            "stall" => none(Self::Deliver(Delivery::Stall)),
            "slow" => Ok(Self::Deliver(Delivery::Slow(duration(needed()?)?))),
            "content-type" => Ok(Self::Deliver(Delivery::ContentType(needed()?.to_owned()))),
            "status" => match number(needed()?)? {
                code @ 200..=599 => Ok(Self::Alter(Alteration::Status(code))),
                other => Err(format!("{other} is not a status from 200 to 599")),
            },
            "body" => Ok(Self::Alter(Alteration::Body(argument.unwrap_or_default().to_owned()))),
            "no-array" => none(Self::Alter(Alteration::NoArray)),
            "repeat-token" => none(Self::Alter(Alteration::RepeatToken)),
            "no-token" => none(Self::Alter(Alteration::NoToken)),
            "repeat-row" => none(Self::Alter(Alteration::RepeatRow)),
            "lose-row" => none(Self::Alter(Alteration::LoseRow)),
            "total" => Ok(Self::Alter(Alteration::Total(number(needed()?)?))),
            _ => match name.parse::<u16>() {
                Ok(code @ 400..=599) => status(code, argument),
                _ => Err(format!("unknown kind `{name}`; known are {}", known())),
            },
        }
    }
}

/// The names of all kinds.
fn known() -> String {
    let names = KINDS.iter().filter(|(form, _)| !form.is_empty()).map(|(form, _)| match form.split_once(':') {
        Some(("429", _)) => "400 to 599",
        Some((name, _)) => name,
        None => form,
    });
    names.collect::<Vec<_>>().join(", ")
}

fn status(code: u16, options: Option<&str>) -> Result<Kind, String> {
    let mut status = Status { code, body: ReplyBody::Json(None), retry_after: None, as_date: false };
    let mut moment = Moment::Before;
    let mut rest = options;
    while let Some(options) = rest {
        if let Some(message) = options.strip_prefix("message=") {
            status.body = ReplyBody::Json(Some(message.to_owned()));
            break;
        }
        let (option, more) = match options.split_once(',') {
            Some((option, more)) => (option, Some(more)),
            None => (options, None),
        };
        match option {
            "html" => status.body = ReplyBody::Html,
            "empty" => status.body = ReplyBody::Empty,
            "after" => moment = Moment::After,
            "date" => status.as_date = true,
            _ => match option.parse() {
                Ok(seconds) => status.retry_after = Some(seconds),
                Err(_) => {
                    return Err(format!("unknown option `{option}` of {code}: a number of seconds, date, html, empty, after or message=…"));
                }
            },
        }
        rest = more;
    }
    Ok(Kind::Fail(Failure::Status(status), moment))
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is not a number that fits here"))
}

/// A duration with its unit: `20ms`, `2s`, `1m`.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a duration: 20ms, 2s or 1m");
    let at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (digits, unit) = text.split_at(at);
    let count: u32 = digits.parse().map_err(|_| wrong())?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        _ => return Err(wrong()),
    };
    Ok(Duration::from_millis(u64::from(count) * milliseconds))
}
