//! `clone`: ReSim's live state as config files.

use super::Context;
use crate::cli::CloneArgs;
use crate::failure::{Ending, Failure};

pub(super) async fn run(args: &CloneArgs, context: &Context) -> Result<Ending, Failure> {
    let _ = (args, context);
    Ok(Ending::Done)
}
