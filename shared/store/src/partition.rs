//! Rows of an account that are spread over several partitions (docs/adr/0036).

use domain::kernel::{AccountId, DeliveryId, EventId, Id};

/// Partitions of the events of an account, and of its deliveries. A partition takes 1,000 write units a
/// second, and ids rise, so one partition would limit the account. With more of them each page of a list
/// costs more.
pub(crate) const PARTITIONS: u8 = 8;

/// Returns the partition key. The first is the only one that earlier versions had.
pub(crate) fn name(family: &str, account: &AccountId, partition: u8) -> String {
    match partition {
        0 => format!("{family}{account}"),
        partition => format!("{family}{account}#{partition}"),
    }
}

/// Returns the partition of an event: its id ends at random.
pub(crate) fn of_event(event: EventId) -> u8 {
    of(event.ulid().into())
}

/// Returns the partition of a delivery: by its millisecond, so that the deliveries of an event are in one.
pub(crate) fn of_delivery(delivery: DeliveryId) -> u8 {
    of(delivery.ulid().timestamp_ms().into())
}

fn of(number: u128) -> u8 {
    u8::try_from(number % u128::from(PARTITIONS)).expect("a remainder by a byte fits a byte")
}
