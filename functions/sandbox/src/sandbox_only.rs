//! What all operations of the sandbox share.

use domain::account::{Account, Stage};
use domain::charge::Charge;
use domain::kernel::{Error, Failure, FailureCode};
use edge::{PublicRequest, charge_of_token, fields};
use jiff::SignedDuration;
use store::Store;

/// The time after which the sandbox reports the outcome of an order that timed out. One minute, as
/// long as a worker waits before its first status query.
pub(crate) const REPORTED_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// The longest code of a network: `Max35Text` of ISO 20022.
const NETWORK_CODE_MAX: usize = 35;

/// Returns the failure that the caller named by its reason, by the code of the network, or by both. The
/// reason follows from the code if it is absent. Returns `None` if both are.
pub(crate) fn named_failure(
    reason: Option<FailureCode>,
    network_code: Option<&str>,
) -> Result<Option<Failure>, Error> {
    if let Some(violation) = fields::text("network_code", network_code, NETWORK_CODE_MAX) {
        return Err(Error::Invalid(vec![violation]));
    }
    Ok(match (reason, network_code) {
        (Some(reason), code) => Some(Failure::reported(reason, code.map(str::to_owned))),
        (None, code) => code.map(Failure::of_network),
    })
}

/// Returns the charge and account of the address of a payment page. Returns `None` on a live stage, where nothing
/// stands for an acquirer or an issuer.
pub(crate) async fn sandbox_charge<I>(
    store: &Store,
    request: &PublicRequest<I>,
) -> Result<Option<(Charge, Account)>, Error> {
    match request.stage {
        Stage::Sandbox => charge_of_token(store, request).await,
        Stage::Live => Ok(None),
    }
}

/// Answers 404 on a live stage, where money is real.
pub(crate) fn require_sandbox(stage: Stage) -> Result<(), Error> {
    match stage {
        Stage::Sandbox => Ok(()),
        Stage::Live => Err(Error::NotFound("operation")),
    }
}
