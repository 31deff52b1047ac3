//! A collection as the API and its events show it.

use crate::collection::{
    CancelReason, CollectedPerson, Collection, CollectionAsk, CollectionLocale, CollectionStatus,
};
use crate::kernel::{BeneficiaryId, CollectionId, DocumentView, StatusChange, UserId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A Data Collect link and what became of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Collection")]
pub struct CollectionView {
    /// Id of the collection.
    pub id: CollectionId,
    /// Status of the collection.
    pub status: CollectionStatus,
    /// What the link asks for.
    pub ask: CollectionAsk,
    /// Address of the page, for the beneficiary alone. Only the answer to the creation has it; null
    /// everywhere else.
    pub url: Option<String>,
    /// Person or company that the link asks; null once a link ended without a verified key.
    pub beneficiary: Option<CollectionPersonView>,
    /// How the beneficiary is reached. Null in lists and events, and once the link ended.
    pub contact: Option<CollectionContactView>,
    /// Amount that the page shows, in cents.
    pub amount_cents: Option<u64>,
    /// Language of the page.
    pub locale: CollectionLocale,
    /// Purpose that the page shows.
    pub message: Option<String>,
    /// Caller's own id of the collection.
    pub reference: Option<String>,
    /// Saved beneficiary, once the link is `verified`.
    pub beneficiary_id: Option<BeneficiaryId>,
    /// Reason of the cancellation; null if it was not cancelled.
    pub cancel_reason: Option<CancelReason>,
    /// Time at which the link was made.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
    /// User who made the link.
    pub created_by: UserId,
    /// Time at which the link expires.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub expires_at: Timestamp,
    /// Every status, oldest first, without `checking`.
    pub status_history: Vec<StatusChange<CollectionStatus>>,
}

/// A person or company that a link asks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "CollectionBeneficiary")]
pub struct CollectionPersonView {
    /// Name. Null in lists and events, and once the link ended.
    pub name: Option<String>,
    /// CPF or CNPJ; lists and events mask the CPF of a person, and so does every answer once the link ended.
    pub document: DocumentView,
}

/// How a beneficiary is reached.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "CollectionContact")]
pub struct CollectionContactView {
    /// E-mail that receives the codes.
    pub email: String,
    /// Phone number with `+` and country code.
    pub phone: Option<String>,
}

impl CollectionView {
    /// Returns the view with the opened personal data, for a caller who asked for this collection.
    pub fn full(collection: &Collection, person: &CollectedPerson) -> Self {
        let mut view = Self::from(collection);
        view.beneficiary = Some(CollectionPersonView {
            name: Some(person.name.clone()),
            document: DocumentView::from(&person.document),
        });
        view.contact = Some(CollectionContactView {
            email: person.email.clone(),
            phone: person.phone.clone(),
        });
        view
    }

    /// Returns the view with the address of the page.
    #[must_use]
    pub fn with_url(self, url: String) -> Self {
        Self { url: Some(url), ..self }
    }
}

impl From<&Collection> for CollectionView {
    fn from(collection: &Collection) -> Self {
        let document = collection.document.as_ref();
        let person = document.map(|document| CollectionPersonView {
            name: None,
            document: DocumentView { kind: document.kind, number: document.number.clone() },
        });
        Self {
            id: collection.id,
            status: collection.status,
            ask: collection.ask,
            url: None,
            beneficiary: person,
            contact: None,
            amount_cents: collection.amount_cents,
            locale: collection.locale,
            message: collection.message.clone(),
            reference: collection.reference.clone(),
            beneficiary_id: collection.beneficiary_id,
            cancel_reason: collection.cancel_reason,
            created_at: collection.created_at,
            created_by: collection.created_by,
            expires_at: collection.expires_at,
            status_history: collection.status_history.clone(),
        }
    }
}
