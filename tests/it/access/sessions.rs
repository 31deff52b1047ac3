//! Sessions: what the cookie is, how long it holds, and who may send it.

use local::GatewayRequest;
use serde_json::json;
use tests::{Human, RequestBuilder, World};

use crate::access::people::at_work;

async fn one(world: &World) -> Human {
    let mut ana = world.tenant("loja").await.ana;
    ana.log_in(world).await.created();
    ana
}

/// Begins a write that any person with a session may do.
fn enrol<'w>(world: &'w World, who: &Human) -> RequestBuilder<'w> {
    let password = json!({ "password": who.person.password });
    let cookie = format!("trilho={}", who.session);
    world.post("/v1/me/two-factor").header("cookie", &cookie).json(&password)
}

/// Fault row 82. The token is new with each login; one that the browser brought along is not taken
/// over.
#[tokio::test]
async fn a_login_always_makes_its_own_token() {
    let world = World::new().await;
    let mut ana = one(&world).await;
    let planted = ana.session.clone();
    let body = json!({
        "email": ana.person.email,
        "password": ana.person.password,
        "totp_code": ana.fresh_code(&world),
    });
    let response = world.post("/v1/sessions").session(&planted).json(&body).send().await;
    response.created();
    let cookie = response.header("set-cookie").expect("a cookie").to_owned();
    assert!(!cookie.contains(&planted));
    ana.log_in(&world).await.created();
    assert_ne!(ana.session, planted);
    assert!(!cookie.contains(&ana.session));
}

/// Fault row 82.
#[tokio::test]
async fn the_cookie_has_exactly_these_attributes() {
    let world = World::new().await;
    let mut ana = world.tenant("loja").await.ana;
    let response = ana.log_in(&world).await;
    // The token is in the cookie alone, where no script reads it.
    assert!(!response.text().contains(&ana.session));
    let expected =
        format!("trilho={}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict", ana.session);
    assert_eq!(response.header("set-cookie"), Some(expected.as_str()));
    let ended = ana.request(&world, "DELETE", "/v1/sessions/current").send().await;
    ended.expect(204);
    assert_eq!(
        ended.header("set-cookie"),
        Some("trilho=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
    );

    let secure = world.second_instance(|config| config.plain_cookie = false);
    let response = ana.log_in(&secure).await;
    let expected = format!(
        "__Host-trilho={}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure",
        ana.session
    );
    assert_eq!(response.header("set-cookie"), Some(expected.as_str()));
}

/// Fault row 82. A page on a sibling domain can plant `trilho`, never `__Host-trilho`.
#[tokio::test]
async fn where_the_cookie_is_secure_the_plain_name_is_not_read() {
    let world = World::new().await;
    let ana = one(&world).await;
    let secure = world.second_instance(|config| config.plain_cookie = false);
    let with = |cookie: String| secure.get("/v1/me").header("cookie", &cookie).send();
    with(format!("__Host-trilho={}", ana.session)).await.ok();
    with(format!("trilho={}", ana.session)).await.problem(401, "credential_missing");
    // Nor is the secure one on a host where it cannot have been set.
    let cookie = format!("__Host-trilho={}", ana.session);
    world.get("/v1/me").header("cookie", &cookie).send().await.problem(401, "credential_missing");
}

/// Fault row 82. A plain cookie is for loopback, however the deployment is set up.
#[tokio::test]
async fn the_plain_cookie_is_not_read_on_another_host() {
    let world = World::new().await;
    let ana = one(&world).await;
    let request = |host: &str| GatewayRequest {
        method: "GET".to_owned(),
        path: "/v1/me".to_owned(),
        query: String::new(),
        headers: vec![("cookie".to_owned(), format!("trilho={}", ana.session))],
        body: Vec::new(),
        source_ip: [203, 0, 113, 7].into(),
        host: host.to_owned(),
        request_id: "req-host".to_owned(),
    };
    for (host, status) in
        [("localhost:4000", 200), ("api.example.com", 401), ("localhost.example.com", 401)]
    {
        assert_eq!(world.bundle.call(request(host)).await.status, status, "{host}");
    }
}

/// Fault row 82. Every combination of what a browser says about where a write comes from.
#[tokio::test]
async fn a_write_from_another_site_is_refused() {
    let world = World::new().await;
    let account_id = world.tenant("loja").await.account_id;
    let mut carla = world.human(account_id, "carla@loja.example", &[], false).await;
    carla.log_in(&world).await.created();
    let sites = [
        (None, true),
        (Some("same-origin"), true),
        (Some("none"), true),
        (Some("same-site"), false),
        (Some("cross-site"), false),
        (Some("nonsense"), false),
    ];
    let origins = [
        (None, true),
        (Some("http://127.0.0.1:4000"), true),
        (Some("https://evil.example"), false),
        (Some("http://127.0.0.1:4000.evil.example"), false),
        (Some("null"), false),
    ];
    for (site, ours_by_site) in sites {
        for (origin, ours_by_origin) in origins {
            for marked in [true, false] {
                let mut ask = enrol(&world, &carla);
                ask = site.into_iter().fold(ask, |ask, site| ask.header("sec-fetch-site", site));
                ask = origin.into_iter().fold(ask, |ask, origin| ask.header("origin", origin));
                if marked {
                    ask = ask.header("x-requested-with", "trilho");
                }
                let response = ask.send().await;
                // Fetch Metadata is the browser's own word; Origin is for browsers without it.
                let ours = if site.is_some() { ours_by_site } else { ours_by_origin };
                if ours && marked {
                    response.created();
                } else {
                    response.problem(403, "cross_site_request");
                }
            }
        }
    }
}

/// Fault row 82.
#[tokio::test]
async fn a_write_needs_the_header_that_no_form_can_send() {
    let world = World::new().await;
    let ana = one(&world).await;
    for (method, path) in [
        ("POST", "/v1/users"),
        ("PATCH", "/v1/users/usr_1"),
        ("DELETE", "/v1/sessions/current"),
        ("PUT", "/v1/api-keys/key_000000000000/ip-allowlist"),
    ] {
        for value in [None, Some("XMLHttpRequest")] {
            let cookie = format!("trilho={}", ana.session);
            let ask = world.request(method, path).header("cookie", &cookie);
            let ask =
                value.into_iter().fold(ask, |ask, value| ask.header("x-requested-with", value));
            ask.send().await.problem(403, "cross_site_request");
        }
    }
    // A read changes nothing, so it needs none.
    let cookie = format!("trilho={}", ana.session);
    world.get("/v1/me").header("cookie", &cookie).send().await.ok();
}

/// Fault row 82. Otherwise a page could log its visitor into the attacker's account.
#[tokio::test]
async fn a_login_from_another_site_is_refused() {
    let world = World::new().await;
    let ana = world.tenant("loja").await.ana;
    let body = json!({ "email": ana.person.email, "password": ana.person.password });
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        world.bundle.faults().record();
        let ask = world.post("/v1/sessions").header(name, value).json(&body);
        let response = ask.send().await;
        response.problem(403, "cross_site_request");
        assert_eq!(response.header("set-cookie"), None);
        assert!(world.bundle.faults().sent().is_empty());
    }
}

#[tokio::test]
async fn a_session_unused_for_thirty_minutes_is_over() {
    let world = World::new().await;
    let ana = one(&world).await;
    let used = async || ana.request(&world, "GET", "/v1/me").send().await;
    world.wait(29 * 60 + 59);
    used().await.ok();
    world.wait(29 * 60 + 59);
    used().await.ok();
    world.wait(30 * 60);
    used().await.problem(401, "session_invalid");
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_however_much_it_is_used() {
    let world = World::new().await;
    let ana = one(&world).await;
    let used = async || ana.request(&world, "GET", "/v1/me").send().await;
    for _ in 0..35 {
        world.wait(20 * 60);
        used().await.ok();
    }
    world.wait(20 * 60 - 1);
    used().await.ok();
    world.wait(1);
    used().await.problem(401, "session_invalid");
}

#[tokio::test]
async fn a_logout_ends_the_session_everywhere_and_only_that_one() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let mut elsewhere = tenant.ana.clone();
    elsewhere.log_in(&world).await.created();
    let second = world.second_instance(|_| {});
    tenant.ana.request(&second, "GET", "/v1/me").send().await.ok();

    let out = tenant.ana.request(&world, "DELETE", "/v1/sessions/current");
    out.send().await.expect(204);
    for world in [&world, &second] {
        let gone = tenant.ana.request(world, "GET", "/v1/me").send().await;
        gone.problem(401, "session_invalid");
    }
    elsewhere.request(&world, "GET", "/v1/me").send().await.ok();
}

#[tokio::test]
async fn a_refused_request_does_not_keep_a_session_alive() {
    let world = World::new().await;
    let mut ana = one(&world).await;
    world.wait(25 * 60);
    let cookie = format!("trilho={}", ana.session);
    let refused = world.post("/v1/users").header("cookie", &cookie);
    refused.send().await.problem(403, "cross_site_request");
    world.wait(5 * 60);
    let over = ana.request(&world, "GET", "/v1/me").send().await;
    over.problem(401, "session_invalid");
    ana.log_in(&world).await.created();
}

#[tokio::test]
async fn a_token_that_is_changed_or_of_another_kind_opens_nothing() {
    let world = World::new().await;
    let ana = one(&world).await;
    let last = if ana.session.ends_with('A') { 'B' } else { 'A' };
    let (rest, _) = ana.session.split_at(ana.session.len() - 1);
    let invitation = format!("i{}", &ana.session[1..]);
    for token in [format!("{rest}{last}"), rest.to_owned(), invitation, String::new()] {
        let response = world.get("/v1/me").session(&token).send().await;
        response.problem(401, "session_invalid");
    }
    // Nor does it open anything as an API key.
    let response = world.get("/v1/me").key(&ana.session).send().await;
    response.problem(401, "api_key_invalid");
}
