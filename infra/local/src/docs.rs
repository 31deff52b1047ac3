//! `/docs`, `/docs/errors`, `/openapi.json`, `/health`. Swagger UI comes with its crate; nothing is
//! fetched from anywhere.

use std::sync::Arc;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_swagger_ui::Config;

const OPENAPI: &str = include_str!("../../openapi.json");
const ERRORS: &str = include_str!("../../../docs/errors.md");

/// Answers the path if it is one of these.
pub(crate) fn answer(path: &str) -> Option<Response> {
    let text = |kind: &'static str, text: &'static str| {
        Some(([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], text).into_response())
    };
    match path {
        "/health" => text("application/json", "{\"status\":\"ok\"}\n"),
        "/openapi.json" => text("application/json", OPENAPI),
        "/docs/errors" => text("text/plain; charset=utf-8", ERRORS),
        "/" | "/docs" => Some((StatusCode::FOUND, [(LOCATION, "/docs/")]).into_response()),
        path => file(path.strip_prefix("/docs/")?),
    }
}

fn file(path: &str) -> Option<Response> {
    let config = Arc::new(Config::from("/openapi.json"));
    let file = utoipa_swagger_ui::serve(path, config).ok().flatten()?;
    Some(([(header::CONTENT_TYPE, file.content_type)], file.bytes.into_owned()).into_response())
}
