//! `POST /v1/payout-batches/preview`: show what a batch of payouts would be, without making it.

use std::collections::{HashMap, HashSet};

use directory::LookupRows;
use domain::kernel::{AccountId, Error, PayoutId};
use domain::ledger::{Books, LimitsLeft};
use domain::payout::{NewPayout, PayoutPreview, duplicates};
use edge::{Call, OkJson, PayoutRules};
use futures::stream::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use store::{Key, Row, Store};

use crate::create_payout_batch::{BatchInput, read};
use crate::preview_view::{KnownRecipient, LinePreview};
use crate::recent::recent_payouts;
use crate::saved_target::SavedTargets;

/// Rows of one request to the table.
const ROWS_PER_READ: usize = 100;
/// Requests to the table at the same moment.
const READS_AT_ONCE: usize = 32;

/// What a batch would be if it were created now.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PayoutBatchPreview")]
pub struct BatchPreviewView {
    /// Always false: the preview sent nothing.
    sent: bool,
    /// Always false: the preview stored nothing, held no money and used no look-up.
    stored: bool,
    /// Number of lines.
    lines: usize,
    /// Number of lines for which Trilho knows a reason against them.
    refused: usize,
    /// Sum of the amounts of all lines, in cents.
    amount_cents: u64,
    /// Sum of the fees of all lines, in cents.
    fees_cents: u64,
    /// Number of lines that need a look-up of their Pix key, each for its price.
    lookups_needed: usize,
    /// What the limits of the account leave before the batch.
    limits: LimitsLeft,
    /// Preview of each line, in the order of the request, after the lines before it.
    results: Vec<BatchLinePreview>,
}

/// What a line of a batch would be.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PayoutBatchLinePreview")]
pub(crate) struct BatchLinePreview {
    /// Index of the line, from 0.
    line: usize,
    /// Caller's own id of the line.
    reference: Option<String>,
    /// First line of the batch with the same destination and amount; null if there is no earlier one.
    duplicate_of: Option<usize>,
    #[serde(flatten)]
    preview: LinePreview,
}

/// Decides line by line as the scheduler would, on a copy of the books, and writes nothing. So limits and
/// balance are those that the lines before leave. The rows of the lines are read together.
pub async fn handle(
    store: &Store,
    call: Call<BatchInput, (PayoutRules, Books, SavedTargets)>,
) -> Result<OkJson<BatchPreviewView>, Error> {
    let (rules, books, saved) = &call.target;
    let lines = read(&call, saved)?;
    let terms = rules.terms(&call.rails)?;
    let author = (call.account_id(), call.principal.user_id());
    let limits = books.outgoing_usage.left(&terms.settings.limits, call.moment.now);
    let account_id = call.account_id();
    let like = |new: &NewPayout| (call.peppers.destination_digests(&new.to), new.amount_cents);
    let like: Vec<_> = lines.iter().map(like).collect();
    let (known, recent) = futures::try_join!(
        known_rows(store, account_id, &lines),
        recent_of(store, account_id, like, call.moment.now)
    )?;
    let mut books = books.clone();
    let mut results = Vec::with_capacity(lines.len());
    let twins = duplicates(lines.iter());
    for (index, (new, recent)) in lines.iter().zip(recent).enumerate() {
        let rows = known.lookup(account_id, new)?;
        let same =
            |other: &NewPayout| other.reference.is_some() && other.reference == new.reference;
        let reference_taken =
            known.has_reference(account_id, new) || lines[..index].iter().any(same);
        // A line that is refused for its reference takes nothing from the lines after it.
        let mut copy = books.clone();
        let on = if reference_taken { &mut copy } else { &mut books };
        let preview = PayoutPreview::of(new, author, &terms, on, &call.moment)?;
        let known = KnownRecipient { rows: &rows, reference_taken, recent };
        let preview = LinePreview::of(&call, new, preview, known);
        let (reference, duplicate_of) = (new.reference.clone(), twins[index]);
        results.push(BatchLinePreview { line: index, reference, duplicate_of, preview });
    }
    let count = |is: fn(&LinePreview) -> bool| results.iter().filter(|it| is(&it.preview)).count();
    let sum = |of: fn(&LinePreview) -> u64| {
        results.iter().fold(0_u64, |sum, it| sum.saturating_add(of(&it.preview)))
    };
    let (fees_cents, total_cents) = (sum(|it| it.fees_cents), sum(|it| it.total_cents));
    Ok(OkJson(BatchPreviewView {
        sent: false,
        stored: false,
        lines: results.len(),
        refused: count(|it| it.refusal.is_some()),
        amount_cents: total_cents.saturating_sub(fees_cents),
        fees_cents,
        lookups_needed: count(|it| it.lookup.is_some()),
        limits,
        results,
    }))
}

/// The rows that the table has about keys and references of the lines.
struct LineRows(HashMap<Key, Row>);

impl LineRows {
    fn lookup(&self, account_id: AccountId, new: &NewPayout) -> Result<LookupRows, Error> {
        let Some(key) = new.to.pix_key() else { return Ok(LookupRows::default()) };
        let keys = LookupRows::keys(account_id, key);
        LookupRows::of(&mut keys.iter().map(|key| self.0.get(key).cloned()))
    }

    fn has_reference(&self, account_id: AccountId, new: &NewPayout) -> bool {
        let reference = new.reference.clone();
        reference.is_some_and(|it| self.0.contains_key(&Key::PayoutReference(account_id, it)))
    }
}

/// Reads the remembered look-ups and the holders of references, a hundred rows in each request.
async fn known_rows(
    store: &Store,
    account_id: AccountId,
    lines: &[NewPayout],
) -> Result<LineRows, Error> {
    let mut keys = HashSet::new();
    for new in lines {
        let lookup = new.to.pix_key().map(|key| LookupRows::keys(account_id, key));
        keys.extend(lookup.into_iter().flatten());
        keys.extend(new.reference.clone().map(|it| Key::PayoutReference(account_id, it)));
    }
    let keys: Vec<Key> = keys.into_iter().collect();
    let reads = keys.chunks(ROWS_PER_READ).map(|keys| store.read(keys));
    let rows = futures::future::try_join_all(reads).await?.into_iter().flatten();
    let rows: Vec<_> = rows.collect();
    let found = keys.into_iter().zip(rows).filter_map(|(key, row)| Some((key, row?)));
    Ok(LineRows(found.collect()))
}

/// Reads the recent payouts of each line.
async fn recent_of(
    store: &Store,
    account_id: AccountId,
    like: Vec<(Vec<String>, u64)>,
    now: Timestamp,
) -> Result<Vec<Vec<PayoutId>>, Error> {
    let reads: Vec<_> =
        like.into_iter().map(|like| recent_payouts(store, account_id, like, now)).collect();
    futures::stream::iter(reads).buffered(READS_AT_ONCE).try_collect().await
}
