//! `operator.rotate_secret`: put a fresh version into a secret and make it current.

use domain::kernel::Error;
use runtime::App;
use serde::{Deserialize, Serialize};

use crate::{CommandFailure, Invocation};

/// Which one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotateSecretInput {
    secret: SecretName,
}

/// A secret of the deployment.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SecretName {
    /// What keys are hashed with, and TOTP secrets, stored answers and cursors sealed.
    Pepper,
    /// What the signing secrets of endpoints are sealed under.
    Signing,
}

/// What was rotated; the text is shown to nobody.
#[derive(Serialize)]
pub struct Rotated {
    secret: SecretName,
    /// What is hashed and sealed from now on is under this version.
    version: u32,
}

/// Rotates it. Old versions stay, so what was made under them goes on. A function that still has the
/// old text fetches the new one after five minutes at most, or when it meets something made under it.
pub async fn handle(
    app: &App,
    order: Invocation<RotateSecretInput>,
) -> Result<Rotated, CommandFailure> {
    let secret = order.input.secret;
    let secrets = match secret {
        SecretName::Pepper => &app.secrets,
        SecretName::Signing => &*app.signing,
    };
    match secrets.rotate(&order.moment).await {
        Ok(version) => Ok(Rotated { secret, version }),
        Err(Error::Stale) => Err(CommandFailure::refused(
            "rotated_meanwhile",
            "somebody else rotated it at the same moment; nothing is lost",
        )),
        Err(error) => Err(error.into()),
    }
}
