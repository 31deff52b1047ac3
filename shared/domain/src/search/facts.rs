//! What the filters of a list compare of an object.
use crate::charge::{Charge, Refund, RefundStatus};
use crate::credit::{Credit, CreditMatch};
use crate::kernel::{BatchId, BeneficiaryId, EventId, entered_at};
use crate::ledger::TransactionRef;
use crate::payout::{Payout, PayoutStatus};
use brazil::{Document, EndToEndId, PixKey};
use jiff::Timestamp;

/// The searchable values of a charge, payout, refund or credit, as it is now.
#[derive(Debug)]
pub struct SearchFacts<'a> {
    /// Id of the object.
    pub transaction: TransactionRef,
    /// Status of the object.
    pub status: &'static str,
    /// Payment method.
    pub method: &'static str,
    /// Amount in cents.
    pub amount_cents: u64,
    /// Caller's own id.
    pub reference: Option<&'a str>,
    /// Documents of payer and beneficiary.
    pub documents: Vec<Document>,
    /// Pix key that receives a payout.
    pub pix_key: Option<&'a PixKey>,
    /// End-to-end ids of payment and returns.
    pub end_to_end_ids: Vec<&'a str>,
    /// Txid of the payment.
    pub txid: Option<&'a str>,
    /// Batch of a payout.
    pub batch_id: Option<BatchId>,
    /// Saved beneficiary that a payout names.
    pub beneficiary_id: Option<BeneficiaryId>,
    /// Whether money of it was refunded or returned.
    pub has_returns: bool,
    /// Time of the payment.
    pub paid_at: Option<Timestamp>,
    /// Last event.
    pub last_event_id: Option<EventId>,
}

impl<'a> From<&'a Charge> for SearchFacts<'a> {
    fn from(charge: &'a Charge) -> Self {
        let payer = charge.payment.as_ref().and_then(|payment| payment.payer.document.as_ref());
        let asked = charge.payer_document();
        let another = payer.filter(|it| Some(*it) != asked);
        let documents = asked.into_iter().chain(another).cloned().collect();
        Self {
            transaction: TransactionRef::Charge(charge.id),
            status: charge.status.as_str(),
            method: charge.method.kind().as_str(),
            amount_cents: charge.amount_cents,
            reference: charge.reference.as_deref(),
            documents,
            pix_key: None,
            end_to_end_ids: charge
                .method
                .end_to_end_id()
                .map(EndToEndId::as_str)
                .into_iter()
                .collect(),
            txid: charge.method.pix().map(|pix| pix.txid.as_str()),
            batch_id: None,
            beneficiary_id: None,
            has_returns: charge.refunded_amount_cents > 0 || charge.returned.amount_cents > 0,
            paid_at: charge.paid_at(),
            last_event_id: charge.history.last_event_id,
        }
    }
}

impl<'a> From<&'a Payout> for SearchFacts<'a> {
    fn from(payout: &'a Payout) -> Self {
        let own = payout.submission.as_ref().and_then(|order| order.end_to_end_id.as_ref());
        let returns = payout.returns.iter().map(|it| &it.return_id);
        Self {
            transaction: TransactionRef::Payout(payout.id),
            status: payout.status.as_str(),
            method: payout.method.as_str(),
            amount_cents: payout.amount_cents,
            reference: payout.reference.as_deref(),
            documents: payout.document().into_iter().collect(),
            pix_key: payout.to.pix_key(),
            end_to_end_ids: own.into_iter().chain(returns).map(EndToEndId::as_str).collect(),
            txid: None,
            batch_id: payout.batch_id,
            beneficiary_id: payout.saved.map(|saved| saved.beneficiary_id),
            has_returns: payout.returned_amount_cents > 0,
            paid_at: entered_at(&payout.status_history, PayoutStatus::Paid),
            last_event_id: payout.history.last_event_id,
        }
    }
}

impl<'a> From<&'a Refund> for SearchFacts<'a> {
    fn from(refund: &'a Refund) -> Self {
        let ids = refund.submission.end_to_end_id.iter().chain(&refund.return_id);
        Self {
            transaction: TransactionRef::Refund(refund.id),
            status: refund.status.as_str(),
            method: refund.method.as_str(),
            amount_cents: refund.amount_cents,
            reference: refund.reference.as_deref(),
            // A refund stores the document of the payer in its masked form only.
            documents: Vec::new(),
            pix_key: None,
            end_to_end_ids: ids.map(EndToEndId::as_str).collect(),
            txid: None,
            batch_id: None,
            beneficiary_id: None,
            has_returns: false,
            paid_at: entered_at(&refund.status_history, RefundStatus::Paid),
            last_event_id: refund.history.last_event_id,
        }
    }
}

impl<'a> From<&'a Credit> for SearchFacts<'a> {
    fn from(credit: &'a Credit) -> Self {
        let return_id = credit.last_return.as_ref().and_then(|last| last.return_id.as_ref());
        let own = credit.report.network_id.as_str();
        let reference = match &credit.matched_to {
            Some(CreditMatch::Reference(reference)) => Some(reference.as_str()),
            _ => None,
        };
        Self {
            transaction: TransactionRef::Credit(credit.id),
            status: credit.status.as_str(),
            method: credit.report.method.as_str(),
            amount_cents: credit.amount_cents(),
            reference,
            documents: credit.report.payer.document.iter().cloned().collect(),
            pix_key: None,
            end_to_end_ids: [own].into_iter().chain(return_id.map(EndToEndId::as_str)).collect(),
            txid: credit.report.txid.as_deref(),
            batch_id: None,
            beneficiary_id: None,
            has_returns: false,
            paid_at: Some(credit.report.paid_at),
            last_event_id: credit.history.last_event_id,
        }
    }
}
