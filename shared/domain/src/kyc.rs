//! KYC: requests that an account explains a payout with documents, which compliance decides about
//! (docs/adr/0053).

mod deadline;
mod document;
mod documents;
mod file;
mod life;
mod message;
mod status;
mod stored;
mod template;
mod thread;
mod view;

pub use deadline::KYC_DAYS;
pub use document::{KycAnswer, KycDocument, KycDocumentStatus, KycRejection, KycVerdict};
pub use documents::{KYC_DOCUMENTS_MAX, KYC_TEXT_LENGTH_MAX};
pub use file::{KycFile, KycFileView, NewKycFile};
pub use message::{
    KYC_ACCOUNT_MESSAGES_MAX, KYC_COMPLIANCE_MESSAGES_MAX, KYC_MESSAGE_LENGTH_MAX, KycAuthor,
    KycMessage, KycMessageView,
};
pub use status::KycStatus;
pub use stored::{KycRequest, KycStep, NewKycRequest};
pub use template::{
    KycCase, KycDocumentKind, KycForm, KycRequirement, KycRequirementView, requirements,
};
pub use view::{KycDocumentView, KycRequestView, KycTexts};
