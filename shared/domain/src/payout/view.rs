//! A payout as the API and its events show it. The view is separate from the stored type, because the
//! API is a promise.
use crate::charge::DocumentView;
use crate::kernel::{BatchId, Currency, PayoutId, StatusChange, UserId};
use crate::payout::{
    Beneficiary, Payout, PayoutDestination, PayoutMethod, PayoutReason, PayoutStatus, Return,
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
    /// Destination of the payout.
    pub to: DestinationView,
    /// Beneficiary; null if the payout goes to the owner of the Pix key.
    pub beneficiary: Option<BeneficiaryView>,
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
    /// Every status of the payout, oldest first.
    pub status_history: Vec<StatusChange<PayoutStatus>>,
    /// Time at which the payout was created.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
    /// User who created the payout.
    pub created_by: UserId,
    /// User who approved the payout.
    pub approved_by: Option<UserId>,
    /// Moderator who reviewed the payout.
    pub reviewed_by: Option<UserId>,
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

/// Money of a payout that came back.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Return")]
pub struct ReturnView {
    /// End-to-end id of the return in the network.
    pub return_id: String,
    /// Amount of the return, in cents.
    pub amount_cents: u64,
    /// Reason for the return.
    pub reason: PayoutReason,
    /// Time at which the money came back.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub at: Timestamp,
}

impl From<&Payout> for PayoutView {
    fn from(payout: &Payout) -> Self {
        let submission = payout.submission.as_ref();
        Self {
            id: payout.id,
            status: payout.status,
            method: payout.method,
            amount_cents: payout.amount_cents,
            currency: Currency::Brl,
            fees_cents: payout.fees_cents,
            returned_amount_cents: payout.returned_amount_cents,
            to: DestinationView::from(&payout.to),
            beneficiary: payout.beneficiary.as_ref().map(BeneficiaryView::from),
            description: payout.description.clone(),
            reference: payout.reference.clone(),
            metadata: payout.metadata.clone(),
            scheduled_for: payout.scheduled_for,
            wait_for_funds: payout.wait_for_funds,
            end_to_end_id: submission
                .and_then(|submission| submission.end_to_end_id.as_ref().map(ToString::to_string)),
            unconfirmed_since: submission.and_then(|submission| submission.unconfirmed_since),
            returns: payout.returns.iter().map(ReturnView::from).collect(),
            status_history: payout.status_history.clone(),
            created_at: payout.created_at,
            created_by: payout.created_by,
            approved_by: payout.approved_by,
            reviewed_by: payout.reviewed_by,
            batch_id: payout.batch_id,
        }
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
        match (&mut view.to, &payout.to) {
            (DestinationView { pix_key: Some(view), .. }, PayoutDestination::PixKey(key)) => {
                view.key = key.masked();
            }
            (
                DestinationView { bank_account: Some(view), .. },
                PayoutDestination::BankAccount(account),
            ) => {
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
            reason: back.reason,
            at: back.at,
        }
    }
}
