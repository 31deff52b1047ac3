//! The table. The only crate that spells a key, an attribute name or a condition.
//!
//! Deliberately absent: a scan, a storage trait, an in-memory store. Tests run the same requests
//! against an embedded DynamoDB behind the SDK's HTTP client (ADR 0002).
#![warn(missing_docs)]

mod commit;
mod error;
mod items;
mod key;
mod list;
mod read;
mod schema;
mod touch;
mod trips;
mod writes;

pub use commit::Committed;
pub use items::{Idempotency, Item, Reference, UsageDay};
pub use key::Key;
pub use list::{DUE_SHARDS, Listing, Page, Position, Span};
pub use read::Row;
pub use schema::table;
pub use trips::{TripCount, Trips};
pub use writes::Writes;

/// A table and the client that reaches it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
    table: String,
}

impl Store {
    /// The table named `table`, reached as `config` says. Round trips are counted, see [`Trips`].
    pub fn new(config: aws_sdk_dynamodb::config::Builder, table: impl Into<String>) -> Self {
        let config = config.interceptor(trips::Counter).build();
        Self { client: aws_sdk_dynamodb::Client::from_conf(config), table: table.into() }
    }
}
