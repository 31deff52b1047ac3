//! The account in its API form: products, fees, limits, and what is left of them.

use brazil::PixKeyKind;
use domain::access::API_KEYS_PER_USER_MAX;
use domain::account::{Account, FeeSchedule, Stage};
use domain::kernel::{AMOUNT_CENTS_MAX, AccountId, MethodKind};
use domain::ledger::{LimitUsage, OutgoingUsage};
use domain::network::{KeyBucket, LookupBudgetRow};
use domain::payout::{
    ApprovalRule, BATCH_LINES_MAX, OPEN_BATCHES_MAX, PayoutSettings, WAITING_PAYOUTS_MAX,
};
use domain::statement::{SCHEDULES_MAX, UNFINISHED_EXPORTS_MAX};
use domain::webhook::ENDPOINTS_MAX;
use jiff::Timestamp;
use rails::Rails;
use schemars::JsonSchema;
use serde::Serialize;

/// An account with its terms. A part that a permission guards is null without that permission.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AccountOverview {
    /// Id of the account.
    id: AccountId,
    /// Name of the company.
    name: String,
    /// Stage of the deployment: `sandbox` or `live`.
    stage: Stage,
    /// Status of the account.
    status: AccountStatus,
    /// Time since which the account is frozen; null for an active account.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    frozen_at: Option<Timestamp>,
    /// Time at which the account was opened.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    created_at: Timestamp,
    /// Recipient that payers see.
    merchant: MerchantView,
    /// Products of Trilho: whether a payment network offers each to the account, and its fee.
    products: Vec<ProductView>,
    /// Terms of payouts; null without `payouts:read`.
    payouts: Option<PayoutTermsView>,
    /// Budgets of Pix key look-ups; null without `pix_keys:read`.
    lookup_budgets: Option<Vec<LookupBudgetView>>,
    /// Most objects that the account can have.
    limits: AccountLimits,
    /// Objects that count against some of the limits.
    usage: AccountUsage,
}

/// Status of an account that answers. The credentials of a closed account are refused: `account_closed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountStatus {
    /// Money moves.
    Active,
    /// No money moves until the operator thaws the account.
    Frozen,
}

/// Recipient that payers see.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Merchant")]
pub(crate) struct MerchantView {
    /// Name in the QR code.
    name: String,
    /// City in the QR code.
    city: String,
    /// Pix key that receives the money of charges.
    pix_key: String,
    /// CNPJ of the company, which the slip of a boleto shows; null if the operator gave none. Without it there
    /// are no boletos.
    cnpj: Option<String>,
}

/// Product of Trilho.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Product {
    /// Charges by Pix.
    Charges,
    /// Charges by boleto.
    Boletos,
    /// Charges by card.
    Cards,
    /// Refunds of charges, and returns of credits.
    Refunds,
    /// Payouts by Pix and TED.
    Payouts,
    /// Validation of Pix keys.
    PixKeys,
}

/// A product for the account.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccountProduct")]
pub(crate) struct ProductView {
    /// Product.
    product: Product,
    /// Whether a payment network serves the account. If not, its operations answer `rail_missing`.
    available: bool,
    /// Fee for each use that succeeds; null for a product without a fee.
    fee: Option<FeeView>,
}

/// A price: fixed cents plus a share of the amount, never more than the amount.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Fee")]
pub(crate) struct FeeView {
    /// Fixed part in cents.
    fixed_cents: u64,
    /// Share of the amount in hundredths of a per cent; 100 is 1 %.
    basis_points: u64,
}

/// Terms of payouts of the account.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PayoutTerms")]
pub(crate) struct PayoutTermsView {
    /// Largest amount of one payout, in cents; null without a limit.
    per_payout_cents: Option<u64>,
    /// Limit of today, in São Paulo.
    day: LimitUsage,
    /// Limit of the present night, or of the next one by day. A night is from 20:00 to 06:00.
    night: LimitUsage,
    /// Approvals that a payout needs, by its amount; none below the first rule.
    approval_rules: Vec<ApprovalRule>,
    /// Amount in cents from which a moderator must review a payout; null for no review.
    review_from_cents: Option<u64>,
}

/// Budget of look-ups for some types of Pix keys.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LookupBudget")]
pub(crate) struct LookupBudgetView {
    /// Types of keys that share the budget.
    key_types: Vec<PixKeyKind>,
    /// Look-ups left, for payouts and validations together.
    left: u64,
    /// Look-ups left for validations; the others are kept for payouts.
    left_for_validations: u64,
    /// Most look-ups that the budget holds.
    capacity: u64,
    /// Look-ups that the budget gains in a minute.
    gain_per_minute: u64,
    /// Time at which the budget is full, if it is not used; null if it is full.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    full_at: Option<Timestamp>,
}

/// Most objects that an account can have.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AccountLimits {
    /// Largest amount of a charge or a payout, in cents.
    amount_cents: u64,
    /// API keys of a user.
    api_keys_per_user: usize,
    /// Webhook endpoints.
    webhook_endpoints: u64,
    /// Statement schedules.
    statement_schedules: u64,
    /// Statement exports that are not finished.
    unfinished_exports: u64,
    /// Payout batches that Trilho is opening.
    opening_batches: u64,
    /// Lines of a payout batch.
    batch_lines: usize,
    /// Payouts that wait for funds.
    waiting_payouts: u32,
}

/// Objects that count against the limits of the same names.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AccountUsage {
    /// Statement exports that are not finished; null without `statement:read`.
    pub(crate) unfinished_exports: Option<u64>,
    /// Payouts that wait for funds; null without `payouts:read`.
    pub(crate) waiting_payouts: Option<u32>,
}

impl AccountOverview {
    /// Returns what every caller may see.
    pub(crate) fn of(
        account: &Account,
        stage: Stage,
        frozen_at: Option<Timestamp>,
        usage: AccountUsage,
    ) -> Self {
        let status = match frozen_at {
            None => AccountStatus::Active,
            Some(_) => AccountStatus::Frozen,
        };
        let merchant = &account.merchant;
        Self {
            id: account.id,
            name: account.name.clone(),
            stage,
            status,
            frozen_at,
            created_at: account.created_at,
            merchant: MerchantView {
                name: merchant.name.clone(),
                city: merchant.city.clone(),
                pix_key: merchant.pix_key.clone(),
                cnpj: merchant.cnpj.clone(),
            },
            products: Vec::new(),
            payouts: None,
            lookup_budgets: None,
            limits: AccountLimits::of_all(),
            usage,
        }
    }

    /// Adds the products, and the parts that permissions guard.
    pub(crate) fn with(
        self,
        products: Vec<ProductView>,
        payouts: Option<PayoutTermsView>,
        lookup_budgets: Option<Vec<LookupBudgetView>>,
    ) -> Self {
        Self { products, payouts, lookup_budgets, ..self }
    }
}

impl ProductView {
    /// Returns every product, as the rails of this deployment serve the account.
    pub(crate) fn all(account: &Account, rails: &Rails) -> Vec<Self> {
        let id = account.id;
        let charge_fee = account.fees.charge_fee(MethodKind::Pix);
        let boleto_fee = account.fees.charge_fee(MethodKind::Boleto);
        let card_fee = account.fees.charge_fee(MethodKind::Card);
        let product = |product, available, fee: Option<&FeeSchedule>| Self {
            product,
            available,
            fee: fee.map(FeeView::from),
        };
        vec![
            product(Product::Charges, rails.pix_charges(id).is_ok(), Some(charge_fee)),
            product(Product::Boletos, rails.boleto_agreement(id).is_ok(), Some(boleto_fee)),
            product(Product::Cards, rails.card_agreement(id).is_ok(), Some(card_fee)),
            product(Product::Refunds, rails.require_refunds(id, MethodKind::Pix).is_ok(), None),
            product(Product::Payouts, rails.participant(id).is_ok(), Some(&account.fees.payout)),
            product(Product::PixKeys, rails.directory(id).is_ok(), None),
        ]
    }
}

impl From<&FeeSchedule> for FeeView {
    fn from(fee: &FeeSchedule) -> Self {
        Self { fixed_cents: fee.fixed_cents, basis_points: fee.basis_points }
    }
}

impl PayoutTermsView {
    /// Returns the terms, with what payouts have used of the limits at `now`.
    pub(crate) fn of(settings: &PayoutSettings, usage: &OutgoingUsage, now: Timestamp) -> Self {
        Self {
            per_payout_cents: settings.limits.per_payout_cents,
            day: usage.of_day(&settings.limits, now),
            night: usage.of_night(&settings.limits, now),
            approval_rules: settings.approval_rules.clone(),
            review_from_cents: settings.review_from_cents,
        }
    }
}

impl LookupBudgetView {
    /// Returns the budget at `now`.
    pub(crate) fn of(row: &LookupBudgetRow, now: Timestamp) -> Self {
        let (budget, owner) = (&row.budget, row.budget.owner());
        let kinds = PixKeyKind::ALL.into_iter();
        let full_at = budget.full_at();
        Self {
            key_types: kinds.filter(|kind| KeyBucket::of(*kind) == row.bucket).collect(),
            left: budget.tokens(now),
            left_for_validations: row.validation_tokens(now),
            capacity: owner.capacity(),
            gain_per_minute: owner.refill_per_minute(),
            full_at: (full_at > now).then_some(full_at),
        }
    }
}

impl AccountLimits {
    /// Returns the limits, which are the same for all accounts.
    const fn of_all() -> Self {
        Self {
            amount_cents: AMOUNT_CENTS_MAX,
            api_keys_per_user: API_KEYS_PER_USER_MAX,
            webhook_endpoints: ENDPOINTS_MAX,
            statement_schedules: SCHEDULES_MAX,
            unfinished_exports: UNFINISHED_EXPORTS_MAX,
            opening_batches: OPEN_BATCHES_MAX,
            batch_lines: BATCH_LINES_MAX,
            waiting_payouts: WAITING_PAYOUTS_MAX,
        }
    }
}
