//! Commands of compliance about KYC requests, run like those of the operator. They are not on the API: the
//! right to invoke the function is the right to decide, and no credential of an account can.

mod request;

pub mod change_kyc_rule;
pub mod decide_kyc_document;
pub mod decide_kyc_request;
pub mod list_waiting_kyc_requests;
pub mod open_kyc_request;
pub mod show_kyc_document;
pub mod show_kyc_request;

command::commands! {
    /// Sets the amount from which compliance must approve the payouts of an account.
    change_kyc_rule;
    /// Stops a payout that has not left, and opens a KYC request for it.
    open_kyc_request;
    /// Lists the KYC requests that wait for compliance, the longest wait first.
    list_waiting_kyc_requests;
    /// Shows a KYC request with its texts and messages.
    show_kyc_request;
    /// Makes a link to a file of a KYC request for five minutes.
    show_kyc_document;
    /// Approves or rejects a document of a KYC request.
    decide_kyc_document;
    /// Approves or rejects a KYC request and its payout, or asks for other documents.
    decide_kyc_request;
}
