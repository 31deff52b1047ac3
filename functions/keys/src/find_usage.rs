//! `GET /v1/usage`: list calls per key and day, newest day first.

use domain::access::KeyId;
use domain::kernel::{Error, Flaw};
use edge::{Call, ListPage};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Listing, Store, UsageDay};

/// Number of days before today that are shown if the caller names none.
const DAYS_DEFAULT: i64 = 30;

/// Days and page of a list of usage.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsageInput {
    /// First day in UTC; 30 days ago if absent.
    from: Option<Date>,
    /// Last day in UTC; today if absent.
    until: Option<Date>,
    /// Maximum number of rows, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Number of calls of one key on one day. Functions count in memory and write once a minute, so some
/// calls can be missing. Use it for monitoring, not for billing.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Usage")]
pub struct UsageView {
    /// Day in UTC.
    day: String,
    /// Id of the key.
    key_id: KeyId,
    /// Number of authorized calls.
    requests: u64,
}

/// Lists a page of usage.
pub async fn handle(store: &Store, call: Call<UsageInput>) -> Result<ListPage<UsageView>, Error> {
    let today = call.moment.now.to_zoned(TimeZone::UTC).date();
    let until = call.input.until.unwrap_or(today);
    let from = call.input.from.unwrap_or_else(|| today.saturating_sub(DAYS_DEFAULT.days()));
    if from > until {
        return Err(Error::invalid("from", Flaw::OutOfRange, "`from` must not be after `until`"));
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
