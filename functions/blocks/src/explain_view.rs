//! The explanation of a balance in its API form.

use domain::kernel::Currency;
use domain::ledger::{Balances, Books};
use domain::statement::{Forecast, ForecastCause, ForecastChange};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::balance_part::{BalancePart, MoneyObject, difference};
use crate::open_money::OpenMoney;

/// Changes of a forecast in the answer; the others are one sum.
const CHANGES_MAX: usize = 100;

/// What the numbers of `GET /v1/balance` come from.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BalanceExplanation {
    /// Time of the balance.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    as_of: Timestamp,
    /// Currency; always `BRL`.
    currency: Currency,
    /// Time since which the account is frozen, so that no money moves; null otherwise.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    frozen_at: Option<Timestamp>,
    /// Numbers of the balance. `balance_cents` is the sum of available, held and blocked money.
    balance: BalanceNumbers,
    /// Money held for payouts and refunds.
    held: BalancePart,
    /// Money of balance blocks.
    blocked: BalancePart,
    /// Money that open balance blocks still take from the next money that comes in; no part of the balance.
    block_claims: BalancePart,
    /// Money that the account owes to Trilho, by the charges whose money the network took back.
    owed: BalancePart,
    /// Charges that payers paid and whose money is not available yet.
    receivable: BalancePart,
    /// Charges whose money the network holds for review.
    in_review: BalancePart,
    /// Payments that matched no charge.
    unmatched: BalancePart,
    /// Balance expected at `at`; null without `at`.
    forecast: Option<ForecastView>,
}

/// Numbers of a balance, with the meaning of `GET /v1/balance`.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(crate) struct BalanceNumbers {
    /// Available balance, in cents.
    available_cents: u64,
    /// Money held for payouts and refunds that are not paid yet, in cents.
    held_cents: u64,
    /// Money of balance blocks, in cents.
    blocked_cents: u64,
    /// Money that the account owes to Trilho, in cents.
    owed_cents: u64,
    /// Available, held and blocked balance together, in cents.
    balance_cents: u64,
    /// Money that payers paid and that is not available yet, in cents.
    receivable_cents: u64,
    /// Money that payers paid and the network holds for review, in cents.
    in_review_cents: u64,
    /// Money of payments that matched no charge, in cents.
    unmatched_cents: u64,
}

/// Balance expected at a later time, if the objects of the account move on as they are. Money that is not
/// announced yet, such as a payment of tomorrow, is not in it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BalanceForecast")]
pub(crate) struct ForecastView {
    /// Time of the forecast.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    at: Timestamp,
    /// Numbers of the balance at that time. The scheduler can take a minute longer for a step.
    balance: BalanceNumbers,
    /// Whether the forecast knows all objects of the account. If false, money of the objects beyond the
    /// listed ones stays where it is.
    complete: bool,
    /// Changes until then, earliest first; at most 100.
    changes: Vec<ChangeView>,
    /// Effect of the changes beyond these. The present numbers, all listed effects and this one add up
    /// exactly to the expected numbers.
    other_changes: BalanceEffect,
    /// Whether there are more changes than the listed ones.
    more: bool,
}

/// One change of the balance.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BalanceChange")]
pub(crate) struct ChangeView {
    /// Time of the change.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    at: Timestamp,
    /// Type of the object that causes the change.
    #[serde(rename = "type")]
    kind: MoneyObject,
    /// Id of the object.
    id: String,
    /// Reason for the change.
    why: ForecastCause,
    /// Whether the change happens whatever users do. If false, it is an assumption: a user or the network
    /// may decide otherwise, as `why` says.
    certain: bool,
    /// What the change adds to each number, or takes from it.
    effect: BalanceEffect,
}

/// What changes add to the numbers of a balance; negative for what they take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct BalanceEffect {
    /// Change of the available balance, in cents.
    available_cents: i64,
    /// Change of held money, in cents.
    held_cents: i64,
    /// Change of blocked money, in cents.
    blocked_cents: i64,
    /// Change of what the account owes, in cents.
    owed_cents: i64,
    /// Change of the sum of available, held and blocked money, in cents.
    balance_cents: i64,
    /// Change of money that payers paid and that is not available yet, in cents.
    receivable_cents: i64,
    /// Change of money that the network holds for review, in cents.
    in_review_cents: i64,
    /// Change of money of payments that matched no charge, in cents.
    unmatched_cents: i64,
}

impl BalanceExplanation {
    /// Returns the explanation without a forecast.
    pub(crate) fn of(books: &Books, open: &OpenMoney, now: Timestamp) -> Self {
        let balances = &books.balances;
        Self {
            as_of: now,
            currency: Currency::Brl,
            frozen_at: books.frozen_at,
            balance: BalanceNumbers::from(balances),
            held: BalancePart::held(balances, open),
            blocked: BalancePart::blocked(books, open),
            block_claims: BalancePart::block_claims(books, open),
            owed: BalancePart::owed(balances, open),
            receivable: BalancePart::receivable(balances, open),
            in_review: BalancePart::in_review(balances, open),
            unmatched: BalancePart::unmatched(balances, open),
            forecast: None,
        }
    }

    /// Adds the forecast.
    pub(crate) fn with_forecast(self, forecast: ForecastView) -> Self {
        Self { forecast: Some(forecast), ..self }
    }
}

impl From<&Balances> for BalanceNumbers {
    fn from(balances: &Balances) -> Self {
        Self {
            available_cents: balances.available_cents,
            held_cents: balances.held_cents,
            blocked_cents: balances.blocked_cents,
            owed_cents: balances.owed_cents,
            balance_cents: balances.statement_cents(),
            receivable_cents: balances.receivable_cents,
            in_review_cents: balances.under_review_cents,
            unmatched_cents: balances.unmatched_cents,
        }
    }
}

impl ForecastView {
    /// Returns the forecast of these books; `is_complete` says that it knows all objects.
    pub(crate) fn of(books: &Books, forecast: &Forecast, at: Timestamp, is_complete: bool) -> Self {
        let listed = &forecast.changes[..forecast.changes.len().min(CHANGES_MAX)];
        let before_others = listed.last().map_or(&books.balances, |change| &change.after);
        Self {
            at,
            balance: BalanceNumbers::from(&forecast.balances),
            complete: is_complete,
            changes: listed.iter().map(ChangeView::from).collect(),
            other_changes: BalanceEffect::between(before_others, &forecast.balances),
            more: listed.len() < forecast.changes.len(),
        }
    }
}

impl From<&ForecastChange> for ChangeView {
    fn from(change: &ForecastChange) -> Self {
        let (kind, id) = MoneyObject::of(change.object);
        Self {
            at: change.at,
            kind,
            id,
            why: change.cause,
            certain: change.cause.is_certain(),
            effect: BalanceEffect::between(&change.before, &change.after),
        }
    }
}

impl BalanceEffect {
    fn between(before: &Balances, after: &Balances) -> Self {
        let (before, after) = (BalanceNumbers::from(before), BalanceNumbers::from(after));
        let of = |number: fn(&BalanceNumbers) -> u64| difference(number(&after), number(&before));
        Self {
            available_cents: of(|it| it.available_cents),
            held_cents: of(|it| it.held_cents),
            blocked_cents: of(|it| it.blocked_cents),
            owed_cents: of(|it| it.owed_cents),
            balance_cents: of(|it| it.balance_cents),
            receivable_cents: of(|it| it.receivable_cents),
            in_review_cents: of(|it| it.in_review_cents),
            unmatched_cents: of(|it| it.unmatched_cents),
        }
    }
}
