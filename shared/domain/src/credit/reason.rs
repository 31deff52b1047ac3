//! Why a payment became a credit.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Reason why a payment matched no charge.
    CreditReason {
        /// The payment arrived after the charge had expired.
        PaidAfterExpiry = "paid_after_expiry",
        /// The payment arrived after the charge was cancelled, or after the bank refused its boleto.
        PaidAfterCancellation = "paid_after_cancellation",
        /// Another payment had paid the charge before.
        Duplicate = "duplicate",
        /// The amount differs from the charge by more than the account accepts.
        AmountMismatch = "amount_mismatch",
        /// The payment names no charge of the account.
        NoCharge = "no_charge",
        /// The account demands that the payer of the charge pays, and another payer paid.
        PayerMismatch = "payer_mismatch",
    }
}
