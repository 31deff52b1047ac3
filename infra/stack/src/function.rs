//! The functions of the stack: what starts each, what it may do, and its memory and time.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use catalogue::Trigger;
use edge::{CodeDemand, IdempotencyPolicy, Needs, Operation};

use crate::access::{AccessBlock, AccessDeclarations, AccessError};
use crate::right::Right;

/// Memory of a function in megabytes; its share of a processor is a seventh.
/// An operation computes for about 2 ms and then waits for the table.
const MEMORY: u32 = 256;
/// Longest run of an operation, in seconds. `edge` answers before that.
const SECONDS: u32 = 10;
const _: () = assert!(edge::RESPONSE_TIMEOUT.as_secs() < SECONDS as u64);

/// A function with its rights and limits.
pub struct Function {
    /// Name of the crate and its binary.
    pub domain: &'static str,
    /// Name of the operation, job, consumer or command.
    pub name: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// What starts it.
    pub trigger: Trigger,
    /// Everything it may do.
    pub rights: BTreeSet<Right>,
    /// Memory in megabytes.
    pub memory: u32,
    /// Longest run, in seconds.
    pub seconds: u32,
    /// Reserved concurrency: the most runs at the same moment.
    pub max_concurrency: Option<u32>,
}

/// Returns every function of the catalogue, with what `infra/access.toml` declares for it.
pub fn functions() -> &'static [Function] {
    static FUNCTIONS: LazyLock<Vec<Function>> =
        LazyLock::new(|| declared().unwrap_or_else(|error| panic!("{error}")));
    &FUNCTIONS
}

fn declared() -> Result<Vec<Function>, AccessError> {
    let mut access = AccessDeclarations::read()?;
    let entry_rights = EntryRights::take(&mut access)?;
    let mut all = Vec::new();
    for row in catalogue::functions() {
        let block = access.take(row.name)?;
        let mut rights = block.rights();
        if let Trigger::Request(operation) = row.trigger {
            rights.extend(entry_rights.rights(operation));
            // Only a caller has books of its own, so a public operation takes no turns at them.
            let takes_turns = block.takes_turns() && operation.needs != Needs::Public;
            rights.extend(takes_turns.then(|| entry_rights.turns.rights()).into_iter().flatten());
        }
        all.push(Function {
            domain: row.domain,
            name: row.name,
            summary: row.summary,
            trigger: row.trigger,
            rights,
            memory: block.memory.unwrap_or(MEMORY),
            seconds: block.seconds.unwrap_or(SECONDS),
            max_concurrency: block.max_concurrency,
        });
    }
    access.end()?;
    Ok(all)
}

/// The rights of an operation that follow from its row in the table of operations.
struct EntryRights {
    gate: AccessBlock,
    usage: AccessBlock,
    idempotency: AccessBlock,
    code: AccessBlock,
    turns: AccessBlock,
}

impl EntryRights {
    fn take(access: &mut AccessDeclarations) -> Result<Self, AccessError> {
        Ok(Self {
            gate: access.take("gate")?,
            usage: access.take("usage")?,
            idempotency: access.take("idempotency")?,
            code: access.take("code")?,
            turns: access.take("turns")?,
        })
    }

    fn rights(&self, operation: &Operation) -> BTreeSet<Right> {
        let gated = operation.needs != Needs::Public;
        let by_programs = operation.needs.admits_programs();
        let repeatable = gated && operation.idempotence != IdempotencyPolicy::Natural;
        // A code that is sent is checked, even if only some changes of the operation need one.
        let with_code = operation.needs.code_demand() != CodeDemand::Never;
        [
            (gated, &self.gate),
            (by_programs, &self.usage),
            (repeatable, &self.idempotency),
            (with_code, &self.code),
        ]
        .into_iter()
        .filter(|(applies, _)| *applies)
        .flat_map(|(_, block)| block.rights())
        .collect()
    }
}
