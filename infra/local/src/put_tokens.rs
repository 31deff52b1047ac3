//! A check that the emulator of Secrets Manager lacks: a `ClientRequestToken` that was used for one
//! text is refused for any other text
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html>).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

/// The stored texts, by secret and token. All clients of a bundle share them.
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
    /// Returns true if a request puts another text under a token that was used.
    pub(crate) fn refuse(&self, operation: &str, body: &[u8]) -> bool {
        if operation != "PutSecretValue" {
            return false;
        }
        let Ok(put) = serde_json::from_slice::<Put>(body) else { return false };
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (put.secret_id, put.client_request_token);
        let first = texts.entry(key).or_insert_with(|| put.secret_string.clone());
        *first != put.secret_string
    }
}

impl std::fmt::Debug for PutTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PutTokens")
    }
}
