//! `GET /v1/kyc-requests/{id}`: show a KYC request.

use domain::kernel::Error;
use domain::kyc::{KycRequest, KycRequestView};
use edge::{Call, NoInput, OkJson};
use store::Store;

use crate::texts::full_view;

/// Shows the request with its texts and messages.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, KycRequest>,
) -> Result<OkJson<KycRequestView>, Error> {
    full_view(&call, &call.target).map(OkJson)
}
