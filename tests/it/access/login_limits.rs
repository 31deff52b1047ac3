//! No caller at another address can keep a person from logging in.

use domain::access::Role;
use serde_json::json;
use tests::{Human, TestResponse, World};

use crate::access::people::sent;

const WRONG: &str = "wrong password wrong";
const HOME: &str = "203.0.113.7";

async fn attempt(world: &World, email: &str, password: &str, ip: &str) -> TestResponse {
    let body = json!({ "email": email, "password": password });
    world.post("/v1/sessions").from(ip).json(&body).send().await
}

/// A person without two-factor, so that the password decides.
async fn person(world: &World, email: &str) -> Human {
    let tenant = world.tenant("loja").await;
    world.human(tenant.account_id, email, &[Role::View], false).await
}

async fn log_in(world: &World, human: &Human, ip: &str) -> TestResponse {
    attempt(world, &human.person.email, &human.person.password, ip).await
}

/// Fault row 111.
#[tokio::test]
async fn one_stranger_delays_themselves_and_not_the_owner() {
    let world = World::new().await;
    let carla = person(&world, "carla@loja.example").await;
    let email = &carla.person.email;
    // A day of guesses, as fast as the delay allows.
    let mut guesses = 0;
    for _ in 0..40 {
        let response = attempt(&world, email, WRONG, "198.51.100.66").await;
        match response.header("retry-after") {
            Some(seconds) => world.wait(seconds.parse().expect("seconds")),
            None => {
                response.problem(401, "login_invalid");
                guesses += 1;
            }
        }
    }
    assert!(guesses >= 15, "{guesses}");
    let mut refused = attempt(&world, email, WRONG, "198.51.100.66").await;
    if refused.status == 401 {
        refused = attempt(&world, email, WRONG, "198.51.100.66").await;
    }
    refused.problem(429, "too_many_attempts");
    // The owner comes from an address that was never seen.
    log_in(&world, &carla, HOME).await.created();
}

/// Fault row 111.
#[tokio::test]
async fn strangers_at_many_addresses_delay_new_addresses_and_not_known_ones() {
    let world = World::new().await;
    let carla = person(&world, "carla@loja.example").await;
    let email = &carla.person.email;
    log_in(&world, &carla, HOME).await.created();
    for number in 0..20 {
        let response = attempt(&world, email, WRONG, &format!("198.51.100.{number}")).await;
        response.problem(401, "login_invalid");
    }
    let refused = log_in(&world, &carla, "198.51.100.200").await;
    refused.problem(429, "too_many_attempts");
    assert_eq!(refused.header("retry-after"), Some("3600"));
    log_in(&world, &carla, HOME).await.created();
    // A mistake at a known address has its own delay.
    for _ in 0..3 {
        attempt(&world, email, WRONG, HOME).await.problem(401, "login_invalid");
    }
    log_in(&world, &carla, HOME).await.problem(429, "too_many_attempts");
    world.wait(1);
    log_in(&world, &carla, HOME).await.created();
    world.wait(3_599);
    log_in(&world, &carla, "198.51.100.200").await.created();
}

/// Fault row 111.
#[tokio::test]
async fn an_address_is_known_for_ninety_days() {
    let world = World::new().await;
    let carla = person(&world, "carla@loja.example").await;
    log_in(&world, &carla, HOME).await.created();
    for (days, status) in [(89, 201), (91, 429)] {
        world.wait(days * 86_400);
        for number in 0..20 {
            let ip = format!("198.51.100.{number}");
            attempt(&world, &carla.person.email, WRONG, &ip).await;
        }
        assert_eq!(log_in(&world, &carla, HOME).await.status, status, "after {days} days");
    }
}

/// Fault row 111.
#[tokio::test]
async fn one_address_that_tries_many_people_is_refused_and_no_other_is() {
    let world = World::new().await;
    let carla = person(&world, "carla@loja.example").await;
    let dora = world.tenant("outra").await;
    let dora = world.human(dora.account_id, "dora@outra.example", &[Role::View], false).await;
    log_in(&world, &carla, HOME).await.created();
    for number in 0..100 {
        let response = attempt(&world, &format!("{number}@loja.example"), WRONG, HOME).await;
        response.problem(401, "login_invalid");
    }
    world.bundle.faults().record();
    let refused = attempt(&world, "more@loja.example", WRONG, HOME).await;
    refused.problem(429, "too_many_attempts");
    assert_eq!(refused.header("retry-after"), Some("900"));
    assert_eq!(sent(&world), ["Query", "BatchGetItem"], "reads, no hash and no write");
    // Dora was never here. Carla was, and Dora logs in from elsewhere.
    log_in(&world, &dora, HOME).await.problem(429, "too_many_attempts");
    log_in(&world, &carla, HOME).await.created();
    log_in(&world, &dora, "203.0.113.8").await.created();
    world.wait(900);
    log_in(&world, &dora, HOME).await.created();
}

/// Fault row 111. One person has all addresses of an IPv6 network.
#[tokio::test]
async fn the_addresses_of_an_ipv6_network_are_one_sender() {
    let world = World::new().await;
    let carla = person(&world, "carla@loja.example").await;
    for number in 1..=3 {
        let ip = format!("2001:db8:1:2::{number}");
        attempt(&world, &carla.person.email, WRONG, &ip).await.problem(401, "login_invalid");
    }
    log_in(&world, &carla, "2001:db8:1:2:ffff::9").await.problem(429, "too_many_attempts");
    log_in(&world, &carla, "2001:db8:1:3::1").await.created();
}

/// Fault rows 77 and 111. The right guess is among them, each comes from its own address, and all of
/// them read the same state.
#[tokio::test]
async fn of_guesses_from_many_addresses_at_the_same_moment_one_is_answered() {
    let world = World::new().await;
    let carla = person(&world, "carla@loja.example").await;
    let guesses = (0..20).map(|number| {
        let password = if number == 13 { carla.person.password.as_str() } else { WRONG };
        let ip = format!("198.51.100.{number}");
        let (world, email) = (&world, carla.person.email.as_str());
        async move { attempt(world, email, password, &ip).await }
    });
    let responses = futures::future::join_all(guesses).await;
    let answered = responses.iter().filter(|response| matches!(response.status, 201 | 401)).count();
    assert_eq!(answered, 1);
    for response in responses.iter().filter(|response| !matches!(response.status, 201 | 401)) {
        response.problem(429, "too_many_attempts");
    }
}

/// The rows and their names do not tell the address.
#[tokio::test]
async fn no_key_of_a_failed_log_in_names_the_address_or_the_email() {
    let world = World::new().await;
    world.bundle.faults().record();
    attempt(&world, "unknown@loja.example", WRONG, "198.51.100.66").await;
    let sent = world.bundle.faults().sent();
    let written: String = sent.iter().map(|sent| sent.body.as_str()).collect();
    assert!(written.contains("ADDRESS#") && written.contains("THROTTLE#LOG_IN#"), "{written}");
    assert!(!written.contains("unknown@"), "{written}");
    // The line in the audit trail alone has the address, and it is in no key.
    assert!(written.contains(r#""ip":{"S":"198.51.100.66"}"#), "{written}");
    assert_eq!(written.matches("198.51.100").count(), written.matches(r#""ip":{"#).count());
}

/// One password typed on two keyboards.
#[tokio::test]
async fn a_password_set_in_one_spelling_logs_in_with_the_other() {
    let world = World::new().await;
    let mut ana = world.tenant("loja").await.ana;
    ana.log_in(&world).await.created();
    let (nfc, nfd) = ("cora\u{e7}\u{e3}o-de-le\u{e3}o-1", "corac\u{327}a\u{303}o-de-lea\u{303}o-1");
    for (email, set, typed) in [("bia@loja.example", nfc, nfd), ("caio@loja.example", nfd, nfc)] {
        let body = json!({ "kind": "human", "name": "Bia", "email": email, "roles": ["view"] });
        let invited = ana.request(&world, "POST", "/v1/users").json(&body).send().await.created();
        let token = invited["invitation"]["token"].as_str().expect("a token").to_owned();
        let path = format!("/v1/invitations/{token}/accept");
        let short = json!({ "password": "a\u{303}e\u{301}i\u{301}o\u{301}u\u{303}-senha" });
        let refused = world.post(&path).json(&short).send().await;
        refused.violation("password", "wrong_length");
        world.post(&path).json(&json!({ "password": set })).send().await.ok();
        attempt(&world, email, typed, HOME).await.created();
        attempt(&world, email, set, HOME).await.created();
    }
}

/// Two people of an office who log in for the first time at the same moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_at_one_new_address_log_in_at_the_same_moment() {
    let world = World::new().await;
    let mut ana = world.tenant("loja").await.ana;
    ana.log_in(&world).await.created();
    let password = "three plain words";
    let emails = ["bia@loja.example", "caio@loja.example", "duda@loja.example"];
    for email in emails {
        let body = json!({ "kind": "human", "name": "Bia", "email": email, "roles": ["view"] });
        let invited = ana.request(&world, "POST", "/v1/users").json(&body).send().await.created();
        let token = invited["invitation"]["token"].as_str().expect("a token").to_owned();
        let path = format!("/v1/invitations/{token}/accept");
        world.post(&path).json(&json!({ "password": password })).send().await.ok();
    }
    let log_in = |email| attempt(&world, email, password, "198.51.100.80");
    let (bia, caio, duda) = tokio::join!(log_in(emails[0]), log_in(emails[1]), log_in(emails[2]));
    for response in [bia, caio, duda] {
        response.created();
    }
}
