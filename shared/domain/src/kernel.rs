//! Ids, time, errors and other types that every room uses.

mod due;
mod error;
mod id;
mod lease;
mod mask;
mod method_kind;
mod moment;
mod money;
mod overlap;
mod period;
mod status_change;
mod string_enum;

pub use due::Due;
pub use error::{Code, Error, Flaw, Violation};
pub use id::{
    AccountId, AuditId, BatchId, ChargeId, DeliveryId, EndpointId, EntryId, EventId, ExportId,
    HoldId, Id, MovementId, PayoutId, RefundId, ScheduleId, UserId,
};
pub use lease::Lease;
pub(crate) use mask::mask_email;
pub use method_kind::MethodKind;
pub use moment::{Entropy, Moment};
pub use money::AMOUNT_CENTS_MAX;
pub use overlap::overlap;
pub use period::{CLOSED_AFTER, Period, UnknownZone, Zone};
pub use status_change::StatusChange;
pub(crate) use string_enum::string_enum;
