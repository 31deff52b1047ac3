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
mod effects;
mod endpoint;
mod errand;
mod error;
mod event;
mod event_mask;
mod export_view;
mod fee;
mod funds;
mod health;
mod hold;
mod id;
mod ledger;
mod ledger_audit;
mod limits;
mod lookup;
mod moment;
mod new_account;
mod new_user;
mod notice;
mod overlap;
mod payout;
mod payout_batch;
mod payout_settings;
mod payout_view;
mod period;
mod person;
mod refund;
mod refund_view;
mod replay;
mod session;
mod statement;
mod statement_export;
mod statement_schedule;
mod status_change;
mod string_enum;
mod transaction_ref;

pub use access::{Access, Permission, Role};
pub use account::{Account, Merchant, Stage};
pub use api_key::{API_KEYS_PER_USER_MAX, ApiKey, KeyId, PreviousSecret};
pub use audit::{AuditAction, AuditEvent, Author};
pub use catalogue::examples;
pub use charge::{
    AMOUNT_CENTS_MAX, Charge, ChargeDue, ChargeMethod, ChargeRefund, ChargeStatus, ChargeStep,
    NewCharge, Payer, PixDetails, REFUNDS_MAX,
};
pub use charge_view::{ChargeView, DocumentView, PayerView, PixView};
pub use delivery::{
    Attempt, Delivery, DeliveryStatus, DeliveryView, MESSAGE_DELAY_SECONDS_MAX,
    RETRY_AFTER_SECONDS_MAX, Readiness, SCHEDULE_SECONDS,
};
pub use effects::Effects;
pub use endpoint::{
    DisabledReason, ENDPOINTS_MAX, Endpoint, EndpointStatus, EndpointView, SigningSecret,
    Subscription, SubscriptionError,
};
pub use errand::{NetworkAction, OutboundOrder, Submission};
pub use error::{Code, Error, Flaw, Violation};
pub use event::{Event, EventData, EventType, EventView, History, Redelivery};
pub use export_view::{DownloadView, ExportView, ScheduleView};
pub use fee::{FeeSchedule, Fees};
pub use funds::Funds;
pub use health::{Breaker, BreakerState, EndpointHealth, SLOW_AFTER};
pub use hold::{Hold, HoldStatus};
pub use id::{
    AccountId, AuditId, BatchId, ChargeId, DeliveryId, EndpointId, EntryId, EventId, ExportId,
    HoldId, Id, MovementId, PayoutId, RefundId, ScheduleId, UserId,
};
pub use ledger::{
    Balances, Books, Entry, EntryKind, EntryPosition, LedgerAccount, LedgerDay, Posting,
};
pub use ledger_audit::{Difference, FullScan, HeldDiffers, LedgerAudit, Mismatch, RunningTotals};
pub use limits::{OutgoingUsage, PayoutLimits};
pub use lookup::{KeyBucket, KeyOwner, KnownKey, Lookups};
pub use moment::{Entropy, Moment};
pub use new_account::NewAccount;
pub use new_user::{EMAIL_LENGTH_MAX, NewUser, check_roles, name_flaw};
pub use notice::ChargeUpdate;
pub use overlap::overlap;
pub use payout::{
    Beneficiary, DECIDED_WITHIN, FUNDED_WITHIN, NewPayout, Payout, PayoutDestination, PayoutDue,
    PayoutMethod, PayoutReason, PayoutStatus, PayoutStep, PayoutUpdate, Return, Terms, hold_of,
};
pub use payout_batch::{
    BATCH_LINES_MAX, BatchLine, BatchLines, BatchStatus, BatchView, LINES_PER_ROW, LineOutcome,
    PayoutBatch, refusal,
};
pub use payout_settings::{Approval, PayoutSettings};
pub use payout_view::{
    BankAccountView, BeneficiaryView, DestinationView, PayoutView, PixKeyView, ReturnView,
};
pub use period::{CLOSED_AFTER, Period, UnknownZone, Zone};
pub use person::{
    AttemptKind, Invitation, Login, LoginKey, LoginThrottle, ModeratorCount, TwoFactor, User,
    UserKind, UserStatus,
};
pub use refund::{
    NewRefund, Refund, RefundContext, RefundDue, RefundRejection, RefundStatus, RefundStep,
    RefundUpdate,
};
pub use refund_view::RefundView;
pub use replay::{REPLAY_PER_TICK, Replay, ReplayStatus, ReplayView};
pub use session::{SESSION_ABSOLUTE, SESSION_IDLE, Session};
pub use statement::{BalanceAt, ContiguousEntries, StatementEntryView, contiguous_entries};
pub use statement_export::{
    Checkpoint, CsvDialect, ExportFormat, ExportReason, ExportStatus, NewExport, StatementExport,
    StatementFile,
};
pub use statement_schedule::{
    Frequency, NewSchedule, NotATime, SCHEDULES_MAX, ScheduleStatus, StatementSchedule, TimeOfDay,
};
pub use status_change::StatusChange;
pub use transaction_ref::{EntryContext, TransactionRef};
