//! `drift`: a plan on a schedule; never writes to ReSim.

use super::begin::begin;
use super::load::{self, Problems};
use super::planning::{self, Reading};
use super::{Context, policy, show};
use crate::cli::{DriftArgs, Format};
use crate::failure::{Ending, Failure};

pub(super) async fn run(args: &DriftArgs, context: &Context) -> Result<Ending, Failure> {
    let policy = policy::unguarded(&args.scope, args.create_missing)?;
    let problems = if args.format == Format::Json { Problems::Json } else { Problems::Told };
    let options = load::options(&args.config, &args.scope, &context.environment)?;
    let (loaded, desired, connection) = begin(&options, &args.online, problems, context).await?;
    let read = planning::read(&connection, &desired, &policy, Reading::Demanded, context).await;
    let current = connection.close(read)?;
    let planned = planning::planned(loaded, desired, current, policy, problems, context)?;
    let view = show::view(&planned, args.show.show_values);
    show::plan(&view, args.format.into(), context)?;
    Ok(if args.detailed_exitcode && !planned.plan.is_empty() { Ending::ChangesPending } else { Ending::Done })
}
