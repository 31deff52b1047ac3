//! A payout: money that an account sends to a beneficiary.
//!
//! Its table of transitions is in `life.rs` and drawn in `docs/states.md`. As soon as there are funds,
//! the amount and the fee are held ([`crate::ledger::Hold`]). A payment settles the hold; any other end
//! releases it.
use crate::event::History;
use crate::kernel::{
    AccountId, BatchId, Code, Due, Error, Failure, FailureCode, HoldId, Id, PayoutId, StatusChange,
    UserId,
};
use crate::ledger::{Counterparty, EntryContext, EntryPosition, TransactionRef};
use crate::network::{KeyOwner, Recipient, Submission};
use crate::payout::{
    CheckedOwner, DestinationRef, PayoutApproval, PayoutKyc, PayoutMethod, PayoutRejection,
    PayoutStatus, PayoutUpdate,
};
use brazil::{BankAccount, Document, EndToEndId, PixKey, PixParticipation};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long a payout waits for an approval or a review.
pub const DECISION_TIMEOUT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a payout waits for funds.
pub const FUNDING_TIMEOUT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The destination of a payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutDestination {
    /// The account of a Pix key.
    PixKey(PixKey),
    /// A bank account.
    BankAccount(BankAccount),
}

impl PayoutDestination {
    /// Returns the Pix key. Returns `None` for a bank account.
    pub fn pix_key(&self) -> Option<&PixKey> {
        match self {
            Self::PixKey(key) => Some(key),
            Self::BankAccount(_) => None,
        }
    }

    /// Returns the destination as a text that is the same for two payouts to one place, for a keyed hash.
    pub fn canonical_text(&self) -> String {
        match self {
            Self::PixKey(key) => format!("{}\n{}", key.kind(), key.as_str()),
            Self::BankAccount(account) => format!(
                "{}\n{}\n{}\n{:?}",
                account.bank().ispb(),
                account.branch(),
                account.number(),
                account.kind(),
            ),
        }
    }

    /// Returns the method: Pix if the bank participates in Pix, TED otherwise.
    pub fn method(&self) -> PayoutMethod {
        match self {
            Self::BankAccount(account) if account.bank().pix() == PixParticipation::None => {
                PayoutMethod::Ted
            }
            _ => PayoutMethod::Pix,
        }
    }
}

/// The beneficiary of a payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beneficiary {
    /// Name of the beneficiary.
    pub name: String,
    /// CPF or CNPJ of the beneficiary.
    pub document: Document,
}

/// A request for a payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPayout {
    /// Amount in cents, 1 to [`crate::kernel::AMOUNT_CENTS_MAX`].
    pub amount_cents: u64,
    /// Destination of the payout.
    pub to: PayoutDestination,
    /// Beneficiary; `None` to accept the owner of the Pix key.
    pub beneficiary: Option<Beneficiary>,
    /// Description that the beneficiary sees.
    pub description: Option<String>,
    /// Caller's own id of the payout.
    pub reference: Option<String>,
    /// Notes of the caller.
    pub metadata: BTreeMap<String, String>,
    /// Time to send the payout; `None` for at once.
    pub scheduled_for: Option<Timestamp>,
    /// Whether the payout waits if the balance is too low.
    pub wait_for_funds: bool,
    /// Batch that the payout belongs to.
    pub batch_id: Option<BatchId>,
    /// Owner of the Pix key whom the caller's look-up named; the payout goes to this owner or to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_owner: Option<Box<CheckedOwner>>,
    /// Saved destination from which `to` and `beneficiary` were copied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved: Option<DestinationRef>,
}

impl NewPayout {
    /// Returns the document of the beneficiary: the one that the caller named, or the Pix key if it is a
    /// CPF or CNPJ.
    pub fn document(&self) -> Option<Document> {
        document_of(self.beneficiary.as_ref(), &self.to)
    }
}

fn document_of(beneficiary: Option<&Beneficiary>, to: &PayoutDestination) -> Option<Document> {
    let named = beneficiary.map(|beneficiary| beneficiary.document.clone());
    named.or_else(|| to.pix_key().and_then(PixKey::document))
}

/// The keyed hashes by which a payout is found, so that no key of a row has personal data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutDigests {
    /// Hash of the destination.
    pub destination: String,
    /// Hash of the beneficiary's document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// Money of a payout that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// End-to-end id of the return.
    pub return_id: EndToEndId,
    /// Amount of the return in cents.
    pub amount_cents: u64,
    /// Reason for the return.
    pub failure: Failure,
    /// Time of the return.
    pub at: Timestamp,
}

/// The next step of a payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum PayoutStep {
    /// End the wait for funds.
    ReserveFunds,
    /// Ask the directory for the owner of its Pix key, so that users approve that owner.
    CheckOwner {
        /// Time at which the payout ends without approval.
        expires_at: Timestamp,
    },
    /// End the payout: no user approved or reviewed it in time.
    Expire,
    /// Release it to the network.
    StartScheduled,
    /// Submit it to the network.
    Submit,
    /// Query its status at the network.
    Query,
    /// Apply the update that the network announced for this time.
    ApplyUpdate {
        /// Announced update.
        update: PayoutUpdate,
    },
}

/// A payout as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payout {
    /// Id of the payout.
    pub id: PayoutId,
    /// Account that sends the payout.
    pub account_id: AccountId,
    /// Stored status. Readers need [`Payout::as_of`].
    pub status: PayoutStatus,
    /// Amount in cents.
    pub amount_cents: u64,
    /// Fee in cents, held with the amount and taken on payment.
    pub fees_cents: u64,
    /// Total that came back, in cents.
    pub returned_amount_cents: u64,
    /// Method by which the payout travels.
    pub method: PayoutMethod,
    /// Destination of the payout.
    pub to: PayoutDestination,
    /// Beneficiary, if the caller named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beneficiary: Option<Beneficiary>,
    /// Saved destination from which `to` and `beneficiary` were copied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved: Option<DestinationRef>,
    /// Time until which that destination is new, so that a user must approve the payout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cools_until: Option<Timestamp>,
    /// Description that the beneficiary sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Caller's own id of the payout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Notes of the caller.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// Time to send the payout, if not at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_for: Option<Timestamp>,
    /// Whether the payout waits if the balance is too low.
    pub wait_for_funds: bool,
    /// Number of other users who must approve it.
    pub approvals_needed: u8,
    /// Whether a moderator must review it.
    pub needs_review: bool,
    /// Whether compliance must approve a KYC request before anything else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_kyc: bool,
    /// KYC request of the payout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kyc: Option<PayoutKyc>,
    /// Owner of its Pix key whom users approve or the caller's look-up named, as the directory answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_owner: Option<Box<CheckedOwner>>,
    /// Time from which the payout shows that owner. The answer itself can be some minutes older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_owner_since: Option<Timestamp>,
    /// Whether it goes only to this owner, because its request named a look-up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bound_to_owner: bool,
    /// Approvals so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<PayoutApproval>,
    /// Rejection by a user who could have approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<Box<PayoutRejection>>,
    /// Moderator who reviewed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<UserId>,
    /// Submission to the network, once it is released.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<Submission>,
    /// Recipient, as it was when the payout was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Recipient>,
    /// Returns of the payout.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Return>,
    /// Every status of the payout, oldest first.
    pub status_history: Vec<StatusChange<PayoutStatus>>,
    /// Reason for the rejection or for the return of the whole amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Time at which the payout was created.
    pub created_at: Timestamp,
    /// User who created the payout.
    pub created_by: UserId,
    /// Batch that the payout belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<BatchId>,
    /// Next step, and its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due<PayoutStep>>,
    /// Positions of its ledger entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryPosition>,
    /// Number and id of the last event.
    pub history: History,
    /// Version of the row.
    pub version: u64,
}

impl Payout {
    /// Returns the id of its hold. A payout has one hold at most, so the id is derived from its own.
    pub fn hold_id(&self) -> HoldId {
        hold_of(self.id)
    }

    /// Returns the payout as it is at `now`. After the time for approval or review it is rejected, even if
    /// the scheduler has not written that yet.
    #[must_use]
    pub fn as_of(mut self, now: Timestamp) -> Self {
        if let Some(at) = self.expired_at(now) {
            self.status = PayoutStatus::Rejected;
            let code = FailureCode::NotApprovedInTime;
            self.failure = Some(code.into());
            let reason = Some(code.as_str().to_owned());
            self.status_history.push(StatusChange { status: PayoutStatus::Rejected, at, reason });
        }
        self
    }

    /// Returns the time at which the approval or review expired. Returns `None` if it has not.
    pub(super) fn expired_at(&self, now: Timestamp) -> Option<Timestamp> {
        let due = self.due.as_ref()?;
        let at = match due.step {
            PayoutStep::Expire => due.at,
            PayoutStep::CheckOwner { expires_at } => expires_at,
            _ => return None,
        };
        (at <= now).then_some(at)
    }

    /// Returns the data that its ledger entries copy.
    pub(super) fn entry_context(&self) -> EntryContext {
        EntryContext {
            reference: self.reference.clone(),
            description: self.description.clone(),
            end_to_end_id: self
                .submission
                .as_ref()
                .and_then(|submission| submission.end_to_end_id.clone()),
            counterparty: self.counterparty(),
            failure: self.failure.clone(),
            ..EntryContext::from(TransactionRef::Payout(self.id))
        }
    }

    /// Returns who gets the money: the recipient of a payout that was sent, before that the beneficiary
    /// that the caller named. Returns `None` for a payout to the owner of a Pix key that was not sent.
    pub fn counterparty(&self) -> Option<Counterparty> {
        let named =
            |beneficiary: &Beneficiary| Counterparty::new(&beneficiary.name, &beneficiary.document);
        let recipient = self.recipient.as_ref().map(|recipient| recipient.party.clone());
        recipient.or_else(|| self.beneficiary.as_ref().map(named))
    }

    /// Returns the document of the beneficiary: the one that the caller named, or the Pix key if it is a
    /// CPF or CNPJ.
    pub fn document(&self) -> Option<Document> {
        document_of(self.beneficiary.as_ref(), &self.to)
    }

    /// Records the owner of the Pix key, as the directory named it before the order was submitted.
    pub fn record_key_owner(&mut self, owner: &KeyOwner, checked_at: Timestamp) {
        self.recipient = Some(Recipient::of_key(owner, checked_at));
    }

    /// Returns the recipient of a payout to a bank account: the beneficiary that the caller named. Returns
    /// `None` for a Pix key, whose owner the directory names.
    pub(super) fn account_recipient(&self) -> Option<Recipient> {
        let PayoutDestination::BankAccount(account) = &self.to else { return None };
        let party = self.counterparty()?.at_institution(account.bank().ispb());
        Some(Recipient { party, account_kind: Some(account.kind()), checked_at: None })
    }

    /// Returns the amount plus the fee, in cents.
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

/// Returns the id of the hold of a payout.
pub fn hold_of(id: PayoutId) -> HoldId {
    HoldId::from_ulid(id.ulid())
}
