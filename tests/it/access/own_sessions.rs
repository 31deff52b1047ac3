//! The list of sessions, and how they end.

use serde_json::{Value, json};
use tests::{Human, World, text};

use crate::access::people::at_work;

async fn sessions(world: &World, who: &Human) -> Vec<Value> {
    let listed = who.request(world, "GET", "/v1/me/sessions").send().await.ok();
    assert_eq!(listed["next_cursor"], Value::Null);
    listed["data"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn a_person_sees_their_open_sessions_newest_first() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let first = tenant.ana;
    let logged_in_at = world.now();
    world.wait(300);
    let mut second = first.clone();
    let code = second.fresh_code(&world);
    let body = json!({
        "email": second.person.email, "password": second.person.password, "totp_code": code,
    });
    let opened = world.post("/v1/sessions").json(&body).from("2001:db8::7").send().await;
    let cookie = opened.header("set-cookie").expect("a cookie").to_owned();
    second.session = cookie["trilho=".len()..cookie.find(';').expect("attributes")].to_owned();

    let listed = sessions(&world, &second).await;
    let seen: Vec<_> = listed.iter().map(|it| (&it["current"], text(&it["ip"]))).collect();
    let expected =
        [(&json!(true), "2001:db8:***".to_owned()), (&json!(false), "203.0.113.***".to_owned())];
    assert_eq!(seen, expected);
    assert_eq!(listed[0]["two_factor"], true);
    assert!(text(&listed[1]["logged_in_at"]) <= format!("{logged_in_at:.3}"));
    // Use moves the end; the first one ends half an hour after its log-in.
    world.wait(25 * 60);
    second.request(&world, "GET", "/v1/me").send().await.ok();
    let listed = sessions(&world, &second).await;
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(listed[0]["last_used_at"], format!("{:.3}", world.now()));
    first.request(&world, "GET", "/v1/me").send().await.problem(401, "session_invalid");
    // No token and no hash of one.
    assert!(!json!(listed).to_string().contains(&second.session));
    // Bruno's sessions are his own affair.
    let mut bruno = tenant.bruno;
    world.wait(60 * 60);
    bruno.log_in(&world).await.created();
    assert_eq!(sessions(&world, &bruno).await.len(), 1);
}

#[tokio::test]
async fn a_person_ends_one_session_or_all_others() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let mut people = Vec::new();
    for _ in 0..3 {
        let mut ana = tenant.ana.clone();
        ana.log_in(&world).await.created();
        people.push(ana);
    }
    let [one, two, three] = &people[..] else { panic!("three sessions") };
    let works = async |who: &Human| who.request(&world, "GET", "/v1/me").send().await.status;
    let id = text(&sessions(&world, three).await[1]["id"]);
    let path = format!("/v1/me/sessions/{id}");
    // Another person's session is not there.
    tenant.bruno.request(&world, "DELETE", &path).send().await.problem(404, "not_found");
    let ended = three.request(&world, "DELETE", &path).send().await;
    ended.expect(204);
    assert_eq!(ended.header("set-cookie"), None);
    assert_eq!((works(one).await, works(two).await, works(three).await), (200, 401, 200));
    three.request(&world, "DELETE", &path).send().await.problem(404, "not_found");

    world.wait(1);
    let others = three.request(&world, "DELETE", "/v1/me/sessions").send().await;
    others.expect(204);
    let mut kept = three.clone();
    let cookie = others.header("set-cookie").expect("a cookie");
    kept.session = cookie["trilho=".len()..cookie.find(';').expect("attributes")].to_owned();
    assert_eq!((works(one).await, works(three).await, works(&kept).await), (401, 401, 200));
    assert_eq!(sessions(&world, &kept).await.len(), 1);
    // The other moderator goes on.
    assert_eq!(works(&tenant.bruno).await, 200);

    let own = text(&sessions(&world, &kept).await[0]["id"]);
    let ended = kept.request(&world, "DELETE", &format!("/v1/me/sessions/{own}")).send().await;
    ended.expect(204);
    assert!(ended.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=0")));
    assert_eq!(works(&kept).await, 401);
}

/// A stolen session cannot live on by getting new tokens.
#[tokio::test]
async fn a_new_token_does_not_make_a_session_longer() {
    let world = World::new().await;
    let mut ana = at_work(&world, "loja").await.ana;
    for _ in 0..24 {
        world.wait(29 * 60);
        let renewed = ana.request(&world, "DELETE", "/v1/me/sessions").send().await;
        renewed.expect(204);
        let cookie = renewed.header("set-cookie").expect("a cookie");
        ana.session = cookie["trilho=".len()..cookie.find(';').expect("attributes")].to_owned();
    }
    // Eleven hours and 36 minutes, and a minute of two log-ins.
    world.wait(23 * 60);
    ana.request(&world, "GET", "/v1/me").send().await.ok();
    world.wait(60);
    ana.request(&world, "GET", "/v1/me").send().await.problem(401, "session_invalid");
}

#[tokio::test]
async fn a_moderator_ends_all_sessions_of_another_person() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let (ana, mut bruno) = (tenant.ana, tenant.bruno);
    let path = format!("/v1/users/{}/sessions", bruno.user_id);
    ana.request(&world, "DELETE", &path).send().await.problem(403, "two_factor_code_missing");
    ana.ask_with_code(&world, "DELETE", &path).send().await.expect(204);
    bruno.request(&world, "GET", "/v1/me").send().await.problem(401, "session_invalid");
    bruno.log_in(&world).await.created();
    let own = format!("/v1/users/{}/sessions", ana.user_id);
    ana.ask_with_code(&world, "DELETE", &own).send().await.problem(403, "own_access");
    let program = format!("/v1/users/{}/sessions", tenant.program.id);
    ana.ask_with_code(&world, "DELETE", &program).send().await.problem(422, "user_kind");
    let trail = ana.request(&world, "GET", "/v1/audit-events").send().await.ok();
    let lines = trail["data"].as_array().expect("a list").iter();
    let ended: Vec<_> = lines.filter(|line| line["action"] == "sessions.closed").collect();
    assert_eq!(ended.len(), 1);
    let who = (&ended[0]["author"]["user_id"], &ended[0]["target"]);
    assert_eq!(who, (&json!(ana.user_id), &json!(bruno.user_id)));
}
