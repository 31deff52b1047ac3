//! The kinds of ledger entries, and the accounts each kind moves money between.
use crate::kernel::string_enum;
use crate::ledger::LedgerAccount;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Kind of a ledger entry.
    EntryKind {
        /// The payer paid a charge.
        ChargePaid = "charge_paid",
        /// The payer paid, and the network holds the money for review.
        ChargeHeldForReview = "charge_held_for_review",
        /// The money of a charge became available.
        ChargeCredited = "charge_credited",
        /// The fee of a charge.
        ChargeFee = "charge_fee",
        /// The network returned the money of a charge to the payer.
        ChargeReturned = "charge_returned",
        /// Trilho held money for a payout or refund.
        Held = "held",
        /// Trilho released held money.
        Released = "released",
        /// Trilho released held money because the hold expired.
        Expired = "expired",
        /// Trilho paid a payout.
        PayoutPaid = "payout_paid",
        /// The fee of a payout.
        PayoutFee = "payout_fee",
        /// The money of a payout came back.
        PayoutReturned = "payout_returned",
        /// Trilho returned the fee of a payout that came back.
        PayoutFeeReversed = "payout_fee_reversed",
        /// Trilho paid a refund.
        RefundPaid = "refund_paid",
    }
}

impl EntryKind {
    /// Returns true for a fee that Trilho takes or returns. It has no counterparty.
    pub const fn is_fee(self) -> bool {
        matches!(self, Self::ChargeFee | Self::PayoutFee | Self::PayoutFeeReversed)
    }

    /// Returns the pairs (debit, credit) that an entry of this kind may have.
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
