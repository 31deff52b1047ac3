//! The commands of the operator: open accounts and rotate secrets.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use brazil::BrCode;
use dispatch::Timer;
use local::Fault;
use local::seed::Person;
use serde_json::{Value, json};
use tests::{Human, World, text};

use crate::access::people::{at_work, me, new_key, new_program, sent};
use crate::webhooks::endpoints::is_signed_by;

const PASSWORD: &str = "correct horse battery";
const URL: &str = "https://hooks.example.com/trilho";
/// How long a secret is kept, and a second.
const KEPT_SECONDS: i64 = 5 * 60 + 1;

pub(crate) fn new_account() -> Value {
    json!({
        "name": "Padaria São João Ltda.",
        "merchant": {
            "name": "Padaria São João",
            "city": "São Paulo",
            "pix_key": "123e4567-e12b-12d1-a456-426655440000",
        },
        "fees": { "pix": { "fixed_cents": 10, "basis_points": 99 } },
        "moderator": { "name": "Ana", "email": "Ana@Padaria.example" },
    })
}

pub(crate) async fn bootstrap(world: &World, input: &Value) -> Result<Value, String> {
    let opened = world.bundle.operate("bootstrap_account", input.clone()).await;
    opened.map_err(|failure| failure.to_string())
}

async fn rotate(world: &World, secret: &str) -> Result<Value, String> {
    let rotated = world.bundle.operate("rotate_secret", json!({ "secret": secret })).await;
    rotated.map_err(|failure| failure.to_string())
}

/// Accepts the invitation, logs in, enrols two-factor and logs in with it.
pub(crate) async fn first_day(world: &World, opened: &Value) -> Human {
    let path = format!("/v1/invitations/{}/accept", text(&opened["invitation_token"]));
    let accepted = world.post(&path).json(&json!({ "password": PASSWORD })).send().await.ok();
    assert_eq!((&accepted["id"], &accepted["status"]), (&opened["user_id"], &json!("active")));
    let person = Person {
        email: text(&opened["email"]),
        password: PASSWORD.to_owned(),
        totp_secret: String::new(),
    };
    let user_id = text(&opened["user_id"]);
    let mut human = Human { user_id, person, session: String::new() };
    human.log_in(world).await.created();
    let started = human.start_two_factor(world).send().await.created();
    human.person.totp_secret = text(&started["secret"]);
    let code = json!({ "code": human.code(world) });
    let confirm = human.request(world, "POST", "/v1/me/two-factor/confirm");
    confirm.json(&code).send().await.created();
    human.log_in(world).await.created();
    human
}

#[tokio::test]
async fn a_new_account_works_from_its_first_moderator_to_a_paid_charge() {
    let world = World::new().await;
    let opened = bootstrap(&world, &new_account()).await.expect("opened");
    assert_eq!(opened["email"], "ana@padaria.example");
    let ends = world.now() + jiff::SignedDuration::from_hours(7 * 24);
    assert_eq!(opened["invitation_expires_at"], format!("{ends:.3}"));

    let ana = first_day(&world, &opened).await;
    let seen = ana.request(&world, "GET", "/v1/me").send().await.ok();
    assert_eq!(seen["account"]["id"], opened["account_id"]);
    assert_eq!(seen["account"]["name"], "Padaria São João Ltda.");
    assert_eq!(seen["moderator"], true);
    let invited = json!({
        "name": "Bruno", "kind": "human", "email": "bruno@padaria.example", "roles": ["view"],
    });
    ana.request(&world, "POST", "/v1/users").json(&invited).send().await.created();
    let trail = ana.request(&world, "GET", "/v1/audit-events").send().await.ok();
    let mut lines = trail["data"].as_array().expect("a list").iter();
    let first =
        |line: &&Value| line["target"] == opened["user_id"] && line["action"] == "user.created";
    let first = lines.find(first).expect("a line");
    assert_eq!(
        first["author"],
        json!({ "user_id": null, "api_key_id": null, "name": "Operator", "ip": null })
    );

    let program = new_program(&world, &ana, &["charges:write"]).await;
    let made = new_key(&world, &ana, &program, &["203.0.113.7"]).await;
    let key = text(&made["api_key"]);
    let charge = world.charge(&key, "order-1").await.created();
    let br_code = BrCode::parse(&text(&charge["pix"]["br_code"])).expect("a code");
    assert_eq!(br_code.merchant_name(), "Padaria Sao Joao");
    assert_eq!(br_code.merchant_city(), "Sao Paulo");
    world.pay(&key, &text(&charge["id"])).await.ok();
    world.wait_and_tick(60 * 60).await;
    let account_id = domain::kernel::Id::parse(&text(&opened["account_id"])).expect("an id");
    // 10 cents and 0.99 % of 10 reais.
    assert_eq!(world.ledger(account_id).await.0.balances.fees_cents, 20);
}

#[tokio::test]
async fn the_first_moderator_counts_from_the_day_they_accept() {
    let world = World::new().await;
    let opened = bootstrap(&world, &new_account()).await.expect("opened");
    let ana = first_day(&world, &opened).await;
    let account_id = domain::kernel::Id::parse(&text(&opened["account_id"])).expect("an id");
    let roster = store::Key::ModeratorCount(account_id);
    let roster = world.bundle.app().store.find::<domain::access::ModeratorCount>(&roster).await;
    assert_eq!(roster.expect("readable").expect("there").moderators, 1);
    let listed = ana.request(&world, "GET", "/v1/users").send().await.ok();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_email_that_was_invited_before_opens_nothing_by_accident() {
    let world = World::new().await;
    world.bundle.faults().record();
    let opened = bootstrap(&world, &new_account()).await.expect("opened");
    // All or nothing: there is no second write that could be missing.
    assert_eq!(sent(&world), ["TransactWriteItems"]);
    let taken = "moderator.email: this e-mail was invited to an account before; nothing was created; \
                 for one more account, add \"another_account\": true";
    assert_eq!(bootstrap(&world, &new_account()).await, Err(taken.to_owned()));
    let ana = first_day(&world, &opened).await;
    assert_eq!(bootstrap(&world, &new_account()).await, Err(taken.to_owned()));
    let listed = ana.request(&world, "GET", "/v1/users").send().await.ok();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_account_that_could_not_be_written_can_be_opened_again() {
    let world = World::new().await;
    let faults = world.bundle.faults();
    faults.next_times("TransactWriteItems", &Fault::Throttled, 100);
    let refused = bootstrap(&world, &new_account()).await.expect_err("throttled");
    assert!(refused.starts_with("the storage is not available: "), "{refused}");
    let line = world.last_logged();
    assert_eq!((&line["level"], &line["code"]), (&json!("error"), &json!("unavailable")));
    faults.clear();
    let opened = bootstrap(&world, &new_account()).await.expect("opened");
    first_day(&world, &opened).await;
}

#[tokio::test]
async fn an_account_without_fees_pays_none() {
    let world = World::new().await;
    let mut input = new_account();
    input.as_object_mut().expect("an object").remove("fees");
    let opened = bootstrap(&world, &input).await.expect("opened");
    let account_id = domain::kernel::Id::parse(&text(&opened["account_id"])).expect("an id");
    let account = store::Key::Account(account_id);
    let account = world.bundle.app().store.find::<domain::account::Account>(&account).await;
    let fees = account.expect("readable").expect("there").fees;
    assert_eq!(fees.pix.fee_cents(100_000), 0);
}

#[tokio::test]
async fn every_flaw_is_named_with_its_field() {
    let world = World::new().await;
    let refused = async |path: &str, value: Value| {
        let mut input = new_account();
        *input.pointer_mut(path).expect("a field") = value;
        bootstrap(&world, &input).await.expect_err(path)
    };
    for (path, value, sentence) in [
        (
            "/merchant/city",
            json!("Ribeirao das Neves"),
            "merchant.city: the text has more than 15 characters; shorten it",
        ),
        (
            "/merchant/city",
            json!(" "),
            "merchant.city: the text is empty; write at least one character",
        ),
        (
            "/merchant/name",
            json!("東京"),
            "merchant.name: a QR code has only Latin letters, digits and signs; remove the other \
             characters",
        ),
        (
            "/merchant/pix_key",
            json!("two words"),
            "merchant.pix_key: a Pix key must have 1 to 77 visible characters",
        ),
        ("/name", json!(""), "name: the text must have 1 to 100 characters; it has 0"),
        ("/fees/pix/basis_points", json!(10_001), "fees.pix.basis_points: must be at most 10000"),
        ("/fees/pix/fixed_cents", json!(-1), "fees.pix.fixed_cents: the number is out of range"),
        (
            "/moderator/name",
            json!("A\nna"),
            "moderator.name: the text has the character U+000A (a line break); remove it",
        ),
        (
            "/moderator/email",
            json!("ana"),
            "moderator.email: not an e-mail; write it like maria@example.com",
        ),
        (
            "/moderator",
            json!({ "name": "Ana" }),
            "moderator.email: the field `email` is missing; add it",
        ),
        ("", json!([]), "the input: must be an object"),
    ] {
        assert_eq!(refused(path, value).await, sentence, "{path}");
    }
    let unknown = refused("/fees", json!({ "pix": null, "boleto": {} })).await;
    assert!(unknown.starts_with("fees."), "{unknown}");
    let unknown = refused("/moderator", json!({ "name": "Ana", "phone": "1" })).await;
    assert!(unknown.starts_with("moderator.phone: unknown field"), "{unknown}");
    let mut input = new_account();
    input["merchant"]["name"] = json!("");
    input["moderator"]["email"] = json!("");
    let both = bootstrap(&world, &input).await.expect_err("two flaws");
    let expected = "merchant.name: the text is empty; write at least one character; \
                    moderator.email: not an e-mail; write it like maria@example.com";
    assert_eq!(both, expected);
    // None of it was opened.
    bootstrap(&world, &new_account()).await.expect("opened");
}

#[tokio::test]
async fn the_log_of_a_command_has_neither_input_nor_answer() {
    let world = World::new().await;
    let opened = bootstrap(&world, &new_account()).await.expect("opened");
    let line = world.last_logged();
    assert_eq!((&line["level"], &line["command"]), (&json!("info"), &json!("bootstrap_account")));
    bootstrap(&world, &new_account()).await.expect_err("taken");
    assert_eq!(world.last_logged()["code"], "email_taken");
    rotate(&world, "pepper").await.expect("rotated");
    let log = json!(world.logged()).to_string().to_lowercase();
    let token = text(&opened["invitation_token"]).to_lowercase();
    for private in ["padaria", "ana", token.as_str()] {
        assert!(!log.contains(private), "{private} in {log}");
    }
}

#[tokio::test]
async fn a_rotated_pepper_keeps_old_keys_working_and_new_ones_use_it() {
    let world = World::new().await;
    let behind = world.second_instance(|_| {});
    let tenant = at_work(&world, "loja").await;
    let user_id = new_program(&world, &tenant.ana, &[]).await;
    me(&behind, &tenant.program.api_key).await.ok();

    let rotated = rotate(&world, "pepper").await.expect("rotated");
    assert_eq!(rotated, json!({ "secret": "pepper", "version": 2 }));
    world.wait(KEPT_SECONDS);
    me(&world, &tenant.program.api_key).await.ok();
    let made = new_key(&world, &tenant.ana, &user_id, &["203.0.113.7"]).await;
    let id = domain::access::KeyId::parse(&text(&made["id"])).expect("an id");
    let key = store::Key::ApiKey(tenant.account_id, id);
    let key = world.bundle.app().store.find::<domain::access::ApiKey>(&key).await;
    assert_eq!(key.expect("readable").expect("there").pepper_version, 2);
    for world in [&world, &behind] {
        me(world, &text(&made["api_key"])).await.ok();
        me(world, &tenant.program.api_key).await.ok();
    }
    assert_eq!(rotate(&world, "pepper").await.expect("rotated")["version"], 3);
    world.wait(KEPT_SECONDS);
    me(&world, &text(&made["api_key"])).await.ok();
    me(&world, &tenant.program.api_key).await.ok();
}

#[tokio::test]
async fn endpoints_of_before_a_rotation_go_on_being_signed_for() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let (_, old) = world.endpoint(key, URL, &["charge.created"]).await;
    let rotated = rotate(&world, "signing").await.expect("rotated");
    assert_eq!(rotated, json!({ "secret": "signing", "version": 10 }));
    world.wait(KEPT_SECONDS);
    let other = "https://hooks.example.com/other";
    let (_, new) = world.endpoint(key, other, &["charge.created"]).await;
    world.charge(key, "order-1").await.created();
    world.deliver().await;
    assert!(is_signed_by(&world.receivers.at(URL)[0], &old));
    assert!(is_signed_by(&world.receivers.at(other)[0], &new));
    // The pepper is another secret and stays as it was.
    let peppers = world.bundle.app().secrets.fetch(world.now()).await.expect("a pepper");
    assert_eq!(peppers.current(), 1);
}

/// Lets others go first after each answer.
struct YieldAfterResponse;

impl Timer for YieldAfterResponse {
    fn wait(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::task::yield_now())
    }
}

#[tokio::test]
async fn of_two_rotations_at_the_same_moment_one_is_refused_and_nothing_is_lost() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.bundle.faults().record();
    world.bundle.faults().pace(Arc::new(YieldAfterResponse), Duration::from_millis(1));
    let (one, other) = tokio::join!(rotate(&world, "pepper"), rotate(&world, "pepper"));
    let calls = ["GetSecretValue", "GetSecretValue", "PutSecretValue", "PutSecretValue"];
    assert_eq!(sent(&world), calls, "both read before either wrote");
    let (rotated, refused) = if one.is_ok() { (one, other) } else { (other, one) };
    assert_eq!(rotated.expect("one of them")["version"], 2);
    let sentence = "another call rotated the secret at the same moment; nothing is lost; call again only if you need one more version";
    assert_eq!(refused, Err(sentence.to_owned()));
    let put = world.bundle.faults().sent();
    let first = put.iter().find(|sent| sent.operation == "PutSecretValue").expect("a put");
    let first: Value = serde_json::from_str(&first.body).expect("JSON");
    let kept = world.bundle.app().secrets.fetch(world.now()).await.expect("a pepper");
    let written = gate::Peppers::parse(&text(&first["SecretString"])).expect("well formed");
    let moment = world.bundle.app().moment();
    let sealed = written.seal("test", b"plain", &moment);
    assert_eq!(kept.open("test", &sealed).expect("the first stands").as_slice(), b"plain");
    me(&world, &tenant.program.api_key).await.ok();
    assert_eq!(rotate(&world, "pepper").await.expect("rotated")["version"], 3);
}

#[tokio::test]
async fn a_secret_that_cannot_be_rotated_says_why() {
    let world = World::new().await;
    let without = world.second_instance(|config| config.signing_secret_id = None);
    let refused = rotate(&without, "signing").await;
    assert_eq!(refused, Err("internal error: SIGNING_SECRET_ID is not set".to_owned()));
    let refused = rotate(&world, "salt").await;
    let sentence =
        "secret: unknown value `salt`; send one of: `pepper`, `signing`, `receipt_signing`";
    assert_eq!(refused, Err(sentence.to_owned()));
    let broken = local::PepperText(r#"{"current":1}"#.to_owned());
    world.bundle.rotate_pepper(&broken).await.expect("put");
    let refused = rotate(&world, "pepper").await.expect_err("no such version");
    assert!(refused.contains("`current` must be the number of an existing version"), "{refused}");
}
