//! `POST /v1/charges/{id}/cancel`: withdraw a charge nobody has paid.

use domain::charge::{Charge, ChargeView};
use domain::kernel::Error;
use edge::{Call, Found, NoInput, Outcome};
use store::{Store, Writes};

/// Withdraws the charge. A payment at the same moment and this cannot both win: they meet in the
/// charge's version.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, Charge>,
) -> Result<Outcome<Found<ChargeView>>, Error> {
    let mut charge = call.target.clone();
    let effects = charge.cancel(&call.moment)?;
    let writes = Writes::default().replace(&charge).record(&effects);
    call.commit(store, writes, Found(ChargeView::from(&charge))).await
}
