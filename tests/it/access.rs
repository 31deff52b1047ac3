//! People, their sessions and their rights.

mod audit;
mod audit_lists;
mod invitations;
mod log_in_lines;
mod login_guesses;
mod login_limits;
mod moderators;
pub(crate) mod people;
mod sessions;
mod stolen_credentials;
mod two_factor;
mod users;
