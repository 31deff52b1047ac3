//! Guessing at a login: what the guesser learns, and how long it takes.

use serde_json::{Value, json};
use tests::{Human, TestResponse, World};

use crate::access::people::sent;

const WRONG: &str = "wrong password wrong";

async fn attempt(world: &World, email: &str, password: &str) -> TestResponse {
    let body = json!({ "email": email, "password": password });
    world.post("/v1/sessions").json(&body).send().await
}

/// Returns all of an answer that could differ.
fn seen(response: &TestResponse) -> (u16, Vec<(String, String)>, Value) {
    let mut body = response.json();
    body["request_id"] = Value::Null;
    let mut headers = response.headers.clone();
    headers.retain(|(name, _)| name != "request-id");
    headers.sort();
    (response.status, headers, body)
}

/// Fault row 76.
#[tokio::test]
async fn an_unknown_email_is_answered_like_a_wrong_password_after_the_same_requests() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let carla = world.human(tenant.account_id, "carla@loja.example", &[], false).await;
    attempt(&world, "warm@up.example", WRONG).await;

    let mut all = Vec::new();
    for email in ["nobody@loja.example", &tenant.ana.person.email, &carla.person.email] {
        // The free failures, the one that is delayed, and one that is not looked at.
        for _ in 0..4 {
            world.bundle.faults().record();
            let response = attempt(&world, email, WRONG).await;
            all.push((seen(&response), sent(&world)));
        }
    }
    let (unknown, known) = all.split_at(4);
    assert_eq!(unknown[0].0.0, 401);
    assert_eq!(unknown[0].0.2["code"], "login_invalid");
    assert_eq!(unknown[0].1, ["Query", "BatchGetItem", "TransactWriteItems"]);
    assert_eq!(unknown[3].0.0, 429);
    assert_eq!(unknown, &known[..4]);
    assert_eq!(unknown, &known[4..]);
}

/// Fault row 77. Of an e-mail that exists and of one that does not.
#[tokio::test]
async fn after_two_free_failures_each_one_doubles_the_wait_up_to_fifteen_minutes() {
    let world = World::new().await;
    let ana = world.tenant("loja").await.ana;
    let mut waits = Vec::new();
    for _ in 0..13 {
        let mut both = Vec::new();
        for email in [ana.person.email.as_str(), "nobody@loja.example"] {
            attempt(&world, email, WRONG).await.problem(401, "login_invalid");
            both.push(wait_of(&world, email).await);
        }
        assert_eq!(both[0], both[1]);
        waits.push(both[0]);
        world.wait(both[0]);
    }
    assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]);
}

/// Returns the seconds until an attempt on this e-mail is checked, as the answer to one says. Makes
/// no attempt that would be checked, because it would count.
async fn wait_of(world: &World, email: &str) -> i64 {
    let app = world.bundle.app();
    let peppers = app.secrets.peppers(world.now()).await.expect("a pepper");
    let address = peppers.address_digest([203, 0, 113, 7].into()).expect("a digest");
    let kind = domain::access::AttemptKind::LogIn(address);
    let key = store::Key::LoginThrottle(gate::login_key(email), kind);
    let throttle: Option<domain::access::LoginThrottle> =
        app.store.find(&key).await.expect("readable");
    if throttle.is_none_or(|throttle| throttle.seconds_left(world.now()).is_none()) {
        return 0;
    }
    let response = attempt(world, email, WRONG).await;
    response.problem(429, "too_many_attempts");
    let seconds = response.header("retry-after").expect("says when");
    seconds.parse().expect("a number")
}

async fn fail(world: &World, ana: &Human, times: usize) {
    for _ in 0..times {
        let response = attempt(world, &ana.person.email, WRONG).await;
        response.problem(401, "login_invalid");
    }
}

/// Fault row 77. An attacker who keeps guessing must not keep the owner out.
#[tokio::test]
async fn attempts_during_the_wait_are_not_looked_at_and_do_not_make_it_longer() {
    let world = World::new().await;
    let mut ana = world.tenant("loja").await.ana;
    fail(&world, &ana, 3).await;
    world.wait(1);
    fail(&world, &ana, 1).await;
    world.wait(2);
    fail(&world, &ana, 1).await;
    for left in ["4", "3", "2", "1"] {
        world.bundle.faults().record();
        let email = ana.person.email.to_uppercase();
        let response = attempt(&world, &email, &ana.person.password).await;
        response.problem(429, "too_many_attempts");
        assert_eq!(response.header("retry-after"), Some(left));
        assert_eq!(sent(&world), ["Query", "BatchGetItem"]);
        world.wait(1);
    }
    ana.log_in(&world).await.created();
}

/// Fault row 77.
#[tokio::test]
async fn a_login_after_the_wait_makes_the_failures_forgotten() {
    let world = World::new().await;
    let mut ana = world.tenant("loja").await.ana;
    fail(&world, &ana, 3).await;
    world.wait(1);
    ana.log_in(&world).await.created();
    // Two are free again.
    fail(&world, &ana, 3).await;
    let response = attempt(&world, &ana.person.email, WRONG).await;
    response.problem(429, "too_many_attempts");
    assert_eq!(response.header("retry-after"), Some("1"));
}

/// Fault row 77. Sent at once, they all read the same state; only the first to commit is answered.
#[tokio::test]
async fn of_thirty_guesses_at_the_same_moment_one_is_answered() {
    let world = World::new().await;
    let second = world.second_instance(|_| {});
    let ana = world.tenant("loja").await.ana;
    fail(&world, &ana, 2).await;
    let mut guesses = Vec::new();
    for number in 0..30 {
        let world = if number % 2 == 0 { &world } else { &second };
        let password = format!("guess number {number}");
        let body = json!({ "email": ana.person.email, "password": password });
        guesses.push(world.post("/v1/sessions").json(&body).send());
    }
    let mut answered = 0;
    for response in together(guesses).await {
        match response.status {
            401 => answered += 1,
            _ => {
                response.problem(429, "too_many_attempts");
                assert_eq!(response.header("retry-after"), Some("1"));
            }
        }
    }
    assert_eq!(answered, 1);
}

/// Polls all of them in turn until all are done.
async fn together<F: Future<Output = TestResponse>>(futures: Vec<F>) -> Vec<TestResponse> {
    let mut running: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut responses = Vec::new();
    std::future::poll_fn(|context| {
        running.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(response) => {
                responses.push(response);
                false
            }
            std::task::Poll::Pending => true,
        });
        if running.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    responses
}

/// Fault row 77. A wrong code with the right password is a guess like any other.
#[tokio::test]
async fn a_wrong_code_counts_like_a_wrong_password_and_is_answered_like_one() {
    let world = World::new().await;
    let ana = world.tenant("loja").await.ana;
    let mut body = json!({ "email": ana.person.email, "password": ana.person.password });
    body["totp_code"] = json!(ana.wrong_code(&world));
    let wrong_code = world.post("/v1/sessions").json(&body).send().await;
    let wrong_password = attempt(&world, &ana.person.email, WRONG).await;
    assert_eq!(seen(&wrong_code), seen(&wrong_password));
    let third = attempt(&world, &ana.person.email, WRONG).await;
    third.problem(401, "login_invalid");
    let fourth = attempt(&world, &ana.person.email, WRONG).await;
    fourth.problem(429, "too_many_attempts");
}

/// A client that asks its person for the code step by step does not use up the free failures, nor does
/// a person who sends the last code again.
#[tokio::test]
async fn a_missing_code_and_the_last_code_again_are_no_failures() {
    let world = World::new().await;
    let mut ana = world.tenant("loja").await.ana;
    ana.log_in(&world).await.created();
    let mut body = json!({ "email": ana.person.email, "password": ana.person.password });
    for _ in 0..4 {
        let without_code = attempt(&world, &ana.person.email, &ana.person.password).await;
        without_code.problem(401, "login_needs_code");
    }
    body["totp_code"] = json!(ana.code(&world));
    for _ in 0..4 {
        let again = world.post("/v1/sessions").json(&body).send().await;
        let problem = again.problem(401, "login_invalid");
        let sentence = "e-mail, password or code is wrong, or the code was already used";
        assert_eq!(problem["detail"], sentence);
    }
    // Two are still free, and the third starts the wait.
    fail(&world, &ana, 3).await;
    let response = attempt(&world, &ana.person.email, WRONG).await;
    response.problem(429, "too_many_attempts");
}

/// Without this, of many passwords sent at once the right one would be told apart by its answer.
#[tokio::test]
async fn of_guesses_at_the_same_moment_the_right_password_without_a_code_is_one() {
    let world = World::new().await;
    let second = world.second_instance(|_| {});
    let ana = world.tenant("loja").await.ana;
    fail(&world, &ana, 2).await;
    let mut guesses = Vec::new();
    for number in 0..8 {
        let world = if number % 2 == 0 { &world } else { &second };
        let password = if number == 3 { ana.person.password.as_str() } else { WRONG };
        let body = json!({ "email": ana.person.email, "password": password });
        guesses.push(world.post("/v1/sessions").json(&body).send());
    }
    let responses = together(guesses).await;
    let answered = responses.iter().filter(|response| response.status == 401).count();
    assert_eq!(answered, 1);
}

/// Fault row 77. The delay is of the e-mail at this address, however it is written.
#[tokio::test]
async fn the_wait_holds_for_every_spelling_and_for_no_other_person_or_address() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let (ana, mut bruno) = (tenant.ana, tenant.bruno);
    fail(&world, &ana, 3).await;
    for email in [ana.person.email.to_uppercase(), format!(" {} ", ana.person.email)] {
        let body = json!({ "email": email, "password": WRONG });
        let ask = world.post("/v1/sessions").json(&body);
        ask.clone().send().await.problem(429, "too_many_attempts");
        ask.from("198.51.100.1").send().await.problem(401, "login_invalid");
    }
    bruno.log_in(&world).await.created();
}
