//! What the rules need of an order, the same for payouts and refunds.

use std::fmt::Debug;

use brazil::EndToEndId;
use domain::charge::{BoletoUpdate, CardUpdate, RefundUpdate};
use domain::dispute::DisputeUpdate;
use domain::kernel::Failure;
use domain::payout::PayoutUpdate;
use rails::{
    BoletoRequest, CardRequest, DisputeRequest, NetworkOrder, NetworkStatus, PayoutOrder,
    RefundOrder,
};

/// The fields of an order that the network must not change.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OrderIdentity {
    pub(crate) order_id: String,
    pub(crate) end_to_end_id: Option<EndToEndId>,
    pub(crate) amount_cents: u64,
}

/// An update, as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OrderOutcome {
    /// The network has the order.
    Accepted,
    /// The order is settled. A refund may carry the id of its return.
    Settled(Option<EndToEndId>),
    /// The network rejected the order for this reason.
    Rejected(Failure),
    /// The beneficiary returned so many cents for this reason.
    Returned(EndToEndId, u64, Failure),
}

/// An order of any kind.
pub(crate) trait ContractOrder: NetworkOrder<Update: Debug + PartialEq> + Clone {
    /// Returns the order with this number of calls.
    fn with_attempt(&self, attempt: u32) -> Self;

    /// Returns the fields that the network must not change.
    fn identity(&self) -> OrderIdentity;

    /// Returns what an update says.
    fn outcome(update: &Self::Update) -> OrderOutcome;

    /// Returns the outcomes of a status that hold now.
    fn outcomes(status: &NetworkStatus<Self::Update>) -> Vec<OrderOutcome> {
        status.updates.iter().map(Self::outcome).collect()
    }

    /// Returns the outcome that a status announces.
    fn announced(status: &NetworkStatus<Self::Update>) -> Option<OrderOutcome> {
        status.announced.as_ref().map(|(_, update)| Self::outcome(update))
    }
}

impl ContractOrder for PayoutOrder {
    fn with_attempt(&self, attempt: u32) -> Self {
        Self { attempt, ..self.clone() }
    }

    fn identity(&self) -> OrderIdentity {
        OrderIdentity {
            order_id: self.order_id.clone(),
            end_to_end_id: self.end_to_end_id.clone(),
            amount_cents: self.amount_cents,
        }
    }

    fn outcome(update: &PayoutUpdate) -> OrderOutcome {
        match update {
            PayoutUpdate::Accepted => OrderOutcome::Accepted,
            PayoutUpdate::Settled => OrderOutcome::Settled(None),
            PayoutUpdate::Rejected { failure } => OrderOutcome::Rejected(failure.clone()),
            PayoutUpdate::Returned { return_id, amount_cents, failure } => {
                OrderOutcome::Returned(return_id.clone(), *amount_cents, failure.clone())
            }
        }
    }
}

impl ContractOrder for RefundOrder {
    fn with_attempt(&self, attempt: u32) -> Self {
        Self { attempt, ..self.clone() }
    }

    fn identity(&self) -> OrderIdentity {
        OrderIdentity {
            order_id: self.order_id.clone(),
            end_to_end_id: self.end_to_end_id.clone(),
            amount_cents: self.amount_cents,
        }
    }

    fn outcome(update: &RefundUpdate) -> OrderOutcome {
        match update {
            RefundUpdate::Accepted => OrderOutcome::Accepted,
            RefundUpdate::Settled { return_id } => OrderOutcome::Settled(return_id.clone()),
            RefundUpdate::Rejected { failure } => OrderOutcome::Rejected(failure.clone()),
        }
    }
}

impl ContractOrder for BoletoRequest {
    fn with_attempt(&self, attempt: u32) -> Self {
        Self { attempt, ..self.clone() }
    }

    fn identity(&self) -> OrderIdentity {
        OrderIdentity {
            order_id: self.order_id.clone(),
            end_to_end_id: None,
            amount_cents: self.amount_cents,
        }
    }

    fn outcome(update: &BoletoUpdate) -> OrderOutcome {
        match update {
            BoletoUpdate::Accepted => OrderOutcome::Accepted,
            BoletoUpdate::Done => OrderOutcome::Settled(None),
            BoletoUpdate::Refused { failure } => OrderOutcome::Rejected(failure.clone()),
        }
    }
}

impl ContractOrder for CardRequest {
    fn with_attempt(&self, attempt: u32) -> Self {
        Self { attempt, ..self.clone() }
    }

    fn identity(&self) -> OrderIdentity {
        OrderIdentity {
            order_id: self.order_id.clone(),
            end_to_end_id: None,
            amount_cents: self.amount_cents,
        }
    }

    fn outcome(update: &CardUpdate) -> OrderOutcome {
        match update {
            CardUpdate::Accepted
            | CardUpdate::UnderReview { .. }
            | CardUpdate::AuthenticationRequired { .. } => OrderOutcome::Accepted,
            CardUpdate::Authorized { .. }
            | CardUpdate::Captured { .. }
            | CardUpdate::Anticipated { .. }
            | CardUpdate::Done => OrderOutcome::Settled(None),
            CardUpdate::Declined { failure } => OrderOutcome::Rejected(failure.clone()),
            CardUpdate::Unanswered => panic!("only Trilho says that an order has no answer"),
        }
    }
}

impl ContractOrder for DisputeRequest {
    fn with_attempt(&self, attempt: u32) -> Self {
        Self { attempt, ..self.clone() }
    }

    fn identity(&self) -> OrderIdentity {
        OrderIdentity {
            order_id: self.order_id.clone(),
            end_to_end_id: None,
            amount_cents: self.amount_cents,
        }
    }

    fn outcome(update: &DisputeUpdate) -> OrderOutcome {
        match update {
            DisputeUpdate::Received => OrderOutcome::Accepted,
            DisputeUpdate::Refused { failure } => OrderOutcome::Rejected(failure.clone()),
            DisputeUpdate::Decided { .. } => OrderOutcome::Settled(None),
        }
    }
}
