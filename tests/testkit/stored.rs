//! Rows of the table, read directly and not through the API.

use domain::beneficiary::SavedBeneficiary;
use domain::charge::{Charge, ReturnUpdate};
use domain::collection::Collection;
use domain::credit::{Credit, CreditStatus};
use domain::dispute::Dispute;
use domain::event::{Event, History};
use domain::kernel::{
    AccountId, BeneficiaryId, ChargeId, CollectionId, DisputeId, Id, KycRequestId,
};
use domain::kyc::KycRequest;
use domain::ledger::{BalanceBlock, Balances, Books, Entry, EntryPosition, Hold, RunningTotals};
use store::{Item, Key, Listing, Page, Span, Writes};

use crate::World;

impl World {
    /// Returns the books of an account and its entries, and checks that they agree.
    ///
    /// The entries have no gap and never go below zero.
    /// Their sum is what the books say, and the open holds and blocks are what the books hold and block.
    /// The open credits are the unmatched money.
    /// Nothing is available while a debt or a block waits for money.
    pub async fn ledger(&self, account_id: AccountId) -> (Books, Vec<Entry>) {
        let store = &self.bundle.app().store;
        let books = store.find::<Books>(&Key::Books(account_id)).await;
        let books = books.expect("readable").expect("there");
        let entries = self.entries(account_id).await;
        let numbers = entries.iter().map(|entry| entry.sequence);
        assert!(numbers.eq(1..=books.sequence), "the entries have no gap");
        let sum = entries.iter().try_fold(Balances::default(), |balances, entry| {
            assert!(entry.kind.routes().contains(&(entry.debit, entry.credit)), "{entry:?}");
            let after = balances.apply((entry.debit, entry.credit), entry.amount_cents)?;
            let stored =
                [entry.available_after_cents, entry.held_after_cents, entry.blocked_after_cents];
            let summed = [after.available_cents, after.held_cents, after.blocked_cents];
            assert_eq!(stored, summed, "{entry:?}");
            Some(after)
        });
        assert_eq!(sum, Some(books.balances));
        assert!(books.balances.agree(), "{books:?}");
        let holds = self.all::<Hold>(&Listing::OpenHolds(account_id)).await;
        let held = holds.iter().map(|hold| hold.amount_cents).sum::<u64>();
        assert_eq!(held, books.balances.held_cents);
        let open = Listing::BlocksIn(account_id, "open");
        let blocks = self.all::<BalanceBlock>(&open).await;
        let blocked = blocks.iter().map(|block| block.blocked_cents(&books)).sum::<u64>();
        assert_eq!(blocked, books.balances.blocked_cents, "{blocks:?}");
        let credits = self.all::<Credit>(&Listing::Credits(account_id, Span::default())).await;
        let is_open = |credit: &&Credit| {
            matches!(credit.status, CreditStatus::Unmatched | CreditStatus::Returning)
        };
        let open = credits.iter().filter(is_open);
        let unmatched = open.map(Credit::amount_cents).sum::<u64>();
        assert_eq!(unmatched, books.balances.unmatched_cents, "{credits:?}");
        let waits = books.balances.owed_cents > 0 || !books.claims.is_empty();
        assert!(!waits || books.balances.available_cents == 0, "{books:?}");
        (books, entries)
    }

    /// Reports a fact about money of a charge as its network does, outside of the sandbox. `fee_cents` is the
    /// price of a dispute.
    pub async fn report_return(
        &self,
        account_id: AccountId,
        charge_id: &str,
        update: &ReturnUpdate,
        fee_cents: u64,
    ) {
        let (store, moment) = (&self.bundle.app().store, self.bundle.app().moment());
        let charge = self.stored_charge(account_id, charge_id).await;
        let books = self.ledger(account_id).await.0;
        let context = store.read_dispute_context(charge, books, update).await;
        let mut context = context.expect("readable");
        let effects = rails::apply_return(&mut context, update, fee_cents, &moment);
        let writes = Writes::default().change_dispute(&context, &effects.expect("it applies"));
        store.commit(writes, &moment).await.expect("written");
    }

    /// Returns the entries of an account in their order, without a check.
    pub async fn entries(&self, account_id: AccountId) -> Vec<Entry> {
        let start = RunningTotals::default().next_position();
        self.all(&Listing::Entries(account_id, start, EntryPosition::END)).await
    }

    /// Returns all rows of a list.
    pub async fn all<T: Item>(&self, listing: &Listing) -> Vec<T> {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let page = Page { limit: 100, after };
            let listed = self.bundle.app().store.list::<T>(listing, page).await;
            let (more, next) = listed.expect("a list");
            rows.extend(more);
            after = next;
            if after.is_none() {
                return rows;
            }
        }
    }

    /// Returns a charge as it is stored.
    pub async fn stored_charge(&self, account_id: AccountId, charge_id: &str) -> Charge {
        let id = ChargeId::parse(charge_id).expect("an id");
        let charge = self.bundle.app().store.find(&Key::Charge(account_id, id)).await;
        charge.expect("readable").expect("there")
    }

    /// Returns the history of a charge, a dispute, a collection or a saved beneficiary.
    async fn history(&self, account_id: AccountId, object_id: &str) -> History {
        if let Ok(id) = CollectionId::parse(object_id) {
            let collection = self.bundle.app().store.find(&Key::Collection(account_id, id)).await;
            let collection: Collection = collection.expect("readable").expect("there");
            return collection.history;
        }
        if let Ok(id) = KycRequestId::parse(object_id) {
            let request = self.bundle.app().store.find(&Key::KycRequest(account_id, id)).await;
            let request: KycRequest = request.expect("readable").expect("there");
            return request.history;
        }
        if let Ok(id) = BeneficiaryId::parse(object_id) {
            let saved = self.bundle.app().store.find(&Key::Beneficiary(account_id, id)).await;
            let saved: SavedBeneficiary = saved.expect("readable").expect("there");
            return saved.history;
        }
        match DisputeId::parse(object_id) {
            Ok(id) => {
                let dispute = self.bundle.app().store.find(&Key::Dispute(account_id, id)).await;
                let dispute: Dispute = dispute.expect("readable").expect("there");
                dispute.history
            }
            Err(_) => self.stored_charge(account_id, object_id).await.history,
        }
    }

    /// Returns the events of one of these objects, oldest first, and checks that they count from 1 and that
    /// each names the one before.
    pub async fn events(&self, account_id: AccountId, object_id: &str) -> Vec<Event> {
        let history = self.history(account_id, object_id).await;
        let mut events: Vec<Event> = Vec::new();
        let mut next = history.last_event_id;
        while let Some(id) = next {
            let found = self.bundle.app().store.find::<Event>(&Key::Event(account_id, id)).await;
            let event = found.expect("readable").expect("no gap");
            assert_eq!(event.object_id, object_id);
            next = event.previous_event_id;
            events.push(event);
        }
        events.reverse();
        let counted: Vec<_> = events.iter().map(|event| event.sequence).collect();
        assert_eq!(counted, (1..=history.sequence).collect::<Vec<_>>());
        events
    }
}
