//! `operator.list_accounts`: list the accounts of the deployment, oldest first.

use domain::account::{Account, Fees, Merchant};
use domain::kernel::{AccountId, Error};
use domain::ledger::Books;
use edge::Rows;
use jiff::Timestamp;
use runtime::App;
use serde::{Deserialize, Serialize};
use store::{Key, Listing, Page};

use crate::account::account_id;
use crate::{CommandFailure, Invocation};

/// Maximum number of accounts in an answer, which is what one read of their books can take.
const ACCOUNTS_MAX: u16 = 100;

/// The page of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListAccountsInput {
    /// Account after which the page begins; the first page if absent.
    after: Option<String>,
}

/// A page of accounts.
#[derive(Serialize)]
pub struct AccountPage {
    accounts: Vec<ListedAccount>,
    /// `after` of the next page; null on the last page.
    next_after: Option<AccountId>,
}

/// An account with its terms and its balance.
#[derive(Serialize)]
pub struct ListedAccount {
    account_id: AccountId,
    name: String,
    merchant: Merchant,
    fees: Fees,
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    created_at: Timestamp,
    /// Time since which the account is closed; null if it is open.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    closed_at: Option<Timestamp>,
    /// Time since which no money of the account moves; null if it is not frozen.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    frozen_at: Option<Timestamp>,
    available_cents: u64,
    held_cents: u64,
    receivable_cents: u64,
    under_review_cents: u64,
    /// Money of payments that matched no charge, in cents.
    unmatched_cents: u64,
    blocked_cents: u64,
    owed_cents: u64,
}

/// Lists a page of accounts. An account that was opened a moment ago may be missing, because the index
/// is behind the table by less than a second.
pub async fn handle(
    app: &App,
    invocation: Invocation<ListAccountsInput>,
) -> Result<AccountPage, CommandFailure> {
    let after = invocation.input.after.as_deref().map(account_id).transpose()?;
    let page = Page { limit: ACCOUNTS_MAX, after: None };
    let listing = Listing::Accounts(after);
    let (listed, ended) = app.store.list::<Account>(&listing, page).await?;
    let keys = listed.iter().map(|account| Key::Books(account.id)).collect();
    let rows = match listed.is_empty() {
        true => return Ok(AccountPage { accounts: Vec::new(), next_after: None }),
        false => Rows::load(&app.store, keys).await?,
    };
    let next_after = ended.and_then(|_| listed.last().map(|account| account.id));
    let show = |account: Account| {
        let books: Books = rows.require(&Key::Books(account.id), "books")?;
        Ok(ListedAccount {
            account_id: account.id,
            name: account.name,
            merchant: account.merchant,
            fees: account.fees,
            created_at: account.created_at,
            closed_at: account.closed_at,
            frozen_at: books.frozen_at,
            available_cents: books.balances.available_cents,
            held_cents: books.balances.held_cents,
            receivable_cents: books.balances.receivable_cents,
            under_review_cents: books.balances.under_review_cents,
            unmatched_cents: books.balances.unmatched_cents,
            blocked_cents: books.balances.blocked_cents,
            owed_cents: books.balances.owed_cents,
        })
    };
    let accounts = listed.into_iter().map(show).collect::<Result<_, Error>>()?;
    Ok(AccountPage { accounts, next_after })
}
