//! Users as moderators see them: invitations, roles, suspension, and the audit trail.

mod invitation_view;
mod person;

pub mod create_invitation;
pub mod create_user;
pub mod delete_user;
pub mod delete_user_sessions;
pub mod find_user;
pub mod list_audit_events;
pub mod list_users;
pub mod reinstate_user;
pub mod reset_two_factor;
pub mod suspend_user;
pub mod update_user;

edge::operations! {
    /// Creates an API user, or invites a person.
    create_user: POST "/v1/users" needs Moderator(Writes);
    /// Lists users, or finds the person with an e-mail.
    list_users: GET "/v1/users" needs Moderator(Reads);
    /// Shows a user.
    find_user: GET "/v1/users/{id}" needs Moderator(Reads);
    /// Changes name, roles or permissions of a user.
    update_user: PATCH "/v1/users/{id}" needs Moderator(Writes);
    /// Suspends a user: sessions end and keys do not work.
    suspend_user: POST "/v1/users/{id}/suspend" needs Moderator(WithCode);
    /// Reinstates a suspended user.
    reinstate_user: POST "/v1/users/{id}/reinstate" needs Moderator(WithCode);
    /// Deletes a user with their keys and sessions.
    delete_user: DELETE "/v1/users/{id}" needs Moderator(Writes);
    /// Makes a new invitation for a person who never accepted one, or who lost the password.
    create_invitation: POST "/v1/users/{id}/invitation" needs Moderator(WithCode);
    /// Ends all sessions of a person.
    delete_user_sessions: DELETE "/v1/users/{id}/sessions" needs Moderator(WithCode);
    /// Resets a person's two-factor, so that they can enrol again.
    reset_two_factor: POST "/v1/users/{id}/two-factor/reset" needs Moderator(WithCode);
    /// Lists the audit trail, newest first.
    list_audit_events: GET "/v1/audit-events" needs Moderator(Reads);
}
