//! The sandbox: its scenarios, and triggers that act in place of the network. On a live stage all
//! operations answer 404.

mod sandbox_only;

pub mod list_scenarios;
pub mod pay_charge;
pub mod resolve_payout;
pub mod resolve_refund;

edge::operations! {
    /// Lists the scenarios of the sandbox.
    list_scenarios: GET "/v1/sandbox/scenarios" needs AnyCaller;
    /// Pays a charge in place of the payer.
    pay_charge: POST "/v1/sandbox/charges/{id}/pay" needs Holds(ChargesWrite);
    /// Sets the outcome of a payout in the sandbox.
    resolve_payout: POST "/v1/sandbox/payouts/{id}/outcome" needs Holds(PayoutsWrite);
    /// Sets the outcome of a refund in the sandbox.
    resolve_refund: POST "/v1/sandbox/refunds/{id}/outcome" needs Holds(RefundsWrite);
}
