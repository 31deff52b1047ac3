//! What a ledger entry or a hold belongs to.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ChargeId, Error, Id, PayoutId};

/// An object whose money moves. Written as its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Subject {
    /// A charge.
    Charge(ChargeId),
    /// A payout.
    Payout(PayoutId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Charge(id) => id.fmt(f),
            Self::Payout(id) => id.fmt(f),
        }
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.to_string()
    }
}

impl TryFrom<String> for Subject {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        ChargeId::parse(&text)
            .map(Self::Charge)
            .or_else(|_| PayoutId::parse(&text).map(Self::Payout))
    }
}
