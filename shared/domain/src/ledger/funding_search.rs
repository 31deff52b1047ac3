//! The search of an account for waiting payouts that its money covers.
use crate::kernel::{AccountId, PayoutId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The time after which a search is made again although no money moved: the list of waiting payouts
/// lags behind, so a search can miss a new one.
const REPEAT_INTERVAL: SignedDuration = SignedDuration::from_mins(10);

/// The progress of a search. A search goes through all waiting payouts, oldest first, over several
/// ticks if there are many. It begins again only after money moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundingSearch {
    /// Account of the payouts.
    pub account_id: AccountId,
    /// Number of ledger entries at the begin of the search.
    pub sequence: u64,
    /// Last payout that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<PayoutId>,
    /// Time at which the search was complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Version of the row.
    pub version: u64,
}

impl FundingSearch {
    /// Returns the search of an account that had none.
    pub fn none(account_id: AccountId) -> Self {
        let ended_at = Some(Timestamp::UNIX_EPOCH);
        Self { account_id, sequence: 0, after: None, ended_at, version: 0 }
    }

    /// Begins a search, or continues the one that is not complete; `sequence` is the number of ledger
    /// entries. Returns false if a search would find nothing new.
    pub fn begin(&mut self, sequence: u64, now: Timestamp) -> bool {
        let Some(ended_at) = self.ended_at else { return true };
        if self.sequence == sequence && now < ended_at + REPEAT_INTERVAL {
            return false;
        }
        (self.sequence, self.after, self.ended_at) = (sequence, None, None);
        true
    }

    /// Records the last payout that was looked at, or the end of the search.
    pub fn advance(&mut self, last: Option<PayoutId>, now: Timestamp) {
        self.after = last;
        self.ended_at = last.is_none().then_some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Id;

    #[test]
    fn a_search_goes_on_until_its_end_and_begins_again_when_money_moved() {
        let second =
            |second: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_000 + second);
        let mut search = FundingSearch::none(AccountId::from_ulid(1_u128.into()));
        assert!(search.begin(7, second(0)));
        let last = PayoutId::from_ulid(5_u128.into());
        search.advance(Some(last), second(0));
        assert!(search.begin(9, second(60)), "money that moved does not restart it");
        assert_eq!((search.sequence, search.after), (7, Some(last)));
        search.advance(None, second(60));
        assert!(search.begin(9, second(120)), "money moved during the search");
        assert_eq!((search.sequence, search.after), (9, None));
        search.advance(None, second(120));
        assert!(!search.begin(9, second(719)));
        assert!(search.begin(9, second(720)));
    }
}
