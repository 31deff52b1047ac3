//! Disputes: demands of networks for the money of charges.

pub mod accept_dispute;
pub mod create_evidence;
pub mod find_dispute;
pub mod list_disputes;
pub mod submit_dispute;

edge::operations! {
    /// Lists disputes, newest first.
    list_disputes: GET "/v1/disputes" needs Holds(DisputesRead);
    /// Shows a dispute: a demand of the network for the money of a charge.
    find_dispute: GET "/v1/disputes/{id}" needs Holds(DisputesRead);
    /// Announces a file of evidence and makes a link that uploads it.
    create_evidence: POST "/v1/disputes/{id}/evidence" needs Holds(DisputesWrite), repeatable;
    /// Contests a dispute with a text and files. A dispute takes one answer.
    submit_dispute: POST "/v1/disputes/{id}/submit" needs Holds(DisputesWrite);
    /// Accepts a dispute: the money of the demand goes back to the payer at once.
    accept_dispute: POST "/v1/disputes/{id}/accept" needs Holds(DisputesWrite), money;
}
