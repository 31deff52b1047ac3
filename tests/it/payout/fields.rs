//! What `POST /v1/payouts` takes: every field at its limits, and every body that is none.

use serde_json::{Value, json};
use tests::{Tenant, World, new_payout};

async fn world() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 1_000_000).await;
    (world, tenant)
}

/// Returns the usual body with `value` at `path`, or without that field if the value is null.
fn with(path: &str, value: Value) -> Value {
    let mut body = new_payout();
    let (parent, name) = path.rsplit_once('/').expect("a path begins with a slash");
    let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    match value {
        Value::Null => parent.remove(name),
        value => parent.insert(name.to_owned(), value),
    };
    body
}

fn account(change: &[(&str, Value)]) -> Value {
    let mut account =
        json!({ "ispb": "60701190", "branch": "2545", "number": "02366-1", "type": "checking" });
    for (name, value) in change {
        account[*name] = value.clone();
    }
    account.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
    with("/to", json!({ "bank_account": account }))
}

/// A body, the field that is wrong in it, and how.
type WrongField = (Value, &'static str, &'static str);

fn wrong() -> Vec<WrongField> {
    [wrong_destinations(), wrong_in_itself()].concat()
}

fn wrong_destinations() -> Vec<WrongField> {
    let pix = |key: Value| with("/to", json!({ "pix_key": key }));
    vec![
        (with("/to", Value::Null), "to", "required"),
        (with("/to", json!({})), "to", "required"),
        (
            with("/to/bank_account", account(&[])["to"]["bank_account"].clone()),
            "to",
            "invalid_format",
        ),
        (
            pix(json!({ "type": "cpf", "key": "529.982.247-24" })),
            "to.pix_key.key",
            "wrong_check_digits",
        ),
        (
            pix(json!({ "type": "phone", "key": "+551130000000" })),
            "to.pix_key.key",
            "invalid_format",
        ),
        (pix(json!({ "type": "evp", "key": "123" })), "to.pix_key.key", "wrong_length"),
        (pix(json!({ "type": "iban", "key": "1" })), "to.pix_key.type", "unknown_value"),
        (pix(json!({ "key": "not a key" })), "to.pix_key.key", "invalid_format"),
        (pix(json!({ "type": "cpf" })), "to.pix_key.key", "required"),
        (account(&[("ispb", json!("00000001"))]), "to.bank_account.ispb", "unknown_value"),
        (account(&[("ispb", Value::Null)]), "to.bank_account.ispb", "required"),
        (
            account(&[("ispb", Value::Null), ("bank_code", json!("999"))]),
            "to.bank_account.bank_code",
            "unknown_value",
        ),
        (account(&[("bank_code", json!("001"))]), "to.bank_account.bank_code", "invalid_format"),
        (account(&[("number", json!("02366-2"))]), "to.bank_account.number", "wrong_check_digits"),
        (account(&[("number", json!("abc"))]), "to.bank_account.number", "invalid_format"),
        (account(&[("branch", json!("12345"))]), "to.bank_account.branch", "invalid_format"),
        (account(&[("type", json!("cash"))]), "to.bank_account.type", "unknown_value"),
    ]
}

fn wrong_in_itself() -> Vec<WrongField> {
    let long = "x".repeat(141);
    vec![
        (with("/amount_cents", json!(0)), "amount_cents", "out_of_range"),
        (with("/amount_cents", json!(-1)), "amount_cents", "out_of_range"),
        (with("/amount_cents", json!(100_000_000_000_u64)), "amount_cents", "out_of_range"),
        (with("/amount_cents", json!(1.5)), "amount_cents", "wrong_type"),
        (with("/amount_cents", Value::Null), "amount_cents", "required"),
        (with("/currency", json!("USD")), "currency", "unknown_field"),
        (
            with("/beneficiary/document/number", json!("1")),
            "beneficiary.document.number",
            "wrong_length",
        ),
        (with("/beneficiary/name", json!(" ")), "beneficiary.name", "blank"),
        (with("/description", json!(long)), "description", "wrong_length"),
        (with("/reference", json!("x".repeat(65))), "reference", "wrong_length"),
        (with("/metadata", json!({ "": "x" })), "metadata", "wrong_length"),
        (with("/scheduled_for", json!("2026-11-23T12:00:00Z")), "scheduled_for", "out_of_range"),
        (with("/scheduled_for", json!("2028-01-01T00:00:00Z")), "scheduled_for", "out_of_range"),
        (with("/scheduled_for", json!("tomorrow")), "scheduled_for", "invalid_format"),
        (with("/wait_for_funds", json!("yes")), "wait_for_funds", "wrong_type"),
        (with("/status", json!("paid")), "status", "unknown_field"),
        (with("/account_id", json!("acc_1")), "account_id", "unknown_field"),
    ]
}

/// Pix writes a check digit that is a letter as 0.
#[tokio::test]
async fn a_check_digit_written_as_0_becomes_the_letter_of_the_bank() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    for (place, (bank, branch, number, expected)) in [
        ("001", "3456", "123403-0", "123403X"),
        ("001", "3456", "1234030", "123403X"),
        ("237", "1234", "100008-0", "100008P"),
        // Longer than the rule of Itaú.
        ("341", "2545", "123456-7", "1234567"),
    ]
    .into_iter()
    .enumerate()
    {
        let changes = [
            ("ispb", Value::Null),
            ("bank_code", json!(bank)),
            ("branch", json!(branch)),
            ("number", json!(number)),
        ];
        let body = account(&changes);
        let payout = world.payout(key, &format!("letter-{place}"), &body).await.created();
        assert_eq!(payout["to"]["bank_account"]["number"], expected, "{number}");
    }
}

/// Fault row 25, and everything else a caller can get wrong. Each is named, and nothing is written.
#[tokio::test]
async fn every_wrong_field_is_named_and_nothing_is_written() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let before = world.ledger(tenant.account_id).await;
    world.bundle.faults().record();
    for (place, (body, field, flaw)) in wrong().into_iter().enumerate() {
        world.payout(key, &place.to_string(), &body).await.violation(field, flaw);
    }
    let mut incomplete = account(&[]);
    incomplete.as_object_mut().expect("an object").remove("beneficiary");
    world.payout(key, "incomplete", &incomplete).await.violation("beneficiary", "required");
    assert!(world.transactions().is_empty());
    assert_eq!(world.ledger(tenant.account_id).await, before);
}

#[tokio::test]
async fn all_flaws_are_reported_at_once() {
    let (world, tenant) = world().await;
    let mut body = with("/amount_cents", json!(0));
    body["description"] = json!("");
    body["to"]["pix_key"]["key"] = json!("x");
    body["beneficiary"]["document"]["number"] = json!("1");
    let response = world.payout(&tenant.program.api_key, "1", &body).await;
    let problem = response.problem(400, "invalid_request");
    assert_eq!(problem["violations"].as_array().expect("a list").len(), 4, "{problem}");
}

#[tokio::test]
async fn a_payout_needs_an_idempotency_key_and_a_used_one_is_for_the_same_payout() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let ask = world.post("/v1/payouts").key(key).json(&new_payout());
    ask.send().await.problem(400, "idempotency_key_missing");
    let first = world.payout(key, "1", &new_payout()).await;
    let again = world.payout(key, "1", &new_payout()).await;
    assert!(again.is_replay() && again.body == first.body);
    let other = world.payout(key, "1", &with("/amount_cents", json!(2_501))).await;
    other.problem(422, "idempotency_key_reused");
}

#[tokio::test]
async fn without_a_beneficiary_a_key_is_enough() {
    let (world, tenant) = world().await;
    let payout = with("/beneficiary", Value::Null);
    let created = world.payout(&tenant.program.api_key, "1", &payout).await.created();
    assert_eq!(created["beneficiary"], Value::Null);
}
