//! Jobs end before the time-out of their functions, however slow the table is. Time is virtual.

use std::time::Duration;

use serde_json::json;
use tests::many_accounts::ManyAccounts;

/// Time-out of the functions (infra/access.toml).
const TIMEOUT: Duration = Duration::from_secs(55);
/// Time at which a job drops what has not ended.
const DROPPED: Duration = Duration::from_secs(50);

/// Fault row 162. Two seconds for each request: some 350 accounts in the time of a run.
#[tokio::test(start_paused = true)]
async fn a_job_stops_in_time_on_a_slow_table_and_leaves_the_rest_due() {
    let many = ManyAccounts::new(450).await;
    many.expire_charges(1).await;
    many.pace(Some(Duration::from_secs(2)));
    let run = many.run("advance_charges").await;
    assert!(run.elapsed < DROPPED, "{run:?}");
    assert!((300..450).contains(&run.done), "{run:?}");
    // The count is right: the next tick does exactly the rest.
    many.pace(None);
    let rest = many.run("advance_charges").await;
    assert_eq!(run.done + rest.done, 451);
    assert_eq!(many.run("advance_charges").await.done, 0);
}

/// Fault row 162. A turn of a batch is 21 requests of 2.9 seconds, so it is dropped in the middle.
#[tokio::test(start_paused = true)]
async fn a_turn_that_takes_too_long_is_dropped_and_continued_by_the_next_tick() {
    let many = ManyAccounts::new(2).await;
    many.send_batches(40).await;
    many.pace(Some(Duration::from_millis(2_900)));
    let run = many.run("fill_payout_batches").await;
    assert!(run.elapsed <= DROPPED && run.elapsed < TIMEOUT, "{run:?}");
    let is_dropped =
        |line: &serde_json::Value| line["message"].to_string().contains("turns dropped");
    assert!(many.world.logged().iter().any(is_dropped), "{run:?}");
    many.pace(None);
    // The lease of the scheduler that had the batches ends.
    many.world.wait(61);
    let rest = many.run("fill_payout_batches").await;
    assert_eq!(run.done + rest.done, 2 * 40, "each row counts once");
    for (account_id, program) in &many.accounts {
        let page = many.world.get("/v1/payouts?limit=100").key(&program.api_key).send().await.ok();
        assert_eq!(page["data"].as_array().map(Vec::len), Some(40));
        let (books, _) = many.world.ledger(*account_id).await;
        assert_eq!(json!(books.balances.held_cents), json!(40 * 150));
    }
}
