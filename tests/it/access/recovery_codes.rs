//! Recovery codes: each logs in once, and new ones void the old ones.

use serde_json::json;
use tests::{World, text};

use crate::access::people::{at_work, enrol, grave, log_in_with, login, one_of_two};

/// Fault row 80.
#[tokio::test]
async fn a_recovery_code_logs_in_once_even_at_the_same_moment() {
    let world = World::new().await;
    let second = world.second_instance(|_| {});
    let account_id = world.tenant("loja").await.account_id;
    let mut carla = world.human(account_id, "carla@loja.example", &[], false).await;
    let codes = enrol(&world, &mut carla).await;
    assert_eq!(codes.len(), 10);

    let typed = format!(" {} ", codes[3].to_lowercase());
    let response = login(&world, &carla, "recovery_code", &typed).send().await;
    response.created();
    let again = login(&world, &carla, "recovery_code", &codes[3]).send().await;
    again.problem(401, "login_invalid");

    let (one, other) = tokio::join!(
        login(&world, &carla, "recovery_code", &codes[7]).send(),
        login(&second, &carla, "recovery_code", &codes[7]).send(),
    );
    let lost = one_of_two([&one, &other], 201);
    assert!(matches!(lost.status, 401 | 429), "{}", lost.text());
    world.wait(900);

    // Another's place, a place that is not there, and the right place with other letters.
    let (_, letters) = codes[5].split_once('-').expect("place and letters");
    for wrong in [format!("6-{letters}"), format!("10-{letters}"), "5-".to_owned()] {
        let response = login(&world, &carla, "recovery_code", &wrong).send().await;
        response.problem(401, "login_invalid");
        world.wait(900);
    }
    let unused = login(&world, &carla, "recovery_code", &codes[5]).send().await;
    unused.created();
}

/// Fault row 80. A code is for logging in; it moves nothing by itself.
#[tokio::test]
async fn a_recovery_code_is_no_step_up_code() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut carla = world
        .human(tenant.account_id, "carla@loja.example", &[domain::access::Role::Moderator], false)
        .await;
    let codes = enrol(&world, &mut carla).await;
    let response = grave(&world, &carla, &tenant.bruno).code(&codes[0]).send();
    response.await.problem(403, "two_factor_code_invalid");
}

#[tokio::test]
async fn new_recovery_codes_void_the_old_ones() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let ana = &tenant.ana;
    let path = "/v1/me/two-factor/recovery-codes";
    ana.request(&world, "POST", path).send().await.problem(403, "two_factor_code_missing");
    let codes = async || {
        let made = ana.ask_with_code(&world, "POST", path).send().await.created();
        let codes = made["recovery_codes"].as_array().expect("a list").clone();
        codes.iter().map(text).collect::<Vec<_>>()
    };
    let (old, new) = (codes().await, codes().await);
    assert_eq!((old.len(), new.len()), (10, 10));
    let with = async |code: &str| {
        let body = json!({
            "email": ana.person.email, "password": ana.person.password, "recovery_code": code,
        });
        world.post("/v1/sessions").json(&body).send().await
    };
    with(&old[0]).await.problem(401, "login_invalid");
    // Typed without hyphens and in lower case.
    with(&new[0].replace('-', "").to_lowercase()).await.created();
    with(&new[0]).await.problem(401, "login_invalid");
    // The authenticator is the same as before.
    let code = ana.fresh_code(&world);
    log_in_with(&world, ana, &ana.person.password, &code).await.created();

    let mut carla = world.human(tenant.account_id, "carla@loja.example", &[], false).await;
    carla.log_in(&world).await.created();
    let refused = carla.request(&world, "POST", path).send().await;
    refused.problem(403, "two_factor_not_enrolled");
}
