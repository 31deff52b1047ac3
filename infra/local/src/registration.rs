//! An endpoint that a program on this machine has for as long as it runs.

use serde_json::json;
use tokio::net::TcpStream;

use crate::client::{CallError, Client};
use crate::receiver::Receiver;

const ENDPOINTS: &str = "/v1/webhook-endpoints";

/// The endpoint of a [`Receiver`].
pub struct Registration {
    client: Client,
    /// Its id.
    pub id: String,
    /// What signs its events.
    pub secret: String,
}

impl Registration {
    /// Registers the receiver for these event types. `name` says to people whose it is, and finds
    /// those that an earlier run of the same program has left behind; they go first, because an
    /// account has only so many, and each would be tried in vain for days.
    pub async fn open(
        client: &Client,
        receiver: &Receiver,
        events: &[&str],
        name: &str,
    ) -> Result<Self, CallError> {
        clear(client, name).await?;
        let new = json!({ "url": receiver.url(), "events": events, "description": name });
        let made = client.post(ENDPOINTS, &new).await?;
        let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
        Ok(Self { client: client.clone(), id: text("id"), secret: text("secret") })
    }

    /// Removes the endpoint.
    pub async fn close(&self) -> Result<(), CallError> {
        remove(&self.client, &self.id).await
    }
}

/// Removes what programs of this name registered and nobody listens on any more.
async fn clear(client: &Client, name: &str) -> Result<(), CallError> {
    let list = client.get(&format!("{ENDPOINTS}?limit=100")).await?;
    for endpoint in list["data"].as_array().into_iter().flatten() {
        let text = |name: &str| endpoint[name].as_str().unwrap_or_default();
        let mine = text("description") == name && text("url").starts_with("http://127.0.0.1:");
        let Some(address) = text("url").split('/').nth(2).filter(|_| mine) else { continue };
        if TcpStream::connect(address).await.is_err() {
            remove(client, text("id")).await?;
        }
    }
    Ok(())
}

/// Somebody else may have removed it: it is gone in any case.
async fn remove(client: &Client, id: &str) -> Result<(), CallError> {
    match client.delete(&format!("{ENDPOINTS}/{id}")).await {
        Err(CallError::Refused(refusal)) if refusal.status == 404 => Ok(()),
        outcome => outcome,
    }
}
