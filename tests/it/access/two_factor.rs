//! The second factor: codes that work once, and the code that a grave change needs.

use std::time::Duration;

use edge::CodeDemand;
use local::Fault;
use serde_json::{Value, json};
use tests::{Human, World, text};

use crate::access::people::{at_work, enrol, grave, login, new_program, one_of_two};
use crate::cases::{AccountObjects, complete, fixture};

/// Fault row 78.
#[tokio::test]
async fn a_code_works_once_even_in_two_functions_at_the_same_moment() {
    let world = World::new().await;
    let second = world.second_instance(|_| {});
    let mut ana = at_work(&world, "loja").await.ana;
    let programs = [new_program(&world, &ana, &[]).await, new_program(&world, &ana, &[]).await];
    for _ in 0..3 {
        ana.log_in(&world).await.created();
        let code = ana.fresh_code(&world);
        let (one, other) = tokio::join!(
            login(&world, &ana, "totp_code", &code).send(),
            login(&second, &ana, "totp_code", &code).send(),
        );
        let lost = one_of_two([&one, &other], 201);
        assert!(matches!(lost.status, 401 | 429), "{}", lost.text());
        assert_eq!(lost.header("set-cookie"), None);

        // Two keys of two programs: nothing but the code stands between them.
        let code = ana.fresh_code(&world);
        let key = json!({ "name": "key", "ip_allowlist": ["203.0.113.7"] });
        let make = async |world: &World, user_id: &str| {
            let path = format!("/v1/users/{user_id}/api-keys");
            let ask = ana.request(world, "POST", &path).code(&code);
            ask.json(&key).send().await
        };
        let (one, other) = tokio::join!(make(&world, &programs[0]), make(&second, &programs[1]));
        let lost = one_of_two([&one, &other], 201);
        lost.problem(403, "two_factor_code_invalid");
    }
}

/// Fault row 78.
#[tokio::test]
async fn a_code_used_for_one_thing_is_used_for_all() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let (ana, bruno) = (&tenant.ana, &tenant.bruno);
    // The code of the last login, in its own step.
    world.wait(30);
    let code = ana.code(&world);
    login(&world, ana, "totp_code", &code).send().await.created();
    let reused = grave(&world, ana, bruno).code(&code).send().await;
    reused.problem(403, "two_factor_code_invalid");
    let reused = login(&world, ana, "totp_code", &code).send().await;
    reused.problem(401, "login_invalid");

    let code = ana.fresh_code(&world);
    grave(&world, ana, bruno).code(&code).send().await.ok();
    let reused = grave(&world, ana, bruno).code(&code).send().await;
    reused.problem(403, "two_factor_code_invalid");
    let reused = login(&world, ana, "totp_code", &code).send().await;
    reused.problem(401, "login_invalid");
}

/// Fault row 79. The clocks of server and device may differ by one step, and a step before the last
/// one used stays refused.
#[tokio::test]
async fn a_code_is_accepted_one_step_early_or_late_and_never_before_the_last_one_used() {
    let world = World::new().await;
    let mut ana = world.tenant("loja").await.ana;
    for (steps, accepted) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
        world.wait(900);
        let code = ana.code_in(&world, steps);
        let response = login(&world, &ana, "totp_code", &code).send().await;
        assert_eq!(response.status == 201, accepted, "{steps}: {}", response.text());
    }
    world.wait(900);
    let [now, next] = [0, 1].map(|steps| ana.code_in(&world, steps));
    login(&world, &ana, "totp_code", &next).send().await.created();
    for used in [next, now] {
        let response = login(&world, &ana, "totp_code", &used).send().await;
        response.problem(401, "login_invalid");
    }
    ana.log_in(&world).await.problem(401, "login_invalid");
    world.wait(30);
    ana.log_in(&world).await.created();
}

#[tokio::test]
async fn an_enrolment_takes_a_right_code_and_happens_once() {
    let world = World::new().await;
    let account_id = world.tenant("loja").await.account_id;
    let mut carla = world.human(account_id, "carla@loja.example", &[], false).await;
    carla.log_in(&world).await.created();
    let confirm = async |who: &Human, code: String| {
        let ask = who.request(&world, "POST", "/v1/me/two-factor/confirm");
        ask.json(&json!({ "code": code })).send().await
    };
    let early = confirm(&carla, "123456".to_owned()).await;
    early.problem(409, "two_factor_not_started");

    let start = async || carla.start_two_factor(&world).send().await;
    let first = start().await.created();
    let second = start().await.created();
    assert_ne!(first["secret"], second["secret"]);
    let mut first_device = carla.clone();
    first_device.person.totp_secret = text(&first["secret"]);
    let mut second_device = carla.clone();
    second_device.person.totp_secret = text(&second["secret"]);
    let url = text(&second["otpauth_url"]);
    // The entry names the account, because an e-mail can have one for each of several accounts.
    assert!(url.contains("carla%40loja.example%20%28loja%29"), "{url}");
    assert!(url.contains(&text(&second["secret"])), "{url}");
    assert!(text(&second["qr_svg"]).contains("<svg"));

    let replaced = confirm(&carla, first_device.code(&world)).await;
    replaced.problem(403, "two_factor_code_invalid");
    let code = second_device.code(&world);
    confirm(&carla, code.clone()).await.created();
    start().await.problem(409, "two_factor_enrolled");
    let twice = confirm(&carla, code.clone()).await;
    twice.problem(409, "two_factor_not_started");
    // The first code counts as used.
    let reused = login(&world, &second_device, "totp_code", &code).send();
    reused.await.problem(401, "login_invalid");
    let me = carla.request(&world, "GET", "/v1/me").send().await.ok();
    assert_eq!(me["user"]["two_factor"], true);
}

/// A stolen session of a person without two-factor must not gain the right to write.
#[tokio::test]
async fn an_enrolment_takes_the_password_again() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let moderator = [domain::access::Role::Moderator];
    let mut carla = world.human(tenant.account_id, "carla@loja.example", &moderator, false).await;
    carla.log_in(&world).await.created();
    let start =
        |body: serde_json::Value| carla.request(&world, "POST", "/v1/me/two-factor").json(&body);
    start(json!({})).send().await.violation("password", "required");
    start(json!({ "password": 7 })).send().await.violation("password", "wrong_type");
    for _ in 0..3 {
        let wrong = start(json!({ "password": "some other password" })).send().await;
        wrong.problem(403, "password_invalid");
    }
    let right = json!({ "password": carla.person.password });
    let waits = start(right.clone()).send().await;
    waits.problem(429, "too_many_attempts");
    assert_eq!(waits.header("retry-after"), Some("1"));
    world.wait(1);
    start(right).send().await.created();
    // Nothing was enrolled, and the session still only reads.
    let new = json!({ "name": "Shop", "kind": "api" });
    let refused = carla.request(&world, "POST", "/v1/users").json(&new).send().await;
    refused.problem(403, "two_factor_not_enrolled");
}

/// An enrolment that its owner started and left open is no way in for a stolen session, which cannot try
/// a million codes.
#[tokio::test]
async fn wrong_first_codes_count_toward_the_wait() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut carla = world.human(tenant.account_id, "carla@loja.example", &[], false).await;
    carla.log_in(&world).await.created();
    let started = carla.start_two_factor(&world).send().await.created();
    carla.person.totp_secret = text(&started["secret"]);
    let confirm = |code: String| {
        let ask = carla.request(&world, "POST", "/v1/me/two-factor/confirm");
        ask.json(&json!({ "code": code })).send()
    };
    for _ in 0..3 {
        confirm(carla.wrong_code(&world)).await.problem(403, "two_factor_code_invalid");
    }
    confirm(carla.code(&world)).await.problem(429, "too_many_attempts");
    world.wait(1);
    confirm(carla.code(&world)).await.created();
}

/// What needs a fresh code. A line that goes missing here is a decision, not an accident.
const CODE_OPERATIONS: [&str; 20] = [
    "approve_payout",
    "approve_payouts",
    "review_payout",
    "approve_payout_batch",
    "replace_payout_settings",
    "approve_settings_change",
    "create_beneficiary_destination",
    "replace_credit_settings",
    "create_api_key",
    "delete_api_key",
    "rotate_api_key",
    "replace_ip_allowlist",
    "suspend_user",
    "reinstate_user",
    "create_invitation",
    "delete_user_sessions",
    "reset_two_factor",
    "create_webhook_endpoint",
    "update_webhook_endpoint",
    "rotate_webhook_secret",
];

/// Fault row 81.
#[tokio::test]
async fn a_session_alone_is_not_enough_for_a_grave_change() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    let objects = AccountObjects::of(&world, &mut tenant).await;
    let mut ana = tenant.ana.clone();
    let grave = catalogue::all_operations()
        .filter(|operation| operation.needs.code_demand() == CodeDemand::Always);
    let mut names = Vec::new();
    for operation in grave {
        // Each operation takes an hour, and a session ends after twelve.
        ana.log_in(&world).await.created();
        let request = fixture(operation, &objects);
        let target = request.target(operation.path);
        let (method, body) = (operation.method.as_str(), &request.body);
        let ask = || complete(ana.request(&world, method, &target), operation, body);
        world.bundle.faults().record();
        let bare = ask().send().await;
        bare.problem(403, "two_factor_code_missing");
        let sent = crate::access::people::sent(&world);
        assert!(!sent.contains(&"TransactWriteItems".to_owned()), "{sent:?}");
        let wrong = ana.wrong_code(&world);
        for code in [wrong.as_str(), "", "12345", "abcdef"] {
            let response = ask().code(code).send().await;
            response.problem(403, "two_factor_code_invalid");
            // The longest wait; a refused request does not keep the session alive.
            world.wait(900);
            ana.request(&world, "GET", "/v1/me").send().await.ok();
        }
        names.push(operation.name);
    }
    assert_eq!(names, CODE_OPERATIONS);
    let own = catalogue::all_operations()
        .filter(|operation| operation.needs.code_demand() == CodeDemand::IfEnrolled);
    let own: Vec<_> = own.map(|operation| operation.name).collect();
    assert_eq!(own, ["replace_password", "replace_recovery_codes"]);
}

/// Fault row 81. A person at an open browser cannot try a million codes.
#[tokio::test]
async fn a_wrong_step_up_code_counts_toward_the_wait_and_a_right_one_ends_it() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let (ana, bruno) = (&tenant.ana, &tenant.bruno);
    let wrong = ana.wrong_code(&world);
    let guess = async |code: &str| grave(&world, ana, bruno).code(code).send().await;
    for _ in 0..3 {
        guess(&wrong).await.problem(403, "two_factor_code_invalid");
    }
    let response = guess(&ana.code_in(&world, 1)).await;
    response.problem(429, "too_many_attempts");
    assert_eq!(response.header("retry-after"), Some("1"));
    // The door to the log-in has its own wait: guesses of strangers there must not keep the owner,
    // who is logged in already, from revoking a key, nor the other way round.
    let response = login(&world, ana, "totp_code", &wrong).send().await;
    response.problem(401, "login_invalid");
    world.wait(1);
    guess(&ana.code_in(&world, 1)).await.ok();
    // Two are free again.
    world.wait(60);
    let wrong = ana.wrong_code(&world);
    for _ in 0..3 {
        guess(&wrong).await.problem(403, "two_factor_code_invalid");
    }
    guess(&wrong).await.problem(429, "too_many_attempts");
}

/// Fault row 81. Sent at once they would otherwise all be looked at, and the right one do its work.
#[tokio::test]
async fn of_many_step_up_guesses_at_the_same_moment_one_is_answered() {
    let world = World::new().await;
    let second = world.second_instance(|_| {});
    let tenant = at_work(&world, "loja").await;
    let (ana, bruno) = (&tenant.ana, &tenant.bruno);
    world.wait(60);
    let (wrong, right) = (ana.wrong_code(&world), ana.code(&world));
    // After two failures the next one starts the wait, whichever request comes first.
    for _ in 0..2 {
        let response = grave(&world, ana, bruno).code(&wrong).send().await;
        response.problem(403, "two_factor_code_invalid");
    }
    let (a, b, c, d) = tokio::join!(
        grave(&world, ana, bruno).code(&wrong).send(),
        grave(&second, ana, bruno).code(&wrong).send(),
        grave(&world, ana, bruno).code(&right).send(),
        grave(&second, ana, bruno).code(&wrong).send(),
    );
    let responses = [a, b, c, d].map(|response| response.status);
    let answered = responses.iter().filter(|status| **status != 429);
    assert_eq!(answered.count(), 1, "{responses:?}");
}

/// Fault row 81. Nor does it help to let a guess overtake another when nothing has failed yet.
#[tokio::test]
async fn a_right_code_that_a_wrong_one_overtook_is_not_answered() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let (ana, bruno) = (&tenant.ana, &tenant.bruno);
    let (wrong, right) = (ana.wrong_code(&world), ana.fresh_code(&world));
    let faults = world.bundle.faults();
    faults.next("TransactWriteItems", Fault::Slow(Duration::from_millis(250)));
    let (right, wrong) = tokio::join!(grave(&world, ana, bruno).code(&right).send(), async {
        while faults.left() > 0 {
            tokio::task::yield_now().await;
        }
        grave(&world, ana, bruno).code(&wrong).send().await
    });
    wrong.problem(403, "two_factor_code_invalid");
    right.problem(429, "too_many_attempts");
}

/// A right code is used up also if the request is refused. A refusal that shows that the code was
/// right, and leaves it usable, would allow many guesses at once.
#[tokio::test]
async fn a_right_code_is_used_up_by_a_request_that_is_refused() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let (ana, bruno) = (&tenant.ana, &tenant.bruno);
    let code = ana.fresh_code(&world);
    let nowhere = "/v1/api-keys/key_000000000000";
    let refused = ana.request(&world, "DELETE", nowhere).code(&code).send().await;
    refused.problem(404, "not_found");
    grave(&world, ana, bruno).code(&code).send().await.problem(403, "two_factor_code_invalid");
}

/// The same when there is nothing to change: a refusal is an answer too.
#[tokio::test]
async fn of_guesses_at_something_that_does_not_exist_at_most_one_is_answered() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let ana = &tenant.ana;
    let (right, wrong) = (ana.fresh_code(&world), ana.wrong_code(&world));
    // The two free failures are over, so that every further one meets a wait.
    for _ in 0..2 {
        let ask = ana.request(&world, "DELETE", "/v1/api-keys/key_000000000000").code(&wrong);
        ask.send().await.problem(403, "two_factor_code_invalid");
    }
    let guess = |code: &str| {
        ana.request(&world, "DELETE", "/v1/api-keys/key_000000000000").code(code).send()
    };
    let (a, b, c, d) = tokio::join!(guess(&wrong), guess(&right), guess(&wrong), guess(&wrong));
    let responses = [a, b, c, d];
    let answered = responses.iter().filter(|response| response.status != 429).count();
    assert!(
        answered <= 1,
        "{:?}",
        responses.iter().map(|response| response.status).collect::<Vec<_>>()
    );
}

/// An attacker with only the password must not gain the owner's rights when the owner enrols.
#[tokio::test]
async fn a_session_opened_with_the_password_alone_keeps_reading_only() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let moderator = [domain::access::Role::Moderator];
    let mut carla = world.human(tenant.account_id, "carla@loja.example", &moderator, false).await;
    let mut stranger = carla.clone();
    stranger.log_in(&world).await.created();
    enrol(&world, &mut carla).await;
    let new = json!({ "name": "Shop", "kind": "api" });
    let response = stranger.request(&world, "POST", "/v1/users").json(&new).send().await;
    response.problem(403, "two_factor_not_enrolled");
    stranger.request(&world, "GET", "/v1/users").send().await.ok();
    carla.request(&world, "POST", "/v1/users").json(&new).send().await.created();
}

/// An invitation to write is as good as a key, so it costs a code of the person who gives it.
#[tokio::test]
async fn a_session_alone_never_gains_the_right_to_write() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let ana = &tenant.ana;
    let account_id = tenant.account_id;
    for gain in [json!({ "roles": ["moderator"] }), json!({ "permissions": ["payouts:write"] })] {
        let email = format!("v{}@loja.example", gain.to_string().len());
        let viewer = world.human(account_id, &email, &[domain::access::Role::View], true).await;
        let path = format!("/v1/users/{}", viewer.user_id);
        let mut new = gain.clone();
        new["name"] = json!("Mallory");
        new["kind"] = json!("human");
        new["email"] = json!(format!("m{}@loja.example", new.to_string().len()));
        let invite = || ana.request(&world, "POST", "/v1/users").json(&new);
        invite().send().await.problem(403, "two_factor_code_missing");
        invite().code(&ana.fresh_code(&world)).send().await.created();
        let promote = || ana.request(&world, "PATCH", &path).json(&gain);
        promote().send().await.problem(403, "two_factor_code_missing");
        promote().code(&ana.fresh_code(&world)).send().await.ok();
    }
    // Reading needs none, nor does a new program, which has no key: its key costs one.
    let reader =
        json!({ "name": "R", "kind": "human", "email": "r@loja.example", "roles": ["view"] });
    ana.request(&world, "POST", "/v1/users").json(&reader).send().await.created();
    let program = json!({ "name": "P", "kind": "api", "permissions": ["charges:write"] });
    ana.request(&world, "POST", "/v1/users").json(&program).send().await.created();
}

#[tokio::test]
async fn separators_in_a_code_are_ignored_wherever_a_code_is_sent() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let (mut ana, bruno) = (tenant.ana, tenant.bruno);
    for separator in [" ", "\u{a0}", "\u{2009}", "-"] {
        let code = ana.fresh_code(&world);
        let spaced = format!("{}{separator}{}", &code[..3], &code[3..]);
        login(&world, &ana, "totp_code", &spaced).send().await.created();
        // Used, however it is written.
        login(&world, &ana, "totp_code", &code).send().await.problem(401, "login_invalid");
        ana.log_in(&world).await.created();
        let code = ana.fresh_code(&world);
        let spaced = format!("{}{separator}{}", &code[..3], &code[3..]);
        grave(&world, &ana, &bruno).code(&spaced).send().await.ok();
        let code = ana.fresh_code(&world);
        let spaced = format!("{}{separator}{}", &code[..3], &code[3..]);
        let path = format!("/v1/users/{}", bruno.user_id);
        let change = |access: Value| ana.request(&world, "PATCH", &path).json(&access);
        change(json!({ "roles": ["view"] })).send().await.ok();
        change(json!({ "roles": ["write"] })).code(&spaced).send().await.ok();
    }
    let email = "caio@loja.example";
    let roles = [domain::access::Role::View];
    let mut caio = world.human(tenant.account_id, email, &roles, false).await;
    caio.log_in(&world).await.created();
    let started = caio.start_two_factor(&world).send().await.created();
    let code = tests::code_at(&text(&started["secret"]), world.now().as_second());
    let body = json!({ "code": format!("{} {}", &code[..3], &code[3..]) });
    let confirm = caio.request(&world, "POST", "/v1/me/two-factor/confirm").json(&body);
    confirm.send().await.created();
}
