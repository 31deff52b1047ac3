//! The lives whose cost is counted, each step by itself.

use serde_json::{Value, json};

use super::{Meter, Units};
use crate::{
    ReceiverBehavior, Tenant, TestResponse, World, new_charge, new_payout, new_refund, text,
};

/// The endpoint of the account, which receives every event.
const HOOK: &str = "https://hooks.example.com/";

/// What does a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// A request of a caller.
    Operation,
    /// The relay, which publishes events.
    Publish,
    /// The dispatcher, which sends webhooks.
    Send,
    /// The worker that sends an order to the network.
    Order,
}

/// A step of a life and what it cost.
#[derive(Debug, Clone)]
pub struct CountedStep {
    /// Name of the operation, or what the functions of the background do.
    pub name: &'static str,
    /// What does it.
    pub kind: StepKind,
    /// Units of DynamoDB.
    pub units: Units,
    /// Bytes of the log lines of the functions.
    pub log_bytes: usize,
    /// Bytes of the bodies that left the account: responses and webhooks.
    pub sent_bytes: usize,
    /// Number of webhooks.
    pub webhooks: usize,
    /// Number of published events.
    pub events: usize,
}

/// A life of an object.
#[derive(Debug, Clone)]
pub struct CountedLife {
    /// Name of the life.
    pub name: &'static str,
    /// Its steps in their order.
    pub steps: Vec<CountedStep>,
}

impl CountedLife {
    /// Returns the sum of the steps.
    pub fn units(&self) -> Units {
        units(&self.steps)
    }
}

/// Returns the sum of steps.
pub(super) fn units(steps: &[CountedStep]) -> Units {
    let mut sum = Units::default();
    for step in steps {
        sum += &step.units;
    }
    sum
}

/// Name of the life of an ordinary charge.
pub(super) const CHARGE: &str = "a charge";
/// Name of the life of an ordinary payout.
pub(super) const PAYOUT: &str = "a payout";

/// Plays every life, each in a world of its own.
pub async fn play_lives() -> Vec<CountedLife> {
    vec![
        Box::pin(charge(CHARGE, &new_charge())).await,
        Box::pin(charge(
            "a charge with a description, a reference and four notes",
            &described_charge(),
        ))
        .await,
        Box::pin(payout()).await,
        Box::pin(refund()).await,
    ]
}

async fn charge(name: &'static str, body: &Value) -> CountedLife {
    let mut player = Box::pin(Player::begin(name)).await;
    let request = player.world.post("/v1/charges").key(&player.key).idempotency_key("order-1042");
    let created = request.json(body).send().await;
    player.answered("`create_charge`", &created);
    player.events().await;
    let paid = player.world.pay(&player.key, &text(&created.created()["id"])).await;
    paid.ok();
    player.answered("`pay_charge`, credited at once", &paid);
    player.events().await;
    player.life
}

async fn payout() -> CountedLife {
    let mut player = Box::pin(Player::begin(PAYOUT)).await;
    let created = player.world.payout(&player.key, "payout-1042", &new_payout()).await;
    created.created();
    player.answered("`create_payout` by Pix, released at once", &created);
    player.events().await;
    player.order().await;
    player.events().await;
    player.life
}

async fn refund() -> CountedLife {
    let mut player = Box::pin(Player::begin("a refund")).await;
    let charge = player.world.paid_charge(&player.key, 10_000).await;
    player.world.deliver().await;
    player.count();
    let created = player.world.refund(&player.key, &charge, "refund-1042", &new_refund()).await;
    created.created();
    player.answered("`create_refund`", &created);
    player.events().await;
    player.order().await;
    player.events().await;
    player.life
}

fn described_charge() -> Value {
    let mut charge = new_charge();
    charge["description"] = json!("Order 1042: two shirts and one pair of shoes");
    charge["reference"] = json!("order-2026-11-23-1042");
    charge["metadata"] = json!({
        "channel": "web", "customer": "c-58210", "store": "Sao Paulo 12", "campaign": "black-friday",
    });
    charge
}

/// Plays a life in a world, and counts each step.
pub(super) struct Player {
    pub(super) world: World,
    pub(super) key: String,
    pub(super) meter: Meter,
    /// Requests, log lines and webhooks that were counted.
    seen: (usize, usize, usize),
    life: CountedLife,
}

impl Player {
    /// Begins in an account that has money and an endpoint, after its first entry of the day, because that
    /// one writes a row more.
    pub(super) async fn begin(name: &'static str) -> Self {
        let world = World::repeatable().await;
        let Tenant { program, .. } = world.tenant("loja").await;
        // The rows of people and keys, which no life writes, count as one read unit each.
        world.bundle.faults().record();
        world.receivers.always(HOOK, ReceiverBehavior::Answers(204));
        world.endpoint(&program.api_key, HOOK, &["*"]).await;
        world.pay_in(&program.api_key, 10_000).await;
        world.deliver().await;
        let life = CountedLife { name, steps: Vec::new() };
        let key = program.api_key;
        let mut player = Self { world, key, meter: Meter::default(), seen: (0, 0, 0), life };
        player.count();
        player
    }

    /// Publishes the events of the stream, and makes the attempts of their deliveries.
    pub(super) async fn events(&mut self) {
        while self.world.bundle.relay().await.expect("the stream flows") > 0 {}
        self.step(StepKind::Publish, "`relay_changes`", 0);
        for lane in [queue::Lane::Live, queue::Lane::Retry] {
            while self.world.bundle.dispatch(lane).await.expect("the queue flows") > 0 {}
        }
        self.step(StepKind::Send, "`send_live`", 0);
    }

    /// Sends the order of a payout or refund to the network, until the network has paid it.
    async fn order(&mut self) {
        while self.world.bundle.dispatch(queue::Lane::Orders).await.expect("the queue flows") > 0 {}
        self.step(StepKind::Order, "`submit_orders`, paid at once", 0);
    }

    fn answered(&mut self, name: &'static str, answer: &TestResponse) {
        self.step(StepKind::Operation, name, answer.body.len());
    }

    fn step(&mut self, kind: StepKind, name: &'static str, answered_bytes: usize) {
        let counted = self.count();
        let sent_bytes = counted.sent_bytes + answered_bytes;
        self.life.steps.push(CountedStep { kind, name, sent_bytes, ..counted });
    }

    /// Counts what happened since the last count.
    pub(super) fn count(&mut self) -> CountedStep {
        let (sent, logged) = (self.world.bundle.faults().sent(), self.world.logged());
        let received = self.world.receivers.all();
        let (requests, lines, webhooks) = self.seen;
        self.seen = (sent.len(), logged.len(), received.len());
        let units = self.meter.count(&sent[requests..]);
        let log_bytes = logged[lines..].iter().map(bytes_of_line).sum();
        let sent_bytes = received[webhooks..].iter().map(|webhook| webhook.body.len()).sum();
        let webhooks = received.len() - webhooks;
        // The relay marks each event that it published.
        let events = units.rows.iter().filter(|(kind, _)| kind == "event").count();
        let (kind, name) = (StepKind::Operation, "");
        CountedStep { name, kind, units, log_bytes, sent_bytes, webhooks, events }
    }
}

/// Returns the bytes of a log line with its end. A duration counts as two digits, because it differs in each
/// run.
fn bytes_of_line(line: &Value) -> usize {
    let mut line = line.clone();
    if let Some(latency) = line.get_mut("latency_ms") {
        *latency = json!(10);
    }
    line.to_string().len() + 1
}
