//! `compliance.decide_kyc_request`: approve or reject a KYC request and its payout, or ask for other documents.

use command::{CommandFailure, Invocation, OperatorTrail};
use domain::access::AuditAction;
use domain::account::Account;
use domain::kernel::{AccountId, Error, Flaw, Id, KycRequestId, Moment, PayoutId, text_flaw};
use domain::kyc::{KYC_MESSAGE_LENGTH_MAX, KycRequest, KycStatus};
use domain::ledger::{Books, Funds, Hold};
use domain::payout::{Payout, PayoutSettings, PayoutStatus, Terms, hold_of};
use edge::Rows;
use runtime::App;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Key, Writes};

use crate::request::{ids, no_such_request};

/// The request and the decision.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideKycRequestInput {
    account_id: String,
    kyc_request_id: String,
    decision: KycRequestDecision,
    /// Message to the account, for a correction or a rejection.
    message: Option<String>,
}

/// A decision about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KycRequestDecision {
    /// The payout goes on. Every demanded document was approved before.
    Approve,
    /// The payout is rejected, and its money is available again.
    Reject,
    /// The account sends other documents, and its deadline continues.
    Correct,
}

/// What the decision led to.
#[derive(Serialize)]
pub struct DecidedKycRequest {
    kyc_request_id: KycRequestId,
    status: KycStatus,
    payout_id: PayoutId,
    payout_status: PayoutStatus,
}

/// The rows that a decision reads and changes.
struct DecisionRows {
    request: KycRequest,
    payout: Payout,
    funds: Funds,
    terms: Terms,
}

/// Writes the decision and the change of the payout in one transaction, so that the payout is released or ended
/// exactly once. If the payout changes at the same time, nothing is written.
pub async fn handle(
    app: &App,
    invocation: Invocation<DecideKycRequestInput>,
) -> Result<DecidedKycRequest, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let (account_id, id) = ids(&input.account_id, &input.kyc_request_id)?;
    if input.decision == KycRequestDecision::Approve && input.message.is_some() {
        let detail = "an approval has no message; send it with a correction or a rejection";
        return Err(Error::invalid("message", Flaw::UnknownValue, detail).into());
    }
    let message = seal(app, id, input.message.as_deref(), &moment).await?;
    let mut rows = read(app, account_id, id).await?;
    let before = json!({ "status": rows.request.status, "payout_status": rows.payout.status });
    let (status, writes) = decide(&mut rows, input.decision, message, &moment)?;
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let after = json!({
        "status": status, "payout_status": rows.payout.status, "decision": input.decision,
    });
    let line = trail.line(AuditAction::KycRequestDecided, id, before, after);
    app.store.commit(writes.create(&line), &moment).await?;
    Ok(DecidedKycRequest {
        kyc_request_id: id,
        status,
        payout_id: rows.payout.id,
        payout_status: rows.payout.status,
    })
}

fn decide(
    rows: &mut DecisionRows,
    decision: KycRequestDecision,
    message: Option<String>,
    moment: &Moment,
) -> Result<(KycStatus, Writes), Error> {
    let DecisionRows { request, payout, funds, terms } = rows;
    let (status, effects) = match decision {
        KycRequestDecision::Approve => {
            (KycStatus::Approved, payout.pass_kyc(request.clone(), terms, funds, moment)?)
        }
        KycRequestDecision::Reject => {
            (KycStatus::Rejected, payout.fail_kyc(request.clone(), message, funds, moment)?)
        }
        KycRequestDecision::Correct => {
            let event = request.correct(message, moment)?;
            payout.follow_kyc(request);
            let writes = Writes::default().replace(&*request).replace(&*payout).create(&event);
            return Ok((request.status, writes));
        }
    };
    Ok((status, Writes::default().change_payout(payout, funds, &effects)))
}

async fn seal(
    app: &App,
    id: KycRequestId,
    message: Option<&str>,
    moment: &Moment,
) -> Result<Option<String>, Error> {
    let Some(message) = message else { return Ok(None) };
    if let Some(flaw) = text_flaw("message", message, KYC_MESSAGE_LENGTH_MAX) {
        return Err(Error::Invalid(vec![flaw]));
    }
    let peppers = app.secrets.peppers(moment.now).await?;
    Ok(Some(peppers.seal_kyc_text(id, message, moment)))
}

async fn read(
    app: &App,
    account_id: AccountId,
    id: KycRequestId,
) -> Result<DecisionRows, CommandFailure> {
    let payout_id = PayoutId::from_ulid(id.ulid());
    let [request, payout, books, hold, account, settings] = [
        Key::KycRequest(account_id, id),
        Key::Payout(account_id, payout_id),
        Key::Books(account_id),
        Key::Hold(account_id, hold_of(payout_id)),
        Key::Account(account_id),
        Key::PayoutSettings(account_id),
    ];
    let keys = [&request, &payout, &books, &hold, &account, &settings].map(Clone::clone);
    let rows = Rows::load(&app.store, keys.to_vec()).await?;
    let request: KycRequest = rows.find(&request)?.ok_or_else(no_such_request)?;
    let payout: Payout = rows.require(&payout, "payout")?;
    let books: Books = rows.require(&books, "books")?;
    let account: Account = rows.require(&account, "account")?;
    let settings = rows.find::<PayoutSettings>(&settings)?;
    let settings = settings.unwrap_or_else(|| PayoutSettings::default_of(account_id));
    let ispb = app.rails.participant(account_id)?;
    let terms = Terms { fees: account.fees.payout, settings, ispb };
    let funds = Funds::new(books, rows.find::<Hold>(&hold)?);
    Ok(DecisionRows { request, payout, funds, terms })
}
