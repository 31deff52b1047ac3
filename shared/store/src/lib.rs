//! The tables. Only this crate writes a key, an attribute name or a condition.
//!
//! Deliberately absent: a scan, a storage trait, an in-memory store. Tests send the same requests
//! to an embedded DynamoDB behind the SDK's HTTP client (ADR 0002).
#![warn(missing_docs)]

mod arrival;
mod attribute_json;
mod audit_partition;
mod beneficiary_keys;
mod collection_keys;
mod commit;
mod committed;
mod contention;
mod decide_again;
mod dispute_filter;
mod dispute_keys;
mod due;
mod due_rows;
mod error;
mod event_filter;
mod funds;
mod group;
mod index;
mod item;
mod items;
mod key;
mod kyc_keys;
mod ledger;
mod list;
mod merge;
mod order_keys;
mod packed;
mod partition;
mod payment_keys;
mod payout_result;
mod pending;
mod query;
mod read;
mod receivable_filter;
mod relayed;
mod row;
mod schema;
mod search_rows;
mod sort_time;
mod span;
mod statement_keys;
mod stream;
pub mod table;
mod trips;
mod turn;
mod usage;
mod view;
mod writes;

pub use arrival::ArrivalRows;
pub use committed::Committed;
pub use decide_again::{decide_again, without_delay};
pub use dispute_filter::DisputeFilter;
pub use due::DueList;
pub use due_rows::DueRow;
pub use event_filter::EventFilter;
pub use group::{Fate, Group};
pub use item::Item;
pub use items::{
    BeneficiaryDocument, BeneficiaryReference, CollectionLink, Idempotency, Intent, Reference,
    SealedReply, SearchRow, UsageDay, unknown_account,
};
pub use key::Key;
pub use ledger::EntryCheck;
pub use list::Listing;
pub use packed::{compress, decompress};
pub use query::{Page, Position};
pub use receivable_filter::ReceivableFilter;
pub use row::Row;
pub use search_rows::SearchRows;
pub use span::Span;
pub use stream::StreamRecord;
pub use trips::{TripCount, Trips};
pub use turn::{HeldTurn, WaitEnd};
pub use writes::{Writes, endpoint_disabled};

use std::sync::{Arc, Mutex};

use domain::kernel::AccountId;

use crate::contention::Contention;
use crate::view::View;

/// The tables and the client for them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
    main: String,
    deliveries: String,
    contention: Arc<Contention>,
    mode: CommitMode,
}

/// What a commit does.
#[derive(Debug, Clone)]
enum CommitMode {
    /// It writes, and meets other writers as they come.
    Alone,
    /// It writes, unless the books are contended.
    Turns(Arc<Contention>),
    /// It is written later, with others.
    Group(Arc<Mutex<View>>),
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
        let contention = Arc::default();
        let (main, deliveries) = (main.into(), deliveries.into());
        Self { client, main, deliveries, contention, mode: CommitMode::Alone }
    }

    /// Returns these tables for a request that takes turns: where the books are contended, its commit is
    /// [`Error::Contended`] and writes nothing.
    ///
    /// [`Error::Contended`]: domain::kernel::Error::Contended
    #[must_use]
    pub fn with_turns(&self) -> Self {
        Self { mode: CommitMode::Turns(Arc::clone(&self.contention)), ..self.clone() }
    }

    /// Returns these tables with all books contended, for tests of that path.
    #[must_use]
    pub fn contended_everywhere(self) -> Self {
        Self { contention: Arc::new(Contention::everywhere()), ..self }
    }

    /// Remembers that the books of an account are contended.
    pub fn note_contention(&self, account_id: AccountId) {
        self.contention.note(account_id);
    }

    fn in_group(&self, view: &Arc<Mutex<View>>) -> Self {
        Self { mode: CommitMode::Group(Arc::clone(view)), ..self.clone() }
    }

    /// Returns these tables for a request that meets other writers as they come.
    #[must_use]
    pub fn without_turns(&self) -> Self {
        Self { mode: CommitMode::Alone, ..self.clone() }
    }

    fn table(&self, table: key::Table) -> &str {
        match table {
            key::Table::Main => &self.main,
            key::Table::Deliveries => &self.deliveries,
        }
    }
}
