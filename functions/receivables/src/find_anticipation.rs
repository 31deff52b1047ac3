//! `GET /v1/charges/{id}/anticipation`: what the early payment of the instalments of a charge would cost.

use domain::account::Account;
use domain::charge::Charge;
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson};
use store::Store;

use crate::anticipation_view::{AnticipationView, terms};

/// Returns the offer for all instalments that can be paid early. Nothing is reserved.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, (Charge, Account)>,
) -> Result<OkJson<AnticipationView>, Error> {
    let (charge, account) = &call.target;
    let terms = terms((account, charge), &call.rails, call.moment.now)?;
    let offer = charge.offer_anticipation(None, &terms, &call.moment)?;
    Ok(OkJson(AnticipationView::of(&offer, &terms)))
}
