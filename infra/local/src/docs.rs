//! `/docs`: Swagger UI, which comes with its crate; nothing is fetched from anywhere. What it shows is
//! served by the domain `reference`.

use std::sync::Arc;

use axum::http::header::LOCATION;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_swagger_ui::Config;

/// Answers the path if it is one of these.
pub(crate) fn answer(path: &str) -> Option<Response> {
    match path {
        // An operation's.
        "/docs/errors" => None,
        "/" | "/docs" => Some((StatusCode::FOUND, [(LOCATION, "/docs/")]).into_response()),
        path => file(path.strip_prefix("/docs/")?),
    }
}

fn file(path: &str) -> Option<Response> {
    let config = Arc::new(Config::from("/openapi.json"));
    let file = utoipa_swagger_ui::serve(path, config).ok().flatten()?;
    Some(([(header::CONTENT_TYPE, file.content_type)], file.bytes.into_owned()).into_response())
}
