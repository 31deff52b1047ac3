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
        /// The bank withdrew the notice of a payment.
        ChargePaymentWithdrawn = "charge_payment_withdrawn",
        /// The payer paid, and the network holds the money for review.
        ChargeHeldForReview = "charge_held_for_review",
        /// The money of a charge became available.
        ChargeCredited = "charge_credited",
        /// The money of an instalment of a card became available.
        InstallmentCredited = "installment_credited",
        /// The fee of a charge.
        ChargeFee = "charge_fee",
        /// The fee of an instalment that the acquirer paid early.
        AnticipationFee = "anticipation_fee",
        /// The network returned the money of a charge to the payer.
        ChargeReturned = "charge_returned",
        /// A payment matched no charge.
        PaymentUnmatched = "payment_unmatched",
        /// A payment was matched to a charge later.
        CreditMatched = "credit_matched",
        /// The money of a payment without a charge became available.
        CreditKept = "credit_kept",
        /// The fee of a payment without a charge.
        CreditFee = "credit_fee",
        /// Trilho returned a payment without a charge to its payer.
        CreditReturned = "credit_returned",
        /// Trilho held money for a payout or refund.
        Held = "held",
        /// Trilho held money of instalments that the acquirer has not paid, for a refund.
        ReceivablesUsed = "receivables_used",
        /// Trilho gave held money back to instalments.
        ReceivablesRestored = "receivables_restored",
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
        /// Trilho blocked available money.
        Blocked = "blocked",
        /// Trilho ended the block of money.
        Unblocked = "unblocked",
        /// The money of a judicial block left the account, by the order of a court.
        BlockTransferred = "block_transferred",
        /// The network took the money of a credited charge back, as in a return of MED.
        ChargeTakenBack = "charge_taken_back",
        /// The network gave up money of a charge that the account had accepted to lose.
        ChargeGivenBack = "charge_given_back",
        /// The fee of a dispute.
        DisputeFee = "dispute_fee",
        /// Trilho paid what the balance did not cover; the customer owes it.
        DebtOpened = "debt_opened",
        /// Trilho took new money of the customer for what the customer owes.
        DebtCollected = "debt_collected",
    }
}

impl EntryKind {
    /// Returns true if Trilho is the other side, as for a fee. Such an entry has no counterparty.
    pub const fn is_with_trilho(self) -> bool {
        matches!(
            self,
            Self::ChargeFee
                | Self::AnticipationFee
                | Self::CreditFee
                | Self::PayoutFee
                | Self::PayoutFeeReversed
                | Self::DisputeFee
                | Self::DebtOpened
                | Self::DebtCollected
        )
    }

    /// Returns the pairs (debit, credit) that an entry of this kind may have.
    pub const fn routes(self) -> &'static [(LedgerAccount, LedgerAccount)] {
        use LedgerAccount::{
            Advanced, Available, Blocked, Clearing, Fees, Held, Owed, Receivable, UnderReview,
            Unmatched,
        };
        match self {
            Self::ChargePaid => &[(Clearing, Receivable)],
            Self::ChargePaymentWithdrawn => &[(Receivable, Clearing)],
            Self::ChargeHeldForReview => &[(Clearing, UnderReview)],
            Self::ChargeCredited => &[(Receivable, Available), (UnderReview, Available)],
            Self::InstallmentCredited => &[(Receivable, Available)],
            Self::ChargeFee | Self::AnticipationFee | Self::CreditFee | Self::DisputeFee => {
                &[(Available, Fees)]
            }
            Self::ChargeReturned => &[(UnderReview, Clearing)],
            Self::PaymentUnmatched => &[(Clearing, Unmatched)],
            Self::CreditMatched => &[(Unmatched, Receivable)],
            Self::CreditKept => &[(Unmatched, Available)],
            Self::CreditReturned => &[(Unmatched, Clearing)],
            Self::ChargeTakenBack => &[(Blocked, Clearing), (Available, Clearing)],
            Self::ChargeGivenBack => &[(Clearing, Available)],
            Self::Held => &[(Available, Held)],
            Self::ReceivablesUsed => &[(Receivable, Held)],
            Self::ReceivablesRestored => &[(Held, Receivable)],
            Self::Released | Self::Expired => &[(Held, Available)],
            Self::PayoutPaid | Self::RefundPaid => &[(Held, Clearing)],
            Self::PayoutFee => &[(Held, Fees)],
            Self::PayoutReturned => &[(Clearing, Available)],
            Self::PayoutFeeReversed => &[(Fees, Available)],
            Self::Blocked => &[(Available, Blocked)],
            Self::Unblocked => &[(Blocked, Available)],
            Self::BlockTransferred => &[(Blocked, Clearing)],
            Self::DebtOpened => &[(Owed, Advanced)],
            Self::DebtCollected => &[(Available, Owed)],
        }
    }
}
