//! Users, permissions, API keys, sessions, logins and the audit trail.

mod address_digest;
mod api_key;
mod audit;
mod failure_window;
mod login;
mod login_throttle;
mod new_user;
mod permission;
mod session;
mod user;
mod user_kind;
mod user_view;

pub use address_digest::{AddressDigest, NotADigest};
pub use api_key::{API_KEYS_PER_USER_MAX, ApiKey, KeyId, PreviousSecret};
pub use audit::{AuditAction, AuditEvent, AuditFilter, Author};
pub use failure_window::{FailureSubject, FailureWindow};
pub use login::{Invitation, Login, LoginKey, LoginSalt, TwoFactor};
pub use login_throttle::{AttemptKind, LoginThrottle};
pub use new_user::{NewUser, check_roles, name_flaw};
pub use permission::{Access, Permission, Role};
pub use session::{SESSION_ABSOLUTE, SESSION_IDLE, Session};
pub use user::{ModeratorCount, User, UserStatus};
pub use user_kind::UserKind;
pub use user_view::UserView;
