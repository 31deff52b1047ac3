//! What a payout would be, in its API form.

use brazil::{BankAccountKind, LookupCost, PixKey};
use directory::LookupRows;
use domain::access::Permission;
use domain::kernel::{Code, Currency, Id, PayoutId};
use domain::ledger::LimitsLeft;
use domain::network::CachedKeyOwner;
use domain::payout::{
    CheckedOwner, NewPayout, PayoutDestination, PayoutMethod, PayoutPreview, PayoutStatus,
};
use edge::Call;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::validated_key::{BankView, OwnerView};

/// What a payout would be if it were created now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PayoutPreview")]
pub struct PreviewView {
    /// Always false: the preview sent nothing.
    sent: bool,
    /// Always false: the preview stored nothing, held no money and used no look-up.
    stored: bool,
    /// What the payout itself would be.
    #[serde(flatten)]
    line: LinePreview,
    /// What the limits of the account leave before this payout.
    limits: LimitsLeft,
}

/// What one payout would be.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PayoutLinePreview")]
pub(crate) struct LinePreview {
    /// Amount of the payout, in cents.
    amount_cents: u64,
    /// Currency; always `BRL`.
    currency: Currency,
    /// Fee in cents.
    pub(crate) fees_cents: u64,
    /// Amount plus fee, in cents.
    pub(crate) total_cents: u64,
    /// Method by which the payout would travel.
    method: PayoutMethod,
    /// Status in which the payout would begin; null if Trilho would refuse it.
    pub(crate) status: Option<PayoutStatus>,
    /// Why Trilho would refuse the payout, or reject it later because of what it knows now; null if it
    /// knows no reason.
    pub(crate) refusal: Option<RefusalView>,
    /// Time at which Trilho would send the payout: its own, or the next hours of TED; null for at once.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    sends_at: Option<Timestamp>,
    /// Number of other users who would have to approve the payout.
    approvals_needed: u8,
    /// Whether a moderator would have to review the payout.
    needs_review: bool,
    /// Institution of the destination; null if Trilho does not know it without a look-up.
    bank: Option<BankView>,
    /// Owner of the Pix key, if `lookup_id` names one or Trilho remembers one, and the caller has
    /// `pix_keys:read`; otherwise null.
    owner: Option<OwnerView>,
    /// Type of the account behind the Pix key; null like the owner.
    account_type: Option<BankAccountKind>,
    /// Time at which the directory named the owner; null if Trilho remembers no answer.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    checked_at: Option<Timestamp>,
    /// Price of the look-up that the payout needs; null if it needs none, or the answer is remembered.
    pub(crate) lookup: Option<LookupPrice>,
    /// Payouts of the last 30 days with the same destination and amount, newest first, at most 5.
    pub(crate) duplicates: Vec<DuplicateView>,
}

/// Why a payout would not be made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PayoutRefusal")]
pub(crate) struct RefusalView {
    /// Error code of the refusal, or the reason of the later rejection.
    pub(crate) code: String,
    /// Explanation for people.
    pub(crate) detail: String,
}

/// Price of a look-up of a Pix key, in look-ups of the account's budget.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LookupPrice")]
pub(crate) struct LookupPrice {
    /// Look-ups that it takes if the directory has the key.
    if_found: u64,
    /// Look-ups that it takes if the directory does not have the key.
    if_not_found: u64,
    /// Look-ups left in the budget for this type of key.
    left: u64,
}

/// A payout with the same destination and amount.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "DuplicatePayout")]
pub(crate) struct DuplicateView {
    /// Id of the payout.
    payout_id: PayoutId,
    /// Time at which the payout was created.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    created_at: Timestamp,
}

impl DuplicateView {
    /// The id of a payout has the time of its creation.
    fn of(payout_id: PayoutId) -> Self {
        let milliseconds = i64::try_from(payout_id.ulid().timestamp_ms()).unwrap_or_default();
        let created_at = Timestamp::from_millisecond(milliseconds).unwrap_or_default();
        Self { payout_id, created_at }
    }
}

/// What is known about the destination of a payout.
pub(crate) struct KnownRecipient<'a> {
    /// Remembered look-up of its key.
    pub(crate) rows: &'a LookupRows,
    /// Whether another payout has its reference.
    pub(crate) reference_taken: bool,
    /// Payouts with the same destination and amount, newest first.
    pub(crate) recent: Vec<PayoutId>,
}

impl PreviewView {
    /// Returns the preview of one payout.
    pub(crate) fn new(line: LinePreview, limits: LimitsLeft) -> Self {
        Self { sent: false, stored: false, line, limits }
    }
}

impl LinePreview {
    /// Returns the preview of a payout, with what is known about its destination.
    pub(crate) fn of<I, T>(
        call: &Call<I, T>,
        new: &NewPayout,
        preview: PayoutPreview,
        known: KnownRecipient<'_>,
    ) -> Self {
        let KnownRecipient { rows, reference_taken, recent } = known;
        let now = call.moment.now;
        let remembered = rows.remembered(now);
        let named = new.known_owner.as_deref();
        let owner = match named {
            Some(known) => Some(&known.owner),
            None => remembered.and_then(|answer| answer.owner.as_ref()),
        };
        let checked_at = named.map(|known| known.checked_at);
        let sees = call.principal.access().allows(Permission::PixKeysRead);
        let lookup = match &new.to {
            PayoutDestination::PixKey(key) if remembered.is_none() => {
                Some(LookupPrice::of(call, key, rows))
            }
            _ => None,
        };
        let bank = match &new.to {
            PayoutDestination::PixKey(_) => owner.and_then(BankView::of),
            PayoutDestination::BankAccount(account) => {
                let bank = account.bank();
                Some(BankView { ispb: bank.ispb().to_owned(), name: bank.name().to_owned() })
            }
        };
        let key_flaw = key_flaw(named, remembered);
        let refusal = refusal(&preview, reference_taken, key_flaw);
        Self {
            amount_cents: new.amount_cents,
            currency: Currency::Brl,
            fees_cents: preview.fees_cents,
            total_cents: new.amount_cents.saturating_add(preview.fees_cents),
            method: preview.method,
            status: preview.status.filter(|_| !reference_taken),
            refusal,
            sends_at: preview.sends_at,
            approvals_needed: preview.approvals_needed,
            needs_review: preview.needs_review,
            bank,
            owner: owner.filter(|_| sees).map(OwnerView::from),
            account_type: owner.filter(|_| sees).map(|owner| owner.account_kind),
            checked_at: checked_at.or_else(|| remembered.map(|answer| answer.checked_at)),
            lookup,
            duplicates: recent.into_iter().map(DuplicateView::of).collect(),
        }
    }
}

impl LookupPrice {
    fn of<I, T>(call: &Call<I, T>, key: &PixKey, rows: &LookupRows) -> Self {
        Self {
            if_found: LookupCost::Found.tokens(),
            if_not_found: LookupCost::NotFound.tokens(),
            left: rows.tokens_left(call.account_id(), key.kind(), call.moment.now),
        }
    }
}

/// Returns the first reason against the payout: that of its creation, then what the directory said about
/// its key.
fn refusal(
    preview: &PayoutPreview,
    reference_taken: bool,
    key_flaw: Option<(&str, &str)>,
) -> Option<RefusalView> {
    let refusal = |code: &str, detail: &str| {
        Some(RefusalView { code: code.to_owned(), detail: detail.to_owned() })
    };
    if let Some((code, detail)) = &preview.refusal {
        return refusal(code.as_str(), detail);
    }
    if reference_taken {
        let detail = "another payout has this reference; send another one";
        return refusal(Code::ReferenceTaken.as_str(), detail);
    }
    if let Some((code, detail)) = key_flaw {
        return refusal(code, detail);
    }
    // A preview compares no beneficiary with the owner: it costs nothing and leaves no trace, so it would
    // confirm a whole CPF in a thousand attempts.
    None
}

/// Returns what the remembered answer says against a payout, whose request may name an earlier look-up.
fn key_flaw(
    named: Option<&CheckedOwner>,
    remembered: Option<&CachedKeyOwner>,
) -> Option<(&'static str, &'static str)> {
    match (named, remembered?.owner.as_ref()) {
        (_, None) => Some(("pix_key_not_found", "the directory does not have the Pix key")),
        (Some(named), Some(owner)) if named.owner != *owner => Some((
            "recipient_changed",
            "the Pix key has another owner than the look-up named; validate the key again",
        )),
        _ => None,
    }
}
