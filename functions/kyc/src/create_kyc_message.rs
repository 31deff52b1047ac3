//! `POST /v1/kyc-requests/{id}/messages`: write a message to compliance.

use domain::kernel::{Error, text_flaw};
use domain::kyc::{KYC_MESSAGE_LENGTH_MAX, KycRequest, KycRequestView};
use edge::{Call, Created, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::texts::full_view;

/// A message to compliance.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewKycMessage",
    extend("examples" = [{ "text": "The supplier sends the invoice on Friday." }])
)]
pub struct KycMessageInput {
    /// Text for compliance, up to 500 characters.
    #[schemars(length(min = 1, max = 500))]
    text: String,
}

/// Adds the message, also while compliance examines the documents. The row has only the sealed text.
pub async fn handle(
    store: &Store,
    call: Call<KycMessageInput, KycRequest>,
) -> Result<Outcome<Created<KycRequestView>>, Error> {
    let text = call.input.text.as_str();
    if let Some(flaw) = text_flaw("text", text, KYC_MESSAGE_LENGTH_MAX) {
        return Err(Error::Invalid(vec![flaw]));
    }
    let mut request = call.target.clone();
    let sealed = call.peppers.seal_kyc_text(request.id, text, &call.moment);
    request.write(call.principal.user_id(), sealed, call.moment.now)?;
    let view = full_view(&call, &request)?;
    call.commit(store, Writes::default().replace(&request), Created(view)).await
}
