//! What a million operations cost at list prices, from counted units.
//!
//! Counted: units of DynamoDB, log lines, bodies, webhooks. Assumed, because nothing was measured on AWS: how
//! long functions run, and how full their batches are.

use std::fmt::Write;

use super::lives::{CHARGE, PAYOUT};
use super::{CountedLife, CountedStep, StepKind};

/// List prices of a region in picodollars (10^-12), without free tiers and discounts by volume.
struct Prices {
    region: &'static str,
    /// A write unit of DynamoDB on demand. <https://aws.amazon.com/dynamodb/pricing/on-demand/>
    write_unit: u64,
    /// A read unit of DynamoDB on demand.
    read_unit: u64,
    /// A request to an HTTP API. <https://aws.amazon.com/api-gateway/pricing/>
    request: u64,
    /// A run of a Lambda function. <https://aws.amazon.com/lambda/pricing/>
    run: u64,
    /// A millisecond of a function with 256 MB on arm64.
    millisecond: u64,
    /// A call of SQS. <https://aws.amazon.com/sqs/pricing/>
    queue_call: u64,
    /// A byte of a log. <https://aws.amazon.com/cloudwatch/pricing/>
    log_byte: u64,
    /// A byte to the internet. <https://aws.amazon.com/ec2/pricing/on-demand/>
    sent_byte: u64,
}

/// Prices of 2026-11-28. Those of us-east-1 are list prices of that day; in the other regions only the
/// prices of DynamoDB and logs of sa-east-1 are.
const PRICES: [Prices; 3] = [
    Prices {
        region: "us-east-1",
        write_unit: 625_000,
        read_unit: 125_000,
        request: 1_000_000,
        run: 200_000,
        millisecond: 3_333,
        queue_call: 400_000,
        log_byte: 500,
        sent_byte: 90,
    },
    Prices {
        region: "sa-east-1",
        write_unit: 937_500,
        read_unit: 187_500,
        request: 1_510_000,
        run: 200_000,
        millisecond: 3_333,
        queue_call: 400_000,
        log_byte: 900,
        sent_byte: 150,
    },
    Prices {
        region: "eu-west-1",
        write_unit: 705_000,
        read_unit: 141_000,
        request: 1_110_000,
        run: 200_000,
        millisecond: 3_333,
        queue_call: 400_000,
        log_byte: 570,
        sent_byte: 90,
    },
];

/// Milliseconds of an operation (assumed): two round trips to the table, and its own work.
const OPERATION_MS: u64 = 55;
/// Milliseconds of a batch for each of its items (assumed). Items of a batch wait at the same time.
const PUBLISH_MS: u64 = 5;
const SEND_MS: u64 = 15;
const ORDER_MS: u64 = 20;
/// The functions in the background have 512 MB, twice as much as operations.
const BACKGROUND_MEMORY: u64 = 2;
/// Bytes of the lines START, END and REPORT that Lambda writes for each run.
const RUN_LOG_BYTES: u64 = 330;
/// Bytes of the access log of the gateway for each request.
const ACCESS_LOG_BYTES: u64 = 300;
/// Bytes of the headers of a response or webhook.
const HEADER_BYTES: u64 = 500;

/// How many items a run of a function in the background has.
#[derive(Clone, Copy)]
struct Batches {
    events: u64,
    messages: u64,
}

/// As many as the event sources of the stack allow.
const FULL: Batches = Batches { events: 100, messages: 10 };
const SINGLE: Batches = Batches { events: 1, messages: 1 };

/// The terms of a cost in picodollars.
#[derive(Default)]
struct Cost {
    writes: u64,
    reads: u64,
    gateway: u64,
    functions: u64,
    queues: u64,
    logs: u64,
    transfer: u64,
}

impl Cost {
    fn of(steps: &[CountedStep], prices: &Prices, batches: Batches) -> Self {
        let mut cost = Self::default();
        for step in steps {
            cost.add(step, prices, batches);
        }
        cost
    }

    fn add(&mut self, step: &CountedStep, prices: &Prices, batches: Batches) {
        let count = |number: usize| u64::try_from(number).expect("a count fits");
        let messages = count(step.webhooks);
        let background = |milliseconds: u64| BACKGROUND_MEMORY * milliseconds;
        let (items, batch, milliseconds, messages_received) = match step.kind {
            StepKind::Operation => (1, 1, OPERATION_MS, 0),
            StepKind::Publish => (count(step.events), batches.events, background(PUBLISH_MS), 0),
            StepKind::Send => (messages, batches.messages, background(SEND_MS), messages),
            StepKind::Order => (1, batches.messages, background(ORDER_MS), 1),
        };
        let requests = u64::from(step.kind == StepKind::Operation);
        let run_logs = items * RUN_LOG_BYTES / batch;
        self.writes += count(step.units.writes()) * prices.write_unit;
        self.reads += count(step.units.half_reads) * prices.read_unit / 2;
        self.gateway += requests * prices.request;
        self.functions += items * (prices.run / batch + milliseconds * prices.millisecond);
        // A message is sent, received and deleted.
        self.queues += messages_received * 3 * prices.queue_call / batch;
        let logged = count(step.log_bytes) + run_logs + requests * ACCESS_LOG_BYTES;
        self.logs += logged * prices.log_byte;
        self.transfer +=
            (count(step.sent_bytes) + (requests + messages) * HEADER_BYTES) * prices.sent_byte;
    }

    fn terms(&self) -> [u64; 7] {
        let Self { writes, reads, gateway, functions, queues, logs, transfer } = *self;
        [writes, reads, gateway, functions, queues, logs, transfer]
    }
}

/// Returns what a million operations cost, in dollars.
pub(super) fn costs(lives: &[CountedLife]) -> String {
    let life = |name| lives.iter().find(|life| life.name == name).expect("a life");
    let (charge, payout) = (&life(CHARGE).steps, &life(PAYOUT).steps);
    let operations: [(&str, &[CountedStep]); 3] = [
        ("`create_charge` with one webhook", &charge[..3]),
        ("a charge with three webhooks", charge),
        ("a payout with two webhooks", payout),
    ];
    let mut text = String::from(
        "| a million of | region | write units | read units | gateway | functions | queues | logs | transfer | dollars |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for (name, steps) in operations {
        for prices in &PRICES {
            line(&mut text, (name, prices.region), &Cost::of(steps, prices, FULL));
        }
        let [prices, ..] = &PRICES;
        let region = format!("{}, batches of one", prices.region);
        line(&mut text, (name, &region), &Cost::of(steps, prices, SINGLE));
    }
    text
}

fn line(text: &mut String, (name, region): (&str, &str), cost: &Cost) {
    let terms = cost.terms();
    let cells: Vec<_> = terms.into_iter().map(dollars).collect();
    let sum = dollars(terms.into_iter().sum());
    let line = writeln!(text, "| {name} | {region} | {} | **{sum}** |", cells.join(" | "));
    line.expect("a string takes everything");
}

/// Returns a million times a cost, in dollars with two digits.
fn dollars(picodollars: u64) -> String {
    let cents = (picodollars + 5_000) / 10_000;
    format!("{}.{:02}", cents / 100, cents % 100)
}
