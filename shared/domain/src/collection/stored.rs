//! A collection as it is stored.

use crate::collection::{
    CancelReason, CollectionAsk, CollectionCode, CollectionLocale, CollectionStatus, Consent,
};
use crate::event::History;
use crate::kernel::{AccountId, BeneficiaryId, CollectionId, Due, StatusChange, UserId};
use brazil::{Document, DocumentKind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is due for a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectionStep {
    /// The link expires.
    Expire,
    /// The Pix key is checked, or the worker that checks it has died.
    Check,
}

/// A document as lists and events show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaskedDocument {
    /// Kind of the document.
    pub kind: DocumentKind,
    /// Number, masked if it is a CPF.
    pub number: String,
}

impl From<&Document> for MaskedDocument {
    fn from(document: &Document) -> Self {
        Self { kind: document.kind(), number: document.masked() }
    }
}

/// A collection: a link by which a beneficiary enters their own Pix key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// Id of the collection.
    pub id: CollectionId,
    /// Account that made the link.
    pub account_id: AccountId,
    /// User who made the link.
    pub created_by: UserId,
    /// Status of the collection.
    pub status: CollectionStatus,
    /// What the link asks for.
    pub ask: CollectionAsk,
    /// Digest of the token in the link; the token itself is in no row.
    pub link_digest: String,
    /// Masked document; none once the data are erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<MaskedDocument>,
    /// Sealed personal data; none once they are erased or saved as a beneficiary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
    /// Amount that the page shows, in cents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_cents: Option<u64>,
    /// Language of the page.
    pub locale: CollectionLocale,
    /// Purpose that the page shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Caller's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Last code; none before the first one, and once it led to a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CollectionCode>,
    /// Number of codes so far.
    #[serde(default)]
    pub codes_sent: u8,
    /// Number of wrong codes so far.
    #[serde(default)]
    pub wrong_codes: u8,
    /// Number of checks that the directory answered.
    #[serde(default)]
    pub checks: u8,
    /// Number of checks in a row that the directory did not answer.
    #[serde(default)]
    pub unanswered: u8,
    /// Last consent of the beneficiary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Beneficiary that was saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beneficiary_id: Option<BeneficiaryId>,
    /// Reason of the cancellation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<CancelReason>,
    /// Time at which the link was made.
    pub created_at: Timestamp,
    /// Time at which the link expires.
    pub expires_at: Timestamp,
    /// Every status, oldest first.
    pub status_history: Vec<StatusChange<CollectionStatus>>,
    /// What is due, and when; none once the collection ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due<CollectionStep>>,
    /// Number and id of the last event.
    pub history: History,
    /// Version of the row.
    pub version: u64,
}
