//! `compliance.decide_kyc_document`: approve or reject a document of a KYC request.

use command::{CommandFailure, Invocation, OperatorTrail};
use domain::access::AuditAction;
use domain::kernel::{Error, Flaw};
use domain::kyc::{KycRejection, KycRequestView};
use runtime::App;
use serde::Deserialize;
use serde_json::json;
use store::Writes;

use crate::request::{document_id, find_request, ids, no_such_document};

/// The document and the decision.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideKycDocumentInput {
    account_id: String,
    kyc_request_id: String,
    document_id: String,
    decision: KycDocumentDecision,
    /// Reason of a rejection, which the account sees.
    reason: Option<KycRejection>,
}

/// A decision about a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KycDocumentDecision {
    /// The document is what was requested.
    Approve,
    /// The document is not accepted for the reason.
    Reject,
}

/// Decides about the document, and tells the account by an event in the same transaction. The request and its
/// payout wait for the decision about the request.
pub async fn handle(
    app: &App,
    invocation: Invocation<DecideKycDocumentInput>,
) -> Result<KycRequestView, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let (account_id, id) = ids(&input.account_id, &input.kyc_request_id)?;
    let document_id = document_id(&input.document_id)?;
    let rejection = match (input.decision, input.reason) {
        (KycDocumentDecision::Approve, None) => None,
        (KycDocumentDecision::Reject, Some(reason)) => Some(reason),
        (KycDocumentDecision::Approve, Some(_)) => return Err(reason_flaw(Flaw::UnknownValue)),
        (KycDocumentDecision::Reject, None) => return Err(reason_flaw(Flaw::Required)),
    };
    let mut request = find_request(app, (account_id, id)).await?;
    let before = request.document(document_id).ok_or_else(no_such_document)?.status();
    let event = request.decide_document(document_id, rejection, &moment)?;
    let after = request.document(document_id).map(|document| document.status());
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let line = trail.line(
        AuditAction::KycDocumentDecided,
        document_id,
        json!({ "status": before }),
        json!({ "status": after, "rejection": rejection, "kyc_request_id": id }),
    );
    let writes = Writes::default().replace(&request).create(&event).create(&line);
    app.store.commit(writes, &moment).await?;
    Ok(KycRequestView::from(&request))
}

fn reason_flaw(flaw: Flaw) -> CommandFailure {
    Error::invalid("reason", flaw, "a rejection has a reason, and an approval has none").into()
}
