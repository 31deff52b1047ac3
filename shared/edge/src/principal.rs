//! The authorized caller of a request. Only a grant of the gate makes one.

use std::net::IpAddr;

use domain::access::{Access, Author, KeyId, User};
use domain::kernel::{AccountId, UserId};
use gate::{Grant, canonical_ip};

/// A caller that the gate allowed.
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

    /// Returns the account that the caller acts for.
    pub fn account_id(&self) -> AccountId {
        self.grant.account_id
    }

    /// Returns the id of the caller.
    pub fn user_id(&self) -> UserId {
        self.grant.user_id
    }

    /// Returns the caller as stored, read in this request.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Returns what the caller may do in this session.
    pub fn access(&self) -> Access {
        self.user.access(self.grant.second_factor)
    }

    /// Returns the API key. Returns `None` if the caller has a session.
    pub fn key_id(&self) -> Option<&KeyId> {
        self.grant.key_id.as_ref()
    }

    /// Returns the author for the audit trail.
    pub fn author(&self) -> Author {
        let author = Author::user(self.user.id, self.user.name.clone(), self.ip.to_string());
        Author { api_key_id: self.key_id().cloned(), ..author }
    }
}
