//! The one error of the product. It knows no HTTP; `edge` turns it into an answer.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::error::Error as StdError;

string_enum! {
    /// What went wrong, for a program. Each has its paragraph in docs/errors.md.
    Code {
        /// The body is not JSON.
        MalformedJson = "malformed_json",
        /// One or more fields are wrong; `violations` names them.
        InvalidRequest = "invalid_request",
        /// The operation moves or asks for money and has no `Idempotency-Key`.
        IdempotencyKeyMissing = "idempotency_key_missing",
        /// The `Idempotency-Key` is empty, too long or not printable ASCII.
        IdempotencyKeyInvalid = "idempotency_key_invalid",
        /// The cursor was not made by this list for this account.
        InvalidCursor = "invalid_cursor",
        /// No credential came with the request.
        CredentialMissing = "credential_missing",
        /// The API key is malformed, unknown, expired or deleted.
        ApiKeyInvalid = "api_key_invalid",
        /// The session is unknown, closed or timed out.
        SessionInvalid = "session_invalid",
        /// E-mail, password or code are wrong.
        LoginInvalid = "login_invalid",
        /// The password is right and a two-factor code is needed too.
        LoginNeedsCode = "login_needs_code",
        /// The caller lacks the permission.
        PermissionDenied = "permission_denied",
        /// The caller's address is not on the key's list.
        IpNotAllowed = "ip_not_allowed",
        /// A person without two-factor can only read.
        TwoFactorNotEnrolled = "two_factor_not_enrolled",
        /// The operation needs the header `Two-Factor-Code`.
        TwoFactorCodeMissing = "two_factor_code_missing",
        /// The code is wrong, or was used already.
        TwoFactorCodeInvalid = "two_factor_code_invalid",
        /// A browser sent this write from another site, or without `X-Requested-With: trilho`.
        CrossSiteRequest = "cross_site_request",
        /// Nobody changes or deletes their own access.
        OwnAccess = "own_access",
        /// Whoever made a payout cannot approve it.
        SecondUserNeeded = "second_user_needed",
        /// There is no such thing on this account.
        NotFound = "not_found",
        /// The route does not exist for this method.
        MethodNotAllowed = "method_not_allowed",
        /// Another object of the account holds this `reference`.
        ReferenceTaken = "reference_taken",
        /// Somebody has this e-mail already.
        EmailTaken = "email_taken",
        /// The first request with this `Idempotency-Key` still runs.
        IdempotencyInProgress = "idempotency_in_progress",
        /// The charge is not in a state that allows this.
        ChargeState = "charge_state",
        /// The payout is not in a state that allows this.
        PayoutState = "payout_state",
        /// The refund is not in a state that allows this.
        RefundState = "refund_state",
        /// The charge has as many refunds as one charge may have.
        RefundLimit = "refund_limit",
        /// The hold is not in a state that allows this.
        HoldState = "hold_state",
        /// No money moves on the account until its books are checked.
        AccountFrozen = "account_frozen",
        /// Two-factor is enrolled already; another moderator can reset it.
        TwoFactorEnrolled = "two_factor_enrolled",
        /// Two-factor was not started, so there is nothing to confirm.
        TwoFactorNotStarted = "two_factor_not_started",
        /// The account would be left without a moderator.
        LastModerator = "last_moderator",
        /// The user has as many API keys as one user may have.
        ApiKeyLimit = "api_key_limit",
        /// The account has as many webhook endpoints as one account may have.
        WebhookEndpointLimit = "webhook_endpoint_limit",
        /// The account has as many schedules of statements as one account may have.
        StatementScheduleLimit = "statement_schedule_limit",
        /// The webhook endpoint is disabled, so nothing is sent to it.
        WebhookEndpointDisabled = "webhook_endpoint_disabled",
        /// A replay to this endpoint is running.
        ReplayInProgress = "replay_in_progress",
        /// This kind of user cannot have that.
        UserKind = "user_kind",
        /// The body is larger than the operation takes.
        BodyTooLarge = "body_too_large",
        /// The body is not `application/json`.
        UnsupportedMediaType = "unsupported_media_type",
        /// This `Idempotency-Key` was used with another request.
        IdempotencyKeyReused = "idempotency_key_reused",
        /// The payment network refused the charge.
        RailRefused = "rail_refused",
        /// No payment network is set up for this stage.
        RailMissing = "rail_missing",
        /// The account's books cannot hold this amount.
        LedgerLimit = "ledger_limit",
        /// The available balance does not suffice.
        InsufficientFunds = "insufficient_funds",
        /// More than is left of the charge.
        RefundExceedsCharge = "refund_exceeds_charge",
        /// The charge was paid too long ago, or in a way that is not given back.
        RefundWindowClosed = "refund_window_closed",
        /// More than the hold has put aside.
        HoldExceeded = "hold_exceeded",
        /// More than may go out at once, today or tonight.
        PayoutLimit = "payout_limit",
        /// Something may still be added to the period.
        PeriodOpen = "period_open",
        /// Too many failed attempts; `Retry-After` says when to come back.
        TooManyAttempts = "too_many_attempts",
        /// Too few look-ups of PIX keys are left; `Retry-After` says when there are enough.
        LookupBudgetSpent = "lookup_budget_spent",
        /// Our mistake. The request id finds it in the log.
        Internal = "internal",
        /// It is not known to be done; send the same request again, with the same `Idempotency-Key`.
        Unavailable = "unavailable",
    }
}

string_enum! {
    /// What is wrong with one field.
    Flaw {
        /// The field is not there.
        Required = "required",
        /// The operation knows no such field.
        UnknownField = "unknown_field",
        /// Another JSON type was expected.
        WrongType = "wrong_type",
        /// The form is not the one described.
        InvalidFormat = "invalid_format",
        /// Smaller or larger than allowed.
        OutOfRange = "out_of_range",
        /// Shorter or longer than allowed.
        WrongLength = "wrong_length",
        /// Not one of the allowed words.
        UnknownValue = "unknown_value",
        /// The check digits do not match.
        WrongCheckDigits = "wrong_check_digits",
        /// An address deliveries must not be sent to.
        ForbiddenAddress = "forbidden_address",
        /// A range with bits set beyond its prefix.
        HostBitsSet = "host_bits_set",
    }
}

/// One wrong field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Violation {
    /// Path of the field, as `payer.document.number` or `ip_allowlist[0]`.
    pub field: String,
    /// What is wrong, for a program.
    pub code: Flaw,
    /// What is wrong and what to do, for a person.
    pub detail: String,
}

impl Violation {
    /// A violation of `field`.
    pub fn new(field: impl Into<String>, code: Flaw, detail: impl Into<String>) -> Self {
        Self { field: field.into(), code, detail: detail.into() }
    }
}

/// Why an operation did not happen. A new variant only when a program must react differently.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request cannot be read.
    #[error("{}: {detail}", code.as_str())]
    Malformed {
        /// What, for a program.
        code: Code,
        /// What to do, for a person.
        detail: String,
    },
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<Violation>),
    /// No valid credential.
    #[error("{}", .0.as_str())]
    Unauthenticated(Code),
    /// A known caller who may not do this.
    #[error("{}: {detail}", code.as_str())]
    Forbidden {
        /// What, for a program.
        code: Code,
        /// What to do, for a person.
        detail: String,
    },
    /// There is no such thing on the caller's account.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The state of something stands in the way.
    #[error("{}: {detail}", code.as_str())]
    Conflict {
        /// What, for a program.
        code: Code,
        /// What to do, for a person.
        detail: String,
    },
    /// Understood, and the answer is no.
    #[error("{}: {detail}", code.as_str())]
    Refused {
        /// What, for a program.
        code: Code,
        /// What to do, for a person.
        detail: String,
    },
    /// The body is over the limit.
    #[error("the body is over {bytes_max} bytes")]
    TooLarge {
        /// The limit.
        bytes_max: usize,
    },
    /// The body is in a form we do not read.
    #[error("the body is not application/json")]
    UnsupportedMedia,
    /// Slow down.
    #[error("{}: again in {retry_after_seconds} s", code.as_str())]
    TooMany {
        /// Of what, for a program.
        code: Code,
        /// When the next attempt is looked at.
        retry_after_seconds: u64,
    },
    /// Somebody else changed what this decision was based on: read again and decide again.
    #[error("the state changed meanwhile")]
    Stale,
    /// Stored data was made under a newer secret than the one at hand: fetch it and decide again.
    #[error("a newer version of the secret is in use")]
    Outdated,
    /// Nothing was done, or it is not known to be done; the same request may be sent again.
    #[error("the storage is not available")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// Our mistake.
    #[error("internal error")]
    Internal(#[source] Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// One wrong field.
    pub fn invalid(field: impl Into<String>, code: Flaw, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::new(field, code, detail)])
    }

    /// A state that stands in the way.
    pub fn conflict(code: Code, detail: impl Into<String>) -> Self {
        Self::Conflict { code, detail: detail.into() }
    }

    /// A caller who may not.
    pub fn forbidden(code: Code, detail: impl Into<String>) -> Self {
        Self::Forbidden { code, detail: detail.into() }
    }

    /// Too many failed attempts.
    pub fn too_many_attempts(retry_after_seconds: u64) -> Self {
        Self::TooMany { code: Code::TooManyAttempts, retry_after_seconds }
    }

    /// A business no.
    pub fn refused(code: Code, detail: impl Into<String>) -> Self {
        Self::Refused { code, detail: detail.into() }
    }

    /// A mistake of ours, with its cause.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// A passing failure, with its cause.
    pub fn unavailable(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }
}
