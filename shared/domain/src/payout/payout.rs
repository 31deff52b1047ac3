//! A payout: money sent to somebody, and every state it can be in.
//!
//! `awaiting_funds -> awaiting_approval -> in_review -> scheduled -> processing`, each only where it
//! applies; `processing -> paid | rejected`; `paid -> returned`; before `processing` also
//! `-> cancelled | rejected`.
//! From the moment there are funds the amount and its fee are held ([`crate::ledger::Hold`]). Paid settles the hold;
//! any other end releases it.
use crate::event::History;
use crate::kernel::{
    AccountId, BatchId, Code, Due, Error, HoldId, Id, PayoutId, StatusChange, UserId,
};
use crate::ledger::{EntryContext, EntryPosition, TransactionRef};
use crate::network::Submission;
use crate::payout::{PayoutMethod, PayoutReason, PayoutStatus, PayoutUpdate};
use brazil::{BankAccount, Document, EndToEndId, PixKey, PixParticipation};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long a payout waits for an approval or a review.
pub const DECIDED_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a payout waits for funds.
pub const FUNDED_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

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
    /// How much, 1 to [`crate::kernel::AMOUNT_CENTS_MAX`].
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

/// The next step of a payout.
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
    pub due: Option<Due<PayoutStep>>,
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
    pub(super) fn expired_at(&self, now: Timestamp) -> Option<Timestamp> {
        let due = self.due.as_ref().filter(|due| due.step == PayoutStep::Expire);
        due.map(|due| due.at).filter(|at| *at <= now)
    }

    /// What its entries say of it.
    pub(super) fn entry_context(&self) -> EntryContext {
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

    pub(super) fn not_in_state_to(&self, participle: &str) -> Error {
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
