//! API Gateway: turns a request into a payload 2.0 event, and the function's answer into a
//! response, with the code that a Lambda runs (the adapter of `lambda_http`).

use std::convert::Infallible;
use std::net::IpAddr;

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::kernel::Code;
use edge::{Operation, UsageCounter};
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent, Request, Service, service_fn};
use runtime::App;
use serde_json::{Value, json};

/// A request as the gateway receives it.
#[derive(Debug, Clone)]
pub struct GatewayRequest {
    /// `GET`, `POST`, ...
    pub method: String,
    /// The path, without query.
    pub path: String,
    /// The query, without `?`.
    pub query: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The address of the caller's socket.
    pub source_ip: IpAddr,
    /// The host of the gateway.
    pub host: String,
    /// Id of the request.
    pub request_id: String,
}

/// A response as the gateway sends it.
#[derive(Debug, Clone, Default)]
pub struct GatewayResponse {
    /// The status.
    pub status: u16,
    /// Headers, cookies included.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl GatewayResponse {
    /// Returns an answer that no function made, in the form of the API.
    pub fn problem(status: u16, code: Code, detail: &str, host: &str, request_id: &str) -> Self {
        let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let body = json!({
            "type": format!("http://{host}/docs/errors#{}", code.as_str()),
            "title": title.unwrap_or("Error"),
            "status": status,
            "code": code,
            "detail": detail,
            "request_id": request_id,
            "violations": [],
        });
        let headers = [
            ("content-type", "application/problem+json"),
            ("cache-control", "no-store"),
            ("request-id", request_id),
        ];
        Self {
            status,
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            body: body.to_string().into_bytes(),
        }
    }
}

impl GatewayRequest {
    /// Returns the payload 2.0 event of this request.
    pub(crate) fn event(
        &self,
        operation: &Operation,
        values: &[(&str, String)],
        time_ms: i64,
    ) -> Value {
        let route_key = format!("{} {}", self.method, operation.path);
        let mut headers = serde_json::Map::new();
        let mut cookies = Vec::new();
        for (name, value) in &self.headers {
            if name == "cookie" {
                cookies.extend(value.split(';').map(|cookie| cookie.trim().to_owned()));
                continue;
            }
            // The gateway sets these itself and ignores the values of the caller.
            if matches!(name.as_str(), "host" | "x-forwarded-proto") {
                continue;
            }
            // The gateway joins repeated headers with a comma.
            let joined = match headers.get(name).and_then(Value::as_str) {
                Some(earlier) => format!("{earlier},{value}"),
                None => value.clone(),
            };
            headers.insert(name.clone(), json!(joined));
        }
        headers.insert("host".to_owned(), json!(self.host));
        headers.insert("x-forwarded-proto".to_owned(), json!("https"));
        let (body, encoded) = match std::str::from_utf8(&self.body) {
            Ok(text) => (text.to_owned(), false),
            Err(_) => (STANDARD.encode(&self.body), true),
        };
        let path_parameters: serde_json::Map<_, _> =
            values.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let mut event = json!({
            "version": "2.0",
            "routeKey": route_key,
            "rawPath": self.path,
            "rawQueryString": self.query,
            "headers": headers,
            "pathParameters": path_parameters,
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "local",
                "domainName": self.host,
                "domainPrefix": "local",
                "http": {
                    "method": self.method,
                    "path": self.path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": self.source_ip.to_string(),
                    "userAgent": "",
                },
                "requestId": self.request_id,
                "routeKey": route_key,
                "stage": "$default",
                "timeEpoch": time_ms,
            },
            "isBase64Encoded": encoded,
        });
        if !cookies.is_empty() {
            event["cookies"] = json!(cookies);
        }
        if !body.is_empty() {
            event["body"] = json!(body);
        }
        event
    }
}

/// Invokes the operation's function with an event, as the Lambda runtime does.
pub(crate) async fn invoke(
    app: &App,
    usage: &UsageCounter,
    operation: &'static Operation,
    event: Value,
) -> Result<GatewayResponse, serde_json::Error> {
    let payload: LambdaRequest = serde_json::from_value(event)?;
    let mut function = Adapter::from(service_fn(move |request: Request| async move {
        Ok::<_, Infallible>(edge::serve(app, usage, operation, request).await)
    }));
    let event = LambdaEvent::new(payload, lambda_http::Context::default());
    let response = match function.call(event).await {
        Ok(response) => serde_json::to_value(response)?,
        Err(never) => match never {},
    };
    Ok(decode(&response))
}

fn decode(response: &Value) -> GatewayResponse {
    let mut headers = Vec::new();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for (name, value) in response["headers"].as_object().into_iter().flatten() {
        headers.push((name.clone(), text(value)));
    }
    for (name, values) in response["multiValueHeaders"].as_object().into_iter().flatten() {
        let present = headers.iter().any(|(header, _)| header == name);
        for value in values.as_array().into_iter().flatten().filter(|_| !present) {
            headers.push((name.clone(), text(value)));
        }
    }
    for cookie in response["cookies"].as_array().into_iter().flatten() {
        headers.push(("set-cookie".to_owned(), text(cookie)));
    }
    let body = response["body"].as_str().unwrap_or_default();
    let body = if response["isBase64Encoded"] == json!(true) {
        STANDARD.decode(body).unwrap_or_default()
    } else {
        body.as_bytes().to_vec()
    };
    let status = response["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
    GatewayResponse { status: status.unwrap_or(502), headers, body }
}
