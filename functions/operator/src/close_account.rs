//! `operator.close_account`: close an account, so that its credentials are refused.

use domain::access::AuditAction;
use domain::account::Account;
use domain::kernel::AccountId;
use domain::ledger::{Balances, Books};
use edge::Rows;
use jiff::Timestamp;
use runtime::App;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Key, Listing, Span, Writes};

use crate::account::{OperatorTrail, account_id, audited_time, no_such_account};
use crate::{CommandFailure, Invocation};

/// The account to close.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseAccountInput {
    account_id: String,
    /// True to close the account although it has money, or money is on the way.
    with_money: Option<bool>,
}

/// The closed account, and the money that is left in it.
#[derive(Serialize)]
pub struct ClosedAccount {
    account_id: AccountId,
    /// Time from which credentials are refused.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    closed_at: Timestamp,
    available_cents: u64,
    held_cents: u64,
    receivable_cents: u64,
    under_review_cents: u64,
    /// Money of payments that matched no charge, in cents.
    unmatched_cents: u64,
    blocked_cents: u64,
    owed_cents: u64,
}

/// Closes the account. Unless the input says so, it refuses while the balance is not zero, while a payer
/// can still pay, and while a payout waits for funds. The books must not change in between.
pub async fn handle(
    app: &App,
    invocation: Invocation<CloseAccountInput>,
) -> Result<ClosedAccount, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let account_id = account_id(&input.account_id)?;
    let (account, books) = (Key::Account(account_id), Key::Books(account_id));
    let rows = Rows::load(&app.store, vec![account.clone(), books.clone()]).await?;
    let mut account: Account = rows.find(&account)?.ok_or_else(no_such_account)?;
    let books: Books = rows.find(&books)?.ok_or_else(no_such_account)?;
    if account.is_closed() {
        let sentence = "the account is closed already, so nothing was changed";
        return Err(CommandFailure::refused("account_closed", sentence));
    }
    let balances = books.balances;
    let with_money = input.with_money.unwrap_or(false);
    if !with_money {
        let order = order_flaw(app, &books).await?.map(str::to_owned);
        if let Some(money) = money_flaw(&balances).or(order) {
            let sentence = format!(
                "the account stays open: {money}; add \"with_money\": true to close it anyway"
            );
            return Err(CommandFailure::refused("account_has_money", sentence));
        }
    }
    account.closed_at = Some(moment.now);
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let after = json!({ "closed_at": audited_time(moment.now), "with_money": with_money });
    let line = trail.line(AuditAction::AccountClosed, account_id, Value::Null, after);
    let writes = Writes::default().replace(&account).create(&line).unchanged(&books);
    app.store.commit(writes, &moment).await?;
    Ok(ClosedAccount {
        account_id,
        closed_at: moment.now,
        available_cents: balances.available_cents,
        held_cents: balances.held_cents,
        receivable_cents: balances.receivable_cents,
        under_review_cents: balances.under_review_cents,
        unmatched_cents: balances.unmatched_cents,
        blocked_cents: balances.blocked_cents,
        owed_cents: balances.owed_cents,
    })
}

/// Returns what money of the customer is left in the account.
fn money_flaw(balances: &Balances) -> Option<String> {
    let amounts = [
        ("available", balances.available_cents),
        ("held", balances.held_cents),
        ("receivable", balances.receivable_cents),
        ("under review", balances.under_review_cents),
        ("unmatched", balances.unmatched_cents),
        ("blocked", balances.blocked_cents),
        ("owed", balances.owed_cents),
    ];
    let left = amounts.into_iter().filter(|(_, cents)| *cents > 0);
    let left: Vec<_> = left.map(|(name, cents)| format!("{cents} cents {name}")).collect();
    (!left.is_empty()).then(|| format!("it has {}", left.join(", ")))
}

/// Returns what could still move money although the balance is zero.
async fn order_flaw(app: &App, books: &Books) -> Result<Option<&'static str>, CommandFailure> {
    if books.waiting_payouts > 0 {
        return Ok(Some("it has a payout that waits for funds"));
    }
    for status in ["pending", "registering", "cancelling"] {
        let payable = Listing::ChargesIn(books.account_id, status, Span::default());
        if app.store.has_row(&payable).await? {
            return Ok(Some("it has a charge that can be paid"));
        }
    }
    Ok(None)
}
