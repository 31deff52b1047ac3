//! What the stand-in for Secrets Manager lacks: under a `ClientRequestToken` it keeps the first text
//! and refuses every other
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html>).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

/// The texts that were put, by secret and token. Shared by all clients of a bundle.
#[derive(Clone, Default)]
pub(crate) struct PutTokens(Arc<Mutex<HashMap<(String, String), String>>>);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    secret_id: String,
    client_request_token: String,
    secret_string: String,
}

impl PutTokens {
    /// Whether a request puts another text under a token that was used.
    pub(crate) fn refuse(&self, operation: &str, body: &[u8]) -> bool {
        if operation != "PutSecretValue" {
            return false;
        }
        let Ok(put) = serde_json::from_slice::<Put>(body) else { return false };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (put.secret_id, put.client_request_token);
        let first = known.entry(key).or_insert_with(|| put.secret_string.clone());
        *first != put.secret_string
    }
}

impl std::fmt::Debug for PutTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PutTokens")
    }
}
