//! `POST /v1/payout-batches`: create a batch of up to 500 payouts.

use domain::kernel::{BatchId, Error, Flaw, Id, Violation};
use domain::payout::{BATCH_LINES_MAX, BatchView, NewLine, NewPayout, PayoutBatch};
use edge::{Accepted, Call, Outcome, fields};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::new_payout::PayoutInput;
use crate::saved_target::{SavedTargets, require_reader};

/// Maximum number of violations in the answer. The reader of a file with one mistake per line
/// needs no more to find it.
const VIOLATIONS_MAX: usize = 100;

/// A new batch of payouts.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewPayoutBatch",
    extend("examples" = [{
        "payouts": [
            { "amount_cents": 2500, "to": { "pix_key": { "key": "maria@example.com" } }, "reference": "salary-1" },
            {
                "amount_cents": 3000,
                "to": { "bank_account": { "bank_code": "001", "branch": "1234", "number": "12345-5", "type": "checking" } },
                "beneficiary": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
                "reference": "salary-2",
            },
        ],
        "description": "Salaries of November",
    }])
)]
pub struct BatchInput {
    /// 1 to 500 payouts, each in the form of `POST /v1/payouts`; 512 KB in total.
    #[schemars(length(min = 1, max = 500))]
    payouts: Vec<PayoutInput>,
    /// Description of the batch; up to 140 characters.
    #[schemars(length(min = 1, max = 140))]
    description: Option<String>,
}

/// Accepts all lines or none, and names the lines with the same destination and amount as an earlier one.
/// One wrong field refuses the batch, so that the caller can correct
/// the file and send it again. Each line becomes a payout by itself within a minute or two. `GET
/// /v1/payout-batches/{id}` shows for each line whether money, limits and reference allowed it.
pub async fn handle(
    store: &Store,
    call: Call<BatchInput, SavedTargets>,
) -> Result<Outcome<Accepted<BatchView>>, Error> {
    call.rails.participant(call.account_id())?;
    let line = |new: NewPayout| NewLine { digests: call.peppers.payout_digests(&new), new };
    let lines = read(&call, &call.target)?.into_iter().map(line).collect();
    let author = (call.account_id(), call.principal.user_id());
    let description = call.input.description.clone();
    let id = BatchId::mint(&call.moment);
    let (batch, rows) = PayoutBatch::open(id, author, description, lines, &call.moment);
    let writes = rows.iter().fold(Writes::default().replace(&batch), Writes::replace);
    let writes = writes.add_batch(batch.account_id);
    call.commit(store, writes, Accepted(BatchView::from(&batch))).await
}

/// Reads the lines, which may name saved beneficiaries.
///
/// # Errors
/// All violations, and the missing right to read beneficiaries.
pub(crate) fn read<T>(
    call: &Call<BatchInput, T>,
    saved: &SavedTargets,
) -> Result<Vec<NewPayout>, Error> {
    let input = &call.input;
    if input.payouts.iter().any(PayoutInput::names_saved) {
        require_reader(call)?;
    }
    let count = input.payouts.len();
    if !(1..=BATCH_LINES_MAX).contains(&count) {
        let detail =
            format!("a batch must have 1 to {BATCH_LINES_MAX} payouts; this one has {count}");
        return Err(Error::invalid("payouts", Flaw::WrongLength, detail));
    }
    let mut violations: Vec<Violation> =
        fields::text("description", input.description.as_deref(), 140).into_iter().collect();
    let mut lines = Vec::with_capacity(count);
    for (index, line) in input.payouts.iter().enumerate() {
        match line.read(&format!("payouts[{index}]."), call, saved) {
            Ok(new) => lines.push(new),
            Err(flaws) => violations.extend(flaws),
        }
    }
    violations.truncate(VIOLATIONS_MAX);
    if violations.is_empty() { Ok(lines) } else { Err(Error::Invalid(violations)) }
}
