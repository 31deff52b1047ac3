//! A KYC request as the API and its events show it. Lists and events have no texts.

use crate::kernel::{KycDocumentId, KycRequestId, PayoutId, StatusChange};
use crate::kyc::{
    KycCase, KycDocument, KycDocumentKind, KycDocumentStatus, KycFileView, KycForm, KycMessage,
    KycMessageView, KycRejection, KycRequest, KycRequirement, KycRequirementView, KycStatus,
};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

/// A request that the account explains a payout with documents.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "KycRequest")]
pub struct KycRequestView {
    /// Id of the request.
    pub id: KycRequestId,
    /// Status of the request.
    pub status: KycStatus,
    /// Payout that waits for the request.
    pub payout_id: PayoutId,
    /// What the request asks about.
    pub cases: Vec<KycCase>,
    /// Documents that the request demands, one of each kind.
    pub requirements: Vec<KycRequirementView>,
    /// Documents of the account, oldest first; rejected ones stay.
    pub documents: Vec<KycDocumentView>,
    /// Messages, oldest first. Null in lists and events, because they can name people.
    pub messages: Option<Vec<KycMessageView>>,
    /// Time until which the account must submit its documents. Null while compliance examines them, and
    /// once the request ended.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub deadline: Option<Timestamp>,
    /// Bank business days that the account has left when compliance asks again; null unless the deadline is
    /// paused.
    pub business_days_left: Option<u8>,
    /// Time of the last submission; null before the first.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub submitted_at: Option<Timestamp>,
    /// Every status of the request, oldest first.
    pub status_history: Vec<StatusChange<KycStatus>>,
    /// Time at which the request opened.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
}

/// A document of a KYC request.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "KycDocument")]
pub struct KycDocumentView {
    /// Id of the document.
    pub id: KycDocumentId,
    /// Kind of the document.
    pub kind: KycDocumentKind,
    /// Form of the document.
    pub form: KycForm,
    /// Status of the document.
    pub status: KycDocumentStatus,
    /// Reason for which compliance rejected the document; null otherwise. The reason of an inspection is in
    /// `file`.
    pub rejection: Option<KycRejection>,
    /// Time at which compliance decided about the document.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub decided_at: Option<Timestamp>,
    /// File; null for a text.
    pub file: Option<KycFileView>,
    /// Text; null for a file, and in lists and events, because it can name people.
    pub text: Option<String>,
    /// Day on which the document was issued; null if the account did not say.
    pub issued_on: Option<Date>,
    /// Time at which the account announced or wrote the document.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
}

/// The opened texts of a request: of its documents and of its messages, each in the order of the request. It
/// has no `Debug`, so that no log shows it.
#[derive(Clone, Default)]
pub struct KycTexts {
    /// Text of each document; `None` for a file.
    pub documents: Vec<Option<String>>,
    /// Text of each message.
    pub messages: Vec<String>,
}

impl KycRequestView {
    /// Returns the view with the opened texts, for a reader who asked for this request.
    pub fn full(request: &KycRequest, texts: KycTexts) -> Self {
        let mut view = Self::from(request);
        for (document, text) in view.documents.iter_mut().zip(texts.documents) {
            document.text = text;
        }
        let messages = request.messages.iter().zip(texts.messages);
        let messages = messages.map(|(message, text)| message_view(message, text));
        Self { messages: Some(messages.collect()), ..view }
    }
}

impl From<&KycRequest> for KycRequestView {
    fn from(request: &KycRequest) -> Self {
        let requirement = |requirement: &KycRequirement| KycRequirementView {
            kind: requirement.kind,
            forms: requirement.forms.clone(),
            max_age_days: requirement.max_age_days,
            approved: request.documents.iter().any(|document| {
                document.kind == requirement.kind
                    && document.status() == KycDocumentStatus::Approved
            }),
        };
        Self {
            id: request.id,
            status: request.status,
            payout_id: request.payout_id,
            cases: request.cases.clone(),
            requirements: request.requirements.iter().map(requirement).collect(),
            documents: request.documents.iter().map(KycDocumentView::from).collect(),
            messages: None,
            deadline: request.deadline,
            business_days_left: request.days_left,
            submitted_at: request.submitted_at,
            status_history: request.status_history.clone(),
            created_at: request.created_at,
        }
    }
}

impl From<&KycDocument> for KycDocumentView {
    fn from(document: &KycDocument) -> Self {
        let verdict = document.verdict.as_ref();
        Self {
            id: document.id,
            kind: document.kind,
            form: document.form(),
            status: document.status(),
            rejection: verdict.and_then(|verdict| verdict.rejection),
            decided_at: verdict.map(|verdict| verdict.at),
            file: document.file().map(KycFileView::from),
            text: None,
            issued_on: document.issued_on,
            created_at: document.created_at,
        }
    }
}

fn message_view(message: &KycMessage, text: String) -> KycMessageView {
    let (author, user_id, created_at) = (message.author, message.user_id, message.at);
    KycMessageView { author, user_id, text, created_at }
}
