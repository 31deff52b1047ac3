//! Payments that the network reported, and decisions about those that match no charge.

mod settings_view;

pub mod find_credit;
pub mod find_credit_settings;
pub mod find_payment;
pub mod keep_credit;
pub mod list_credits;
pub mod list_payments;
pub mod match_credit;
pub mod replace_credit_settings;
pub mod return_credit;

edge::operations! {
    /// Lists payments that the network reported, by their time at the network, newest first.
    list_payments: GET "/v1/payments" needs Holds(ChargesRead);
    /// Shows a payment.
    find_payment: GET "/v1/payments/{id}" needs Holds(ChargesRead);
    /// Lists credits, newest first.
    list_credits: GET "/v1/credits" needs Holds(ChargesRead);
    /// Shows a credit, with the charges that it may belong to.
    find_credit: GET "/v1/credits/{id}" needs Holds(ChargesRead);
    /// Matches a credit to a charge, which the payment then pays, or to a reference.
    match_credit: POST "/v1/credits/{id}/match" needs Holds(ChargesWrite), money;
    /// Keeps a credit without a charge.
    keep_credit: POST "/v1/credits/{id}/keep" needs Holds(ChargesWrite), money;
    /// Returns a credit to its payer.
    return_credit: POST "/v1/credits/{id}/return" needs Holds(RefundsWrite), money;
    /// Shows the rules for payments that match no charge exactly.
    find_credit_settings: GET "/v1/credit-settings" needs Holds(ChargesRead);
    /// Replaces the rules for payments that match no charge exactly.
    replace_credit_settings: PUT "/v1/credit-settings" needs Moderator(WithCode);
}
