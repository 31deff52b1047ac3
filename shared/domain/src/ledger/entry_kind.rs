//! The kinds of ledger entries, and the accounts each kind moves money between.
use crate::kernel::string_enum;
use crate::ledger::LedgerAccount;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Why money moved.
    EntryKind {
        /// A payer paid a charge.
        ChargePaid = "charge_paid",
        /// A payer paid and the network holds it.
        ChargeHeldForReview = "charge_held_for_review",
        /// A charge became available.
        ChargeCredited = "charge_credited",
        /// The fee of a charge.
        ChargeFee = "charge_fee",
        /// The money of a charge went back to the payer.
        ChargeReturned = "charge_returned",
        /// Money was put aside.
        Held = "held",
        /// Money put aside is available again.
        Released = "released",
        /// Money put aside is available again because its time is over.
        Expired = "expired",
        /// A payout left.
        PayoutPaid = "payout_paid",
        /// The fee of a payout.
        PayoutFee = "payout_fee",
        /// The money of a payout came back.
        PayoutReturned = "payout_returned",
        /// A payout that came back costs nothing.
        PayoutFeeReversed = "payout_fee_reversed",
        /// Money of a charge was given back to its payer.
        RefundPaid = "refund_paid",
    }
}

impl EntryKind {
    /// From where to where, as (debit, credit): no entry of this kind takes another way.
    pub const fn routes(self) -> &'static [(LedgerAccount, LedgerAccount)] {
        use LedgerAccount::{Available, Clearing, Fees, Held, Receivable, UnderReview};
        match self {
            Self::ChargePaid => &[(Clearing, Receivable)],
            Self::ChargeHeldForReview => &[(Clearing, UnderReview)],
            Self::ChargeCredited => &[(Receivable, Available), (UnderReview, Available)],
            Self::ChargeFee => &[(Available, Fees)],
            Self::ChargeReturned => &[(UnderReview, Clearing)],
            Self::Held => &[(Available, Held)],
            Self::Released | Self::Expired => &[(Held, Available)],
            Self::PayoutPaid | Self::RefundPaid => &[(Held, Clearing)],
            Self::PayoutFee => &[(Held, Fees)],
            Self::PayoutReturned => &[(Clearing, Available)],
            Self::PayoutFeeReversed => &[(Fees, Available)],
        }
    }
}
