//! Steps on payments and credits.

use domain::charge::Charge;
use domain::credit::{Arrival, ArrivalContext, Credit, CreditMatch};
use domain::kernel::AccountId;
use domain::ledger::{Books, Effects, TransactionRef};
use domain::payment::PaymentReport;

use super::Writes;
use crate::Key;
use crate::items::SearchRow;

impl Writes {
    /// Writes what a report of the network changes: the payment, and its charge or its credit. Two
    /// reports of one payment write the same row, so the second is `Stale` and finds the payment.
    /// `document_digest` is the keyed hash of the payer's document, for the search index.
    #[must_use]
    pub fn record_arrival(
        self,
        context: &ArrivalContext,
        arrival: &Arrival,
        document_digest: Option<String>,
    ) -> Self {
        let writes = context.changed_charge().into_iter().fold(self, Self::replace);
        let writes = match arrival.effects.entries.is_empty() {
            true => writes,
            false => writes.replace(&context.books),
        };
        let writes = arrival.payment.iter().fold(writes, Self::create);
        let writes = arrival.order.iter().fold(writes, Self::create);
        let withdrawn = arrival.withdrawn.as_ref();
        let withdrawn = withdrawn.map(|payment| Key::Payment(payment.account_id, payment.id));
        let writes = withdrawn.iter().fold(writes, Self::remove);
        let writes = arrival.credit.iter().fold(writes, Self::create).record(&arrival.effects);
        let writes = match &arrival.payment {
            Some(payment) => writes.index(payment_rows(
                payment.posted_to,
                (payment.account_id, &payment.report),
                context.charge.as_ref(),
                document_digest,
            )),
            None => writes,
        };
        writes.index(arrival.credit.iter().flat_map(credit_rows))
    }

    /// Writes a changed credit, and its books if money moved. A return and a reference of it get their rows,
    /// by which they are found.
    #[must_use]
    pub fn change_credit(self, credit: &Credit, books: &Books, effects: &Effects) -> Self {
        let (account_id, holder) = (credit.account_id, TransactionRef::Credit(credit.id));
        let return_id = credit.last_return.as_ref().and_then(|last| last.return_id.as_ref());
        let reference = match &credit.matched_to {
            Some(CreditMatch::Reference(reference)) => Some(reference.clone()),
            _ => None,
        };
        let writes = self
            .name_reference(account_id, reference, holder)
            .replace(credit)
            .index(return_id.map(|id| SearchRow::end_to_end_id(account_id, id.as_str(), holder)));
        match effects.entries.is_empty() {
            true => writes.record(effects),
            false => writes.replace(books).record(effects),
        }
    }

    /// Writes a charge that a credit was matched to, with its rows of the search index. The payment itself
    /// leads to the credit.
    #[must_use]
    pub fn match_charge(
        self,
        charge: &Charge,
        credit: &Credit,
        document_digest: Option<String>,
    ) -> Self {
        let (account_id, holder) = (charge.account_id, TransactionRef::Charge(charge.id));
        let id = credit.report.network_id.as_str();
        let paid = (account_id, &credit.report);
        self.replace(charge)
            .index(payment_rows(holder, paid, Some(charge), document_digest))
            .index([SearchRow::end_to_end_id(account_id, id, holder)])
    }
}

/// Returns the rows of a payment for the object that has its money. The row of a payer whom the charge
/// asked to pay exists since the charge was created.
pub(super) fn payment_rows(
    holder: TransactionRef,
    (account_id, report): (AccountId, &PaymentReport),
    charge: Option<&Charge>,
    document_digest: Option<String>,
) -> impl Iterator<Item = SearchRow> {
    let asked = charge.filter(|charge| TransactionRef::Charge(charge.id) == holder);
    let asked = asked.and_then(Charge::payer_document);
    let is_another = report.payer.document.as_ref() != asked;
    let document = document_digest.filter(|_| is_another);
    let document = document.map(|digest| SearchRow::document(account_id, digest, holder));
    [SearchRow::paid_at(account_id, report.paid_at, holder)].into_iter().chain(document)
}

/// Returns the rows of a new credit.
fn credit_rows(credit: &Credit) -> impl Iterator<Item = SearchRow> {
    let (account_id, holder) = (credit.account_id, TransactionRef::Credit(credit.id));
    let txid = credit.report.txid.as_deref();
    let txid = txid.map(|txid| SearchRow::txid(account_id, txid, holder));
    [SearchRow::amount(account_id, credit.amount_cents(), holder)].into_iter().chain(txid)
}
