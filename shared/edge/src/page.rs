//! `limit` and `cursor`, alike in every list.

use domain::kernel::{Error, Flaw};
use schemars::JsonSchema;
use serde::Deserialize;

/// Page parameters of a list without filters.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageInput {
    /// Rows at most, 1 to 100; 25 when absent.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u8>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

const LIMIT_DEFAULT: u8 = 25;
const LIMIT_MAX: u8 = 100;

/// How many rows a page has at most.
pub fn limit(asked: Option<u8>) -> Result<u8, Error> {
    let limit = asked.unwrap_or(LIMIT_DEFAULT);
    if (1..=LIMIT_MAX).contains(&limit) {
        return Ok(limit);
    }
    Err(Error::invalid("limit", Flaw::OutOfRange, "limit is from 1 to 100"))
}
