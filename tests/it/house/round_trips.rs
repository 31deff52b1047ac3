//! How often an operation waits for the table, and that a retry happens once.

use catalogue::all_operations;
use edge::{IdempotencyPolicy, Needs};
use tests::World;

use crate::cases::{AccountObjects, case_of, fixture, good_request, with_code};

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

/// One pass for two rules, because most of the time is spent on the objects of each operation.
#[tokio::test]
async fn every_operation_makes_few_round_trips_and_a_retry_with_its_key_none_of_its_work() {
    for operation in all_operations() {
        let name = operation.name;
        let world = World::new().await;
        let mut tenant = world.tenant("loja").await;
        let objects = AccountObjects::of(&world, &mut tenant).await;
        // A person has set up two-factor after the first request.
        let is_retried = operation.needs != Needs::Public
            && operation.idempotence != IdempotencyPolicy::Natural
            && !fixture(operation, &objects).preparation.makes_person();
        let ask = good_request(&world, &tenant, &objects, operation).await;
        let ask = if is_retried { ask.replace_header("idempotency-key", "twice") } else { ask };
        let first = ask.clone().send().await;
        assert!(matches!(first.status, 200..300 | 303), "{name}: {}", first.text());
        let trips = world.last_logged()["storage_round_trips"].as_u64();
        assert_eq!(trips, Some(case_of(name).round_trips), "{name}");
        assert!(trips <= Some(limit(name)), "{name}");
        if is_retried {
            let again = match with_code(operation) {
                true => ask.replace_header("two-factor-code", &tenant.ana.fresh_code(&world)),
                false => ask,
            };
            let second = again.send().await;
            assert_eq!((second.status, &second.body), (first.status, &first.body), "{name}");
            assert!(second.is_replay() && !first.is_replay(), "{name}");
        }
    }
}
