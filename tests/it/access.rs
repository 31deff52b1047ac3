//! People, their sessions and their rights.

mod audit;
mod audit_lists;
mod invitations;
mod log_in_lines;
mod login_guesses;
mod login_limits;
mod moderators;
mod own_sessions;
mod passwords;
pub(crate) mod people;
mod recovery_codes;
mod sessions;
mod several_accounts;
mod stolen_credentials;
mod suspension;
mod two_factor;
mod users;
