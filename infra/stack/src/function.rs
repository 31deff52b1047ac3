//! The functions of the bundle: what brings each to run, what it may do, how much it is given.

use std::collections::BTreeSet;

use edge::{Idempotence, Moderation, Needs, Operation};
use worker::Jobs;

use crate::access::{AccessBlock, AccessDeclarations, AccessError};
use crate::right::{AwsResource, Right};

/// Memory of a function, and with it its share of a processor: a seventh. What an operation
/// computes is about 2 ms; it waits for the table.
const MEMORY: u32 = 256;
/// Longest run of an operation, which has answered by then.
const SECONDS: u32 = 10;
const _: () = assert!(edge::ANSWERED_WITHIN.as_secs() < SECONDS as u64);

/// What brings a function to run.
#[derive(Clone, Copy)]
pub enum Trigger {
    /// A request at the gateway.
    Request(&'static Operation),
    /// The schedule, every minute.
    Minute,
    /// Rows in the stream of the main table that wait for this.
    Stream(StreamFilter),
    /// Messages of this queue.
    Queue(AwsResource),
    /// Whoever runs the deployment.
    Operator,
}

/// Which rows of the stream are handed on.
#[derive(Clone, Copy)]
pub enum StreamFilter {
    /// Events that wait to be published: new ones, and those that are wanted again.
    Events,
    /// Payouts and refunds that go and whose network was not told yet, and exports nobody has begun.
    Work,
}

impl StreamFilter {
    /// The filters of the event source, on the new image of a row: one is enough.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>
    pub const fn filters(self) -> &'static [&'static str] {
        match self {
            Self::Events => {
                &[r#"{"row_kind":{"S":["event"]},"due_pk":{"S":[{"prefix":"RELAY#"}]}}"#]
            }
            Self::Work => &[
                r#"{"row_kind":{"S":["payout","refund"]},"due":{"M":{"step":{"M":{"step":{"S":["submit"]}}}}}}"#,
                r#"{"row_kind":{"S":["statement_export"]},"status":{"S":["waiting"]}}"#,
            ],
        }
    }
}

/// A function.
pub struct Function {
    /// The crate and binary.
    pub domain: &'static str,
    /// The operation, job or consumer.
    pub name: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// What brings it to run.
    pub trigger: Trigger,
    /// Everything it may do.
    pub rights: BTreeSet<Right>,
    /// Megabytes.
    pub memory: u32,
    /// The longest run.
    pub seconds: u32,
    /// How many may run at the same moment.
    pub at_once: Option<u32>,
}

/// A domain: its name and what it is made of.
pub enum Domain {
    /// Operations behind the gateway.
    Operations(&'static str, &'static [Operation]),
    /// Scheduled jobs.
    Jobs(&'static str, Jobs),
    /// Consumers of stream and queues, and operators' functions: name, summary, trigger.
    Others(&'static str, Vec<(&'static str, &'static str, Trigger)>),
}

/// Every function of these domains, with what `infra/access.toml` declares for it.
pub fn functions(domains: &[Domain]) -> Result<Vec<Function>, AccessError> {
    let mut access = AccessDeclarations::read()?;
    let entry_rights = EntryRights::take(&mut access)?;
    let mut all = Vec::new();
    for domain in domains {
        for (domain, name, summary, trigger) in domain.members() {
            let block = access.take(name)?;
            let mut rights = block.rights();
            if let Trigger::Request(operation) = trigger {
                rights.extend(entry_rights.rights(operation));
            }
            all.push(Function {
                domain,
                name,
                summary,
                trigger,
                rights,
                memory: block.memory.unwrap_or(MEMORY),
                seconds: block.seconds.unwrap_or(SECONDS),
                at_once: block.at_once,
            });
        }
    }
    access.end()?;
    Ok(all)
}

/// What an operation may do because of how it is reached.
struct EntryRights {
    gate: AccessBlock,
    usage: AccessBlock,
    idempotency: AccessBlock,
    code: AccessBlock,
}

impl EntryRights {
    fn take(access: &mut AccessDeclarations) -> Result<Self, AccessError> {
        Ok(Self {
            gate: access.take("gate")?,
            usage: access.take("usage")?,
            idempotency: access.take("idempotency")?,
            code: access.take("code")?,
        })
    }

    fn rights(&self, operation: &Operation) -> BTreeSet<Right> {
        let gated = operation.needs != Needs::Public;
        let by_programs = matches!(operation.needs, Needs::AnyCaller | Needs::Holds(_));
        let again = gated && operation.idempotence != Idempotence::Natural;
        // A code that is sent is looked at, also where only some changes need one.
        let with_code =
            matches!(operation.needs, Needs::Moderator(Moderation::WithCode | Moderation::Writes));
        [
            (gated, &self.gate),
            (by_programs, &self.usage),
            (again, &self.idempotency),
            (with_code, &self.code),
        ]
        .into_iter()
        .filter(|(applies, _)| *applies)
        .flat_map(|(_, block)| block.rights())
        .collect()
    }
}

type Member = (&'static str, &'static str, &'static str, Trigger);

impl Domain {
    fn members(&self) -> Vec<Member> {
        match self {
            Self::Operations(domain, table) => table
                .iter()
                .map(|row| (*domain, row.name, row.summary, Trigger::Request(row)))
                .collect(),
            Self::Jobs(domain, jobs) => {
                jobs.iter().map(|job| (*domain, job.name, job.summary, Trigger::Minute)).collect()
            }
            Self::Others(domain, rows) => rows
                .iter()
                .map(|(name, summary, trigger)| (*domain, *name, *summary, *trigger))
                .collect(),
        }
    }
}
