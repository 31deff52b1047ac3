//! `GET /v1/receivables/file`: the instalments of sales by card as a CSV file.

use brazil::local;
use domain::kernel::{ChargeId, Error, Flaw};
use domain::receivable::{ReceivableRecord, ReceivableRecordView, ReceivableStatus};
use domain::statement::CsvDialect;
use edge::{Call, CsvFile, SpanEnd, SpanStart};
use schemars::JsonSchema;
use serde::Deserialize;
use statement::{ReceivableLine, receivables_file};
use store::{Listing, Page, Store};

use crate::receivable_fields::filter;

/// Most rows of a file: less than the 1 MB that one query returns.
const ROWS_MAX: u16 = 2_000;
/// Most queries for a file. A filter by status or charge reads the other rows of the period too.
const READS_MAX: usize = 5;

/// Filters and dialect of a file of instalments.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReceivablesFileInput")]
pub struct FileInput {
    /// First instant of the payment by the acquirer; a date alone is the start of that day in São Paulo.
    settles_from: Option<SpanStart>,
    /// Instant before which the acquirer pays; a date alone is the end of that day in São Paulo.
    settles_until: Option<SpanEnd>,
    /// Status of the instalments.
    status: Option<ReceivableStatus>,
    /// Charge of the instalments.
    charge_id: Option<ChargeId>,
    /// Dialect of the file; `br` if absent.
    dialect: Option<CsvDialect>,
}

/// Returns the file, the earliest payment first.
///
/// # Errors
/// A violation of `settles_until` if more rows than a file can have pass the filters, or if the period has more rows
/// than the queries read.
pub async fn handle(store: &Store, call: Call<FileInput>) -> Result<CsvFile, Error> {
    let input = &call.input;
    let filter = filter((input.settles_from, input.settles_until), input.status, input.charge_id);
    let listing = Listing::Receivables(call.account_id(), filter);
    let (mut records, mut after) = (Vec::<ReceivableRecord>::new(), None);
    for _ in 0..READS_MAX {
        let (more, ended) = store.list(&listing, Page { limit: ROWS_MAX, after }).await?;
        records.extend(more);
        after = ended;
        if after.is_none() || records.len() > ROWS_MAX.into() {
            break;
        }
    }
    if after.is_some() || records.len() > ROWS_MAX.into() {
        let detail = format!(
            "a file has at most {ROWS_MAX} instalments of a period of at most {} ones; send a shorter period \
             from `settles_from` to `settles_until`, or use GET /v1/receivables",
            READS_MAX * usize::from(ROWS_MAX)
        );
        return Err(Error::invalid("settles_until", Flaw::OutOfRange, detail));
    }
    let lines: Vec<_> = records.iter().map(line).collect();
    let is_brazilian = input.dialect.unwrap_or(CsvDialect::Br) == CsvDialect::Br;
    let today = local(call.moment.now).date();
    let file_name = format!("receivables_{}_{today}.csv", call.account_id());
    Ok(CsvFile { bytes: receivables_file(&lines, is_brazilian), file_name })
}

fn line(record: &ReceivableRecord) -> ReceivableLine {
    let ReceivableRecordView {
        charge_id,
        reference,
        installments,
        status,
        receivable,
        net_amount_cents,
    } = ReceivableRecordView::from(record);
    ReceivableLine {
        settles_on: local(receivable.settles_at).date(),
        is_credited: status == ReceivableStatus::Credited,
        charge_id: charge_id.to_string(),
        reference,
        number: receivable.number,
        installments,
        amount_cents: receivable.amount_cents,
        refunded_cents: receivable.refunded_amount_cents,
        fee_cents: receivable.fees_cents,
        anticipation_fee_cents: receivable.anticipation_fee_cents,
        net_cents: net_amount_cents,
        agreed_on: receivable.agreed_settles_at.map(|at| local(at).date()),
    }
}
