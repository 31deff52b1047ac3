//! What the commands about accounts share: the recipient that payers see, and prices.

use domain::account::{FeeSchedule, Merchant};
use serde::Deserialize;

pub(crate) use command::{OperatorTrail, account_id, audited_time, find_account, no_such_account};

/// The recipient that payers see.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MerchantInput {
    name: String,
    city: String,
    pix_key: String,
    cnpj: Option<String>,
}

impl From<MerchantInput> for Merchant {
    fn from(input: MerchantInput) -> Self {
        let MerchantInput { name, city, pix_key, cnpj } = input;
        Self { name, city, pix_key, cnpj }
    }
}

/// One price.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeeInput {
    fixed_cents: u64,
    basis_points: u64,
}

impl From<FeeInput> for FeeSchedule {
    fn from(input: FeeInput) -> Self {
        let FeeInput { fixed_cents, basis_points } = input;
        Self { fixed_cents, basis_points }
    }
}
