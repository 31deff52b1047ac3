//! People: their sessions, passwords and second factors.

mod attempt;
mod hash_slots;
mod log_in_attempt;
mod log_in_check;
mod log_in_limits;
mod log_in_proof;
mod password;
mod password_set;
mod recovery;
mod tokened_session;

pub mod accept_invitation;
pub mod close_session;
pub mod confirm_two_factor;
pub mod delete_other_sessions;
pub mod delete_session;
pub mod find_me;
pub mod list_sessions;
pub mod open_session;
pub mod replace_password;
pub mod replace_recovery_codes;
pub mod start_two_factor;

pub use password_set::hash_random as hash_random_password;

edge::operations! {
    /// Logs a person in.
    open_session: POST "/v1/sessions" needs Public;
    /// Logs the person out.
    close_session: DELETE "/v1/sessions/current" needs Person;
    /// Shows the caller and their permissions.
    find_me: GET "/v1/me" needs AnyCaller;
    /// Lists the caller's open sessions, newest first.
    list_sessions: GET "/v1/me/sessions" needs Person;
    /// Ends one of the caller's sessions.
    delete_session: DELETE "/v1/me/sessions/{id}" needs Person;
    /// Ends all sessions of the caller except this one, which gets a new token.
    delete_other_sessions: DELETE "/v1/me/sessions" needs Person;
    /// Replaces the caller's password, ends their other sessions and gives this one a new token.
    replace_password: PUT "/v1/me/password" needs PersonWithCode;
    /// Starts the enrolment of an authenticator app; takes the password again.
    start_two_factor: POST "/v1/me/two-factor" needs Person, repeatable;
    /// Completes the enrolment with a first code and shows the recovery codes once.
    confirm_two_factor: POST "/v1/me/two-factor/confirm" needs Person, repeatable;
    /// Replaces the caller's recovery codes and shows the new ones once.
    replace_recovery_codes: POST "/v1/me/two-factor/recovery-codes" needs PersonWithCode;
    /// Sets the first password of an invited person, or the new password of a person who lost it.
    accept_invitation: POST "/v1/invitations/{token}/accept" needs Public;
}
