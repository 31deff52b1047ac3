//! `POST /v1/disputes/{id}/submit`: contest a dispute.

use domain::dispute::{Dispute, DisputeView, EVIDENCE_MAX};
use domain::kernel::{Error, EvidenceId, Flaw};
use edge::{Call, OkJson, Outcome, fields};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

/// Maximum number of characters of a text.
const TEXT_LENGTH_MAX: usize = 4_000;

/// An answer that contests a demand.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewDisputeAnswer",
    extend("examples" = [{ "text": "The customer received the goods on 2026-11-03; the carrier has a signature." }])
)]
pub struct DisputeAnswerInput {
    /// What the account says about the demand; up to 4,000 characters.
    #[schemars(length(min = 1, max = 4_000))]
    text: String,
    /// Ids of accepted files; up to 20.
    #[serde(default)]
    #[schemars(length(max = 20))]
    evidence_ids: Vec<EvidenceId>,
}

/// Records the answer and its order to the network, in one transaction. Its files were inspected before, and the
/// row of the dispute says so, so the bucket is not asked. Another function submits the order
/// afterwards. If the network decides at the same time, only one of them is written on the version that both
/// read, and the other decides again.
pub async fn handle(
    store: &Store,
    call: Call<DisputeAnswerInput, Dispute>,
) -> Result<Outcome<OkJson<DisputeView>>, Error> {
    let text = call.input.text.as_str();
    if let Some(violation) = fields::text("text", Some(text), TEXT_LENGTH_MAX) {
        return Err(Error::Invalid(vec![violation]));
    }
    if text.is_empty() {
        return Err(Error::invalid("text", Flaw::WrongLength, "`text` must have a character"));
    }
    if call.input.evidence_ids.len() > EVIDENCE_MAX {
        let detail = format!("at most {EVIDENCE_MAX} files");
        return Err(Error::invalid("evidence_ids", Flaw::WrongLength, detail));
    }
    let mut dispute = call.target.clone();
    let evidence = dispute.evidence_of(&call.input.evidence_ids)?;
    call.rails.require_disputes(call.account_id(), dispute.provider.as_deref())?;
    let (order, effects) = dispute.submit(text.to_owned(), evidence, &call.moment)?;
    let writes = Writes::default().replace(&dispute).create(&order).record(&effects);
    call.commit(store, writes, OkJson(DisputeView::full(&dispute))).await
}
