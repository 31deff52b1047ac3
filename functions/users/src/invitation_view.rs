//! An invitation as the API shows it, once.

use gate::Token;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// Invitation of a person.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Invitation")]
pub struct InvitationView {
    /// Secret token of the invitation.
    token: String,
    /// Endpoint of the API to which the person sends `{"password": "..."}` with POST. It is no page for a
    /// browser.
    accept_endpoint: String,
    /// Time from which Trilho refuses the invitation.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    expires_at: Timestamp,
}

impl InvitationView {
    /// Shows the token of an invitation.
    pub(crate) fn new(token: &Token, expires_at: Timestamp, origin: &str) -> Self {
        let token = token.reveal().to_owned();
        let accept_endpoint = format!("{origin}/v1/invitations/{token}/accept");
        Self { token, accept_endpoint, expires_at }
    }
}
