//! The tables. Only this crate writes a key, an attribute name or a condition.
//!
//! Deliberately absent: a scan, a storage trait, an in-memory store. Tests send the same requests
//! to an embedded DynamoDB behind the SDK's HTTP client (ADR 0002).
#![warn(missing_docs)]

mod commit;
mod decide_again;
mod due;
mod error;
mod funds;
mod index;
mod item;
mod items;
mod key;
mod ledger;
mod list;
mod query;
mod read;
mod row;
mod schema;
mod span;
mod stream;
mod trips;
mod usage;
mod writes;

pub use commit::Committed;
pub use decide_again::{decide_again, without_delay};
pub use due::DueList;
pub use item::Item;
pub use items::{Idempotency, Reference, UsageDay, unknown_account};
pub use key::Key;
pub use ledger::EntryCheck;
pub use list::Listing;
pub use query::{Page, Position};
pub use row::Row;
pub use schema::table;
pub use span::Span;
pub use stream::StreamRecord;
pub use trips::{TripCount, Trips};
pub use writes::{Writes, endpoint_disabled};

/// The tables and the client for them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
    main: String,
    deliveries: String,
}

impl Store {
    /// Returns the main table and the deliveries table on the client of `config`. The client
    /// counts round trips, see [`Trips`].
    pub fn new(
        config: aws_sdk_dynamodb::config::Builder,
        main: impl Into<String>,
        deliveries: impl Into<String>,
    ) -> Self {
        let config = config.interceptor(trips::Counter).build();
        let client = aws_sdk_dynamodb::Client::from_conf(config);
        Self { client, main: main.into(), deliveries: deliveries.into() }
    }

    fn table(&self, table: key::Table) -> &str {
        match table {
            key::Table::Main => &self.main,
            key::Table::Deliveries => &self.deliveries,
        }
    }
}
