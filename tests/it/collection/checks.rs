//! The check of a Pix key by the worker: what it leads to, what it costs, and what happens if it dies.

use futures::future::join_all;
use serde_json::{Value, json};
use tests::{killed_after, link_path, new_beneficiary, new_collection, text};

use super::tenant_link::TenantLink;

/// Sends a key and lets the schedule check it.
async fn check(link: &TenantLink, key: &str) {
    link.world.submit_key(&link.path, key).await;
    link.world.wait_and_tick(1).await;
}

/// Runs the job of collections alone.
async fn run(link: &TenantLink) {
    let job = local::Bundle::jobs().find(|job| job.name == "advance_collections").expect("a job");
    worker::run_job(link.world.bundle.worker(), job).await.expect("it runs");
}

#[tokio::test]
async fn a_key_of_the_beneficiary_is_saved_as_a_verified_destination() {
    let link = TenantLink::new().await;
    check(&link, " Maria@Example.com ").await;
    let shown = link.shown().await;
    assert_eq!(shown["status"], "verified");
    let words: Vec<_> = shown["status_history"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| text(&it["status"]))
        .collect();
    assert_eq!(words, ["open", "opened", "submitted", "verified"]);
    assert_eq!(shown["contact"], Value::Null);
    let path = format!("/v1/beneficiaries/{}", text(&shown["beneficiary_id"]));
    let saved = link.world.get(&path).key(link.key()).send().await.ok();
    assert_eq!(
        (&saved["name"], &saved["created_by"]),
        (&json!("Maria Silva"), &json!(link.tenant.program.id))
    );
    let destination = &saved["destinations"][0];
    assert_eq!(destination["to"]["pix_key"]["key"], "maria@example.com");
    assert_eq!(destination["verified_by"], "pix_directory");
    assert_eq!(destination["last_check"]["status"], "matched");
    assert_eq!(saved["metadata"]["collection_id"], link.collection["id"]);
    let found = link.world.get("/v1/beneficiaries?document=52998224725").key(link.key());
    assert_eq!(found.send().await.ok()["data"][0]["id"], saved["id"]);
    assert_eq!(
        link.events().await,
        ["collection.opened", "collection.submitted", "collection.verified"]
    );
    let events = link.world.events(link.tenant.account_id, &text(&saved["id"])).await;
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["beneficiary.created", "beneficiary.verified"]);
    let row = link.stored().await;
    assert_eq!((row.sealed, row.due), (None, None));
    let consent = row.consent.expect("the consent stays");
    assert_eq!(consent.notice_version, domain::collection::NOTICE_VERSION);
    let page = link.world.get(&link.path).send().await;
    assert!(page.text().contains("Sua chave foi confirmada") && !page.text().contains("Maria"));
}

#[tokio::test]
async fn a_key_of_another_person_never_tells_whose_it_is() {
    let mut link = TenantLink::new().await;
    let mut other = new_collection();
    other["beneficiary"] = json!({
        "name": "Bruno Lima", "document": { "type": "cpf", "number": "390.533.447-05" },
    });
    link.collection = link.world.collect(link.key(), &other).await.created();
    link.path = link_path(&link.collection);
    let mut pages = Vec::new();
    for key in ["maria@example.com", "nobody@sandbox.example"] {
        check(&link, key).await;
        assert_eq!(link.status().await, "needs_correction");
        let start = link.world.get(&link.path).send().await;
        assert!(start.text().contains("não é do documento informado"), "{}", start.text());
        assert!(!start.text().contains("533.447"), "nothing personal before the code");
        let code = link.world.collection_code(&link.path).await;
        let form = link.world.enter_code(&link.path, &code).await;
        assert!(form.text().contains("não é do documento ***.533.447-**"), "{}", form.text());
        for secret in ["Silva", "982", key] {
            assert!(!form.text().contains(secret), "{secret}: {}", form.text());
        }
        pages.push(start.text().to_owned());
    }
    assert_eq!(pages[0], pages[1], "another owner and no owner look the same");
    let shown = link.shown().await.to_string();
    let events = link.world.events(link.tenant.account_id, &text(&link.collection["id"])).await;
    let events: String = events.iter().map(|event| event.object.to_string()).collect();
    for secret in ["Silva", "982", "maria@example", "nobody@"] {
        assert!(!shown.contains(secret) && !events.contains(secret), "{secret}: {shown} {events}");
    }
    for personal in ["39053344705", "Bruno", "correio", "98765"] {
        assert!(!events.contains(personal), "{personal}: {events}");
    }
    assert_eq!(link.beneficiaries().await.len(), 0);
}

#[tokio::test]
async fn a_correction_with_the_right_key_is_verified() {
    let link = TenantLink::new().await;
    check(&link, "nobody@sandbox.example").await;
    assert_eq!(link.status().await, "needs_correction");
    check(&link, "maria@example.com").await;
    assert_eq!((&*link.status().await, link.beneficiaries().await.len()), ("verified", 1));
}

#[tokio::test]
async fn five_keys_without_a_match_end_the_link() {
    let link = TenantLink::new().await;
    for number in 1..=5 {
        assert_ne!(link.status().await, "cancelled", "{number}");
        check(&link, "nobody@sandbox.example").await;
        // The share of the user gains ten look-ups a minute.
        link.world.wait(120);
    }
    let shown = link.shown().await;
    assert_eq!(
        (&shown["status"], &shown["cancel_reason"]),
        (&json!("cancelled"), &json!("checks"))
    );
    assert_eq!(link.world.network.looked_up().len(), 5);
    assert_eq!(link.stored().await.sealed, None);
}

/// Fault row 206.
#[tokio::test]
async fn two_workers_at_once_ask_once_and_save_one_beneficiary() {
    let link = TenantLink::new().await;
    link.world.submit_key(&link.path, "maria@example.com").await;
    link.world.wait(1);
    let others: Vec<_> = (0..4).map(|_| link.world.second_instance(|_| {})).collect();
    join_all(others.iter().map(|world| world.wait_and_tick(0))).await;
    assert_eq!(link.world.network.looked_up().len(), 1);
    assert_eq!((&*link.status().await, link.beneficiaries().await.len()), ("verified", 1));
    assert_eq!(
        link.events().await,
        ["collection.opened", "collection.submitted", "collection.verified"]
    );
}

/// Fault row 207.
#[tokio::test]
async fn a_worker_that_dies_anywhere_leaves_a_check_that_another_one_ends_once() {
    let mut deaths = 0;
    for polls in 0.. {
        let link = TenantLink::new().await;
        link.world.submit_key(&link.path, "maria@example.com").await;
        link.world.wait(1);
        let died = killed_after(polls, Box::pin(run(&link))).await.is_none();
        deaths += u32::from(died);
        link.world.wait_and_tick(91).await;
        assert_eq!(
            (&*link.status().await, link.beneficiaries().await.len()),
            ("verified", 1),
            "{polls}"
        );
        let kinds = link.events().await;
        assert_eq!(kinds.iter().filter(|kind| **kind == "collection.verified").count(), 1);
        if !died {
            break;
        }
    }
    assert!(deaths > 3, "{deaths}");
}

#[tokio::test]
async fn a_silent_directory_delays_the_check_longer_each_time() {
    let link = TenantLink::new().await;
    link.world.network.silence_directory(true);
    check(&link, "maria@example.com").await;
    assert_eq!(link.status().await, "submitted");
    let page = link.world.get(&link.path).send().await;
    assert!(page.text().contains("Estamos conferindo"), "{}", page.text());
    link.world.wait_and_tick(61).await;
    link.world.wait_and_tick(61).await;
    assert_eq!(link.stored().await.unanswered, 2, "the second wait is two minutes");
    link.world.network.silence_directory(false);
    link.world.wait_and_tick(61).await;
    assert_eq!(link.status().await, "verified");
}

#[tokio::test]
async fn a_spent_share_of_look_ups_delays_the_check_and_takes_nothing() {
    let link = TenantLink::new().await;
    let mut other = new_beneficiary();
    other["document"]["number"] = json!("390.533.447-05");
    other["destinations"] = json!([{ "pix_key": { "type": "email", "key": "maria@example.com" } }]);
    let other = link.world.save_beneficiary(link.key(), &other).await.created();
    let destination = text(&other["destinations"][0]["id"]);
    let path = format!("/v1/beneficiaries/{}/destinations/{destination}/check", text(&other["id"]));
    let mut statuses = Vec::new();
    for number in 0..25 {
        let guess = link.world.post(&path).key(link.key()).json(&json!({}));
        statuses.push(guess.idempotency_key(&format!("guess-{number}")).send().await.status);
    }
    assert!(statuses.contains(&429), "{statuses:?}");
    let before = link.world.network.looked_up().len();
    check(&link, "maria@example.com").await;
    assert_eq!(
        (&*link.status().await, link.world.network.looked_up().len()),
        ("submitted", before)
    );
    link.world.wait_and_tick(180).await;
    assert_eq!(link.status().await, "verified");
}

/// Fault row 209.
#[tokio::test]
async fn a_link_that_is_cancelled_during_its_check_saves_no_beneficiary() {
    let link = TenantLink::new().await;
    link.world.submit_key(&link.path, "maria@example.com").await;
    link.world.wait(1);
    let held = link.world.network.hold_directory();
    let cancel = format!("/v1/collections/{}/cancel", text(&link.collection["id"]));
    let cancels = async {
        while link.world.network.looked_up().is_empty() {
            tokio::task::yield_now().await;
        }
        link.world.post(&cancel).key(link.key()).json(&json!({})).send().await.ok();
        held.notify_one();
    };
    tokio::join!(link.world.wait_and_tick(0), cancels);
    assert_eq!((&*link.status().await, link.beneficiaries().await.len()), ("cancelled", 0));
    assert_eq!(link.stored().await.sealed, None);
}

#[tokio::test]
async fn a_key_that_was_sent_in_time_is_checked_after_the_end_for_a_day() {
    for (hours, key, status) in [
        (1, "maria@example.com", "verified"),
        (1, "nobody@sandbox.example", "expired"),
        (25, "maria@example.com", "expired"),
    ] {
        let link = TenantLink::new().await;
        link.world.network.silence_directory(true);
        link.world.wait(30 * 86_400 - 60);
        check(&link, key).await;
        link.world.wait_and_tick(hours * 3_600).await;
        link.world.network.silence_directory(false);
        link.world.wait_and_tick(3_600).await;
        assert_eq!(link.status().await, status);
    }
}
