//! Values that options take, with their spelling.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use crate::plan::{ArchiveLimit, Percent};

/// What goes to stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people at a terminal.
    #[default]
    Text,
    /// GitHub-flavoured Markdown.
    Markdown,
    /// Versioned JSON.
    Json,
}

/// What `plan` can write to stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people at a terminal.
    #[default]
    Text,
    /// GitHub-flavoured Markdown.
    Markdown,
    /// Versioned JSON.
    Json,
    /// One self-contained page.
    Html,
}

impl From<Format> for PlanFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::Text,
            Format::Markdown => Self::Markdown,
            Format::Json => Self::Json,
        }
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set, and in GitHub's logs.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What `clone` onto nothing manages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ManageChoice {
    /// Neither suites nor tags.
    None,
    /// All live suites.
    Suites,
    /// All tags.
    Tags,
    /// All live suites and all tags.
    #[default]
    All,
}

/// Which environment-variable values are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ShowValuesChoice {
    /// All, secrets included.
    All,
    /// All but those that look secret.
    #[default]
    Safe,
    /// None.
    None,
}

/// How `ci` treats destructive changes that nobody reviewed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReviewedChoice {
    /// They are not looked for.
    Off,
    /// They are applied and listed.
    #[default]
    Warn,
    /// Nothing is written.
    Guard,
}

/// `--sandbox[=STATE.json]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxChoice {
    /// Where the state is kept between runs; in memory without.
    pub state: Option<PathBuf>,
}

/// Reads `--sandbox`'s value: empty or `true` for none.
pub(super) fn sandbox_choice(text: &str) -> Result<SandboxChoice, String> {
    let state = (!text.is_empty() && text != "true").then(|| PathBuf::from(text));
    Ok(SandboxChoice { state })
}

/// Reads `--max-archive`: a number, or a percentage with decimals.
pub(super) fn archive_limit(text: &str) -> Result<ArchiveLimit, String> {
    let wrong = || "give a number such as 25, or a percentage such as 30% or 2.5%".to_owned();
    let Some(percent) = text.strip_suffix('%') else {
        return text.parse().map(ArchiveLimit::Number).map_err(|_| wrong());
    };
    let (whole, decimals) = percent.split_once('.').unwrap_or((percent, ""));
    let digits = format!("{whole}{decimals}");
    let all_digits = !whole.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) && !percent.ends_with('.');
    // More decimals than matter to any project would overflow exact arithmetic.
    if !all_digits || digits.len() > 12 {
        return Err(wrong());
    }
    let numerator = digits.parse().map_err(|_| wrong())?;
    let scale = u32::try_from(decimals.len()).map_err(|_| wrong())?;
    Ok(ArchiveLimit::Percent(Percent { numerator, scale }))
}

/// Reads `--deadline`: `90s`, `20m`, `1h30m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|_| "give a duration such as 90s, 20m or 1h30m".to_owned())?;
    let bounds = Duration::from_secs(1)..=Duration::from_secs(24 * 60 * 60);
    if bounds.contains(&duration) { Ok(duration) } else { Err("give a duration between 1s and 24h".to_owned()) }
}

/// Reads `--listen`: the embedded API answers nobody but this machine.
pub(super) fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "give an address such as 127.0.0.1:0".to_owned())?;
    if address.ip().is_loopback() { Ok(address) } else { Err("only loopback addresses are served, such as 127.0.0.1:0".to_owned()) }
}

/// Reads `--expect-digest`: the 64 hexadecimal digits that `plan` prints.
pub(super) fn digest(text: &str) -> Result<String, String> {
    let wanted = text.trim().to_ascii_lowercase();
    let wanted = wanted.strip_prefix("sha256:").unwrap_or(&wanted);
    if wanted.len() == 64 && wanted.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(wanted.to_owned())
    } else {
        Err("give the 64 hexadecimal digits that `plan` prints as digest".to_owned())
    }
}

/// Reads `--label`: it stands in every comment, issue and pull request that it tells apart.
pub(super) fn label(text: &str) -> Result<String, String> {
    const LONGEST: usize = 100;
    if text.chars().count() <= LONGEST { Ok(text.to_owned()) } else { Err(format!("give a label of at most {LONGEST} characters")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archive_limit_is_a_number_or_an_exact_percentage() {
        let percent = |numerator, scale| Ok(ArchiveLimit::Percent(Percent { numerator, scale }));
        assert_eq!(archive_limit("25"), Ok(ArchiveLimit::Number(25)));
        assert_eq!(archive_limit("30%"), percent(30, 0));
        assert_eq!(archive_limit("2.50%"), percent(250, 2));
        assert_eq!(archive_limit("0%"), percent(0, 0));
        for wrong in ["", "%", "-1", "1.5", ".5%", "5.%", "1e3%", "5 %", "1.0000000000000%"] {
            assert!(archive_limit(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn deadline_takes_the_usual_spellings_within_bounds() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("1h30m"), Ok(Duration::from_secs(5400)));
        for wrong in ["", "0s", "20", "25h", "soon"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_loopback_is_listened_on() {
        assert!(loopback("127.0.0.1:0").is_ok() && loopback("[::1]:8080").is_ok());
        assert!(loopback("0.0.0.0:0").is_err() && loopback("10.0.0.1:80").is_err());
    }

    #[test]
    fn label_is_short_enough_for_every_comment() {
        assert!(label("").is_ok() && label(&"é".repeat(100)).is_ok() && label(&"x".repeat(101)).is_err());
    }

    #[test]
    fn digest_is_taken_with_or_without_its_algorithm() {
        let hex = "AB".repeat(32);
        assert_eq!(digest(&hex), Ok("ab".repeat(32)));
        assert_eq!(digest(&format!("sha256:{hex}")), Ok("ab".repeat(32)));
        assert!(digest("7f3a").is_err());
    }
}
