//! The one error type of the product. It knows no HTTP; `edge` turns it into a response.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::error::Error as StdError;

string_enum! {
    /// Error code for programs. docs/errors.md explains each code.
    Code {
        /// The body is not JSON.
        MalformedJson = "malformed_json",
        /// One or more fields are wrong; `violations` names them.
        InvalidRequest = "invalid_request",
        /// The operation moves or requests money, and the request has no `Idempotency-Key`.
        IdempotencyKeyMissing = "idempotency_key_missing",
        /// The `Idempotency-Key` is blank, too long, not printable ASCII, or sent twice.
        IdempotencyKeyInvalid = "idempotency_key_invalid",
        /// The cursor belongs to another list, other filters or another account.
        InvalidCursor = "invalid_cursor",
        /// The request has a card number.
        CardNumberRefused = "card_number_refused",
        /// The request has no credential.
        CredentialMissing = "credential_missing",
        /// The API key is malformed, unknown, expired or deleted.
        ApiKeyInvalid = "api_key_invalid",
        /// The session is unknown, closed or expired.
        SessionInvalid = "session_invalid",
        /// E-mail, password or code is wrong.
        LoginInvalid = "login_invalid",
        /// E-mail and password are right, and a two-factor code is missing.
        LoginNeedsCode = "login_needs_code",
        /// The caller lacks the permission or role.
        PermissionDenied = "permission_denied",
        /// The caller's address is not on the allow-list of the key.
        IpNotAllowed = "ip_not_allowed",
        /// A person without two-factor can only read.
        TwoFactorNotEnrolled = "two_factor_not_enrolled",
        /// The operation needs the header `Two-Factor-Code`.
        TwoFactorCodeMissing = "two_factor_code_missing",
        /// The two-factor code is wrong or was already used.
        TwoFactorCodeInvalid = "two_factor_code_invalid",
        /// The password, which the operation asks for again, is wrong.
        PasswordInvalid = "password_invalid",
        /// A browser sent this write from another site, or without `X-Requested-With: trilho`.
        CrossSiteRequest = "cross_site_request",
        /// A moderator suspended the user.
        UserSuspended = "user_suspended",
        /// The operator closed the account.
        AccountClosed = "account_closed",
        /// A person cannot change or delete their own access.
        OwnAccess = "own_access",
        /// A decision needs another user: who created a payout cannot approve or release it, who approved it
        /// cannot do so twice or release it, and who requested a lower protection cannot apply it.
        SecondUserNeeded = "second_user_needed",
        /// The account has no such object.
        NotFound = "not_found",
        /// The path does not exist for this method.
        MethodNotAllowed = "method_not_allowed",
        /// Another object of the account has this `reference`.
        ReferenceTaken = "reference_taken",
        /// Another user of the account already has this e-mail.
        EmailTaken = "email_taken",
        /// E-mail, password and code open several accounts; `accounts` lists them.
        AccountChoiceNeeded = "account_choice_needed",
        /// The status of the user does not allow this.
        UserState = "user_state",
        /// The first request with this `Idempotency-Key` is still running.
        IdempotencyInProgress = "idempotency_in_progress",
        /// The state of the charge does not allow this.
        ChargeState = "charge_state",
        /// The state of the beneficiary does not allow this.
        BeneficiaryState = "beneficiary_state",
        /// The state of the collection does not allow this.
        CollectionState = "collection_state",
        /// The stage has no way to send a code to a beneficiary.
        CollectionChannel = "collection_channel",
        /// The charge has an open dispute, so its money cannot be refunded.
        ChargeDisputed = "charge_disputed",
        /// The state of the dispute does not allow this.
        DisputeState = "dispute_state",
        /// The state of the payout does not allow this.
        PayoutState = "payout_state",
        /// Trilho has not asked the directory for the owner of the payout's Pix key yet.
        OwnerUnchecked = "owner_unchecked",
        /// The state of the payout batch does not allow this.
        PayoutBatchState = "payout_batch_state",
        /// The change of the payout settings does not wait for a second moderator.
        SettingsChangeState = "settings_change_state",
        /// The state of the refund does not allow this.
        RefundState = "refund_state",
        /// The state of the credit does not allow this.
        CreditState = "credit_state",
        /// The amount of the credit is not the amount of the charge.
        AmountDiffers = "amount_differs",
        /// The charge has reached the limit of refunds.
        RefundLimit = "refund_limit",
        /// The held money is already settled, released or expired.
        HoldState = "hold_state",
        /// The balance block has ended, or its money was taken.
        BlockState = "block_state",
        /// The account is frozen until the operator has audited its ledger.
        AccountFrozen = "account_frozen",
        /// Two-factor is already enrolled; another moderator can reset it.
        TwoFactorEnrolled = "two_factor_enrolled",
        /// No enrolment was started, so there is nothing to confirm.
        TwoFactorNotStarted = "two_factor_not_started",
        /// The change would leave the account without a moderator.
        LastModerator = "last_moderator",
        /// The user has reached the limit of API keys.
        ApiKeyLimit = "api_key_limit",
        /// The dispute has as many files of evidence as it can have.
        EvidenceLimit = "evidence_limit",
        /// A file of the answer was not uploaded, is still inspected, or was rejected.
        EvidenceNotAccepted = "evidence_not_accepted",
        /// The KYC request or its document is not in the state that the change needs.
        KycRequestState = "kyc_request_state",
        /// A document that the KYC request demands is missing or not approved.
        KycIncomplete = "kyc_incomplete",
        /// The KYC request has as many documents or messages as it can have.
        KycLimit = "kyc_limit",
        /// The account has reached the limit of webhook endpoints.
        WebhookEndpointLimit = "webhook_endpoint_limit",
        /// The account has reached the limit of statement schedules.
        StatementScheduleLimit = "statement_schedule_limit",
        /// The webhook endpoint is disabled, so Trilho sends nothing to it.
        WebhookEndpointDisabled = "webhook_endpoint_disabled",
        /// The account has reached the limit of statement exports that are not finished.
        StatementExportLimit = "statement_export_limit",
        /// The account has reached the limit of payout batches that Trilho is opening.
        PayoutBatchLimit = "payout_batch_limit",
        /// The account has reached the limit of payouts that wait for funds.
        WaitingPayoutLimit = "waiting_payout_limit",
        /// A replay to this endpoint is running.
        ReplayInProgress = "replay_in_progress",
        /// This kind of user cannot have what was requested.
        UserKind = "user_kind",
        /// The body is larger than the operation accepts.
        BodyTooLarge = "body_too_large",
        /// The body is not `application/json`.
        UnsupportedMediaType = "unsupported_media_type",
        /// Another request used this `Idempotency-Key`.
        IdempotencyKeyReused = "idempotency_key_reused",
        /// The payment network refused the charge.
        RailRefused = "rail_refused",
        /// The stage of this deployment has no payment network.
        RailMissing = "rail_missing",
        /// The account lacks something that a boleto must show.
        MerchantIncomplete = "merchant_incomplete",
        /// The balances of the account cannot hold this amount.
        LedgerLimit = "ledger_limit",
        /// The available balance is too low.
        InsufficientFunds = "insufficient_funds",
        /// The refund is more than the rest of the charge.
        RefundExceedsCharge = "refund_exceeds_charge",
        /// The capture is more than was authorised.
        CaptureExceedsAuthorization = "capture_exceeds_authorization",
        /// The payer paid too long ago, or with a method without refunds.
        RefundWindowClosed = "refund_window_closed",
        /// The time to answer the dispute is over.
        DisputeResponseClosed = "dispute_response_closed",
        /// The amount is more than Trilho held for it.
        HoldExceeded = "hold_exceeded",
        /// The amount exceeds a limit of the account: per payout, per day or per night.
        PayoutLimit = "payout_limit",
        /// The period is not complete, because Trilho can still add entries to it.
        PeriodOpen = "period_open",
        /// Too many attempts failed; `Retry-After` says how long to wait.
        TooManyAttempts = "too_many_attempts",
        /// The budget of Pix key look-ups is too low; `Retry-After` says how long to wait.
        LookupBudgetSpent = "lookup_budget_spent",
        /// The user has used their share of the Pix key look-ups; `Retry-After` says how long to wait.
        LookupShareSpent = "lookup_share_spent",
        /// Too many requests of this kind arrived at once; `Retry-After` says how long to wait.
        Busy = "busy",
        /// Internal error of Trilho; the request id identifies it in the log.
        Internal = "internal",
        /// The request may or may not have been carried out; send it again with the same
        /// `Idempotency-Key`.
        Unavailable = "unavailable",
    }
}

string_enum! {
    /// Violation code for programs.
    Flaw {
        /// The field is missing.
        Required = "required",
        /// The operation has no such field.
        UnknownField = "unknown_field",
        /// The operation expects another JSON type.
        WrongType = "wrong_type",
        /// The value does not have the described form.
        InvalidFormat = "invalid_format",
        /// The value is smaller or larger than allowed.
        OutOfRange = "out_of_range",
        /// The value is shorter or longer than allowed.
        WrongLength = "wrong_length",
        /// The text shows nothing: it has only spaces or invisible characters.
        Blank = "blank",
        /// The text has a character that it must not have, such as a line break.
        ForbiddenCharacter = "forbidden_character",
        /// The value is not one of the allowed words.
        UnknownValue = "unknown_value",
        /// The check digits do not match.
        WrongCheckDigits = "wrong_check_digits",
        /// Trilho does not send deliveries to this URL.
        ForbiddenAddress = "forbidden_address",
        /// The CIDR range has bits set beyond its prefix.
        HostBitsSet = "host_bits_set",
        /// The beneficiary is archived, or has no such destination, so it receives no payout.
        NotPayable = "not_payable",
    }
}

/// One wrong field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Violation {
    /// Path of the field, such as `payer.document.number` or `ip_allowlist[0]`.
    pub field: String,
    /// Violation code for programs.
    pub code: Flaw,
    /// Explanation for people: what is wrong and what to write instead.
    pub detail: String,
}

impl Violation {
    /// Builds a violation of `field`.
    pub fn new(field: impl Into<String>, code: Flaw, detail: impl Into<String>) -> Self {
        Self { field: field.into(), code, detail: detail.into() }
    }
}

/// An account that the credentials of a person open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AccountChoice {
    /// Id of the account.
    #[schemars(regex(pattern = "^acc_[0-7][0-9A-HJKMNP-TV-Z]{25}$"))]
    pub account_id: String,
    /// Name of the company.
    pub name: String,
}

/// The reason why an operation did not happen. There is a variant for each way a program must
/// react.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request cannot be read.
    #[error("{}: {detail}", code.as_str())]
    Malformed {
        /// Code for programs.
        code: Code,
        /// Explanation for people.
        detail: String,
    },
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<Violation>),
    /// The request has no valid credential.
    #[error("{}", .0.as_str())]
    Unauthenticated(Code),
    /// The caller is known and may not do this.
    #[error("{}: {detail}", code.as_str())]
    Forbidden {
        /// Code for programs.
        code: Code,
        /// Explanation for people.
        detail: String,
    },
    /// The caller's account has no such object.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The status of an object does not allow the operation.
    #[error("{}: {detail}", code.as_str())]
    Conflict {
        /// Code for programs.
        code: Code,
        /// Explanation for people.
        detail: String,
    },
    /// The credentials of a person open several accounts.
    #[error("{} accounts to choose from", .0.len())]
    ChooseAccount(Vec<AccountChoice>),
    /// The request is well-formed, and a business rule refuses it.
    #[error("{}: {detail}", code.as_str())]
    Refused {
        /// Code for programs.
        code: Code,
        /// Explanation for people.
        detail: String,
    },
    /// The body is over the limit.
    #[error("the body is larger than {bytes_max} bytes")]
    TooLarge {
        /// Limit in bytes.
        bytes_max: usize,
    },
    /// The body has a media type that the API does not read.
    #[error("the body is not {expected}")]
    UnsupportedMedia {
        /// Media type that the operation reads.
        expected: &'static str,
    },
    /// The caller must wait.
    #[error("{}: retry after {retry_after_seconds} s", code.as_str())]
    TooMany {
        /// Code for programs.
        code: Code,
        /// Seconds until the next attempt is checked.
        retry_after_seconds: u64,
    },
    /// Too many requests of this kind run at once, so nothing was done for this one.
    #[error("too many requests of this kind at once: {0}")]
    Busy(&'static str),
    /// A concurrent change made this decision invalid. The caller must read and decide again.
    #[error("the state changed before the write")]
    Stale,
    /// Other requests change the same books at this moment. The caller must take its turn.
    #[error("other requests change the same books")]
    Contended,
    /// Stored data needs a newer version of the secret than this process has. The caller must fetch
    /// the secret and decide again.
    #[error("a newer version of the secret is in use")]
    Outdated,
    /// The request was not carried out, or its result is unknown. The caller may send the same
    /// request again.
    #[error("the storage is not available")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// Trilho has a bug.
    #[error("internal error")]
    Internal(#[source] Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// Builds the error for one wrong field.
    pub fn invalid(field: impl Into<String>, code: Flaw, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::new(field, code, detail)])
    }

    /// Builds the error for a status that does not allow the operation.
    pub fn conflict(code: Code, detail: impl Into<String>) -> Self {
        Self::Conflict { code, detail: detail.into() }
    }

    /// Builds the error for a caller who may not do this.
    pub fn forbidden(code: Code, detail: impl Into<String>) -> Self {
        Self::Forbidden { code, detail: detail.into() }
    }

    /// Builds the error for too many failed attempts.
    pub fn too_many_attempts(retry_after_seconds: u64) -> Self {
        Self::TooMany { code: Code::TooManyAttempts, retry_after_seconds }
    }

    /// Builds the error for a refusal by a business rule.
    pub fn refused(code: Code, detail: impl Into<String>) -> Self {
        Self::Refused { code, detail: detail.into() }
    }

    /// Builds the error for a bug, with its cause.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// Builds the error for a temporary failure, with its cause.
    pub fn unavailable(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }
}
