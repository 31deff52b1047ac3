//! `POST /v1/payout-batches`: send in up to 500 payouts at once.

use domain::kernel::{BatchId, Error, Flaw, Id, Violation};
use domain::payout::{BATCH_LINES_MAX, BatchView, NewPayout, PayoutBatch};
use edge::{Accepted, Call, Outcome, fields};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::new_payout::PayoutInput;

/// Wrong fields that are named; a file with one mistake in each line is understood after some.
const VIOLATIONS_MAX: usize = 100;

/// The lines.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPayoutBatch")]
pub struct BatchInput {
    /// 1 to 500 payouts, each as `POST /v1/payouts` takes it; 512 KB in all.
    #[schemars(length(min = 1, max = 500))]
    payouts: Vec<PayoutInput>,
    /// What the batch is called; up to 140 characters.
    #[schemars(length(min = 1, max = 140))]
    description: Option<String>,
}

/// Takes the lines in, all or none: a field that is wrong in one of them refuses the whole, so that a
/// file can be mended and sent again. They become payouts within a minute or two, each by itself; what
/// their money, limits and references say to that stands in each line of
/// `GET /v1/payout-batches/{id}`.
pub async fn handle(
    store: &Store,
    call: Call<BatchInput>,
) -> Result<Outcome<Accepted<BatchView>>, Error> {
    call.rails.participant(call.account_id())?;
    let lines = read(&call.input, call.moment.now)?;
    let author = (call.account_id(), call.principal.user_id());
    let description = call.input.description.clone();
    let id = BatchId::mint(&call.moment);
    let (batch, rows) = PayoutBatch::take_in(id, author, description, lines, &call.moment);
    let writes = rows.iter().fold(Writes::default().replace(&batch), Writes::replace);
    call.commit(store, writes, Accepted(BatchView::from(&batch))).await
}

fn read(input: &BatchInput, now: Timestamp) -> Result<Vec<NewPayout>, Error> {
    let count = input.payouts.len();
    if !(1..=BATCH_LINES_MAX).contains(&count) {
        let detail = format!("a batch has 1 to {BATCH_LINES_MAX} payouts, and not {count}");
        return Err(Error::invalid("payouts", Flaw::WrongLength, detail));
    }
    let mut violations: Vec<Violation> =
        fields::text("description", input.description.as_deref(), 140).into_iter().collect();
    let mut lines = Vec::with_capacity(count);
    for (place, line) in input.payouts.iter().enumerate() {
        match line.read(&format!("payouts[{place}]."), now) {
            Ok(new) => lines.push(new),
            Err(flaws) => violations.extend(flaws),
        }
    }
    violations.truncate(VIOLATIONS_MAX);
    if violations.is_empty() { Ok(lines) } else { Err(Error::Invalid(violations)) }
}
