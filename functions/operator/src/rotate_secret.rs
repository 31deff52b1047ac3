//! `operator.rotate_secret`: add a new version to a secret and make it current.

use domain::kernel::Error;
use runtime::App;
use serde::{Deserialize, Serialize};

use crate::{CommandFailure, Invocation};

/// The secret to rotate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotateSecretInput {
    secret: SecretName,
}

/// A secret of the deployment.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SecretName {
    /// Hashes API keys, and seals TOTP secrets, stored replies and cursors.
    Pepper,
    /// Seals the signing secrets of endpoints.
    Signing,
    /// Signs receipts. Old versions stay, so codes that they signed are still confirmed.
    ReceiptSigning,
}

/// The rotated secret. The text is not shown.
#[derive(Serialize)]
pub struct RotationResult {
    secret: SecretName,
    /// Number of the new version, which hashes and seals from now on.
    version: u32,
}

/// Rotates the secret. Old versions stay, so their hashes and sealed texts are still valid. A function
/// with the old text fetches the new one after at most five minutes, or when a row names the new
/// version.
pub async fn handle(
    app: &App,
    invocation: Invocation<RotateSecretInput>,
) -> Result<RotationResult, CommandFailure> {
    let secret = invocation.input.secret;
    let secrets = match secret {
        SecretName::Pepper => &app.secrets,
        SecretName::Signing => &*app.signing,
        SecretName::ReceiptSigning => &*app.receipt_signing,
    };
    match secrets.rotate(&invocation.moment).await {
        Ok(version) => Ok(RotationResult { secret, version }),
        Err(Error::Stale) => Err(CommandFailure::refused(
            "rotated_meanwhile",
            "another call rotated the secret at the same moment; nothing is lost; call again only if \
             you need one more version",
        )),
        Err(error) => Err(error.into()),
    }
}
