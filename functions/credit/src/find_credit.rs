//! `GET /v1/credits/{id}`: show a credit, with the charges that it may belong to.

use domain::charge::{Charge, ChargeStatus};
use domain::credit::{Credit, CreditStatus, CreditView, suggestions};
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson};
use futures::future::{try_join, try_join_all};
use jiff::SignedDuration;
use store::{Key, Listing, Page, Span, Store};

/// Statuses of the charges that a credit can be matched to.
const MATCHABLE: [ChargeStatus; 5] = [
    ChargeStatus::Pending,
    ChargeStatus::Registering,
    ChargeStatus::Cancelling,
    ChargeStatus::Expired,
    ChargeStatus::Cancelled,
];
/// Newest charges of each status that are compared with the credit.
const COMPARED_MAX: u16 = 100;
/// How long before the payment the charges were created.
const COMPARED_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Shows the credit. While it waits for a decision, the charge that the payment names and the newest
/// charges of each status are compared with it, all in one more round trip.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, Credit>,
) -> Result<OkJson<CreditView>, Error> {
    let credit = &call.target;
    let mut view = CreditView::from(credit);
    if credit.status == CreditStatus::Unmatched {
        let charges = charges(store, credit).await?;
        view.suggestions = suggestions(credit, &charges, call.moment.now);
    }
    Ok(OkJson(view))
}

async fn charges(store: &Store, credit: &Credit) -> Result<Vec<Charge>, Error> {
    let account_id = credit.account_id;
    let from = credit.created_at.checked_sub(COMPARED_FOR).ok();
    let span = Span { from, until: Some(credit.created_at), before: None };
    let newest = |status: ChargeStatus| async move {
        let listing = Listing::ChargesIn(account_id, status.as_str(), span);
        let page = Page { limit: COMPARED_MAX, after: None };
        store.list::<Charge>(&listing, page).await.map(|(charges, _)| charges)
    };
    let named = async {
        match credit.named_charge_id {
            Some(charge_id) => store.find::<Charge>(&Key::Charge(account_id, charge_id)).await,
            None => Ok(None),
        }
    };
    let (named, newest) = try_join(named, try_join_all(MATCHABLE.map(newest))).await?;
    Ok(named.into_iter().chain(newest.into_iter().flatten()).collect())
}
