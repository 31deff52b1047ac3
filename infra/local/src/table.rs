//! The embedded DynamoDB, called in this process.
//!
//! It listens on no port, because its server accepts every credential and answers every web page
//! (CORS `*`). So only this process reads and writes the table.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The tables of a bundle, as an HTTP connector of the SDK. Cheap to clone.
#[derive(Clone)]
pub(crate) struct LocalTable(Database);

impl LocalTable {
    pub(crate) fn of(database: Database) -> Self {
        Self(database)
    }

    /// Returns status and text of the response to a request.
    pub(crate) fn respond(&self, operation: &str, body: &[u8]) -> (u16, String) {
        match perform(&self.0, operation, body) {
            Ok(text) => (200, text),
            Err(error) => (error.status_code(), error.to_json()),
        }
    }
}

impl HttpConnector for LocalTable {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.split_once('.').unwrap_or_default().1.to_owned();
        let body = request.body().bytes().unwrap_or_default().to_vec();
        let table = self.clone();
        HttpConnectorFuture::new(async move {
            // In a separate task, so that the request is carried out even if the caller is dropped.
            let answering = tokio::spawn(async move { response(&table, &operation, &body) });
            answering.await.map_err(|cause| ConnectorError::other(cause.into(), None))
        })
    }
}

impl std::fmt::Debug for LocalTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LocalTable")
    }
}

fn response(table: &LocalTable, operation: &str, body: &[u8]) -> HttpResponse {
    let (status, text) = table.respond(operation, body);
    let status = StatusCode::try_from(status).expect("a status");
    let mut response = HttpResponse::new(status, SdkBody::from(text));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}

/// Performs one of the operations that `store` uses.
fn perform(database: &Database, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
    match operation {
        "BatchGetItem" => run(body, |request| database.batch_get_item(request)),
        "CreateTable" => run(body, |request| database.create_table(request)),
        "DescribeTable" => run(body, |request| database.describe_table(request)),
        "GetItem" => run(body, |request| database.get_item(request)),
        "DeleteItem" => run(body, |request| database.delete_item(request)),
        "PutItem" => run(body, |request| database.put_item(request)),
        "Query" => run(body, |request| database.query(request)),
        "TransactWriteItems" => run(body, |request| database.transact_write_items(request)),
        "UpdateItem" => run(body, |request| database.update_item(request)),
        "UpdateTimeToLive" => run(body, |request| database.update_time_to_live(request)),
        other => Err(DynoxideError::UnsupportedCapability(format!(
            "the local table has no operation {other}; add it to infra/local/src/table.rs"
        ))),
    }
}

fn run<I: DeserializeOwned, O: Serialize>(
    body: &[u8],
    perform: impl FnOnce(I) -> Result<O, DynoxideError>,
) -> Result<String, DynoxideError> {
    let unreadable =
        |cause: serde_json::Error| DynoxideError::SerializationException(cause.to_string());
    let output = perform(serde_json::from_slice(body).map_err(unreadable)?)?;
    serde_json::to_string(&output)
        .map_err(|cause| DynoxideError::InternalServerError(cause.to_string()))
}
