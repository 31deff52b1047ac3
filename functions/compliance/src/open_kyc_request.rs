//! `compliance.open_kyc_request`: stop a payout that has not left, and open a KYC request for it.

use command::{CommandFailure, Invocation, OperatorTrail, account_id};
use domain::access::AuditAction;
use domain::kernel::{Error, Flaw, Id, PayoutId};
use domain::kyc::{KycCase, KycRequestView};
use domain::ledger::{Books, Funds, Hold};
use domain::payout::{Payout, PayoutStatus, hold_of};
use edge::Rows;
use runtime::App;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Key, Writes};

/// The payout and what the request asks about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenKycRequestInput {
    account_id: String,
    payout_id: String,
    cases: Vec<KycCase>,
}

/// The payout that stopped.
#[derive(Serialize)]
pub struct StoppedPayout {
    payout_id: PayoutId,
    status: PayoutStatus,
    /// The request; null for a payout without funds, which stops as soon as it has them.
    kyc_request: Option<KycRequestView>,
}

/// Opens the request in the transaction that stops the payout. If a worker sends the payout at the same
/// time, only one of the two is written.
pub async fn handle(
    app: &App,
    invocation: Invocation<OpenKycRequestInput>,
) -> Result<StoppedPayout, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let account_id = account_id(&input.account_id)?;
    let id = PayoutId::parse(&input.payout_id).map_err(|_: Error| no_such_payout())?;
    let keys =
        [Key::Payout(account_id, id), Key::Books(account_id), Key::Hold(account_id, hold_of(id))];
    let rows = Rows::load(&app.store, keys.to_vec()).await?;
    let [payout, books, hold] = &keys;
    let mut payout: Payout = rows.find(payout)?.ok_or_else(no_such_payout)?;
    let books: Books = rows.require(books, "books")?;
    let mut funds = Funds::new(books, rows.find::<Hold>(hold)?);
    check_cases(&input.cases, &payout)?;
    let before = payout.audited_status();
    let effects = payout.stop_for_kyc(input.cases, &mut funds, &moment)?;
    let kyc_request = effects.kyc_requests.first().map(KycRequestView::from);
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let after = json!({ "status": payout.status, "needs_kyc": payout.needs_kyc });
    let line = trail.line(AuditAction::KycRequestOpened, id, before, after);
    let writes = Writes::default().change_payout(&payout, &funds, &effects).create(&line);
    app.store.commit(writes, &moment).await?;
    Ok(StoppedPayout { payout_id: id, status: payout.status, kyc_request })
}

/// Requires a case, and a known beneficiary for a case about one.
fn check_cases(cases: &[KycCase], payout: &Payout) -> Result<(), Error> {
    if cases.is_empty() {
        return Err(Error::invalid("cases", Flaw::WrongLength, "name at least one case"));
    }
    // Without funds the request opens later, with the case of the rule.
    let is_later = payout.status == PayoutStatus::AwaitingFunds;
    if is_later && cases != [KycCase::PayoutPurpose] {
        let detail = "the payout has no funds yet; ask for `payout_purpose` alone";
        return Err(Error::invalid("cases", Flaw::UnknownValue, detail));
    }
    let is_known = payout.kind_of_beneficiary().is_some();
    if cases.contains(&KycCase::BeneficiaryIdentity) && !is_known {
        let detail = "the payout names no beneficiary; ask for `payout_purpose`";
        return Err(Error::invalid("cases", Flaw::UnknownValue, detail));
    }
    Ok(())
}

fn no_such_payout() -> CommandFailure {
    CommandFailure::refused("not_found", "payout_id: the account has no payout with this id")
}
