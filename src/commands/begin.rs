//! How a run begins: the config is read while ReSim's project is opened.

use std::pin::pin;

use super::Context;
use super::connect::{Connection, connect};
use super::load::{self, Problems};
use crate::cli::OnlineArgs;
use crate::config::{LoadOptions, Loaded};
use crate::desired::Desired;
use crate::failure::Failure;

/// Loads the config and opens the project at the same time, as neither needs the other: a token takes about as long
/// as a large config. A wrong config is told whatever becomes of the project, and is not kept waiting by it. The
/// embedded API is started for a valid config only, as it writes its state and its journal.
///
/// # Errors
/// The config is wrong, the project cannot be opened, or the run is stopped.
pub(super) async fn begin(
    options: &LoadOptions,
    online: &OnlineArgs,
    problems: Problems,
    context: &Context,
) -> Result<(Loaded, Desired, Connection), Failure> {
    let loading = load::config(options, problems, context);
    let connecting = connect(online, context);
    let ((loaded, desired), connection) =
        if online.sandbox.is_some() { (loading.await?, connecting.await?) } else { first_of_both(loading, connecting).await? };
    Ok((loaded, desired, connection))
}

/// Both outcomes, of work that goes on at the same time. A failure of the first ends it at once; one of the second
/// waits for the first, which may fail too and then counts.
async fn first_of_both<A, B, E>(
    first: impl Future<Output = Result<A, E>>,
    second: impl Future<Output = Result<B, E>>,
) -> Result<(A, B), E> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    tokio::select! {
        a = &mut first => Ok((a?, second.await?)),
        b = &mut second => Ok((first.await?, b?)),
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::sync::oneshot;

    use super::*;

    type Outcome = Result<(), &'static str>;

    #[tokio::test]
    async fn each_may_wait_for_the_other_to_have_begun() {
        let (tell, told) = oneshot::channel();
        let first = async { told.await.map_err(|_| "second never began") };
        let second = async { tell.send(()).map_err(|()| "first is gone") };
        assert_eq!(first_of_both(first, second).await, Ok(((), ())));
        let (tell, told) = oneshot::channel();
        let first = async { tell.send(()).map_err(|()| "second is gone") };
        let second = async { told.await.map_err(|_| "first never began") };
        assert_eq!(first_of_both(first, second).await, Ok(((), ())));
    }

    #[tokio::test]
    async fn failure_of_the_first_waits_for_nothing() {
        assert_eq!(first_of_both(ready(Outcome::Err("config")), pending::<Outcome>()).await, Err("config"));
    }

    #[tokio::test]
    async fn failure_of_the_first_counts_though_the_second_failed_before() {
        let (tell, told) = oneshot::channel();
        let first = async {
            let () = told.await.map_err(|_| "second never began")?;
            Outcome::Err("config")
        };
        let second = async {
            tell.send(()).map_err(|()| "first is gone")?;
            Outcome::Err("token")
        };
        assert_eq!(first_of_both(first, second).await, Err("config"));
        assert_eq!(first_of_both(ready(Outcome::Ok(())), ready(Outcome::Err("token"))).await, Err("token"));
    }
}
