//! `GET /v1/balance/explain`: show what each number of the balance comes from, and the balance expected later.

use domain::kernel::{Error, Flaw, Zone};
use domain::ledger::Books;
use domain::statement::{Forecast, ForecastTerms};
use edge::{Call, InstantOrDay, OkJson, PayoutRules};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Store;

use crate::explain_view::{BalanceExplanation, ForecastView};
use crate::open_money::OpenMoney;

/// Longest time of a forecast. No payout is scheduled for later.
const FORECAST_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Time of the forecast.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExplainInput {
    /// Time of the expected balance, within 366 days; a date alone means the end of that day. No forecast
    /// if absent.
    at: Option<InstantOrDay>,
    /// Time zone of a date alone, from the tz database; `America/Sao_Paulo` if absent.
    time_zone: Option<Zone>,
}

/// Explains the balance by the objects that the indexes list, all read at the same time. The books are read
/// with the credential and decide each total, so an index that is behind makes no sum wrong: the difference
/// is in `unlisted_cents`.
pub async fn handle(
    store: &Store,
    call: Call<ExplainInput, (PayoutRules, Books)>,
) -> Result<OkJson<BalanceExplanation>, Error> {
    let (rules, books) = &call.target;
    let until = call.input.until(call.moment.now)?;
    let open = OpenMoney::read(store, books).await?;
    let explanation = BalanceExplanation::of(books, &open, call.moment.now);
    let Some(until) = until else { return Ok(OkJson(explanation)) };
    // Without a rail, the account has no payouts.
    let terms = ForecastTerms { fees: rules.account.fees, payouts: rules.terms(&call.rails).ok() };
    let is_complete = open.is_complete();
    let forecast = Forecast::of(books, open.into_objects(), terms, until, &call.moment);
    let forecast = ForecastView::of(books, &forecast, until, is_complete);
    Ok(OkJson(explanation.with_forecast(forecast)))
}

impl ExplainInput {
    /// Returns the time of the forecast. Returns `None` if the caller wants none.
    fn until(&self, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        let Some(at) = self.at else { return Ok(None) };
        let at = at.end(&self.time_zone.clone().unwrap_or_default());
        if now < at && at <= now + FORECAST_MAX {
            return Ok(Some(at));
        }
        let detail = "the time of a forecast must be in the future and within 366 days";
        Err(Error::invalid("at", Flaw::OutOfRange, detail))
    }
}
