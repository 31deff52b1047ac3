//! Statuses and kinds of a dispute.
use crate::kernel::{MethodKind, string_enum};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Status of a dispute.
    DisputeStatus {
        /// The network waits for an answer of the account, until `respond_by`.
        NeedsResponse = "needs_response",
        /// The account contested the demand, and the network has not decided.
        Submitted = "submitted",
        /// The account accepted the demand.
        Accepted = "accepted",
        /// The network gave the demand up.
        Won = "won",
        /// The network took the money, or a part of it.
        Lost = "lost",
    }
}

string_enum! {
    /// Kind of a dispute.
    DisputeKind {
        /// The payer's institution reports fraud or an error of a Pix payment (MED).
        Med = "med",
        /// The payer disputes a card payment.
        Chargeback = "chargeback",
    }
}

impl DisputeKind {
    /// Returns the kind of the disputes of charges that were paid by this method.
    pub const fn of(method: MethodKind) -> Self {
        match method {
            MethodKind::Card => Self::Chargeback,
            MethodKind::Pix | MethodKind::Boleto => Self::Med,
        }
    }
}
