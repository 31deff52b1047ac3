//! What callers read: the document of the API, its error codes, whether it answers.

pub mod show_error_codes;
pub mod show_health;
pub mod show_openapi;

edge::operations! {
    /// Shows this document.
    show_openapi: GET "/openapi.json" needs Public;
    /// Explains every error code; the `type` of a problem leads here.
    show_error_codes: GET "/docs/errors" needs Public;
    /// Says that the API answers.
    show_health: GET "/health" needs Public;
}
