//! Pix keys: the answer for each, the price of a look-up, and a budget that is never overspent.

use std::sync::Arc;

use local::Fault;
use serde_json::{Value, json};
use tests::{RequestBuilder, Tenant, TestResponse, World, insist, together};

const EVP: &str = "123e4567-e12b-12d1-a456-426655440000";

/// Asks about a key of this kind; `-` leaves the kind to be found out.
pub(crate) fn asking<'w>(
    world: &'w World,
    tenant: &Tenant,
    kind: &str,
    key: &str,
) -> RequestBuilder<'w> {
    let mut body = json!({ "type": kind, "key": key });
    if kind == "-" {
        body.as_object_mut().expect("an object").remove("type");
    }
    world.post("/v1/pix-keys/validate").key(&tenant.program.api_key).json(&body)
}

async fn validate(world: &World, tenant: &Tenant, kind: &str, key: &str) -> TestResponse {
    asking(world, tenant, kind, key).send().await
}

/// Returns the answer about an e-mail address.
async fn email(world: &World, tenant: &Tenant, key: &str) -> Value {
    validate(world, tenant, "email", key).await.ok()
}

/// Looks up addresses without an owner, each for the first time.
async fn miss(world: &World, tenant: &Tenant, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let response = email(world, tenant, &format!("miss-{number}@missing.example")).await;
        assert_eq!(
            (&response["reason"], &response["from_cache"]),
            (&json!("not_found"), &json!(false))
        );
    }
}

#[tokio::test]
async fn a_key_of_each_kind_is_answered_with_its_owner_and_the_owners_document_is_masked() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let (maria, company) = ("Maria Silva", "Comercio Exemplo Ltda");
    for (kind, key, normalized, name, document, owner) in [
        ("cpf", "390.533.447-05", "39053344705", maria, "***.533.447-**", "natural_person"),
        (
            "cnpj",
            "12.abc.345/01de-35",
            "12ABC34501DE35",
            company,
            "12.ABC.345/01DE-35",
            "legal_person",
        ),
        ("phone", "(11) 98765-4321", "+5511987654321", maria, "***.982.247-**", "natural_person"),
        (
            "email",
            "  Fulano@Example.COM ",
            "fulano@example.com",
            maria,
            "***.982.247-**",
            "natural_person",
        ),
        ("evp", EVP, EVP, maria, "***.982.247-**", "natural_person"),
        (
            "email",
            "company@sandbox.example",
            "company@sandbox.example",
            company,
            "11.222.333/0001-81",
            "legal_person",
        ),
    ] {
        for asked in [kind, "-"] {
            let response = validate(&world, &tenant, asked, key).await.ok();
            assert_eq!(response["valid"], true, "{response}");
            assert_eq!(
                (&response["type"], &response["normalized"]),
                (&json!(kind), &json!(normalized))
            );
            let expected = json!({ "name": name, "document_masked": document, "kind": owner });
            assert_eq!(response["owner"], expected);
        }
    }
}

#[tokio::test]
async fn an_answer_names_the_bank_and_the_kind_of_account_and_nothing_nearer() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut answer = email(&world, &tenant, "maria@example.com").await;
    assert!(answer["lookup_id"].take().is_string());
    assert_eq!(
        answer,
        json!({
            "valid": true,
            "reason": null,
            "type": "email",
            "normalized": "maria@example.com",
            "owner": {
                "name": "Maria Silva", "document_masked": "***.982.247-**", "kind": "natural_person",
            },
            "bank": { "ispb": "60701190", "name": "ITAÚ UNIBANCO S.A." },
            "account_type": "checking",
            "checked_at": "2026-11-23T12:00:00.000Z",
            "from_cache": false,
            "lookups_left": 999,
            "lookup_id": null,
            "lookup_expires_at": "2026-11-23T12:05:00.000Z",
        })
    );
}

#[tokio::test]
async fn eleven_digits_are_what_the_caller_says_they_are() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let taken_for = async |asked| {
        let response = validate(&world, &tenant, asked, "51998259765").await.ok();
        (response["type"].clone(), response["normalized"].clone())
    };
    assert_eq!(taken_for("-").await, (json!("cpf"), json!("51998259765")));
    assert_eq!(taken_for("cpf").await, (json!("cpf"), json!("51998259765")));
    assert_eq!(taken_for("phone").await, (json!("phone"), json!("+5551998259765")));
}

#[tokio::test]
async fn a_mistyped_key_is_reported_with_a_reason_and_costs_nothing() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    validate(&world, &tenant, "email", "first@example.com").await.ok();
    for (asked, key, reason, kind) in [
        ("-", "maria", "unknown_form", Value::Null),
        ("cpf", "390.533.447", "wrong_length", json!("cpf")),
        ("-", &format!("{}@example.com", "a".repeat(66)), "wrong_length", json!("email")),
        ("evp", "123e4567-e12b-12d1-a456-42665544000g", "wrong_characters", json!("evp")),
        ("cpf", "390.533.447-06", "wrong_check_digits", json!("cpf")),
        ("-", "12.abc.345/01de-36", "wrong_check_digits", json!("cnpj")),
        ("cpf", "111.111.111-11", "repeated_digits", json!("cpf")),
        ("-", "+5510987654321", "unknown_area_code", json!("phone")),
        ("-", "+551130000000", "not_mobile", json!("phone")),
    ] {
        world.bundle.faults().record();
        let response = validate(&world, &tenant, asked, key).await.ok();
        assert_eq!(
            (&response["valid"], &response["reason"]),
            (&json!(false), &json!(reason)),
            "{key}"
        );
        assert_eq!(response["type"], kind, "{key}");
        for name in ["normalized", "owner", "bank", "account_type", "checked_at", "lookups_left"] {
            assert_eq!(response[name], Value::Null, "{name} of {key}");
        }
        let sent = world.bundle.faults().sent();
        let named = sent.iter().any(|sent| sent.body.contains("PIXKEY"));
        assert!(!named, "{key} was looked for in the table");
    }
    assert_eq!(world.network.looked_up(), ["first@example.com"]);
}

#[tokio::test]
async fn a_text_that_is_too_long_to_be_looked_at_is_refused() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    for key in ["", &"a".repeat(101)] {
        validate(&world, &tenant, "-", key).await.violation("key", "wrong_length");
    }
    validate(&world, &tenant, "pix", EVP).await.violation("type", "unknown_value");
}

#[tokio::test]
async fn a_key_without_an_owner_is_not_valid() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let response = validate(&world, &tenant, "-", "+55 11 90000-0000").await.ok();
    assert_eq!((&response["valid"], &response["reason"]), (&json!(false), &json!("not_found")));
    assert_eq!(
        (&response["type"], &response["normalized"]),
        (&json!("phone"), &json!("+5511900000000"))
    );
    assert_eq!(response["checked_at"], "2026-11-23T12:00:00.000Z");
    assert_eq!((&response["owner"], &response["bank"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_second_look_up_of_a_key_calls_no_directory_and_writes_nothing() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    for key in ["maria@example.com", "nobody@sandbox.example"] {
        let first = email(&world, &tenant, key).await;
        world.wait(60);
        world.bundle.faults().record();
        let mut second = email(&world, &tenant, key).await;
        assert_eq!(second["from_cache"], true);
        let written = |operation: &str| operation.contains("Put") || operation.contains("Transact");
        let sent = world.bundle.faults().sent();
        assert!(!sent.iter().any(|sent| written(&sent.operation)), "{sent:?}");
        // Everything else is what was said then.
        second["from_cache"] = json!(false);
        second["lookups_left"] = first["lookups_left"].clone();
        // The id of a look-up is sealed, so each answer has another text.
        assert_eq!(second["lookup_id"].is_string(), first["lookup_id"].is_string());
        second["lookup_id"] = first["lookup_id"].clone();
        assert_eq!(second, first);
        email(&world, &tenant, key).await;
        assert_eq!(world.last_logged()["storage_round_trips"], 1);
    }
    assert_eq!(world.network.looked_up(), ["maria@example.com", "nobody@sandbox.example"]);
}

#[tokio::test]
async fn an_owner_is_remembered_for_five_minutes_and_an_absence_for_ten() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    for (key, seconds) in [("maria@example.com", 300), ("nobody@sandbox.example", 600)] {
        let asked = || world.network.looked_up().iter().filter(|asked| *asked == key).count();
        email(&world, &tenant, key).await;
        world.wait(seconds - 1);
        assert_eq!(email(&world, &tenant, key).await["from_cache"], true, "{key}");
        assert_eq!(asked(), 1);
        // The row is still there: nothing has removed it.
        world.wait(1);
        let again = email(&world, &tenant, key).await;
        assert_eq!((&again["from_cache"], asked()), (&json!(false), 2), "{key}");
        assert_eq!(again["checked_at"], format!("{:.3}", world.now()));
    }
}

#[tokio::test]
async fn a_request_with_the_same_name_is_looked_at_again_and_not_replayed() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let ask = asking(&world, &tenant, "email", "maria@example.com").idempotency_key("same");
    assert_eq!(ask.clone().send().await.ok()["valid"], true);
    world.network.forget("maria@example.com");
    world.wait(300);
    let again = ask.send().await;
    assert!(!again.is_replay());
    assert_eq!(again.ok()["reason"], "not_found");
}

#[tokio::test]
async fn a_look_up_costs_one_and_one_for_nothing_twenty_and_each_budget_its_own() {
    let world = World::new().await;
    let (tenant, other) = (world.tenant("loja").await, world.tenant("outra").await);
    let left = async |tenant: &Tenant, kind: &str, key: &str| {
        validate(&world, tenant, kind, key).await.ok()["lookups_left"].clone()
    };
    assert_eq!(left(&tenant, "email", "a@example.com").await, 999);
    assert_eq!(left(&tenant, "phone", "+5511987654321").await, 998);
    assert_eq!(left(&tenant, "email", "nobody@sandbox.example").await, 978);
    assert_eq!(left(&tenant, "email", "b@example.com").await, 977);
    assert_eq!(left(&tenant, "email", "b@example.com").await, 977, "remembered");
    // The other budget of the account.
    assert_eq!(left(&tenant, "cpf", "39053344705").await, 999);
    assert_eq!(left(&tenant, "cnpj", "12ABC34501DE35").await, 998);
    assert_eq!(left(&tenant, "evp", "00000000-0000-4000-8000-000000000000").await, 978);
    // Another account has budgets and answers of its own.
    assert_eq!(left(&other, "email", "a@example.com").await, 999);
    let asked = world.network.looked_up();
    assert_eq!(asked.iter().filter(|key| *key == "a@example.com").count(), 2);
    // Twenty come back in a minute.
    world.wait(30);
    assert_eq!(left(&tenant, "email", "b@example.com").await, 987);
    world.wait(60);
    assert_eq!(left(&tenant, "email", "b@example.com").await, 1000);
}

#[tokio::test]
async fn a_look_up_is_refused_while_it_could_cost_more_than_the_share_of_the_user() {
    let world = World::new().await;
    let (tenant, other) = (world.tenant("loja").await, world.tenant("outra").await);
    miss(&world, &tenant, 0..19).await;
    assert_eq!(email(&world, &tenant, "a@example.com").await["lookups_left"], 619);
    let asked = world.network.looked_up().len();
    for key in ["b@example.com", "nobody@sandbox.example"] {
        let refused = validate(&world, &tenant, "email", key).await;
        refused.problem(429, "lookup_share_spent");
        // One more of ten that come back in a minute.
        assert_eq!(refused.header("retry-after"), Some("6"));
    }
    world.wait(5);
    let refused = validate(&world, &tenant, "email", "b@example.com").await;
    refused.problem(429, "lookup_share_spent");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(world.network.looked_up().len(), asked);
    // What is remembered, the other budget and another account are as they were.
    assert_eq!(email(&world, &tenant, "a@example.com").await["from_cache"], true);
    validate(&world, &tenant, "evp", EVP).await.ok();
    email(&world, &other, "b@example.com").await;
    world.wait(1);
    assert_eq!(email(&world, &tenant, "b@example.com").await["lookups_left"], 620);
}

/// A world with its second sandbox, and who calls.
struct ConcurrentCallers {
    instances: [Arc<World>; 2],
    tenant: Arc<Tenant>,
}

impl ConcurrentCallers {
    async fn gather() -> Self {
        let world = World::new().await;
        let tenant = Arc::new(world.tenant("loja").await);
        let second = world.second_instance(|_| {});
        Self { instances: [Arc::new(world), Arc::new(second)], tenant }
    }

    /// Looks so many e-mail addresses up at once, and returns the answers.
    async fn look_up(&self, count: usize, key: impl Fn(usize) -> String) -> Vec<TestResponse> {
        together(count, |number| {
            let world = Arc::clone(&self.instances[number % 2]);
            let (tenant, key) = (Arc::clone(&self.tenant), key(number));
            async move { insist(asking(&world, &tenant, "email", &key)).await }
        })
        .await
    }

    fn world(&self) -> &World {
        &self.instances[0]
    }

    /// Returns what is left in the budget, as the answer about a remembered key says it.
    async fn left(&self, key: &str) -> Value {
        let response = email(self.world(), &self.tenant, key).await;
        assert_eq!(response["from_cache"], true);
        response["lookups_left"].clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_100_parallel_misses_the_directory_is_asked_20_which_is_what_a_share_of_400_tokens_covers()
 {
    let crowd = ConcurrentCallers::gather().await;
    let responses = crowd.look_up(100, |number| format!("{number}@missing.example")).await;
    let (made, refused): (Vec<_>, Vec<_>) =
        responses.iter().partition(|response| response.status == 200);
    for response in &refused {
        response.problem(429, "lookup_share_spent");
    }
    assert_eq!((made.len(), refused.len()), (20, 80));
    assert_eq!(crowd.world().network.looked_up().len(), 20);
    let key = made[0].ok()["normalized"].as_str().expect("a key").to_owned();
    assert_eq!(crowd.left(&key).await, 600);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_20_parallel_look_ups_each_costs_one_and_no_token_is_lost() {
    let crowd = ConcurrentCallers::gather().await;
    let responses = crowd.look_up(20, |number| format!("{number}@example.com")).await;
    for response in responses {
        assert_eq!(response.ok()["valid"], true);
    }
    assert_eq!(crowd.world().network.looked_up().len(), 20);
    assert_eq!(crowd.left("0@example.com").await, 980);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_20_look_ups_of_one_key_each_that_asks_costs_one() {
    let crowd = ConcurrentCallers::gather().await;
    let responses = crowd.look_up(20, |_| "maria@example.com".to_owned()).await;
    for response in responses {
        assert_eq!(response.ok()["owner"]["name"], "Maria Silva");
    }
    let asked = crowd.world().network.looked_up().len();
    assert_eq!(crowd.left("maria@example.com").await, 1000 - asked);
}

#[tokio::test]
async fn a_directory_that_does_not_answer_keeps_what_was_reserved() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.network.silence_directory(true);
    validate(&world, &tenant, "email", "maria@example.com").await.problem(503, "unavailable");
    assert_eq!(world.network.looked_up().len(), 1);
    world.network.silence_directory(false);
    let response = email(&world, &tenant, "maria@example.com").await;
    assert_eq!((&response["from_cache"], &response["lookups_left"]), (&json!(false), &json!(979)));
}

/// The directory was asked and has charged: it is not asked again because the table failed.
#[tokio::test]
async fn an_answer_that_cannot_be_written_down_is_503_and_asked_for_once() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.bundle.faults().next_times("TransactWriteItems", &Fault::BeforeSend, 60);
    validate(&world, &tenant, "email", "maria@example.com").await.problem(503, "unavailable");
    world.bundle.faults().clear();
    assert_eq!(world.network.looked_up().len(), 1);
    // An answer that was lost on its way is not written twice.
    world.bundle.faults().next("TransactWriteItems", Fault::AfterCommit);
    assert_eq!(email(&world, &tenant, "maria@example.com").await["lookups_left"], 979);
    assert_eq!(world.network.looked_up().len(), 2);
}

#[tokio::test]
async fn a_stage_without_a_network_has_no_directory() {
    let world = World::on(domain::account::Stage::Live).await;
    let tenant = world.tenant("loja").await;
    validate(&world, &tenant, "email", "maria@example.com").await.problem(422, "rail_missing");
    let mistyped = validate(&world, &tenant, "cpf", "390.533.447-06").await.ok();
    assert_eq!(mistyped["reason"], "wrong_check_digits");
    assert_eq!(world.network.looked_up().len(), 0);
}

/// What is logged is neither key nor owner, and no row is named after a key.
#[tokio::test]
async fn neither_the_log_nor_the_name_of_a_row_tells_a_key_or_its_owner() {
    let world = World::new().await;
    world.bundle.faults().record();
    let tenant = world.tenant("loja").await;
    for (kind, key) in
        [("email", "maria@example.com"), ("cpf", "52998224725"), ("cpf", "52998224720")]
    {
        validate(&world, &tenant, kind, key).await.ok();
    }
    world.network.silence_directory(true);
    let silent = validate(&world, &tenant, "phone", "+5511987654321").await;
    silent.problem(503, "unavailable");
    let log: String = world.logged().iter().map(Value::to_string).collect();
    for private in ["maria@", "Maria", "5299822472", "98765"] {
        assert!(!log.contains(private), "{private} in {log}");
    }
    let sent = world.bundle.faults().sent();
    let table: String = sent.iter().map(|sent| sent.body.as_str()).collect();
    assert!(table.contains("Maria Silva"), "what the directory said is remembered");
    let name = regex::Regex::new(r#""[ps]k":\{"S":"([^"]*)"#).expect("a pattern");
    let names: Vec<_> = name.captures_iter(&table).map(|found| found[1].to_owned()).collect();
    assert!(names.iter().any(|name| name.starts_with("PIXKEY#")));
    for private in ["maria@", "5299822472", "98765"] {
        assert!(!names.iter().any(|name| name.contains(private)), "{private} names a row");
    }
}
