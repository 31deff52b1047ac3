//! Roles, as in IAM: a function can do what `infra/access.toml` allows and nothing else, here and
//! on AWS.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, future};
use serde_json::Value;
use stack::{Right, functions, requested_rights};

use crate::LinkSecret;
use crate::names::{CREDENTIAL, resource};

tokio::task_local! {
    /// The function that runs. Tests and seeds run without a function and may do everything.
    static ACTING: &'static str;
}

/// Runs work in the role of this function.
pub(crate) async fn acting<F: Future>(function: &'static str, work: F) -> F::Output {
    // Boxed, because the scope would hold a second copy of the work.
    ACTING.scope(function, Box::pin(work)).await
}

/// Credentials that name the function that runs, as the credentials of a role do. A link that they
/// sign opens only what the function may read.
#[derive(Debug)]
pub(crate) struct Signer(pub(crate) LinkSecret);

impl ProvideCredentials for Signer {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let name = ACTING.try_with(|function| *function).unwrap_or(CREDENTIAL);
        future::ProvideCredentials::ready(Ok(Credentials::new(
            name,
            self.0.reveal(),
            None,
            None,
            "local",
        )))
    }
}

/// The rights that functions have used so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roles(Arc<Mutex<BTreeMap<&'static str, BTreeSet<Right>>>>);

impl Roles {
    /// Returns why the running function may not send this request, or `None` if it may.
    pub(crate) fn refuses(&self, target: &str, body: &[u8]) -> Option<String> {
        ACTING.try_with(|_| ()).ok()?;
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        match requested_rights(target, &body, resource) {
            Ok(rights) => self.refuses_any(rights),
            Err(unknown) => Some(unknown.to_string()),
        }
    }

    /// Returns which of these rights the running function does not have, or `None` if it has all.
    pub(crate) fn refuses_any(&self, rights: BTreeSet<Right>) -> Option<String> {
        let function = ACTING.try_with(|function| *function).ok()?;
        let role = functions().iter().find(|role| role.name == function);
        let missing =
            rights.iter().find(|right| !role.is_some_and(|role| role.rights.contains(right)));
        let missing =
            missing.map(|right| format!("{function} is not authorized to perform {right}"));
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        used.entry(function).or_default().extend(rights);
        missing
    }

    /// Returns why the function of this name does not have the right, or `None` if it has it.
    pub(crate) fn refuses_to(&self, function: &str, right: Right) -> Option<String> {
        let Some(role) = functions().iter().find(|role| role.name == function) else {
            return Some(format!("there is no function {function}"));
        };
        let missing = !role.rights.contains(&right);
        let missing = missing.then(|| format!("{function} is not authorized to perform {right}"));
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        used.entry(role.name).or_default().insert(right);
        missing
    }

    pub(crate) fn used(&self) -> BTreeMap<&'static str, BTreeSet<Right>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
