//! Search filters of lists: each finds its objects within two round trips, page by page, and no others.

use domain::access::Permission;
use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_charge, new_payout, text};

/// A CNPJ that pays some charges in place of the payer who was asked.
const ANOTHER_PAYER: &str = "11.222.333/0001-81";

/// An account with objects of every type.
struct SearchedAccount {
    world: World,
    tenant: Tenant,
}

impl SearchedAccount {
    async fn new() -> Self {
        let world = World::new().await;
        let tenant = world.tenant("loja").await;
        Self { world, tenant }
    }

    fn key(&self) -> &str {
        &self.tenant.program.api_key
    }

    async fn list(&self, list: &str, query: &str) -> TestResponse {
        self.world.get(&format!("/v1/{list}?{query}")).key(self.key()).send().await
    }

    /// Returns the ids of a page, and checks that it took at most two round trips.
    async fn ids(&self, list: &str, query: &str) -> Vec<String> {
        let page = self.list(list, query).await.ok();
        let trips = self.world.last_logged()["storage_round_trips"].as_u64();
        assert!(trips <= Some(2), "{list}?{query}: {trips:?}");
        ids_of(&page)
    }

    async fn check(&self, list: &str, query: &str, expected: &[&Value]) {
        let expected: Vec<_> = expected.iter().map(|id| text(id)).collect();
        assert_eq!(self.ids(list, query).await, expected, "{list}?{query}");
    }

    /// Returns the ids of all pages.
    async fn walk(&self, list: &str, query: &str) -> Vec<String> {
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        while ids.len() <= 1_000 {
            let page = self.list(list, &format!("{query}{cursor}")).await.ok();
            ids.extend(ids_of(&page));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return ids,
            }
        }
        panic!("{list}?{query} does not end: {ids:?}");
    }

    async fn charge(&self, amount_cents: u64, reference: &str) -> Value {
        let mut body = new_charge();
        body["amount_cents"] = json!(amount_cents);
        body["reference"] = json!(reference);
        let ask = self.world.post("/v1/charges").key(self.key()).idempotency_key(reference);
        ask.json(&body).send().await.created()
    }

    async fn paid_charge(&self, amount_cents: u64, reference: &str) -> Value {
        let charge = self.charge(amount_cents, reference).await;
        self.world.pay(self.key(), &text(&charge["id"])).await.ok()
    }

    async fn payout(&self, amount_cents: u64, reference: &str) -> Value {
        let mut body = new_payout();
        body["amount_cents"] = json!(amount_cents);
        body["reference"] = json!(reference);
        self.world.payout(self.key(), reference, &body).await.created()
    }
}

fn ids_of(page: &Value) -> Vec<String> {
    page["data"].as_array().expect("a list").iter().map(|row| text(&row["id"])).collect()
}

#[tokio::test]
async fn charges_are_found_by_each_value_in_two_round_trips() {
    let account = SearchedAccount::new().await;
    let plain = account.charge(4_990, "order-1").await;
    account.world.wait(60);
    // The scenario of this amount pays with another document.
    let paid = account.paid_charge(1_016, "order-2").await;
    let id = text(&paid["id"]);
    account
        .world
        .refund(account.key(), &id, "back", &json!({ "amount_cents": 16 }))
        .await
        .created();
    account.world.deliver().await;
    let (plain, paid_id) = (&plain["id"], &paid["id"]);
    let end_to_end = text(&paid["pix"]["end_to_end_id"]);
    let txid = text(&paid["pix"]["txid"]);
    for (query, expected) in [
        (format!("end_to_end_id={end_to_end}"), vec![paid_id]),
        (format!("txid={txid}"), vec![paid_id]),
        ("document=529.982.247-25".to_owned(), vec![paid_id, plain]),
        ("document=52998224725&status=pending".to_owned(), vec![plain]),
        (format!("document={ANOTHER_PAYER}"), vec![paid_id]),
        ("document=39053344705".to_owned(), vec![]),
        ("reference=order-1".to_owned(), vec![plain]),
        ("reference_prefix=order-".to_owned(), vec![plain, paid_id]),
        ("reference_prefix=order-2".to_owned(), vec![paid_id]),
        ("reference_prefix=rder".to_owned(), vec![]),
        ("amount_from_cents=4990&amount_until_cents=4990".to_owned(), vec![plain]),
        ("amount_from_cents=1000".to_owned(), vec![plain, paid_id]),
        ("amount_until_cents=4989".to_owned(), vec![paid_id]),
        ("amount_from_cents=1017&amount_until_cents=4989".to_owned(), vec![]),
        ("paid_from=2026-11-23T12:01:00Z".to_owned(), vec![paid_id]),
        ("paid_from=2026-11-23&paid_until=2026-11-23".to_owned(), vec![paid_id]),
        ("paid_until=2026-11-23T12:01:00Z".to_owned(), vec![]),
        ("updated_from=2026-11-23T12:01:00Z".to_owned(), vec![paid_id]),
        ("updated_until=2026-11-23T12:01:00Z".to_owned(), vec![plain]),
        ("status=pending,credited".to_owned(), vec![paid_id, plain]),
        ("status=paid,expired".to_owned(), vec![]),
        ("has_returns=true".to_owned(), vec![paid_id]),
        ("has_returns=false&method=pix".to_owned(), vec![plain]),
        (format!("end_to_end_id={end_to_end}&status=pending"), vec![]),
        (format!("txid={txid}&amount_from_cents=1017"), vec![]),
    ] {
        account.check("charges", &query, &expected).await;
    }
    // Values of one account lead to nothing in another.
    let other = account.world.tenant("feira").await;
    for query in [
        format!("end_to_end_id={end_to_end}"),
        format!("txid={txid}"),
        "document=52998224725".to_owned(),
        "amount_from_cents=1".to_owned(),
    ] {
        let page = account.world.get(&format!("/v1/charges?{query}")).key(&other.program.api_key);
        assert_eq!(ids_of(&page.send().await.ok()), Vec::<String>::new(), "{query}");
    }
}

#[tokio::test]
async fn payouts_and_refunds_are_found_by_each_value() {
    let account = SearchedAccount::new().await;
    let charge = account.paid_charge(100_000, "order-1").await;
    let id = text(&charge["id"]);
    account.world.wait(1);
    let refund =
        account.world.refund(account.key(), &id, "1", &json!({ "amount_cents": 16 })).await;
    let refund = refund.created();
    account.world.wait(1);
    let sent = account.payout(2_500, "wage-1").await;
    account.world.wait(1);
    let later = account.payout(2_600, "wage-2").await;
    account.world.deliver().await;
    let (first, second) = (&sent["id"], &later["id"]);
    let found = account.world.find_payout(account.key(), first).await;
    assert_eq!(found["status"], "paid");
    let end_to_end = text(&found["end_to_end_id"]);
    for (query, expected) in [
        (format!("end_to_end_id={end_to_end}"), vec![first]),
        ("document=529.982.247-25".to_owned(), vec![second, first]),
        ("pix_key=Maria@Example.com".to_owned(), vec![second, first]),
        ("pix_key=ana@example.com".to_owned(), vec![]),
        ("pix_key=maria@example.com&amount_from_cents=2501".to_owned(), vec![second]),
        ("reference_prefix=wage".to_owned(), vec![first, second]),
        ("amount_from_cents=2500&amount_until_cents=2500".to_owned(), vec![first]),
        ("paid_from=2026-11-23".to_owned(), vec![second, first]),
        ("method=ted".to_owned(), vec![]),
        ("method=pix&status=paid".to_owned(), vec![second, first]),
        ("status=paid,rejected&has_returns=true".to_owned(), vec![]),
    ] {
        account.check("payouts", &query, &expected).await;
    }
    let mut changed = account.ids("payouts", "updated_from=2026-11-23").await;
    changed.sort_unstable();
    assert_eq!(changed, [text(first), text(second)]);
    let original = text(&charge["pix"]["end_to_end_id"]);
    let shown = account.world.get(&format!("/v1/refunds/{}", text(&refund["id"])));
    let shown = shown.key(account.key()).send().await.ok();
    let returned = text(&shown["return_id"]);
    for query in [
        format!("end_to_end_id={original}"),
        format!("end_to_end_id={returned}"),
        "amount_from_cents=16&amount_until_cents=16".to_owned(),
        "paid_from=2026-11-23".to_owned(),
    ] {
        account.check("refunds", &query, &[&refund["id"]]).await;
    }
    // All types together, newest first: the charge of a payment and its refund have one id in common.
    let both = format!("end_to_end_id={original}");
    account.check("transactions", &both, &[&refund["id"], &charge["id"]]).await;
    account.check("transactions", "document=52998224725&type=payout", &[second, first]).await;
    let all = account.ids("transactions", "document=52998224725").await;
    assert_eq!(all, [text(second), text(first), id.clone()]);
    account.check("transactions", "reference_prefix=wage-1", &[first]).await;
    account.check("transactions", "amount_from_cents=2600&type=charge", &[&charge["id"]]).await;
}

#[tokio::test]
async fn credits_and_payments_are_found_by_what_the_network_said() {
    let account = SearchedAccount::new().await;
    let end_to_end = "E9999999920261123120001234567890";
    let payer = json!({ "name": "Ana", "document": { "type": "cpf", "number": "39053344705" } });
    let body = json!({
        "amount_cents": 2_000, "txid": "pedido1042", "end_to_end_id": end_to_end, "payer": payer,
    });
    let payment = account.world.arrive(account.key(), &body).await.created();
    account.world.arrive(account.key(), &json!({ "amount_cents": 2_100 })).await.created();
    let credit = account.world.find_credit(account.key(), &payment["credit_id"]).await;
    for query in [
        format!("end_to_end_id={end_to_end}"),
        "txid=pedido1042".to_owned(),
        "document=390.533.447-05".to_owned(),
        "amount_from_cents=2000&amount_until_cents=2000".to_owned(),
    ] {
        account.check("credits", &query, &[&credit["id"]]).await;
        account.check("transactions", &query, &[&credit["id"]]).await;
        account.check("payments", &query, &[&payment["id"]]).await;
    }
    let charge = account.charge(2_000, "order-1").await;
    let matched = json!({ "charge_id": charge["id"] });
    account.world.decide(account.key(), &credit, "match", &matched).await.ok();
    // The charge has the payment now, by its id and its payer.
    for query in [format!("end_to_end_id={end_to_end}"), "document=39053344705".to_owned()] {
        account.check("charges", &query, &[&charge["id"]]).await;
    }
    // Several credits can be matched to one reference.
    let mut ids = Vec::new();
    for amount_cents in [300, 400] {
        let credit = account.world.credit(account.key(), amount_cents).await;
        let matched = json!({ "reference": "invoice-7" });
        account.world.decide(account.key(), &credit, "match", &matched).await.ok();
        account.world.wait(1);
        ids.push(credit["id"].clone());
    }
    account.check("credits", "reference=invoice-7", &[&ids[0], &ids[1]]).await;
    account.check("credits", "reference_prefix=invoice", &[&ids[0], &ids[1]]).await;
    account.check("credits", "reference=invoice", &[]).await;
}

#[tokio::test]
async fn a_walk_with_a_filter_has_each_object_once_in_its_order() {
    let account = SearchedAccount::new().await;
    let mut opened = Vec::new();
    for number in 0..12_u64 {
        // Two charges of each amount, so that pages end between equal amounts.
        let charge = account.charge(1_000 + number / 2, &format!("order-{number:02}")).await;
        opened.push(text(&charge["id"]));
        account.world.wait(1);
    }
    let newest_first: Vec<_> = opened.iter().rev().cloned().collect();
    for limit in [1, 5, 12, 100] {
        let walk =
            async |query: &str| account.walk("charges", &format!("limit={limit}&{query}")).await;
        assert_eq!(walk("amount_from_cents=1").await, newest_first, "{limit}");
        assert_eq!(walk("document=52998224725").await, newest_first, "{limit}");
        assert_eq!(walk("updated_from=2026-11-23").await, newest_first, "{limit}");
        assert_eq!(walk("status=pending,paid").await, newest_first, "{limit}");
        assert_eq!(walk("reference_prefix=order").await, opened, "{limit}");
        let some = walk("document=52998224725&amount_until_cents=1001").await;
        assert_eq!(some, newest_first[8..], "{limit}");
        let query = format!("limit={limit}&reference_prefix=order");
        assert_eq!(account.walk("transactions", &query).await, opened, "{limit}");
    }
    // A cursor is valid for its filters only.
    let page = account.list("charges", "limit=1&amount_from_cents=1").await.ok();
    let cursor = text(&page["next_cursor"]);
    for query in ["amount_from_cents=2", "document=52998224725", ""] {
        let refused = account.list("charges", &format!("limit=1&{query}&cursor={cursor}")).await;
        refused.problem(400, "invalid_cursor");
    }
}

#[tokio::test]
async fn an_object_that_changed_again_has_its_last_change_only() {
    let account = SearchedAccount::new().await;
    let charge = account.charge(1_000, "order-1").await;
    account.world.wait(3_600);
    account.world.pay(account.key(), &text(&charge["id"])).await.ok();
    let paid_at = account.world.now();
    account.world.wait(3_600);
    let before = format!("updated_until={paid_at}");
    account.check("charges", &before, &[]).await;
    account.check("charges", &format!("updated_from={paid_at}"), &[&charge["id"]]).await;
    account.check("transactions", "updated_from=2026-11-23", &[&charge["id"]]).await;
}

/// The rows have the hash of their time, so all versions of the pepper are looked at.
#[tokio::test]
async fn a_document_is_found_after_the_pepper_was_rotated() {
    let account = SearchedAccount::new().await;
    let old = account.charge(1_000, "order-1").await;
    account
        .world
        .bundle
        .operate("rotate_secret", json!({ "secret": "pepper" }))
        .await
        .expect("one");
    account.world.wait(301);
    let new = account.charge(1_000, "order-2").await;
    account.check("charges", "document=52998224725", &[&new["id"], &old["id"]]).await;
    let pages = account.walk("charges", "limit=1&document=52998224725").await;
    assert_eq!(pages, [text(&new["id"]), text(&old["id"])]);
}

#[tokio::test]
async fn a_wrong_filter_is_refused_by_its_name() {
    let account = SearchedAccount::new().await;
    for (list, query, field, flaw) in [
        ("charges", "status=paid,lost", "status", "unknown_value"),
        ("charges", "status=", "status", "unknown_value"),
        ("charges", "document=123", "document", "invalid_format"),
        ("payouts", "pix_key=x", "pix_key", "invalid_format"),
        ("charges", "pix_key=maria@example.com", "pix_key", "unknown_field"),
        ("charges", "end_to_end_id=", "end_to_end_id", "wrong_length"),
        ("credits", "txid=", "txid", "wrong_length"),
        ("refunds", "reference_prefix=", "reference_prefix", "wrong_length"),
        ("charges", "amount_until_cents=100000000000", "amount_until_cents", "out_of_range"),
        ("payments", "amount_from_cents=100000000000", "amount_from_cents", "out_of_range"),
        ("charges", "amount_from_cents=-1", "amount_from_cents", "out_of_range"),
        ("charges", "amount_until_cents=x", "amount_until_cents", "invalid_format"),
        ("charges", "has_returns=maybe", "has_returns", "invalid_format"),
        ("payments", "document=1", "document", "invalid_format"),
        ("payments", "end_to_end_id=", "end_to_end_id", "wrong_length"),
        ("transactions", "type=fee", "type", "unknown_value"),
        ("charges", "paid_from=yesterday", "paid_from", "invalid_format"),
    ] {
        let refused = account.list(list, query).await;
        refused.violation(field, flaw);
    }
    // Both ends in the wrong order select nothing.
    account.charge(1_000, "order-1").await;
    account.check("charges", "amount_from_cents=2000&amount_until_cents=500", &[]).await;
    account.check("charges", "paid_from=2026-11-25&paid_until=2026-11-20", &[]).await;
}

#[tokio::test]
async fn no_key_of_the_search_index_shows_a_document_and_its_rows_are_small() {
    let account = SearchedAccount::new().await;
    account.world.bundle.faults().record();
    account.paid_charge(1_016, "order-1").await;
    account.paid_charge(100_000, "order-2").await;
    account.payout(2_500, "wage-1").await;
    account.world.deliver().await;
    let sent = account.world.transactions().concat();
    let keys: Vec<_> = sent.match_indices("SEARCH#").map(|(at, _)| &sent[at..]).collect();
    assert!(keys.len() >= 10, "{}", keys.len());
    for row in keys {
        let key = row.split('"').next().unwrap_or_default();
        assert!(key.len() < 120, "{key}");
        for value in ["52998224725", "11222333000181", "maria"] {
            assert!(!key.contains(value), "{key}");
        }
    }
}

/// A search confirms a value that lists show masked.
#[tokio::test]
async fn a_caller_who_may_not_read_objects_cannot_confirm_a_document() {
    let account = SearchedAccount::new().await;
    account.charge(1_000, "order-1").await;
    let permissions = [Permission::StatementRead];
    let account_id = account.tenant.account_id;
    let reader = account.world.program(account_id, &permissions, &["203.0.113.7"]).await.api_key;
    for query in ["document=52998224725", "pix_key=maria@example.com"] {
        let ask = account.world.get(&format!("/v1/transactions?{query}")).key(&reader);
        ask.send().await.problem(403, "permission_denied");
    }
    let ask = account.world.get("/v1/transactions?amount_from_cents=1").key(&reader);
    assert_eq!(ids_of(&ask.send().await.ok()).len(), 1);
}

/// References sort as the table sorts them, whatever their characters.
#[tokio::test]
async fn no_page_loses_a_reference_that_begins_with_another() {
    let account = SearchedAccount::new().await;
    let mut opened = Vec::new();
    for reference in ["p", "p 1", "p!", "p#1", "p#1#2", "p1"] {
        opened.push(text(&account.charge(1_000, reference).await["id"]));
    }
    for (list, limit) in [("charges", 1), ("charges", 4), ("transactions", 1), ("transactions", 5)]
    {
        let query = format!("limit={limit}&reference_prefix=p");
        assert_eq!(account.walk(list, &query).await, opened, "{list} {limit}");
    }
}

/// The list of the index can end long before the object that a key names.
#[tokio::test]
async fn an_object_that_a_key_names_is_on_a_page_whatever_the_limit() {
    let account = SearchedAccount::new().await;
    let charge = account.paid_charge(10_000, "R").await;
    let payout = account.payout(2_500, "R").await;
    for reference in ["R 0", "R 1", "R 2"] {
        let credit = account.world.credit(account.key(), 300).await;
        let matched = json!({ "reference": reference });
        account.world.decide(account.key(), &credit, "match", &matched).await.ok();
    }
    for name in ["1", "2", "3"] {
        account.world.wait(1);
        let (id, one) = (text(&charge["id"]), json!({ "amount_cents": 1 }));
        account.world.refund(account.key(), &id, name, &one).await.created();
    }
    let id = text(&charge["pix"]["end_to_end_id"]);
    for limit in [1, 2, 25] {
        let found = account.walk("transactions", &format!("limit={limit}&reference=R")).await;
        assert_eq!(found, [text(&charge["id"]), text(&payout["id"])], "{limit}");
        let found = account.walk("charges", &format!("limit={limit}&end_to_end_id={id}")).await;
        assert_eq!(found, [text(&charge["id"])], "{limit}");
        let found =
            account.walk("transactions", &format!("limit={limit}&end_to_end_id={id}")).await;
        assert_eq!(found.len(), 4, "{limit}");
    }
    account.check("charges", "status=credited,credited", &[&charge["id"]]).await;
}
