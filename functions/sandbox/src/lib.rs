//! The sandbox: what leads where, and triggers. On a live stage all of it answers 404.

pub mod list_scenarios;
pub mod pay_charge;
pub mod resolve_payout;
pub mod resolve_refund;

use jiff::SignedDuration;

/// When a network that did not answer answers after all.
pub(crate) const ANSWERS_AFTER: SignedDuration = SignedDuration::from_secs(60);

edge::operations! {
    /// Lists what leads where in the sandbox.
    list_scenarios: GET "/v1/sandbox/scenarios" needs AnyCaller;
    /// Pays a charge as its payer would.
    pay_charge: POST "/v1/sandbox/charges/{id}/pay" needs Holds(ChargesWrite);
    /// Lets the network tell what became of a payout.
    resolve_payout: POST "/v1/sandbox/payouts/{id}/outcome" needs Holds(PayoutsWrite);
    /// Lets the network tell what became of a refund.
    resolve_refund: POST "/v1/sandbox/refunds/{id}/outcome" needs Holds(ChargesWrite);
}

/// Refuses to exist where money is real.
fn only_in_sandbox(stage: domain::account::Stage) -> Result<(), domain::kernel::Error> {
    match stage {
        domain::account::Stage::Sandbox => Ok(()),
        domain::account::Stage::Live => Err(domain::kernel::Error::NotFound("operation")),
    }
}
