//! `POST /v1/payouts/approve`: approve several payouts with one code.

use std::collections::HashSet;

use domain::kernel::{AccountId, Code, Error, Flaw, PayoutId};
use domain::ledger::{Books, Funds, Hold};
use domain::payout::{Payout, PayoutStatus, Terms, hold_of};
use edge::{
    Call, CheckedInput, InputContext, InputRules, OkJson, PayoutRules, Rows, Target, TargetScope,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Row, Store, Writes, decide_again, without_delay};

use crate::decision_trail::approval_line;

/// The most payouts of a request. Their rows and holds are read in one round trip, of at most 100 rows.
const PAYOUTS_MAX: usize = 40;
/// How often the function decides about one payout again because another change came first.
const ATTEMPTS_MAX: usize = 10;

/// Payouts to approve.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PayoutsToApprove")]
pub struct PayoutsInput {
    /// 1 to 40 ids of payouts, each once.
    #[schemars(length(min = 1, max = 40), extend("uniqueItems" = true))]
    payout_ids: Vec<PayoutId>,
}

impl InputRules for PayoutsInput {
    fn check(&self, _: &InputContext) -> Result<(), Error> {
        let count = self.payout_ids.len();
        if !(1..=PAYOUTS_MAX).contains(&count) {
            let detail = format!("send 1 to {PAYOUTS_MAX} ids; this request has {count}");
            return Err(Error::invalid("payout_ids", Flaw::WrongLength, detail));
        }
        let mut seen = HashSet::new();
        match self.payout_ids.iter().position(|id| !seen.insert(*id)) {
            None => Ok(()),
            Some(index) => {
                let detail = "the id is in the list twice; send each id once";
                let field = format!("payout_ids[{index}]");
                Err(Error::invalid(field, Flaw::InvalidFormat, detail))
            }
        }
    }
}

/// The payouts of the body with their holds, and the books of the account.
pub struct PayoutsTarget {
    books: Books,
    payouts: Vec<Option<(Payout, Option<Hold>)>>,
}

impl PayoutsTarget {
    /// Returns the ids of the body; none if the body is malformed, which the input check reports.
    fn ids(scope: &TargetScope<'_>) -> Vec<PayoutId> {
        let input = scope.body_as::<PayoutsInput>();
        let ids = input.map(|input| input.payout_ids).unwrap_or_default();
        if ids.len() > PAYOUTS_MAX { Vec::new() } else { ids }
    }
}

impl Target for PayoutsTarget {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let account_id = scope.account_id;
        let keys = Self::ids(scope)
            .into_iter()
            .flat_map(|id| [Key::Payout(account_id, id), Key::Hold(account_id, hold_of(id))]);
        Ok(keys.chain([Key::Books(account_id)]).collect())
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let account_id = scope.account_id;
        let read = |id: PayoutId| -> Result<_, Error> {
            let payout = rows.find::<Payout>(&Key::Payout(account_id, id))?;
            let hold = rows.find::<Hold>(&Key::Hold(account_id, hold_of(id)))?;
            Ok(payout.map(|payout| (payout, hold)))
        };
        Ok(Self {
            books: rows.require(&Key::Books(account_id), "books")?,
            payouts: Self::ids(scope).into_iter().map(read).collect::<Result<_, _>>()?,
        })
    }
}

/// Results of several approvals.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PayoutApprovals")]
pub struct ApprovalsView {
    /// Number of payouts that the caller approved, now or before.
    approved: usize,
    /// Result for each payout, in the order of the request.
    results: Vec<ApprovalResult>,
}

/// Result of the approval of one payout.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PayoutApprovalResult")]
pub struct ApprovalResult {
    /// Id of the payout.
    payout_id: PayoutId,
    /// Whether the caller's approval counts.
    approved: bool,
    /// Status of the payout; null if the account has no such payout or its row could not be written.
    status: Option<PayoutStatus>,
    /// Error code of a payout that was not approved, as `POST /v1/payouts/{id}/approve` would answer it.
    code: Option<Code>,
    /// Explanation for people.
    detail: Option<String>,
}

impl ApprovalResult {
    fn refused(payout_id: PayoutId, status: Option<PayoutStatus>, error: &Error) -> Self {
        let (code, detail) = match error {
            Error::Forbidden { code, detail }
            | Error::Conflict { code, detail }
            | Error::Refused { code, detail } => (*code, detail.clone()),
            Error::NotFound(noun) => (Code::NotFound, format!("the account has no such {noun}")),
            _ => {
                let detail = "the payout could not be written now; send the request again";
                (Code::Unavailable, detail.to_owned())
            }
        };
        let (code, detail) = (Some(code), Some(detail));
        Self { payout_id, approved: false, status, code, detail }
    }
}

/// The call of this operation.
type PayoutsCall = Call<CheckedInput<PayoutsInput>, (PayoutsTarget, PayoutRules)>;

/// Approves each payout in a transaction of its own, one after another, because each can count against
/// the limits of the account. The first one uses the code up. A request that ends half-way is simply
/// sent again: payouts that the caller approved before are approved in the answer too.
pub async fn handle(store: &Store, call: PayoutsCall) -> Result<OkJson<ApprovalsView>, Error> {
    let (target, rules) = &call.target;
    let terms = rules.terms(&call.rails)?;
    let (mut books, mut written) = (target.books.clone(), false);
    let mut results = Vec::with_capacity(target.payouts.len());
    // The code is used up by the first approval, so the request cannot be decided again after it.
    let alone = store.without_turns();
    for (id, rows) in call.input.payout_ids.iter().zip(&target.payouts) {
        let Some((payout, hold)) = rows else {
            results.push(ApprovalResult::refused(*id, None, &Error::NotFound("payout")));
            continue;
        };
        let rows = (payout.clone(), Funds::new(books.clone(), hold.clone()));
        let store = if written { &alone } else { store };
        match approve(store, &call, rows, &terms).await {
            Ok((payout, after)) => {
                written = true;
                books = after;
                let (payout_id, status) = (payout.id, Some(payout.status));
                let approved = true;
                results.push(ApprovalResult {
                    payout_id,
                    approved,
                    status,
                    code: None,
                    detail: None,
                });
            }
            // Nothing is written yet, so that the whole request can be decided again.
            Err(error @ (Error::Stale | Error::Contended | Error::Unavailable(_))) if !written => {
                return Err(error);
            }
            // The code was used by another request at the same moment.
            Err(error @ Error::Forbidden { code: Code::TwoFactorCodeInvalid, .. }) => {
                return Err(error);
            }
            Err(error) => {
                let status = payout.clone().as_of(call.moment.now).status;
                results.push(ApprovalResult::refused(*id, Some(status), &error));
            }
        }
    }
    let approved = results.iter().filter(|result| result.approved).count();
    Ok(OkJson(ApprovalsView { approved, results }))
}

/// Approves one payout and returns it with the books as they are then. Decides again on fresh rows while
/// other changes come first.
async fn approve(
    store: &Store,
    call: &PayoutsCall,
    rows: (Payout, Funds),
    terms: &Terms,
) -> Result<(Payout, Books), Error> {
    let (account_id, id) = (call.account_id(), rows.0.id);
    let by = call.principal.user_id();
    decide_again(without_delay(ATTEMPTS_MAX), rows, |rows| async move {
        let (mut payout, mut funds) = match rows {
            Some(rows) => rows,
            None => read(store, account_id, id).await?,
        };
        if payout.is_approved_by(by) {
            return Ok((payout, funds.books));
        }
        let before = payout.status;
        let effects = payout.approve(by, terms, &mut funds, &call.moment)?;
        let line = approval_line(call, before, &payout);
        let writes = Writes::default().change_payout(&payout, &funds, &effects).create(&line);
        call.commit_part(store, writes).await?;
        let changed = funds.changed_books().is_some();
        funds.books.version += u64::from(changed);
        Ok((payout, funds.books))
    })
    .await
}

async fn read(
    store: &Store,
    account_id: AccountId,
    id: PayoutId,
) -> Result<(Payout, Funds), Error> {
    let keys =
        [Key::Payout(account_id, id), Key::Books(account_id), Key::Hold(account_id, hold_of(id))];
    let mut rows = store.read(&keys).await?.into_iter();
    let payout: Payout = rows.next().flatten().ok_or(Error::NotFound("payout"))?.read()?;
    let books: Books = rows.next().flatten().ok_or(Error::NotFound("books"))?.read()?;
    let hold = rows.next().flatten().map(Row::read::<Hold>).transpose()?;
    Ok((payout, Funds::new(books, hold)))
}
