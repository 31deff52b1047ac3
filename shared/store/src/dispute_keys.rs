//! Names of the partitions of balance blocks and disputes.

use domain::kernel::{AccountId, DisputeId};

pub(crate) const BLOCKS: &str = "BLOCK#";
pub(crate) const DISPUTES: &str = "DISPUTE#";
/// Start of the sort keys of answers to demands, which no list of disputes has.
pub(crate) const DISPUTE_ORDER: &str = "ORDER#";

pub(crate) fn blocks(account: &AccountId) -> String {
    format!("{BLOCKS}{account}")
}

pub(crate) fn blocks_in(account: &AccountId, status: &str) -> String {
    format!("{}#{status}", blocks(account))
}

pub(crate) fn disputes(account: &AccountId) -> String {
    format!("{DISPUTES}{account}")
}

pub(crate) fn disputes_in(account: &AccountId, status: &str) -> String {
    format!("{}#{status}", disputes(account))
}

/// The sort key of the answer of a dispute.
pub(crate) fn dispute_order(dispute: &DisputeId) -> String {
    format!("{DISPUTE_ORDER}{dispute}")
}
