//! The view of a KYC request with its opened texts.

use domain::kernel::Error;
use domain::kyc::{KycRequest, KycRequestView};
use edge::Call;

/// Returns the view for a caller who asked for this request.
pub(crate) fn full_view<I, T>(
    call: &Call<I, T>,
    request: &KycRequest,
) -> Result<KycRequestView, Error> {
    Ok(KycRequestView::full(request, call.peppers.open_kyc_texts(request)?))
}
