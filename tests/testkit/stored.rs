//! Rows of the table, read directly and not through the API.

use domain::charge::Charge;
use domain::event::Event;
use domain::kernel::{AccountId, ChargeId, Id};
use domain::ledger::{Balances, Books, Entry, EntryPosition, Hold, RunningTotals};
use store::{Item, Key, Listing, Page};

use crate::World;

impl World {
    /// Returns the books of an account and its entries, and checks that they agree.
    ///
    /// The entries have no gap and never go below zero.
    /// Their sum is what the books say, and the sum of the open holds is what the books hold.
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
            let stored = (entry.available_after_cents, entry.held_after_cents);
            assert_eq!(stored, (after.available_cents, after.held_cents), "{entry:?}");
            Some(after)
        });
        assert_eq!(sum, Some(books.balances));
        assert!(books.balances.agree(), "{books:?}");
        let holds = self.all::<Hold>(&Listing::OpenHolds(account_id)).await;
        let held = holds.iter().map(|hold| hold.amount_cents).sum::<u64>();
        assert_eq!(held, books.balances.held_cents);
        (books, entries)
    }

    /// Returns the entries of an account in their order, without a check.
    pub async fn entries(&self, account_id: AccountId) -> Vec<Entry> {
        let start = RunningTotals::default().next_position();
        self.all(&Listing::Entries(account_id, start, EntryPosition::END)).await
    }

    async fn all<T: Item>(&self, listing: &Listing) -> Vec<T> {
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

    /// Returns the events of a charge, oldest first, and checks that they count from 1 and that each
    /// names the one before.
    pub async fn events(&self, account_id: AccountId, charge_id: &str) -> Vec<Event> {
        let history = self.stored_charge(account_id, charge_id).await.history;
        let mut events: Vec<Event> = Vec::new();
        let mut next = history.last_event_id;
        while let Some(id) = next {
            let found = self.bundle.app().store.find::<Event>(&Key::Event(account_id, id)).await;
            let event = found.expect("readable").expect("no gap");
            assert_eq!(event.object_id, charge_id);
            next = event.previous_event_id;
            events.push(event);
        }
        events.reverse();
        let counted: Vec<_> = events.iter().map(|event| event.sequence).collect();
        assert_eq!(counted, (1..=history.sequence).collect::<Vec<_>>());
        events
    }
}
