//! `GET /v1/account`: show the account, with its products, fees, limits and what is left of them.

use domain::access::Permission;
use domain::kernel::Error;
use domain::ledger::Books;
use domain::network::{KeyBucket, LookupBudgetRow};
use edge::{Call, NoInput, OkJson, PayoutRules, Rows, Target, TargetScope};
use store::{Key, Store};

use crate::account_view::{
    AccountOverview, AccountUsage, LookupBudgetView, PayoutTermsView, ProductView,
};

/// The budgets of key look-ups, and the number of unfinished statement exports.
pub struct AccountCounts {
    budgets: Vec<(KeyBucket, Option<LookupBudgetRow>)>,
    unfinished_exports: u64,
}

const BUCKETS: [KeyBucket; 2] = [KeyBucket::Contacts, KeyBucket::Documents];

impl Target for AccountCounts {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let budgets = BUCKETS.map(|bucket| Key::LookupBudget(scope.account_id, bucket));
        Ok(budgets.into_iter().chain([Key::ExportCount(scope.account_id)]).collect())
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let budget = |bucket| {
            let row = rows.find(&Key::LookupBudget(scope.account_id, bucket))?;
            Ok((bucket, row))
        };
        let exports = rows.row(&Key::ExportCount(scope.account_id));
        Ok(Self {
            budgets: BUCKETS.into_iter().map(budget).collect::<Result<_, Error>>()?,
            unfinished_exports: exports.map_or(0, |row| row.count()),
        })
    }
}

/// Shows the account to every caller, because each integration asks for its terms when it starts. What a
/// permission guards is null without that permission. All rows are read with the credential.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, (PayoutRules, Books, AccountCounts)>,
) -> Result<OkJson<AccountOverview>, Error> {
    let (rules, books, counts) = &call.target;
    let (account, account_id, now) = (&rules.account, call.account_id(), call.moment.now);
    let allows = |permission| call.principal.access().allows(permission);
    let (payouts, exports) = (allows(Permission::PayoutsRead), allows(Permission::StatementRead));
    let budget = |(bucket, row): &(KeyBucket, Option<LookupBudgetRow>)| {
        let untouched = || LookupBudgetRow::untouched(account_id, *bucket, now);
        LookupBudgetView::of(&row.clone().unwrap_or_else(untouched), now)
    };
    let lookups = allows(Permission::PixKeysRead);
    let usage = AccountUsage {
        unfinished_exports: exports.then_some(counts.unfinished_exports),
        waiting_payouts: payouts.then_some(books.waiting_payouts),
    };
    let overview = AccountOverview::of(account, call.stage, books.frozen_at, usage);
    Ok(OkJson(overview.with(
        ProductView::all(account, &call.rails),
        payouts.then(|| PayoutTermsView::of(&rules.settings, &books.outgoing_usage, now)),
        lookups.then(|| counts.budgets.iter().map(budget).collect()),
    )))
}
