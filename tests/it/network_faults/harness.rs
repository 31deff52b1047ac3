//! One order at the network in a world of its own, for the faults that every kind of order must
//! survive.

use domain::ledger::{Books, EntryKind};
use queue::Lane;
use serde_json::{Value, json};
use store::Key;
use tests::{Tenant, TestResponse, World, new_payout, new_refund, text};

/// The kinds of orders. A new kind is a variant here, and a line of `every_order_survives!`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TestedOrder {
    Payout,
    Refund,
    /// The return of a payment that matched no charge.
    Credit,
}

/// A world with a paid charge of 100 reais, of which 9,901 cents are available.
pub(crate) struct OrderHarness {
    pub(crate) world: World,
    pub(crate) tenant: Tenant,
    /// The charge that is paid. Refunds are of it, and payouts are paid from its money.
    pub(crate) charge_id: String,
    /// The credit that is returned.
    credit: Value,
    kind: TestedOrder,
}

impl OrderHarness {
    /// Cents that are available before the order.
    pub(crate) const AVAILABLE: u64 = 9_901;

    pub(crate) async fn new(kind: TestedOrder) -> Self {
        let world = World::new().await;
        let tenant = world.tenant("loja").await;
        let charge_id = world.paid_charge(&tenant.program.api_key, 10_000).await;
        let credit = match kind {
            TestedOrder::Credit => world.credit(&tenant.program.api_key, 400).await,
            TestedOrder::Payout | TestedOrder::Refund => Value::Null,
        };
        Self { world, tenant, charge_id, credit, kind }
    }

    pub(crate) fn key(&self) -> &str {
        &self.tenant.program.api_key
    }

    /// Requests the order at this instance; the same name is the same request.
    pub(crate) async fn request(&self, world: &World, name: &str) -> TestResponse {
        match self.kind {
            TestedOrder::Payout => world.payout(self.key(), name, &new_payout()).await,
            TestedOrder::Refund => {
                world.refund(self.key(), &self.charge_id, name, &new_refund()).await
            }
            TestedOrder::Credit => {
                let path = format!("/v1/credits/{}/return", text(&self.credit["id"]));
                let ask = world.post(&path).key(self.key()).idempotency_key(name);
                ask.json(&json!({})).send().await
            }
        }
    }

    /// Returns the status of an answer that accepts the order.
    pub(crate) fn accepted(&self) -> u16 {
        if self.kind == TestedOrder::Credit { 200 } else { 201 }
    }

    /// Returns the word of an order on its way.
    pub(crate) fn processing(&self) -> &'static str {
        if self.kind == TestedOrder::Credit { "returning" } else { "processing" }
    }

    /// Makes the order.
    pub(crate) async fn create(&self) -> Value {
        let response = self.request(&self.world, "1").await;
        assert_eq!(response.status, self.accepted(), "{}", response.text());
        response.json()
    }

    /// Returns the order as the API shows it.
    pub(crate) async fn find(&self, order: &Value) -> Value {
        match self.kind {
            TestedOrder::Payout => self.world.find_payout(self.key(), &order["id"]).await,
            TestedOrder::Refund => self.world.find_refund(self.key(), &order["id"]).await,
            TestedOrder::Credit => self.world.find_credit(self.key(), &order["id"]).await,
        }
    }

    /// Returns the cents that are held for the order, with its fee. The money of a credit was never
    /// available.
    pub(crate) fn held_cents(&self) -> u64 {
        match self.kind {
            TestedOrder::Payout => 2_550,
            TestedOrder::Refund => 400,
            TestedOrder::Credit => 0,
        }
    }

    /// Returns how many orders of the kind were submitted, also when the network did not get them.
    pub(crate) fn submissions(&self) -> usize {
        match self.kind {
            TestedOrder::Payout => self.world.network.payout_submissions(),
            TestedOrder::Refund | TestedOrder::Credit => self.world.network.refund_submissions(),
        }
    }

    /// Returns how many orders of the kind the network has.
    pub(crate) fn orders(&self) -> usize {
        match self.kind {
            TestedOrder::Payout => self.world.network.orders().len(),
            TestedOrder::Refund | TestedOrder::Credit => self.world.network.refunds().len(),
        }
    }

    /// Lets so many minutes pass, with the schedule and all queues.
    pub(crate) async fn minutes(&self, count: usize) {
        for _ in 0..count {
            self.world.wait_and_deliver(61).await;
        }
    }

    /// Lets a worker read the queue of orders once.
    pub(crate) async fn work(world: &World) {
        world.bundle.dispatch(Lane::Orders).await.expect("the queue flows");
    }

    /// Freezes the account, or thaws it.
    pub(crate) async fn freeze(&self, is_frozen: bool) {
        let store = &self.world.bundle.app().store;
        let books = store.find::<Books>(&Key::Books(self.tenant.account_id)).await;
        let mut books = books.expect("readable").expect("there");
        books.frozen_at = is_frozen.then(|| self.world.now());
        store.replace(&books).await.expect("written");
    }

    /// Checks that the order is processing and its money held.
    pub(crate) async fn is_open(&self, order: &Value) {
        assert_eq!(self.find(order).await["status"], self.processing());
        let (books, _) = self.world.ledger(self.tenant.account_id).await;
        let unmatched = if self.kind == TestedOrder::Credit { 400 } else { 0 };
        let waits = (books.balances.held_cents, books.balances.unmatched_cents);
        assert_eq!(waits, (self.held_cents(), unmatched));
    }

    /// Checks that a change of the order is refused while the network may have it.
    pub(crate) async fn cannot_be_cancelled(&self, order: &Value) {
        if self.kind == TestedOrder::Credit {
            let keep = self.world.decide(self.key(), order, "keep", &json!({})).await;
            keep.problem(409, "credit_state");
        }
        if self.kind == TestedOrder::Payout {
            let cancel = format!("/v1/payouts/{}/cancel", order["id"].as_str().expect("an id"));
            let cancel = self.world.post(&cancel).key(self.key()).send().await;
            cancel.problem(409, "payout_state");
        }
    }

    /// Checks that nothing of an order is there: the charge has no refund on its way.
    pub(crate) async fn is_untouched(&self) {
        let charge = self.world.find_charge(self.key(), &self.charge_id).await;
        assert_eq!(charge["refunding_amount_cents"], 0);
    }

    /// Checks that the order is paid, and once: one order at the network, one entry in the books,
    /// nothing held; the charge of a refund knows it.
    pub(crate) async fn is_paid_once(&self, order: &Value) {
        let ended = self.find(order).await;
        let word = if self.kind == TestedOrder::Credit { "returned" } else { "paid" };
        assert_eq!((&ended["status"], &ended["unconfirmed_since"]), (&json!(word), &Value::Null));
        assert_eq!(self.orders(), 1);
        let kind = match self.kind {
            TestedOrder::Payout => EntryKind::PayoutPaid,
            TestedOrder::Refund => EntryKind::RefundPaid,
            TestedOrder::Credit => EntryKind::CreditReturned,
        };
        let (books, entries) = self.world.ledger(self.tenant.account_id).await;
        let paid = entries.iter().filter(|entry| entry.kind == kind).count();
        assert_eq!((paid, books.balances.held_cents), (1, 0));
        assert_eq!(books.balances.unmatched_cents, 0);
        match self.kind {
            TestedOrder::Payout => {
                assert_eq!(self.world.network.orders()[0].order_id, ended["end_to_end_id"]);
                // It was stored before the submission, so no fault loses it.
                assert_eq!(ended["recipient"]["ispb"], "60701190");
            }
            TestedOrder::Credit => {
                let order = self.world.network.refunds().remove(0);
                let paid = order.end_to_end_id.map(|id| id.to_string());
                assert_eq!(paid, Some(text(&self.credit["end_to_end_id"])));
            }
            TestedOrder::Refund => {
                assert_eq!(ended["charge_id"], self.charge_id);
                let charge = self.world.find_charge(self.key(), &self.charge_id).await;
                assert_eq!(
                    (&charge["refunding_amount_cents"], &charge["refunded_amount_cents"]),
                    (&json!(0), &json!(400))
                );
            }
        }
    }
}
