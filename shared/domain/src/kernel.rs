//! Ids, time, errors and other types that every room uses.

mod currency;
mod document_view;
mod due;
mod email;
mod error;
mod failure;
mod id;
mod lease;
mod mask;
mod method_kind;
mod milliseconds;
mod moment;
mod money;
mod nearest;
mod overlap;
mod period;
mod status_change;
mod string_enum;
mod text;

pub use currency::Currency;
pub use document_view::DocumentView;
pub use due::Due;
pub use email::{EMAIL_LENGTH_MAX, EMAIL_PATTERN, check_email_length, email_flaw};
pub use error::{AccountChoice, Code, Error, Flaw, Violation};
pub use failure::{CausedBy, Failure, FailureCode, FailureView};
pub use id::{
    AccountId, AuditId, BatchId, BeneficiaryId, BlockId, ChargeId, CheckId, CollectionId, CreditId,
    DeliveryId, DestinationId, DisputeId, EndpointId, EntryId, EventId, EvidenceId, ExportId,
    HoldId, Id, IntentId, KycDocumentId, KycRequestId, MovementId, PaymentId, PayoutId, RefundId,
    ScheduleId, SessionId, SettingsChangeId, UserId,
};
pub use lease::Lease;
pub use mask::mask_address;
pub(crate) use mask::mask_email;
pub use method_kind::MethodKind;
pub use milliseconds::milliseconds;
pub use moment::{Entropy, Moment};
pub use money::AMOUNT_CENTS_MAX;
pub use nearest::nearest;
pub use overlap::overlap;
pub use period::{CLOSED_AFTER, Period, UnknownZone, Zone};
pub use status_change::{StatusChange, entered_at};
pub use string_enum::ClosedList;
pub(crate) use string_enum::string_enum;
pub use text::{
    REFERENCE_LENGTH_MAX, is_direction_override, is_invisible, metadata_flaws, optional_text_flaw,
    reference_flaw, text_flaw,
};
