//! `GET /v1/balance`: show the balance, now or at the end of a past day.

use domain::kernel::{Currency, Error, Flaw};
use domain::ledger::{Balances, Books, LedgerDay};
use edge::{Call, OkJson};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Listing, Page, Store};

/// Day of the balance.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BalanceInput {
    /// Day at the end of which the balance applies, in the time of São Paulo; the present balance
    /// if absent.
    date: Option<Date>,
}

/// The balance of the account.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Balance")]
pub struct BalanceView {
    /// Day at the end of which the balance applies; null for the present balance.
    date: Option<Date>,
    /// End of the balance: Trilho counts entries before this instant.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    as_of: Timestamp,
    /// Currency; always `BRL`.
    currency: Currency,
    /// Available balance, in cents.
    available_cents: u64,
    /// Money held for payouts and refunds that are not paid yet, in cents.
    held_cents: u64,
    /// Money of balance blocks, which may not be used, in cents.
    blocked_cents: u64,
    /// Money that the account owes to Trilho, in cents; the next money that comes in pays it.
    owed_cents: u64,
    /// Available, held and blocked balance together, in cents; statements show this balance.
    balance_cents: u64,
    /// Money that payers paid and that is not available yet, in cents.
    receivable_cents: u64,
    /// Money that payers paid and the network holds for review, in cents.
    in_review_cents: u64,
    /// Money of payments that matched no charge and wait for a decision, in cents.
    unmatched_cents: u64,
}

/// Shows the balance. Each ledger day begins with a row of opening balances. So the end of a day
/// is the opening of the next day with entries, which is one row. If there is none, nothing has
/// changed since.
pub async fn handle(
    store: &Store,
    call: Call<BalanceInput, Books>,
) -> Result<OkJson<BalanceView>, Error> {
    let (books, now) = (&call.target, call.moment.now);
    let Some(date) = call.input.date else {
        return Ok(OkJson(BalanceView::of(&books.balances, None, now)));
    };
    if date > brazil::local_date(now) {
        return Err(Error::invalid(
            "date",
            Flaw::OutOfRange,
            "the day has not begun; send today or an earlier date",
        ));
    }
    let listing = Listing::LedgerDaysAfter(books.account_id, date);
    let (days, _) = store.list::<LedgerDay>(&listing, Page { limit: 1, after: None }).await?;
    let balances = days.first().map_or(&books.balances, |day| &day.opening);
    let ends_at = domain::kernel::Zone::default().begins(date.tomorrow().unwrap_or(Date::MAX));
    Ok(OkJson(BalanceView::of(balances, Some(date), ends_at.min(now))))
}

impl BalanceView {
    fn of(balances: &Balances, date: Option<Date>, as_of: Timestamp) -> Self {
        Self {
            date,
            as_of,
            currency: Currency::Brl,
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
