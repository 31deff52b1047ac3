//! `limit` and `cursor`, the same in every list.

use domain::kernel::{Error, Flaw};
use schemars::JsonSchema;
use serde::Deserialize;

/// Page of a list without filters.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageInput {
    /// Maximum number of rows, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u8>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

const LIMIT_DEFAULT: u8 = 25;
const LIMIT_MAX: u8 = 100;

/// Returns how many rows a page has at most.
pub fn limit(limit: Option<u8>) -> Result<u8, Error> {
    let limit = limit.unwrap_or(LIMIT_DEFAULT);
    if (1..=LIMIT_MAX).contains(&limit) {
        return Ok(limit);
    }
    Err(Error::invalid("limit", Flaw::OutOfRange, "limit must be 1 to 100"))
}
