//! How the sandbox tells its stories: what is lost on the way, and what it says when.

use brazil::{EndToEndId, EndToEndIdKind};
use domain::kernel::Error;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::ISPB;
use crate::{NetworkStatus, NoResponse, RailFuture};

/// What the network does with the order when it is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SandboxSubmission {
    /// It takes it and answers.
    Answered,
    /// It takes it, and the answer is lost.
    TimesOutAfterTaking,
    /// The order is lost on its way; told again, the network answers.
    TimesOutBeforeTaking,
}

impl SandboxSubmission {
    /// What the network says when it is told of an order, the `attempt`th time it is spoken to.
    pub(super) fn submitted<'a, N: Send + 'a>(
        self,
        attempt: u32,
        story: impl FnOnce() -> Result<NetworkStatus<N>, NoResponse>,
    ) -> RailFuture<'a, NetworkStatus<N>> {
        let answer = match self {
            Self::TimesOutAfterTaking => Err(NoResponse::TimedOut),
            Self::TimesOutBeforeTaking if attempt <= 1 => Err(NoResponse::TimedOut),
            Self::Answered | Self::TimesOutBeforeTaking => story(),
        };
        Box::pin(std::future::ready(answer))
    }

    /// What it says when it is asked.
    pub(super) fn queried<'a, N: Send + 'a>(
        self,
        attempt: u32,
        story: impl FnOnce() -> Result<NetworkStatus<N>, NoResponse>,
    ) -> RailFuture<'a, Option<NetworkStatus<N>>> {
        let answer = match self {
            Self::TimesOutBeforeTaking if attempt <= 2 => Ok(None),
            _ => story().map(Some),
        };
        Box::pin(std::future::ready(answer))
    }
}

/// The steps of a story, each with the seconds after which it happens.
pub(super) fn status<N>(
    steps: impl Iterator<Item = (u32, Result<N, Error>)>,
    now: Timestamp,
) -> Result<NetworkStatus<N>, NoResponse> {
    let mut status = NetworkStatus::default();
    for (after_seconds, update) in steps {
        let at = now + SignedDuration::from_secs(i64::from(after_seconds));
        let update = update.map_err(|error| NoResponse::ConnectionFailed(error.to_string()))?;
        if after_seconds == 0 {
            status.updates.push(update);
        } else {
            status.announced = Some((at, update));
        }
    }
    Ok(status)
}

/// The end-to-end id of a return, made of the order alone: told again, it is the same return.
pub(super) fn return_id(order_id: &str, since: Timestamp) -> Result<EndToEndId, Error> {
    let suffix = &order_id[order_id.len().saturating_sub(11)..];
    EndToEndId::mint(EndToEndIdKind::Return, ISPB, since, suffix).map_err(Error::internal)
}
