//! The reference for callers: the OpenAPI document, the error codes, and the health of the API.

pub mod show_error_codes;
pub mod show_health;
pub mod show_openapi;

edge::operations! {
    /// Returns this document.
    show_openapi: GET "/openapi.json" needs Public;
    /// Explains every error code; `type` of a problem links to it.
    show_error_codes: GET "/docs/errors" needs Public;
    /// Reports that the API answers.
    show_health: GET "/health" needs Public;
}
