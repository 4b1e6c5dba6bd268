//! The sticky comment. A comment that cannot be written is a warning: the exit code follows the work.

use super::job::Job;
use super::surroundings::Surroundings;
use crate::cli::CommentChoice;
use crate::github::{Output, Published, Publishing, PullRequest, StickyComment};
use crate::render::markdown::{Context, Medium};

/// When to begin a comment where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// There is something to say.
    Yes,
    /// Only if the user wants one always.
    IfAlways,
}

impl Job<'_> {
    /// What the comment says now: the record of a review is in it.
    pub(super) async fn comment_body(&mut self, pull_request: &PullRequest) -> Option<String> {
        let github = self.github.as_ref()?;
        match StickyComment::find(github, pull_request.number, &self.args.label).await {
            Ok(comment) => comment.body().map(str::to_owned),
            Err(error) => {
                let text = format!("the comment cannot be read: {error}");
                self.warn(&text);
                None
            }
        }
    }

    /// Writes the comment; `head` is the commit of a pull request that the text holds for alone.
    pub(super) async fn comment(
        &mut self,
        pull_request: &PullRequest,
        head: Option<&str>,
        begin: Begin,
        surroundings: &Surroundings,
        render: impl Fn(&Context<'_>, Option<&str>) -> String,
    ) {
        self.outputs.set(Output::PrNumber, pull_request.number.to_string());
        self.outputs.set(Output::PrUrl, pull_request.url.clone());
        let create = match (self.args.comment, begin) {
            (CommentChoice::Never, _) => return,
            (CommentChoice::Always, _) | (CommentChoice::Changes, Begin::Yes) => true,
            (CommentChoice::Changes, Begin::IfAlways) => false,
        };
        let Some(github) = &self.github else { return };
        let published = async {
            let comment = StickyComment::find(github, pull_request.number, &self.args.label).await?;
            let body = render(&surroundings.context(Medium::Comment), comment.body());
            comment.publish(&Publishing { body: &body, create, head }).await
        };
        match published.await {
            Ok(published) => {
                if let Some(url) = published.url() {
                    let url = url.to_owned();
                    self.outputs.set(Output::CommentUrl, url);
                }
                if published == Published::Superseded {
                    self.warn("the comment speaks of a newer commit or of an apply already, and was left as it is");
                }
            }
            Err(error) => {
                let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
                self.warn(&format!("the comment was not written: {error}{hint}"));
            }
        }
    }
}
