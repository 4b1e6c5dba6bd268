//! Requests that must not be doubled: what may have happened is looked for before it is sent again.

use super::Run;
use super::send::{Letter, Trouble};
use crate::apply::report::Outcome;
use crate::client::ApiError;

/// What looking found.
pub(super) enum Found<T> {
    /// The effect, as it was sent.
    Ours(T),
    /// Nothing.
    Absent,
    /// Something else in its place; the words say what.
    Other(String),
}

impl Run<'_> {
    /// Sends until the outcome is certain. A refusal after an attempt of unknown outcome is looked into
    /// too: it may be about what that attempt made. The flag tells whether more than one was sent.
    pub(super) async fn once<T>(
        &self,
        letter: &Letter<'_>,
        send: impl AsyncFn() -> Result<T, ApiError>,
        look: impl AsyncFn() -> Result<Found<T>, ApiError>,
    ) -> Result<(T, bool), Outcome> {
        let mut attempt = 0;
        let mut uncertain = false;
        loop {
            let error = match self.write(letter, send()).await {
                Ok(value) => return Ok((value, uncertain)),
                Err(Trouble::Api(error)) => error,
                Err(trouble @ Trouble::Ledger(_)) => return Err(self.outcome(trouble)),
            };
            uncertain |= error.may_have_happened();
            if !uncertain {
                return Err(self.outcome(Trouble::Api(error)));
            }
            attempt += 1;
            self.board.sent(letter.actions, letter.words);
            let over = !error.may_have_happened() || self.resim.back_off(attempt, &error).await.is_err();
            match look().await {
                Ok(Found::Ours(value)) => return Ok((value, true)),
                Ok(Found::Other(words)) => return Err(Outcome::Failed(words)),
                // It was looked for, so that much is certain.
                Ok(Found::Absent) if over || self.board.is_stopping() => return Err(Outcome::Failed(error.to_string())),
                Ok(Found::Absent) => {}
                Err(_) => return Err(Outcome::Unknown(error.to_string())),
            }
        }
    }
}
