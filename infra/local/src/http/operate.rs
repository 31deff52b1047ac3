//! `/local/operate/{command}`: runs a command of the operator or of compliance in the local bundle. On AWS only a
//! right to invoke the function does. It is not an operation of the API.

use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::kernel::Code;
use serde_json::Value;

use super::guard::Refusal;
use super::site::Site;

pub(super) const PATH: &str = "/local/operate/";

pub(super) async fn response(site: &Site, parts: &Parts, body: &[u8]) -> Response {
    match run(site, parts, body).await {
        Ok(result) => {
            let json = [(axum::http::header::CONTENT_TYPE, "application/json")];
            (json, result.to_string()).into_response()
        }
        Err(refusal) => site.refuse(parts, refusal),
    }
}

async fn run(site: &Site, parts: &Parts, body: &[u8]) -> Result<Value, Refusal> {
    let name = parts.uri.path().strip_prefix(PATH).unwrap_or_default();
    if parts.method != Method::POST || !site.bundle.has_command(name) {
        let detail = "send POST /local/operate/ with the name of a command of docs/operator.md";
        return Err(Refusal { status: 404, code: Code::NotFound, detail: detail.to_owned() });
    }
    let input = serde_json::from_slice(body)
        .map_err(|cause| Refusal::malformed(&format!("the body must be JSON: {cause}")))?;
    site.bundle
        .operate(name, input)
        .await
        .map_err(|failure| Refusal::malformed(&format!("{}: {failure}", failure.code())))
}
