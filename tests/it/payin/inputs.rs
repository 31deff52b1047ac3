//! How inputs are read: texts, numbers, names, times and headers, and what their errors say.

use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_charge};

async fn send(world: &World, tenant: &Tenant, body: &str) -> TestResponse {
    let name = format!("order-{}", world.logged().len());
    let ask = world.post("/v1/charges").key(&tenant.program.api_key);
    ask.idempotency_key(&name).raw(body.as_bytes()).send().await
}

async fn charge_with(world: &World, tenant: &Tenant, path: &str, value: Value) -> TestResponse {
    let mut body = new_charge();
    let (parent, name) = path.rsplit_once('/').expect("a path begins with a slash");
    body.pointer_mut(parent).expect("the parent is there")[name] = value;
    send(world, tenant, &body.to_string()).await
}

async fn world() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    (world, tenant)
}

#[tokio::test]
async fn a_text_that_hides_or_turns_is_refused_in_every_field() {
    let (world, tenant) = world().await;
    for path in ["/payer/name", "/description", "/reference", "/metadata"] {
        for (text, flaw) in [
            ("\u{200b}", "blank"),
            ("\u{2800}\u{3164}", "blank"),
            ("Ana\u{202e}amiL", "forbidden_character"),
            ("Ana\u{2066}Lima", "forbidden_character"),
            ("Ana\u{2028}Lima", "forbidden_character"),
            ("Ana\u{9b}Lima", "forbidden_character"),
        ] {
            let (value, field) = match path {
                "/metadata" => (json!({ "note": text }), "metadata.note".to_owned()),
                _ => (json!(text), path[1..].replace('/', ".")),
            };
            charge_with(&world, &tenant, path, value).await.violation(&field, flaw);
        }
    }
    let long = json!({ "note": "v".repeat(501) });
    let response = charge_with(&world, &tenant, "/metadata", long).await;
    response.violation("metadata.note", "wrong_length");
    let padded = charge_with(&world, &tenant, "/reference", json!(" order 7")).await;
    padded.violation("reference", "forbidden_character");
}

#[tokio::test]
async fn texts_of_every_script_are_kept_as_they_were_sent() {
    let (world, tenant) = world().await;
    let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} Silva";
    for name in ["Zoë 😀 D'Ávila", family, "محمد", "שלום", "Jose\u{301}"] {
        let charge = charge_with(&world, &tenant, "/payer/name", json!(name)).await.created();
        assert_eq!(charge["payer"]["name"], name);
    }
    let notes = json!({ "empty": "", "decomposed": "Jose\u{301}" });
    let charge = charge_with(&world, &tenant, "/metadata", notes.clone()).await.created();
    assert_eq!(charge["metadata"], notes);
}

#[tokio::test]
async fn an_email_of_a_payer_is_an_address() {
    let (world, tenant) = world().await;
    for email in [
        "@",
        "ana lima@example.com",
        "ana@@example.com",
        "ana@example.com, bia@example.com",
        "ana@",
        "Ana <ana@example.com>",
        "ana@example..com",
        "ana@example.com\u{200b}",
        "ana@example",
    ] {
        let response = charge_with(&world, &tenant, "/payer/email", json!(email)).await;
        response.violation("payer.email", "invalid_format");
    }
    for email in ["ana+pix@example.com", "o'hara@example.com", "Ana.Lima@Example.com"] {
        let charge = charge_with(&world, &tenant, "/payer/email", json!(email)).await.created();
        assert_eq!(charge["payer"]["email"], email);
    }
}

#[tokio::test]
async fn a_whole_number_may_have_a_fraction_of_zero() {
    let (world, tenant) = world().await;
    for amount in ["1999", "1999.0", "1.999e3", "199900e-2"] {
        let body = new_charge().to_string();
        let body = body.replace("\"amount_cents\":1000", &format!("\"amount_cents\":{amount}"));
        let charge = send(&world, &tenant, &body).await.created();
        assert_eq!(charge["amount_cents"], 1999, "{amount}");
    }
}

/// The words are those of the API, and of no programming language.
#[tokio::test]
async fn all_wrong_types_of_a_body_are_named_in_words_of_the_api() {
    let (world, tenant) = world().await;
    let body = json!({
        "method": "PIX",
        "amount_cents": "1990",
        "payer": { "name": 7, "document": ["cpf", "52998224725"], "phone": "x" },
        "metadata": { "a": 1 },
        "expires_at": "28/11/2026",
    });
    let problem = send(&world, &tenant, &body.to_string()).await.problem(400, "invalid_request");
    let of_amount =
        "must be an integer without quotes; amounts are in cents, such as 1990 for R$ 19,90";
    let expected = [
        ("amount_cents", "wrong_type", of_amount),
        (
            "expires_at",
            "invalid_format",
            "dates are written year first, such as 2026-11-28T12:00:00-03:00",
        ),
        ("metadata.a", "wrong_type", "must be a text, in quotes"),
        ("method", "unknown_value", "unknown value `PIX`; did you mean `pix`?"),
        ("payer.document", "wrong_type", "must be an object"),
        ("payer.name", "wrong_type", "must be a text, in quotes"),
        (
            "payer.phone",
            "unknown_field",
            "unknown field `phone`; send one of: `address`, `document`, `email`, `name`",
        ),
    ];
    let expected = expected
        .map(|(field, code, detail)| json!({ "field": field, "code": code, "detail": detail }));
    assert_eq!(problem["violations"], json!(expected));

    let missing = send(&world, &tenant, "{}").await.problem(400, "invalid_request");
    let fields: Vec<_> =
        missing["violations"].as_array().expect("a list").iter().map(|it| &it["field"]).collect();
    assert_eq!(fields, ["method", "amount_cents"]);
    let list = send(&world, &tenant, "[]").await.problem(400, "invalid_request");
    assert_eq!(list["detail"], "must be an object");
    let object = json!({ "pix": null });
    let response = charge_with(&world, &tenant, "/method", object).await;
    response.violation("method", "wrong_type");
}

#[tokio::test]
async fn a_name_that_is_there_twice_is_named() {
    let (world, tenant) = world().await;
    let body = new_charge().to_string();
    let twice = |old: &str, new: &str| body.replace(old, new);
    for (body, field) in [
        (
            twice("\"amount_cents\":1000", "\"amount_cents\":1000,\"amount_cents\":1"),
            "amount_cents",
        ),
        (twice("\"name\":", "\"name\":\"Bia\",\"name\":"), "payer.name"),
        (twice("\"method\":", "\"metadata\":{\"a\":\"1\",\"a\":\"2\"},\"method\":"), "metadata.a"),
    ] {
        send(&world, &tenant, &body).await.violation(field, "invalid_format");
    }
    let key = &tenant.program.api_key;
    let problem = world.get("/v1/charges?limit=5&limit=6").key(key).send().await;
    let problem = problem.violation("limit", "invalid_format");
    assert_eq!(problem["detail"], "limit: the parameter `limit` is there twice; send it once");
}

#[tokio::test]
async fn a_date_alone_filters_whole_days_of_sao_paulo() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    // 23:00 and 01:00 in São Paulo.
    world.wait(14 * 3_600);
    world.charge(key, "evening").await.created();
    world.wait(2 * 3_600);
    world.charge(key, "night").await.created();
    let count = async |query: &str| {
        let page = world.get(&format!("/v1/charges?{query}")).key(key).send().await.ok();
        page["data"].as_array().expect("a list").len()
    };
    assert_eq!(count("created_from=2026-11-24").await, 1);
    assert_eq!(count("created_until=2026-11-23").await, 1);
    assert_eq!(count("created_from=2026-11-23&created_until=2026-11-24").await, 2);
    assert_eq!(count("created_from=2026-11-25").await, 0);
    let detail = async |query: &str| {
        let response = world.get(&format!("/v1/charges?{query}")).key(key).send().await;
        let problem = response.violation("created_from", "invalid_format");
        problem["violations"][0]["detail"].clone()
    };
    let day_first = "dates are written year first, such as 2026-11-28";
    assert_eq!(detail("created_from=28/11/2026").await, day_first);
    let plus = "a + in a query means a space; write it as %2B";
    assert_eq!(detail("created_from=2026-11-28T12:00:00+00:00").await, plus);
    let both = world.get("/v1/charges?created_from=x&limit=1000&stauts=paid").key(key).send().await;
    both.violation("created_from", "invalid_format");
    both.violation("limit", "out_of_range");
    let unknown = both.violation("stauts", "unknown_field");
    assert!(unknown.to_string().contains("did you mean `status`?"), "{unknown}");
}

#[tokio::test]
async fn the_weights_of_accept_choose_the_picture() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let charge = world.charge(key, "order-1").await.created();
    let path = format!("/v1/charges/{}/qr-code", charge["id"].as_str().expect("an id"));
    for (accept, expected) in [
        ("image/svg+xml, image/png;q=0", "image/svg+xml"),
        ("image/svg+xml, image/png;q=0.1", "image/svg+xml"),
        ("image/png;q=0.1, image/svg+xml", "image/svg+xml"),
        ("image/png;q=0", "image/svg+xml"),
        ("text/html, image/png;q=0.0", "image/svg+xml"),
        ("image/*, image/svg+xml;q=0", "image/png"),
        ("image/png", "image/png"),
    ] {
        let response = world.get(&path).key(key).header("accept", accept).send().await;
        assert_eq!(response.header("content-type"), Some(expected), "{accept}");
    }
}
