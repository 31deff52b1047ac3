//! `POST /v1/webhook-endpoints/{id}/replay`: send an endpoint past events again.

use domain::kernel::{Code, Error, Flaw, Lease, Violation};
use domain::webhook::{Endpoint, EndpointStatus, Replay, ReplayStatus, ReplayView};
use edge::{Accepted, Call, LastReplay, Outcome, SpanEnd, SpanStart};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

/// Events that a replay sends again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "created_from": "2026-11-23T12:00:00.000Z" }]))]
pub struct ReplaySpan {
    /// Start of the period: events created at or after this instant; a date alone is the start of that
    /// day in São Paulo.
    created_from: SpanStart,
    /// End of the period: events created before this instant; a date alone is the end of that day in São
    /// Paulo; now if absent.
    created_until: Option<SpanEnd>,
    /// Whether the replay also sends delivered events; false if absent.
    #[serde(default)]
    include_delivered: bool,
}

/// Starts the replay; the scheduler continues it every minute. Fails if another replay to the
/// endpoint is running.
pub async fn handle(
    store: &Store,
    call: Call<ReplaySpan, (Endpoint, LastReplay)>,
) -> Result<Outcome<Accepted<ReplayView>>, Error> {
    let now = call.moment.now;
    let (endpoint, LastReplay(last)) = &call.target;
    let until = call.input.created_until.map_or(now, |until| until.0).min(now);
    if call.input.created_from.0 >= until {
        let detail = "`created_from` must be before `created_until` and before now";
        let violation = Violation::new("created_from", Flaw::OutOfRange, detail);
        return Err(Error::Invalid(vec![violation]));
    }
    if endpoint.status != EndpointStatus::Enabled {
        return Err(store::endpoint_disabled());
    }
    if let Some(running) = last.as_ref().filter(|last| last.status == ReplayStatus::Running) {
        let detail = format!(
            "a replay to this endpoint is running and has sent {} events; try again after it has ended",
            running.replayed
        );
        return Err(Error::conflict(Code::ReplayInProgress, detail));
    }
    let replay = Replay {
        account_id: endpoint.account_id,
        endpoint_id: endpoint.id,
        from: call.input.created_from.0,
        until,
        include_delivered: call.input.include_delivered,
        status: ReplayStatus::Running,
        after: None,
        replayed: 0,
        lease: Lease::free_from(now),
        created_at: now,
        version: last.as_ref().map_or(0, |last| last.version),
    };
    let writes = Writes::default().replace(&replay);
    call.commit(store, writes, Accepted(ReplayView::from(&replay))).await
}
