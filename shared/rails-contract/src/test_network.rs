//! What a provider tells the suite about its test environment.

use brazil::{EndToEndId, PixKey};
use domain::charge::{Charge, ChargeUpdate};
use domain::dispute::DisputeInstruction;
use jiff::{SignedDuration, Timestamp};
use rails::{BoletoRequest, CardRequest, DisputeRequest, NetworkStatus, PayoutOrder, RefundOrder};

/// What happens to an order in the test environment of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderCase {
    /// The network settles the order at once.
    Settled,
    /// The network rejects the order at once.
    Rejected,
    /// The network accepts the order and announces its settlement.
    SettledLater,
    /// The network accepts the order and announces its rejection.
    RejectedLater,
    /// The network settles the payout, and the beneficiary returns it. Payouts only.
    Returned,
    /// The network accepts the order, and the response to the first submission is lost.
    ResponseLost,
    /// The first submission is lost before the network receives it.
    OrderLost,
}

/// What the network reports of money that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentCase {
    /// The payer of the charge pays its amount, and the money is available at once.
    AsAsked,
    /// The payer pays another amount.
    AnotherAmount,
    /// The payment names no txid.
    NoTxid,
    /// The payment names a txid that no charge has.
    UnknownTxid,
    /// Another payer pays the charge.
    AnotherPayer,
    /// The network holds the money for review.
    Held,
}

/// The payout of a case.
#[derive(Debug, Clone)]
pub struct PayoutTerms {
    /// Pix key of the beneficiary.
    pub pix_key: PixKey,
    /// Amount in cents.
    pub amount_cents: u64,
}

/// The refund of a case.
#[derive(Debug, Clone)]
pub struct RefundTerms {
    /// End-to-end id of a payment that the network can return.
    pub end_to_end_id: EndToEndId,
    /// Amount in cents.
    pub amount_cents: u64,
}

/// The test environment of a provider.
pub trait TestNetwork {
    /// Returns the payout of a case. Returns `None` if the environment cannot produce the case.
    fn payout(&self, case: OrderCase) -> Option<PayoutTerms>;

    /// Returns the refund of a case. Returns `None` if the environment cannot produce the case.
    fn refund(&self, case: OrderCase) -> Option<RefundTerms>;

    /// Returns the face value of a boleto whose orders have this case, in cents. Returns `None` if the
    /// environment cannot produce the case.
    fn boleto(&self, case: OrderCase) -> Option<u64>;

    /// Returns the acquirer's id of an authorised payment whose capture has this case. Returns `None` if the
    /// environment cannot produce the case.
    fn authorized_card(&self, _case: OrderCase) -> Option<String> {
        None
    }

    /// Returns the amount of a demand, in cents, and the answer that has this case. Returns `None` if the
    /// environment cannot produce the case.
    fn dispute(&self, _case: OrderCase) -> Option<(u64, DisputeInstruction)> {
        None
    }

    /// Returns a Pix key that the directory has.
    fn key_with_owner(&self) -> PixKey;

    /// Returns a Pix key that the directory does not have.
    fn key_without_owner(&self) -> PixKey;

    /// Returns a charge that the network accepts.
    fn accepted_charge(&self) -> Option<Charge>;

    /// Returns a charge that the network refuses.
    fn refused_charge(&self) -> Option<Charge>;

    /// Returns what the network reports about a payment of a charge, for a case. Returns `None` if the
    /// environment cannot produce the case.
    fn payment(&self, _case: PaymentCase) -> Option<(Charge, NetworkStatus<ChargeUpdate>)> {
        None
    }

    /// Prepares the network for the first submission of a case.
    fn prepare(&self, _case: OrderCase) {}

    /// Delivers a lost submission to the network after all.
    fn deliver_lost(&self) {}

    /// Returns the payouts that the network executed, one for each execution. Returns `None` if the
    /// environment does not list them.
    fn executed_payouts(&self) -> Option<Vec<PayoutOrder>> {
        None
    }

    /// Returns the orders of boletos that the bank executed, one for each execution. Returns `None` if the
    /// environment does not list them.
    fn executed_boleto_orders(&self) -> Option<Vec<BoletoRequest>> {
        None
    }

    /// Returns the orders of cards that the acquirer executed, one for each execution. Returns `None` if the
    /// environment does not list them.
    fn executed_card_orders(&self) -> Option<Vec<CardRequest>> {
        None
    }

    /// Returns the answers to demands that the network has, one for each execution. Returns `None` if the
    /// environment does not list them.
    fn executed_dispute_orders(&self) -> Option<Vec<DisputeRequest>> {
        None
    }

    /// Returns the refunds that the network executed, one for each execution. Returns `None` if the
    /// environment does not list them.
    fn executed_refunds(&self) -> Option<Vec<RefundOrder>> {
        None
    }
}

/// The clock of the test environment. It stands still between two calls of [`TestClock::advance`].
pub trait TestClock {
    /// Returns the time.
    fn now(&self) -> Timestamp;

    /// Moves the clock forward.
    fn advance(&self, by: SignedDuration);
}
