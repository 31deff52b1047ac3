//! A payout: money sent to somebody, and every state it can be in.
//!
//! `awaiting_funds -> awaiting_approval -> in_review -> scheduled -> processing`, each only where it
//! applies; `processing -> paid | rejected`; `paid -> returned`; before `processing` also
//! `-> cancelled | rejected`.
//! From the moment there are funds the amount and its fee are held ([`crate::Hold`]). Paid settles the hold;
//! any other end releases it.

mod life;
mod rail;

use std::collections::BTreeMap;

use brazil::{BankAccount, Document, EndToEndId, PixKey, PixParticipation};
use jiff::civil::{Date, time};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use life::Terms;
pub use rail::PayoutUpdate;

use crate::string_enum::string_enum;
use crate::{
    AccountId, BatchId, Code, EntryContext, EntryPosition, Error, History, HoldId, Id, PayoutId,
    StatusChange, Submission, TransactionRef, UserId,
};

/// How long a payout waits for an approval or a review.
pub const DECIDED_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a payout waits for funds.
pub const FUNDED_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

string_enum! {
    /// Where a payout stands.
    PayoutStatus {
        /// Waits for the available balance.
        AwaitingFunds = "awaiting_funds",
        /// Waits for a second user.
        AwaitingApproval = "awaiting_approval",
        /// Waits for a moderator.
        InReview = "in_review",
        /// Waits for its time.
        Scheduled = "scheduled",
        /// On its way, or about to be; the network has the word.
        Processing = "processing",
        /// The beneficiary has it.
        Paid = "paid",
        /// It did not go; nothing was taken.
        Rejected = "rejected",
        /// It came back.
        Returned = "returned",
        /// Withdrawn before it went.
        Cancelled = "cancelled",
    }
}

string_enum! {
    /// Why a payout did not reach its beneficiary, or came back. Every reason there is.
    PayoutReason {
        /// The balance did not suffice in time.
        InsufficientFunds = "insufficient_funds",
        /// A limit of the account left no room when its time came.
        PayoutLimit = "payout_limit",
        /// Nobody agreed to it in time.
        NotApprovedInTime = "not_approved_in_time",
        /// The review refused it.
        ReviewRejected = "review_rejected",
        /// The directory does not know the PIX key.
        PixKeyNotFound = "pix_key_not_found",
        /// The account belongs to somebody else than the beneficiary.
        BeneficiaryMismatch = "beneficiary_mismatch",
        /// There is no such account.
        AccountNotFound = "account_not_found",
        /// The account is closed.
        AccountClosed = "account_closed",
        /// The account is blocked.
        AccountBlocked = "account_blocked",
        /// The beneficiary's institution takes no such amount.
        AmountRefused = "amount_refused",
        /// The beneficiary's institution does not answer.
        InstitutionUnavailable = "institution_unavailable",
        /// The network never took it.
        NotTaken = "not_taken",
        /// The network or an institution suspects fraud.
        SuspectedFraud = "suspected_fraud",
        /// The network gave no reason of this list.
        Unspecified = "unspecified",
        /// The beneficiary sent it back.
        BeneficiaryRequest = "beneficiary_request",
        /// An institution made a mistake.
        OperationalError = "operational_error",
    }
}

string_enum! {
    /// How it travels.
    PayoutMethod {
        /// By PIX, at any time.
        Pix = "pix",
        /// By TED, on business days from 06:30 to 17:00: for banks that take no PIX.
        Ted = "ted",
    }
}

/// Where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutDestination {
    /// To the account behind a PIX key.
    PixKey(PixKey),
    /// To an account.
    BankAccount(BankAccount),
}

impl PayoutDestination {
    /// PIX where the bank takes it.
    pub fn method(&self) -> PayoutMethod {
        match self {
            Self::BankAccount(account) if account.bank().pix() == PixParticipation::None => {
                PayoutMethod::Ted
            }
            _ => PayoutMethod::Pix,
        }
    }
}

/// Who gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beneficiary {
    /// Name.
    pub name: String,
    /// CPF or CNPJ.
    pub document: Document,
}

/// What a payout is opened from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPayout {
    /// How much, 1 to [`crate::AMOUNT_CENTS_MAX`].
    pub amount_cents: u64,
    /// Where to.
    pub to: PayoutDestination,
    /// Who gets it; none to take whoever owns the PIX key.
    pub beneficiary: Option<Beneficiary>,
    /// What for.
    pub description: Option<String>,
    /// The caller's own id.
    pub reference: Option<String>,
    /// The caller's own notes.
    pub metadata: BTreeMap<String, String>,
    /// When it goes; at once when absent.
    pub scheduled_for: Option<Timestamp>,
    /// Whether it waits when the balance does not suffice.
    pub wait_for_funds: bool,
    /// The batch it came with.
    pub batch_id: Option<BatchId>,
}

/// Money that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// Its id in the network.
    pub return_id: EndToEndId,
    /// How much.
    pub amount_cents: u64,
    /// Why.
    pub reason: PayoutReason,
    /// When.
    pub at: Timestamp,
}

/// What has to be done next with a payout, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutDue {
    /// When.
    pub at: Timestamp,
    /// What.
    pub step: PayoutStep,
}

/// See [`PayoutDue`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum PayoutStep {
    /// Look whether there are funds now.
    ReserveFunds,
    /// End it: nobody agreed to it.
    Expire,
    /// Let it go.
    Release,
    /// Tell the network.
    Submit,
    /// Query the network for the status.
    Query,
    /// Take in what the network announced for this time.
    ApplyUpdate {
        /// The announced fact.
        update: PayoutUpdate,
    },
}

/// A payout as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payout {
    /// Its id.
    pub id: PayoutId,
    /// Whose.
    pub account_id: AccountId,
    /// Where it stands. Readers want [`Payout::as_of`].
    pub status: PayoutStatus,
    /// How much.
    pub amount_cents: u64,
    /// Our fee, held with the amount and taken when it is paid.
    pub fees_cents: u64,
    /// What came back of it.
    pub returned_amount_cents: u64,
    /// How it travels.
    pub method: PayoutMethod,
    /// Where to.
    pub to: PayoutDestination,
    /// Who gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beneficiary: Option<Beneficiary>,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The caller's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The caller's own notes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// When it goes, if not at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_for: Option<Timestamp>,
    /// Whether it waits when the balance does not suffice.
    pub wait_for_funds: bool,
    /// Whether a second user has to agree.
    pub needs_approval: bool,
    /// Whether a moderator has to look at it.
    pub needs_review: bool,
    /// Who agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<UserId>,
    /// Which moderator let it pass or refused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<UserId>,
    /// The network's side of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<Submission>,
    /// What came back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Return>,
    /// Every state it was in.
    pub status_history: Vec<StatusChange<PayoutStatus>>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: UserId,
    /// The batch it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<BatchId>,
    /// What has to be done next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<PayoutDue>,
    /// Its ledger entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryPosition>,
    /// Its events so far.
    pub history: History,
    /// Counts the changes.
    pub version: u64,
}

impl Payout {
    /// The hold of this payout: it has one at most, so the name is its own.
    pub fn hold_id(&self) -> HoldId {
        hold_of(self.id)
    }

    /// The payout as it truly is at `now`: past the time to agree to it, it is rejected, even if the
    /// clock has not come round to write that down.
    #[must_use]
    pub fn as_of(mut self, now: Timestamp) -> Self {
        if let Some(at) = self.expired_at(now) {
            self.status = PayoutStatus::Rejected;
            let reason = Some(PayoutReason::NotApprovedInTime.as_str().to_owned());
            self.status_history.push(StatusChange { status: PayoutStatus::Rejected, at, reason });
        }
        self
    }

    /// When its time to be agreed to was over, if it is.
    fn expired_at(&self, now: Timestamp) -> Option<Timestamp> {
        let due = self.due.as_ref().filter(|due| due.step == PayoutStep::Expire);
        due.map(|due| due.at).filter(|at| *at <= now)
    }

    /// What its entries say of it.
    fn entry_context(&self) -> EntryContext {
        EntryContext {
            transaction: TransactionRef::Payout(self.id),
            reference: self.reference.clone(),
            description: self.description.clone(),
            end_to_end_id: self
                .submission
                .as_ref()
                .and_then(|submission| submission.end_to_end_id.clone()),
        }
    }

    /// Amount and fee.
    pub fn total_cents(&self) -> u64 {
        self.amount_cents.saturating_add(self.fees_cents)
    }

    fn not_in_state_to(&self, participle: &str) -> Error {
        Error::conflict(
            Code::PayoutState,
            format!("the payout is {} and cannot be {participle}", self.status.as_str()),
        )
    }
}

/// The hold of a payout.
pub fn hold_of(id: PayoutId) -> HoldId {
    HoldId::from_ulid(id.ulid())
}

/// When a TED opens and closes, in São Paulo.
const TED_OPENS: jiff::civil::Time = time(6, 30, 0, 0);
const TED_CLOSES: jiff::civil::Time = time(17, 0, 0, 0);

/// The first instant from `at` on at which it can travel this way.
fn travels_from(method: PayoutMethod, at: Timestamp) -> Timestamp {
    let local = brazil::local(at);
    // Beyond the calendar there is no later instant to wait for.
    let open = |date: Date| brazil::instant(date.to_datetime(TED_OPENS)).unwrap_or(at);
    match method {
        PayoutMethod::Pix => at,
        PayoutMethod::Ted
            if !brazil::is_business_day(local.date()) || local.time() >= TED_CLOSES =>
        {
            let tomorrow = local.date().tomorrow().unwrap_or(local.date());
            open(brazil::next_business_day(tomorrow))
        }
        PayoutMethod::Ted => at.max(open(local.date())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(at: &str, expected: &str) {
        let instant = |text: &str| format!("{text}-03:00").parse::<Timestamp>().expect("a time");
        assert_eq!(travels_from(PayoutMethod::Ted, instant(at)), instant(expected));
        assert_eq!(travels_from(PayoutMethod::Pix, instant(at)), instant(at));
    }

    #[test]
    fn a_ted_waits_for_the_next_hours_of_a_business_day() {
        // Wednesday.
        check("2026-11-25T06:29:59", "2026-11-25T06:30:00");
        check("2026-11-25T12:00:00", "2026-11-25T12:00:00");
        check("2026-11-25T17:00:00", "2026-11-26T06:30:00");
        // Friday evening, Saturday, and Christmas on a Friday.
        check("2026-11-27T17:00:00", "2026-11-30T06:30:00");
        check("2026-11-28T12:00:00", "2026-11-30T06:30:00");
        check("2026-12-25T12:00:00", "2026-12-28T06:30:00");
    }
}
