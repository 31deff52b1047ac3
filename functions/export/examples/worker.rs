//! Measures the entries per second and the memory of an export: all of `write_statements`, with a
//! table and a bucket in this process. The time of the table's answers does not count; their
//! memory does.
//!
//! `cargo run --release --package export --example worker ofx 1000000`

#![expect(clippy::print_stdout, reason = "the program prints its measurements")]

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, fs};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_types::region::Region;
use brazil::{DocumentKind, EndToEndId};
use domain::kernel::{AccountId, EntryId, ExportId, Id, MovementId, Period, UserId, Zone};
use domain::ledger::{Counterparty, Entry, EntryKind, TransactionRef};
use domain::statement::{CsvDialect, ExportFormat, NewExport, StatementExport};
use export::{Exporter, PART_BYTES, write_statements};
use files::Uploads;
use jiff::{SignedDuration, Timestamp};
use queue::{ExportMessage, LaneUrls};
use runtime::{App, Clock, Config, Level, Log, SystemClock, SystemEntropy};
use serde::Serialize;
use serde_json::{Value, json};
use worker::Worker;

type BoxError = Box<dyn Error>;

/// Time between two entries, so that all of them are in one month.
const ENTRY_INTERVAL: SignedDuration = SignedDuration::from_millis(2);

fn main() -> Result<(), BoxError> {
    let mut arguments = env::args().skip(1);
    let name = arguments.next().ok_or("name a format: csv, ofx, ofx2, jsonl or camt053")?;
    let format = serde_json::from_value(Value::String(name))?;
    let count = arguments.next().map_or(Ok(1_000_000), |count| count.parse())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure(format, count))
}

async fn measure(format: ExportFormat, count: u64) -> Result<(), BoxError> {
    let books = EntrySource::new(format, count)?;
    let message = ExportMessage::from(&books.export);
    let aws = ScriptedAws { books: Arc::new(books), seen: Arc::default() };
    let exporter = exporter(aws.clone()).await;
    let body = serde_json::to_string(&message)?;
    let batch = json!({ "Records": [{ "messageId": "1", "body": body }] });
    let began = now();
    let answer = write_statements::handle(&exporter, batch).await?;
    let all = began.elapsed();
    let seen = aws.seen.lock().unwrap_or_else(PoisonError::into_inner);
    let worked = all.saturating_sub(seen.answering);
    let (file, uploaded) = (&seen.file, seen.uploaded_bytes);
    let number = |name: &str| file[name]["N"].as_str().and_then(|number| number.parse().ok());
    let is_complete = number("entries") == Some(count) && number("bytes") == Some(uploaded);
    if answer["batchItemFailures"] != json!([]) || !is_complete {
        return Err(format!("the file is not complete: {answer} {file}, {uploaded} bytes").into());
    }
    println!(
        "{}: {count} entries, {uploaded} bytes, {} entries/s, {} queries, {} parts, peak {} KiB",
        format.as_str(),
        u128::from(count) * 1_000_000 / worked.as_micros().max(1),
        seen.queries,
        seen.parts,
        peak_kib()?,
    );
    Ok(())
}

async fn exporter(aws: ScriptedAws) -> Exporter {
    let http = http_client_fn(move |_, _| SharedHttpConnector::new(aws.clone()));
    let credentials = Credentials::new("example", "example", None, None, "example");
    let aws = runtime::aws_settings()
        .http_client(http)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(Region::new("sa-east-1"))
        .build();
    let config = Config {
        table: "main".to_owned(),
        deliveries_table: "deliveries".to_owned(),
        pepper_secret_id: None,
        signing_secret_id: None,
        receipt_signing_secret_id: None,
        files_bucket: Some("files".to_owned()),
        scanner_address: None,
        stage: domain::account::Stage::Sandbox,
        log_level: Level::Warn,
        public_url: None,
        plain_cookie: false,
        loopback_receivers: false,
    };
    let log = Arc::new(Errors);
    let app = App::with(&aws, config, Arc::new(SystemClock), Arc::new(SystemEntropy), log);
    let nowhere = || "https://sqs.example.com/queue".to_owned();
    let (live, retry, orders) = (nowhere(), nowhere(), nowhere());
    let (exports, uploads) = (nowhere(), nowhere());
    let worker = Worker::with(app, &aws, LaneUrls { live, retry, orders, exports, uploads });
    // One run writes the whole file, even on a slow machine.
    Exporter::new(worker, Uploads::new(&aws, "files"))
        .with(PART_BYTES, SignedDuration::from_hours(1))
}

/// Prints the warnings and errors of the worker.
struct Errors;

impl Log for Errors {
    fn line(&self, line: &Value) {
        if line["level"] != "info" {
            println!("{line}");
        }
    }
}

/// The account's month and its export.
#[derive(Debug)]
struct EntrySource {
    export: StatementExport,
    begins_at: Timestamp,
    count: u64,
}

impl EntrySource {
    fn new(format: ExportFormat, count: u64) -> Result<Self, BoxError> {
        let new = NewExport {
            period: Period {
                from: "2026-10-01".parse()?,
                until: "2026-10-31".parse()?,
                time_zone: Zone::default(),
            },
            format,
            dialect: (format == ExportFormat::Csv).then_some(CsvDialect::Br),
            origin: "https://api.example.com".to_owned(),
            schedule_id: None,
        };
        let begins_at = new.period.begins_at();
        let author = (AccountId::parse(&id("acc", 1))?, UserId::parse(&id("usr", 1))?);
        let export = StatementExport::open(
            ExportId::parse(&id("exp", 1))?,
            author,
            new,
            SystemClock.now() - SignedDuration::from_secs(1),
        );
        Ok(Self { export, begins_at, count })
    }

    /// Returns an entry. Credits, their fees, payouts and their fees alternate; every four leave
    /// 300 cents.
    fn entry(&self, sequence: u64) -> Result<Entry, BoxError> {
        let movement = sequence.div_ceil(2);
        let (kind, amount_cents, after_cents) = match sequence % 4 {
            1 => (EntryKind::ChargeCredited, 10_000, 10_000),
            2 => (EntryKind::ChargeFee, 99, 9_901),
            3 => (EntryKind::PayoutPaid, 9_500, 401),
            _ => (EntryKind::PayoutFee, 101, 300),
        };
        let prefix = if matches!(sequence % 4, 1 | 2) { "chg" } else { "pay" };
        let (debit, credit) = *kind.routes().first().ok_or("it goes nowhere")?;
        let after = ENTRY_INTERVAL * i32::try_from(sequence)?;
        Ok(Entry {
            id: EntryId::parse(&id("ent", sequence))?,
            account_id: self.export.account_id,
            sequence,
            movement_id: MovementId::parse(&id("mov", movement))?,
            transaction: TransactionRef::try_from(id(prefix, movement))?,
            kind,
            debit,
            credit,
            amount_cents,
            available_after_cents: (sequence - 1) / 4 * 300 + after_cents,
            held_after_cents: 0,
            blocked_after_cents: 0,
            occurred_at: self.begins_at + after,
            reference: Some(format!("pedido-{movement}")),
            description: Some("Mensalidade de novembro, 2ª parcela".to_owned()),
            end_to_end_id: Some(EndToEndId::parse(&format!(
                "E99999999202611011200{movement:011}"
            ))?),
            counterparty: (!kind.is_with_trilho()).then(|| Counterparty {
                name: "Maria Silva".to_owned(),
                document_type: DocumentKind::Cpf,
                document_masked: "***.982.247-**".to_owned(),
                ispb: Some("60701190".to_owned()),
                bank_name: Some("ITAÚ UNIBANCO S.A.".to_owned()),
            }),
            charge_id: None,
            return_id: None,
            failure: None,
        })
    }
}

/// The AWS requests of the worker, with scripted answers.
#[derive(Debug, Clone)]
struct ScriptedAws {
    books: Arc<EntrySource>,
    seen: Arc<Mutex<WorkerReport>>,
}

#[derive(Debug, Default)]
struct WorkerReport {
    /// Time that the table took for its answers, which is not the worker's work.
    answering: Duration,
    queries: u64,
    parts: u64,
    uploaded_bytes: u64,
    /// File in the last row of the export.
    file: Value,
}

impl HttpConnector for ScriptedAws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let aws = self.clone();
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
            let answer = match target.split_once('.') {
                Some((_, operation)) => aws.table(operation, &request),
                None => aws.bucket(request).await,
            };
            Ok(answer.expect("the worker sends only scripted requests"))
        })
    }
}

impl ScriptedAws {
    fn table(&self, operation: &str, request: &HttpRequest) -> Result<HttpResponse, BoxError> {
        let began = now();
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default())?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = match operation {
            "GetItem" => json!({ "Item": row("statement_export", &self.books.export)? }),
            "Query" => {
                seen.queries += 1;
                let rows = self.page(&body)?;
                json!({ "Count": rows.len(), "ScannedCount": rows.len(), "Items": rows })
            }
            "TransactWriteItems" => {
                let mut rows = body["TransactItems"].as_array().into_iter().flatten();
                let file = rows.find_map(|write| write["Put"]["Item"].get("file"));
                seen.file = file.map(|file| file["M"].clone()).unwrap_or_default();
                json!({})
            }
            _ => json!({}),
        };
        let response = HttpResponse::new(200.try_into()?, SdkBody::from(answer.to_string()));
        seen.answering += began.elapsed();
        Ok(response)
    }

    /// Returns the entries from a position, or the last one before an instant.
    fn page(&self, body: &Value) -> Result<Vec<Value>, BoxError> {
        let values = &body["ExpressionAttributeValues"];
        let limit = body["Limit"].as_u64().ok_or("a page has a limit")?;
        let books = &self.books;
        let of = |sequence| row("entry", &books.entry(sequence)?);
        if body["ScanIndexForward"] == false {
            let until = values[":until"]["S"].as_str().ok_or("a position is text")?;
            let milliseconds: i64 = until.split('#').nth(1).ok_or("it has a time")?.parse()?;
            let before = Timestamp::from_millisecond(milliseconds)? < books.begins_at;
            return if before { Ok(Vec::new()) } else { Ok(vec![of(books.count)?]) };
        }
        let from = values[":from"]["S"].as_str().ok_or("a position is text")?;
        let from: u64 = from.rsplit('#').next().ok_or("it has a sequence")?.parse()?;
        (from.max(1)..=books.count).take(usize::try_from(limit)?).map(of).collect()
    }

    async fn bucket(&self, mut request: HttpRequest) -> Result<HttpResponse, BoxError> {
        let (mut body, mut length) = (ByteStream::new(request.take_body()), 0);
        while let Some(bytes) = body.try_next().await? {
            length += bytes.len();
        }
        let uri = request.uri();
        let (mut tag, mut answer) = (None, String::new());
        if uri.ends_with("?uploads") {
            answer.push_str("<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>");
        } else if uri.contains("partNumber=") {
            // With a checksum the body is longer than the uploaded part.
            let decoded = request.headers().get("x-amz-decoded-content-length");
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.parts += 1;
            seen.uploaded_bytes += decoded.map_or(Ok(u64::try_from(length)?), str::parse)?;
            tag = Some(format!("\"{}\"", seen.parts));
        } else {
            answer.push_str("<CompleteMultipartUploadResult></CompleteMultipartUploadResult>");
        }
        let mut response = HttpResponse::new(200.try_into()?, SdkBody::from(answer));
        if let Some(tag) = tag {
            response.headers_mut().insert("etag", tag);
        }
        Ok(response)
    }
}

/// Returns a row in the form of the table's answers.
fn row(kind: &str, item: &impl Serialize) -> Result<Value, BoxError> {
    let mut row = typed(serde_json::to_value(item)?)["M"].take();
    row["row_kind"] = json!({ "S": kind });
    row["pk"] = json!({ "S": format!("LEDGER#{}", id("acc", 1)) });
    row["sk"] = json!({ "S": format!("ENTRY#{:013}#{:020}", 1_790_823_600_000_u64, 1) });
    Ok(row)
}

/// Returns a value in the form of the table, with its type.
fn typed(value: Value) -> Value {
    match value {
        Value::Null => json!({ "NULL": true }),
        Value::Bool(value) => json!({ "BOOL": value }),
        Value::Number(value) => json!({ "N": value.to_string() }),
        Value::String(value) => json!({ "S": value }),
        Value::Array(values) => json!({ "L": values.into_iter().map(typed).collect::<Vec<_>>() }),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (name, typed(value)));
            json!({ "M": fields.collect::<serde_json::Map<_, _>>() })
        }
    }
}

fn id(prefix: &str, number: u64) -> String {
    format!("{prefix}_{number:026}")
}

#[expect(clippy::disallowed_methods, reason = "the program measures time")]
fn now() -> Instant {
    Instant::now()
}

/// The most memory this process ever had, as Linux counts it.
fn peak_kib() -> Result<u64, BoxError> {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(peak.ok_or("no VmHWM")?.trim().trim_end_matches(" kB").parse()?)
}
