//! `/docs`: Swagger UI. Its files are in its crate, so nothing is downloaded. The domain
//! `reference` serves the document that it shows.

use std::sync::Arc;

use axum::http::header::LOCATION;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_swagger_ui::Config;

/// Answers the path, or returns `None` if it is not a file of Swagger UI.
pub(crate) fn response(path: &str) -> Option<Response> {
    match path {
        // Served by an operation.
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
