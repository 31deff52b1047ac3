//! The states of a payout, and the reasons for its end.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Status of a payout.
    PayoutStatus {
        /// The payout waits for available balance.
        AwaitingFunds = "awaiting_funds",
        /// The payout waits for the approval of a second user.
        AwaitingApproval = "awaiting_approval",
        /// The payout waits for the review of a moderator.
        InReview = "in_review",
        /// The payout waits for its scheduled time.
        Scheduled = "scheduled",
        /// Trilho is sending the payout, or the network is processing it.
        Processing = "processing",
        /// The beneficiary has the money.
        Paid = "paid",
        /// The payout was not paid, and its money is available again.
        Rejected = "rejected",
        /// The whole amount came back.
        Returned = "returned",
        /// The payout was cancelled before Trilho sent it.
        Cancelled = "cancelled",
    }
}

string_enum! {
    /// Reason why a payout was rejected, returned or scheduled again; the list is complete.
    PayoutReason {
        /// The hours of TED were over when Trilho was about to send the payout; it waits for the next
        /// ones.
        TedClosed = "ted_closed",
        /// The balance was too low until the end of the wait.
        InsufficientFunds = "insufficient_funds",
        /// A limit of the account left no room when Trilho was about to send the payout.
        PayoutLimit = "payout_limit",
        /// No user approved or reviewed the payout in time.
        NotApprovedInTime = "not_approved_in_time",
        /// The moderator rejected the payout in review.
        ReviewRejected = "review_rejected",
        /// The directory does not have the Pix key.
        PixKeyNotFound = "pix_key_not_found",
        /// The account belongs to another person than the beneficiary.
        BeneficiaryMismatch = "beneficiary_mismatch",
        /// The account does not exist.
        AccountNotFound = "account_not_found",
        /// The account is closed.
        AccountClosed = "account_closed",
        /// The account is blocked.
        AccountBlocked = "account_blocked",
        /// The beneficiary's institution does not accept this amount.
        AmountRefused = "amount_refused",
        /// The beneficiary's institution does not answer.
        InstitutionUnavailable = "institution_unavailable",
        /// The network never accepted the payout.
        NotAccepted = "not_accepted",
        /// The network or an institution suspects fraud.
        SuspectedFraud = "suspected_fraud",
        /// The network gave no reason from this list.
        Unspecified = "unspecified",
        /// The beneficiary returned the money.
        BeneficiaryRequest = "beneficiary_request",
        /// An institution made a mistake.
        OperationalError = "operational_error",
    }
}
