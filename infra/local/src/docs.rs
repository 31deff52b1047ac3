//! `/docs`: Swagger UI with a page of our own. Its files are in its crate, so nothing is downloaded. The
//! domain `reference` serves the document that it shows.

use std::sync::Arc;

use axum::http::header::LOCATION;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use utoipa_swagger_ui::Config;

const PAGE: &str = include_str!("docs/index.html");
const INITIALIZER: &str = include_str!("docs/initializer.js");

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
    match path {
        "" | "index.html" => return Some(Html(PAGE).into_response()),
        "swagger-initializer.js" => {
            let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
            return Some((kind, INITIALIZER).into_response());
        }
        _ => {}
    }
    let file = utoipa_swagger_ui::serve(path, Arc::new(Config::default())).ok().flatten()?;
    Some(([(header::CONTENT_TYPE, file.content_type)], file.bytes.into_owned()).into_response())
}
