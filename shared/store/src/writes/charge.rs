//! Steps on charges.

use domain::charge::{BoletoNumbers, BoletoOrder, CardOrder, CardOutcome, Charge, ChargeOrder};
use domain::kernel::Id;
use domain::ledger::{Books, Effects, TransactionRef};

use super::Writes;
use super::credit::payment_rows;
use crate::items::{BoletoNumber, Location, SearchRow};

impl Writes {
    /// Opens a charge: the charge, its reference, its Pix location, its effects, and its rows of the search
    /// index. `document_digest` is the keyed hash of the payer's document.
    #[must_use]
    pub fn open_charge(
        self,
        charge: &Charge,
        document_digest: Option<String>,
        effects: &Effects,
    ) -> Self {
        let (account_id, charge_id) = (charge.account_id, charge.id);
        let transaction = TransactionRef::Charge(charge_id);
        // The txid of a charge is its ULID, and the payment page of every charge is found by it.
        let location = Location { token: charge_id.ulid().to_string(), account_id, charge_id };
        let document =
            document_digest.map(|digest| SearchRow::document(account_id, digest, transaction));
        let writes = self.claim_reference(account_id, charge.reference.as_ref(), transaction);
        writes.create(charge).create(&location).record(effects).index(
            [SearchRow::amount(account_id, charge.amount_cents, transaction)]
                .into_iter()
                .chain(document),
        )
    }
    /// Takes the number of a boleto for its charge, and creates the order that registers it.
    #[must_use]
    pub fn register_boleto(
        self,
        charge: &Charge,
        numbers: &BoletoNumbers,
        order: &BoletoOrder,
    ) -> Self {
        let (account_id, charge_id) = (charge.account_id, charge.id);
        let number = BoletoNumber { account_id, our_number: order.our_number, charge_id };
        self.replace(numbers).create(&number).create(order)
    }

    /// Writes a charge that the bank of its boleto answered, and the order that follows. The answered order
    /// goes in the same transaction, so that no answer counts twice.
    #[must_use]
    pub fn answer_boleto_order(
        self,
        charge: &Charge,
        answered: &BoletoOrder,
        next: Option<&BoletoOrder>,
        effects: &Effects,
    ) -> Self {
        let writes = self.replace(charge).record(effects).remove_at_version(answered);
        next.into_iter().fold(writes, Self::create)
    }

    /// Writes what the acquirer reported about an order: the charge, its books if money moved, and its payment. An
    /// answered order goes in the same transaction, so that no answer counts twice; an open one is written.
    #[must_use]
    pub fn apply_card_status(
        self,
        charge: &Charge,
        books: &Books,
        (order, is_answered): (&CardOrder, bool),
        outcome: &CardOutcome,
    ) -> Self {
        let writes = match is_answered {
            true => self.replace(charge).remove_at_version(order),
            // The charge of an order that waits changes only with an event.
            false if outcome.effects.events.is_empty() => self.replace(order),
            false => self.replace(charge).replace(order),
        };
        let writes = match outcome.effects.entries.is_empty() {
            true => writes,
            false => writes.replace(books),
        };
        let writes = outcome.next.iter().fold(writes, Self::create).record(&outcome.effects);
        let writes = outcome.payment.iter().fold(writes, Self::create);
        let rows = outcome.payment.iter().flat_map(|payment| {
            let report = (payment.account_id, &payment.report);
            payment_rows(payment.posted_to, report, Some(charge), None)
        });
        writes.index(rows)
    }

    /// Writes a changed charge with its effects, and the order to the network of its method.
    #[must_use]
    pub fn change_charge(
        self,
        charge: &Charge,
        order: Option<&ChargeOrder>,
        effects: &Effects,
    ) -> Self {
        let writes = self.replace(charge).record(effects);
        match order {
            Some(ChargeOrder::Boleto(order)) => writes.create(order),
            Some(ChargeOrder::Card(order)) => writes.create(order),
            None => writes,
        }
    }
}
