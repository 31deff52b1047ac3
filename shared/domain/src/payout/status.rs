//! The states of a payout, and the reasons for its end.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Where a payout stands.
    PayoutStatus {
        /// Waits for the available balance.
        AwaitingFunds = "awaiting_funds",
        /// Waits for a second user.
        AwaitingApproval = "awaiting_approval",
        /// Waits for a moderator.
        InReview = "in_review",
        /// Waits for its time.
        Scheduled = "scheduled",
        /// On its way, or about to be; the network has the word.
        Processing = "processing",
        /// The beneficiary has it.
        Paid = "paid",
        /// It did not go; nothing was taken.
        Rejected = "rejected",
        /// It came back.
        Returned = "returned",
        /// Withdrawn before it went.
        Cancelled = "cancelled",
    }
}

string_enum! {
    /// Why a payout did not reach its beneficiary, or came back. Every reason there is.
    PayoutReason {
        /// The balance did not suffice in time.
        InsufficientFunds = "insufficient_funds",
        /// A limit of the account left no room when its time came.
        PayoutLimit = "payout_limit",
        /// Nobody agreed to it in time.
        NotApprovedInTime = "not_approved_in_time",
        /// The review refused it.
        ReviewRejected = "review_rejected",
        /// The directory does not know the PIX key.
        PixKeyNotFound = "pix_key_not_found",
        /// The account belongs to somebody else than the beneficiary.
        BeneficiaryMismatch = "beneficiary_mismatch",
        /// There is no such account.
        AccountNotFound = "account_not_found",
        /// The account is closed.
        AccountClosed = "account_closed",
        /// The account is blocked.
        AccountBlocked = "account_blocked",
        /// The beneficiary's institution takes no such amount.
        AmountRefused = "amount_refused",
        /// The beneficiary's institution does not answer.
        InstitutionUnavailable = "institution_unavailable",
        /// The network never took it.
        NotTaken = "not_taken",
        /// The network or an institution suspects fraud.
        SuspectedFraud = "suspected_fraud",
        /// The network gave no reason of this list.
        Unspecified = "unspecified",
        /// The beneficiary sent it back.
        BeneficiaryRequest = "beneficiary_request",
        /// An institution made a mistake.
        OperationalError = "operational_error",
    }
}
