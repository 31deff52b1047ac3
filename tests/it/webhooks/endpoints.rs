//! Endpoints: made, changed, rotated, disabled, removed; and what they never show.

use domain::access::Permission;
use domain::account::Stage;
use domain::kernel::Id;
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tests::{ReceivedWebhook, Tenant, World};

const URL: &str = "https://hooks.example.com/trilho";

pub(crate) async fn world() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    (world, tenant)
}

/// Returns true if what arrived carries the signature of this secret. The library's own `verify`
/// compares with the machine's clock, and the clock of the test stands still.
#[track_caller]
pub(crate) fn is_signed_by(arrived: &ReceivedWebhook, secret: &str) -> bool {
    let webhook = Webhook::new(secret).expect("a secret");
    let seconds: i64 = arrived.header("webhook-timestamp").parse().expect("seconds");
    assert_eq!(seconds, arrived.at.as_second());
    let signature = webhook.sign(arrived.id(), seconds, &arrived.body).expect("a signature");
    arrived.header("webhook-signature").split(' ').any(|one| one == signature)
}

#[tokio::test]
async fn a_secret_is_shown_once_and_signs_what_is_sent() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let (id, secret) = world.endpoint(key, URL, &["*"]).await;
    assert!(secret.starts_with("whsec_"));
    for path in ["/v1/webhook-endpoints".to_owned(), format!("/v1/webhook-endpoints/{id}")] {
        let shown = world.get(&path).key(key).send().await;
        shown.ok();
        assert!(!shown.text().contains("whsec_"), "{}", shown.text());
    }
    world.charge(key, "order-1").await.created();
    world.deliver().await;
    let arrived = world.receivers.at(URL);
    assert_eq!(arrived.len(), 1);
    assert!(is_signed_by(&arrived[0], &secret));
    assert_eq!(arrived[0].header("content-type"), "application/json");
    assert_eq!(arrived[0].json()["id"], arrived[0].id());
}

#[tokio::test]
async fn each_wrong_field_is_named_and_nothing_is_made() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let make =
        async |body: Value| world.post("/v1/webhook-endpoints").key(key).json(&body).send().await;
    let good = json!({ "url": URL, "events": ["*"] });
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    for url in ["http://hooks.example.com/", "https://127.0.0.1/", "https://10.0.0.1:8443/", "x"] {
        let response = make(with("url", json!(url))).await;
        response.violation("url", "forbidden_address");
    }
    make(with("events", json!([]))).await.violation("events", "invalid_format");
    make(with("events", json!(["*", "charge.paid"]))).await.violation("events", "invalid_format");
    let unknown = with("events", json!(["charge.paid", "charge.burnt"]));
    make(unknown).await.violation("events[1]", "unknown_value");
    make(with("events", json!("*"))).await.violation("events", "wrong_type");
    let long = with("description", json!("x".repeat(201)));
    make(long).await.violation("description", "wrong_length");
    make(json!({ "url": URL })).await.violation("events", "required");
    let list = world.get("/v1/webhook-endpoints").key(key).send().await.ok();
    assert_eq!(list["data"], json!([]));
}

/// Fault row 57, at registration and again when an address that was stored is changed.
#[tokio::test]
async fn an_address_of_our_own_network_is_refused_when_it_is_made_and_when_it_is_changed() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let (id, _) = world.endpoint(key, URL, &["*"]).await;
    let path = format!("/v1/webhook-endpoints/{id}");
    for url in ["https://169.254.169.254/latest", "https://[::1]/", "https://localhost/"] {
        let new = json!({ "url": url, "events": ["*"] });
        let made = world.post("/v1/webhook-endpoints").key(key).json(&new).send().await;
        made.violation("url", "forbidden_address");
        let changed =
            world.request("PATCH", &path).key(key).json(&json!({ "url": url })).send().await;
        changed.violation("url", "forbidden_address");
    }
    assert_eq!(world.get(&path).key(key).send().await.ok()["url"], URL);
}

#[tokio::test]
async fn an_account_has_twenty_endpoints_at_most_even_when_asked_at_once() {
    let world = std::sync::Arc::new(World::new().await);
    let tenant = std::sync::Arc::new(world.tenant("loja").await);
    let responses = tests::together(24, |number| {
        let (world, tenant) = (world.clone(), tenant.clone());
        async move {
            let url = format!("https://hooks.example.com/{number}");
            let new = json!({ "url": url, "events": ["*"] });
            let ask = world.post("/v1/webhook-endpoints").key(&tenant.program.api_key).json(&new);
            tests::insist(ask).await
        }
    })
    .await;
    let made: Vec<_> = responses.iter().filter(|response| response.status == 201).collect();
    assert_eq!(made.len(), 20);
    for refused in responses.iter().filter(|response| response.status != 201) {
        refused.problem(409, "webhook_endpoint_limit");
    }
    let id = made[0].created()["id"].as_str().expect("an id").to_owned();
    let path = format!("/v1/webhook-endpoints/{id}");
    world.request("DELETE", &path).key(&tenant.program.api_key).send().await.expect(204);
    world.endpoint(&tenant.program.api_key, URL, &["*"]).await;
}

#[tokio::test]
async fn an_endpoint_is_sent_only_the_types_it_asks_for() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.endpoint(key, "https://paid.example.com/", &["charge.paid"]).await;
    world.endpoint(key, "https://all.example.com/", &["*"]).await;
    let charge = world.charge(key, "order-1").await.created();
    world.pay(key, charge["id"].as_str().expect("an id")).await.ok();
    world.deliver().await;
    let types = |url: &str| -> Vec<_> {
        let types = world.receivers.at(url).into_iter();
        types.map(|one| one.json()["type"].as_str().expect("text").to_owned()).collect()
    };
    assert_eq!(types("https://paid.example.com/"), ["charge.paid"]);
    let mut all = types("https://all.example.com/");
    all.sort_unstable();
    assert_eq!(all, ["charge.created", "charge.credited", "charge.paid"]);
}

/// Fault row 65. During the overlap both secrets sign; after it the new one alone, and a secret from
/// before the last rotation never again.
#[tokio::test]
async fn a_rotation_signs_with_both_secrets_for_the_overlap_and_then_with_the_new_one() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let (id, first) = world.endpoint(key, URL, &["charge.created"]).await;
    let path = format!("/v1/webhook-endpoints/{id}/rotate");
    let rotate = async |seconds: Option<u32>| -> String {
        let body = seconds.map_or(json!({}), |seconds| json!({ "overlap_seconds": seconds }));
        let rotated = world.post(&path).key(key).json(&body).send().await.created();
        rotated["secret"].as_str().expect("text").to_owned()
    };
    let last = async |name: &str| -> ReceivedWebhook {
        world.charge(key, name).await.created();
        world.deliver().await;
        world.receivers.at(URL).pop().expect("it arrived")
    };
    let second = rotate(Some(3_600)).await;
    let during = last("order-1").await;
    assert!(is_signed_by(&during, &first) && is_signed_by(&during, &second));
    world.wait(3_600);
    let after = last("order-2").await;
    assert!(!is_signed_by(&after, &first) && is_signed_by(&after, &second));
    let third = rotate(Some(604_800)).await;
    let fourth = rotate(Some(0)).await;
    let now = last("order-3").await;
    assert!(is_signed_by(&now, &fourth));
    for old in [&first, &second, &third] {
        assert!(!is_signed_by(&now, old));
    }
    // Without a number the overlap is one day.
    let fifth = rotate(None).await;
    world.wait(86_399);
    let during = last("order-4").await;
    assert!(is_signed_by(&during, &fourth) && is_signed_by(&during, &fifth));
    world.wait(1);
    let after = last("order-5").await;
    assert!(!is_signed_by(&after, &fourth) && is_signed_by(&after, &fifth));
    let long = json!({ "overlap_seconds": 604_801 });
    let refused = world.post(&path).key(key).json(&long).send().await;
    refused.violation("overlap_seconds", "out_of_range");
}

/// Fault row 66. The secret of one endpoint never signs for another, and a row that was copied does
/// not open.
#[tokio::test]
async fn the_secret_of_one_endpoint_never_signs_for_another() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let (_, one) = world.endpoint(key, "https://one.example.com/", &["*"]).await;
    let (_, other) = world.endpoint(key, "https://other.example.com/", &["*"]).await;
    assert_ne!(one, other);
    world.charge(key, "order-1").await.created();
    world.deliver().await;
    for (url, own, foreign) in
        [("https://one.example.com/", &one, &other), ("https://other.example.com/", &other, &one)]
    {
        let arrived = world.receivers.at(url).pop().expect("it arrived");
        assert!(is_signed_by(&arrived, own) && !is_signed_by(&arrived, foreign));
    }
}

/// The function that posts to customers holds what opens signing secrets, and not the pepper.
#[tokio::test]
async fn signing_secrets_are_sealed_apart_from_everything_the_pepper_protects() {
    let (world, tenant) = world().await;
    let (id, secret) = world.endpoint(&tenant.program.api_key, URL, &["*"]).await;
    let id = domain::kernel::EndpointId::parse(&id).expect("an id");
    let app = world.bundle.app();
    let row = store::Key::Endpoint(tenant.account_id, id);
    let endpoint =
        app.store.find::<domain::webhook::Endpoint>(&row).await.expect("readable").expect("there");
    let (context, sealed) =
        (gate::signing_context(tenant.account_id, id), &endpoint.secrets[0].sealed);
    let signing = app.signing.peppers(world.now()).await.expect("a secret");
    assert_eq!(signing.open(&context, sealed).expect("opens").as_slice(), secret.as_bytes());
    let pepper = app.secrets.peppers(world.now()).await.expect("a pepper");
    assert!(pepper.open(&context, sealed).is_err());
}

/// Fault row 66. Neither logs nor answers nor rows hold a signing secret.
#[tokio::test]
async fn a_signing_secret_is_in_no_log_line_answer_or_audit_line() {
    let (world, mut tenant) = world().await;
    let key = tenant.program.api_key.clone();
    let (id, secret) = world.endpoint(&key, URL, &["*"]).await;
    world.bundle.faults().record();
    world.post(&format!("/v1/webhook-endpoints/{id}/test")).key(&key).send().await.expect(202);
    world.deliver().await;
    tenant.ana.log_in(&world).await.created();
    let audit = tenant.ana.request(&world, "GET", "/v1/audit-events").send().await;
    let deliveries = world.get("/v1/deliveries").key(&key).send().await;
    let bare = secret.trim_start_matches("whsec_");
    let logged: Vec<_> = world.logged().iter().map(Value::to_string).collect();
    let sent: Vec<_> = world.bundle.faults().sent().into_iter().map(|sent| sent.body).collect();
    for text in [logged, sent, vec![audit.text().to_owned(), deliveries.text().to_owned()]].concat()
    {
        assert!(!text.contains(bare), "{text}");
    }
}

#[tokio::test]
async fn every_change_of_an_endpoint_is_in_the_audit_trail() {
    let (world, mut tenant) = world().await;
    let key = tenant.program.api_key.clone();
    let (id, _) = world.endpoint(&key, URL, &["*"]).await;
    let path = format!("/v1/webhook-endpoints/{id}");
    let change = json!({ "status": "disabled", "description": "Shop" });
    world.wait(1);
    world.request("PATCH", &path).key(&key).json(&change).send().await.ok();
    let rotation = json!({ "overlap_seconds": 0 });
    world.wait(1);
    world.post(&format!("{path}/rotate")).key(&key).json(&rotation).send().await.created();
    world.wait(1);
    world.request("DELETE", &path).key(&key).send().await.expect(204);
    world.get(&path).key(&key).send().await.problem(404, "not_found");
    tenant.ana.log_in(&world).await.created();
    let audit = tenant.ana.request(&world, "GET", "/v1/audit-events").send().await.ok();
    let of_endpoint = audit["data"].as_array().expect("a list").iter();
    let actions: Vec<_> = of_endpoint
        .filter(|line| line["target"] == id.as_str())
        .map(|line| line["action"].as_str().expect("text").to_owned())
        .collect();
    let kinds = ["deleted", "secret_rotated", "updated", "created"];
    assert_eq!(actions, kinds.map(|kind| format!("webhook_endpoint.{kind}")));
    let updated = audit["data"].as_array().expect("a list").iter();
    let mut updated = updated.filter(|line| line["action"] == "webhook_endpoint.updated");
    let line = updated.next().expect("a line");
    assert_eq!(line["before"]["status"], "enabled");
    assert_eq!(line["after"]["status"], "disabled");
}

#[tokio::test]
async fn a_disabled_endpoint_gets_nothing_and_requests_to_send_to_it_are_refused() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let (id, _) = world.endpoint(key, URL, &["*"]).await;
    let path = format!("/v1/webhook-endpoints/{id}");
    let disabled = world.request("PATCH", &path).key(key).json(&json!({ "status": "disabled" }));
    let disabled = disabled.send().await.ok();
    assert_eq!(disabled["disabled_reason"], "requested");
    world.charge(key, "order-1").await.created();
    world.deliver().await;
    assert_eq!(world.receivers.all().len(), 0);
    for (path, body) in [
        (format!("{path}/test"), json!({})),
        (format!("{path}/replay"), json!({ "created_from": "2026-11-01T00:00:00Z" })),
    ] {
        let refused = world.post(&path).key(key).json(&body).send().await;
        refused.problem(409, "webhook_endpoint_disabled");
    }
    let event = world.get("/v1/events").key(key).send().await.ok()["data"][0]["id"].clone();
    let path = format!("/v1/events/{}/redeliver", event.as_str().expect("an id"));
    let to = json!({ "endpoint_id": id });
    let refused = world.post(&path).key(key).json(&to).send().await;
    refused.problem(409, "webhook_endpoint_disabled");
    let unknown = json!({ "endpoint_id": "whe_01M84PAB1TDP32RCVT3CE2MBPK" });
    let refused = world.post(&path).key(key).json(&unknown).send().await;
    refused.problem(404, "not_found");
}

/// An endpoint of another account does not exist for the caller, in a body as in a path.
#[tokio::test]
async fn an_event_is_not_redelivered_to_another_accounts_endpoint() {
    let (world, tenant) = world().await;
    let other = world.tenant("outra").await;
    let (foreign, _) = world.endpoint(&other.program.api_key, URL, &["*"]).await;
    let key = &tenant.program.api_key;
    world.charge(key, "order-1").await.created();
    world.deliver().await;
    let event = world.get("/v1/events").key(key).send().await.ok()["data"][0]["id"].clone();
    let path = format!("/v1/events/{}/redeliver", event.as_str().expect("an id"));
    let to = json!({ "endpoint_id": foreign });
    world.post(&path).key(key).json(&to).send().await.problem(404, "not_found");
    world.deliver().await;
    assert_eq!(world.receivers.all().len(), 0);
}

/// On a live stage endpoints work as in the sandbox.
#[tokio::test]
async fn a_test_event_arrives_at_its_endpoint_alone_whatever_its_subscription() {
    let world = World::on(Stage::Live).await;
    let tenant = world.tenant("loja").await;
    let hooks = world.program(tenant.account_id, &[Permission::WebhooksWrite], &["203.0.113.7"]);
    let key = &hooks.await.api_key;
    let (id, secret) = world.endpoint(key, URL, &["charge.paid"]).await;
    world.endpoint(key, "https://other.example.com/", &["*"]).await;
    let path = format!("/v1/webhook-endpoints/{id}/test");
    let trial = world.post(&path).key(key).send().await.expect(202);
    world.deliver().await;
    let arrived = world.receivers.all();
    assert_eq!(arrived.len(), 1);
    assert!(is_signed_by(&arrived[0], &secret));
    assert_eq!(arrived[0].json(), trial["event"]);
    assert_eq!(arrived[0].json()["type"], "webhook.test");
    let path = format!("/v1/deliveries/{}", trial["delivery_id"].as_str().expect("an id"));
    let delivery = world.get(&path).key(key).send().await.ok();
    assert_eq!(delivery["status"], "delivered");
    assert_eq!(delivery["attempts"][0]["status"], 204);
}

#[tokio::test]
async fn a_family_of_events_is_subscribed_to_by_its_name() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let (id, _) = world.endpoint(key, URL, &["charge.*"]).await;
    let shown = world.get(&format!("/v1/webhook-endpoints/{id}")).key(key).send().await.ok();
    assert_eq!(shown["events"], json!(["charge.*"]));
    world.pay_in(key, 5_000).await;
    world.payout(key, "1", &tests::new_payout()).await.created();
    world.deliver().await;
    let arrived: Vec<_> =
        world.receivers.at(URL).iter().map(|arrived| arrived.json()["type"].clone()).collect();
    assert!(arrived.contains(&json!("charge.created")), "{arrived:?}");
    assert!(arrived.contains(&json!("charge.credited")), "{arrived:?}");
    let is_of_charge = |kind: &Value| kind.as_str().is_some_and(|kind| kind.starts_with("charge."));
    assert!(arrived.iter().all(is_of_charge), "{arrived:?}");
}

#[tokio::test]
async fn an_unknown_event_type_is_explained_in_one_sentence() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let make = async |event: &str| {
        let body = json!({ "url": URL, "events": [event] });
        let response = world.post("/v1/webhook-endpoints").key(key).json(&body).send().await;
        let problem = response.violation("events[0]", "unknown_value");
        problem["violations"][0]["detail"].as_str().expect("a text").to_owned()
    };
    let list = "GET /openapi.json lists all types under webhooks";
    let near = format!("unknown event type; did you mean `charge.paid`? {list}");
    assert_eq!(make("charge.payed").await, near);
    let any = format!("unknown event type; send one such as `charge.paid` or `charge.*`; {list}");
    assert_eq!(make("invoice.sent").await, any);
}
