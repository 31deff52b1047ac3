//! `POST /v1/charges/{id}/anticipation`: order the early payment of instalments of a charge.

use domain::account::Account;
use domain::charge::{Charge, ChargeView};
use domain::kernel::{Error, Flaw};
use edge::{Accepted, Call, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::anticipation_view::terms;

/// Most instalments of a sale.
const NUMBERS_MAX: usize = 12;

/// Which instalments to pay early, and what it may cost.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "max_fee_cents": 4500 }]))]
pub struct NewAnticipation {
    /// Numbers of the instalments; all that can be paid early if absent.
    #[schemars(length(min = 1, max = 12))]
    numbers: Option<Vec<u8>>,
    /// Most that the early payment may cost, in cents: the `fee_cents` of the offer.
    #[schemars(range(min = 0, max = 99_999_999_999_u64))]
    max_fee_cents: u64,
}

/// Orders the early payment from the acquirer. Its answer is the event `charge.anticipated` or
/// `charge.anticipation_refused`. A second order at the same time is refused, because each requires the version of
/// the charge that it read.
pub async fn handle(
    store: &Store,
    call: Call<NewAnticipation, (Charge, Account)>,
) -> Result<Outcome<Accepted<ChargeView>>, Error> {
    let (mut charge, account) = call.target.clone();
    let terms = terms((&account, &charge), &call.rails, call.moment.now)?;
    let numbers = call.input.numbers.as_deref();
    if numbers.is_some_and(|numbers| !(1..=NUMBERS_MAX).contains(&numbers.len())) {
        let detail = "send 1 to 12 numbers, or leave the field out for all instalments";
        return Err(Error::invalid("numbers", Flaw::WrongLength, detail));
    }
    let offer = charge.offer_anticipation(numbers, &terms, &call.moment)?;
    let fee_cents = offer.fee_cents();
    if fee_cents > call.input.max_fee_cents {
        let detail = format!(
            "the early payment costs {fee_cents} cents now, more than `max_fee_cents`; ask for a new offer"
        );
        return Err(Error::invalid("max_fee_cents", Flaw::OutOfRange, detail));
    }
    let (effects, order) = charge.anticipate(&offer, &call.moment)?;
    let writes = Writes::default().change_charge(&charge, order.as_ref(), &effects);
    let view = ChargeView::at(&charge, call.moment.now);
    let view = view.with_payment_url(call.payment_url(charge.id));
    call.commit(store, writes, Accepted(view)).await
}
