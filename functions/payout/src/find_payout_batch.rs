//! `GET /v1/payout-batches/{id}`: show a batch with the result of each line.

use domain::kernel::{Code, Error, PayoutId};
use domain::payout::{BatchLines, BatchView, LineOutcome};
use edge::{BatchInFull, Call, NoInput, OkJson};
use schemars::JsonSchema;
use serde::Serialize;
use store::Store;

/// A batch with its lines.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PayoutBatchInFull")]
pub struct BatchInFullView {
    #[serde(flatten)]
    batch: BatchView,
    /// Result of each line, in the order of the request.
    results: Vec<LineView>,
}

/// Result of a line of a batch.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PayoutBatchLine")]
pub struct LineView {
    /// Index of the line, from 0.
    line: usize,
    /// Caller's own id of the line.
    reference: Option<String>,
    /// Amount of the line, in cents.
    amount_cents: u64,
    /// First line of the batch with the same destination and amount; null if there is no earlier one.
    duplicate_of: Option<u32>,
    /// Status of the line: `waiting`, `created` or `refused`.
    status: LineStatus,
    /// Payout that the line became.
    payout_id: Option<PayoutId>,
    /// Error code of a refused line, as `POST /v1/payouts` would answer it.
    #[schemars(with = "Option<Code>")]
    code: Option<String>,
    /// Explanation of the refusal for people.
    detail: Option<String>,
}

/// Status of a line of a batch.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum LineStatus {
    /// Trilho has not read the line yet.
    Waiting,
    /// The line became a payout.
    Created,
    /// Trilho refused the line; `code` says why.
    Refused,
}

/// Shows the whole batch: 500 lines are about 80 KB.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, BatchInFull>,
) -> Result<OkJson<BatchInFullView>, Error> {
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
        let duplicate_of = each.duplicate_of;
        LineView { line, reference, amount_cents, duplicate_of, status, payout_id, code, detail }
    });
    Ok(OkJson(BatchInFullView { results: results.collect(), batch: BatchView::from(batch) }))
}
