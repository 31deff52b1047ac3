//! What an acquirer reports about an order.
use crate::charge::card::CardAuthorization;
use crate::kernel::Failure;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A fact that an acquirer reports about an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CardUpdate {
    /// The acquirer has the order and will answer later.
    Accepted,
    /// The acquirer reviews the sale and will answer later.
    UnderReview {
        /// Reason for the review, as a word.
        reason: String,
    },
    /// The payer must prove to the issuer who they are (3-D Secure). The acquirer answers after that.
    AuthenticationRequired {
        /// Address of the page of the issuer.
        url: String,
        /// Time until which the payer can do it.
        until: Timestamp,
    },
    /// The issuer reserved the amount.
    Authorized {
        /// The authorisation.
        authorization: Box<CardAuthorization>,
    },
    /// The acquirer captured the amount: the payer paid.
    Captured {
        /// The authorisation, if the order asked for both.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authorization: Option<Box<CardAuthorization>>,
        /// Amount in cents.
        amount_cents: u64,
        /// Time of the capture.
        captured_at: Timestamp,
        /// Times at which the acquirer pays the instalments, first to last.
        agenda: Vec<Timestamp>,
    },
    /// The acquirer did what the order says: it voided or reversed.
    Done,
    /// The acquirer agreed to pay instalments early.
    Anticipated {
        /// Time at which it pays them.
        settles_at: Timestamp,
    },
    /// The issuer or the acquirer refused the order.
    Declined {
        /// Reason for the refusal.
        failure: Failure,
    },
    /// The acquirer never answered, and does not have the order.
    Unanswered,
}

impl CardUpdate {
    /// Returns true if the update ends the order.
    pub const fn is_answer(&self) -> bool {
        match self {
            Self::Accepted | Self::UnderReview { .. } | Self::AuthenticationRequired { .. } => {
                false
            }
            Self::Authorized { .. }
            | Self::Captured { .. }
            | Self::Done
            | Self::Anticipated { .. }
            | Self::Declined { .. }
            | Self::Unanswered => true,
        }
    }
}
