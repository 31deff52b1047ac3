//! Which instalments a list selects.

use domain::kernel::{AccountId, ChargeId};
use domain::receivable::ReceivableStatus;
use jiff::{SignedDuration, Timestamp};

use crate::items::time_key;
use crate::payment_keys::receivables;
use crate::query::{Condition, Query};

/// The filters of a list of instalments; by default all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReceivableFilter {
    /// First instant of the payment by the acquirer.
    pub settles_from: Option<Timestamp>,
    /// Instant before which the acquirer pays.
    pub settles_until: Option<Timestamp>,
    /// Status of the instalments.
    pub status: Option<ReceivableStatus>,
    /// Charge of the instalments.
    pub charge_id: Option<ChargeId>,
}

impl ReceivableFilter {
    /// Returns the query of the list, the earliest payment first.
    pub(crate) fn query(&self, account: &AccountId) -> Query {
        // The last millisecond that begins before the end.
        let last = |until: Timestamp| {
            let last = until.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(until);
            format!("{}~", time_key(last))
        };
        let from = self.settles_from.map_or(String::new(), time_key);
        let until = self.settles_until.map_or("~".to_owned(), last);
        let status = self.status.map(|it| Condition::equals("status", it.as_str().to_owned()));
        let charge = self.charge_id.map(|it| Condition::equals("charge_id", it.to_string()));
        let query = Query::on_table(receivables(account), (from, until), false);
        Query { filter: [status, charge].into_iter().flatten().collect(), ..query }
    }
}
