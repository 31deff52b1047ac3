//! `GET /v1/charges`: list charges, newest first.

use domain::{Charge, ChargeStatus, ChargeView, Error, Subject};
use edge::fields::ListInput;
use edge::{Call, Listed, Referenced};
use store::{Key, Listing, Span, Store};

type Asked = Call<ListInput<ChargeStatus>, Referenced<Charge>>;

/// Lists a page; the payers' documents are masked. One in `pending` whose time is over is shown as
/// `expired` at once; the filter follows within a minute.
pub async fn handle(store: &Store, call: Asked) -> Result<Listed<ChargeView>, Error> {
    let (input, now) = (&call.input, call.moment.now);
    let (limit, cursor) = (input.limit, input.cursor.as_deref());
    if input.reference.is_some() {
        if let Some(violation) = input.reference_flaw() {
            return Err(Error::Invalid(vec![violation]));
        }
        let found = referenced(store, &call).await?.map(|charge| charge.as_of(now));
        let found = found.filter(|charge| input.selects(&charge.status, charge.created_at));
        let data = found.iter().map(ChargeView::masked).collect();
        return call.list_of_one_page(limit, cursor, data);
    }
    let span = Span { from: input.created_from, until: input.created_until, before: None };
    let listing = match input.status {
        None => Listing::Charges(call.account_id(), span),
        Some(status) => Listing::ChargesIn(call.account_id(), status.as_str(), span),
    };
    call.list(store, &listing, limit, cursor, |charge: Charge| {
        ChargeView::masked(&charge.as_of(now))
    })
    .await
}

/// The holder was read together with the credential; the charge itself is the second round trip.
async fn referenced(store: &Store, call: &Asked) -> Result<Option<Charge>, Error> {
    match call.target.0.as_ref().map(|row| row.holder) {
        Some(Subject::Charge(id)) => store.find(&Key::Charge(call.account_id(), id)).await,
        _ => Ok(None),
    }
}
