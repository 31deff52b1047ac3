//! People, their sessions and their rights.

mod audit;
mod invitations;
mod login_guesses;
mod moderators;
pub(crate) mod people;
mod sessions;
mod two_factor;
mod users;
