//! Rows of users, keys, sessions, log-ins and the audit trail.

use domain::access::{
    ApiKey, AuditEvent, AuditFilter, FailureWindow, KeyId, Login, LoginSalt, LoginThrottle,
    ModeratorCount, Session, User,
};
use domain::kernel::{AccountId, Id};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::TTL_GRACE;
use crate::item::items;
use crate::key::{self, Key};

/// The calls of one key on one UTC day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageDay {
    /// Account of the key.
    pub account_id: AccountId,
    /// Day, as `2026-11-23`.
    pub day: String,
    /// Id of the key.
    pub key_id: KeyId,
    /// Number of calls that passed the gate.
    pub requests: u64,
}

/// Returns the account of the audit lines of failed log-ins with an unknown e-mail. No account has
/// this id. The lines exist for a day, so that an unknown e-mail costs the same writes as a known one.
pub fn unknown_account() -> AccountId {
    AccountId::from_ulid(Ulid::nil())
}

items! {
    ModeratorCount { "moderator_count", |it| Key::ModeratorCount(it.account_id) }
    User { "user", |it| Key::User(it.account_id, it.id), version: it.version }
    ApiKey {
        "api_key", |it| Key::ApiKey(it.account_id, it.id.clone()),
        version: it.version
    }
    Session {
        "session", |it| Key::Session(it.account_id, it.user_id, it.id),
        ends_at: Some(it.ends_at() + TTL_GRACE)
    }
    Login { "login", |it| Key::Login(it.key.clone(), it.account_id), version: it.version }
    LoginSalt { "login_salt", |it| Key::LoginSalt(it.key.clone()) }
    LoginThrottle {
        "login_throttle", |it| Key::LoginThrottle(it.key.clone(), it.kind),
        version: it.version,
        ends_at: Some(it.ends_at() + TTL_GRACE)
    }
    FailureWindow {
        "failure_window", |it| Key::FailureWindow(it.subject.clone()),
        version: it.version,
        ends_at: Some(it.ends_at + TTL_GRACE)
    }
    AuditEvent {
        "audit", |it| Key::Audit(it.account_id, it.id),
        copies: AuditFilter::selecting(it)
            .skip(1)
            .map(|filter| key::audit(&it.account_id, &filter))
            .collect(),
        ends_at: (it.account_id == unknown_account()).then_some(it.created_at + TTL_GRACE)
    }
    UsageDay { "usage", |it| Key::Usage(it.account_id, it.day.clone(), it.key_id.clone()) }
}
