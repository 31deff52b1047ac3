//! Receipts as callers see them: kinds, states, forms, masking and refusals.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_charge, new_payout, new_refund, text};

/// Makes a world with a charge of 100 reais that was paid at the beginning.
async fn paid() -> (World, Tenant, String) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = world.paid_charge(&tenant.program.api_key, 10_000).await;
    (world, tenant, charge)
}

async fn receipt(world: &World, key: &str, path: &str) -> Value {
    world.get(&format!("/v1/{path}/receipt")).key(key).send().await.ok()
}

fn payout_of(amount_cents: u64) -> Value {
    let mut payout = new_payout();
    payout["amount_cents"] = json!(amount_cents);
    payout
}

fn media_type(response: &TestResponse) -> String {
    response.header("content-type").unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_receipt_of_a_charge_says_who_paid_whom_and_masks_the_cpf() {
    let (world, tenant, charge) = paid().await;
    let key = &tenant.program.api_key;
    let shown = world.find_charge(key, &charge).await;
    let receipt = receipt(&world, key, &format!("charges/{charge}")).await;
    assert_eq!((&receipt["kind"], &receipt["state"]), (&json!("charge"), &json!("paid")));
    assert_eq!(receipt["title"], "Comprovante de pagamento");
    assert_eq!((&receipt["amount_cents"], &receipt["currency"]), (&json!(10_000), &json!("BRL")));
    assert_eq!(
        (&receipt["payer"]["name"], &receipt["payer"]["document"]),
        (&json!("Maria Silva"), &json!("***.982.247-**"))
    );
    assert_eq!(receipt["payee"]["name"], tenant_name(&world, &tenant).await);
    assert_eq!(receipt["end_to_end_id"], shown["pix"]["end_to_end_id"]);
    assert_eq!(receipt["payer"]["bank"]["ispb"], text(&receipt["end_to_end_id"])[1..9]);
    assert_eq!((&receipt["txid"], &receipt["stage"]), (&shown["pix"]["txid"], &json!("sandbox")));
    let paid_at = shown["status_history"].as_array().expect("a list");
    let paid_at = paid_at.iter().find(|change| change["status"] == "paid").expect("paid");
    assert_eq!(receipt["paid_at"], paid_at["at"]);
    assert!(text(&receipt["paid_at_local"]).ends_with("-03:00"));
    assert!(!receipt.to_string().contains("52998224725"));
}

/// The payer of the payment is on the receipt, with the institution that the network named.
#[tokio::test]
async fn a_receipt_of_a_charge_names_who_really_paid() {
    let (world, tenant, _) = paid().await;
    let key = &tenant.program.api_key;
    let charge = world.charge(key, "order-1").await.created();
    let payment = json!({
        "amount_cents": 1_000,
        "txid": charge["pix"]["txid"],
        "payer": {
            "name": "Comercio Exemplo Ltda",
            "document": { "type": "cnpj", "number": "11.222.333/0001-81" },
            "ispb": "60701190",
        },
    });
    let arrived = world.arrive(key, &payment).await.created();
    assert_eq!(arrived["charge_id"], charge["id"]);
    let path = format!("charges/{}", text(&charge["id"]));
    let payer = receipt(&world, key, &path).await["payer"].clone();
    assert_eq!(
        (&payer["name"], &payer["document"]),
        (&json!("Comercio Exemplo Ltda"), &json!("11.222.333/0001-81"))
    );
    let bank = json!({ "ispb": "60701190", "name": "ITAÚ UNIBANCO S.A." });
    assert_eq!(payer["bank"], bank);
    // The statement, the transaction and a refund name the same party.
    let refund = world.refund(key, &text(&charge["id"]), "1", &new_refund()).await.created();
    assert_eq!(refund["recipient"]["name"], "Comercio Exemplo Ltda");
    let transaction = format!("/v1/transactions/{}", text(&charge["id"]));
    let transaction = world.get(&transaction).key(key).send().await.ok();
    let statement = world.get("/v1/statement?from=2026-11-23").key(key).send().await.ok();
    let lines = statement["data"].as_array().expect("a list");
    let is_it =
        |line: &&Value| line["transaction_id"] == charge["id"] && line["kind"] == "charge_credited";
    let line = lines.iter().find(is_it).expect("a line");
    for party in [&transaction["counterparty"], &line["counterparty"]] {
        assert_eq!(
            (&party["name"], &party["ispb"]),
            (&json!("Comercio Exemplo Ltda"), &json!("60701190"))
        );
    }
}

/// A network that tells only a document or only a name contradicts the payer that was asked: the receipt,
/// its signature, a refund and the statement do not name this payer.
#[tokio::test]
async fn a_receipt_of_a_charge_never_names_a_payer_whom_the_network_contradicted() {
    let (world, tenant, _) = paid().await;
    let key = &tenant.program.api_key;
    let cnpj = json!({ "document": { "type": "cnpj", "number": "11.222.333/0001-81" } });
    for (number, payer, name, document) in [
        ("1", cnpj, json!(null), json!("11.222.333/0001-81")),
        ("2", json!({ "name": "Joao Outro" }), json!("Joao Outro"), json!(null)),
        ("3", json!({ "name": "MARIA SILVA" }), json!("Maria Silva"), json!("***.982.247-**")),
        ("4", json!({}), json!("Maria Silva"), json!("***.982.247-**")),
    ] {
        let charge = world.charge(key, number).await.created();
        let paid_at = world.now() - SignedDuration::from_mins(2);
        world.wait(300);
        let payment = json!({
            "amount_cents": 1_000, "txid": charge["pix"]["txid"], "payer": payer, "paid_at": paid_at,
        });
        let arrived = world.arrive(key, &payment).await.created();
        assert_eq!(arrived["charge_id"], charge["id"]);
        let id = text(&charge["id"]);
        let receipt = receipt(&world, key, &format!("charges/{id}")).await;
        let payer = &receipt["payer"];
        assert_eq!((&payer["name"], &payer["document"]), (&name, &document), "{number}");
        // The time is that of the payment, not that of its report.
        let shown = world.find_charge(key, &id).await;
        assert_eq!(receipt["paid_at"], shown["paid_at"]);
        assert_eq!(receipt["paid_at"], json!(format!("{paid_at:.3}")));
        let refund = world.refund(key, &id, number, &new_refund()).await.created();
        let is_asked = name == "Maria Silva";
        assert_eq!(refund["recipient"].is_null(), !is_asked, "{refund}");
    }
}

/// The network takes the money back, in parts and with a refund before.
#[tokio::test]
async fn a_receipt_of_a_charge_counts_what_the_network_took_back() {
    let (world, tenant, charge) = paid().await;
    let key = &tenant.program.api_key;
    world.refund(key, &charge, "1", &new_refund()).await.created();
    world.deliver().await;
    let path = format!("/v1/sandbox/charges/{charge}/return");
    for (amount_cents, state, returned) in
        [(Some(2_000), "partly_returned", 2_400), (None, "returned", 10_000)]
    {
        let taken = json!({ "outcome": "returned", "amount_cents": amount_cents });
        world.post(&path).key(key).json(&taken).send().await.ok();
        let receipt = receipt(&world, key, &format!("charges/{charge}")).await;
        assert_eq!(
            (&receipt["state"], &receipt["returned_amount_cents"]),
            (&json!(state), &json!(returned))
        );
        assert_eq!(receipt["amount_cents"], 10_000);
    }
    let shown = world.find_charge(key, &charge).await;
    assert_eq!(shown["net_amount_cents"], 9_901, "what the credit brought does not change");
}

async fn tenant_name(world: &World, tenant: &Tenant) -> String {
    let account = store::Key::Account(tenant.account_id);
    let account = world.bundle.app().store.find::<domain::account::Account>(&account).await;
    account.expect("readable").expect("there").name
}

#[tokio::test]
async fn a_scheduled_payout_has_a_receipt_of_a_schedule_and_then_of_each_later_state() {
    let (world, tenant, _) = paid().await;
    let key = &tenant.program.api_key;
    let mut later = payout_of(2_005);
    later["scheduled_for"] = json!("2026-12-24T12:00:00Z");
    let scheduled = world.payout(key, "later", &later).await.created();
    let path = format!("payouts/{}", text(&scheduled["id"]));
    let receipt_of = async || receipt(&world, key, &path).await;
    let first = receipt_of().await;
    assert_eq!(
        (&first["state"], &first["title"]),
        (&json!("scheduled"), &json!("Agendamento Pix"))
    );
    assert_eq!(first["scheduled_for"], "2026-12-24T12:00:00.000Z");
    assert_eq!(first["scheduled_for_local"], "2026-12-24T09:00:00-03:00");
    assert_eq!((&first["paid_at"], &first["end_to_end_id"]), (&Value::Null, &Value::Null));
    let page = world.get(&format!("/v1/{path}/receipt?format=html")).key(key).send().await;
    let page = page.text().replace(&text(&first["proof"]["code"]), "").to_lowercase();
    assert!(!page.contains("pago") && !page.contains("comprovante"), "{page}");
    assert!(page.contains("agendamento pix"));

    let now = world.payout(key, "now", &payout_of(2_005)).await.created();
    let path = format!("payouts/{}", text(&now["id"]));
    let processing = receipt(&world, key, &path).await;
    assert_eq!(processing["state"], "processing");
    assert_eq!(processing["title"], "Pix em processamento");
    world.deliver().await;
    let paid = receipt(&world, key, &path).await;
    assert_eq!((&paid["state"], &paid["title"]), (&json!("paid"), &json!("Comprovante de Pix")));
    assert_eq!(paid["payer"]["bank"]["ispb"], text(&paid["end_to_end_id"])[1..9]);
    assert_eq!(paid["payee"]["pix_key"], "m***@example.com");
    for _ in 0..7 {
        world.wait_and_tick(60).await;
    }
    let returned = receipt(&world, key, &path).await;
    assert_eq!(
        (&returned["state"], &returned["returned_amount_cents"]),
        (&json!("returned"), &json!(2_005))
    );
    assert_eq!(returned["paid_at"], paid["paid_at"], "the receipt of a payment stays one");
}

#[tokio::test]
async fn a_receipt_of_a_refund_names_its_charge_and_both_payments() {
    let (world, tenant, charge) = paid().await;
    let key = &tenant.program.api_key;
    let refund = world.refund(key, &charge, "1", &new_refund()).await.created();
    let path = format!("refunds/{}", text(&refund["id"]));
    assert_eq!(receipt(&world, key, &path).await["state"], "processing");
    world.deliver().await;
    let ended = world.find_refund(key, &refund["id"]).await;
    let receipt_now = receipt(&world, key, &path).await;
    assert_eq!(
        (&receipt_now["state"], &receipt_now["title"]),
        (&json!("paid"), &json!("Comprovante de devolução"))
    );
    assert_eq!(receipt_now["end_to_end_id"], ended["return_id"]);
    assert_eq!(receipt_now["original_end_to_end_id"], ended["end_to_end_id"]);
    assert_eq!(
        (&receipt_now["charge_id"], &receipt_now["amount_cents"]),
        (&json!(charge), &json!(400))
    );
    assert_eq!(receipt_now["payee"]["document"], "***.982.247-**");
    let of_charge = receipt(&world, key, &format!("charges/{charge}")).await;
    assert_eq!(
        (&of_charge["state"], &of_charge["returned_amount_cents"]),
        (&json!("partly_returned"), &json!(400))
    );
}

#[tokio::test]
async fn what_was_not_paid_has_no_receipt_and_says_why() {
    let (world, tenant, _) = paid().await;
    let key = &tenant.program.api_key;
    let ask = async |path: &str| world.get(&format!("/v1/{path}/receipt")).key(key).send().await;
    let charge = world.charge(key, "unpaid").await.created();
    let path = format!("charges/{}", text(&charge["id"]));
    let refusal = ask(&path).await.problem(409, "charge_state");
    assert!(text(&refusal["detail"]).contains("pending, so there is no receipt yet"), "{refusal}");
    world.post(&format!("/v1/{path}/cancel")).key(key).json(&json!({})).send().await.ok();
    let refusal = ask(&path).await.problem(409, "charge_state");
    assert!(text(&refusal["detail"]).contains("cancelled: no money was transferred"), "{refusal}");

    let payout = world.payout(key, "trigger", &payout_of(2_006)).await.created();
    world.deliver().await;
    let path = format!("payouts/{}", text(&payout["id"]));
    let outcome = json!({ "outcome": "rejected", "reason": "account_blocked" });
    let trigger = format!("/v1/sandbox/{path}/outcome");
    world.post(&trigger).key(key).json(&outcome).send().await.ok();
    let refusal = ask(&path).await.problem(409, "payout_state");
    assert!(text(&refusal["detail"]).contains("rejected"), "{refusal}");
    ask("charges/chg_01J00000000000000000000000").await.problem(404, "not_found");
}

#[tokio::test]
async fn the_form_is_the_one_of_the_query_and_else_the_one_that_accept_prefers() {
    let (world, tenant, charge) = paid().await;
    let key = &tenant.program.api_key;
    let path = format!("/v1/charges/{charge}/receipt");
    for (query, accept, expected) in [
        ("", None, "application/json"),
        ("", Some("*/*"), "application/json"),
        ("", Some("text/html,application/xhtml+xml,*/*;q=0.8"), "text/html; charset=utf-8"),
        ("", Some("application/pdf"), "application/pdf"),
        ("?format=json", Some("application/pdf"), "application/json"),
        ("?format=html", None, "text/html; charset=utf-8"),
        ("?format=pdf", Some("text/html"), "application/pdf"),
    ] {
        let mut ask = world.get(&format!("{path}{query}")).key(key);
        if let Some(accept) = accept {
            ask = ask.header("accept", accept);
        }
        let response = ask.send().await;
        assert_eq!(
            (response.status, media_type(&response).as_str()),
            (200, expected),
            "{query} {accept:?}"
        );
        assert_eq!(response.header("vary"), Some("accept"));
    }
    let ask = world.get(&format!("{path}?format=xml")).key(key).send().await;
    ask.violation("format", "unknown_value");
}

#[tokio::test]
async fn a_page_has_a_policy_and_a_pdf_has_a_name_and_the_same_bytes_each_time() {
    let (world, tenant, charge) = paid().await;
    let key = &tenant.program.api_key;
    let ask = async |format: &str| {
        let path = format!("/v1/charges/{charge}/receipt?format={format}");
        world.get(&path).key(key).send().await
    };
    let page = ask("html").await;
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(page.text().contains("AMBIENTE DE TESTES"));
    let (one, again) = (ask("pdf").await, ask("pdf").await);
    assert!(one.body.starts_with(b"%PDF-1.7") && one.body == again.body);
    let name = format!("inline; filename=\"comprovante-{charge}.pdf\"");
    assert_eq!(one.header("content-disposition"), Some(name.as_str()));
}

/// Names of the network and of callers are not ours.
#[tokio::test]
async fn a_name_is_never_markup_and_every_name_fits_every_form() {
    let (world, tenant, _) = paid().await;
    let key = &tenant.program.api_key;
    let names =
        ["<script>alert(1)</script>", "محمد שלום 😀", "Maria da Conceição Aparecida dos Santos"];
    for (number, name) in names.into_iter().enumerate() {
        let mut charge = new_charge();
        charge["payer"]["name"] = json!(name);
        charge["description"] = json!("x".repeat(140));
        let ask = world.post("/v1/charges").key(key).idempotency_key(&format!("name-{number}"));
        let charge = ask.json(&charge).send().await.created();
        world.pay(key, &text(&charge["id"])).await.ok();
        let path = format!("/v1/charges/{}/receipt", text(&charge["id"]));
        let json = world.get(&path).key(key).send().await.ok();
        assert_eq!(json["payer"]["name"], name);
        let page = world.get(&format!("{path}?format=html")).key(key).send().await;
        assert!(!page.text().contains("<script"), "{name}");
        let pdf = world.get(&format!("{path}?format=pdf")).key(key).send().await;
        assert!(pdf.status == 200 && pdf.body.starts_with(b"%PDF"), "{name}");
    }
}

/// The caller can write any name; the directory names the owner of the key.
#[tokio::test]
async fn a_receipt_of_a_payout_to_a_key_names_its_owner() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    world.pay_in(key, 100_000).await;
    for (name, beneficiary) in [
        ("1", Value::Null),
        (
            "2",
            json!({ "name": "Loja Vitima SA", "document": { "type": "cpf", "number": "52998224725" } }),
        ),
    ] {
        let mut payout = new_payout();
        payout["beneficiary"] = beneficiary;
        let payout = world.payout(key, name, &payout).await.created();
        world.deliver().await;
        let payee = receipt(&world, key, &format!("payouts/{}", text(&payout["id"]))).await;
        let payee = &payee["payee"];
        assert_eq!(payee["name"], "Maria Silva", "{payee}");
        assert_eq!(payee["document"], "***.982.247-**");
        assert!(payee["bank"]["ispb"].is_string(), "{payee}");
    }
}
