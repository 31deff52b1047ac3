//! `POST /v1/beneficiaries/{id}/destinations/{destination}/check`: check who owns a saved Pix key or account.

use brazil::PixKey;
use directory::{BudgetRows, LookupCharge, look_up_fresh, remembered_answer};
use domain::access::{AuditAction, Permission};
use domain::beneficiary::{CheckFinding, DestinationCheck, SavedBeneficiary, SavedDestination};
use domain::event::Event;
use domain::kernel::{CheckId, Code, DestinationId, Error, Id, PayoutId};
use domain::ledger::{Books, Funds};
use domain::network::{KeyBucket, LookupPurpose};
use domain::payout::{Payout, PayoutDestination};
use edge::{Call, NoInput, OkJson, Outcome, PayoutRules, Rows, Target, TargetScope};
use serde_json::{Value, json};
use store::{Key, Store, Writes};

/// The budget of look-ups of the account, for both kinds of keys: which of them the destination has is not
/// known before the beneficiary is read.
pub struct LookupBudgets(BudgetRows);

impl Target for LookupBudgets {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok(BudgetRows::keys(scope.account_id).to_vec())
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let keys = BudgetRows::keys(scope.account_id);
        BudgetRows::of(&mut keys.iter().map(|key| rows.row(key))).map(Self)
    }
}

/// The rows that decide a check.
type CheckRows = (SavedBeneficiary, LookupBudgets, (PayoutRules, Books));

/// Checks the destination: a Pix key at the directory, a bank account by a payout of one cent.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, CheckRows>,
) -> Result<Outcome<OkJson<DestinationCheck>>, Error> {
    let id = DestinationId::parse(call.path("destination"))?;
    let destination = call.target.0.destination_to_check(id)?;
    match &destination.to {
        PayoutDestination::PixKey(key) => ask_directory(store, &call, id, key).await,
        PayoutDestination::BankAccount(_) => send_micro_deposit(store, &call, destination).await,
    }
}

/// Asks the directory for the owner of the key, and compares the document. Remembers no answer and uses no
/// remembered one, because a check is true for its moment only. An older answer is forgotten, so that the next
/// payout asks again.
///
/// The answer is only match, mismatch or impossible. A check without a match keeps the whole reservation of
/// the budget, so that a CPF cannot be found by a thousand guesses at the price of a thousand look-ups.
async fn ask_directory(
    store: &Store,
    call: &Call<NoInput, CheckRows>,
    id: DestinationId,
    key: &PixKey,
) -> Result<Outcome<OkJson<DestinationCheck>>, Error> {
    let (before, LookupBudgets(budgets), _) = &call.target;
    let user_id = call.principal.user_id();
    let directory = call.rails.directory(call.account_id())?;
    let asker = (call.account_id(), LookupPurpose::Validation(user_id));
    let answer = look_up_fresh(store, directory, asker, key, budgets.clone(), &call.moment).await;
    let answer = answer.map_err(|error| error.into_error(call.moment.now))?;
    let finding = CheckFinding::of(before, answer.owner.as_ref());
    let mut beneficiary = before.clone();
    let (check, event) = beneficiary.record_check(id, finding, user_id, &call.moment)?;
    let writes = check_writes(call, &beneficiary, (id, &check), &event)
        .remove_if_present(&remembered_answer(call.account_id(), key));
    let charge = if finding.is_match() { LookupCharge::Found } else { LookupCharge::Whole };
    let (outcome, ()) = tokio::try_join!(
        call.commit(store, writes, OkJson(check)),
        answer.settle(store, charge, &call.moment)
    )?;
    Ok(outcome)
}

/// Opens a payout of one cent to the account. Its bank compares the document, and the end of the payout is the
/// result of the check.
///
/// A rejected cent comes back with its fee, so a guess of a document would be free. Each check takes as many
/// look-ups of the user's share as an unknown key, and no result returns them.
async fn send_micro_deposit(
    store: &Store,
    call: &Call<NoInput, CheckRows>,
    destination: &SavedDestination,
) -> Result<Outcome<OkJson<DestinationCheck>>, Error> {
    require_payer(call)?;
    let (before, LookupBudgets(budgets), (rules, books)) = &call.target;
    let (moment, user_id) = (&call.moment, call.principal.user_id());
    let asker = (call.account_id(), LookupPurpose::Validation(user_id));
    let budget = budgets.clone().reserve(asker, KeyBucket::Documents, moment.now);
    let budget = budget.map_err(|error| error.into_error(moment.now))?;
    let (check_id, payout_id) = (CheckId::mint(moment), PayoutId::mint(moment));
    let new = before.micro_deposit(destination, check_id);
    let digests = call.peppers.payout_digests(&new);
    let (terms, mut funds) = (rules.terms(&call.rails)?, Funds::new(books.clone(), None));
    let author = (call.account_id(), user_id);
    let (payout, effects) = Payout::open(payout_id, author, new, &terms, &mut funds, moment)?;
    let mut beneficiary = before.clone();
    let ids = (check_id, payout_id);
    let (check, event) = beneficiary.await_micro_deposit(destination.id, ids, user_id, moment)?;
    let writes = check_writes(call, &beneficiary, (destination.id, &check), &event)
        .open_payout(&payout, &digests, &funds, &effects)
        .replace(&budget);
    call.commit(store, writes, OkJson(check)).await
}

/// Requires that the caller may send payouts, because a check of a bank account sends one.
fn require_payer(call: &Call<NoInput, CheckRows>) -> Result<(), Error> {
    if call.principal.access().allows(Permission::PayoutsWrite) {
        return Ok(());
    }
    Err(Error::forbidden(
        Code::PermissionDenied,
        "a check of a bank account sends a payout of one cent, so it needs payouts:write; a moderator can \
         grant it",
    ))
}

/// Returns the writes of a check: the beneficiary, its event and the line of the audit trail.
fn check_writes(
    call: &Call<NoInput, CheckRows>,
    beneficiary: &SavedBeneficiary,
    (id, check): (DestinationId, &DestinationCheck),
    event: &Event,
) -> Writes {
    let after = json!({
        "destination_id": id,
        "check_id": check.id,
        "status": check.status,
        "payout_id": check.payout_id,
    });
    let audit = call.audit(AuditAction::DestinationChecked, beneficiary.id, Value::Null, after);
    let reference = call.target.0.reference.as_ref();
    Writes::default().change_beneficiary(beneficiary, reference, event).create(&audit)
}
