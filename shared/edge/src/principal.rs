//! Who the caller is. Only the gate's yes makes one.

use std::net::IpAddr;

use domain::access::{Access, Author, KeyId, User};
use domain::kernel::{AccountId, UserId};
use gate::{Grant, canonical_ip};

/// A caller who passed the gate.
#[derive(Debug, Clone)]
pub struct Principal {
    grant: Grant,
    user: User,
    ip: IpAddr,
}

impl Principal {
    pub(crate) fn new(grant: Grant, user: User, ip: IpAddr) -> Self {
        Self { grant, user, ip: canonical_ip(ip) }
    }

    /// The account the caller acts for.
    pub fn account_id(&self) -> AccountId {
        self.grant.account_id
    }

    /// The caller.
    pub fn user_id(&self) -> UserId {
        self.grant.user_id
    }

    /// The caller as stored, read in this very request.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// What the caller may do in this session.
    pub fn access(&self) -> Access {
        self.user.access(self.grant.second_factor)
    }

    /// The API key, when it was one.
    pub fn key_id(&self) -> Option<&KeyId> {
        self.grant.key_id.as_ref()
    }

    /// For the audit trail.
    pub fn author(&self) -> Author {
        Author::user(self.user.id, self.user.name.clone(), self.ip.to_string())
    }
}
