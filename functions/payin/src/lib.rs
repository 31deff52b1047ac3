//! Charges a payer pays to the account.

mod qr_picture;

pub mod cancel_charge;
pub mod create_charge;
pub mod find_charge;
pub mod list_charges;
pub mod show_pix_location;
pub mod show_qr_code;

edge::operations! {
    /// Opens a charge.
    create_charge: POST "/v1/charges" needs Holds(ChargesWrite), money;
    /// Lists charges, newest first.
    list_charges: GET "/v1/charges" needs Holds(ChargesRead);
    /// Shows a charge.
    find_charge: GET "/v1/charges/{id}" needs Holds(ChargesRead);
    /// Withdraws a charge nobody has paid.
    cancel_charge: POST "/v1/charges/{id}/cancel" needs Holds(ChargesWrite);
    /// Shows a charge's QR code as a picture: SVG, or PNG by `Accept`.
    show_qr_code: GET "/v1/charges/{id}/qr-code" needs Holds(ChargesRead);
    /// Serves the payload behind a QR code to the payer's bank.
    show_pix_location: GET "/pix/{location}" needs Public;
}
