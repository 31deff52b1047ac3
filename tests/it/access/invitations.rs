//! Invitations: how a person gets in, once.

use domain::kernel::Id;
use gate::{Token, TokenKind, login_key};
use serde_json::{Value, json};
use tests::{Human, TestResponse, World, text};

use crate::access::people::at_work;

const PASSWORD: &str = "correct horse battery";
const SEVEN_DAYS: i64 = 7 * 24 * 60 * 60;

async fn invite(world: &World, by: &Human, email: &str, roles: &[&str]) -> Value {
    let body = json!({ "name": "Carla", "kind": "human", "email": email, "roles": roles });
    // The right to write costs a code.
    let ask = match roles {
        ["view"] => by.request(world, "POST", "/v1/users"),
        _ => by.ask_with_code(world, "POST", "/v1/users"),
    };
    let made = ask.json(&body).send().await;
    made.created()
}

async fn accept(world: &World, token: &str, password: &str) -> TestResponse {
    let path = format!("/v1/invitations/{token}/accept");
    let ask = world.post(&path).json(&json!({ "password": password }));
    ask.send().await
}

async fn log_in(world: &World, email: &str, password: &str) -> TestResponse {
    let body = json!({ "email": email, "password": password });
    world.post("/v1/sessions").json(&body).send().await
}

#[tokio::test]
async fn an_invited_person_sets_a_password_and_logs_in() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let made = invite(&world, &ana, "Carla@Loja.example", &["view"]).await;
    assert_eq!(made["status"], "invited");
    assert_eq!(made["email"], "carla@loja.example");
    let token = text(&made["invitation"]["token"]);
    let url = text(&made["invitation"]["accept_endpoint"]);
    let expected = format!("http://127.0.0.1:4000/v1/invitations/{token}/accept");
    assert_eq!(url, expected);

    let early = log_in(&world, "carla@loja.example", PASSWORD).await;
    early.problem(401, "login_invalid");
    let accepted = accept(&world, &token, PASSWORD).await.ok();
    assert_eq!(accepted["status"], "active");
    let session = log_in(&world, "CARLA@LOJA.EXAMPLE", PASSWORD).await;
    assert_eq!(session.created()["two_factor"], false);
    let seen = ana.request(&world, "GET", &format!("/v1/users/{}", text(&made["id"])));
    assert_eq!(seen.send().await.ok()["status"], "active");
    // Neither the list nor the user shows the token again.
    let listed = ana.request(&world, "GET", "/v1/users").send().await;
    assert!(!listed.text().contains("invitation"));
    assert!(!json!(world.logged()).to_string().contains(&token));
}

#[tokio::test]
async fn an_invitation_is_accepted_once_even_at_the_same_moment() {
    let world = World::new().await;
    let second = world.second_instance(|_| {});
    let ana = at_work(&world, "loja").await.ana;
    let made = invite(&world, &ana, "carla@loja.example", &["moderator"]).await;
    let token = text(&made["invitation"]["token"]);
    let others = "another's password";
    let (one, other) =
        tokio::join!(accept(&world, &token, PASSWORD), accept(&second, &token, others),);
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
    let (right, wrong) = if one.status == 200 { (PASSWORD, others) } else { (others, PASSWORD) };
    let lost = log_in(&world, "carla@loja.example", wrong).await;
    lost.problem(401, "login_invalid");
    log_in(&world, "carla@loja.example", right).await.created();
    accept(&world, &token, wrong).await.problem(404, "not_found");
    // Counted once as a moderator.
    let account_id = ana.request(&world, "GET", "/v1/me").send().await.ok();
    let account_id = Id::parse(&text(&account_id["account"]["id"])).expect("an id");
    let key = store::Key::ModeratorCount(account_id);
    let roster = world.bundle.app().store.find::<domain::access::ModeratorCount>(&key).await;
    assert_eq!(roster.expect("readable").expect("there").moderators, 3);
}

#[tokio::test]
async fn an_invitation_ends_after_seven_days() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let [in_time, late] = ["carla@loja.example", "dora@loja.example"];
    let in_time = invite(&world, &ana, in_time, &["view"]).await;
    let late = invite(&world, &ana, late, &["view"]).await;
    let ends = world.now() + jiff::SignedDuration::from_secs(SEVEN_DAYS);
    assert_eq!(late["invitation"]["expires_at"], format!("{ends:.3}"));
    let token = |made: &Value| text(&made["invitation"]["token"]);
    world.wait(SEVEN_DAYS - 1);
    accept(&world, &token(&in_time), PASSWORD).await.ok();
    world.wait(1);
    let refused = accept(&world, &token(&late), PASSWORD).await;
    refused.problem(404, "not_found");
}

#[tokio::test]
async fn a_token_that_is_not_the_invitations_opens_nothing() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let email = "carla@loja.example";
    let made = invite(&world, &tenant.ana, email, &["view"]).await;
    let token = text(&made["invitation"]["token"]);
    let user_id = Id::parse(&text(&made["id"])).expect("an id");
    let moment = world.bundle.app().moment();
    let mint = |kind| Token::mint(kind, tenant.account_id, user_id, &login_key(email), &moment);
    let session = format!("s{}", &token[1..]);
    let wrong = [
        mint(TokenKind::Invitation).reveal().to_owned(),
        mint(TokenKind::Session).reveal().to_owned(),
        token[..token.len() - 1].to_owned(),
        session,
        tenant.ana.session.clone(),
        "x".to_owned(),
    ];
    for token in &wrong {
        accept(&world, token, PASSWORD).await.problem(404, "not_found");
    }
    accept(&world, &token, PASSWORD).await.ok();
}

#[tokio::test]
async fn a_weak_password_is_refused_and_the_invitation_stays_open() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let made = invite(&world, &ana, "carla@loja.example", &["view"]).await;
    let token = text(&made["invitation"]["token"]);
    for password in ["", "eleven char", &"x".repeat(129)] {
        let refused = accept(&world, &token, password).await;
        refused.violation("password", "wrong_length");
    }
    let path = format!("/v1/invitations/{token}/accept");
    for (body, field, flaw) in [
        (json!({}), "password", "required"),
        (json!({ "password": PASSWORD, "roles": ["moderator"] }), "roles", "unknown_field"),
    ] {
        let refused = world.post(&path).json(&body).send().await;
        refused.violation(field, flaw);
    }
    let password = "ç".repeat(128);
    accept(&world, &token, &password).await.ok();
    log_in(&world, "carla@loja.example", &password).await.created();
}

#[tokio::test]
async fn an_email_is_one_person_of_an_account_whatever_its_case() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let invited = invite(&world, &ana, "carla@loja.example", &["view"]).await;
    let carla = text(&invited["id"]);
    let body = json!({ "name": "Carla", "kind": "human", "email": "CARLA@loja.Example", "roles": ["view"] });
    let taken = ana.request(&world, "POST", "/v1/users").json(&body).send().await;
    // Who never accepted needs a new invitation, and the answer says where it comes from.
    let detail = text(&taken.problem(409, "email_taken")["detail"]);
    let way_out = format!("POST /v1/users/{carla}/invitation");
    assert!(detail.contains("has not accepted") && detail.contains(&way_out), "{detail}");
    accept(&world, &text(&invited["invitation"]["token"]), PASSWORD).await.ok();
    let taken = ana.request(&world, "POST", "/v1/users").json(&body).send().await;
    let detail = text(&taken.problem(409, "email_taken")["detail"]);
    assert!(detail.contains(&carla) && !detail.contains("invitation"), "{detail}");
    // With a code, which changes the caller's own login.
    let body = json!({
        "name": "Ana", "kind": "human", "email": ana.person.email, "roles": ["moderator"],
    });
    let taken = ana.ask_with_code(&world, "POST", "/v1/users").json(&body).send().await;
    taken.problem(409, "email_taken");
    // A program does not log in, so it takes no e-mail away.
    let body = json!({ "name": "back end", "kind": "api", "email": "dora@loja.example" });
    ana.request(&world, "POST", "/v1/users").json(&body).send().await.created();
    invite(&world, &ana, "dora@loja.example", &["view"]).await;
    // Its end frees no e-mail either: the login of the person who has the e-mail stays.
    let body = json!({ "name": "back end", "kind": "api", "email": "carla@loja.example" });
    let made = ana.request(&world, "POST", "/v1/users").json(&body).send().await.created();
    let path = format!("/v1/users/{}", text(&made["id"]));
    ana.request(&world, "DELETE", &path).send().await.expect(204);
    let body = json!({
        "name": "Carla", "kind": "human", "email": "carla@loja.example", "roles": ["view"],
    });
    let taken = ana.request(&world, "POST", "/v1/users").json(&body).send().await;
    taken.problem(409, "email_taken");
}

#[tokio::test]
async fn a_person_who_could_do_nothing_is_not_invited() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    for access in [json!({}), json!({ "roles": [] }), json!({ "roles": [], "permissions": [] })] {
        let mut body = json!({ "name": "Carla", "kind": "human", "email": "carla@loja.example" });
        body.as_object_mut()
            .expect("an object")
            .extend(access.as_object().expect("fields").clone());
        let refused = ana.request(&world, "POST", "/v1/users").json(&body).send().await;
        refused.violation("roles", "required");
    }
    let body = json!({ "name": "Carla", "kind": "human", "email": "carla@loja.example",
        "permissions": ["charges:read"] });
    ana.request(&world, "POST", "/v1/users").json(&body).send().await.created();
    // A program gets its permissions when it needs them.
    let body = json!({ "name": "back end", "kind": "api" });
    ana.request(&world, "POST", "/v1/users").json(&body).send().await.created();
}

#[tokio::test]
async fn an_invitation_of_a_deleted_person_opens_nothing() {
    let world = World::new().await;
    let ana = at_work(&world, "loja").await.ana;
    let made = invite(&world, &ana, "carla@loja.example", &["view"]).await;
    let path = format!("/v1/users/{}", text(&made["id"]));
    ana.request(&world, "DELETE", &path).send().await.expect(204);
    let token = text(&made["invitation"]["token"]);
    let refused = accept(&world, &token, PASSWORD).await;
    refused.problem(404, "not_found");
    // Nor does it open the next invitation of the same e-mail.
    let again = invite(&world, &ana, "carla@loja.example", &["view"]).await;
    let refused = accept(&world, &token, PASSWORD).await;
    refused.problem(404, "not_found");
    let token = text(&again["invitation"]["token"]);
    accept(&world, &token, PASSWORD).await.ok();
}
