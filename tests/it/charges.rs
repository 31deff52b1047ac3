//! PIX charges: what a caller sees, from opening to credited.

use serde_json::json;
use tests::{World, new_charge};

#[tokio::test]
async fn a_charge_is_opened_paid_and_credited_with_its_fee() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let charge = world.charge(key, "order-1").await.created();
    assert_eq!(charge["status"], "pending");
    assert_eq!(
        charge["payer"]["document"],
        json!({ "type": "cpf", "number": "52998224725" })
    );
    let id = charge["id"].as_str().expect("an id");

    let paid = world.pay(key, id).await.ok();
    assert_eq!(paid["status"], "credited");
    let seen = world
        .get(&format!("/v1/charges/{id}"))
        .key(key)
        .send()
        .await
        .ok();
    assert_eq!(seen, paid);
    let statuses: Vec<_> = seen["status_history"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| &it["status"])
        .collect();
    assert_eq!(statuses, ["pending", "paid", "credited"]);
    assert_eq!(
        (&seen["paid_amount_cents"], &seen["fees_cents"]),
        (&json!(1_000), &json!(10))
    );

    let (books, entries) = world.ledger(tenant.account_id).await;
    assert_eq!(
        (
            books.available_cents,
            books.fees_cents,
            books.receivable_cents
        ),
        (990, 10, 0)
    );
    let after: Vec<_> = entries
        .iter()
        .map(|entry| entry.available_after_cents)
        .collect();
    assert_eq!(after, [0, 1_000, 990]);
    let _ = new_charge();
}
