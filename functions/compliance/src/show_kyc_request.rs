//! `compliance.show_kyc_request`: show a KYC request with its texts and messages.

use command::{CommandFailure, Invocation, OperatorTrail};
use domain::access::AuditAction;
use domain::kernel::Error;
use domain::kyc::{KycRequest, KycRequestView, KycTexts};
use domain::payout::{Payout, PayoutView};
use jiff::Timestamp;
use runtime::App;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Key, Writes};

use crate::request::{find_request, ids, no_such_request};

/// The request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowKycRequestInput {
    account_id: String,
    kyc_request_id: String,
}

/// The request with what compliance decides about: the amount of the payout, and who receives it.
#[derive(Serialize)]
pub struct ShownKycRequest {
    #[serde(flatten)]
    request: KycRequestView,
    payout: PayoutView,
}

/// Opens the sealed texts, and writes a line into the audit trail first: who reads them is always known.
pub async fn handle(
    app: &App,
    invocation: Invocation<ShowKycRequestInput>,
) -> Result<ShownKycRequest, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let (account_id, id) = ids(&input.account_id, &input.kyc_request_id)?;
    let request = find_request(app, (account_id, id)).await?;
    let payout: Option<Payout> =
        app.store.find(&Key::Payout(account_id, request.payout_id)).await?;
    let payout = payout.ok_or_else(no_such_request)?;
    let texts = open(app, &request, moment.now).await?;
    let view = KycRequestView::full(&request, texts);
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let after = json!({ "status": request.status });
    let line = trail.line(AuditAction::KycRequestViewed, id, Value::Null, after);
    app.store.commit(Writes::default().create(&line), &moment).await?;
    Ok(ShownKycRequest { request: view, payout: PayoutView::from(&payout) })
}

/// Opens the texts. If they were sealed with a version that this instance does not have yet, fetches it.
async fn open(app: &App, request: &KycRequest, now: Timestamp) -> Result<KycTexts, Error> {
    match app.secrets.peppers(now).await?.open_kyc_texts(request) {
        Err(Error::Outdated) => app.secrets.fetch(now).await?.open_kyc_texts(request),
        opened => opened,
    }
}
