//! The query of the list of beneficiaries.

use domain::beneficiary::BeneficiaryStatus;
use schemars::JsonSchema;
use serde::Deserialize;

/// Filters and page of the list of beneficiaries.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BeneficiariesInput {
    /// Returns only beneficiaries in this status.
    pub(crate) status: Option<BeneficiaryStatus>,
    /// Returns only beneficiaries with this CPF or CNPJ, with or without punctuation: the newest 100.
    pub(crate) document: Option<String>,
    /// Returns only the beneficiary with this reference.
    #[schemars(length(min = 1, max = 64))]
    pub(crate) reference: Option<String>,
    /// Maximum number of rows, 1 to 100; 25 if absent. With `document` or `reference` the list is one page.
    #[schemars(range(min = 1, max = 100))]
    pub(crate) limit: Option<u8>,
    /// `next_cursor` of the previous page.
    pub(crate) cursor: Option<String>,
}
