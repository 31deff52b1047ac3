//! Charges by card: the payment page, and a dispute.

use axum::http::Method;
use serde_json::json;

use crate::stack::{DeployedAccount, anonymous, soon, text};

/// The payer chooses a card in the acquirer's form and confirms; the payer's bank then demands the money, and the
/// demand is given up.
#[tokio::test]
async fn a_payer_pays_by_card_on_the_page_and_disputes_the_charge() {
    let mut account = DeployedAccount::open("card").await;
    let program = account.program(&["127.0.0.1", "::1"]).await;
    let order = program.with("idempotency-key", "card-1");
    let new =
        json!({ "method": "card", "amount_cents": 30_000, "card": { "installments_max": 3 } });
    let charge = order.post("/v1/charges", &new).await.expect("a charge");
    assert_eq!(charge["status"], "pending");
    let url = text(&charge["payment_url"]);
    let (page, payer) = (&url[url.find("/pay/").expect("the path of a page")..], anonymous());
    payer.call(Method::GET, page, None).await.expect("the payment page");
    let form = format!("{page}/sandbox-card");
    payer.call(Method::GET, &form, None).await.expect("the form of the acquirer");
    let chosen = json!({ "card": "approved" });
    let token = program.post("/v1/sandbox/card-tokens", &chosen).await.expect("a token");
    let token = text(&token["token"]);
    let confirmation = format!("{page}/card?card_token={token}");
    payer.call(Method::GET, &confirmation, None).await.expect("the form to confirm");
    let fields = [("card_token", token.as_str()), ("installments", "3")];
    payer.submit(&format!("{page}/card"), &fields).await.expect("the payment page");
    let path = format!("/v1/charges/{}", text(&charge["id"]));
    soon("the card is charged", async || {
        let charge = program.get(&path).await.expect("the charge");
        (charge["status"] == "paid").then_some(())
    })
    .await;
    let paid = program.get(&path).await.expect("the charge");
    assert_eq!(paid["card"]["receivables"].as_array().map(Vec::len), Some(3));
    let sandbox = format!("/v1/sandbox{}", path.trim_start_matches("/v1"));
    let credited = program.post(&format!("{sandbox}/settle"), &json!({})).await.expect("money");
    assert_eq!(credited["card"]["receivables"][0]["credited_at"].is_string(), true);
    let demand = json!({ "outcome": "blocked", "amount_cents": 5_000 });
    program.post(&format!("{sandbox}/return"), &demand).await.expect("a demand");
    let disputes = program.get("/v1/disputes").await.expect("a list");
    let dispute = &disputes["data"][0];
    assert_eq!(
        (&dispute["charge_id"], &dispute["kind"], &dispute["amount_cents"]),
        (&charge["id"], &json!("chargeback"), &json!(5_000))
    );
    let closed = json!({ "outcome": "closed" });
    program.post(&format!("{sandbox}/return"), &closed).await.expect("the end of the demand");
    let path = format!("/v1/disputes/{}", text(&dispute["id"]));
    assert_eq!(program.get(&path).await.expect("the dispute")["status"], "won");
}
