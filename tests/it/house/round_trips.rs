//! How often an operation waits for the table, and that a retry happens once.

use edge::Idempotence;
use local::all_operations;
use tests::World;

use crate::house::fixtures::{AccountObjects, gated, good_request, with_code};

/// Round trips of each operation when all goes well: how often it waits for the table.
const ROUND_TRIPS: &[(&str, u64)] = &[
    ("open_session", 2),
    ("close_session", 2),
    ("find_me", 1),
    ("find_balance", 1),
    ("find_statement", 2),
    ("list_transactions", 2),
    ("find_transaction", 2),
    ("create_statement_export", 2),
    ("list_statement_exports", 2),
    ("find_statement_export", 1),
    ("create_statement_schedule", 2),
    ("list_statement_schedules", 2),
    ("find_statement_schedule", 1),
    ("update_statement_schedule", 2),
    ("delete_statement_schedule", 2),
    ("start_two_factor", 2),
    ("confirm_two_factor", 2),
    ("accept_invitation", 2),
    ("create_user", 2),
    ("list_users", 2),
    ("find_user", 1),
    ("update_user", 2),
    ("delete_user", 2),
    ("reset_two_factor", 2),
    ("list_audit_events", 2),
    ("create_api_key", 2),
    ("list_api_keys", 2),
    ("find_api_key", 1),
    ("delete_api_key", 2),
    ("rotate_api_key", 2),
    ("replace_ip_allowlist", 2),
    ("find_usage", 2),
    ("create_charge", 2),
    ("list_charges", 2),
    ("find_charge", 1),
    ("cancel_charge", 2),
    ("create_refund", 2),
    ("list_refunds", 2),
    ("find_refund", 1),
    ("show_qr_code", 1),
    ("show_pix_location", 2),
    ("show_openapi", 0),
    ("show_error_codes", 0),
    ("show_health", 0),
    ("create_payout", 2),
    ("list_payouts", 2),
    ("find_payout", 1),
    ("cancel_payout", 2),
    ("approve_payout", 2),
    ("review_payout", 2),
    ("create_payout_batch", 2),
    ("list_payout_batches", 2),
    ("find_payout_batch", 1),
    ("find_payout_settings", 1),
    ("replace_payout_settings", 2),
    ("validate_pix_key", 3),
    ("list_scenarios", 1),
    ("pay_charge", 2),
    ("resolve_payout", 2),
    ("resolve_refund", 3),
    ("create_webhook_endpoint", 2),
    ("list_webhook_endpoints", 2),
    ("find_webhook_endpoint", 1),
    ("update_webhook_endpoint", 2),
    ("delete_webhook_endpoint", 2),
    ("rotate_webhook_secret", 2),
    ("test_webhook_endpoint", 2),
    ("replay_webhook_endpoint", 2),
    ("list_events", 2),
    ("find_event", 1),
    ("redeliver_event", 2),
    ("list_deliveries", 2),
    ("find_delivery", 1),
];

/// Two: read everything, write everything.
fn limit(name: &str) -> u64 {
    match name {
        // What it can cost is taken before the directory is asked, and its answer is written after
        // (docs/adr/0015). A key that is remembered takes one.
        "validate_pix_key" => 3,
        // A trigger of the sandbox: only the refund knows its charge, so that is read after it.
        "resolve_refund" => 3,
        _ => 2,
    }
}

#[tokio::test]
async fn every_operation_does_its_work_in_at_most_two_round_trips() {
    let mut measured = Vec::new();
    for operation in all_operations() {
        let world = World::new().await;
        let mut tenant = world.tenant("loja").await;
        let objects = AccountObjects::of(&world, &mut tenant).await;
        let answer = good_request(&world, &tenant, &objects, operation).await.send().await;
        assert!((200..300).contains(&answer.status), "{}: {}", operation.name, answer.text());
        let line = world.last_logged();
        measured.push((operation.name, line["storage_round_trips"].as_u64().expect("a count")));
    }
    assert_eq!(measured.len(), ROUND_TRIPS.len());
    for (name, trips) in measured {
        let (_, listed) = ROUND_TRIPS.iter().find(|(listed, _)| *listed == name).expect("listed");
        assert_eq!(trips, *listed, "{name}");
        assert!(trips <= limit(name), "{name}");
    }
}

#[tokio::test]
async fn every_post_with_a_key_sent_twice_answers_the_same_and_happens_once() {
    for operation in gated().filter(|it| it.idempotence != Idempotence::Natural) {
        // Its fixture cannot succeed twice over: the person is enrolled already.
        if matches!(operation.name, "start_two_factor" | "confirm_two_factor") {
            continue;
        }
        let world = World::new().await;
        let mut tenant = world.tenant("loja").await;
        let objects = AccountObjects::of(&world, &mut tenant).await;
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
