//! The story: people, a program, a charge, its money, its webhooks, and a payout of it; what follows is
//! in `statement`.

use std::time::Duration;

use axum::http::Method;
use jiff::Timestamp;
use local::client::Client;
use local::receiver::Receiver;
use local::seed::{Demo, Person};
use local::{BoxError, Registration, Signals, Terminal, settings};
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder, Secret};

use crate::statement::{EXPORT_EVENTS, REFUND_EVENTS};

/// What happens to a charge that is paid, in this order.
const CHARGE_EVENTS: [&str; 3] = ["charge.created", "charge.paid", "charge.credited"];
/// What happens to a payout that goes.
const PAYOUT_EVENTS: [&str; 2] = ["payout.created", "payout.paid"];
/// Webhooks take milliseconds here. The first retry comes after 5 seconds.
const ARRIVES_WITHIN: Duration = Duration::from_secs(10);
/// How often it is looked whether a delivery has been written down, just after it was answered.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

pub(crate) struct DemoStory {
    demo: Demo,
    terminal: Terminal,
    /// Nobody yet.
    client: Client,
}

impl DemoStory {
    pub(crate) fn begin(terminal: Terminal) -> Result<Self, BoxError> {
        let demo = settings::demo()?;
        let client = Client::new(&demo.base_url)?;
        Ok(Self { demo, terminal, client })
    }

    pub(crate) async fn tell(&self) -> Result<(), BoxError> {
        let person = self.demo.moderators.first().ok_or("demo.json has no moderator")?;
        self.step("Ana, a moderator, logs in with password and two-factor code");
        let ana = self.login(person).await?;
        let key = self.employ_program(&ana, person).await?;
        let program = self.client.with_key(text(&key["api_key"]));

        self.step("The program starts a receiver and registers it for webhooks");
        let mut receiver = Receiver::start(0).await?;
        let mut signals = Signals::listen()?;
        let registration = Registration::open(&program, &receiver, &events(), "make demo").await?;
        let sold = tokio::select! {
            sold = self.sell(&program, text(&key["id"]), &registration, &mut receiver) => sold,
            () = signals.asked() => Err("stopped half way".into()),
        };
        let closed = registration.close().await.map_err(|error| {
            format!(
                "endpoint {} is still there: {error}; the next make demo removes it",
                registration.id
            )
        });
        sold.map_err(|failure| match &closed {
            Ok(()) => failure,
            Err(left) => format!("{failure}\n{left}").into(),
        })?;
        closed?;
        self.step("The receiver goes, and its endpoint with it");
        self.fact("removed", &json!(registration.id));
        let done = format!(
            "\nDone. Look around: {}/docs; webhooks as they arrive: make listen\n",
            self.demo.base_url
        );
        self.terminal.say(&self.terminal.paint("1", &done));
        Ok(())
    }

    async fn login(&self, person: &Person) -> Result<Client, BoxError> {
        let Person { email, password, .. } = person;
        let code = self.next_code(person).await?;
        let body = json!({ "email": email, "password": password, "totp_code": code });
        let browser = self.client.with("x-requested-with", "trilho");
        let reply = browser.call(Method::POST, "/v1/sessions", Some(&body)).await?;
        self.fact("session ends at", &reply.body["expires_at"]);
        let cookie = reply.headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next());
        Ok(browser.with("cookie", cookie.ok_or("the session came without a cookie")?))
    }

    /// The program's new key.
    async fn employ_program(&self, ana: &Client, person: &Person) -> Result<Value, BoxError> {
        self.step("She adds a program that may charge, pay out, see statements and hear of it all");
        let permissions =
            ["charges:write", "payouts:write", "pix_keys:read", "statement:read", "webhooks:write"];
        let user = json!({ "name": "Online shop", "kind": "api", "permissions": permissions });
        let user = ana.post("/v1/users", &user).await?;
        self.fact("user", &user["id"]);

        self.step("and gives it a key, accepted from this machine only (a fresh code is needed)");
        let key = json!({ "name": "demo", "ip_allowlist": ["127.0.0.1", "::1"] });
        let path = format!("/v1/users/{}/api-keys", text(&user["id"]));
        let code = self.next_code(person).await?;
        let key = ana.with("two-factor-code", &code).post(&path, &key).await?;
        self.fact("key", &json!(shortened(text(&key["api_key"]))));
        self.fact("allowed from", &key["ip_allowlist"]);
        Ok(key)
    }

    /// What happens while there is an endpoint.
    async fn sell(
        &self,
        program: &Client,
        order: &str,
        registration: &Registration,
        receiver: &mut Receiver,
    ) -> Result<(), BoxError> {
        receiver.trust(&registration.secret)?;
        self.fact("endpoint", &json!(registration.id));
        self.fact("url", &json!(receiver.url()));
        self.fact("events", &json!(events().join(" ")));
        self.fact("signing secret", &json!(shortened(&registration.secret)));
        let began = self.advance_clock(Duration::ZERO).await?;
        let charge = self.charge(program, order).await?;
        let charge_id = text(&charge["id"]);
        self.pay(program, charge_id).await?;
        self.step("Meanwhile the receiver was told of each step; the sequence gives the order");
        self.hear(registration, receiver, charge_id, &CHARGE_EVENTS).await?;
        self.look_up(program, registration, charge_id).await?;
        let payout = self.pay_out(program, order).await?;
        self.step("A second later the network has paid, and the receiver knows");
        self.hear(registration, receiver, text(&payout["id"]), &PAYOUT_EVENTS).await?;
        self.show_payout(program, text(&payout["id"])).await?;
        self.give_back(program, charge_id, (registration, &mut *receiver)).await?;
        self.close_the_day(program, began, (registration, receiver)).await
    }

    async fn pay_out(&self, program: &Client, order: &str) -> Result<Value, BoxError> {
        self.step("The program asks whose a PIX key is, before it pays a supplier");
        let key = json!({ "key": "maria@example.com" });
        let owner = program.post("/v1/pix-keys/validate", &key).await?;
        self.fact("owner", &owner["owner"]["name"]);
        self.fact("document", &owner["owner"]["document_masked"]);
        self.fact("bank", &owner["bank"]["name"]);
        self.fact("look-ups left", &owner["lookups_left"]);

        self.step("and pays R$ 25,00 to it: the money is put aside at once");
        let new = json!({
            "amount_cents": 2500,
            "to": { "pix_key": key },
            "beneficiary": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
            "description": "Invoice 77",
        });
        let name = format!("{order}-payout");
        let payout = program.with("idempotency-key", &name).post("/v1/payouts", &new).await?;
        for name in ["id", "status", "amount_cents", "fees_cents", "end_to_end_id"] {
            self.fact(name, &payout[name]);
        }
        Ok(payout)
    }

    async fn show_payout(&self, program: &Client, id: &str) -> Result<(), BoxError> {
        let paid = program.get(&format!("/v1/payouts/{id}")).await?;
        for change in paid["status_history"].as_array().into_iter().flatten() {
            self.fact(text(&change["status"]), &change["at"]);
        }
        match paid["status"] == "paid" {
            true => Ok(()),
            false => Err(format!("the payout is {} and not paid", paid["status"]).into()),
        }
    }

    async fn charge(&self, program: &Client, order: &str) -> Result<Value, BoxError> {
        self.step("The program asks a payer for R$ 49,90");
        let new = json!({
            "method": "pix",
            "amount_cents": 4990,
            "payer": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
            "description": "Order 1042",
        });
        let program = program.with("idempotency-key", order);
        let charge = program.post("/v1/charges", &new).await?;
        for name in ["id", "status", "amount_cents"] {
            self.fact(name, &charge[name]);
        }
        let br_code = text(&charge["pix"]["br_code"]);
        let code = QrCode::with_error_correction_level(br_code, EcLevel::L)?;
        // Terminals are dark: light and dark change places.
        let (dark, light) = (Dense1x2::Light, Dense1x2::Dark);
        let picture = code.render::<Dense1x2>().dark_color(dark).light_color(light).build();
        self.terminal.say(&format!("\n{picture}\n\n  {br_code}\n"));

        self.step("A lost answer? The same Idempotency-Key gives the same charge");
        let again = program.post("/v1/charges", &new).await?;
        self.fact("same charge", &json!(again["id"] == charge["id"]));
        Ok(charge)
    }

    async fn pay(&self, program: &Client, charge_id: &str) -> Result<(), BoxError> {
        self.step("The payer pays (sandbox)");
        program.post(&format!("/v1/sandbox/charges/{charge_id}/pay"), &json!({})).await?;

        self.step("and the money is in the available balance");
        let paid = program.get(&format!("/v1/charges/{charge_id}")).await?;
        for change in paid["status_history"].as_array().into_iter().flatten() {
            self.fact(text(&change["status"]), &change["at"]);
        }
        self.fact("end-to-end id", &paid["pix"]["end_to_end_id"]);
        self.fact("fee in cents", &paid["fees_cents"]);
        if paid["status"] != "credited" {
            return Err(format!("the charge is {} and not credited", paid["status"]).into());
        }
        Ok(())
    }

    pub(crate) async fn hear(
        &self,
        registration: &Registration,
        receiver: &mut Receiver,
        object_id: &str,
        events: &[&str],
    ) -> Result<(), BoxError> {
        let mut missing = events.to_vec();
        let all = self.heard(receiver, object_id, &mut missing);
        tokio::time::timeout(ARRIVES_WITHIN, all).await.unwrap_or_else(|_| {
            Err(format!(
                "{} did not arrive within {} s; GET /v1/deliveries?endpoint_id={} may say why",
                missing.join(", "),
                ARRIVES_WITHIN.as_secs(),
                registration.id,
            )
            .into())
        })
    }

    /// Webhooks arrive in any order, and sometimes twice.
    async fn heard(
        &self,
        receiver: &mut Receiver,
        object_id: &str,
        missing: &mut Vec<&str>,
    ) -> Result<(), BoxError> {
        while !missing.is_empty() {
            let arrival = receiver.next().await.ok_or("the receiver has ended")?;
            let id = arrival.webhook_id();
            if let Err(reason) = &arrival.verdict {
                return Err(format!("the signature of webhook {id:?} is wrong: {reason}").into());
            }
            let event = arrival.event();
            // Another program of the account may sell at the same time.
            if event["data"]["object"]["id"] != object_id {
                continue;
            }
            if let Some(place) = missing.iter().position(|kind| event["type"] == **kind) {
                let kind = missing.remove(place);
                let sequence = &event["sequence"];
                let line = format!("sequence {sequence}  webhook-id {id}  signature verified");
                self.fact(kind, &json!(line));
            }
        }
        Ok(())
    }

    /// The last delivery, as the API shows it.
    async fn look_up(
        &self,
        program: &Client,
        registration: &Registration,
        charge_id: &str,
    ) -> Result<(), BoxError> {
        self.step("and the bundle has written down every attempt");
        let path = format!("/v1/deliveries?endpoint_id={}&limit=100", registration.id);
        let written = async {
            loop {
                let list = program.get(&path).await?;
                let deliveries = list["data"].as_array().into_iter().flatten();
                let last = deliveries.into_iter().find(|delivery| {
                    delivery["event_type"] == "charge.credited" && delivery["status"] == "delivered"
                });
                if let Some(delivery) = last {
                    return Ok::<_, BoxError>(delivery.clone());
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let delivery = tokio::time::timeout(ARRIVES_WITHIN, written).await.map_err(|_| {
            format!("the delivery of charge.credited of {charge_id} is not in GET {path}")
        })??;
        let attempt = &delivery["attempts"][0];
        self.fact("delivery", &delivery["id"]);
        self.fact("event", &delivery["event_type"]);
        self.fact("status", &delivery["status"]);
        let line = format!("answered {} in {} ms", attempt["status"], attempt["latency_ms"]);
        self.fact(&format!("attempt {}", attempt["number"]), &json!(line));
        Ok(())
    }

    /// A code that was not used yet. Each works once, so the second in a row is of a later step: the
    /// bundle's clock is moved there, as a person would wait for the authenticator's next code.
    async fn next_code(&self, person: &Person) -> Result<String, BoxError> {
        let now = self.advance_clock(Duration::from_secs(30)).await?;
        let secret = Secret::try_from_base32(&person.totp_secret)
            .map_err(|_| "demo.json has no TOTP secret")?;
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(30)
            .with_secret(secret)
            .with_account_name("demo")
            .build()
            .map_err(|cause| cause.to_string())?;
        Ok(totp.generate(u64::try_from(now.as_second())?).to_string())
    }

    /// The instant the bundle's clock shows, once it was moved on by this.
    pub(crate) async fn advance_clock(&self, by: Duration) -> Result<Timestamp, BoxError> {
        let step = json!({ "advance_seconds": by.as_secs() });
        let now = self.client.post("/local/clock", &step).await?;
        Ok(text(&now["now"]).parse()?)
    }

    pub(crate) fn step(&self, what: &str) {
        self.say(&self.terminal.paint("1", &format!("\n> {what}\n")));
    }

    pub(crate) fn say(&self, what: &str) {
        self.terminal.say(what);
    }

    pub(crate) fn fact(&self, name: &str, value: &Value) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.say(&format!("  {name:<16} {value}\n"));
    }
}

/// Everything the story listens for.
fn events() -> Vec<&'static str> {
    [&CHARGE_EVENTS[..], &PAYOUT_EVENTS, &REFUND_EVENTS, &EXPORT_EVENTS].concat()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Enough of a secret to recognise it: what is shown on a screen is not a secret any more.
fn shortened(secret: &str) -> String {
    let shown = (secret.chars().count() / 2).min(24);
    format!("{}...", secret.chars().take(shown).collect::<String>())
}
