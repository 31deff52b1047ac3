//! `GET /v1/payments`: list payments that the network reported.

use brazil::EndToEndId;
use domain::kernel::{Error, MethodKind};
use domain::payment::{Payment, PaymentReport, PaymentView};
use domain::search::PaymentFilters;
use edge::{Call, FilterReader, ListPage, SpanEnd, SpanStart};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Key, Listing, Span, Store};

/// Filters and page of a list of payments.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentsInput {
    /// Returns only payments whose end-to-end id has this minute or a later one; a date alone is the
    /// start of that day in São Paulo.
    paid_from: Option<SpanStart>,
    /// Returns only payments whose end-to-end id has an earlier minute; a date alone is the end of that
    /// day in São Paulo.
    paid_until: Option<SpanEnd>,
    /// Returns only the payment with this end-to-end id.
    #[schemars(length(min = 1, max = 100))]
    end_to_end_id: Option<String>,
    /// Returns only payments with this txid.
    #[schemars(length(min = 1, max = 100))]
    txid: Option<String>,
    /// Returns only payments whose payer has this CPF or CNPJ, with or without punctuation.
    document: Option<String>,
    /// Returns only payments of at least this amount in cents.
    #[schemars(range(min = 0, max = 99_999_999_999_u64))]
    amount_from_cents: Option<u64>,
    /// Returns only payments of at most this amount in cents.
    #[schemars(range(min = 0, max = 99_999_999_999_u64))]
    amount_until_cents: Option<u64>,
    /// Maximum number of rows, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists a page with masked payers. The id of a payment follows from its end-to-end id, so a payment is
/// found by it in one read. With other filters a page can be short.
pub async fn handle(
    store: &Store,
    call: Call<PaymentsInput>,
) -> Result<ListPage<PaymentView>, Error> {
    let PaymentsInput { paid_from, paid_until, end_to_end_id, limit, cursor, .. } = &call.input;
    let filters = call.input.filters()?;
    let (from, until) = (paid_from.map(|from| from.0), paid_until.map(|until| until.0));
    let span = Span { from, until, before: None };
    // DynamoDB refuses a condition whose bounds are in the wrong order.
    if filters.amount_cents.is_empty() {
        return call.list_of_one_page(*limit, cursor.as_deref(), Vec::new());
    }
    if let Some(text) = end_to_end_id {
        let found = find(store, &call, text).await?;
        let found = found.filter(|it| span.contains(&it.id) && filters.selects(&it.report));
        let data = found.iter().map(PaymentView::masked).collect();
        return call.list_of_one_page(*limit, cursor.as_deref(), data);
    }
    let listing = Listing::Payments(call.account_id(), span, filters);
    let view = |payment: Payment| PaymentView::masked(&payment);
    call.list(store, &listing, *limit, cursor.as_deref(), view).await
}

impl PaymentsInput {
    fn filters(&self) -> Result<PaymentFilters, Error> {
        let mut reader = FilterReader::default();
        let filters = PaymentFilters {
            txid: reader.text("txid", self.txid.as_deref()),
            document: reader.document(self.document.as_deref()),
            amount_cents: reader.amounts(self.amount_from_cents, self.amount_until_cents),
        };
        // A text that is no end-to-end id belongs to no payment.
        reader.text("end_to_end_id", self.end_to_end_id.as_deref());
        reader.finish().map_err(Error::Invalid)?;
        Ok(filters)
    }
}

/// Finds a payment by its end-to-end id. A text that is none belongs to no payment.
async fn find(
    store: &Store,
    call: &Call<PaymentsInput>,
    text: &str,
) -> Result<Option<Payment>, Error> {
    let Ok(id) = EndToEndId::parse(text) else { return Ok(None) };
    let account_id = call.account_id();
    let payment_id = PaymentReport::id_of(account_id, MethodKind::Pix, &id.into());
    store.find(&Key::Payment(account_id, payment_id)).await
}
