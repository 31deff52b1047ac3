//! A receivable: one instalment of a sale by card, which the acquirer pays on its own day.
//!
//! Each instalment is a receivable of its own (Res. CMN 4.734, Circ. 3.952).
use crate::receivable::{Anticipation, InstallmentFees, installments};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One instalment of a sale, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receivable {
    /// Number of the instalment, from 1.
    pub number: u8,
    /// Amount of the instalment, in cents.
    pub amount_cents: u64,
    /// Fee of the instalment, in cents.
    pub fee_cents: u64,
    /// Fee that was taken when the instalment was credited, in cents; less if refunds left less.
    #[serde(default)]
    pub taken_fee_cents: u64,
    /// Amount that refunds took from the instalment before it was credited, in cents.
    #[serde(default)]
    pub refunded_cents: u64,
    /// Time at which the acquirer pays it.
    pub settles_at: Timestamp,
    /// Early payment that the acquirer agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anticipation: Option<Anticipation>,
    /// Time at which its money became available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credited_at: Option<Timestamp>,
}

impl Receivable {
    /// Divides a sale into receivables, one for each time of the agenda of the acquirer.
    pub(crate) fn of_sale(amount_cents: u64, fee_cents: u64, agenda: &[Timestamp]) -> Vec<Self> {
        let count = u8::try_from(agenda.len()).unwrap_or(u8::MAX);
        let parts = installments(amount_cents, count).into_iter();
        let numbered = (1..=count).zip(parts.zip(installments(fee_cents, count)));
        let receivable =
            |((number, (amount_cents, fee_cents)), settles_at): (_, &Timestamp)| Self {
                number,
                amount_cents,
                fee_cents,
                taken_fee_cents: 0,
                refunded_cents: 0,
                settles_at: *settles_at,
                anticipation: None,
                credited_at: None,
            };
        numbered.zip(agenda).map(receivable).collect()
    }

    /// Returns what the acquirer still pays for the instalment, in cents.
    pub fn open_cents(&self) -> u64 {
        match self.credited_at {
            Some(_) => 0,
            None => self.amount_cents.saturating_sub(self.refunded_cents),
        }
    }

    /// Returns the fees of an open instalment as its credit will take them, or as it took them.
    pub fn fees(&self) -> InstallmentFees {
        let early = self.anticipation.as_ref();
        if self.credited_at.is_some() {
            let early_cents = early.map_or(0, |early| early.taken_fee_cents);
            return InstallmentFees { charge_cents: self.taken_fee_cents, early_cents };
        }
        let open_cents = self.open_cents();
        let charge_cents = self.fee_cents.min(open_cents);
        let early_cents = early.map_or(0, |early| early.fee_of(open_cents));
        InstallmentFees { charge_cents, early_cents: early_cents.min(open_cents - charge_cents) }
    }

    /// Credits the instalment. Returns its amount in cents and its fees.
    pub(crate) fn credit(&mut self, now: Timestamp) -> (u64, InstallmentFees) {
        let (amount_cents, fees) = (self.open_cents(), self.fees());
        self.taken_fee_cents = fees.charge_cents;
        if let Some(early) = &mut self.anticipation {
            early.taken_fee_cents = fees.early_cents;
        }
        self.credited_at = Some(now);
        (amount_cents, fees)
    }

    /// Takes the part of a rejected refund back after the credit. Returns the fees that it had left too little for,
    /// in cents.
    pub(crate) fn take_missing_fees(&mut self, part_cents: u64) -> u64 {
        let charge_cents = (self.fee_cents - self.taken_fee_cents).min(part_cents);
        self.taken_fee_cents += charge_cents;
        let kept_cents = self.amount_cents.saturating_sub(self.refunded_cents);
        let early_cents = self.anticipation.as_mut().map_or(0, |early| {
            let missing = early.fee_of(kept_cents).saturating_sub(early.taken_fee_cents);
            let more = missing.min(part_cents - charge_cents);
            early.taken_fee_cents += more;
            more
        });
        charge_cents + early_cents
    }
}
