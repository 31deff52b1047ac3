//! Which changes of a charge the lists of instalments show.
use crate::charge::Charge;
use crate::ledger::Effects;
use crate::receivable::{ReceivableRecord, ReceivableStatus};
use jiff::Timestamp;

impl Charge {
    /// Records the instalments of these numbers for the lists of the account, each with the time at which its row
    /// stood until now.
    pub(in crate::charge) fn list_receivables(
        &self,
        changed: &[(u8, Timestamp)],
        effects: &mut Effects,
    ) {
        let Some(card) = self.method.card() else { return };
        let record = |(number, stood_at): &(u8, Timestamp)| {
            let receivable = card.receivables.iter().find(|one| one.number == *number)?.clone();
            Some(ReceivableRecord {
                account_id: self.account_id,
                charge_id: self.id,
                reference: self.reference.clone(),
                installments: card.installments,
                status: match receivable.credited_at {
                    Some(_) => ReceivableStatus::Credited,
                    None => ReceivableStatus::Open,
                },
                moved_from: Some(*stood_at).filter(|at| *at != receivable.settles_at),
                receivable,
            })
        };
        effects.receivables.extend(changed.iter().filter_map(record));
    }

    /// Records the instalments that a refund took from, or gave back to, for the lists of the account.
    pub(in crate::charge) fn list_refunded_receivables(
        &self,
        numbers: &[u8],
        effects: &mut Effects,
    ) {
        let Some(card) = self.method.card() else { return };
        let changed = card.receivables.iter().filter(|one| numbers.contains(&one.number));
        let changed: Vec<_> = changed.map(|one| (one.number, one.settles_at)).collect();
        self.list_receivables(&changed, effects);
    }
}
