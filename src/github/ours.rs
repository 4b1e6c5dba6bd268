//! Whether a comment or issue is this program's own: a marker alone is no proof, as anybody can write one.
//!
//! GraphQL says whether the token's owner wrote a text, whatever kind of token it is. Where it cannot be
//! asked, only what GitHub's own workflow token wrote is recognised.

use serde::Deserialize;

use super::{GitHubError, GitHubErrorKind};

/// Who wrote something, as REST tells.
#[derive(Debug, Deserialize)]
pub(crate) struct User {
    login: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// The app through which something was written.
#[derive(Debug, Deserialize)]
pub(crate) struct App {
    slug: Option<String>,
}

/// Whether GitHub's workflow token wrote it.
pub(crate) fn is_workflows(user: Option<&User>, app: Option<&App>) -> bool {
    let Some(User { login, kind }) = user else { return false };
    let app = app.and_then(|app| app.slug.as_deref());
    login.as_deref() == Some("github-actions[bot]") && kind.as_deref() == Some("Bot") && app.is_none_or(|slug| slug == "github-actions")
}

/// Whether the GraphQL API itself is the trouble, and REST is worth a try.
pub(crate) fn graphql_is_unusable(error: &GitHubError) -> bool {
    match &error.kind {
        GitHubErrorKind::GraphQl { .. } | GitHubErrorKind::Malformed(_) => true,
        GitHubErrorKind::Status { status, .. } => matches!(status, 400 | 404 | 405 | 410 | 501),
        GitHubErrorKind::MissingPermission { .. }
        | GitHubErrorKind::RateLimited { .. }
        | GitHubErrorKind::Connect(_)
        | GitHubErrorKind::NoAnswer(_)
        | GitHubErrorKind::Deadline
        | GitHubErrorKind::Setup(_) => false,
    }
}

/// Whether GitHub would show both texts alike: it may change line ends and the blanks at the end.
pub(crate) fn same_text(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_workflow_token_counts_as_such() {
        let user = |login: &str, kind: &str| User { login: Some(login.to_owned()), kind: Some(kind.to_owned()) };
        let app = |slug: &str| App { slug: Some(slug.to_owned()) };
        let workflow = user("github-actions[bot]", "Bot");
        assert!(is_workflows(Some(&workflow), None));
        assert!(is_workflows(Some(&workflow), Some(&app("github-actions"))));
        assert!(!is_workflows(Some(&workflow), Some(&app("another"))));
        assert!(!is_workflows(Some(&user("github-actions[bot]", "User")), None));
        assert!(!is_workflows(Some(&user("other[bot]", "Bot")), None));
        assert!(!is_workflows(None, None));
    }
}
