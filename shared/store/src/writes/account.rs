//! Steps that open an account.

use domain::access::ModeratorCount;
use domain::account::Account;
use domain::ledger::{Books, LedgerAudit};

use super::Writes;

impl Writes {
    /// Opens an account: its terms, empty books, the ledger audit, and a moderator count of 0.
    #[must_use]
    pub fn open_account(self, account: &Account) -> Self {
        let moderator_count = ModeratorCount { account_id: account.id, moderators: 0 };
        let check = LedgerAudit::begin(account.id, account.created_at);
        self.create(account)
            .create(&Books::open(account.id))
            .create(&check)
            .create(&moderator_count)
    }
}
