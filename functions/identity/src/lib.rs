//! Users: sessions, roles, two-factor, and the audit trail.

mod attempt;
mod hash_slots;
mod log_in_attempt;
mod log_in_limits;
mod password;
mod recovery;
mod user_view;

pub mod accept_invitation;
pub mod close_session;
pub mod confirm_two_factor;
pub mod create_user;
pub mod delete_user;
pub mod find_me;
pub mod find_user;
pub mod list_audit_events;
pub mod list_users;
pub mod open_session;
pub mod reset_two_factor;
pub mod start_two_factor;
pub mod update_user;

pub use password::hash as hash_password;
pub use user_view::UserView;

edge::operations! {
    /// Logs a person in.
    open_session: POST "/v1/sessions" needs Public;
    /// Logs the person out.
    close_session: DELETE "/v1/sessions/current" needs Person;
    /// Shows the caller and their permissions.
    find_me: GET "/v1/me" needs AnyCaller;
    /// Starts the enrolment of an authenticator app; takes the password again.
    start_two_factor: POST "/v1/me/two-factor" needs Person, repeatable;
    /// Completes the enrolment with a first code and shows the recovery codes once.
    confirm_two_factor: POST "/v1/me/two-factor/confirm" needs Person;
    /// Sets the first password of an invited person.
    accept_invitation: POST "/v1/invitations/{token}/accept" needs Public;
    /// Creates an API user, or invites a person.
    create_user: POST "/v1/users" needs Moderator(Writes);
    /// Lists users.
    list_users: GET "/v1/users" needs Moderator(Reads);
    /// Shows a user.
    find_user: GET "/v1/users/{id}" needs Moderator(Reads);
    /// Changes name, roles or permissions of a user.
    update_user: PATCH "/v1/users/{id}" needs Moderator(Writes);
    /// Deletes a user with their keys and sessions.
    delete_user: DELETE "/v1/users/{id}" needs Moderator(Writes);
    /// Resets a person's two-factor, so that they can enrol again.
    reset_two_factor: POST "/v1/users/{id}/two-factor/reset" needs Moderator(WithCode);
    /// Lists the audit trail, newest first.
    list_audit_events: GET "/v1/audit-events" needs Moderator(Reads);
}
