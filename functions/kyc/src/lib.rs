//! KYC: requests that the account explains a payout with documents, and its answers.

mod texts;

pub mod answer_kyc_request;
pub mod create_kyc_document;
pub mod create_kyc_message;
pub mod find_kyc_request;
pub mod list_kyc_requests;
pub mod submit_kyc_request;

edge::operations! {
    /// Lists KYC requests, newest first.
    list_kyc_requests: GET "/v1/kyc-requests" needs Holds(KycRead);
    /// Shows a KYC request with its texts and messages.
    find_kyc_request: GET "/v1/kyc-requests/{id}" needs Holds(KycRead);
    /// Announces a file for a KYC request and makes a link that uploads it.
    create_kyc_document: POST "/v1/kyc-requests/{id}/documents" needs Holds(KycWrite), repeatable;
    /// Answers a KYC request with a text.
    answer_kyc_request: POST "/v1/kyc-requests/{id}/answer" needs Holds(KycWrite);
    /// Hands the documents of a KYC request to compliance and pauses its deadline.
    submit_kyc_request: POST "/v1/kyc-requests/{id}/submit" needs Holds(KycWrite);
    /// Writes a message to compliance.
    create_kyc_message: POST "/v1/kyc-requests/{id}/messages" needs Holds(KycWrite);
}
