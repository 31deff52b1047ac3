//! A payout as the API and its events show it: a promise, apart from how it is stored.
use crate::charge::DocumentView;
use crate::kernel::{BatchId, PayoutId, StatusChange, UserId};
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
    /// Its id.
    pub id: PayoutId,
    /// Where it stands.
    pub status: PayoutStatus,
    /// How it travels.
    pub method: PayoutMethod,
    /// How much, in cents.
    pub amount_cents: u64,
    /// `BRL`.
    pub currency: &'static str,
    /// The fee, in cents: held with the amount, taken when it is paid, given back when all of the
    /// amount comes back.
    pub fees_cents: u64,
    /// What came back of it, in cents.
    pub returned_amount_cents: u64,
    /// Where it goes.
    pub to: DestinationView,
    /// Who gets it; null for whoever owns the PIX key.
    pub beneficiary: Option<BeneficiaryView>,
    /// What for.
    pub description: Option<String>,
    /// The caller's own id.
    pub reference: Option<String>,
    /// The caller's own notes.
    pub metadata: BTreeMap<String, String>,
    /// When it goes, or went, if not at once.
    pub scheduled_for: Option<Timestamp>,
    /// Whether it waits when the balance does not suffice.
    pub wait_for_funds: bool,
    /// The PIX payment, once it was let go.
    pub end_to_end_id: Option<String>,
    /// Since when it is not known whether the network took it. The money stays held and the network
    /// is asked; nothing has to be done.
    pub unconfirmed_since: Option<Timestamp>,
    /// What came back.
    pub returns: Vec<ReturnView>,
    /// Every state it was in.
    pub status_history: Vec<StatusChange<PayoutStatus>>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: UserId,
    /// The second user who agreed.
    pub approved_by: Option<UserId>,
    /// The moderator who looked at it.
    pub reviewed_by: Option<UserId>,
    /// The batch it came with.
    pub batch_id: Option<BatchId>,
}

/// Where a payout goes: one of the two.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Destination")]
pub struct DestinationView {
    /// A PIX key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pix_key: Option<PixKeyView>,
    /// An account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_account: Option<BankAccountView>,
}

/// A PIX key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PixKey")]
pub struct PixKeyView {
    /// What kind of key.
    #[serde(rename = "type")]
    #[schemars(with = "String", extend("enum" = ["cpf", "cnpj", "phone", "email", "evp"]))]
    pub kind: PixKeyKind,
    /// As the directory stores it; in lists a person's is masked.
    pub key: String,
}

/// A bank account.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "BankAccount")]
pub struct BankAccountView {
    /// The institution's ISPB, 8 characters.
    pub ispb: String,
    /// Its three-digit code, if it has one.
    pub bank_code: Option<String>,
    /// Its name.
    pub bank_name: String,
    /// Branch, without check digit.
    pub branch: String,
    /// Number with check digit; in lists only its end.
    pub number: String,
    /// What kind of account.
    #[serde(rename = "type")]
    #[schemars(with = "String", extend("enum" = ["checking", "savings", "payment", "salary"]))]
    pub kind: BankAccountKind,
}

/// Who gets it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Beneficiary")]
pub struct BeneficiaryView {
    /// Name.
    pub name: String,
    /// CPF or CNPJ.
    pub document: DocumentView,
}

/// Money that came back.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Return")]
pub struct ReturnView {
    /// Its id in the network.
    pub return_id: String,
    /// How much, in cents.
    pub amount_cents: u64,
    /// Why.
    pub reason: PayoutReason,
    /// When.
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
            currency: "BRL",
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
            unconfirmed_since: submission.and_then(|submission| submission.unknown_since),
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
    /// As it stands in a list: a person's document, key and account are masked.
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
