//! A bundle of its own for each test, with an account, its people and a key.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use dispatch::Timer;
use dispatch::egress::Egress;
use domain::access::{Permission, Role};
use domain::account::Stage;
use domain::kernel::{AccountId, Id};
use jiff::{SignedDuration, Timestamp};
use local::seed::{self, Program};
use local::{Bundle, BundleOptions, LocalClock, PepperText};
use runtime::{Clock, Log};
use serde_json::{Value, json};

use crate::{Ask, Human, NoTimer, Receivers, ScriptedNetwork, TestResponse};

/// When every test begins.
const BEGIN: &str = "2026-11-23T12:00:00Z";
/// Where the test's programs call from.
pub(crate) const ADDRESS: &str = "203.0.113.7";

#[derive(Default)]
struct Captured(Mutex<Vec<Value>>);

impl Log for Captured {
    fn line(&self, line: &Value) {
        self.0.lock().expect("no test panics while logging").push(line.clone());
    }
}

/// A pepper secret with these versions; the last is current.
pub fn pepper(versions: &[u8]) -> PepperText {
    let known: serde_json::Map<_, _> = versions
        .iter()
        .map(|version| (version.to_string(), json!(format!("{version:064}"))))
        .collect();
    let mut secret = json!({ "current": versions.last() });
    secret.as_object_mut().expect("an object").extend(known);
    PepperText(secret.to_string())
}

/// An account of the world: two moderators (logged in on demand) and a program.
pub struct Tenant {
    /// Its id.
    pub account_id: AccountId,
    /// A moderator with two-factor.
    pub ana: Human,
    /// Another.
    pub bruno: Human,
    /// A program with `charges:write`, `payouts:write`, `webhooks:write`, `pix_keys:read` and
    /// `statement:read`, called from 203.0.113.7.
    pub program: Program,
}

/// A test's own deployment.
pub struct World {
    /// The bundle.
    pub bundle: Bundle,
    /// Where webhooks arrive.
    pub receivers: Receivers,
    /// The network that pays out.
    pub network: ScriptedNetwork,
    log: Arc<Captured>,
    requests: AtomicU64,
}

impl World {
    /// A sandbox deployment.
    pub async fn new() -> Self {
        Self::on(Stage::Sandbox).await
    }

    /// A deployment of this stage.
    pub async fn on(stage: Stage) -> Self {
        let clock = Self::clock();
        let egress = Receivers::new(Arc::clone(&clock));
        Self::with(stage, clock, Arc::new(egress.clone()), Arc::new(NoTimer), egress).await
    }

    /// A clock that stands at the beginning.
    pub fn clock() -> Arc<LocalClock> {
        let begin: Timestamp = BEGIN.parse().expect("a timestamp");
        Arc::new(LocalClock::frozen(begin))
    }

    /// A deployment on this clock, with what posts and what waits.
    pub async fn with(
        stage: Stage,
        clock: Arc<LocalClock>,
        egress: Arc<dyn Egress>,
        timer: Arc<dyn Timer>,
        receivers: Receivers,
    ) -> Self {
        let (log, network) = (Arc::new(Captured::default()), ScriptedNetwork::default());
        let options = BundleOptions {
            database: None,
            files: None,
            pepper: pepper(&[1]),
            signing: pepper(&[9]),
            clock,
            log: log.clone(),
            stage,
            public_url: Some("http://127.0.0.1:4000".to_owned()),
            egress,
            rails: network.rails(stage),
            timer,
            loopback_receivers: false,
        };
        let bundle = Bundle::start(options).await.expect("the bundle starts");
        Self { bundle, receivers, network, log, requests: AtomicU64::new(0) }
    }

    /// Another sandbox of this deployment: same table, own caches, with a changed set-up if asked for.
    #[must_use]
    pub fn second_sandbox(&self, change: impl FnOnce(&mut runtime::Config)) -> Self {
        let bundle = self.bundle.second_sandbox(change);
        let (receivers, log) = (self.receivers.clone(), Arc::clone(&self.log));
        let network = self.network.clone();
        Self { bundle, receivers, network, log, requests: AtomicU64::new(1_000_000) }
    }

    /// Opens an account with its people; `name` makes their e-mails.
    pub async fn tenant(&self, name: &str) -> Tenant {
        let account = seed::account(self.bundle.app(), name).await.expect("an account");
        let account_id = account.id;
        let ana =
            self.human(account_id, &format!("ana@{name}.example"), &[Role::Moderator], true).await;
        let bruno = self
            .human(account_id, &format!("bruno@{name}.example"), &[Role::Moderator], true)
            .await;
        let permissions = [
            Permission::ChargesWrite,
            Permission::PayoutsWrite,
            Permission::WebhooksWrite,
            Permission::PixKeysRead,
            Permission::StatementRead,
        ];
        let program = self.program(account_id, &permissions, &[ADDRESS]).await;
        Tenant { account_id, ana, bruno, program }
    }

    /// Adds a person who accepted their invitation.
    pub async fn human(
        &self,
        account_id: AccountId,
        email: &str,
        roles: &[Role],
        enrolled: bool,
    ) -> Human {
        let named = (email.split('@').next().unwrap_or(email), email);
        let added = seed::person(self.bundle.app(), account_id, named, roles, enrolled).await;
        let (user_id, person) = added.expect("a person");
        Human { user_id: user_id.to_string(), person, session: String::new() }
    }

    /// Adds a program with a key.
    pub async fn program(
        &self,
        account_id: AccountId,
        permissions: &[Permission],
        addresses: &[&str],
    ) -> Program {
        let app = self.bundle.app();
        seed::program(app, account_id, "program", permissions, addresses).await.expect("a program")
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.bundle.clock().now()
    }

    /// Lets time pass; nothing runs by itself.
    pub fn wait(&self, seconds: i64) {
        self.bundle.clock().advance(SignedDuration::from_secs(seconds));
    }

    /// Lets time pass and the schedule run once; how much it did. The stream has flowed meanwhile, so
    /// that nothing is left to the sweep.
    pub async fn wait_and_tick(&self, seconds: i64) -> u64 {
        while self.bundle.relay().await.expect("the stream flows") > 0 {}
        self.wait(seconds);
        self.bundle.tick().await.expect("the schedule runs")
    }

    /// Lets stream and lanes do everything that is to be done at this instant.
    pub async fn deliver(&self) -> usize {
        self.bundle.deliver().await.expect("the deliveries flow")
    }

    /// Lets time pass, the schedule run, and stream and lanes do what there is.
    pub async fn wait_and_deliver(&self, seconds: i64) {
        self.wait_and_tick(seconds).await;
        self.deliver().await;
    }

    /// Registers an endpoint for these events; its id and its secret.
    pub async fn endpoint(&self, api_key: &str, url: &str, events: &[&str]) -> (String, String) {
        let new = json!({ "url": url, "events": events });
        let made = self.post("/v1/webhook-endpoints").key(api_key).json(&new).send().await;
        let made = made.created();
        let text = |name: &str| made[name].as_str().expect("text").to_owned();
        (text("id"), text("secret"))
    }

    /// The deliveries of a key's account, oldest first, as the API lists them.
    pub async fn deliveries(&self, api_key: &str) -> Vec<Value> {
        let page = self.get("/v1/deliveries?limit=100").key(api_key).send().await.ok();
        let mut rows = page["data"].as_array().cloned().expect("a list");
        rows.reverse();
        rows
    }

    pub(crate) fn request_id(&self) -> String {
        format!("req-{}", self.requests.fetch_add(1, Ordering::SeqCst))
    }

    /// A request.
    pub fn ask(&self, method: &str, target: &str) -> Ask<'_> {
        Ask::new(self, method, target)
    }

    /// A GET.
    pub fn get(&self, target: &str) -> Ask<'_> {
        self.ask("GET", target)
    }

    /// A POST.
    pub fn post(&self, target: &str) -> Ask<'_> {
        self.ask("POST", target)
    }

    /// Opens a charge of 10 reais.
    pub async fn charge(&self, api_key: &str, idempotency_key: &str) -> TestResponse {
        self.post("/v1/charges")
            .key(api_key)
            .idempotency_key(idempotency_key)
            .json(&new_charge())
            .send()
            .await
    }

    /// Pays a charge in the sandbox.
    pub async fn pay(&self, api_key: &str, charge_id: &str) -> TestResponse {
        self.post(&format!("/v1/sandbox/charges/{charge_id}/pay")).key(api_key).send().await
    }

    /// Puts money into the available balance: a charge of so much is paid. Its fee is 99 basis points.
    pub async fn pay_in(&self, api_key: &str, amount_cents: u64) {
        self.paid_charge(api_key, amount_cents).await;
    }

    /// Sends money; the same name is the same payout.
    pub async fn payout(&self, api_key: &str, name: &str, payout: &Value) -> TestResponse {
        self.post("/v1/payouts").key(api_key).idempotency_key(name).json(payout).send().await
    }

    /// A payout as the API shows it.
    pub async fn find_payout(&self, api_key: &str, id: &Value) -> Value {
        let id = id.as_str().expect("an id");
        self.get(&format!("/v1/payouts/{id}")).key(api_key).send().await.ok()
    }

    /// Opens a charge of so much and has it paid; its id.
    pub async fn paid_charge(&self, api_key: &str, amount_cents: u64) -> String {
        let mut charge = new_charge();
        charge["amount_cents"] = json!(amount_cents);
        let name = format!("pay-in-{}", self.request_id());
        let ask = self.post("/v1/charges").key(api_key).idempotency_key(&name).json(&charge);
        let id = ask.send().await.created()["id"].as_str().expect("an id").to_owned();
        self.pay(api_key, &id).await.ok();
        id
    }

    /// Gives money of a charge back; the same name is the same refund.
    pub async fn refund(
        &self,
        api_key: &str,
        charge_id: &str,
        name: &str,
        refund: &Value,
    ) -> TestResponse {
        let path = format!("/v1/charges/{charge_id}/refunds");
        self.post(&path).key(api_key).idempotency_key(name).json(refund).send().await
    }

    /// A refund as the API shows it.
    pub async fn find_refund(&self, api_key: &str, id: &Value) -> Value {
        let id = id.as_str().expect("an id");
        self.get(&format!("/v1/refunds/{id}")).key(api_key).send().await.ok()
    }

    /// A charge as the API shows it.
    pub async fn find_charge(&self, api_key: &str, id: &str) -> Value {
        self.get(&format!("/v1/charges/{id}")).key(api_key).send().await.ok()
    }

    /// Everything that was logged.
    pub fn logged(&self) -> Vec<Value> {
        self.log.0.lock().expect("no test panics while logging").clone()
    }

    /// The last line of the log.
    pub fn last_logged(&self) -> Value {
        self.logged().pop().expect("something was logged")
    }

    /// The books of an account and their entries, read from the table. They agree: what the entries
    /// add up to is what the books say, without a gap and never below zero, and what is held is the
    /// sum of the open holds.
    pub async fn ledger(
        &self,
        account_id: AccountId,
    ) -> (domain::ledger::Books, Vec<domain::ledger::Entry>) {
        let store = &self.bundle.app().store;
        let books = store.find::<domain::ledger::Books>(&store::Key::Books(account_id)).await;
        let books = books.expect("readable").expect("there");
        let entries = self.entries(account_id).await;
        let numbers = entries.iter().map(|entry| entry.sequence);
        assert!(numbers.eq(1..=books.sequence), "the entries have no gap");
        let moved =
            entries.iter().try_fold(domain::ledger::Balances::default(), |balances, entry| {
                assert!(entry.kind.routes().contains(&(entry.debit, entry.credit)), "{entry:?}");
                let after = balances.apply((entry.debit, entry.credit), entry.amount_cents)?;
                let told = (entry.available_after_cents, entry.held_after_cents);
                assert_eq!(told, (after.available_cents, after.held_cents), "{entry:?}");
                Some(after)
            });
        assert_eq!(moved, Some(books.balances));
        assert!(books.balances.agree(), "{books:?}");
        assert_eq!(self.held(account_id).await, books.balances.held_cents);
        (books, entries)
    }

    /// The entries of an account as they are, in their order.
    pub async fn entries(&self, account_id: AccountId) -> Vec<domain::ledger::Entry> {
        let store = &self.bundle.app().store;
        let start = domain::ledger::RunningTotals::default().next_position();
        let listing =
            store::Listing::Entries(account_id, start, domain::ledger::EntryPosition::END);
        let (mut entries, mut after) = (Vec::new(), None);
        loop {
            let page = store::Page { limit: 100, after };
            let (more, ended) =
                store.list::<domain::ledger::Entry>(&listing, page).await.expect("a list");
            entries.extend(more);
            after = ended;
            if after.is_none() {
                return entries;
            }
        }
    }

    /// The sum of an account's open holds.
    async fn held(&self, account_id: AccountId) -> u64 {
        let store = &self.bundle.app().store;
        let (mut sum, mut after) = (0, None);
        loop {
            let page = store::Page { limit: 100, after };
            let listing = store::Listing::OpenHolds(account_id);
            let (holds, ended) =
                store.list::<domain::ledger::Hold>(&listing, page).await.expect("a list");
            sum += holds.iter().map(|hold| hold.amount_cents).sum::<u64>();
            after = ended;
            if after.is_none() {
                return sum;
            }
        }
    }

    /// A charge as it is stored.
    pub async fn stored_charge(
        &self,
        account_id: AccountId,
        charge_id: &str,
    ) -> domain::charge::Charge {
        let id = domain::kernel::ChargeId::parse(charge_id).expect("an id");
        let key = store::Key::Charge(account_id, id);
        self.bundle.app().store.find(&key).await.expect("readable").expect("there")
    }

    /// The events of a charge, oldest first. They count from 1, and each names the one before.
    pub async fn events(
        &self,
        account_id: AccountId,
        charge_id: &str,
    ) -> Vec<domain::event::Event> {
        let history = self.stored_charge(account_id, charge_id).await.history;
        let mut events: Vec<domain::event::Event> = Vec::new();
        let mut next = history.last_event_id;
        while let Some(id) = next {
            let key = store::Key::Event(account_id, id);
            let found = self.bundle.app().store.find::<domain::event::Event>(&key).await;
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

    /// The newest charges of a key's account, as the API lists them.
    pub async fn charges(&self, api_key: &str) -> Vec<Value> {
        let page = self.get("/v1/charges?limit=100").key(api_key).send().await;
        let rows = page.ok()["data"].as_array().cloned();
        rows.expect("a list")
    }

    /// The transactions that were sent since the faults began to record.
    pub fn transactions(&self) -> Vec<String> {
        let sent = self.bundle.faults().sent().into_iter();
        sent.filter(|sent| sent.operation == "TransactWriteItems").map(|sent| sent.body).collect()
    }
}

/// The body of a charge of 10 reais.
pub fn new_charge() -> Value {
    json!({
        "method": "pix",
        "amount_cents": 1_000,
        "payer": {
            "name": "Maria Silva",
            "document": { "type": "cpf", "number": "529.982.247-25" },
            "email": "maria@example.com",
        },
    })
}

/// The body of a refund of 4 reais.
pub fn new_refund() -> Value {
    json!({ "amount_cents": 400, "reason": "One of two items came back" })
}

/// The body of a payout of 25 reais.
pub fn new_payout() -> Value {
    json!({
        "amount_cents": 2_500,
        "to": { "pix_key": { "type": "email", "key": "maria@example.com" } },
        "beneficiary": {
            "name": "Maria Silva",
            "document": { "type": "cpf", "number": "529.982.247-25" },
        },
    })
}
