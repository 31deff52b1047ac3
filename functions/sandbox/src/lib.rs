//! The sandbox: its scenarios, and triggers that act in place of the network. On a live stage all
//! operations answer 404.

mod return_scenario;
mod sandbox_only;

pub mod authenticate_charge;
pub mod authenticate_payer;
pub mod create_card_token;
pub mod create_sandbox_payment;
pub mod list_scenarios;
pub mod pay_charge;
pub mod resolve_credit;
pub mod resolve_payout;
pub mod resolve_refund;
pub mod resolve_return;
pub mod settle_charge;
pub mod show_card_form;
pub mod show_issuer_page;

edge::operations! {
    /// Lists the scenarios of the sandbox.
    list_scenarios: GET "/v1/sandbox/scenarios" needs AnyCaller;
    /// Pays a charge in place of the payer.
    pay_charge: POST "/v1/sandbox/charges/{id}/pay" needs Holds(ChargesWrite);
    /// Reports at once what the network announced of a charge for later, such as the settlement of a boleto.
    settle_charge: POST "/v1/sandbox/charges/{id}/settle" needs Holds(ChargesWrite);
    /// Makes a token of a card of the sandbox, as the form of an acquirer does.
    create_card_token: POST "/v1/sandbox/card-tokens" needs Holds(ChargesWrite), repeatable;
    /// Proves to the issuer of a card who the payer is, in place of the payer.
    authenticate_charge: POST "/v1/sandbox/charges/{id}/authenticate" needs Holds(ChargesWrite);
    /// Shows a payer the test cards, in place of the form of an acquirer.
    show_card_form: GET "/pay/{token}/sandbox-card" needs Public;
    /// Asks a payer who they are, in place of the issuer of a card.
    show_issuer_page: GET "/pay/{token}/sandbox-issuer" needs Public;
    /// Proves to the issuer of a card who the payer is, on the page in place of that of the issuer.
    authenticate_payer: POST "/pay/{token}/sandbox-issuer" needs Public, repeatable;
    /// Lets a payment arrive in the sandbox, with any txid or none.
    create_sandbox_payment: POST "/v1/sandbox/payments" needs Holds(ChargesWrite);
    /// Sets the outcome of a payout in the sandbox.
    resolve_payout: POST "/v1/sandbox/payouts/{id}/outcome" needs Holds(PayoutsWrite);
    /// Sets the outcome of a refund in the sandbox.
    resolve_refund: POST "/v1/sandbox/refunds/{id}/outcome" needs Holds(RefundsWrite);
    /// Sets the outcome of a credit's return in the sandbox.
    resolve_credit: POST "/v1/sandbox/credits/{id}/outcome" needs Holds(RefundsWrite);
    /// Takes the money of a charge back in place of the network, or demands it.
    resolve_return: POST "/v1/sandbox/charges/{id}/return" needs Holds(ChargesWrite);
}
