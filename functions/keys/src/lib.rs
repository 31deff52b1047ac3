//! API keys of programs: creation, rotation, allow-lists and usage.

mod key_view;

pub mod create_api_key;
pub mod delete_api_key;
pub mod find_api_key;
pub mod find_usage;
pub mod list_api_keys;
pub mod replace_ip_allowlist;
pub mod rotate_api_key;

edge::operations! {
    /// Creates a key for an API user and shows it once.
    create_api_key: POST "/v1/users/{id}/api-keys" needs Moderator(WithCode);
    /// Lists the account's API keys.
    list_api_keys: GET "/v1/api-keys" needs Moderator(Reads);
    /// Shows an API key without its secret.
    find_api_key: GET "/v1/api-keys/{id}" needs Moderator(Reads);
    /// Deletes an API key with immediate effect.
    delete_api_key: DELETE "/v1/api-keys/{id}" needs Moderator(WithCode);
    /// Gives an API key a new secret; the old secret works during the overlap.
    rotate_api_key: POST "/v1/api-keys/{id}/rotate" needs Moderator(WithCode);
    /// Replaces the allow-list of an API key.
    replace_ip_allowlist: PUT "/v1/api-keys/{id}/ip-allowlist" needs Moderator(WithCode);
    /// Lists calls per key and day.
    find_usage: GET "/v1/usage" needs Moderator(Reads);
}
