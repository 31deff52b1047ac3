//! The decision: may this caller do this, from here, now.

use std::net::IpAddr;

use domain::access::{ApiKey, KeyId, Permission, Session, User, UserKind, UserStatus};
use domain::account::Stage;
use domain::kernel::{AccountId, Code, Error, UserId};
use jiff::Timestamp;

use crate::{Peppers, PresentedKey, Token, canonical_ip, is_listed};

/// What an operation asks of its caller. Each row of an `OPERATIONS` table writes one out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Anybody, without a credential.
    Public,
    /// Any valid credential.
    AnyCaller,
    /// A person, with or without two-factor.
    Person,
    /// A moderator.
    Moderator(Moderation),
    /// Whoever holds the permission.
    Holds(Permission),
}

/// How much of a moderator an operation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moderation {
    /// The role.
    Reads,
    /// The role, with two-factor enrolled.
    Writes,
    /// The role, and a fresh two-factor code with this very request.
    WithCode,
}

/// The credential presented, and the row found where it points.
#[derive(Debug)]
pub enum Credential<'a> {
    /// An API key.
    Key(&'a PresentedKey, Option<&'a ApiKey>),
    /// A session token.
    Session(&'a Token, Option<&'a Session>),
}

/// Everything the decision looks at.
#[derive(Debug)]
pub struct AccessRequest<'a> {
    /// What was presented.
    pub credential: Credential<'a>,
    /// The user it names, as read in the same request.
    pub user: Option<&'a User>,
    /// The address the gateway saw.
    pub ip: IpAddr,
    /// What the operation needs.
    pub needs: Needs,
    /// The time.
    pub now: Timestamp,
    /// The stage of this deployment.
    pub stage: Stage,
    /// For the hash of the key.
    pub peppers: &'a Peppers,
}

/// A yes: who the caller is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The account.
    pub account_id: AccountId,
    /// The user.
    pub user_id: UserId,
    /// The key, when it was one.
    pub key_id: Option<KeyId>,
    /// Whether a person showed their second factor in this session; a key needs none.
    pub second_factor: bool,
}

/// A no, with its reason. The reason is logged; the caller learns less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// No such key.
    #[error("unknown key")]
    KeyUnknown,
    /// The secret is another.
    #[error("wrong secret")]
    KeyWrong,
    /// Its time is over.
    #[error("expired key")]
    KeyExpired,
    /// A key of the other stage.
    #[error("key of another stage")]
    KeyStage,
    /// No such session, or its time is over.
    #[error("unknown or ended session")]
    SessionOver,
    /// The user was removed or cannot act.
    #[error("user gone")]
    UserGone,
    /// The address is not on the list.
    #[error("address not listed")]
    AddressNotListed(IpAddr),
    /// The permission is missing.
    #[error("permission missing")]
    PermissionMissing(Permission),
    /// Only people.
    #[error("not a person")]
    NotAPerson,
    /// Only moderators.
    #[error("not a moderator")]
    NotAModerator,
    /// A write by a person without two-factor.
    #[error("two-factor not enrolled")]
    NoTwoFactor,
}

impl From<Denial> for Error {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::KeyUnknown | Denial::KeyWrong | Denial::KeyExpired | Denial::KeyStage => {
                Self::Unauthenticated(Code::ApiKeyInvalid)
            }
            Denial::UserGone | Denial::SessionOver => Self::Unauthenticated(Code::SessionInvalid),
            Denial::AddressNotListed(ip) => Self::forbidden(
                Code::IpNotAllowed,
                format!(
                    "the request came from {ip}, which is not on the key's allow-list; a moderator can add it"
                ),
            ),
            Denial::PermissionMissing(permission) => Self::forbidden(
                Code::PermissionDenied,
                format!(
                    "this needs the permission {}; a moderator can give it",
                    permission.as_str()
                ),
            ),
            Denial::NotAPerson => Self::forbidden(
                Code::PermissionDenied,
                "this is for people who log in, not for API keys",
            ),
            Denial::NotAModerator => {
                Self::forbidden(Code::PermissionDenied, "this needs the role moderator")
            }
            Denial::NoTwoFactor => Self::forbidden(
                Code::TwoFactorNotEnrolled,
                "without two-factor you can only read; enrol with POST /v1/me/two-factor, or log in again \
                 with a code",
            ),
        }
    }
}

/// Decides. The secret is checked before anything is told about address or permission.
pub fn decide(request: &AccessRequest<'_>) -> Result<Grant, Denial> {
    let grant = match request.credential {
        Credential::Key(presented, stored) => key(request, presented, stored)?,
        Credential::Session(presented, stored) => session(request, presented, stored)?,
    };
    let user = request.user.filter(|user| user.id == grant.user_id).ok_or(Denial::UserGone)?;
    needs(request.needs, user, grant.second_factor)?;
    Ok(grant)
}

fn key(
    request: &AccessRequest<'_>,
    presented: &PresentedKey,
    stored: Option<&ApiKey>,
) -> Result<Grant, Denial> {
    if presented.stage != request.stage {
        return Err(Denial::KeyStage);
    }
    let stored = stored
        .filter(|key| key.account_id == presented.account_id && key.user_id == presented.user_id)
        .ok_or(Denial::KeyUnknown)?;
    if !opens(request, presented, stored) {
        return Err(Denial::KeyWrong);
    }
    if stored.has_expired(request.now) {
        return Err(Denial::KeyExpired);
    }
    let acting = |user: &&User| user.status == UserStatus::Active && user.kind == UserKind::Api;
    request.user.filter(acting).ok_or(Denial::KeyUnknown)?;
    if !is_listed(&stored.ip_allowlist, request.ip) {
        return Err(Denial::AddressNotListed(canonical_ip(request.ip)));
    }
    Ok(Grant {
        account_id: stored.account_id,
        user_id: stored.user_id,
        key_id: Some(stored.id.clone()),
        second_factor: true,
    })
}

/// Whether the presented text is the key's secret, or until the overlap of a rotation ends, the one
/// before it.
fn opens(request: &AccessRequest<'_>, presented: &PresentedKey, stored: &ApiKey) -> bool {
    let matches = |version, hash: &str| request.peppers.key_matches(presented, version, hash);
    matches(stored.pepper_version, &stored.hash)
        || stored.previous.as_ref().is_some_and(|previous| {
            request.now < previous.expires_at && matches(previous.pepper_version, &previous.hash)
        })
}

fn session(
    request: &AccessRequest<'_>,
    presented: &Token,
    stored: Option<&Session>,
) -> Result<Grant, Denial> {
    let stored = stored
        .filter(|session| {
            session.account_id == presented.account_id
                && session.user_id == presented.user_id
                && presented.matches(&session.token_hash)
                && !session.has_expired(request.now)
        })
        .ok_or(Denial::SessionOver)?;
    let acting = |user: &&User| {
        user.status == UserStatus::Active
            && user.kind == UserKind::Human
            && user.sessions_valid_from <= stored.created_at
    };
    request.user.filter(acting).ok_or(Denial::SessionOver)?;
    Ok(Grant {
        account_id: stored.account_id,
        user_id: stored.user_id,
        key_id: None,
        second_factor: stored.two_factor,
    })
}

fn needs(needs: Needs, user: &User, second_factor: bool) -> Result<(), Denial> {
    let person = user.kind == UserKind::Human;
    match needs {
        Needs::Public | Needs::AnyCaller => Ok(()),
        Needs::Person if person => Ok(()),
        Needs::Person => Err(Denial::NotAPerson),
        Needs::Moderator(_) if !person => Err(Denial::NotAPerson),
        Needs::Moderator(_) if !user.access(second_factor).is_moderator() => {
            Err(Denial::NotAModerator)
        }
        Needs::Moderator(Moderation::Reads) => Ok(()),
        Needs::Moderator(Moderation::Writes | Moderation::WithCode) => {
            if user.two_factor && second_factor { Ok(()) } else { Err(Denial::NoTwoFactor) }
        }
        Needs::Holds(permission) => held(permission, user, second_factor),
    }
}

fn held(permission: Permission, user: &User, second_factor: bool) -> Result<(), Denial> {
    if user.access(second_factor).allows(permission) {
        return Ok(());
    }
    let with_two_factor = domain::access::Access::of(&user.roles, &user.permissions, true);
    if with_two_factor.allows(permission) {
        Err(Denial::NoTwoFactor)
    } else {
        Err(Denial::PermissionMissing(permission))
    }
}
