//! The decision whether a caller may run an operation, from this address and at this time.

use std::net::IpAddr;

use domain::access::{ApiKey, KeyId, Permission, Session, User, UserKind, UserStatus};
use domain::account::{Account, Stage};
use domain::kernel::{AccountId, Code, Error, UserId};
use jiff::Timestamp;

use crate::{Peppers, PresentedKey, Token, canonical_ip, is_listed};

/// What an operation needs of its caller. Each row of an `OPERATIONS` table has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// No credential.
    Public,
    /// Any valid credential.
    AnyCaller,
    /// A person, with or without two-factor.
    Person,
    /// A person; who has enrolled two-factor, also a fresh code in this request.
    PersonWithCode,
    /// A moderator.
    Moderator(Moderation),
    /// A caller with the permission.
    Holds(Permission),
    /// A caller with the permission; a person also gives a fresh two-factor code in this request.
    HoldsWithCode(Permission),
}

/// The demand of an operation for a fresh two-factor code of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeDemand {
    /// No request of the operation needs a code.
    Never,
    /// Some changes of the operation need a code.
    Sometimes,
    /// Every request of a person who has enrolled two-factor needs a code.
    IfEnrolled,
    /// Every request of a person needs a code.
    Always,
}

impl Needs {
    /// Returns the demand for a two-factor code.
    pub fn code_demand(self) -> CodeDemand {
        match self {
            Self::Moderator(Moderation::WithCode) | Self::HoldsWithCode(_) => CodeDemand::Always,
            Self::Moderator(Moderation::Writes) => CodeDemand::Sometimes,
            Self::PersonWithCode => CodeDemand::IfEnrolled,
            Self::Public
            | Self::AnyCaller
            | Self::Person
            | Self::Holds(_)
            | Self::Moderator(Moderation::Reads) => CodeDemand::Never,
        }
    }

    /// Returns true if a program can call the operation.
    pub fn admits_programs(self) -> bool {
        matches!(self, Self::AnyCaller | Self::Holds(_) | Self::HoldsWithCode(_))
    }
}

/// What an operation needs of a moderator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moderation {
    /// The role.
    Reads,
    /// The role, with two-factor enrolled.
    Writes,
    /// The role, and a fresh two-factor code in this request.
    WithCode,
}

/// The credential of the request, and the stored row that it names.
#[derive(Debug)]
pub enum Credential<'a> {
    /// An API key.
    Key(&'a PresentedKey, Option<&'a ApiKey>),
    /// A session token.
    Session(&'a Token, Option<&'a Session>),
}

/// Everything on which the decision depends.
#[derive(Debug)]
pub struct AccessRequest<'a> {
    /// Credential of the request, with its row.
    pub credential: Credential<'a>,
    /// Account in the credential, as read in the same request.
    pub account: Option<&'a Account>,
    /// User in the credential, as read in the same request.
    pub user: Option<&'a User>,
    /// Source address that the gateway saw.
    pub ip: IpAddr,
    /// What the operation needs.
    pub needs: Needs,
    /// Time of the decision.
    pub now: Timestamp,
    /// Stage of this deployment.
    pub stage: Stage,
    /// Pepper, for the hash of the key.
    pub peppers: &'a Peppers,
}

/// The gate allows the request; names the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Account of the caller.
    pub account_id: AccountId,
    /// User of the caller.
    pub user_id: UserId,
    /// API key of the request; none for a session.
    pub key_id: Option<KeyId>,
    /// Whether a person used their second factor in this session; always true for a key.
    pub second_factor: bool,
}

/// The gate refuses the request. The log has the reason; the caller learns less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// No key has this id, or its user cannot act.
    #[error("unknown key")]
    KeyUnknown,
    /// The secret differs from the stored one.
    #[error("wrong secret")]
    KeyWrong,
    /// The key has expired.
    #[error("expired key")]
    KeyExpired,
    /// The key is of the other stage.
    #[error("key of another stage")]
    KeyStage,
    /// The session does not exist or has ended.
    #[error("unknown or ended session")]
    SessionOver,
    /// The operator closed the account.
    #[error("account closed")]
    AccountClosed,
    /// The user was deleted.
    #[error("user gone")]
    UserGone,
    /// The address is not on the allow-list.
    #[error("address not listed")]
    AddressNotListed(IpAddr),
    /// The caller lacks the permission.
    #[error("permission missing")]
    PermissionMissing(Permission),
    /// The operation is only for people.
    #[error("not a person")]
    NotAPerson,
    /// The operation is only for moderators.
    #[error("not a moderator")]
    NotAModerator,
    /// A person without two-factor tried to write.
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
            Denial::AccountClosed => Account::closed(),
            Denial::AddressNotListed(ip) => Self::forbidden(
                Code::IpNotAllowed,
                format!(
                    "the request came from {ip}, which is not on the allow-list of the key; a moderator \
                     can add it"
                ),
            ),
            Denial::PermissionMissing(permission) => Self::forbidden(
                Code::PermissionDenied,
                format!(
                    "the caller lacks the permission {}; a moderator can grant it",
                    permission.as_str()
                ),
            ),
            Denial::NotAPerson => Self::forbidden(
                Code::PermissionDenied,
                "API keys cannot call this operation; log in as a person",
            ),
            Denial::NotAModerator => {
                let detail = "the caller lacks the role moderator; ask a moderator";
                Self::forbidden(Code::PermissionDenied, detail)
            }
            Denial::NoTwoFactor => Self::forbidden(
                Code::TwoFactorNotEnrolled,
                "without two-factor you can only read; enrol with POST /v1/me/two-factor, or log in again \
                 with a code",
            ),
        }
    }
}

/// Decides the request. The secret is checked first, so that a caller with a wrong secret learns
/// nothing about address or permission.
pub fn decide(request: &AccessRequest<'_>) -> Result<Grant, Denial> {
    let grant = match request.credential {
        Credential::Key(presented, stored) => key(request, presented, stored)?,
        Credential::Session(presented, stored) => session(request, presented, stored)?,
    };
    let user = request.user.filter(|user| user.id == grant.user_id).ok_or(Denial::UserGone)?;
    if request.account.is_none_or(Account::is_closed) {
        return Err(Denial::AccountClosed);
    }
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
    if !matches_secret(request, presented, stored) {
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

/// Returns true if the text is the secret of the key. Until the overlap of a rotation ends, also if it
/// is the secret from before.
fn matches_secret(request: &AccessRequest<'_>, presented: &PresentedKey, stored: &ApiKey) -> bool {
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
            && user.session_epoch == stored.epoch
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
        Needs::Person | Needs::PersonWithCode if person => Ok(()),
        Needs::Person | Needs::PersonWithCode => Err(Denial::NotAPerson),
        Needs::Moderator(_) if !person => Err(Denial::NotAPerson),
        Needs::Moderator(_) if !user.access(second_factor).is_moderator() => {
            Err(Denial::NotAModerator)
        }
        Needs::Moderator(Moderation::Reads) => Ok(()),
        Needs::Moderator(Moderation::Writes | Moderation::WithCode) => {
            if user.two_factor && second_factor { Ok(()) } else { Err(Denial::NoTwoFactor) }
        }
        Needs::Holds(permission) | Needs::HoldsWithCode(permission) => {
            held(permission, user, second_factor)
        }
    }
}

fn held(permission: Permission, user: &User, second_factor: bool) -> Result<(), Denial> {
    if user.access(second_factor).allows(permission) {
        return Ok(());
    }
    if user.full_access().allows(permission) {
        Err(Denial::NoTwoFactor)
    } else {
        Err(Denial::PermissionMissing(permission))
    }
}
