//! Counts the requests of an operation to the table, and how many of them are sequential.

use std::cell::Cell;

use aws_sdk_dynamodb::config::interceptors::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;

tokio::task_local! {
    static TRIPS: Cell<TripState>;
}

#[derive(Debug, Clone, Copy, Default)]
struct TripState {
    count: TripCount,
    in_flight: u32,
}

/// The requests of an operation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TripCount {
    /// Number of requests, retries included.
    pub requests: u32,
    /// Number of sequential round trips. A request sent during another one does not count.
    pub sequential: u32,
}

/// The counter of round trips.
#[derive(Debug)]
pub struct Trips;

impl Trips {
    /// Runs `work` and returns its output and its requests. Requests of spawned tasks do not
    /// count.
    pub async fn count<T>(work: impl Future<Output = T>) -> (T, TripCount) {
        TRIPS
            .scope(Cell::new(TripState::default()), async {
                let output = work.await;
                (output, TRIPS.with(Cell::get).count)
            })
            .await
    }
}

/// The interceptor that the SDK calls around each attempt.
#[derive(Debug)]
pub(crate) struct Counter;

fn change(how: impl FnOnce(&mut TripState)) {
    // Outside of `Trips::count` there is no counter.
    let _ = TRIPS.try_with(|cell| {
        let mut state = cell.get();
        how(&mut state);
        cell.set(state);
    });
}

impl Intercept for Counter {
    fn name(&self) -> &'static str {
        "round trips"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        change(|state| {
            state.count.requests += 1;
            if state.in_flight == 0 {
                state.count.sequential += 1;
            }
            state.in_flight += 1;
        });
        Ok(())
    }

    fn read_after_attempt(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        change(|state| state.in_flight = state.in_flight.saturating_sub(1));
        Ok(())
    }
}
