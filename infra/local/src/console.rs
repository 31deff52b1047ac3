//! What a person sees: plain lines, colour only on a terminal.

use std::io::{IsTerminal, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use edge::Log;
use local::seed::Demo;
use local::{Bundle, GatewayRequest};
use serde_json::{Value, json};

use crate::Failure;

pub(crate) struct Console {
    colour: bool,
}

#[expect(clippy::disallowed_methods, reason = "NO_COLOR is a convention of terminals")]
fn colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty())
}

impl Console {
    pub(crate) fn new() -> Self {
        Self { colour: colour() }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    pub(crate) fn say(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes());
        let _ = out.flush();
    }

    pub(crate) fn failure(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{} {text}", self.paint("31", "error:"));
    }

    pub(crate) fn request_log(&self) -> RequestLog {
        RequestLog { colour: self.colour }
    }

    pub(crate) fn ready(&self, demo: &Demo, file: &Path, charge_id: &str) {
        let Demo { base_url, api_user, .. } = demo;
        let key = &api_user.api_key;
        let new = json!({
            "method": "pix",
            "amount_cents": 1990,
            "payer": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
        });
        let heading = |text: &str| self.paint("1", text);
        self.say(&format!(
            "\n{title} at {url}\n\n\
             \x20 reference    {base_url}/docs\n\
             \x20 credentials  {file}  (play money, this machine only)\n\
             \x20 the story    make demo\n\n\
             {create}\n\
             curl -s {base_url}/v1/charges -H 'Authorization: Bearer {key}' \
             -H 'Idempotency-Key: first-charge' -H 'Content-Type: application/json' -d '{new}'\n\n\
             {pay}\n\
             curl -s -X POST {base_url}/v1/sandbox/charges/{charge_id}/pay -H 'Authorization: Bearer {key}'\n\n\
             {see}\n\
             curl -s {base_url}/v1/charges/{charge_id} -H 'Authorization: Bearer {key}'\n\n\
             Stop with Ctrl-C. Requests are shown below.\n",
            title = heading("Trilho is running"),
            url = self.paint("4", base_url),
            file = file.display(),
            create = heading("Create a PIX charge:"),
            pay = heading("Pay the charge that is waiting:"),
            see = heading("See it credited:"),
        ));
    }
}

/// A charge that waits to be paid, so that the printed commands work as they stand.
pub(crate) async fn pending_charge(
    bundle: &Bundle,
    demo: &Demo,
    port: u16,
) -> Result<String, Failure> {
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
    let waiting = &list["data"][0];
    if let (Some(id), Some("pending")) = (waiting["id"].as_str(), waiting["status"].as_str()) {
        return Ok(id.to_owned());
    }
    let new = json!({
        "method": "pix",
        "amount_cents": 4990,
        "payer": { "name": "Maria Silva", "document": { "type": "cpf", "number": "529.982.247-25" } },
        "description": "Waiting to be paid",
    });
    let now = edge::Clock::now(bundle.clock()).as_millisecond();
    let made = bundle
        .call(request("POST", "", new.to_string().into_bytes(), &format!("start-{now}")))
        .await;
    let made: Value = serde_json::from_slice(&made.body)?;
    made["id"].as_str().map(str::to_owned).ok_or_else(|| {
        format!("the demo account does not work: {made}; start clean with make run RESET=1").into()
    })
}

/// One short line per request; everything else as it is.
pub(crate) struct RequestLog {
    colour: bool,
}

impl Log for RequestLog {
    fn line(&self, line: &Value) {
        let text = match line["status"].as_u64() {
            Some(status) if line["request_id"] != "start" || status >= 400 => {
                let code = line["code"].as_str().unwrap_or_default();
                let colour = match status {
                    200..400 => "32",
                    400..500 => "33",
                    _ => "31",
                };
                let status = if self.colour {
                    format!("\x1b[{colour}m{status}\x1b[0m")
                } else {
                    status.to_string()
                };
                let cause = line.get("cause").map(|cause| format!(" {cause}")).unwrap_or_default();
                format!(
                    "{status} {:6} {}  {} ms, {} round trips  {} {code}{cause}",
                    line["method"].as_str().unwrap_or_default(),
                    line["route"].as_str().unwrap_or_default(),
                    line["latency_ms"],
                    line["storage_round_trips"],
                    line["request_id"].as_str().unwrap_or_default(),
                )
            }
            Some(_) => return,
            None => line.to_string(),
        };
        let _ = writeln!(std::io::stdout().lock(), "{}", text.trim_end());
    }
}
