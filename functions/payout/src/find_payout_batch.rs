//! `GET /v1/payout-batches/{id}`: show a batch with what became of each line.

use domain::kernel::{Error, PayoutId};
use domain::payout::{BatchLines, BatchView, LineOutcome};
use edge::{BatchInFull, Call, Found, NoInput};
use schemars::JsonSchema;
use serde::Serialize;
use store::Store;

/// A batch with its lines.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PayoutBatchInFull")]
pub struct BatchInFullView {
    #[serde(flatten)]
    batch: BatchView,
    /// What became of each line, in the order they were sent.
    results: Vec<LineView>,
}

/// What became of a line.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PayoutBatchLine")]
pub struct LineView {
    /// Which line, from 0.
    line: usize,
    /// The caller's own id.
    reference: Option<String>,
    /// How much, in cents.
    amount_cents: u64,
    /// `waiting`, `created` or `refused`.
    status: LineStatus,
    /// The payout it became.
    payout_id: Option<PayoutId>,
    /// Why it was refused, for a program: a code of the errors of `POST /v1/payouts`.
    code: Option<String>,
    /// Why it was refused, for a person.
    detail: Option<String>,
}

/// See [`LineView`].
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum LineStatus {
    Waiting,
    Created,
    Refused,
}

/// Shows all of it: 500 lines are some 80 KB.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, BatchInFull>,
) -> Result<Found<BatchInFullView>, Error> {
    let BatchInFull { batch, rows } = &call.target;
    let lines = rows.iter().flat_map(|row: &BatchLines| &row.lines);
    let results = lines.enumerate().map(|(line, each)| {
        let (status, payout_id, code, detail) = match each.outcome.clone() {
            None => (LineStatus::Waiting, None, None, None),
            Some(LineOutcome::Created { payout_id }) => {
                (LineStatus::Created, Some(payout_id), None, None)
            }
            Some(LineOutcome::Refused { code, detail }) => {
                (LineStatus::Refused, None, Some(code), Some(detail))
            }
        };
        let (reference, amount_cents) = (each.new.reference.clone(), each.new.amount_cents);
        LineView { line, reference, amount_cents, status, payout_id, code, detail }
    });
    Ok(Found(BatchInFullView { results: results.collect(), batch: BatchView::from(batch) }))
}
