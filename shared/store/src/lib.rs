//! The table. The only crate that spells a key, an attribute name or a condition.
//!
//! Deliberately absent: a scan, a storage trait, an in-memory store. Tests run the same requests
//! against an embedded DynamoDB behind the SDK's HTTP client (ADR 0002).
#![warn(missing_docs)]

mod commit;
mod decide_again;
mod due;
mod error;
mod funds;
mod items;
mod key;
mod ledger;
mod list;
mod read;
mod schema;
mod stream;
mod touch;
mod trips;
mod writes;

pub use commit::Committed;
pub use decide_again::{at_once, decide_again};
pub use due::DueList;
pub use items::{Idempotency, Item, Reference, UsageDay};
pub use key::Key;
pub use ledger::Reading;
pub use list::{Listing, Page, Position, Span};
pub use read::Row;
pub use schema::table;
pub use stream::StreamRecord;
pub use trips::{TripCount, Trips};
pub use writes::{Writes, endpoint_disabled};

/// The tables and the client that reaches them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
    main: String,
    deliveries: String,
}

impl Store {
    /// The main table and the one for deliveries, reached as `config` says. Round trips are counted,
    /// see [`Trips`].
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
