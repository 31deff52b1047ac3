//! Jobs work different accounts at the same time. What happens to one does not concern the others. Time is
//! virtual.

use std::time::Duration;

use domain::charge::{Charge, ChargeStatus};
use domain::ledger::Books;
use local::Bundle;
use serde_json::json;
use store::{Key, Listing, Span, Writes};
use tests::busy_account::REQUEST;
use tests::killed_after;
use tests::many_accounts::ManyAccounts;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

async fn status_of_all(many: &ManyAccounts) -> Vec<Vec<ChargeStatus>> {
    let mut all = Vec::new();
    for (account_id, _) in &many.accounts {
        let listing = Listing::Charges(*account_id, Span::default());
        let charges = many.world.all::<Charge>(&listing).await;
        all.push(charges.iter().map(|charge| charge.status).collect());
    }
    all
}

/// The aim of docs/performance.md. One account after another would be 40 groups a second.
#[tokio::test(start_paused = true)]
async fn charges_of_different_accounts_are_advanced_at_the_same_time() {
    let many = ManyAccounts::new(320).await;
    many.expire_charges(1).await;
    many.pace(None);
    let run = many.run("advance_charges").await;
    assert_eq!(run.done, 321);
    assert!(run.rate(320, SECOND) >= 1_000, "{run:?}");
}

#[tokio::test(start_paused = true)]
async fn the_shards_of_a_list_are_read_at_the_same_time() {
    let many = ManyAccounts::new(0).await;
    many.pace(None);
    for job in Bundle::jobs().filter(|job| job.name != "audit_ledger") {
        let run = many.run(job.name).await;
        assert_eq!((run.done, run.elapsed), (0, REQUEST), "{}", job.name);
    }
}

/// One account after another would be 6,000 lines a minute.
#[tokio::test(start_paused = true)]
async fn batches_of_different_accounts_are_filled_at_the_same_time() {
    let many = ManyAccounts::new(16).await;
    many.send_batches(40).await;
    many.pace(None);
    let run = many.run("fill_payout_batches").await;
    assert_eq!(run.done, 16 * 40);
    assert!(run.rate(run.done, MINUTE) >= 60_000, "{run:?}");
}

/// One account after another would be 2,000 accounts a minute.
#[tokio::test(start_paused = true)]
async fn different_accounts_are_audited_at_the_same_time() {
    let many = ManyAccounts::new(96).await;
    many.pace(None);
    let run = many.run("audit_ledger").await;
    assert_eq!(run.done, 0, "none differs");
    assert!(run.rate(96, MINUTE) >= 20_000, "{run:?}");
    let again = many.run("audit_ledger").await;
    assert_eq!(again.elapsed, REQUEST, "all were audited");
}

/// Fault row 160. The accounts are at different points when the job dies.
#[tokio::test]
async fn each_charge_is_credited_once_wherever_a_job_dies_between_accounts() {
    let mut finished = 0;
    for polls in (1..).step_by(7) {
        let many = ManyAccounts::new(3).await;
        for (_, program) in &many.accounts {
            for name in ["one", "two"] {
                let mut charge = tests::new_charge();
                // Credited a minute after it is paid.
                charge["amount_cents"] = json!(1_001);
                let ask = many.world.post("/v1/charges").key(&program.api_key).json(&charge);
                let charge = ask.idempotency_key(name).send().await.created();
                many.world.pay(&program.api_key, charge["id"].as_str().expect("an id")).await.ok();
            }
        }
        many.world.wait(60);
        let died = killed_after(polls, Box::pin(many.run("advance_charges"))).await;
        many.run("advance_charges").await;
        for (account_id, _) in &many.accounts {
            let (books, entries) = many.world.ledger(*account_id).await;
            assert_eq!(books.balances.available_cents, 2 * 991, "{polls} polls");
            assert_eq!(entries.len(), 2 * 3);
        }
        finished += usize::from(died.is_some());
        if finished == 2 {
            break;
        }
    }
}

/// Fault row 161. The books of one account are gone.
#[tokio::test(start_paused = true)]
async fn an_account_that_fails_does_not_stop_the_others() {
    let many = ManyAccounts::new(40).await;
    many.expire_charges(2).await;
    let broken = many.accounts[7].0;
    let (store, moment) = (&many.world.bundle.app().store, many.world.bundle.app().moment());
    let books = store.find::<Books>(&Key::Books(broken)).await.expect("readable").expect("there");
    store
        .commit(Writes::default().remove(&Key::Books(books.account_id)), &moment)
        .await
        .expect("removed");
    many.pace(None);
    let run = many.run("advance_charges").await;
    assert_eq!(run.done, 39 * 2 + 1);
    for ((account_id, _), statuses) in many.accounts.iter().zip(status_of_all(&many).await) {
        let expected =
            if *account_id == broken { ChargeStatus::Pending } else { ChargeStatus::Expired };
        assert!(statuses.iter().all(|status| *status == expected), "{account_id} {statuses:?}");
    }
    let is_named = |line: &serde_json::Value| line["message"].to_string().contains("not advanced");
    assert!(many.world.logged().iter().any(is_named));
    // It is tried again each minute, and the others are done.
    assert_eq!(many.run("advance_charges").await.done, 0);
}
