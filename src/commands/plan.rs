//! `plan`: what apply would do; changes nothing.

use super::begin::begin;
use super::load::{self, Problems};
use super::planning::{self, Reading};
use super::{Context, policy, show};
use crate::cli::{PlanArgs, PlanFormat};
use crate::failure::{Ending, Failure, FailureKind};

pub(super) async fn run(args: &PlanArgs, context: &Context) -> Result<Ending, Failure> {
    let policy = policy::guarded(&args.scope, &args.guard, args.create_missing)?;
    let problems = if args.format == PlanFormat::Json { Problems::Json } else { Problems::Told };
    let options = load::options(&args.config, &args.scope, &context.environment)?;
    let (loaded, desired, current) = match &args.from_snapshot {
        Some(path) => {
            let (loaded, desired) = load::config(&options, problems, context).await?;
            let saved = planning::read_saved(path, &desired, &policy)?;
            (loaded, desired, saved)
        }
        None => {
            let (loaded, desired, connection) = begin(&options, &args.online, problems, context).await?;
            let read = planning::read(&connection, &desired, &policy, Reading::Demanded, context).await;
            (loaded, desired, connection.close(read)?)
        }
    };
    let planned = planning::planned(loaded, desired, current, policy, problems, context)?;
    let view = show::view(&planned, args.show.show_values);
    if let Some(path) = &args.out {
        show::save_plan(&view, path)?;
    }
    show::plan(&view, args.format, context)?;
    if planned.plan.refusal.is_some() {
        return Err(Failure::told(FailureKind::Guard));
    }
    Ok(if args.detailed_exitcode && !planned.plan.is_empty() { Ending::ChangesPending } else { Ending::Done })
}
