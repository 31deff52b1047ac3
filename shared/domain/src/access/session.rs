//! The session of a person. The token is random, and only its SHA-256 is stored.
use crate::kernel::{AccountId, SessionId, UserId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Time without use after which a session ends.
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_mins(30);
/// Longest time of a session, with or without use.
pub const SESSION_ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Id of the session, which is also part of the token.
    pub id: SessionId,
    /// Hexadecimal SHA-256 of the token.
    pub token_hash: String,
    /// Account of the person.
    pub account_id: AccountId,
    /// Person who logged in.
    pub user_id: UserId,
    /// Epoch of the login at the log-in. The session has ended if the user has a later one. A count and
    /// no time, because the clocks of two functions differ.
    #[serde(default)]
    pub epoch: u32,
    /// True if the person gave the second factor; without it the session can only read.
    pub two_factor: bool,
    /// Address from which the person logged in.
    pub ip: IpAddr,
    /// Time of the log-in, from which the longest time of the session counts.
    pub logged_in_at: Timestamp,
    /// Time at which the token was made: at the log-in, or later if the session got a new token.
    pub created_at: Timestamp,
    /// Time of the last use, to the minute.
    pub last_used_at: Timestamp,
}

impl Session {
    /// Returns the time at which the session ends if it is not used again.
    pub fn expires_at(&self) -> Timestamp {
        (self.last_used_at + SESSION_IDLE).min(self.ends_at())
    }

    /// Returns the time at which the session ends even if it is used.
    pub fn ends_at(&self) -> Timestamp {
        self.logged_in_at + SESSION_ABSOLUTE
    }

    /// Returns true if the session has ended.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at() <= now
    }
}
