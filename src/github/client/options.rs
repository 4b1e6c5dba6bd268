//! Where GitHub is, and who we are to it.

use std::time::Instant;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::{GitHubError, GitHubErrorKind, Waits};
use crate::client::check_url;
use crate::github::{RepositoryName, RunnerEnv};

const API: &str = "https://api.github.com";
const GRAPHQL: &str = "https://api.github.com/graphql";
const SERVER: &str = "https://github.com";

/// How to connect. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct GitHubOptions {
    /// Base of the REST API, its path included: `https://ghe.example/api/v3`.
    pub api_url: Url,
    /// The GraphQL endpoint, in full.
    pub graphql_url: Url,
    /// Base of the pages for people.
    pub server_url: String,
    /// The repository that all requests are about.
    pub repository: RepositoryName,
    /// The token.
    pub token: SecretString,
    /// When the run must be over; nothing waits beyond it.
    pub deadline: Option<Instant>,
    /// How to wait.
    pub waits: Waits,
}

impl GitHubOptions {
    /// What the runner says; github.com where it says nothing.
    ///
    /// # Errors
    /// No repository, or a URL that is none.
    pub fn from_env(env: &RunnerEnv, token: SecretString) -> Result<Self, GitHubError> {
        let repository = env.repository.clone().ok_or_else(|| setup("GITHUB_REPOSITORY is not set"))?;
        let graphql_url = match (&env.graphql_url, &env.api_url) {
            (Some(url), _) => url,
            (None, None) => GRAPHQL,
            (None, Some(api)) if api.trim_end_matches('/') == API => GRAPHQL,
            // On a GitHub Enterprise Server the two have different paths.
            (None, Some(_)) => return Err(setup("GITHUB_API_URL is set and GITHUB_GRAPHQL_URL is not")),
        };
        Ok(Self {
            api_url: parse_url("GITHUB_API_URL", env.api_url.as_deref().unwrap_or(API))?,
            graphql_url: parse_url("GITHUB_GRAPHQL_URL", graphql_url)?,
            server_url: env.server_url.as_deref().unwrap_or(SERVER).trim_end_matches('/').to_owned(),
            repository,
            token,
            deadline: None,
            waits: Waits::default(),
        })
    }
}

fn parse_url(variable: &str, text: &str) -> Result<Url, GitHubError> {
    let mut url: Url = text.parse().map_err(|_| setup(&format!("{variable} is no URL")))?;
    check_url(&url).map_err(|why| setup(&format!("{variable}: {why}")))?;
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// The token as it goes into a header; octocrab would panic on any other.
pub(super) fn header_token(token: &SecretString) -> Result<String, GitHubError> {
    let token = token.expose_secret().trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(setup("the GitHub token is empty or holds characters that no token has"));
    }
    Ok(token.to_owned())
}

pub(super) fn setup(message: &str) -> GitHubError {
    GitHubError { request: "GitHub".to_owned(), kind: GitHubErrorKind::Setup(message.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(api_url: Option<&str>, graphql_url: Option<&str>) -> RunnerEnv {
        RunnerEnv {
            repository: Some("octo/config".parse().expect("a name")),
            api_url: api_url.map(str::to_owned),
            graphql_url: graphql_url.map(str::to_owned),
            ..RunnerEnv::default()
        }
    }

    fn options(api_url: Option<&str>, graphql_url: Option<&str>) -> Result<GitHubOptions, GitHubError> {
        GitHubOptions::from_env(&env(api_url, graphql_url), SecretString::from("ghs_secret"))
    }

    #[test]
    fn both_urls_are_taken_as_given() {
        let options = options(Some("https://ghe.example/api/v3/"), Some("https://ghe.example/api/graphql")).expect("fine");
        assert_eq!((options.api_url.path(), options.graphql_url.path()), ("/api/v3", "/api/graphql"));
    }

    #[test]
    fn graphql_url_is_never_derived() {
        assert!(options(Some("https://ghe.example/api/v3"), None).is_err());
        assert_eq!(options(Some("https://api.github.com"), None).expect("fine").graphql_url.as_str(), GRAPHQL);
        assert_eq!(options(None, None).expect("fine").api_url.host_str(), Some("api.github.com"));
    }

    #[test]
    fn token_goes_over_https_or_loopback_only() {
        for url in ["http://ghe.example", "ftp://ghe.example", "https://user:pw@ghe.example", "https://ghe.example?x=1", "nonsense"] {
            let error = options(Some(url), Some(GRAPHQL)).expect_err(url).to_string();
            assert!(error.contains("GITHUB_API_URL") && !error.contains("pw"), "{error}");
        }
        assert!(options(Some("http://127.0.0.1:80"), Some(GRAPHQL)).is_ok());
    }

    #[test]
    fn no_option_shows_the_token() {
        let options = options(None, None).expect("fine");
        assert!(!format!("{options:?}").contains("ghs_secret"));
    }

    #[test]
    fn text_that_is_no_token_is_refused_without_showing_it() {
        assert_eq!(header_token(&SecretString::from("ghs_secret\n")).expect("fine"), "ghs_secret");
        for token in ["", " ", "two words", "line\nbreak", "é"] {
            let error = header_token(&SecretString::from(token)).expect_err(token).to_string();
            assert!(token.trim().is_empty() || !error.contains(token.trim()), "{error}");
        }
    }
}
