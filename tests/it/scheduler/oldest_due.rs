//! How late the due rows of a job are, in the metric that the alarm `jobs-late` watches.

use std::time::Duration;

use tests::many_accounts::ManyAccounts;

const DAY: u64 = 24 * 60 * 60;

#[tokio::test]
async fn a_job_tells_how_late_the_oldest_due_row_was() {
    let many = ManyAccounts::new(2).await;
    many.run("advance_charges").await;
    assert_eq!(many.oldest_due_seconds("advance_charges"), 0);
    many.world.charge(&many.accounts[0].1.api_key, "1").await.created();
    many.world.wait(300);
    many.world.charge(&many.accounts[1].1.api_key, "2").await.created();
    many.world.wait(i64::try_from(DAY).expect("a number") - 300 + 20);
    many.run("advance_charges").await;
    assert_eq!(many.oldest_due_seconds("advance_charges"), 20, "the other is not due yet");
    many.world.wait(280 + 700);
    many.run("advance_charges").await;
    assert_eq!(many.oldest_due_seconds("advance_charges"), 700);
    many.world.wait(60);
    many.run("advance_charges").await;
    assert_eq!(many.oldest_due_seconds("advance_charges"), 0);
}

/// The sweep leaves events to the stream for a minute, so an event of 59 seconds is not late.
#[tokio::test]
async fn the_time_that_a_job_leaves_to_the_stream_is_not_late() {
    let many = ManyAccounts::new(1).await;
    many.world.bundle.switch_stream(false);
    many.world.charge(&many.accounts[0].1.api_key, "1").await.created();
    many.world.wait(90);
    many.run("sweep_events").await;
    assert_eq!(many.oldest_due_seconds("sweep_events"), 30);
}

/// A frozen account stays due, so of the audits only an account without a turn is late.
#[tokio::test(start_paused = true)]
async fn a_row_that_stays_due_is_late_only_without_a_turn() {
    let many = ManyAccounts::new(450).await;
    many.world.wait(3_600);
    // Two seconds for each request: a tick audits some of the accounts.
    many.pace(Some(Duration::from_secs(2)));
    many.run("audit_ledger").await;
    assert_eq!(many.oldest_due_seconds("audit_ledger"), 3_600);
    many.pace(None);
    many.run("audit_ledger").await;
    assert_eq!(many.oldest_due_seconds("audit_ledger"), 0, "all had a turn");
}

/// Each tick opens 500 lines of an account, so a batch can wait for minutes.
#[tokio::test]
async fn a_batch_beyond_the_limit_of_its_account_is_not_late() {
    let many = ManyAccounts::new(1).await;
    let world = &many.world;
    let key = &many.accounts[0].1.api_key;
    for name in ["1", "2"] {
        let body = serde_json::json!({ "payouts": vec![tests::new_payout(); 500] });
        let ask = world.post("/v1/payout-batches").key(key);
        ask.idempotency_key(name).json(&body).send().await.expect(202);
    }
    world.wait(1_000);
    assert_eq!(many.run("fill_payout_batches").await.done, 500);
    assert_eq!(many.oldest_due_seconds("fill_payout_batches"), 0);
}
