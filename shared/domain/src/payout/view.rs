//! A payout as the API and its events show it. The view is separate from the stored type, because the
//! API is a promise.
use crate::charge::DocumentView;
use crate::kernel::{
    BatchId, BeneficiaryId, CheckId, Currency, DestinationId, FailureCode, FailureView, PayoutId,
    StatusChange, UserId, entered_at,
};
use crate::network::RecipientView;
use crate::payout::{
    Beneficiary, CheckedOwner, Payout, PayoutApproval, PayoutDestination, PayoutKycView,
    PayoutMethod, PayoutRejection, PayoutStatus, PayoutStep, PayoutUpdate, Return,
};
use brazil::{BankAccount, BankAccountKind, PixKey, PixKeyKind};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A payout.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Payout")]
pub struct PayoutView {
    /// Id of the payout.
    pub id: PayoutId,
    /// Status of the payout.
    pub status: PayoutStatus,
    /// Method by which the payout travels.
    pub method: PayoutMethod,
    /// Amount of the payout, in cents.
    pub amount_cents: u64,
    /// Currency; always `BRL`.
    pub currency: Currency,
    /// Fee in cents. Trilho holds it with the amount, takes it on payment, and returns it if the
    /// whole amount comes back.
    pub fees_cents: u64,
    /// Total that came back, in cents.
    pub returned_amount_cents: u64,
    /// What the payout takes from the balance, in cents: amount and fee, less what came back; 0 if it
    /// was rejected or cancelled.
    pub net_amount_cents: u64,
    /// Destination of the payout.
    pub to: DestinationView,
    /// Beneficiary; null if the payout goes to the owner of the Pix key.
    pub beneficiary: Option<BeneficiaryView>,
    /// Saved beneficiary that the request named; null if it named none. `to` and `beneficiary` are copies of
    /// what it had then.
    pub beneficiary_id: Option<BeneficiaryId>,
    /// Destination of that beneficiary; null like the beneficiary.
    pub destination_id: Option<DestinationId>,
    /// Check of that destination that the payout makes; null for every other payout.
    pub check_id: Option<CheckId>,
    /// Time until which that destination is new, so that another user must approve the payout; null if it
    /// is not new, or if the payout is scheduled for a later time.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub cools_until: Option<Timestamp>,
    /// Recipient, as it was when Trilho sent the payout: the owner of the Pix key by the directory, or
    /// the beneficiary of the bank account. Null until then, except for a payout with `lookup_id`.
    pub recipient: Option<RecipientView>,
    /// Description that the beneficiary sees.
    pub description: Option<String>,
    /// Caller's own id of the payout.
    pub reference: Option<String>,
    /// Notes of the caller.
    pub metadata: BTreeMap<String, String>,
    /// Time at which Trilho sends or sent the payout; null if at once.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub scheduled_for: Option<Timestamp>,
    /// Whether the payout waits if the balance is too low.
    pub wait_for_funds: bool,
    /// End-to-end id of the Pix payment; null until Trilho sends it.
    pub end_to_end_id: Option<String>,
    /// Time since which the network has not confirmed the order. The money stays held and Trilho
    /// queries the network; you do nothing.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub unconfirmed_since: Option<Timestamp>,
    /// Returns of the payout.
    pub returns: Vec<ReturnView>,
    /// Why the payout was rejected, or its whole amount came back; null otherwise.
    pub failure: Option<FailureView>,
    /// Time at which the beneficiary received the money.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub paid_at: Option<Timestamp>,
    /// Time at which the payout was rejected.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub rejected_at: Option<Timestamp>,
    /// Time at which the payout was cancelled.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub cancelled_at: Option<Timestamp>,
    /// Time at which the whole amount had come back; `returns` has the time of each part.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub returned_at: Option<Timestamp>,
    /// Time from which the beneficiary can use the money, or could until it came back: `paid_at`, or
    /// the time that the network announced. Null if neither is known.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub available_at: Option<Timestamp>,
    /// Every status of the payout, oldest first.
    pub status_history: Vec<StatusChange<PayoutStatus>>,
    /// Time at which the payout was created.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
    /// User who created the payout.
    pub created_by: UserId,
    /// Number of other users who must approve the payout.
    pub approvals_needed: u8,
    /// Approvals so far. They are void if the Pix key has another owner when Trilho is about to send the
    /// payout, which then waits for approval again.
    pub approvals: Vec<PayoutApproval>,
    /// Owner of the Pix key whom users approve or the look-up of the request named, as the directory
    /// answered; null for a bank account, for a payout with neither, and until Trilho has asked.
    pub key_owner: Option<CheckedOwnerView>,
    /// Whether the payout goes only to `key_owner`, because the request had a `lookup_id`. If the key has
    /// another owner when Trilho is about to send the payout, it is rejected: `recipient_changed`.
    pub bound_to_owner: bool,
    /// Rejection by a user who could have approved the payout; null if there was none.
    pub rejection: Option<PayoutRejection>,
    /// Moderator who reviewed the payout.
    pub reviewed_by: Option<UserId>,
    /// KYC request for which the payout waits or waited in review; null if compliance asked nothing.
    pub kyc_request: Option<PayoutKycView>,
    /// Batch that the payout belongs to.
    pub batch_id: Option<BatchId>,
}

/// Destination of a payout: exactly one of the two fields.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Destination")]
pub struct DestinationView {
    /// Pix key that receives the payout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pix_key: Option<PixKeyView>,
    /// Bank account that receives the payout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_account: Option<BankAccountView>,
}

/// A Pix key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PixKey")]
pub struct PixKeyView {
    /// Type of the key.
    #[serde(rename = "type")]
    pub kind: PixKeyKind,
    /// Pix key in the form of the directory; lists mask the key of a person.
    pub key: String,
}

/// A bank account.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "BankAccount")]
pub struct BankAccountView {
    /// ISPB of the institution, 8 characters.
    pub ispb: String,
    /// Three-digit code of the institution; null if it has none.
    pub bank_code: Option<String>,
    /// Name of the institution.
    pub bank_name: String,
    /// Branch without check digit.
    pub branch: String,
    /// Account number with check digit; lists show only its end.
    pub number: String,
    /// Type of the account.
    #[serde(rename = "type")]
    pub kind: BankAccountKind,
}

/// Beneficiary of a payout.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Beneficiary")]
pub struct BeneficiaryView {
    /// Name of the beneficiary.
    pub name: String,
    /// CPF or CNPJ of the beneficiary.
    pub document: DocumentView,
}

/// Owner of a Pix key, as the directory answered.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "CheckedOwner")]
pub struct CheckedOwnerView {
    /// Name of the owner.
    pub name: String,
    /// CPF of a person as `***.456.789-**`, or the full CNPJ of a company, which is public.
    pub document_masked: String,
    /// ISPB of the institution of the account, 8 characters.
    pub ispb: String,
    /// Name of the institution; null if the Central Bank's list does not have it.
    pub bank_name: Option<String>,
    /// Type of the account.
    pub account_type: BankAccountKind,
    /// Time at which the directory answered.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub checked_at: Timestamp,
}

impl From<&CheckedOwner> for CheckedOwnerView {
    fn from(checked: &CheckedOwner) -> Self {
        let CheckedOwner { owner, checked_at } = checked;
        Self {
            name: owner.name.clone(),
            document_masked: owner.document.masked(),
            ispb: owner.ispb.clone(),
            bank_name: owner.bank().map(|bank| bank.name().to_owned()),
            account_type: owner.account_kind,
            checked_at: *checked_at,
        }
    }
}

/// Money of a payout that came back.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Return")]
pub struct ReturnView {
    /// End-to-end id of the return in the network.
    pub return_id: String,
    /// Amount of the return, in cents.
    pub amount_cents: u64,
    /// Reason for the return.
    pub reason: FailureCode,
    /// Code of the network for the reason, unchanged; null if it gave none.
    pub network_code: Option<String>,
    /// Time at which the money came back.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub at: Timestamp,
}

impl From<&Payout> for PayoutView {
    fn from(payout: &Payout) -> Self {
        let submission = payout.submission.as_ref();
        let at = |status| entered_at(&payout.status_history, status);
        let paid_at = at(PayoutStatus::Paid);
        Self {
            id: payout.id,
            status: payout.status,
            method: payout.method,
            amount_cents: payout.amount_cents,
            currency: Currency::Brl,
            fees_cents: payout.fees_cents,
            returned_amount_cents: payout.returned_amount_cents,
            net_amount_cents: payout.net_amount_cents(),
            to: DestinationView::from(&payout.to),
            beneficiary: payout.beneficiary.as_ref().map(BeneficiaryView::from),
            beneficiary_id: payout.saved.map(|saved| saved.beneficiary_id),
            destination_id: payout.saved.map(|saved| saved.destination_id),
            check_id: payout.saved.and_then(|saved| saved.check_id),
            cools_until: payout.cools_until,
            recipient: payout.recipient.as_ref().map(RecipientView::from),
            description: payout.description.clone(),
            reference: payout.reference.clone(),
            metadata: payout.metadata.clone(),
            scheduled_for: payout.scheduled_for,
            wait_for_funds: payout.wait_for_funds,
            end_to_end_id: submission
                .and_then(|submission| submission.end_to_end_id.as_ref().map(ToString::to_string)),
            unconfirmed_since: submission.and_then(|submission| submission.unconfirmed_since),
            returns: payout.returns.iter().map(ReturnView::from).collect(),
            failure: payout.failure.as_ref().map(FailureView::of_payment),
            paid_at,
            rejected_at: at(PayoutStatus::Rejected),
            cancelled_at: at(PayoutStatus::Cancelled),
            returned_at: at(PayoutStatus::Returned),
            available_at: paid_at.or_else(|| payout.announced_payment()),
            status_history: payout.status_history.clone(),
            created_at: payout.created_at,
            created_by: payout.created_by,
            approvals_needed: payout.approvals_needed,
            approvals: payout.approvals.clone(),
            key_owner: payout.key_owner.as_deref().map(CheckedOwnerView::from),
            bound_to_owner: payout.bound_to_owner,
            rejection: payout.rejection.as_deref().cloned(),
            reviewed_by: payout.reviewed_by,
            kyc_request: payout.kyc.as_ref().map(PayoutKycView::from),
            batch_id: payout.batch_id,
        }
    }
}

impl Payout {
    /// Returns what the payout takes from the balance, in cents.
    fn net_amount_cents(&self) -> u64 {
        match self.status {
            PayoutStatus::Rejected | PayoutStatus::Cancelled => 0,
            PayoutStatus::AwaitingFunds
            | PayoutStatus::AwaitingApproval
            | PayoutStatus::InReview
            | PayoutStatus::Scheduled
            | PayoutStatus::Processing
            | PayoutStatus::Paid
            | PayoutStatus::Returned => {
                self.total_cents().saturating_sub(self.returned_amount_cents)
            }
        }
    }

    /// Returns the time at which the beneficiary will have the money, if the network announced it.
    fn announced_payment(&self) -> Option<Timestamp> {
        let due = self.due.as_ref()?;
        let is_payment =
            matches!(&due.step, PayoutStep::ApplyUpdate { update: PayoutUpdate::Settled });
        is_payment.then_some(due.at)
    }
}

impl PayoutView {
    /// Returns the view for lists, which masks the document, the key and the account of a person.
    pub fn masked(payout: &Payout) -> Self {
        let mut view = Self::from(payout);
        if let Some((view, beneficiary)) =
            view.beneficiary.as_mut().zip(payout.beneficiary.as_ref())
        {
            view.document.number = beneficiary.document.masked();
        }
        view.to = DestinationView::masked(&payout.to);
        view
    }
}

impl DestinationView {
    /// Returns the view for lists, which masks the key of a person and the account number.
    pub fn masked(to: &PayoutDestination) -> Self {
        let mut view = Self::from(to);
        match (&mut view, to) {
            (Self { pix_key: Some(view), .. }, PayoutDestination::PixKey(key)) => {
                view.key = key.masked();
            }
            (Self { bank_account: Some(view), .. }, PayoutDestination::BankAccount(account)) => {
                view.number = account.masked_number();
            }
            _ => {}
        }
        view
    }
}

impl From<&PayoutDestination> for DestinationView {
    fn from(to: &PayoutDestination) -> Self {
        match to {
            PayoutDestination::PixKey(key) => {
                Self { pix_key: Some(PixKeyView::from(key)), bank_account: None }
            }
            PayoutDestination::BankAccount(account) => {
                Self { pix_key: None, bank_account: Some(BankAccountView::from(account)) }
            }
        }
    }
}

impl From<&PixKey> for PixKeyView {
    fn from(key: &PixKey) -> Self {
        Self { kind: key.kind(), key: key.as_str().to_owned() }
    }
}

impl From<&BankAccount> for BankAccountView {
    fn from(account: &BankAccount) -> Self {
        let bank = account.bank();
        Self {
            ispb: bank.ispb().to_owned(),
            bank_code: bank.code().map(str::to_owned),
            bank_name: bank.name().to_owned(),
            branch: account.branch().to_owned(),
            number: account.number().to_owned(),
            kind: account.kind(),
        }
    }
}

impl From<&Beneficiary> for BeneficiaryView {
    fn from(beneficiary: &Beneficiary) -> Self {
        let document = &beneficiary.document;
        Self {
            name: beneficiary.name.clone(),
            document: DocumentView { kind: document.kind(), number: document.number().to_owned() },
        }
    }
}

impl From<&Return> for ReturnView {
    fn from(back: &Return) -> Self {
        Self {
            return_id: back.return_id.to_string(),
            amount_cents: back.amount_cents,
            reason: back.failure.code,
            network_code: back.failure.network_code.clone(),
            at: back.at,
        }
    }
}
