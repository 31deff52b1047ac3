//! What the payment page says in each state of its charge, in both languages.

use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_charge, text};

const DAY: i64 = 24 * 3_600;
/// The amounts that the sandbox holds for review, and then approves or rejects.
const APPROVED_CENTS: u64 = 1_002;
const REJECTED_CENTS: u64 = 1_003;

struct PageScene {
    world: World,
    tenant: Tenant,
    charge: Value,
}

impl PageScene {
    async fn of(body: Value) -> Self {
        let world = World::new().await;
        let tenant = world.tenant("loja").await;
        let ask = world.post("/v1/charges").key(&tenant.program.api_key);
        let charge = ask.idempotency_key("order-1").json(&body).send().await.created();
        Self { world, tenant, charge }
    }

    fn key(&self) -> &str {
        &self.tenant.program.api_key
    }

    fn id(&self) -> String {
        text(&self.charge["id"])
    }

    async fn get(&self, rest: &str) -> TestResponse {
        let url = text(&self.charge["payment_url"]);
        let path = url.strip_prefix("http://127.0.0.1:4000").expect("our host");
        self.world.get(&format!("{path}{rest}")).send().await
    }

    /// Demands these texts on the page in Portuguese and in English.
    async fn says(&self, portuguese: &[&str], english: &[&str]) {
        for (query, language, texts) in [("", "pt-BR", portuguese), ("?lang=en", "en", english)] {
            let page = self.get(query).await;
            assert_eq!(page.status, 200);
            assert_eq!(page.header("content-language"), Some(language));
            assert!(page.text().contains(&format!("<html lang=\"{language}\">")));
            for text in texts {
                assert!(page.text().contains(text), "{text} is not in {}", page.text());
            }
        }
    }

    async fn lacks(&self, texts: &[&str]) {
        let page = self.get("").await;
        for text in texts {
            assert!(!page.text().contains(text), "{text} is in {}", page.text());
        }
    }
}

fn due_charge() -> Value {
    let mut body = new_charge();
    let terms = json!({
        "amount_cents": 123_456,
        "due_date": "2026-11-27",
        "payable_days_after_due": 10,
        "fine": { "basis_points": 200 },
        "interest": { "basis_points_per_month": 100 },
        "discounts": [{ "until": "2026-11-24", "reduction": { "amount_cents": 500 } }],
        "rebate": { "amount_cents": 1_000 },
    });
    body.as_object_mut().expect("an object").extend(terms.as_object().expect("one").clone());
    body
}

#[tokio::test]
async fn an_open_charge_says_how_to_pay_it_and_until_when() {
    let mut body = new_charge();
    body["description"] = json!("Pedido 1042");
    let scene = PageScene::of(body).await;
    let until = "24/11/2026 às 09:00 (horário de Brasília)";
    scene
        .says(
            &["Cobrança de", "<bdi>Pedido 1042</bdi>", "Pague com Pix", until, "Já paguei"],
            &["Charge from", "<bdi>Pedido 1042</bdi>", "Pay with Pix", "24/11/2026 at 09:00"],
        )
        .await;
    // The sandbox says that its charges are not real.
    scene.says(&["AMBIENTE DE TESTES"], &["TEST ENVIRONMENT"]).await;
    scene.lacks(&["Multa", "Vencimento", "comprovante"]).await;
}

#[tokio::test]
async fn a_due_date_shows_the_amount_of_today_with_its_parts() {
    let scene = PageScene::of(due_charge()).await;
    scene
        .says(
            &[
                "Valor para pagar hoje, 23/11/2026",
                "R$\u{a0}1.219,56",
                "<dt>Abatimento</dt><dd>−\u{a0}R$\u{a0}10,00</dd>",
                "<dt>Desconto</dt><dd>−\u{a0}R$\u{a0}5,00</dd>",
                "Desconto de R$\u{a0}5,00 para pagamento até 24/11/2026.",
                "Depois de 27/11/2026: multa de 2% e juros de 1% ao mês.",
                "Pode ser paga até 07/12/2026.",
            ],
            &[
                "Amount to pay today, 23/11/2026",
                "Discount of R$\u{a0}5,00 if paid by 24/11/2026.",
                "After 27/11/2026: a fine of 2% and interest of 1% a month.",
            ],
        )
        .await;
    scene.world.wait(6 * DAY);
    scene
        .says(
            &[
                "Vencida",
                "<dt>Valor original</dt><dd>R$\u{a0}1.234,56</dd>",
                "<dt>Multa</dt><dd>+\u{a0}R$\u{a0}24,49</dd>",
                "<dt>Juros</dt><dd>+\u{a0}R$\u{a0}0,82</dd>",
                "R$\u{a0}1.249,87",
            ],
            &["Overdue", "Fine", "Interest", "Total today"],
        )
        .await;
    scene.lacks(&["Desconto"]).await;
    scene.world.wait(10 * DAY);
    scene.says(&["Cobrança expirada", "08/12/2026 às 00:00"], &["Charge expired"]).await;
    scene.lacks(&["Copia e Cola", "Maria Silva"]).await;
}

#[tokio::test]
async fn a_paid_charge_has_a_receipt_and_a_refund_is_shown() {
    let scene = PageScene::of(new_charge()).await;
    assert_eq!(scene.get("/receipt").await.status, 404, "there is no payment yet");
    scene.world.pay(scene.key(), &scene.id()).await.ok();
    scene
        .says(
            &["Pagamento recebido", "23/11/2026 às 09:00 (horário de Brasília)", "Ver comprovante"],
            &["Payment received", "See the receipt"],
        )
        .await;
    scene.lacks(&["Copia e Cola", "Aguardando"]).await;
    let receipt = scene.get("/receipt").await;
    assert_eq!(receipt.status, 200);
    assert!(receipt.text().contains("Comprovante de pagamento"));
    assert_eq!(receipt.header("referrer-policy"), Some("same-origin"));
    assert_eq!(receipt.header("cache-control"), Some("no-store"));
    let pdf = scene.get("/receipt?format=pdf&fbclid=1").await;
    assert_eq!((pdf.status, pdf.header("content-type")), (200, Some("application/pdf")));
    assert!(pdf.body.starts_with(b"%PDF-"));

    // The fee was taken, so the whole refund needs money of another charge.
    scene.world.pay_in(scene.key(), 10_000).await;
    let part = json!({ "amount_cents": 400 });
    scene.world.refund(scene.key(), &scene.id(), "part", &part).await.created();
    scene.says(&["Devolução em andamento", "R$\u{a0}4,00"], &["Return in process"]).await;
    scene.world.deliver().await;
    scene
        .says(&["Pagamento devolvido em parte", "Valor devolvido"], &["Payment partly returned"])
        .await;
    scene.world.refund(scene.key(), &scene.id(), "rest", &json!({})).await.created();
    scene.world.deliver().await;
    scene.says(&["Pagamento devolvido", "Ver comprovante"], &["Payment returned"]).await;
}

#[tokio::test]
async fn a_review_a_rejection_a_cancellation_and_an_expiry_have_their_words() {
    let scene = PageScene::of(new_charge()).await;
    let cancel = format!("/v1/charges/{}/cancel", scene.id());
    scene.world.post(&cancel).key(scene.key()).send().await.ok();
    scene.says(&["Cobrança cancelada", "Não pague"], &["Charge cancelled", "Do not pay"]).await;
    scene.lacks(&["Copia e Cola", "Já paguei", "comprovante"]).await;

    let scene = PageScene::of(new_charge()).await;
    scene.world.wait(DAY);
    scene.says(&["Cobrança expirada", "24/11/2026 às 09:00"], &["Charge expired"]).await;

    for (amount_cents, portuguese, english) in [
        (APPROVED_CENTS, "Pagamento recebido", "Payment received"),
        (REJECTED_CENTS, "Pagamento não aceito", "Payment not accepted"),
    ] {
        let mut body = new_charge();
        body["amount_cents"] = json!(amount_cents);
        let scene = PageScene::of(body).await;
        scene.world.pay(scene.key(), &scene.id()).await.ok();
        scene.says(&["Pagamento em análise", "Não pague de novo"], &["Payment in review"]).await;
        scene.lacks(&["Copia e Cola", "Ver comprovante"]).await;
        scene.world.wait_and_tick(DAY).await;
        scene.says(&[portuguese], &[english]).await;
    }
}

/// Fault row 171.
#[tokio::test]
async fn the_language_is_that_of_the_address_then_that_of_the_browser() {
    let scene = PageScene::of(new_charge()).await;
    let url = text(&scene.charge["payment_url"]);
    let path = url.strip_prefix("http://127.0.0.1:4000").expect("our host");
    for (query, header, expected) in [
        ("", "", "pt-BR"),
        ("", "en-US,en;q=0.9", "en"),
        ("", "de-DE,de;q=0.9", "pt-BR"),
        ("", "de,en;q=0.5,pt;q=0.4", "en"),
        ("?lang=pt", "en", "pt-BR"),
        ("?lang=EN", "pt", "en"),
        ("?lang=xx", "en", "en"),
        ("?lang=", "", "pt-BR"),
        ("?utm_source=mail&fbclid=1&lang=en", "pt", "en"),
    ] {
        let ask = scene.world.get(&format!("{path}{query}")).header("accept-language", header);
        let page = ask.send().await;
        assert_eq!(page.status, 200, "{query}");
        assert_eq!(page.header("content-language"), Some(expected), "{query} {header}");
        assert_eq!(page.header("vary"), Some("accept-language"));
    }
}

/// No text of a caller becomes markup, and none turns the direction of the page.
#[tokio::test]
async fn what_the_merchant_typed_is_shown_as_text() {
    let markup = "\"><img src=x onerror=alert(1)></script>";
    let mut body = new_charge();
    body["description"] = json!(markup);
    body["payer"]["name"] = json!(format!("{markup} אב"));
    let scene = PageScene::of(body).await;
    let page = scene.get("").await;
    for refused in ["<img", "</script", "onerror=alert(1)>"] {
        assert!(!page.text().contains(refused), "{refused}");
    }
    assert!(page.text().contains("&#62;&#60;img src=x onerror=alert(1)&#62;"));
    assert!(page.text().contains("<bdi>&#34;&#62;"), "each text has its own direction");
    let mut body = new_charge();
    body["payer"]["name"] = json!("Nome ".repeat(40).trim());
    let scene = PageScene::of(body).await;
    scene.says(&["Nome Nome Nome"], &["Nome Nome Nome"]).await;
}
