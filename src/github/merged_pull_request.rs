//! From a pushed commit to the pull request that was merged by it.

use std::time::Duration;

use super::pull_request::PullRequestWire;
use super::{GitHub, GitHubError, Permission, PullRequest, Request};

/// GitHub may need some seconds after a merge until it knows.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(6)];

impl GitHub {
    /// The pull request whose merge into this branch made this commit the branch's tip; `None` for a
    /// direct push. `message` is the commit's: squashing writes the number into its first line.
    ///
    /// # Errors
    /// What GitHub says.
    pub async fn merged_pull_request(&self, commit: &str, branch: &str, message: Option<&str>) -> Result<Option<PullRequest>, GitHubError> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let merged = self.pull_requests_of(commit).await?.into_iter();
            // A backport has the same commit and another base; of several the last merged is meant.
            let merged = merged.filter(|pull_request| pull_request.was_merged_into(self.repository(), branch));
            let last = merged.max_by(|a, b| (&a.merged_at, a.number).cmp(&(&b.merged_at, b.number)));
            if last.is_some() {
                return Ok(last);
            }
            let Some(pause) = pauses.next() else { break };
            self.waits().wait(pause).await;
        }
        let Some(number) = message.and_then(number_in_first_line) else { return Ok(None) };
        let named = match self.pull_request(number).await {
            Ok(pull_request) => pull_request,
            // The number of an issue, or of something in another repository.
            Err(error) if error.status() == Some(404) => return Ok(None),
            Err(error) => return Err(error),
        };
        let by_this_commit = named.merge_commit_sha.as_deref().is_none_or(|sha| sha == commit);
        Ok((named.was_merged_into(self.repository(), branch) && by_this_commit).then_some(named))
    }

    /// `GET commits/{commit}/pulls`; none while GitHub does not know the commit.
    async fn pull_requests_of(&self, commit: &str) -> Result<Vec<PullRequest>, GitHubError> {
        let request = Request::get(&["commits", commit, "pulls"], Permission::PullRequestsWrite);
        match self.list::<PullRequestWire>(request).await {
            Ok(list) => Ok(list.into_iter().map(PullRequest::from).collect()),
            Err(error) if matches!(error.status(), Some(404 | 409 | 422)) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

/// `Add the fleet (#123)`, `Merge pull request #123 from …`.
fn number_in_first_line(message: &str) -> Option<u64> {
    let line = message.lines().next()?.trim_end();
    let squashed = line.strip_suffix(')').and_then(|line| line.rsplit_once("(#")).map(|(_, number)| number);
    let merged = line.strip_prefix("Merge pull request #").and_then(|rest| rest.split(' ').next());
    let number = squashed.or(merged)?;
    if number.bytes().all(|byte| byte.is_ascii_digit()) { number.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_stands_at_the_end_of_the_first_line_or_in_githubs_own_words() {
        let table = [
            ("Add the fleet (#123)", Some(123)),
            ("Add the fleet (#123)\n\n* more (#4)", Some(123)),
            ("Revert \"Add the fleet (#12)\" (#13)", Some(13)),
            ("Merge pull request #7 from octo/topic\n\nTitle", Some(7)),
            ("Revert \"Add the fleet (#12)\"", None),
            ("Fix #12", None),
            ("Add (#12) the fleet", None),
            ("Add the fleet (#x)", None),
            ("Add the fleet (#99999999999999999999999)", None),
            ("\nAdd the fleet (#1)", None),
            ("", None),
        ];
        for (message, number) in table {
            assert_eq!(number_in_first_line(message), number, "{message}");
        }
    }
}
