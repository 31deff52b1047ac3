//! What the product decides, without knowing where it runs.
//!
//! Deliberately absent: I/O, async, AWS, HTTP, a clock and a random source of its own.
#![warn(missing_docs)]

mod access;
mod account;
mod api_key;
mod audit;
mod catalogue;
mod charge;
mod charge_view;
mod delivery;
mod endpoint;
mod error;
mod event;
mod fee;
mod health;
mod id;
mod ledger;
mod moment;
mod new_account;
mod new_user;
mod notice;
mod overlap;
mod person;
mod replay;
mod session;

pub use access::{Access, Permission, Role};
pub use account::{Account, Merchant, Stage};
pub use api_key::{API_KEYS_PER_USER_MAX, ApiKey, KeyId, PreviousSecret};
pub use audit::{AuditAction, AuditEvent, Author};
pub use catalogue::examples;
pub use charge::{
    AMOUNT_CENTS_MAX, Charge, ChargeStatus, Due, DueStep, Effects, NewCharge, Payer, PixDetails,
    StatusChange,
};
pub use charge_view::{ChargeView, DocumentView, PayerView, PixView};
pub use delivery::{
    Attempt, Delivery, DeliveryStatus, DeliveryView, MESSAGE_DELAY_SECONDS_MAX,
    RETRY_AFTER_SECONDS_MAX, Readiness, SCHEDULE_SECONDS,
};
pub use endpoint::{
    DisabledReason, ENDPOINTS_MAX, Endpoint, EndpointStatus, EndpointView, SigningSecret,
    Subscription, SubscriptionError,
};
pub use error::{Code, Error, Flaw, Violation};
pub use event::{Event, EventData, EventType, EventView, History, Redelivery};
pub use fee::{FeeSchedule, Fees};
pub use health::{Breaker, Health, Passage, SLOW_AFTER};
pub use id::{
    AccountId, AuditId, ChargeId, DeliveryId, EndpointId, EntryId, EventId, Id, TransactionId,
    UserId,
};
pub use ledger::{Books, Entry, EntryKind, LedgerAccount, Posting};
pub use moment::{Entropy, Moment};
pub use new_account::NewAccount;
pub use new_user::{EMAIL_LENGTH_MAX, NewUser, check_roles, name_flaw};
pub use notice::Notice;
pub use overlap::overlap;
pub use person::{
    Delay, Door, Invitation, Login, LoginKey, Roster, TwoFactor, User, UserKind, UserStatus,
};
pub use replay::{REPLAY_PER_TICK, Replay, ReplayStatus, ReplayView};
pub use session::{SESSION_ABSOLUTE, SESSION_IDLE, Session};
