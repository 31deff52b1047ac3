//! `GET /v1/charges`: list charges, newest first.

use domain::{Charge, ChargeStatus, ChargeView, Error, Subject};
use edge::{Call, Listed, Referenced};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Key, Listing, Span, Store};

use crate::create_charge::{REFERENCE_LENGTH_MAX, length};

/// Which charges.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChargesInput {
    /// Only those in this state.
    status: Option<ChargeStatus>,
    /// Only those opened at or after this instant.
    created_from: Option<Timestamp>,
    /// Only those opened before this instant.
    created_until: Option<Timestamp>,
    /// Only the one with this reference.
    #[schemars(length(min = 1, max = 64))]
    reference: Option<String>,
    /// Rows at most, 1 to 100; 25 when absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists a page; the payers' documents are masked. One in `pending` whose time is over is shown as
/// `expired` at once; the filter follows within a minute.
pub async fn handle(
    store: &Store,
    call: Call<ChargesInput, Referenced<Charge>>,
) -> Result<Listed<ChargeView>, Error> {
    let now = call.moment.now;
    let (limit, cursor) = (call.input.limit, call.input.cursor.as_deref());
    if let Some(reference) = &call.input.reference {
        // A longer one is no charge's, and no key the table could look up.
        if let Some(violation) = length("reference", Some(reference), REFERENCE_LENGTH_MAX) {
            return Err(Error::Invalid(vec![violation]));
        }
        let found = referenced(store, &call).await?.map(|charge| charge.as_of(now));
        let found = found.filter(|charge| selected(&call.input, charge));
        let data = found.iter().map(ChargeView::masked).collect();
        return call.list_of_one_page(limit, cursor, data);
    }
    let span = Span { from: call.input.created_from, until: call.input.created_until };
    let listing = match call.input.status {
        None => Listing::Charges(call.account_id(), span),
        Some(status) => Listing::ChargesIn(call.account_id(), status.as_str(), span),
    };
    call.list(store, &listing, limit, cursor, |charge: Charge| {
        ChargeView::masked(&charge.as_of(now))
    })
    .await
}

/// The holder was read together with the credential; the charge itself is the second round trip.
async fn referenced(
    store: &Store,
    call: &Call<ChargesInput, Referenced<Charge>>,
) -> Result<Option<Charge>, Error> {
    match call.target.0.as_ref().map(|row| row.holder) {
        Some(Subject::Charge(id)) => store.find(&Key::Charge(call.account_id(), id)).await,
        _ => Ok(None),
    }
}

fn selected(input: &ChargesInput, charge: &Charge) -> bool {
    input.status.is_none_or(|status| charge.status == status)
        && input.created_from.is_none_or(|from| charge.created_at >= from)
        && input.created_until.is_none_or(|until| charge.created_at < until)
}
