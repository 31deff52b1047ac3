//! `GET /v1/payouts`: list payouts, newest first.

use domain::{Error, Payout, PayoutStatus, PayoutView, Subject};
use edge::fields::ListInput;
use edge::{Call, Listed, Referenced};
use store::{Key, Listing, Span, Store};

type Asked = Call<ListInput<PayoutStatus>, Referenced<Payout>>;

/// Lists a page; people's documents, keys and account numbers are masked. One that nobody agreed to in
/// time is shown as `rejected` at once; the filter follows within a minute.
pub async fn handle(store: &Store, call: Asked) -> Result<Listed<PayoutView>, Error> {
    let (input, now) = (&call.input, call.moment.now);
    let (limit, cursor) = (input.limit, input.cursor.as_deref());
    if input.reference.is_some() {
        if let Some(violation) = input.reference_flaw() {
            return Err(Error::Invalid(vec![violation]));
        }
        let found = referenced(store, &call).await?.map(|payout| payout.as_of(now));
        let found = found.filter(|payout| input.selects(&payout.status, payout.created_at));
        let data = found.iter().map(PayoutView::masked).collect();
        return call.list_of_one_page(limit, cursor, data);
    }
    let span = Span { from: input.created_from, until: input.created_until, before: None };
    let listing = match input.status {
        None => Listing::Payouts(call.account_id(), span),
        Some(status) => Listing::PayoutsIn(call.account_id(), status.as_str(), span),
    };
    call.list(store, &listing, limit, cursor, |payout: Payout| {
        PayoutView::masked(&payout.as_of(now))
    })
    .await
}

/// The holder was read together with the credential; the payout itself is the second round trip.
async fn referenced(store: &Store, call: &Asked) -> Result<Option<Payout>, Error> {
    match call.target.0.as_ref().map(|row| row.holder) {
        Some(Subject::Payout(id)) => store.find(&Key::Payout(call.account_id(), id)).await,
        _ => Ok(None),
    }
}
