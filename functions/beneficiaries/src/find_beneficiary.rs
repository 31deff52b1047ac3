//! `GET /v1/beneficiaries/{id}`: show a saved beneficiary.

use domain::beneficiary::{SavedBeneficiary, SavedBeneficiaryView};
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Shows the beneficiary with its whole document, keys and accounts.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, SavedBeneficiary>,
) -> Result<OkJson<SavedBeneficiaryView>, Error> {
    Ok(OkJson(SavedBeneficiaryView::from(&call.target)))
}
