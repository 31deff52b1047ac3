//! Saved beneficiaries: who receives payouts, and at which keys and accounts.

mod fields;
mod filters;
mod matches;

pub mod archive_beneficiary;
pub mod check_beneficiary_destination;
pub mod create_beneficiary;
pub mod create_beneficiary_destination;
pub mod delete_beneficiary_destination;
pub mod find_beneficiary;
pub mod list_beneficiaries;
pub mod reinstate_beneficiary;
pub mod update_beneficiary;

edge::operations! {
    /// Saves a beneficiary with one or several destinations.
    create_beneficiary: POST "/v1/beneficiaries" needs Holds(BeneficiariesWrite);
    /// Lists saved beneficiaries, newest first.
    list_beneficiaries: GET "/v1/beneficiaries" needs Holds(BeneficiariesRead);
    /// Shows a saved beneficiary with its whole document and its destinations.
    find_beneficiary: GET "/v1/beneficiaries/{id}" needs Holds(BeneficiariesRead);
    /// Changes name, reference or metadata of a saved beneficiary.
    update_beneficiary: PATCH "/v1/beneficiaries/{id}" needs Holds(BeneficiariesWrite);
    /// Adds a destination to a saved beneficiary.
    create_beneficiary_destination: POST "/v1/beneficiaries/{id}/destinations" needs HoldsWithCode(BeneficiariesWrite);
    /// Deletes a destination of a saved beneficiary.
    delete_beneficiary_destination: DELETE "/v1/beneficiaries/{id}/destinations/{destination}" needs Holds(BeneficiariesWrite);
    /// Checks whether a Pix key or bank account of a saved beneficiary belongs to the beneficiary.
    check_beneficiary_destination: POST "/v1/beneficiaries/{id}/destinations/{destination}/check" needs Holds(BeneficiariesWrite);
    /// Archives a saved beneficiary, which then does not change.
    archive_beneficiary: POST "/v1/beneficiaries/{id}/archive" needs Holds(BeneficiariesWrite);
    /// Reinstates an archived beneficiary.
    reinstate_beneficiary: POST "/v1/beneficiaries/{id}/reinstate" needs Holds(BeneficiariesWrite);
}
