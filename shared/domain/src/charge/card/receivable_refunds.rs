//! How a refund takes money from the instalments of a sale.
//!
//! A refund is divided as the sale was, the odd cents in the first instalment. The parts of instalments that the
//! acquirer has paid come from the available balance. The others reduce what the acquirer still pays.
use crate::charge::Charge;
use crate::charge::card::RefundPart;
use crate::kernel::RefundId;
use crate::ledger::Effects;
use crate::receivable::{Receivable, installments};

/// What a rejected refund gives back to a sale.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::charge) struct ReturnedParts {
    /// Amount of instalments that the acquirer has not paid, in cents.
    pub(in crate::charge) open_cents: u64,
    /// Fee of instalments that were credited meanwhile, and whose refund had left too little for it, in cents.
    pub(in crate::charge) fee_cents: u64,
}

impl Charge {
    /// Takes the parts of a refund from instalments that the acquirer has not paid. Returns their sum in cents.
    pub(in crate::charge) fn take_from_receivables(
        &mut self,
        refund_id: RefundId,
        amount_cents: u64,
        effects: &mut Effects,
    ) -> u64 {
        let Some(card) = self.method.card_mut() else { return 0 };
        let count = u8::try_from(card.receivables.len()).unwrap_or(u8::MAX);
        let mut parts: Vec<_> = card
            .receivables
            .iter()
            .zip(installments(amount_cents, count))
            .filter(|(receivable, _)| receivable.credited_at.is_none())
            .map(|(receivable, share)| (receivable.open_cents().min(share), share))
            .collect();
        // What an earlier refund left too little of comes from the others, the last first.
        let mut missing: u64 = parts.iter().map(|(part, share)| share - part).sum();
        let open: Vec<_> =
            card.receivables.iter().filter(|one| one.credited_at.is_none()).cloned().collect();
        for ((part, _), receivable) in parts.iter_mut().zip(&open).rev() {
            let more = missing.min(receivable.open_cents() - *part);
            *part += more;
            missing -= more;
        }
        let parts = open.iter().zip(parts).map(|(receivable, (amount_cents, _))| RefundPart {
            refund_id,
            number: receivable.number,
            amount_cents,
        });
        let parts: Vec<_> = parts.filter(|part| part.amount_cents > 0).collect();
        for part in &parts {
            let taken = card.receivables.iter_mut().filter(|one| one.number == part.number);
            taken.for_each(|one| one.refunded_cents += part.amount_cents);
        }
        let sum = parts.iter().map(|part| part.amount_cents).sum();
        let numbers: Vec<_> = parts.iter().map(|part| part.number).collect();
        card.refund_parts.extend(parts);
        self.list_refunded_receivables(&numbers, effects);
        sum
    }

    /// Gives the parts of a rejected refund back to the instalments that the acquirer has still not paid.
    pub(in crate::charge) fn return_to_receivables(
        &mut self,
        refund_id: RefundId,
        effects: &mut Effects,
    ) -> ReturnedParts {
        let mut returned = ReturnedParts::default();
        let Some(card) = self.method.card_mut() else { return returned };
        let mut numbers = Vec::new();
        for part in card.refund_parts.iter().filter(|part| part.refund_id == refund_id) {
            numbers.push(part.number);
            let is_same = |one: &&mut Receivable| one.number == part.number;
            let Some(receivable) = card.receivables.iter_mut().find(is_same) else { continue };
            receivable.refunded_cents -= part.amount_cents;
            if receivable.credited_at.is_none() {
                returned.open_cents += part.amount_cents;
                continue;
            }
            returned.fee_cents += receivable.take_missing_fees(part.amount_cents);
        }
        card.refund_parts.retain(|part| part.refund_id != refund_id);
        self.fees_cents += returned.fee_cents;
        self.list_refunded_receivables(&numbers, effects);
        returned
    }
}
