//! Which disputes a list selects.

use domain::dispute::{DisputeKind, DisputeStatus};
use domain::kernel::{AccountId, ChargeId, DisputeId, Id};
use jiff::{SignedDuration, Timestamp};

use crate::key;
use crate::query::{Condition, Operand, Query, Test};

/// The filters of a list of disputes; by default all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DisputeFilter {
    /// Status of the disputes.
    pub status: Option<DisputeStatus>,
    /// Kind of the disputes.
    pub kind: Option<DisputeKind>,
    /// Charge of the disputes.
    pub charge_id: Option<ChargeId>,
    /// Time before which the disputes must be answered. One without such a time does not pass.
    pub respond_before: Option<Timestamp>,
}

impl DisputeFilter {
    /// Returns the query of the list, newest first. The index by status has its disputes less than a second
    /// later.
    pub(crate) fn query(&self, account: &AccountId) -> Query {
        let between = (DisputeId::PREFIX.to_owned(), format!("{}~", DisputeId::PREFIX));
        let query = match self.status {
            Some(status) => {
                let one = key::disputes_in(account, status.as_str());
                Query::on_table(one, between, true).by_status()
            }
            None => Query::on_table(key::disputes(account), between, true),
        };
        let kind = self.kind.map(|kind| Condition::equals("kind", kind.as_str().to_owned()));
        let charge = self.charge_id.map(|id| Condition::equals("charge_id", id.to_string()));
        let before = self.respond_before.map(before);
        Query { filter: [kind, charge, before].into_iter().flatten().collect(), ..query }
    }
}

/// Returns the condition on the time to answer. The rows have it in whole seconds, so the texts of two times
/// compare as the times do.
fn before(at: Timestamp) -> Condition {
    let last = at.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(at);
    let last = Timestamp::from_second(
        last.as_nanosecond().div_euclid(1_000_000_000).try_into().unwrap_or(0),
    );
    let last = last.unwrap_or(Timestamp::UNIX_EPOCH);
    let (first, last) = (Timestamp::UNIX_EPOCH.to_string(), last.to_string());
    Condition {
        field: "respond_by",
        test: Test::Between(Operand::Text(first.clone()), Operand::Text(last.max(first))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(at: &str, last: &str) {
        let Test::Between(_, until) = before(at.parse().expect("a time")).test else {
            panic!("a range");
        };
        assert_eq!(until, Operand::Text(last.to_owned()));
    }

    #[test]
    fn a_time_before_which_to_answer_does_not_belong_to_the_range() {
        check("2026-11-25T12:00:00Z", "2026-11-25T11:59:59Z");
        check("2026-11-25T12:00:00.001Z", "2026-11-25T12:00:00Z");
        check("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z");
    }
}
