//! `GET /v1/statement`: show the movements of the balance in a period.

use domain::kernel::{Error, Flaw, Period, Violation, Zone};
use domain::ledger::{Books, Entry, EntryPosition};
use domain::statement::{StatementEntryView, contiguous_entries};
use edge::{Call, OkJson, limit};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Listing, Page, Store};

/// Entries that a further read looks at.
const ENTRIES_MORE: u16 = 1_000;
/// Maximum number of further reads for a page.
const READS_MAX: usize = 10;

/// Period and page of a statement.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementInput {
    /// First day of the period.
    from: Date,
    /// Last day of the period, which is included; today if absent.
    until: Option<Date>,
    /// Time zone of the days, from the tz database; `America/Sao_Paulo` if absent.
    time_zone: Option<Zone>,
    /// Maximum number of entries, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// A page of a statement.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Statement")]
pub struct StatementView {
    /// First day of the period.
    from: Date,
    /// Last day of the period, which is included.
    until: Date,
    /// Time zone of the days.
    time_zone: Zone,
    /// Balance before the first day, in cents.
    opening_balance_cents: u64,
    /// Balance after the last day, or now if that day has not ended, in cents. It equals the
    /// opening balance plus all amounts of the period.
    closing_balance_cents: u64,
    /// Movements, oldest first.
    data: Vec<StatementEntryView>,
    /// Cursor of the next page; null on the last page. A page can be short and still have a next
    /// page.
    next_cursor: Option<String>,
}

/// Shows a page of a statement. Entries are in time order, so one query reads a page of any age,
/// and one row each gives the opening and closing balance. The query reads twice the limit,
/// because it also returns entries that do not change the balance, which are left out.
pub async fn handle(
    store: &Store,
    call: Call<StatementInput, Books>,
) -> Result<OkJson<StatementView>, Error> {
    let (books, limit) = (&call.target, limit(call.input.limit)?);
    let period = call.input.period(&call)?;
    let StatementInput { from, until, time_zone, .. } = &call.input;
    let (account_id, of) = (books.account_id, format!("{from} {until:?} {time_zone:?}"));
    let after: Option<EntryPosition> = call.read_cursor(&of, call.input.cursor.as_deref())?;
    let (begins_at, ends_at) = (period.begins_at(), period.ends_at());
    let from = after.map_or(EntryPosition { at: begins_at, sequence: 0 }, |after| EntryPosition {
        sequence: after.sequence.saturating_add(1),
        ..after
    });
    let listing = Listing::Entries(account_id, from, EntryPosition::before(ends_at));
    let page = Page { limit: u16::from(limit) * 2, after: None };
    // A balance comes from the books if they have it. A second read would be of another instant.
    let balance_at = async |at| match books.last_at < at {
        true => Ok(books.balance_at()),
        false => store.balance_before(account_id, at).await,
    };
    let (opening, closing, (entries, _)) = tokio::try_join!(
        balance_at(begins_at),
        balance_at(ends_at),
        store.list::<Entry>(&listing, page),
    )?;
    let movements_max = usize::from(limit);
    let start = after.unwrap_or(opening.position);
    let mut entries = contiguous_entries(start, entries, closing.position, movements_max);
    // Holds and releases alone make no page.
    for _ in 0..READS_MAX {
        if !entries.movements.is_empty() || entries.end.sequence >= closing.position.sequence {
            break;
        }
        let next = EntryPosition { sequence: entries.end.sequence + 1, ..entries.end };
        let listing = Listing::Entries(account_id, next, EntryPosition::before(ends_at));
        let page = Page { limit: ENTRIES_MORE, after: None };
        let (more, _) = store.list::<Entry>(&listing, page).await?;
        entries = contiguous_entries(entries.end, more, closing.position, movements_max);
    }
    let more = entries.end.sequence < closing.position.sequence;
    Ok(OkJson(StatementView {
        opening_balance_cents: opening.balance_cents,
        closing_balance_cents: closing.balance_cents,
        data: entries.movements.iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
        next_cursor: more.then(|| call.write_cursor(&of, &entries.end)),
        from: period.from,
        until: period.until,
        time_zone: period.time_zone,
    }))
}

impl StatementInput {
    fn period(&self, call: &Call<Self, Books>) -> Result<Period, Error> {
        let time_zone = self.time_zone.clone().unwrap_or_default();
        let today = time_zone.date(call.moment.now);
        let period = Period { from: self.from, until: self.until.unwrap_or(today), time_zone };
        let flaws = [
            ("from", period.from > today, "the day has not begun; send today or an earlier date"),
            ("until", period.until > today, "the day has not begun; send today or an earlier date"),
            ("until", period.until < period.from, "`until` must not be before `from`"),
        ];
        let wrong: Vec<_> = flaws
            .into_iter()
            .filter(|(_, wrong, _)| *wrong)
            .map(|(field, _, detail)| Violation::new(field, Flaw::OutOfRange, detail))
            .collect();
        if wrong.is_empty() { Ok(period) } else { Err(Error::Invalid(wrong)) }
    }
}
