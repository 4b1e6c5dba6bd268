//! Whether a token may write what a plan says, asked before the first write.

use crate::failure::{Failure, FailureKind};
use crate::plan::Plan;

/// Fails if the token says what it may do, and that is not enough for the plan (ReSim API: the scopes of
/// the operations that apply uses).
pub(super) fn check(plan: &Plan, permissions: Option<&[String]>) -> Result<(), Failure> {
    let Some(permissions) = permissions else { return Ok(()) };
    let needed = [
        (!plan.experiences.is_empty(), "experiences:write"),
        (!plan.tags.is_empty(), "experienceTags:write"),
        (!plan.systems.is_empty(), "systems:write"),
        (!plan.suites.is_empty(), "batches:write"),
    ];
    let missing: Vec<&str> = needed
        .iter()
        .filter(|(is_needed, scope)| *is_needed && !permissions.iter().any(|permission| permission == scope))
        .map(|(_, scope)| *scope)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("the credentials lack {}; nothing was written", missing.join(", "));
    Err(Failure::new(FailureKind::AuthFailed, message).hint("ask for credentials that may write, or use others for apply than for plan"))
}
