//! The output of `make run`: how to use the bundle, then one line for each request and webhook.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use axum::http::request::Parts;
use local::seed::Demo;
use local::settings::hint;
use local::{Bundle, GatewayRequest, GatewayResponse, LocalClock, Terminal, visible};
use runtime::{Clock, Log};
use serde_json::{Value, json};

use crate::BoxError;

pub(crate) struct Console {
    terminal: Terminal,
}

impl Console {
    pub(crate) fn new() -> Self {
        Self { terminal: Terminal::open() }
    }

    pub(crate) fn say(&self, text: &str) {
        self.terminal.say(text);
    }

    pub(crate) fn failure(&self, text: &str) {
        self.terminal.failure(text);
    }

    pub(crate) fn request_log(&self, clock: Arc<LocalClock>) -> RequestLog {
        RequestLog { terminal: self.terminal, clock }
    }

    /// Says how to use the bundle. Except for the key, each line has at most 80 columns.
    pub(crate) fn ready(&self, demo: &Demo, file: &Path, charge_id: &str, clock: &LocalClock) {
        let Demo { base_url, api_user, .. } = demo;
        let heading = |text: &str| self.terminal.paint("1", text);
        self.say(&format!(
            "\n{title} at {url}\n\n\
             \x20 reference    {base_url}/docs\n\
             \x20 credentials  {file}\n\
             \x20              play money, for this machine only\n\
             \x20 clock        {clock}\n\
             \x20 demo         {demo}\n\
             \x20 webhooks     {listen}\n\n\
             {set}\n\
             KEY={key}\n\n\
             {create}\n\
             curl -s -w '\\n' {base_url}/v1/charges \\\n\
             \x20 -H \"Authorization: Bearer $KEY\" -H 'Idempotency-Key: first-charge' \\\n\
             \x20 -H 'Content-Type: application/json' -d '\n\
             \x20 {{\"method\": \"pix\", \"amount_cents\": 1990, \"payer\": {{\"name\": \"Maria Silva\",\n\
             \x20  \"document\": {{\"type\": \"cpf\", \"number\": \"529.982.247-25\"}}}}}}'\n\n\
             {pay}\n\
             curl -s -w '\\n' -X POST -H \"Authorization: Bearer $KEY\" \\\n\
             \x20 {base_url}/v1/sandbox/charges/{charge_id}/pay\n\n\
             {see}\n\
             curl -s -w '\\n' -H \"Authorization: Bearer $KEY\" \\\n\
             \x20 {base_url}/v1/charges/{charge_id}\n\n\
             Stop with Ctrl-C. The lines below show requests and webhooks.\n",
            title = heading("Trilho is running"),
            url = self.terminal.paint("4", base_url),
            file = file.display(),
            clock = clock.shown(),
            demo = hint("make demo"),
            listen = hint("make listen"),
            set = heading("Give a terminal the API key:"),
            key = api_user.api_key,
            create = heading("Create a Pix charge:"),
            pay = heading("Pay a pending charge:"),
            see = heading("Show the charge, which is credited:"),
        ));
    }
}

/// Returns the id of a pending charge, so that the printed commands work as they are.
pub(crate) async fn pending_charge(
    bundle: &Bundle,
    demo: &Demo,
    port: u16,
) -> Result<String, BoxError> {
    let request = |method: &str, query: &str, body: Vec<u8>, key: &str| GatewayRequest {
        method: method.to_owned(),
        path: "/v1/charges".to_owned(),
        query: query.to_owned(),
        headers: [
            ("authorization", format!("Bearer {}", demo.api_user.api_key)),
            ("content-type", "application/json".to_owned()),
            ("idempotency-key", key.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec(),
        body,
        source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
        host: format!("127.0.0.1:{port}"),
        request_id: "start".to_owned(),
    };
    let list = bundle.call(request("GET", "status=pending&limit=1", Vec::new(), "list")).await;
    let list: Value = serde_json::from_slice(&list.body)?;
    let pending = &list["data"][0];
    if let (Some(id), Some("pending")) = (pending["id"].as_str(), pending["status"].as_str()) {
        return Ok(id.to_owned());
    }
    let new = json!({
        "method": "pix",
        "amount_cents": 4990,
        "payer": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
        "description": "Waiting to be paid",
    });
    let now = runtime::Clock::now(bundle.clock()).as_millisecond();
    let made = bundle
        .call(request("POST", "", new.to_string().into_bytes(), &format!("start-{now}")))
        .await;
    let made: Value = serde_json::from_slice(&made.body)?;
    made["id"].as_str().map(str::to_owned).ok_or_else(|| {
        format!(
            "the demo account cannot create a charge: {made}; start clean: {}",
            hint("make run RESET=1")
        )
        .into()
    })
}

/// Shows one short line for each request, webhook attempt, job and warning. A job or consumer that
/// had nothing to do gets no line.
#[derive(Clone)]
pub(crate) struct RequestLog {
    terminal: Terminal,
    clock: Arc<LocalClock>,
}

impl Log for RequestLog {
    fn line(&self, line: &Value) {
        if let Some(text) = self.text(line) {
            self.say(&text);
        }
    }
}

impl RequestLog {
    /// Prints a line with the time of the bundle.
    fn say(&self, text: &str) {
        let time = self.clock.now().strftime("%H:%M:%SZ").to_string();
        self.terminal.say(&format!("{} {}\n", self.terminal.paint("2", &time), text.trim_end()));
    }

    /// Shows a request that reached no function.
    pub(crate) fn refused(&self, parts: &Parts, status: u16) {
        let status = self.terminal.paint(colour_of(u64::from(status)), &status.to_string());
        let (method, path) = (parts.method.as_str(), visible(parts.uri.path()));
        self.say(&format!("{status} {method:6} {path}"));
    }

    /// Shows below the line of a refused request why it was refused.
    pub(crate) fn detail(&self, response: &GatewayResponse) {
        for line in reasons(response) {
            self.terminal.say(&format!("              {}\n", visible(&line)));
        }
    }

    /// Shows the time after the clock was moved.
    pub(crate) fn clock(&self) {
        self.say(&format!("clock {}", self.clock.shown()));
    }

    fn text(&self, line: &Value) -> Option<String> {
        let has = |name: &str| line.get(name).is_some();
        if let Some(status) = line["status"].as_u64() {
            let own = line["request_id"] == "start" && status < 400;
            (!own).then(|| self.request(line, status))
        } else if has("delivery_id") {
            Some(self.attempt(line))
        } else if has("consumer") {
            let failed = line["failed"] != 0;
            let (consumer, items) = (text(line, "consumer"), &line["items"]);
            let failures = &line["failed"];
            let warning =
                format!("{consumer}: {failures} of {items} messages will be received again");
            failed.then(|| self.warning(&warning))
        } else if has("job") {
            let done = line["done"] != 0;
            done.then(|| format!("job {}  {} done", text(line, "job"), line["done"]))
        } else if has("message") {
            Some(self.warning(&format!("{}: {}", text(line, "message"), text(line, "cause"))))
        } else {
            Some(line.to_string())
        }
    }

    fn request(&self, line: &Value, status: u64) -> String {
        let code = text(line, "code");
        let status = self.terminal.paint(colour_of(status), &status.to_string());
        let cause = line.get("cause").map(|cause| format!(" {cause}")).unwrap_or_default();
        let trips = match &line["storage_round_trips"] {
            one if one == 1 => "1 round trip".to_owned(),
            many => format!("{many} round trips"),
        };
        format!(
            "{status} {:6} {}  {} ms, {trips}  {} {code}{cause}",
            text(line, "method"),
            text(line, "route"),
            line["latency_ms"],
            text(line, "request_id"),
        )
    }

    /// Returns the line of one attempt: what the endpoint answered, or why it did not.
    fn attempt(&self, line: &Value) -> String {
        let outcome = match line["answered"].as_u64() {
            // A redirect is not followed, so it is a failure.
            Some(status @ 300..400) => self.terminal.paint("33", &status.to_string()),
            Some(status) => self.terminal.paint(colour_of(status), &status.to_string()),
            None => self.terminal.paint("31", text(line, "error")),
        };
        format!(
            "{outcome} webhook {} attempt {}  {} ms  {}",
            text(line, "event_type"),
            line["attempt"],
            line["latency_ms"],
            text(line, "delivery_id"),
        )
    }

    fn warning(&self, text: &str) -> String {
        format!("{} {text}", self.terminal.paint("33", "warning:"))
    }
}

/// Returns why a request was refused: a line for each wrong field, or the detail. Errors of the
/// bundle itself have their cause in the log.
fn reasons(response: &GatewayResponse) -> Vec<String> {
    if !(400..500).contains(&response.status) {
        return Vec::new();
    }
    let problem: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let violations = problem["violations"].as_array().into_iter().flatten();
    let violations = violations
        .map(|violation| format!("{}: {}", text(violation, "field"), text(violation, "detail")));
    let violations: Vec<_> = violations.collect();
    if violations.len() > 1 {
        return violations;
    }
    problem["detail"].as_str().map(str::to_owned).into_iter().collect()
}

fn text<'a>(line: &'a Value, name: &str) -> &'a str {
    line[name].as_str().unwrap_or_default()
}

fn colour_of(status: u64) -> &'static str {
    match status {
        200..400 => "32",
        400..500 => "33",
        _ => "31",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &Value, expected: Option<&str>) {
        let clock = Arc::new(LocalClock::ahead(jiff::SignedDuration::ZERO));
        let log = RequestLog { terminal: Terminal::plain(), clock };
        assert_eq!(log.text(line).as_deref(), expected);
    }

    #[test]
    fn a_request_is_one_line_with_its_round_trips() {
        let mut line = json!({
            "status": 201, "method": "POST", "route": "/v1/charges", "latency_ms": 4,
            "storage_round_trips": 2, "request_id": "req-000001",
        });
        check(&line, Some("201 POST   /v1/charges  4 ms, 2 round trips  req-000001 "));
        line["storage_round_trips"] = json!(1);
        check(&line, Some("201 POST   /v1/charges  4 ms, 1 round trip  req-000001 "));
    }

    #[test]
    fn a_refusal_is_explained_by_its_detail_or_its_fields() {
        let reasons = |status: u16, body: Value| {
            let body = body.to_string().into_bytes();
            super::reasons(&GatewayResponse { status, headers: Vec::new(), body })
        };
        let one = json!([{ "field": "amount_cents", "detail": "is too low" }]);
        let detail = "amount_cents: is too low";
        assert_eq!(reasons(400, json!({ "detail": detail, "violations": one })), [detail]);
        let two =
            json!([{ "field": "a", "detail": "is wrong" }, { "field": "b", "detail": "too" }]);
        let body = json!({ "detail": "2 fields are wrong; see violations", "violations": two });
        assert_eq!(reasons(400, body), ["a: is wrong", "b: too"]);
        assert!(reasons(503, json!({ "detail": "try again" })).is_empty());
        assert!(reasons(200, json!({})).is_empty());
    }

    #[test]
    fn an_attempt_is_one_short_line() {
        let mut line = json!({
            "level": "info", "delivery_id": "dlv_1", "event_type": "charge.paid", "attempt": 1,
            "answered": 204, "error": null, "latency_ms": 3,
        });
        check(&line, Some("204 webhook charge.paid attempt 1  3 ms  dlv_1"));
        line["answered"] = Value::Null;
        line["error"] = json!("timed_out");
        check(&line, Some("timed_out webhook charge.paid attempt 1  3 ms  dlv_1"));
    }

    #[test]
    fn a_job_or_consumer_without_work_has_no_line() {
        check(&json!({ "level": "info", "consumer": "send_live", "items": 2, "failed": 0 }), None);
        check(&json!({ "level": "info", "job": "advance_charges", "done": 0 }), None);
        check(&json!({ "status": 200, "request_id": "start" }), None);
    }

    #[test]
    fn a_failure_is_a_warning() {
        let batch = json!({ "level": "warn", "consumer": "send_live", "items": 2, "failed": 1 });
        check(&batch, Some("warning: send_live: 1 of 2 messages will be received again"));
        let other = json!({ "level": "warn", "message": "evt_1 not published", "cause": "no" });
        check(&other, Some("warning: evt_1 not published: no"));
    }
}
