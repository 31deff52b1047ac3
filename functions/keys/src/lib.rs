//! API keys: how programs call, from where, and how much.

mod key_view;

pub mod create_api_key;
pub mod delete_api_key;
pub mod find_api_key;
pub mod find_usage;
pub mod list_api_keys;
pub mod replace_ip_allowlist;
pub mod rotate_api_key;

edge::operations! {
    /// Makes a key for an API user and shows it once.
    create_api_key: POST "/v1/users/{id}/api-keys" needs Moderator(WithCode);
    /// Lists the account's keys.
    list_api_keys: GET "/v1/api-keys" needs Moderator(Reads);
    /// Shows a key, without its secret.
    find_api_key: GET "/v1/api-keys/{id}" needs Moderator(Reads);
    /// Removes a key; its next request is refused.
    delete_api_key: DELETE "/v1/api-keys/{id}" needs Moderator(WithCode);
    /// Gives a key a new secret; the old one works for the overlap.
    rotate_api_key: POST "/v1/api-keys/{id}/rotate" needs Moderator(WithCode);
    /// Replaces the addresses a key is accepted from.
    replace_ip_allowlist: PUT "/v1/api-keys/{id}/ip-allowlist" needs Moderator(WithCode);
    /// Shows calls per key and day.
    find_usage: GET "/v1/usage" needs Moderator(Reads);
}
