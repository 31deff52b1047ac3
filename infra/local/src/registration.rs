//! A webhook endpoint that a program on this machine registers while it runs.

use serde_json::json;
use tokio::net::TcpStream;

use crate::client::{CallError, Client};
use crate::receiver::Receiver;

const ENDPOINTS: &str = "/v1/webhook-endpoints";

/// The endpoint of a [`Receiver`].
pub struct Registration {
    client: Client,
    /// Id of the endpoint.
    pub id: String,
    /// Secret that signs its events.
    pub secret: String,
}

impl Registration {
    /// Registers the receiver for these event types. `name` is the endpoint's description. It first
    /// deletes endpoints of the same name that an earlier run left behind, because an account has a
    /// limited number of them, and the bundle would retry each for days.
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

    /// Deletes the endpoint.
    pub async fn close(&self) -> Result<(), CallError> {
        remove(&self.client, &self.id).await
    }
}

/// Deletes endpoints of this name that no program listens on any more.
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

/// Deletes an endpoint. It is no error if the endpoint was already deleted.
async fn remove(client: &Client, id: &str) -> Result<(), CallError> {
    match client.delete(&format!("{ENDPOINTS}/{id}")).await {
        Err(CallError::Refused(refusal)) if refusal.status == 404 => Ok(()),
        outcome => outcome,
    }
}
