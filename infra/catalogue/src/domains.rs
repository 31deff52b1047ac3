//! Every domain, and the functions it is made of.

use command::Command;
use edge::Operation;
use queue::Lane;

use crate::trigger::Trigger;

/// One function.
#[derive(Clone, Copy)]
pub struct FunctionRow {
    /// Name of the crate and its binary.
    pub domain: &'static str,
    /// Name of the operation, job, consumer or command.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// What starts it.
    pub trigger: Trigger,
}

/// The domains behind the gateway, each with its table of operations.
pub const TABLES: [(&str, &[Operation]); 19] = [
    ("account", account::OPERATIONS),
    ("approval", approval::OPERATIONS),
    ("beneficiaries", beneficiaries::OPERATIONS),
    ("blocks", blocks::OPERATIONS),
    ("collections", collections::OPERATIONS),
    ("credit", credit::OPERATIONS),
    ("disputes", disputes::OPERATIONS),
    ("identity", identity::OPERATIONS),
    ("keys", keys::OPERATIONS),
    ("kyc", kyc::OPERATIONS),
    ("payer", payer::OPERATIONS),
    ("payin", payin::OPERATIONS),
    ("payout", payout::OPERATIONS),
    ("receipts", receipts::OPERATIONS),
    ("receivables", receivables::OPERATIONS),
    ("reference", reference::OPERATIONS),
    ("sandbox", sandbox::OPERATIONS),
    ("users", users::OPERATIONS),
    ("webhooks", webhooks::OPERATIONS),
];

/// The domains of the operator's people, each with its table of commands.
pub const COMMAND_TABLES: [(&str, &[Command]); 2] =
    [("compliance", compliance::COMMANDS), ("operator", operator::COMMANDS)];

/// The consumers of the stream and of the queues.
const CONSUMERS: [FunctionRow; 6] = [
    FunctionRow {
        domain: "relay",
        name: "relay_changes",
        summary: "Creates the deliveries of each new event, and sends a message for each order to submit, each owner to check, and each new export.",
        trigger: Trigger::Stream,
    },
    FunctionRow {
        domain: "network",
        name: "submit_orders",
        summary: "Submits orders to the network, queries their status, and checks the owners of keys.",
        trigger: Trigger::Queue(Lane::Orders),
    },
    FunctionRow {
        domain: "export",
        name: "write_statements",
        summary: "Writes statements into the bucket of files.",
        trigger: Trigger::Queue(Lane::Exports),
    },
    FunctionRow {
        domain: "uploads",
        name: "inspect_uploads",
        summary: "Inspects the files that customers upload, and keeps copies of those that count.",
        trigger: Trigger::Queue(Lane::Uploads),
    },
    FunctionRow {
        domain: "dispatch",
        name: "send_live",
        summary: "Posts first attempts.",
        trigger: Trigger::Queue(Lane::Live),
    },
    FunctionRow {
        domain: "dispatch",
        name: "send_retries",
        summary: "Posts all other attempts.",
        trigger: Trigger::Queue(Lane::Retry),
    },
];

/// Returns the tables of operations of all domains.
pub fn tables() -> Vec<&'static [Operation]> {
    TABLES.iter().map(|(_, table)| *table).collect()
}

/// Returns every HTTP operation.
pub fn all_operations() -> impl Iterator<Item = &'static Operation> {
    TABLES.iter().flat_map(|(_, table)| table.iter())
}

/// Returns every function: operations, consumers, scheduled jobs, and the operator's commands.
pub fn functions() -> Vec<FunctionRow> {
    let operations = TABLES.iter().flat_map(|(domain, table)| {
        table.iter().map(|operation| FunctionRow {
            domain,
            name: operation.name,
            summary: operation.summary,
            trigger: Trigger::Request(operation),
        })
    });
    let jobs = scheduler::JOBS.iter().map(|job| FunctionRow {
        domain: "scheduler",
        name: job.name,
        summary: job.summary,
        trigger: Trigger::Minute,
    });
    let commands = COMMAND_TABLES.iter().flat_map(|(domain, table)| {
        table.iter().map(|command| FunctionRow {
            domain,
            name: command.name,
            summary: command.summary,
            trigger: Trigger::Operator,
        })
    });
    operations.chain(CONSUMERS).chain(jobs).chain(commands).collect()
}
