//! How often an operation waits for the table, and that a retry happens once.

use catalogue::all_operations;
use edge::IdempotencyPolicy;
use tests::World;

use crate::cases::{AccountObjects, case_of, fixture, gated, good_request, with_code};

/// Returns the most round trips that an operation may make. Most make two: read everything, write
/// everything.
fn limit(name: &str) -> u64 {
    match name {
        // What it can cost is taken before the directory is asked, and its answer is written after
        // (docs/adr/0015). A key that is remembered takes one.
        "validate_pix_key" | "check_beneficiary_destination" => 3,
        // Triggers of the sandbox: only the refund knows its charge, and only the charge its balance
        // block or its order, so that is read after it.
        "resolve_refund" | "resolve_return" | "authenticate_charge" => 3,
        // Only the row of its address knows the charge of a payment page (docs/adr/0041), which takes one more.
        "create_card_payment" => 3,
        // Only the row of its token knows the collection of a link (docs/adr/0052).
        "create_collection_code" | "open_collection_form" | "submit_collection" => 3,
        "authenticate_payer" => 4,
        // Only the dispute knows its charge and balance block, so these are read after it.
        "accept_dispute" => 3,
        _ => 2,
    }
}

#[tokio::test]
async fn every_operation_does_its_work_in_at_most_two_round_trips() {
    for operation in all_operations() {
        let world = World::new().await;
        let mut tenant = world.tenant("loja").await;
        let objects = AccountObjects::of(&world, &mut tenant).await;
        let response = good_request(&world, &tenant, &objects, operation).await.send().await;
        assert!(
            matches!(response.status, 200..300 | 303),
            "{}: {}",
            operation.name,
            response.text()
        );
        let line = world.last_logged();
        let (name, trips) = (operation.name, line["storage_round_trips"].as_u64());
        assert_eq!(trips, Some(case_of(name).round_trips), "{name}");
        assert!(trips <= Some(limit(name)), "{name}");
    }
}

#[tokio::test]
async fn every_post_with_a_key_sent_twice_answers_the_same_and_happens_once() {
    for operation in gated().filter(|it| it.idempotence != IdempotencyPolicy::Natural) {
        let world = World::new().await;
        let mut tenant = world.tenant("loja").await;
        let objects = AccountObjects::of(&world, &mut tenant).await;
        // The person has set up two-factor after the first request.
        if fixture(operation, &objects).preparation.makes_person() {
            continue;
        }
        let ask = good_request(&world, &tenant, &objects, operation).await;
        let ask = ask.replace_header("idempotency-key", "twice");
        let first = ask.clone().send().await;
        assert!((200..300).contains(&first.status), "{}: {}", operation.name, first.text());
        let again = match with_code(operation) {
            true => ask.replace_header("two-factor-code", &tenant.ana.fresh_code(&world)),
            false => ask,
        };
        let second = again.send().await;
        assert_eq!(
            (second.status, &second.body),
            (first.status, &first.body),
            "{}",
            operation.name
        );
        assert!(second.is_replay() && !first.is_replay(), "{}", operation.name);
    }
}
