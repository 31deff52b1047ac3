//! How the sandbox answers about an order: what it loses, and what it reports when.

use brazil::{EndToEndId, EndToEndIdKind};
use domain::kernel::Error;
use jiff::{SignedDuration, Timestamp};
use rails::{NetworkStatus, NoResponse, RailFuture};
use schemars::JsonSchema;
use serde::Serialize;

use crate::sandbox_rail::ISPB;

/// Result of a submission to the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SandboxSubmission {
    /// The network accepts the order and answers.
    Answered,
    /// The network accepts the order, and its answer is lost.
    TimesOutAfterTaking,
    /// The order is lost; the network answers the second submission.
    TimesOutBeforeTaking,
}

impl SandboxSubmission {
    /// Returns the response to a submission. `attempt` counts the calls about the order, this one
    /// included.
    pub(crate) fn submit<'a, U: Send + 'a>(
        self,
        attempt: u32,
        status: impl FnOnce() -> Result<NetworkStatus<U>, NoResponse>,
    ) -> RailFuture<'a, NetworkStatus<U>> {
        let response = match self {
            Self::TimesOutAfterTaking => Err(NoResponse::TimedOut),
            Self::TimesOutBeforeTaking if attempt <= 1 => Err(NoResponse::TimedOut),
            Self::Answered | Self::TimesOutBeforeTaking => status(),
        };
        Box::pin(std::future::ready(response))
    }

    /// Returns the response to a query. A worker submits an order before it queries it, so the
    /// sandbox does not have an order if the first call about it is a query. It lost the first
    /// submission of a `TimesOutBeforeTaking`, so the second call does not find that order either.
    pub(crate) fn query<'a, U: Send + 'a>(
        self,
        attempt: u32,
        status: impl FnOnce() -> Result<NetworkStatus<U>, NoResponse>,
    ) -> RailFuture<'a, Option<NetworkStatus<U>>> {
        let first_found = match self {
            Self::Answered | Self::TimesOutAfterTaking => 2,
            Self::TimesOutBeforeTaking => 3,
        };
        let response = if attempt < first_found { Ok(None) } else { status().map(Some) };
        Box::pin(std::future::ready(response))
    }
}

/// Returns the status that follows from the steps of a scenario: each update with the seconds after
/// which it holds.
pub(crate) fn status<U>(
    steps: impl Iterator<Item = (u32, Result<U, Error>)>,
    now: Timestamp,
) -> Result<NetworkStatus<U>, NoResponse> {
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

/// Returns the end-to-end id of a return. It follows from the order alone, so it is the same in every
/// response about the order.
pub(crate) fn return_id(order_id: &str, queued_at: Timestamp) -> Result<EndToEndId, Error> {
    let suffix = &order_id[order_id.len().saturating_sub(11)..];
    EndToEndId::mint(EndToEndIdKind::Return, ISPB, queued_at, suffix).map_err(Error::internal)
}
