//! How much the jobs of the scheduler do for many accounts, in virtual time.

use std::time::Duration;

use tests::busy_account::REQUEST;
use tests::many_accounts::{JobFigures, ManyAccounts};

use crate::output::{paused, say};

/// Accounts with one due charge, or with a due audit.
const ACCOUNTS: usize = 640;
/// Accounts with a batch, and its lines.
const BATCHES: usize = 64;
const LINES: usize = 120;

/// Prints the table of docs/performance.md. An account alone shows what one account after another would do.
pub(crate) fn measure() {
    say("Jobs: many accounts, virtual time\n");
    say("| job | accounts | objects | time | rate | one account after another |");
    say("|---|---|---|---|---|---|");
    let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
    row("advance_charges", (ACCOUNTS, 1), (second, "groups a second"), |accounts| {
        paused().block_on(async {
            let many = ManyAccounts::new(accounts).await;
            many.expire_charges(1).await;
            many.pace(None);
            many.run("advance_charges").await
        })
    });
    row("fill_payout_batches", (BATCHES, LINES), (minute, "lines a minute"), |accounts| {
        paused().block_on(async {
            let many = ManyAccounts::new(accounts).await;
            many.send_batches(LINES).await;
            many.pace(None);
            many.run("fill_payout_batches").await
        })
    });
    row("audit_ledger", (ACCOUNTS, 1), (minute, "accounts a minute"), |accounts| {
        paused().block_on(async {
            let many = ManyAccounts::new(accounts).await;
            many.pace(None);
            many.run("audit_ledger").await
        })
    });
    say("");
}

fn row(
    job: &str,
    (accounts, objects_each): (usize, usize),
    (time, unit): (Duration, &str),
    run: impl Fn(usize) -> JobFigures,
) {
    let objects = |accounts: usize| u64::try_from(accounts * objects_each).unwrap_or(u64::MAX);
    let (one, many) = (run(1), run(accounts));
    // The list is read once for all accounts.
    let one = JobFigures { elapsed: one.elapsed.saturating_sub(REQUEST), ..one };
    say(&format!(
        "| `{job}` | {accounts} | {} | {} ms | {} {unit} | {} |",
        objects(accounts),
        many.elapsed.as_millis(),
        many.rate(objects(accounts), time),
        one.rate(objects(1), time),
    ));
}
