//! `make listen`: shows the webhooks of the running bundle as they arrive, and forwards them.

use std::process::ExitCode;
use std::time::Duration;

use axum::http::{HeaderMap, header};
use domain::event::EventType;
use jiff::{SignedDuration, Timestamp};
use local::client::{CallError, Client, root_cause};
use local::receiver::{Receiver, WebhookRequest};
use local::seed::Demo;
use local::settings::{self, hint, variable};
use local::{Registration, Signals, Terminal, clock_line, visible};
use reqwest::Url;
use serde_json::Value;

const HELP: &str = "\
Shows the webhooks of the bundle that make run started, one line each.
It registers an endpoint, verifies every signature, and deletes the endpoint
at the end.

Usage: trilho-listen

Environment:
  EVENTS    the event types to show: EVENTS='charge.paid charge.credited' (all)
  URL       forwards each webhook unchanged to this address and shows the
            answer; make listen itself always answers 204, so the bundle does
            not retry
  VERBOSE   1 shows the bodies too
  DATA_DIR  the folder where make run keeps demo.json (.trilho)
  NO_COLOR  plain text, as when the output is not a terminal

Exit status: 0 after Ctrl-C, 1 failure, 2 wrong arguments.
";

/// Description of the endpoint. A later run finds the endpoint by it.
const NAME: &str = "make listen";
/// Time to wait for the answer to a forwarded webhook: as long as the bundle waits.
const RESPONSE_TIMEOUT: Duration = dispatch::egress::DEADLINE;
/// Headers that belong to one connection, so they are not forwarded.
const CONNECTION_HEADERS: [header::HeaderName; 4] =
    [header::HOST, header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING];

/// A failure: its text and the exit status.
struct ListenError {
    text: String,
    code: u8,
}

impl ListenError {
    fn usage(text: String) -> Self {
        Self { text, code: 2 }
    }
}

impl<E: std::error::Error> From<E> for ListenError {
    fn from(error: E) -> Self {
        Self { text: error.to_string(), code: 1 }
    }
}

struct ListenSettings {
    /// Event types to show; empty for all.
    events: Vec<String>,
    forward_to: Option<Url>,
    verbose: bool,
}

impl ListenSettings {
    fn read() -> Result<Self, ListenError> {
        let events = variable("EVENTS").unwrap_or_default();
        let events = events.split([' ', ',', '\n', '\t']).filter(|word| !word.is_empty());
        let forward_to = variable("URL").map(|text| match Url::parse(&text) {
            Ok(url) if ["http", "https"].contains(&url.scheme()) => Ok(url),
            _ => Err(ListenError::usage(format!(
                "URL={text} is not an http address; write it like URL=http://127.0.0.1:3000/hooks"
            ))),
        });
        Ok(Self {
            events: events.map(str::to_owned).collect(),
            forward_to: forward_to.transpose()?,
            verbose: variable("VERBOSE").is_some_and(|value| value != "0"),
        })
    }

    fn subscription(&self) -> Vec<&str> {
        if self.events.is_empty() {
            vec!["*"]
        } else {
            self.events.iter().map(String::as_str).collect()
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let terminal = Terminal::open();
    match Box::pin(run(terminal)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal.failure(&failure.text);
            ExitCode::from(failure.code)
        }
    }
}

async fn run(terminal: Terminal) -> Result<(), ListenError> {
    match std::env::args().nth(1).as_deref() {
        None => {}
        Some("--help" | "-h") => {
            terminal.say(HELP);
            return Ok(());
        }
        Some(other) => {
            return Err(ListenError::usage(format!("unknown argument {other}; run with --help")));
        }
    }
    let settings = ListenSettings::read()?;
    let demo = settings::demo().map_err(|text| ListenError { text, code: 1 })?;
    let client = Client::new(&demo.base_url)?.with_key(&demo.api_user.api_key);
    let mut receiver = Receiver::start(0).await?;
    let mut signals = Signals::listen_on_terminal()?;
    let registration = Registration::open(&client, &receiver, &settings.subscription(), NAME).await;
    let registration = registration.map_err(|error| refused(&error, &settings, &demo))?;
    let listening = async {
        receiver.trust(&registration.secret)?;
        let clock = BundleTime::of(&client).await?;
        terminal.say(&introduction(terminal, &settings, &demo, &registration, &clock));
        listen(terminal, &settings, &client, &mut receiver).await
    };
    let listened = tokio::select! {
        listened = listening => listened,
        () = signals.received() => Ok(()),
    };
    registration.close().await.map_err(|error| ListenError {
        text: format!(
            "could not delete endpoint {}: {error}\nThe next make listen deletes it.",
            registration.id
        ),
        code: 1,
    })?;
    terminal.say(&format!("\nStopped. Endpoint {} is deleted.\n", registration.id));
    listened
}

/// Returns why the endpoint was refused, and what to do.
fn refused(error: &CallError, settings: &ListenSettings, demo: &Demo) -> ListenError {
    let CallError::Refused(refusal) = error else { return ListenError::from(error) };
    let (base_url, detail) = (&demo.base_url, &refusal.problem["detail"]);
    let detail = detail.as_str().unwrap_or("the answer has no detail");
    let text = match refusal.status {
        400 => {
            let all: Vec<_> = EventType::ALL.iter().map(|kind| kind.as_str()).collect();
            let unknown = settings.events.iter().filter(|name| !all.contains(&name.as_str()));
            let unknown: Vec<_> = unknown.map(String::as_str).collect();
            let text = if unknown.is_empty() {
                refusal.violations().collect::<Vec<_>>().join("\n")
            } else {
                let types: String = all.iter().map(|name| format!("\n  {name}")).collect();
                format!("no event type: {}\nEvent types:{types}", unknown.join(" "))
            };
            return ListenError::usage(if text.is_empty() { detail.to_owned() } else { text });
        }
        401 => format!(
            "{base_url} does not accept the key of demo.json ({detail}); \
             set DATA_DIR to the folder of the running bundle"
        ),
        403 => format!(
            "the key of demo.json cannot manage webhooks ({detail}); \
             the data come from an earlier version; start clean: {}",
            hint("make run RESET=1")
        ),
        _ => refusal.to_string(),
    };
    ListenError { text, code: 1 }
}

fn introduction(
    terminal: Terminal,
    settings: &ListenSettings,
    demo: &Demo,
    registration: &Registration,
    clock: &BundleTime,
) -> String {
    let events = match &settings.events[..] {
        [] => "all events".to_owned(),
        events => events.join(" "),
    };
    let forward = settings.forward_to.as_ref().map(|url| format!("\x20 forwarded to   {url}\n"));
    format!(
        "{title} to {events} of {base_url}.\n\
         \x20 endpoint       {id}\n\
         \x20 signing secret {secret}\n\
         \x20 clock          {clock}\n\
         {forward}\
         To create events, run this in another terminal: {demo_command}\n\
         Stop with Ctrl-C, which deletes the endpoint.\n\n",
        title = terminal.paint("1", "Listening"),
        base_url = demo.base_url,
        clock = clock.shown(),
        demo_command = hint("make demo"),
        id = registration.id,
        secret = registration.secret,
        forward = forward.unwrap_or_default(),
    )
}

/// Shows webhooks until the output is closed.
async fn listen(
    terminal: Terminal,
    settings: &ListenSettings,
    client: &Client,
    receiver: &mut Receiver,
) -> Result<(), ListenError> {
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(RESPONSE_TIMEOUT)
        .build()?;
    while let Some(arrival) = receiver.next().await {
        let clock = BundleTime::of(client).await.unwrap_or(BundleTime::of_machine(arrival.at));
        if terminal.print(&shown(terminal, settings, &arrival, &clock)).is_err() {
            break;
        }
        // A request that the bundle did not sign is not forwarded.
        if let Some(url) = settings.forward_to.clone().filter(|_| arrival.verdict.is_ok()) {
            // In a separate task, so that a slow address delays no other webhook.
            tokio::spawn(forward(terminal, http.clone(), url, arrival));
        }
    }
    Ok(())
}

/// The bundle's clock, which can be ahead of the machine's.
struct BundleTime {
    now: Timestamp,
    ahead: SignedDuration,
}

impl BundleTime {
    async fn of(client: &Client) -> Result<Self, CallError> {
        let shown = client.get("/local/clock").await?;
        let now = shown["now"].as_str().and_then(|now| now.parse().ok()).unwrap_or_default();
        let ahead = SignedDuration::from_secs(shown["ahead_seconds"].as_i64().unwrap_or_default());
        Ok(Self { now, ahead })
    }

    fn of_machine(now: Timestamp) -> Self {
        Self { now, ahead: SignedDuration::ZERO }
    }

    fn shown(&self) -> String {
        clock_line(self.now, self.ahead)
    }
}

/// Returns the line of a webhook, which has at most 80 columns.
fn shown(
    terminal: Terminal,
    settings: &ListenSettings,
    arrival: &WebhookRequest,
    clock: &BundleTime,
) -> String {
    let time = terminal.paint("2", &clock_time(clock.now));
    let event = match &arrival.verdict {
        Ok(()) => arrival.event(),
        Err(reason) => {
            let wrong = terminal.paint("31", &format!("refused: {reason}"));
            return format!("{time}  {wrong}; the bundle did not send this request\n");
        }
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = format!(
        "{time} {kind} {object} {sequence:<3} {verified}\n",
        kind = terminal.paint("1", &format!("{:<24}", visible(&text(&event["type"])))),
        object = visible(&text(&event["data"]["object"]["id"])),
        sequence = format!("#{}", event["sequence"]),
        verified = terminal.paint("32", "verified"),
    );
    if settings.verbose { line + &indented(&event) } else { line }
}

/// Returns the time of day in UTC, as everywhere in the bundle.
fn clock_time(at: Timestamp) -> String {
    at.strftime("%H:%M:%SZ").to_string()
}

fn indented(event: &Value) -> String {
    let text = serde_json::to_string_pretty(event).unwrap_or_default();
    text.lines().map(|line| format!("    {}\n", visible(line))).collect()
}

/// Posts a webhook unchanged, and shows the answer.
async fn forward(terminal: Terminal, http: reqwest::Client, url: Url, arrival: WebhookRequest) {
    let mut headers: HeaderMap = arrival.headers.clone();
    for name in CONNECTION_HEADERS {
        headers.remove(name);
    }
    let sent = http.post(url.clone()).headers(headers).body(arrival.body.clone()).send().await;
    let (colour, outcome) = match sent {
        Ok(response) if response.status().is_success() => ("32", response.status().to_string()),
        Ok(response) => ("33", response.status().to_string()),
        Err(error) if error.is_timeout() => {
            ("31", format!("no answer within {} s", RESPONSE_TIMEOUT.as_secs()))
        }
        Err(error) => ("31", format!("cannot be reached ({})", root_cause(&error))),
    };
    let outcome = terminal.paint(colour, &outcome);
    let id = arrival.webhook_id();
    terminal.say(&format!("          {id} forwarded: {outcome}\n"));
}
