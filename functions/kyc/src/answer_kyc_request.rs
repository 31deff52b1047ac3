//! `POST /v1/kyc-requests/{id}/answer`: answer a KYC request with a text.

use domain::kernel::{Error, text_flaw};
use domain::kyc::{KYC_TEXT_LENGTH_MAX, KycDocumentKind, KycRequest, KycRequestView};
use edge::{Call, Created, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::texts::full_view;

/// A document as a text.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewKycAnswer",
    extend("examples" = [{
        "kind": "payout_purpose",
        "text": "Fee of our accountant for November, by contract of 2025-03-01.",
    }])
)]
pub struct KycAnswerInput {
    /// Kind of the document; the request must take it as a text.
    kind: KycDocumentKind,
    /// Text, up to 1,000 characters.
    #[schemars(length(min = 1, max = 1_000))]
    text: String,
}

/// Adds the text as a document. The row has only the sealed text.
pub async fn handle(
    store: &Store,
    call: Call<KycAnswerInput, KycRequest>,
) -> Result<Outcome<Created<KycRequestView>>, Error> {
    let KycAnswerInput { kind, text } = &call.input;
    if let Some(flaw) = text_flaw("text", text, KYC_TEXT_LENGTH_MAX) {
        return Err(Error::Invalid(vec![flaw]));
    }
    let mut request = call.target.clone();
    let sealed = call.peppers.seal_kyc_text(request.id, text, &call.moment);
    request.answer(*kind, sealed, &call.moment)?;
    let view = full_view(&call, &request)?;
    call.commit(store, Writes::default().replace(&request), Created(view)).await
}
