//! Lists of due rows, which the scheduler reads by shard and time. Each table has the index
//! `by_due`, which holds only rows that wait for something.

use domain::kernel::{
    AccountId, BatchId, BlockId, ChargeId, CollectionId, CreditId, DeliveryId, DisputeId,
    EndpointId, Error, EventId, ExportId, Id, KycRequestId, PayoutId, RefundId, ScheduleId,
};

use crate::key::{self, Key, Table};
use crate::row::Attributes;
use crate::table;

/// A kind of rows that wait for a job of the scheduler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueList {
    /// Charges that expire, or that have a network update to apply.
    Charges,
    /// Orders to the banks of boletos.
    BoletoOrders,
    /// Orders to the acquirers of cards.
    CardOrders,
    /// Payouts that wait for a time, or that have a network action to do.
    Payouts,
    /// Refunds that have a network action to do or a network update to apply.
    Refunds,
    /// Credits that the rule of the account returns, or whose return has a network action to do or a
    /// network update to apply.
    Credits,
    /// Disputes with a reminder to send, and their answers with a network action to do or a network update to
    /// apply.
    Disputes,
    /// Collections that expire, or that have a Pix key to check.
    Collections,
    /// KYC requests with a reminder to send or a deadline that ends.
    KycRequests,
    /// KYC requests that wait for compliance. No job works them; the operator lists them.
    KycReviews,
    /// Balance blocks that end by themselves.
    Blocks,
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
            | Self::BoletoOrders
            | Self::CardOrders
            | Self::Payouts
            | Self::Refunds
            | Self::Credits
            | Self::Collections
            | Self::Events
            | Self::Exports
            | Self::Schedules
            | Self::Funding => 8,
            Self::Deliveries => 16,
            // Only a few rows at a time.
            Self::Disputes
            | Self::KycRequests
            | Self::KycReviews
            | Self::Blocks
            | Self::Batches
            | Self::Replays => 1,
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
            Self::BoletoOrders => "BOLETO",
            Self::CardOrders => "CARD",
            Self::Payouts => "PAYOUT",
            Self::Refunds => "REFUND",
            Self::Credits => "CREDIT",
            Self::Disputes => "DISPUTE",
            Self::Collections => "COLLECTION",
            Self::KycRequests => "KYC",
            Self::KycReviews => "KYC_REVIEW",
            Self::Blocks => "BLOCK",
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

    pub(crate) fn table(self) -> Table {
        match self {
            Self::Deliveries => Table::Deliveries,
            Self::Charges
            | Self::BoletoOrders
            | Self::CardOrders
            | Self::Payouts
            | Self::Refunds
            | Self::Credits
            | Self::Disputes
            | Self::Collections
            | Self::KycRequests
            | Self::KycReviews
            | Self::Blocks
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
    pub(crate) fn key(self, row: &Attributes) -> Result<Key, Error> {
        let text = |name: &str| row.get(name).and_then(|value| value.as_s().ok());
        let family = match self {
            Self::Charges => key::CHARGES,
            Self::BoletoOrders => key::BOLETOS,
            Self::CardOrders => key::CARDS,
            Self::Payouts => key::PAYOUTS,
            Self::Refunds => key::REFUNDS,
            Self::Credits => key::CREDITS,
            Self::Disputes => key::DISPUTES,
            Self::Collections => key::COLLECTIONS,
            Self::KycRequests | Self::KycReviews => key::KYC,
            Self::Blocks => key::BLOCKS,
            Self::Batches => key::BATCHES,
            Self::Events => key::EVENTS,
            Self::Deliveries => key::DELIVERIES,
            Self::Replays => key::WEBHOOKS,
            Self::Exports => key::EXPORTS,
            Self::Schedules => key::SCHEDULES,
            Self::LedgerAudits | Self::Funding => key::LEDGER,
        };
        let account = text(table::PK).and_then(|pk| pk.strip_prefix(family));
        // The number of a partition follows.
        let account = account.map(|account| account.split('#').next().unwrap_or_default());
        let (Some(account), Some(id)) = (account, text(table::SK)) else {
            return Err(Error::internal(format!(
                "a row of the due index does not belong to {family}"
            )));
        };
        let account = AccountId::parse(account)?;
        Ok(match self {
            Self::Charges => Key::Charge(account, ChargeId::parse(id)?),
            Self::BoletoOrders => {
                let (charge_id, number) = charge_order(id)?;
                Key::BoletoOrder(account, charge_id, number)
            }
            Self::CardOrders => {
                let (charge_id, number) = charge_order(id)?;
                Key::CardOrder(account, charge_id, number)
            }
            Self::Payouts => Key::Payout(account, PayoutId::parse(id)?),
            Self::Refunds => Key::Refund(account, RefundId::parse(id)?),
            Self::Credits => Key::Credit(account, CreditId::parse(id)?),
            Self::Disputes => match id.strip_prefix(key::DISPUTE_ORDER) {
                Some(id) => Key::DisputeOrder(account, DisputeId::parse(id)?),
                None => Key::Dispute(account, DisputeId::parse(id)?),
            },
            Self::Collections => Key::Collection(account, CollectionId::parse(id)?),
            Self::KycRequests | Self::KycReviews => {
                Key::KycRequest(account, KycRequestId::parse(id)?)
            }
            Self::Blocks => Key::Block(account, BlockId::parse(id)?),
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

/// Reads the sort key of an order of a charge.
fn charge_order(id: &str) -> Result<(ChargeId, u32), Error> {
    let (charge, number) = id.split_once('#').unwrap_or_default();
    Ok((ChargeId::parse(charge)?, number.parse().map_err(Error::internal)?))
}
