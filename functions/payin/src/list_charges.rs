//! `GET /v1/charges`: list charges, newest first.

use domain::{Charge, ChargeStatus, ChargeView, Error};
use edge::{Call, Listed};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Key, Listing, Reference, Span, Store};

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
    reference: Option<String>,
    /// Rows at most, 1 to 100; 25 when absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists a page; the payers' documents are masked. One in `pending` whose time is over is shown as
/// `expired` at once; the filter follows within a minute.
pub async fn handle(store: &Store, call: Call<ChargesInput>) -> Result<Listed<ChargeView>, Error> {
    let now = call.moment.now;
    if let Some(reference) = call.input.reference.clone() {
        let found = by_reference(store, &call, reference).await?;
        let found = found
            .map(|charge| charge.as_of(now))
            .filter(|charge| selected(&call.input, charge));
        let data = found.iter().map(ChargeView::masked).collect();
        return Ok(Listed {
            data,
            next_cursor: None,
        });
    }
    let span = Span {
        from: call.input.created_from,
        until: call.input.created_until,
    };
    let listing = match call.input.status {
        None => Listing::Charges(call.account_id(), span),
        Some(status) => Listing::ChargesIn(call.account_id(), status.as_str(), span),
    };
    let cursor = call.input.cursor.as_deref();
    call.list(
        store,
        &listing,
        call.input.limit,
        cursor,
        |charge: Charge| ChargeView::masked(&charge.as_of(now)),
    )
    .await
}

async fn by_reference(
    store: &Store,
    call: &Call<ChargesInput>,
    reference: String,
) -> Result<Option<Charge>, Error> {
    let account_id = call.account_id();
    let holder = store
        .find::<Reference>(&Key::Reference(account_id, reference))
        .await?;
    match holder {
        Some(holder) => store.find(&Key::Charge(account_id, holder.charge_id)).await,
        None => Ok(None),
    }
}

fn selected(input: &ChargesInput, charge: &Charge) -> bool {
    input.status.is_none_or(|status| charge.status == status)
        && input
            .created_from
            .is_none_or(|from| charge.created_at >= from)
        && input
            .created_until
            .is_none_or(|until| charge.created_at < until)
}
