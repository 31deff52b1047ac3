//! `GET /v1/usage`: calls per key and day, newest day first.

use domain::access::KeyId;
use domain::kernel::{Error, Flaw};
use edge::{Call, Listed};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Listing, Store, UsageDay};

/// Days shown when none are asked for.
const DAYS_DEFAULT: i64 = 30;

/// Which days.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsageInput {
    /// The first UTC day; 30 days ago when absent.
    from: Option<Date>,
    /// The last UTC day; today when absent.
    until: Option<Date>,
    /// Rows at most, 1 to 100; 25 when absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The calls of one key on one day. Counted in the functions' memory and written once a minute, so
/// a few of the last minute can be missing: for watching, not for billing.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Usage")]
pub struct UsageView {
    /// The UTC day.
    day: String,
    /// The key.
    key_id: KeyId,
    /// Calls that passed the gate.
    requests: u64,
}

/// Lists a page.
pub async fn handle(store: &Store, call: Call<UsageInput>) -> Result<Listed<UsageView>, Error> {
    let today = call.moment.now.to_zoned(TimeZone::UTC).date();
    let until = call.input.until.unwrap_or(today);
    let from = call.input.from.unwrap_or_else(|| today.saturating_sub(DAYS_DEFAULT.days()));
    if from > until {
        return Err(Error::invalid("from", Flaw::OutOfRange, "from is not after until"));
    }
    let listing = Listing::Usage(call.account_id(), from.to_string(), until.to_string());
    let cursor = call.input.cursor.as_deref();
    call.list(store, &listing, call.input.limit, cursor, |row: UsageDay| UsageView {
        day: row.day,
        key_id: row.key_id,
        requests: row.requests,
    })
    .await
}
