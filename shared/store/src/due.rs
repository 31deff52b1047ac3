//! Lists of due rows, which the scheduler reads by shard and time. Each table has the index
//! `by_due`, which holds only rows that wait for something.

use domain::kernel::{
    AccountId, BatchId, ChargeId, DeliveryId, EndpointId, Error, EventId, ExportId, Id, PayoutId,
    RefundId, ScheduleId,
};
use jiff::Timestamp;

use crate::key::{self, Key, Table};
use crate::query::{Page, Position, Query};
use crate::row::Attributes;
use crate::{Store, table};

/// A kind of rows that wait for a job of the scheduler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueList {
    /// Charges that expire, or that have a network update to apply.
    Charges,
    /// Payouts that wait for a time, or that have a network action to do.
    Payouts,
    /// Refunds that have a network action to do or a network update to apply.
    Refunds,
    /// Payout batches with lines that are not opened yet.
    Batches,
    /// Events without deliveries.
    Events,
    /// Deliveries with a due attempt, or with a lost message or worker.
    Deliveries,
    /// Replays that are running.
    Replays,
    /// Statement exports that are not written yet.
    Exports,
    /// Statement schedules.
    Schedules,
    /// Accounts whose ledger is due for an audit.
    LedgerAudits,
    /// Accounts with payouts that wait for funds.
    Funding,
}

impl DueList {
    /// Returns the number of partitions of the list, so that a busy minute writes to more than
    /// one.
    pub const fn shards(self) -> u8 {
        match self {
            // Midnight is the busy minute of schedules and exports.
            Self::Charges
            | Self::Payouts
            | Self::Refunds
            | Self::Events
            | Self::Exports
            | Self::Schedules
            | Self::Funding => 8,
            Self::Deliveries => 16,
            // Only a few rows at a time.
            Self::Batches | Self::Replays => 1,
            // Each account is due at most once a minute. The scheduler reads the earliest first,
            // so it reaches every account.
            Self::LedgerAudits => 1,
        }
    }

    /// Returns the shard of an id.
    pub(crate) fn shard(self, id: u128) -> u8 {
        let shard = id % u128::from(self.shards());
        u8::try_from(shard).expect("a remainder by a byte fits a byte")
    }

    pub(crate) fn partition(self, shard: u8) -> String {
        let family = match self {
            Self::Charges | Self::Deliveries => "DUE",
            Self::Payouts => "PAYOUT",
            Self::Refunds => "REFUND",
            Self::Batches => "BATCH",
            Self::Events => "RELAY",
            Self::Replays => "REPLAY",
            Self::Exports => "EXPORT",
            Self::Schedules => "SCHEDULE",
            Self::LedgerAudits => "LEDGER_AUDIT",
            Self::Funding => "FUNDING",
        };
        format!("{family}#{shard:02}")
    }

    fn table(self) -> Table {
        match self {
            Self::Deliveries => Table::Deliveries,
            Self::Charges
            | Self::Payouts
            | Self::Refunds
            | Self::Batches
            | Self::Events
            | Self::Replays
            | Self::Exports
            | Self::Schedules
            | Self::LedgerAudits
            | Self::Funding => Table::Main,
        }
    }

    /// Returns the key of a row of the index.
    fn key(self, row: &Attributes) -> Result<Key, Error> {
        let text = |name: &str| row.get(name).and_then(|value| value.as_s().ok());
        let family = match self {
            Self::Charges => key::CHARGES,
            Self::Payouts => key::PAYOUTS,
            Self::Refunds => key::REFUNDS,
            Self::Batches => key::BATCHES,
            Self::Events => key::EVENTS,
            Self::Deliveries => key::DELIVERIES,
            Self::Replays => key::WEBHOOKS,
            Self::Exports => key::EXPORTS,
            Self::Schedules => key::SCHEDULES,
            Self::LedgerAudits | Self::Funding => key::LEDGER,
        };
        let account = text(table::PK).and_then(|pk| pk.strip_prefix(family));
        let (Some(account), Some(id)) = (account, text(table::SK)) else {
            return Err(Error::internal(format!(
                "a row of the due index does not belong to {family}"
            )));
        };
        let account = AccountId::parse(account)?;
        Ok(match self {
            Self::Charges => Key::Charge(account, ChargeId::parse(id)?),
            Self::Payouts => Key::Payout(account, PayoutId::parse(id)?),
            Self::Refunds => Key::Refund(account, RefundId::parse(id)?),
            Self::Batches => Key::Batch(account, BatchId::parse(id)?),
            Self::Events => Key::Event(account, EventId::parse(id)?),
            Self::Deliveries => Key::Delivery(account, DeliveryId::parse(id)?),
            Self::Replays => {
                let endpoint = id.strip_prefix(key::REPLAY).unwrap_or_default();
                Key::Replay(account, EndpointId::parse(endpoint)?)
            }
            Self::Exports => Key::Export(account, ExportId::parse(id)?),
            Self::Schedules => Key::Schedule(account, ScheduleId::parse(id)?),
            Self::LedgerAudits => Key::LedgerAudit(account),
            Self::Funding => Key::Books(account),
        })
    }
}

impl Store {
    /// Returns the keys of one shard that are due by `until`, earliest first. The index lags
    /// behind the table, so a listed row may be done already.
    pub async fn list_due(
        &self,
        list: DueList,
        shard: u8,
        until: Timestamp,
        page: Page,
    ) -> Result<(Vec<Key>, Option<Position>), Error> {
        let query = Query {
            table: list.table(),
            index: Some(table::BY_DUE),
            names: table::DUE_KEYS,
            pk: list.partition(shard),
            // A key is never empty, so the lower bound is the smallest digit.
            between: ("0".to_owned(), format!("{}~", key::due_at(until))),
            newest_first: false,
            filter: Vec::new(),
        };
        let (rows, ended) = self.query(query, page).await?;
        let due = rows.iter().map(|row| list.key(row)).collect::<Result<_, _>>()?;
        Ok((due, ended))
    }
}
