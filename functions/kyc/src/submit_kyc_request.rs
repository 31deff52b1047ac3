//! `POST /v1/kyc-requests/{id}/submit`: hand the documents of a KYC request to compliance.

use domain::kernel::Error;
use domain::kyc::KycRequestView;
use edge::{Call, KycWithPayout, NoInput, OkJson, Outcome};
use store::{Store, Writes};

use crate::texts::full_view;

/// Pauses the deadline, of which the payout has a copy. Files were inspected before, and the row of the
/// request says so, so the bucket is not asked. If the request ends at the same time, only one of the two
/// changes is written on the version that both read.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, KycWithPayout>,
) -> Result<Outcome<OkJson<KycRequestView>>, Error> {
    let KycWithPayout { mut request, mut payout } = call.target.clone();
    request.submit(&call.moment)?;
    payout.follow_kyc(&request);
    let view = full_view(&call, &request)?;
    let writes = Writes::default().replace(&request).replace(&payout);
    call.commit(store, writes, OkJson(view)).await
}
