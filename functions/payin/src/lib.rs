//! Charges that payers pay to the account, and their refunds.

mod boleto_fields;
mod card_fields;
mod due_fields;
mod payer_fields;
mod qr_picture;

pub mod cancel_charge;
pub mod capture_charge;
pub mod change_charge;
pub mod create_charge;
pub mod create_refund;
pub mod find_charge;
pub mod find_refund;
pub mod list_charges;
pub mod list_refunds;
pub mod show_pix_location;
pub mod show_pix_qr_code;
pub mod show_qr_code;

edge::operations! {
    /// Creates a charge.
    create_charge: POST "/v1/charges" needs Holds(ChargesWrite), money;
    /// Lists charges, newest first.
    list_charges: GET "/v1/charges" needs Holds(ChargesRead);
    /// Shows a charge.
    find_charge: GET "/v1/charges/{id}" needs Holds(ChargesRead);
    /// Cancels a charge that the payer has not paid, or voids the authorisation of a card.
    cancel_charge: POST "/v1/charges/{id}/cancel" needs Holds(ChargesWrite);
    /// Captures an authorised charge by card, all of it or a part.
    capture_charge: POST "/v1/charges/{id}/capture" needs Holds(ChargesWrite);
    /// Changes the due date and the terms of a charge.
    change_charge: POST "/v1/charges/{id}/change" needs Holds(ChargesWrite);
    /// Refunds money of a charge to its payer.
    create_refund: POST "/v1/charges/{id}/refunds" needs Holds(RefundsWrite), money;
    /// Lists refunds, newest first.
    list_refunds: GET "/v1/refunds" needs Holds(ChargesRead);
    /// Shows a refund.
    find_refund: GET "/v1/refunds/{id}" needs Holds(ChargesRead);
    /// Shows a charge's QR code as a picture: SVG, or PNG with `?format=png`.
    show_qr_code: GET "/v1/charges/{id}/qr-code" needs Holds(ChargesRead);
    /// Serves the payload behind a QR code to the payer's bank.
    show_pix_location: GET "/pix/{location}" needs Public;
    /// Shows the QR code of a location as a picture, for pages and mails: SVG, or PNG with `?format=png`.
    show_pix_qr_code: GET "/pix/{location}/qr-code" needs Public;
}
