//! The filters of a list, as they compare one object.
use crate::kernel::{BatchId, BeneficiaryId, Id};
use crate::ledger::TransactionType;
use crate::payment::PaymentReport;
use crate::search::SearchFacts;
use brazil::{Document, PixKey};
use jiff::Timestamp;
use ulid::Ulid;

/// A span of values, each end optional.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchRange<T> {
    /// First value that belongs to the range.
    pub from: Option<T>,
    /// End of the range. An amount belongs to the range, an instant does not.
    pub until: Option<T>,
}

impl<T> Default for SearchRange<T> {
    fn default() -> Self {
        Self { from: None, until: None }
    }
}

impl<T: PartialOrd + Copy> SearchRange<T> {
    /// Returns true if neither end is set.
    pub fn is_open(&self) -> bool {
        self.from.is_none() && self.until.is_none()
    }

    /// Returns true if both ends are set in the wrong order.
    pub fn is_empty(&self) -> bool {
        self.from.zip(self.until).is_some_and(|(from, until)| from > until)
    }

    fn begins_by(&self, value: T) -> bool {
        self.from.is_none_or(|from| from <= value)
    }
}

impl SearchRange<Timestamp> {
    /// Returns true if the instant belongs to the range. No instant belongs only to an open range.
    fn has(&self, at: Option<Timestamp>) -> bool {
        let within = |at| self.begins_by(at) && self.until.is_none_or(|until| at < until);
        self.is_open() || at.is_some_and(within)
    }
}

/// The filters of a list of payments, which has no rows in the search index.
#[derive(Debug, Clone, Default)]
pub struct PaymentFilters {
    /// Txid that the payer's bank named.
    pub txid: Option<String>,
    /// CPF or CNPJ of the payer.
    pub document: Option<Document>,
    /// Amount in cents, both ends inclusive.
    pub amount_cents: SearchRange<u64>,
}

impl PaymentFilters {
    /// Returns true if the payment passes each filter.
    pub fn selects(&self, report: &PaymentReport) -> bool {
        let amount = report.amount_cents;
        self.txid.as_ref().is_none_or(|txid| report.txid.as_ref() == Some(txid))
            && self.document.as_ref().is_none_or(|it| report.payer.document.as_ref() == Some(it))
            && self.amount_cents.includes(amount)
    }
}

impl SearchRange<u64> {
    fn includes(&self, amount: u64) -> bool {
        self.begins_by(amount) && self.until.is_none_or(|until| amount <= until)
    }
}

/// The filters of a list. An object passes if it passes each filter that is set.
#[derive(Debug, Default)]
pub struct SearchFilters {
    /// Statuses, of which the object has one; empty for all.
    pub statuses: Vec<&'static str>,
    /// Type of the object.
    pub kind: Option<TransactionType>,
    /// Payment method.
    pub method: Option<&'static str>,
    /// Caller's own id.
    pub reference: Option<String>,
    /// Start of the caller's own id.
    pub reference_prefix: Option<String>,
    /// End-to-end id of the payment or of a return.
    pub end_to_end_id: Option<String>,
    /// Txid of the payment.
    pub txid: Option<String>,
    /// CPF or CNPJ of payer or beneficiary.
    pub document: Option<Document>,
    /// Keys that the text of a Pix key can be, of which the payout goes to one; empty for all.
    pub pix_keys: Vec<PixKey>,
    /// Batch of the payout.
    pub batch_id: Option<BatchId>,
    /// Saved beneficiary that the payout names.
    pub beneficiary_id: Option<BeneficiaryId>,
    /// Whether money was refunded or returned.
    pub has_returns: Option<bool>,
    /// Amount in cents, both ends inclusive.
    pub amount_cents: SearchRange<u64>,
    /// Time of creation.
    pub created_at: SearchRange<Timestamp>,
    /// Time of the payment.
    pub paid_at: SearchRange<Timestamp>,
    /// Time of the last event.
    pub updated_at: SearchRange<Timestamp>,
}

/// Returns the time of an id, in milliseconds. It is that of the creation, or for a payout of a batch that
/// of the batch; lists are in this order.
fn time_of(ulid: Ulid) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(ulid.timestamp_ms()).ok()?).ok()
}

impl SearchFilters {
    /// Returns the number of filters that are set.
    pub fn count(&self) -> usize {
        let others = [
            !self.statuses.is_empty(),
            self.reference.is_some(),
            self.reference_prefix.is_some(),
            self.end_to_end_id.is_some(),
            self.txid.is_some(),
            self.document.is_some(),
            !self.pix_keys.is_empty(),
            self.beneficiary_id.is_some(),
            !self.amount_cents.is_open(),
            !self.created_at.is_open(),
            !self.paid_at.is_open(),
            !self.updated_at.is_open(),
        ];
        others.into_iter().filter(|is_set| *is_set).count() + self.count_of_rare()
    }

    /// Returns true if no filter is set but those by status and time of creation.
    pub fn only_status_and_creation(&self) -> bool {
        let is_set =
            usize::from(!self.statuses.is_empty()) + usize::from(!self.created_at.is_open());
        self.count() == is_set
    }

    fn count_of_rare(&self) -> usize {
        // The type of the objects is part of each list, and of a row of the index.
        let rare = [self.method.is_some(), self.batch_id.is_some(), self.has_returns.is_some()];
        rare.into_iter().filter(|is_set| *is_set).count()
    }

    /// Returns true if the object passes each filter; `by_list` leaves out the status, which the list
    /// of the objects has checked.
    pub fn selects(&self, facts: &SearchFacts<'_>, by_list: bool) -> bool {
        let prefix = |prefix: &str| facts.reference.is_some_and(|it| it.starts_with(prefix));
        let updated = facts.last_event_id.and_then(|id| time_of(id.ulid()));
        (by_list || self.statuses.is_empty() || self.statuses.contains(&facts.status))
            && self.kind.is_none_or(|kind| facts.transaction.kind() == Some(kind))
            && self.method.is_none_or(|method| method == facts.method)
            && self.reference.as_deref().is_none_or(|it| facts.reference == Some(it))
            && self.reference_prefix.as_deref().is_none_or(prefix)
            && self.end_to_end_id.as_deref().is_none_or(|id| facts.end_to_end_ids.contains(&id))
            && self.txid.as_deref().is_none_or(|txid| facts.txid == Some(txid))
            && self.document.as_ref().is_none_or(|document| facts.documents.contains(document))
            && (self.pix_keys.is_empty()
                || facts.pix_key.is_some_and(|key| self.pix_keys.contains(key)))
            && self.batch_id.is_none_or(|batch| facts.batch_id == Some(batch))
            && self.beneficiary_id.is_none_or(|id| facts.beneficiary_id == Some(id))
            && self.has_returns.is_none_or(|has| facts.has_returns == has)
            && self.amount_cents.includes(facts.amount_cents)
            && self.created_at.has(time_of(facts.transaction.ulid()))
            && self.paid_at.has(facts.paid_at)
            && self.updated_at.has(updated)
    }
}
